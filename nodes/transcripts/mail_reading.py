"""What a mail tells of a meeting: the transcript in or attached to it, its summary, its people."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from nodes.errors import InputError
from nodes.transcript import Participant
from nodes.transcripts import minutes, notes, webvtt, zoom_chat
from nodes.transcripts.dates import parse_date
from nodes.transcripts.layout import Document, Reading, Source, Turn
from nodes.transcripts.mail import Mail
from nodes.transcripts.naming import read_name

FORMATS = ("eml_summary", "eml_transcript", "eml_vtt_attachment", "eml_attachment")

_FORWARDED = re.compile(
    r"[-_ ]*(?:begin )?(?:forwarded message|original message|weitergeleitete nachricht|message transféré)"
    r"[-_: ]*",
    re.IGNORECASE,
)
_FORWARDED_FIELD = re.compile(
    r"\*{0,2}(From|Sent|Date|Subject|To|Cc|Reply-To|Von|Gesendet|Datum|An|Betreff)\*{0,2}:\*{0,2}\s*(.*)"
)
_PREFIX = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_ABOUT = r"(?: (?:for|of|from)|:| -)\s+(.+?)"
_WHAT = r"(?:meeting )?(?:transcript(?:ion)?|summary|recap|minutes|notes|mom)"
_SUBJECTS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:ai )?meeting (?:assets|report){_ABOUT}(?: (?:are|is) ready!?)?",
        r"cloud recording - (.+?)(?: is now available)?",
        rf"(?:your |ai )?{_WHAT}{_ABOUT}",
        rf"(.+?)\s*[-–—:|]\s*{_WHAT}(?: and recording)?",
    )
)
_NUMBERED_DAY = re.compile(r"\(?\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b\)?")
_NAMED_DAY = re.compile(
    r"\(?\b(\d{4}-\d{2}-\d{2}|(?:[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})"
    r"|(?:\d{1,2}\.? [A-Z][a-z]{2,8},? \d{4}))\b\)?"
)
_BOILERPLATE = re.compile(
    r"AI-generated content may be inaccurate.*|Please rate the accuracy.*|Unsubscribe.*"
    r"|Sent from my \w+.*|© ?\d{4} .*|View (?:this )?(?:email )?in (?:your )?browser.*",
    re.IGNORECASE,
)
_PICTURES = re.compile(r".*\.(?:png|jpe?g|gif|svg|bmp|webp|ico|p7s|vcf)", re.IGNORECASE)
_NEAR = timedelta(days=3)
_MOST_ATTACHMENTS = 30


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as one meeting, and the chat files that came with it."""

    reading: Reading
    chats: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Body:
    lines: list[str]
    subject: str | None
    sent: datetime | None


@dataclass(frozen=True, slots=True)
class _Attached:
    source: Source
    reading: Reading

    @property
    def weight(self) -> tuple[bool, int]:
        """A transcript before minutes, then the longer one."""
        spoken = any(turn.speaker for turn in self.reading.turns)
        return spoken, sum(len(turn.text) for turn in self.reading.turns)


def read_message(mail: Mail, read: Callable[[Source], Reading]) -> Message:
    """Read a mail; `read` reads an attachment, and raises InputError for what is no transcript.

    Raises:
        InputError: neither its body nor an attachment has words.
    """
    body = _body(mail.text)
    attached, chats, warnings = _attachments(mail, read)
    best = max(attached, key=lambda one: one.weight, default=None)
    others = [one.source.name for one in attached if one is not best]
    if others and best is not None:
        warnings.append(f"{mail.name}: {', '.join(others)} was not read beside {best.source.name}.")
    cover = best is not None and not notes.are_notes(body.lines)
    written = [] if cover else body.lines
    if cover and (words := " ".join(" ".join(body.lines).split())):
        warnings.append(f'{mail.name}: its covering note was not read: "{words[:200]}"')
    return Message(_compose(mail, body, best, written, warnings), chats)


def _compose(
    mail: Mail, body: _Body, best: _Attached | None, written: list[str], warnings: list[str]
) -> Reading:
    cut = minutes.transcript_start(written)
    told = notes.read_notes(mail.name, written if cut is None else written[:cut], mail.subject or None)
    inside = None
    if cut is not None and best is None:
        inside = minutes.read_spoken(Document(mail.name, "\n".join(written[cut:]), container="mail"))
    nested = best.reading if best else inside
    turns: tuple[Turn, ...] = (*told.turns, *(nested.turns if nested else ()))
    if not any(turn.text.strip() for turn in turns):
        raise InputError(
            f"{mail.name} is a mail without words; give the mail with the summary or the transcript."
        )
    if told.turns:
        warnings.append(
            f"{mail.name}: its summary was written by the notetaker; nobody said it in these words."
        )
    title, day = _of_subject(_PREFIX.sub("", body.subject or mail.subject), body.sent or mail.sent)
    own_title, _ = _of_subject(_PREFIX.sub("", mail.subject), mail.sent)
    named = read_name(best.source.name) if best else None
    date = _date(nested, named.date if named else None, told.header.date, day)
    if date is None and (sent := body.sent or mail.sent) is not None:
        date = datetime.combine(sent.date(), time(), UTC), False
        warnings.append(
            f"{mail.name} does not say when the meeting was; it was dated by the day it was sent."
        )
    people = _people(mail, nested, told.header.people)
    return Reading(
        _format(best, inside),
        turns,
        (nested.title if nested else None)
        or title
        or own_title
        or (named.title if named else None)
        or told.title,
        date,
        tuple(
            dict.fromkeys(
                [*told.header.listed, *(nested.listed if nested else ()), *(one.name for one in people)]
            )
        ),
        (*mail.warnings, *told.header.warnings, *warnings, *(nested.warnings if nested else ())),
        people,
        (nested.external_id if nested else None) or (named.external_id if named else None),
    )


