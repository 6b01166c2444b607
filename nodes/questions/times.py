"""Time expressions of a question: dates, spans, and meetings named by title or by place in the series."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from nodes.errors import InputError
from nodes.names import normalised_name
from stores.readings import MeetingName

_TICK = timedelta(microseconds=1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_UNIT = "day|week|month|quarter|year"
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "an": 1, "couple of": 2, "few": 3}
_COUNT = r"\d{1,3}|" + "|".join(_NUMBER_WORDS)
_POINT = re.compile(
    r"(?P<iso>\d{4}-\d{2}-\d{2})(?:[t ](?P<clock>\d{1,2}:\d{2}))?"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b\.?(?:,? (?P<year>\d{{4}}))?"
    rf"|(?P<month_first>{_MONTH})\b\.? (?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?\b"
    r"(?:,? (?P<year_last>\d{4}))?"
    r"|(?:the )?q(?P<quarter>[1-4])(?: (?:of )?(?P<quarter_year>\d{4}))?"
    rf"|(?P<whole_month>{_MONTH})\b(?: (?:of )?(?P<month_year>\d{{4}}))?"
    rf"|(?:the )?(?P<relative>last|past|previous|this|current) (?P<unit>{_UNIT})\b"
    rf"|(?:the )?(?:last|past|previous) (?P<count>{_COUNT}) (?P<counted>{_UNIT})s?\b"
    rf"|(?P<ago>{_COUNT}) (?P<ago_unit>{_UNIT})s? ago"
    r"|(?P<word>yesterday|today|now)"
    r"|(?P<bare_year>(?:19|20)\d{2})"
)
_WHEN = r"as of|as at|up to|since|after|from|before|until|till|by|on|in|during|at|within"
_PREPOSITIONS = rf"{_WHEN}|for|of"
_DATED = re.compile(rf"\b(?P<how>{_WHEN}) (?:the )?(?P<point>{_POINT.pattern})", re.IGNORECASE)
_BARE = re.compile(
    rf"\b(?:(?:the )?(?:last|past|previous|this) (?:{_UNIT})\b|(?:{_COUNT}) (?:{_UNIT})s? ago|yesterday|today"
    r"|\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"\b(?:between|from) (?P<first>{_POINT.pattern}) (?:and|to|until|till) (?P<second>.+)", re.IGNORECASE
)
_MEETING_WORD = (
    r"meeting|call|sync|session|stand-?up|review|retro|retrospective|planning|workshop|check-?in|demo"
    r"|kick-?off"
)
_CALLED = re.compile(
    rf"\b(?P<how>{_PREPOSITIONS}) (?:the |our )?(?P<words>(?:(?!{_PREPOSITIONS})[\w#'-]+ ){{0,4}}?)"
    rf"(?P<noun>{_MEETING_WORD})\b(?P<number> #?\d+)?",
    re.IGNORECASE,
)
_IN = r"in|at|during|since|after|before|from|until|till|up to|as of|of|for"
_PLACED = re.compile(
    rf"\b(?P<how>{_IN}) (?:the |our )?(?P<place>last|latest|first|most recent) (?P<word>[\w-]+)",
    re.IGNORECASE,
)
_MAY_NAME = re.compile(rf"\b(?:{_IN}|attend\w*|join\w*|summar\w+|recap)\b|\b[a-z]\w* ?#?\d+\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{4,}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Times:
    """When a question looks at.

    Attributes:
        start: earliest instant that counts.
        end: last instant that counts.
        as_of: the instant at which states are asked for.
        meetings: ids of the meetings asked about.
        since_meeting: the meeting that `start` stands for; what it said itself does not count.
        said: how the question says it, for the wording of the answer.
        remainder: the question without the expressions.
    """

    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None
    meetings: tuple[str, ...] = field(default=())
    since_meeting: str | None = None
    said: str | None = None
    remainder: str = ""


def instant(text: str) -> datetime:
    """The last instant that "as of" a date or time means: the end of a day, or the time given (UTC unless
    it says otherwise).

    Raises:
        InputError: it is no ISO 8601 date or time.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            return _day(datetime.fromisoformat(text.strip()))[1]
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{text!r} is no date: write it as 2026-03-31 or 2026-03-31T14:00+02:00") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def beginning(text: str) -> datetime:
    """The first instant that "since" a date or time means.

    Raises:
        InputError: it is no ISO 8601 date or time.
    """
    end = instant(text)
    return _day(end)[0] if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()) else end


def read_times(question: str, now: datetime, meetings: Sequence[MeetingName] = ()) -> Times:
    """The time expressions of a question.

    Args:
        question: as asked.
        now: what "last week" is relative to, and the latest day that "3 May" can be.
        meetings: those that it could name, newest first.
    """
    between = _between(question, now, meetings)
    if between is not None:
        return between
    called = _called(question, meetings) if meetings else None
    if called is not None:
        return called
    for found in _DATED.finditer(question):
        point = _interval(found["point"], now)
        if point is not None:
            return _placed(found["how"].lower(), *point, said=found[0], remainder=_without(question, found))
    bare = _BARE.search(question)
    point = _interval(bare[0], now) if bare else None
    if bare is None or point is None:
        return Times(remainder=question)
    return _placed("in", *point, said=bare[0], remainder=_without(question, bare))


