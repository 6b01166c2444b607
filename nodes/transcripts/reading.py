"""One way in for every export: find its layout, read it, add its chat, name and date it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from nodes.errors import InputError
from nodes.transcript import Transcript
from nodes.transcripts import (
    fireflies,
    google_meet,
    mail_reading,
    minutes,
    plain_text,
    srt,
    stamped_names,
    webvtt,
    whisperx,
    zoom_captions,
    zoom_chat,
)
from nodes.transcripts.containers import open_document
from nodes.transcripts.decoding import read_document
from nodes.transcripts.layout import Document, Layout, Reading, Source, Turn, refuse_oversized
from nodes.transcripts.mail import Mail
from nodes.transcripts.mail_reading import read_message
from nodes.transcripts.naming import NamedAs, read_name
from nodes.transcripts.turns import join_turns, merge_by_time, number

LAYOUTS: tuple[Layout, ...] = (
    webvtt.LAYOUT,
    srt.LAYOUT,
    zoom_chat.LAYOUT,
    zoom_captions.LAYOUT,
    google_meet.LAYOUT,
    stamped_names.LAYOUT,
    fireflies.LAYOUT,
    whisperx.LAYOUT,
    minutes.LAYOUT,
    plain_text.LAYOUT,
)

FORMATS: tuple[str, ...] = (*chain.from_iterable(layout.formats for layout in LAYOUTS), *mail_reading.FORMATS)
"""The format names that can be asked for, and that `Transcript.format` reports."""

_LATE = 600.0
"""Seconds by which a chat may outlast the last spoken word and still share its clock."""
_HOUR = 3600.0
_ZONES = range(-14, 13)
_MOST_FORWARDS = 3
_MOST_LINES = 500_000


def read_transcript(
    source: Source, *, attachments: Sequence[Source] = (), format: str | None = None
) -> Transcript:
    """Read one meeting from a file, with its chat file if it has one.

    Args:
        source: the transcript.
        attachments: chat files of the same meeting; their messages are merged by time.
        format: one of FORMATS; None recognises it.

    Raises:
        InputError: the file, or an attachment, is empty, binary, larger than MAX_BYTES, in an unknown
            encoding or layout, cut off, without speaker lines, or wrongly dated; or `format` is unknown.
    """
    refuse_oversized(source.name, len(source.data))
    reading, enclosed = _read(source, format)
    attachments = (*enclosed, *attachments)
    speech = join_turns(reading.turns)
    if not speech:
        raise InputError(f"{source.name} has speaker lines but no words; export the transcript again.")
    named = read_name(source.name)
    date, doubts = _date(source.name, reading, named)
    chats = [_chat(attachment) for attachment in attachments]
    utterances = speech
    for attachment, chat in zip(attachments, chats, strict=True):
        messages, doubt = _on_the_speech_clock(
            attachment.name, speech, join_turns(chat.turns), date, reading.clock
        )
        utterances = merge_by_time(utterances, messages)
        doubts += (*chat.warnings, *doubt)
    speakers = [turn.speaker for turn in utterances if turn.speaker is not None]
    return Transcript(
        format=reading.format,
        title=reading.title or named.title,
        date=None if date is None else date[0],
        date_has_time=date is not None and date[1],
        external_id=reading.external_id or named.external_id,
        participants=tuple(dict.fromkeys([*speakers, *reading.listed])),
        utterances=number(utterances),
        warnings=tuple(dict.fromkeys([*reading.warnings, *doubts])),
        people=reading.people,
    )


def _read(source: Source, format: str | None, depth: int = 0) -> tuple[Reading, tuple[Source, ...]]:
    """What a file says, and the chat files that were enclosed in it."""
    if format is not None and format not in FORMATS:
        raise InputError(f'No format is named "{format}"; the known ones are {", ".join(FORMATS)}.')
    opened = open_document(source)
    if isinstance(opened, Mail):
        if format is not None and format not in mail_reading.FORMATS:
            raise InputError(
                f"{source.name} is a mail, not {format}; leave the format out or give the attachment."
            )
        if depth >= _MOST_FORWARDS:
            raise InputError(
                f"{source.name} is a mail in a mail in a mail; give the innermost one as a file."
            )
        message = read_message(opened, lambda attached: _read(attached, None, depth + 1)[0])
        return message.reading, message.chats
    reading = _layout(opened, format).parse(opened)
    return replace(reading, warnings=(*opened.warnings, *reading.warnings)), ()


def _layout(document: Document, format: str | None) -> Layout:
    if format is not None:
        asked = next((layout for layout in LAYOUTS if format in layout.formats), None)
        if asked is None:
            raise InputError(f"{document.name} is no mail, so not {format}; leave the format out.")
        return asked
    if document.text.count("\n") > _MOST_LINES:
        raise InputError(
            f"{document.name} has more than {_MOST_LINES} lines; split it into one file a meeting."
        )
    best = max(LAYOUTS, key=lambda layout: layout.matches(document))
    if not best.matches(document):
        raise InputError(
            f"{document.name} is in no layout that is read ({', '.join(FORMATS)}); "
            'export the meeting as WebVTT with speaker names, or as text with "Name: text" lines.'
        )
    return best


def _chat(attachment: Source) -> Reading:
    document = read_document(attachment)
    if not zoom_chat.LAYOUT.matches(document):
        raise InputError(
            f'{attachment.name} is no chat file (lines of "HH:MM:SS<tab>Name:<tab>text"); '
            "leave it out or export it again."
        )
    chat = zoom_chat.LAYOUT.parse(document)
    return Reading(chat.format, chat.turns, warnings=(*document.warnings, *chat.warnings))


def _date(
    name: str, reading: Reading, named: NamedAs
) -> tuple[tuple[datetime, bool] | None, tuple[str, ...]]:
    """The content's date before the name's, unless only the name has the time of that same day."""
    inside, outside = reading.date, named.date
    if inside is None or outside is None:
        return inside or outside, ()
    if inside[0].date() != outside[0].date():
        return inside, (
            f"{name}: its content says {inside[0]:%Y-%m-%d}, its name {outside[0]:%Y-%m-%d}; "
            "the content was believed.",
        )
    return (outside if outside[1] and not inside[1] else inside), ()


def _on_the_speech_clock(
    name: str,
    speech: Sequence[Turn],
    chat: list[Turn],
    date: tuple[datetime, bool] | None,
    clock: float | None,
) -> tuple[list[Turn], tuple[str, ...]]:
    """Chat messages with times counted as the speech counts them.

    A cloud recording's chat shares its clock. A saved chat has the time of day: saved captions share it, and
    beside a recording, of an unknown zone, it is moved by whole hours when exactly one move lets every
    message fall into the recording. Otherwise the messages come last, without times.
    """
    ended = max((turn.end or turn.start or 0.0 for turn in speech), default=0.0)
    times = [turn.start for turn in chat if turn.start is not None]
    if not times or not any(turn.start is not None for turn in speech):
        return [_timeless(turn) for turn in chat], ()
    if clock is not None and clock - _LATE <= min(times) and max(times) <= clock + ended + _LATE:
        return [replace(turn, start=max(0.0, (turn.start or 0.0) - clock)) for turn in chat], ()
    if max(times) <= ended + _LATE:
        return chat, ()
    if date is not None and date[1]:
        began = date[0].hour * _HOUR + date[0].minute * 60.0 + date[0].second
        moves = [began - zone * _HOUR for zone in _ZONES]
        fitting = [move for move in moves if min(times) >= move and max(times) <= move + ended + _LATE]
        if len(fitting) == 1:
            moved = [Turn(t.speaker, t.text, (t.start or 0.0) - fitting[0], None, "chat") for t in chat]
            return moved, (f"{name} gives times of day; they were counted from the start of the recording.",)
    return [_timeless(turn) for turn in chat], (
        f"{name} is on another clock than the recording; its {len(chat)} messages were put at the end.",
    )


def _timeless(turn: Turn) -> Turn:
    return Turn(turn.speaker, turn.text, None, None, turn.channel)
