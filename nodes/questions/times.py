"""Time expressions of a question: dates, spans, and meetings named by title or by place in the series."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from nodes.errors import InputError
from nodes.questions.called import WHEN, called, refers_to_a_meeting, tidy, until_the_next, without
from nodes.questions.held import held
from nodes.questions.points import (
    COUNT,
    POINT,
    TICK,
    UNIT,
    WEEKDAY,
    Times,
    interval,
    is_past_week_or_longer,
    whole_day,
    whole_week,
)
from stores.readings import MeetingName

__all__ = ["Times", "beginning", "instant", "read_times", "refers_to_a_meeting"]

_DATED = re.compile(
    rf"\b(?P<how>{WHEN}) (?:the )?(?P<week>week (?:of|from|starting) (?:the )?)?(?P<point>{POINT.pattern})",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"\b(?:(?:the )?(?:last|past|previous|this|next|coming) (?:{UNIT})\b|(?:{COUNT}) (?:{UNIT})s? ago"
    rf"|(?:the )?(?:last|past|previous|next|coming) (?:{COUNT}) (?:{UNIT})s?\b"
    rf"|(?:last|this|next|coming) (?:{WEEKDAY})\b|(?P<week>the week of (?:the )?)(?P<point>{POINT.pattern})"
    r"|yesterday|today|tomorrow|\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\b(?:between|from) (?P<first>[^?.!;]+?) (?:and|to|until|till) (?:the )?(?P<second>[^?!;]+)",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:due|deadlines?|upcoming|coming up|scheduled|planned for|will|going to|next|target(?:ed)?)\b", re.I
)


def instant(text: str) -> datetime:
    """The last instant that "as of" a date or time means: the end of a day, or the time given (UTC unless
    it says otherwise).

    Raises:
        InputError: it is no ISO 8601 date or time.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            return whole_day(datetime.fromisoformat(text.strip()))[1]
        at = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text!r} is no date: write it as 2026-03-31 or 2026-03-31T14:00+02:00") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def beginning(text: str) -> datetime:
    """The first instant that "since" a date or time means.

    Raises:
        InputError: it is no ISO 8601 date or time.
    """
    end = instant(text)
    return whole_day(end)[0] if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()) else end


def read_times(question: str, now: datetime, meetings: Sequence[MeetingName] = ()) -> Times:
    """The time expressions of a question.

    Args:
        question: as asked.
        now: what "last week" is relative to, and the latest day that "3 May" can be.
        meetings: those that it could name, newest first.
    """
    is_ahead = bool(_AHEAD.search(question))
    newest = meetings[0].date if meetings else None
    between = _between(question, now, meetings, is_ahead=is_ahead)
    if between is not None:
        return between
    named = held(question, now, meetings, is_ahead=is_ahead) or (
        called(question, meetings) if meetings else None
    )
    if named is not None:
        return named
    for found in _DATED.finditer(question):
        point = _around(found["point"], now, newest, is_ahead=is_ahead, is_week=bool(found["week"]))
        if point is not None:
            return _placed(found["how"].lower(), point, said=found[0], remainder=without(question, found))
    bare = _BARE.search(question)
    if bare is None:
        return Times(remainder=question)
    point = _around(bare["point"] or bare[0], now, newest, is_ahead=is_ahead, is_week=bool(bare["week"]))
    if point is None:
        return Times(remainder=question)
    return _placed("in", point, said=bare[0], remainder=without(question, bare))


@dataclass(frozen=True, slots=True)
class _Span:
    """What a point in time covers, and the instant at which states are asked for."""

    first: datetime
    last: datetime
    as_of: datetime


def _around(
    text: str, now: datetime, newest: datetime | None, *, is_ahead: bool, is_week: bool = False
) -> _Span | None:
    """A point in time; "two weeks ago" covers the week around that day, since nobody means it to the day."""
    point = interval(text, now, is_ahead=is_ahead, newest=newest)
    if point is None:
        return None
    is_vague = is_past_week_or_longer(text)
    first, last = whole_week(point[0]) if is_week or is_vague else point
    return _Span(first, last, point[1] if is_vague else last)


def _placed(how: str, span: _Span, *, said: str, remainder: str) -> Times:
    times = Times(said=said, remainder=remainder)
    if how in ("since", "from"):
        return replace(times, start=span.first)
    if how == "after":
        return replace(times, start=span.last)
    if how == "before":
        return replace(times, end=span.first - TICK, as_of=span.first - TICK)
    if how in ("as of", "as at", "up to", "until", "till", "by"):
        return replace(times, end=span.last, as_of=span.last)
    return replace(times, start=span.first, end=span.last, as_of=span.as_of)


def _between(
    question: str, now: datetime, meetings: Sequence[MeetingName], *, is_ahead: bool
) -> Times | None:
    """The span from one point or meeting to another; what the first meeting said itself does not count."""
    found = _BETWEEN.search(question)
    if found is None:
        return None
    first = _one_end(found["first"], now, meetings, is_ahead=is_ahead)
    second = _one_end(found["second"], now, meetings, is_ahead=is_ahead)
    if first is None or second is None or (first.start and second.end and first.start > second.end):
        return None
    said = question[found.start() :].rstrip(" ?.!").removesuffix(second.remainder.rstrip(" ?.!"))
    return Times(
        start=first.start,
        end=second.end,
        as_of=second.end,
        since_meeting=first.since_meeting,
        said=said.rstrip(" ?.!,"),
        remainder=tidy(f"{question[: found.start()]} {second.remainder}"),
    )


def _one_end(text: str, now: datetime, meetings: Sequence[MeetingName], *, is_ahead: bool) -> Times | None:
    """One end of a span: from its beginning, or to its end; None when it is no time."""
    lead = re.match(r"(?:the |our )", text, re.IGNORECASE)
    said = text[lead.end() :] if lead else text
    newest = meetings[0].date if meetings else None
    point, written = interval(said, now, is_ahead=is_ahead, newest=newest), POINT.match(said.lower())
    if point is not None and written is not None:
        return Times(start=point[0], end=point[1], remainder=said[written.end() :].strip())
    named = called(f"in {said}", meetings) if meetings else None
    if named is None or len(named.meetings) != 1:
        return None
    meeting = next(meeting for meeting in meetings if meeting.id == named.meetings[0])
    return Times(
        start=meeting.date,
        end=until_the_next(meeting, meetings) or now,
        since_meeting=meeting.id,
        remainder=named.remainder,
    )