def refers_to_a_meeting(question: str) -> bool:
    """Whether a question may name a meeting, so that the names of meetings are worth reading."""
    return bool(_CALLED.search(question) or _CODE.search(question) or _MAY_NAME.search(question))


def _placed(how: str, first: datetime, last: datetime, *, said: str, remainder: str) -> Times:
    times = Times(said=said, remainder=remainder)
    if how in ("since", "from"):
        return replace(times, start=first)
    if how == "after":
        return replace(times, start=last)
    if how == "before":
        return replace(times, end=first - _TICK, as_of=first - _TICK)
    if how in ("as of", "as at", "up to", "until", "till", "by"):
        return replace(times, end=last, as_of=last)
    return replace(times, start=first, end=last, as_of=last)


def _between(question: str, now: datetime, meetings: Sequence[MeetingName]) -> Times | None:
    found = _BETWEEN.search(question)
    if found is None:
        return None
    second = _POINT.match(found["second"], re.IGNORECASE) or _POINT.match(found["second"].lower())
    first = _interval(found["first"], now)
    last = _interval(second[0], now) if second else None
    if first is None or last is None or second is None:
        return None
    said = question[found.start() : found.start("second") + second.end()]
    return Times(
        start=first[0],
        end=last[1],
        as_of=last[1],
        said=said,
        remainder=_tidy(question.replace(said, " ")),
    )


