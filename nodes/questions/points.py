"""Points in time as a question writes them: days, weeks, months, quarters, "two weeks ago", "next Friday"."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from nodes.dates import MONTHS

TICK = timedelta(microseconds=1)
_YEAR = timedelta(days=365)
_OF_THE_CALENDAR = ("month", "month_first", "whole_month", "quarter")
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAYS = {
    name: number
    for number, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())
}
WEEKDAY = "|".join(_WEEKDAYS)
UNIT = "day|week|month|quarter|year"
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "an": 1, "couple of": 2, "few": 3}
COUNT = r"\d{1,3}|" + "|".join(_NUMBER_WORDS)
_PARTS = {
    **dict.fromkeys(("beginning", "start", "early"), (0, 1)),
    **dict.fromkeys(("middle", "mid"), (1, 2)),
    **dict.fromkeys(("end", "late"), (2, 3)),
}
POINT = re.compile(
    r"(?P<iso>\d{4}-\d{2}-\d{2})(?:[t ](?P<clock>\d{1,2}:\d{2}))?"
    r"|(?P<dotted>\d{1,2}\.\d{1,2}\.\d{4})"
    r"|(?P<iso_month>\d{4}-\d{2})(?![-\d])"
    rf"|(?:the )?(?P<part>{'|'.join(_PARTS)})[ -](?:of )?(?:the |this )?(?P<of>(?:{_MONTH})\b(?: \d{{4}})?"
    r"|month|quarter|year|week)\b"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b\.?(?:,? (?P<year>\d{{4}}))?"
    rf"|(?P<month_first>{_MONTH})\b\.? (?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?\b"
    r"(?:,? (?P<year_last>\d{4}))?"
    r"|(?:the )?q(?P<quarter>[1-4])(?: (?:of )?(?P<quarter_year>\d{4}))?"
    rf"|(?P<whole_month>{_MONTH})\b(?: (?:of )?(?P<month_year>\d{{4}}))?"
    rf"|(?:(?P<which>last|past|this|next|coming) )?(?P<weekday>{WEEKDAY})\b"
    rf"|(?:the )?(?P<relative>last|past|previous|this|current|next|coming|following) (?P<unit>{UNIT})\b"
    rf"|(?:the )?(?:last|past|previous) (?P<count>{COUNT}) (?P<counted>{UNIT})s?\b"
    rf"|(?:the )?(?:next|coming|following) (?P<ahead>{COUNT}) (?P<ahead_unit>{UNIT})s?\b"
    rf"|(?P<ago>{COUNT}) (?P<ago_unit>{UNIT})s? ago"
    r"|(?P<word>yesterday|today|tomorrow|now)"
    r"|(?P<bare_year>(?:19|20)\d{2})"
)


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


def interval(
    text: str, now: datetime, *, is_ahead: bool = False, newest: datetime | None = None
) -> tuple[datetime, datetime] | None:
    """First and last instant of a point in time as written; None when there is no such day.

    Args:
        text: begins with the point.
        now: what "last week" is relative to.
        is_ahead: the question is about what is to come, so that "June" may be the next one; else it is past.
        newest: the last meeting; where it was over a year ago, a day without a year was before it.
    """
    found = POINT.match(text.lower())
    if found is None:
        return None
    if newest is not None and now - newest > _YEAR and any(found[group] for group in _OF_THE_CALENDAR):
        now = whole_day(newest)[1]
    try:
        meant = _interval_of(found, now.astimezone(UTC), is_ahead=is_ahead)
    except (ValueError, OverflowError):
        return None
    # what is compared with a span is a moment before or after it, for which there must be a date
    return (
        meant if meant and datetime.min.year < meant[0].year and meant[1].year < datetime.max.year else None
    )


def whole_day(at: datetime) -> tuple[datetime, datetime]:
    """First and last instant of a day."""
    start = datetime.combine(at.date(), time(), UTC)
    return start, start + timedelta(days=1) - TICK


def whole_week(at: datetime) -> tuple[datetime, datetime]:
    """First and last instant of the week, Monday to Sunday, that a time is in."""
    monday = whole_day(at)[0] - timedelta(days=at.weekday())
    return monday, monday + timedelta(days=7) - TICK


def is_past_week_or_longer(text: str) -> bool:
    """Whether a point is "two weeks ago" and the like, which no one means to the day."""
    found = POINT.match(text.lower())
    return bool(found and found["ago"] and found["ago_unit"] != "day")


def _interval_of(found: re.Match[str], now: datetime, *, is_ahead: bool) -> tuple[datetime, datetime] | None:
    if found["iso"] and found["clock"]:
        at = datetime.fromisoformat(f"{found['iso']}T{found['clock']:0>5}").replace(tzinfo=UTC)
        return at, at
    if found["iso"]:
        return whole_day(datetime.fromisoformat(found["iso"]))
    if found["dotted"]:
        day, month, year = (int(part) for part in found["dotted"].split("."))
        return whole_day(datetime(year, month, day, tzinfo=UTC))
    if found["iso_month"]:
        year, month = (int(part) for part in found["iso_month"].split("-"))
        return _months(datetime(year, month, 1, tzinfo=UTC), 1)
    if found["part"]:
        return _part(found["part"], found["of"], now, is_ahead=is_ahead)
    month, day = found["month"] or found["month_first"], found["day"] or found["day_last"]
    if month and day:
        year = found["year"] or found["year_last"]
        return whole_day(
            _nearest(now, MONTHS[month], int(day), int(year) if year else None, is_ahead=is_ahead)
        )
    if found["whole_month"]:
        year = int(found["month_year"]) if found["month_year"] else None
        return _months(_nearest(now, MONTHS[found["whole_month"]], 1, year, is_ahead=is_ahead), 1)
    if found["quarter"]:
        year = int(found["quarter_year"]) if found["quarter_year"] else None
        return _months(_nearest(now, 3 * int(found["quarter"]) - 2, 1, year, is_ahead=is_ahead), 3)
    if found["bare_year"]:
        return _months(datetime(int(found["bare_year"]), 1, 1, tzinfo=UTC), 12)
    return _relative(found, now, is_ahead=is_ahead)


def _relative(found: re.Match[str], now: datetime, *, is_ahead: bool) -> tuple[datetime, datetime]:
    """A point that is only told by its distance from now."""
    if found["word"]:
        days = {"yesterday": -1, "tomorrow": 1}.get(found["word"], 0)
        return whole_day(now + timedelta(days=days)) if days else (whole_day(now)[0], now)
    if found["weekday"]:
        ahead = (_WEEKDAYS[found["weekday"]] - now.weekday()) % 7
        forward = found["which"] in ("next", "coming") or (is_ahead and found["which"] != "last")
        if found["which"] == "this":
            return whole_day(whole_week(now)[0] + timedelta(days=_WEEKDAYS[found["weekday"]]))
        if forward:
            return whole_day(now + timedelta(days=ahead or 7))
        back = (7 - ahead) % 7
        return whole_day(now - timedelta(days=back or (7 if found["which"] else 0)))
    if found["relative"] == "past":
        return _shifted(now, -1, found["unit"]), now
    if found["relative"]:
        ahead = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}.get(found["relative"], -1)
        return _period(now, found["unit"], ahead)
    if found["count"]:
        return _shifted(now, -_number(found["count"]), found["counted"]), now
    if found["ahead"]:
        return now, _shifted(now, _number(found["ahead"]), found["ahead_unit"])
    return whole_day(_shifted(now, -_number(found["ago"]), found["ago_unit"]))


def _part(part: str, of: str, now: datetime, *, is_ahead: bool) -> tuple[datetime, datetime] | None:
    """The beginning, middle or end of a month or another period, a third of it each."""
    whole = (
        _period(now, of, 0)
        if of in UNIT.split("|")
        else interval(of.removesuffix("."), now, is_ahead=is_ahead)
    )
    if whole is None:
        return None
    days = (whole[1] - whole[0] + TICK).days
    first, last = (round(days * third / 3) for third in _PARTS[part])
    return whole[0] + timedelta(days=first), whole[0] + timedelta(days=last) - TICK


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS[text]


def _nearest(now: datetime, month: int, day: int, year: int | None, *, is_ahead: bool) -> datetime:
    """The day in the year given; else the latest that is not in the future, or the nearest one of all."""
    if year is not None:
        return datetime(year, month, day, tzinfo=UTC)
    this_year = datetime(now.year, month, day, tzinfo=UTC)
    if is_ahead:
        every = [this_year.replace(year=now.year + more) for more in (-1, 0, 1)]
        return min(every, key=lambda at: abs(at - now))
    return this_year if this_year <= now else datetime(now.year - 1, month, day, tzinfo=UTC)


def _months(first: datetime, months: int) -> tuple[datetime, datetime]:
    start = datetime.combine(first.date().replace(day=1), time(), UTC)
    return start, _added_months(start, months) - TICK


def _added_months(at: datetime, months: int) -> datetime:
    total = at.year * 12 + at.month - 1 + months
    year, month = divmod(total, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _period(now: datetime, unit: str, ahead: int) -> tuple[datetime, datetime]:
    today = whole_day(now)[0]
    if unit == "day":
        return whole_day(today + timedelta(days=ahead))
    if unit == "week":
        return whole_week(today + timedelta(days=7 * ahead))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = today.replace(day=1)
    return _months(_added_months(first, -((first.month - 1) % months) + months * ahead), months)


def _shifted(now: datetime, count: int, unit: str) -> datetime:
    if unit in ("day", "week"):
        return now + timedelta(days=count * (7 if unit == "week" else 1))
    return _added_months(now, count * {"month": 1, "quarter": 3, "year": 12}[unit])