def _attachments(
    mail: Mail, read: Callable[[Source], Reading]
) -> tuple[list[_Attached], tuple[Source, ...], list[str]]:
    attached: list[_Attached] = []
    chats: list[Source] = []
    warnings: list[str] = []
    for source in mail.attachments[_MOST_ATTACHMENTS:]:
        warnings.append(f"{mail.name}: its attachment {source.name} was not read, being one of too many.")
    for source in mail.attachments[:_MOST_ATTACHMENTS]:
        if _PICTURES.fullmatch(source.name):
            continue
        try:
            reading = read(source)
        except InputError as error:
            warnings.append(f"{mail.name}: its attachment {source.name} was not read: {error}")
            continue
        if reading.format in zoom_chat.LAYOUT.formats:
            chats.append(source)
        else:
            attached.append(_Attached(source, reading))
    if not attached and chats:  # nothing but the chat: that is the meeting
        return [_Attached(one, read(one)) for one in chats], (), warnings
    return attached, tuple(chats), warnings


def _format(best: _Attached | None, inside: Reading | None) -> str:
    if best is None:
        return "eml_summary" if inside is None else "eml_transcript"
    if best.reading.format in FORMATS:
        return best.reading.format
    return "eml_vtt_attachment" if best.reading.format in webvtt.LAYOUT.formats else "eml_attachment"


def _body(text: str) -> _Body:
    """The body without quotation marks, boilerplate, and the header of a message forwarded in it."""
    lines: list[str] = []
    told: dict[str, str] = {}
    field = ""
    forwarded = False
    for raw in text.split("\n"):
        line = re.sub(r"^(?:>[ \t]?)+", "", raw)
        if _FORWARDED.fullmatch(line.strip()):
            forwarded, field = True, ""
        elif forwarded and (match := _FORWARDED_FIELD.fullmatch(line.strip())):
            field = match[1].lower()
            told.setdefault(field, match[2])
        elif forwarded and field and line.strip():
            told[field] += f" {line.strip()}"
        else:
            forwarded = forwarded and not field  # an empty line ends the forwarded header
            if not _BOILERPLATE.fullmatch(line.strip()):
                lines.append(line)
    subject = told.get("subject") or told.get("betreff")
    return _Body(
        lines,
        subject,
        _parsed(told.get("date") or told.get("sent") or told.get("gesendet") or told.get("datum")),
    )


def _parsed(text: str | None) -> datetime | None:
    try:
        return parse_date(text)[0] if text else None
    except InputError:
        return None


def _of_subject(subject: str, sent: datetime | None) -> tuple[str | None, datetime | None]:
    """The meeting that a subject names, and its day, where one is told that can mean only one."""
    day: datetime | None = None
    if match := _NAMED_DAY.search(subject):
        day = _parsed(match[1])
    elif match := _NUMBERED_DAY.search(subject):
        day = _near(match, sent)
    if match is not None and (day is not None or match[0].startswith("(")):
        subject = subject[: match.start()] + subject[match.end() :]
    title = " ".join(subject.split()).strip(' -–—:|,"“”')
    for form in _SUBJECTS:
        if found := form.fullmatch(title):
            title = found[1].strip(" -–—:|,\"“”'")
            break
    return title or None, day


def _near(match: re.Match[str], sent: datetime | None) -> datetime | None:
    """ "03/11/2024" is the reading that lies within days before the mail, when only one does."""
    first, second, year = (int(part) for part in match.groups())
    days: set[datetime] = set()
    for month, day in ((first, second), (second, first)):
        try:
            days.add(datetime(year, month, day, tzinfo=UTC))
        except ValueError:
            continue
    if sent is not None and len(days) > 1:
        sent_day = datetime.combine(sent.date(), time(), UTC)
        days = {day for day in days if timedelta(days=-1) <= sent_day - day <= _NEAR}
    return days.pop() if len(days) == 1 else None


def _date(
    nested: Reading | None, *others: tuple[datetime, bool] | datetime | None
) -> tuple[datetime, bool] | None:
    """The transcript's own date before what is told around it; of the same day, the one with a time."""
    told = [one if isinstance(one, tuple) else (one, False) for one in others if one is not None]
    dates = [*([nested.date] if nested and nested.date else []), *told]
    if not dates:
        return None
    same_day = [date for date in dates if date[0].date() == dates[0][0].date()]
    return next((date for date in same_day if date[1]), dates[0])


def _people(mail: Mail, nested: Reading | None, told: Sequence[Participant]) -> tuple[Participant, ...]:
    people = {one.email or one.name: one for one in mail.people}
    for one in (*told, *(nested.people if nested else ())):
        people[one.email or one.name] = one
    return tuple(people.values())