def _interval(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """First and last instant of a point in time as written; None when there is no such day."""
    found = _POINT.match(text.lower())
    if found is None:
        return None
    try:
        return _interval_of(found, now.astimezone(UTC))
    except ValueError:
        return None


def _interval_of(found: re.Match[str], now: datetime) -> tuple[datetime, datetime] | None:
    if found["iso"]:
        if found["clock"]:
            at = datetime.fromisoformat(f"{found['iso']}T{found['clock']:0>5}").replace(tzinfo=UTC)
            return at, at
        return _day(datetime.fromisoformat(found["iso"]))
    month, day = found["month"] or found["month_first"], found["day"] or found["day_last"]
    if month and day:
        year = found["year"] or found["year_last"]
        return _day(_latest(now, _MONTHS[month], int(day), int(year) if year else None))
    if found["whole_month"]:
        year = int(found["month_year"]) if found["month_year"] else None
        return _months(_latest(now, _MONTHS[found["whole_month"]], 1, year), 1)
    if found["quarter"]:
        year = int(found["quarter_year"]) if found["quarter_year"] else None
        return _months(_latest(now, 3 * int(found["quarter"]) - 2, 1, year), 3)
    if found["bare_year"]:
        return _months(datetime(int(found["bare_year"]), 1, 1, tzinfo=UTC), 12)
    if found["word"]:
        return _day(now - timedelta(days=1)) if found["word"] == "yesterday" else (_day(now)[0], now)
    if found["relative"]:
        back = 0 if found["relative"] in ("this", "current") else 1
        return _period(now, found["unit"], back)
    if found["count"]:
        return _ago(now, _number(found["count"]), found["counted"]), now
    return _day(_ago(now, _number(found["ago"]), found["ago_unit"]))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS[text]


def _latest(now: datetime, month: int, day: int, year: int | None) -> datetime:
    """The day in the year given, else the latest such day that is not in the future."""
    if year is not None:
        return datetime(year, month, day, tzinfo=UTC)
    this_year = datetime(now.year, month, day, tzinfo=UTC)
    return this_year if this_year <= now else datetime(now.year - 1, month, day, tzinfo=UTC)


def _day(at: datetime) -> tuple[datetime, datetime]:
    start = datetime.combine(at.date(), time(), UTC)
    return start, start + timedelta(days=1) - _TICK


def _months(first: datetime, months: int) -> tuple[datetime, datetime]:
    start = datetime.combine(first.date().replace(day=1), time(), UTC)
    return start, _added_months(start, months) - _TICK


def _added_months(at: datetime, months: int) -> datetime:
    total = at.year * 12 + at.month - 1 + months
    year, month = divmod(total, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _period(now: datetime, unit: str, back: int) -> tuple[datetime, datetime]:
    today = _day(now)[0]
    if unit == "day":
        return _day(today - timedelta(days=back))
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=7) - _TICK
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = today.replace(day=1)
    first = _added_months(first, -((first.month - 1) % months) - months * back)
    return _months(first, months)


def _ago(now: datetime, count: int, unit: str) -> datetime:
    if unit in ("day", "week"):
        return now - timedelta(days=count * (7 if unit == "week" else 1))
    return _added_months(now, -count * {"month": 1, "quarter": 3, "year": 12}[unit])


def _called(question: str, meetings: Sequence[MeetingName]) -> Times | None:
    """The question read as being about a meeting that it names by key, by title or by its place."""
    titled = _by_title(question, meetings)
    if titled is not None:
        meeting, found = titled
        how = (found["how"] or "in").lower()
        how = "in" if how in ("of", "for", "from") else how
        return _at_meeting(how, meeting, meetings, f"{how} {meeting.title}", _without(question, found))
    coded = _by_code(question, meetings)
    for found in _CALLED.finditer(question):
        named = coded or _by_words(found, meetings)
        if named is not None:
            return _at_meeting(found["how"].lower(), named, meetings, found[0], _without(question, found))
    for found in _PLACED.finditer(question):
        of_kind = [
            meeting for meeting in meetings if found["word"].lower() in normalised_name(meeting.title).split()
        ]
        if of_kind:
            meeting = of_kind[-1 if found["place"].lower() == "first" else 0]
            how = "in" if found["how"].lower() in ("of", "for", "from") else found["how"].lower()
            return _at_meeting(how, meeting, meetings, f"{how} {meeting.title}", _without(question, found))
    if coded is not None:
        how = "since" if re.search(r"\bsince\b", question, re.IGNORECASE) else "in"
        return _at_meeting(how, coded, meetings, f"{how} {coded.title}", question)
    return None


def _by_title(question: str, meetings: Sequence[MeetingName]) -> tuple[MeetingName, re.Match[str]] | None:
    """The meeting whose whole title the question says, the longest title first; and where it says it.

    A title without a number may be the name of a thing too: it must follow a word such as "in".
    """
    words = f" {normalised_name(question)} "
    said = [
        (title, meeting)
        for meeting in meetings
        if (title := normalised_name(meeting.title)) and f" {title} " in words
    ]
    for title, meeting in sorted(said, key=lambda pair: -len(pair[0])):
        numbered = any(letter.isdigit() for letter in title) and not title.isdigit()
        place = rf"\b(?P<how>{_IN})(?: the)? " if not numbered else rf"(?:\b(?P<how>{_IN}) )?(?:\bthe )?"
        parts = r"\W+".join(re.escape(word) for word in title.split())
        found = re.search(rf"{place}\b{parts}\b(?: {_MEETING_WORD})?", question, re.IGNORECASE)
        if found is not None:
            return meeting, found
    return None


def _by_code(question: str, meetings: Sequence[MeetingName]) -> MeetingName | None:
    """A meeting whose whole key or title is one word with a digit in it, such as "ES2002a"."""
    words = {word.lower() for word in _CODE.findall(question)}
    return next(
        (meeting for meeting in meetings if meeting.title.lower() in words or meeting.key.lower() in words),
        None,
    )


def _by_words(found: re.Match[str], meetings: Sequence[MeetingName]) -> MeetingName | None:
    words = normalised_name(found["words"]).split()
    noun = normalised_name(found["noun"])
    number = (found["number"] or "").strip(" #")
    if not number:
        if words in (["last"], ["latest"], ["most", "recent"], ["newest"]):
            return meetings[0]
        if words in (["previous"], ["second", "last"]):
            return meetings[1] if len(meetings) > 1 else None
        if words == ["first"]:
            return meetings[-1]
    newest, oldest = {"last", "latest", "newest"} & set(words), "first" in words
    if not number and (newest or oldest) and len(words) > 1:
        wanted = set(words) - {"last", "latest", "newest", "first"}
        of_kind = [meeting for meeting in meetings if wanted <= set(normalised_name(meeting.title).split())]
        if of_kind:
            return of_kind[0] if newest else of_kind[-1]
    asked = [word for word in [*words, number] if word and word not in ("meeting", "call", "s")]
    if noun not in ("meeting", "call", "session"):
        asked.append(noun)
    if not asked:
        return None
    for meeting in meetings:
        title = f" {normalised_name(meeting.title)} "
        if all(f" {part} " in title for part in " ".join(asked).split()):
            return meeting
    return meetings[-1] if noun in ("kick off", "kickoff") or asked == ["kick", "off"] else None


def _at_meeting(
    how: str, meeting: MeetingName, meetings: Sequence[MeetingName], said: str, remainder: str
) -> Times:
    times = Times(said=said, remainder=remainder)
    if how in ("since", "after", "from") and meeting != meetings[0]:
        return replace(times, start=meeting.date, since_meeting=meeting.id)
    if how in ("since", "after", "from"):
        # nothing is known from after the last meeting: who asks wants to hear what that one brought
        return replace(times, meetings=(meeting.id,), said=f"in {meeting.title}")
    if how == "before":
        return replace(times, end=meeting.date - _TICK, as_of=meeting.date - _TICK)
    later = [other.date for other in meetings if other.date > meeting.date]
    until = min(later) - _TICK if later else None
    if how in ("as of", "as at", "up to", "until", "till", "by"):
        return replace(times, end=until, as_of=until)
    return replace(times, as_of=until, meetings=(meeting.id,))


def _without(question: str, found: re.Match[str]) -> str:
    return _tidy(question[: found.start()] + " " + question[found.end() :])


def _tidy(text: str) -> str:
    return re.sub(r"\s+([?.!,])", r"\1", " ".join(text.split()))
