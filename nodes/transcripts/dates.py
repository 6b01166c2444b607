"""Dates as people and exports write them, read strictly: what could mean two days is refused."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nodes.errors import InputError

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = {name[:length]: number for number, name in enumerate(_MONTHS, 1) for length in (3, len(name))} | {
    "sept": 9
}
_MONTH_NAME = "(?P<month>[a-z]{3,9})"
# Only abbreviations that mean one offset wherever meetings are exported: RFC 5322, section 4.3, and Europe's.
ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip
"""Hours east of Greenwich."""

_TIME = re.compile(
    rf"(?:^|[\sT,]+(?:at\s+)?)(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*\(?"
    rf"(?P<zone>Z|UTC|GMT|{'|'.join(ZONES)}|[A-Za-z]+/[A-Za-z_/+-]+|(?:UTC|GMT)?[+−-]\d{{1,2}}(?::?\d{{2}})?)?\)?$",
    re.IGNORECASE,
)
_DAYS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<m>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<year>\d{4})"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH_NAME}\.?,?\s+(?P<year>\d{{4}})"),
    re.compile(rf"{_MONTH_NAME}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"),
)
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s*", re.IGNORECASE
)
_TWO_WAYS = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")


def parse_date(text: str) -> tuple[datetime, bool]:
    """Read one date, with or without a time of day.

    Args:
        text: ISO 8601 ("2024-03-04", "2024-03-04T10:00+01:00", "2024-03-04 10:00 Europe/Berlin"), or with the
            month in words ("Monday, 4 March 2024 10:00 UTC").

    Returns:
        The moment, with a time zone (UTC where the text names none), and whether it has a time of day; a date
        alone is midnight UTC.

    Raises:
        InputError: it is no date, an impossible one, one that could mean two days, or beyond 1970 to 2199.
    """
    words = _WEEKDAY.sub("", " ".join(text.split()))
    clock = _TIME.search(words)
    day_words = (words[: clock.start()] if clock else words).strip(" ,")
    try:
        day = _day(day_words)
        if clock is None:
            return datetime.combine(day, time(), UTC), False
        return datetime.combine(day, _time(clock), _zone(clock["zone"])), True
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise InputError(
            f'"{text.strip()[:60]}" is not a date ({error}); '
            "write it as 2024-03-04 or 2024-03-04T10:00+01:00."
        ) from error


def _day(text: str) -> date:
    year, month, day = _year_month_day(text.lower())
    if not 1970 <= year < 2200:
        raise ValueError("the year is not between 1970 and 2199")
    return date(year, month, day)


def _year_month_day(lowered: str) -> tuple[int, int, int]:
    for pattern in _DAYS:
        match = pattern.fullmatch(lowered)
        if match is None:
            continue
        groups = match.groupdict()
        month = _MONTH.get(groups["month"]) if "month" in groups else int(groups["m"])
        if month is None:
            raise ValueError(f"no month is named {groups['month']}")
        if not 1 <= month <= 12:
            raise ValueError(f"there is no month {month}")
        return int(groups["year"]), month, int(groups["day"])
    if match := _TWO_WAYS.fullmatch(lowered):
        first, second, year = (int(part) for part in match.groups())
        if first == second or (second > 12 >= first) or (first > 12 >= second):
            day, month = max(first, second), min(first, second)
            return year, month, day
        raise ValueError("it could mean two different days" if first <= 12 else "there is no such month")
    raise ValueError("it is in no known form")


def _time(clock: re.Match[str]) -> time:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("the hour is not between 1 and 12")
        hour = hour % 12 + (12 if clock["half"].lower().startswith("p") else 0)
    return time(hour, int(clock["minute"]), int(clock["second"] or 0))


def _zone(name: str | None) -> tzinfo:
    if name is None or name.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if name.upper() in ZONES:
        return timezone(timedelta(hours=ZONES[name.upper()]))
    if "/" in name:
        return ZoneInfo(name)
    match = re.fullmatch(r"(?:UTC|GMT)?([+−-])(\d{1,2}):?(\d{2})?", name, re.IGNORECASE)
    if match is None:
        raise ValueError(f"no time zone is named {name}")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(offset if match[1] == "+" else -offset)
