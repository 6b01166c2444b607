"""Meetings that a question names by when they were held: "the call of 18 December", "yesterday's standup"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nodes.questions.called import MEETING_WORD, WHEN, at_meeting, called, tidy
from nodes.questions.points import POINT, Times, interval
from stores.readings import MeetingName

_OF_A_DAY = re.compile(
    rf"\b(?P<noun>(?:{MEETING_WORD})s?)(?: held)? (?:on|of|from) (?:the )?(?P<point>{POINT.pattern})",
    re.IGNORECASE,
)
_A_DAYS = re.compile(
    rf"\b(?P<point>{POINT.pattern})(?:['’]s)? (?P<noun>(?:{MEETING_WORD})s?)\b", re.IGNORECASE
)
_HOW = rf"(?P<how>{WHEN}|for|of)"
_UNNAMED = re.compile(
    rf"(?:\b{_HOW} )?(?:\b(?:the|our) )?\b(?:meeting|call|sync|session|stand-?up)s?$", re.IGNORECASE
)
_ANY = re.compile(
    rf"(?:\b{_HOW} (?:(?:the|our) )?(?:(?!{WHEN}|for|of)[\w#'-]+ ){{0,3}}?)?\b(?:{MEETING_WORD})s?$",
    re.IGNORECASE,
)


def held(question: str, now: datetime, meetings: Sequence[MeetingName], *, is_ahead: bool) -> Times | None:
    """The question read as being about the meetings held at a time that it gives, or that time if none was.

    Args:
        question: as asked.
        now: what "yesterday" is relative to.
        meetings: those that it could name, newest first.
        is_ahead: the question is about what is to come.
    """
    newest = meetings[0].date if meetings else None
    for found in (*_OF_A_DAY.finditer(question), *_A_DAYS.finditer(question)):
        point = interval(found["point"], now, is_ahead=is_ahead, newest=newest)
        if point is None:
            continue
        then = [meeting for meeting in meetings if point[0] <= meeting.date <= point[1]]
        before, after = f"{question[: found.start()]}{found['noun']}", question[found.end() :]
        named = called(before + after, meetings, then) if then else None
        return named or _unnamed(before, after, meetings, then, Times(*point, point[1], said=_in(found[0])))
    return None


def _in(said: str) -> str:
    return f"in {said}" if re.search(r"['’]s ", said) else f"in the {said}"


def _unnamed(
    before: str, after: str, meetings: Sequence[MeetingName], then: Sequence[MeetingName], span: Times
) -> Times | None:
    """ "in the call" or "yesterday's call", of which nothing but the time is said."""
    found = (_UNNAMED if then else _ANY).search(before)
    if found is None:
        return None
    how = (found["how"] or "in").lower()
    how = "in" if how in ("of", "for", "on", "at", "during") else how
    remainder = tidy(before[: found.start()] + after)
    if not then:
        return replace(span, remainder=remainder) if how == "in" else None
    if len(then) == 1 or how != "in":
        one = then[-1 if how == "before" else 0]
        return at_meeting(how, one, meetings, f"{how} {one.title}", remainder)
    times = at_meeting("in", then[0], meetings, span.said or "", remainder)
    return replace(times, meetings=tuple(meeting.id for meeting in reversed(then)))
