"""Which day a due date means, read against the day of the meeting.

Explicit rules for what people say in meetings; `dateparser`, kept strict, only for fully written dates that
the rules do not know. Nothing depends on the clock, the locale or the time zone of the machine.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import cast

from nodes.wording import folded, listed, with_digits

# A month and day without a year may name a day that just passed; beyond this it is next year's.
_LOOK_BACK = timedelta(days=60)
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
        )
    )
    for name in names.split()
} | {"sunday": 6, "sun": 6}
MONTHS = {
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
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        listed(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
            "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        start=1,
    )
} | {"thirtieth": 30}
_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})"
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?: (?P<year>\d{4}))?"
_LEADING = re.compile(
    r"^(?:(?:now|due|by|on|at|until|till|for|no later than|it is|is|"
    r"(?:slipped|moved|pushed|postponed|delayed|rescheduled|shifted)(?: back| out)? to) )+"
)
_TIME_OF_DAY = re.compile(
    r"\b(?:at |by )?(?:(?:1[0-2]|0?[1-9])(?::[0-5]\d)? ?(?:am|pm)|(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)"
    r"(?: (?:utc|gmt|cet|cest|est|edt|pst|pdt|et|pt))?\b"
    r"|\b(?:in the )?(?:morning|afternoon|evening|night|noon)\b"
    r"|\b(?:by )?(?:eod|cob|end of (?:the )?day|close of business|end of business)(?: on)?(?= \S)"
    r"|(?<=\S) (?:by )?(?:eod|cob|end of (?:the )?day|close of business|end of business)$"
)


def read_date(text: str, *, meeting_day: date) -> date | None:
    """The day that the words name, seen from the meeting; the future is preferred, None when unsure.

    Conventions: "Friday" is the first Friday after the meeting, "next Friday" the Friday of the following
    calendar week (Monday to Sunday), "end of the week" its Friday, "end of Q3" the last day of September. A
    day and month without a year is the next one, or one up to 60 days past. Numbers such as 6/7 that may be
    read either way are not read.
    """
    said = _prepared(text)
    try:
        for pattern, rule in _RULES:
            match = pattern.fullmatch(said)
            if match:
                return rule(match, meeting_day)
    except (ValueError, OverflowError):  # such as 31 June: no such day
        return None
    return _written_in_full(said)


def _prepared(text: str) -> str:
    said = folded(text)
    iso = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t| |$)[\d:.z+ -]*$", said)
    if iso:
        return f"{iso[1]}-{iso[2]}-{iso[3]}"
    said = re.sub(r"\b([ap])\.m\.", r"\1m", said)
    said = re.sub(r"[,;()!\"']|\.(?!\d)", " ", said)
    said = re.sub(r"(?<=[a-z])-(?=[a-z0-9])|(?<=[0-9])-(?=[a-z])", " ", said)
    said = " ".join(_ordinals_as_digits(with_digits(said.split())))
    said = _LEADING.sub("", said)
    said = " ".join(_TIME_OF_DAY.sub(" ", said).split())
    said = re.sub(r"^(?:on|by) ", "", said)
    return re.sub(r"\bthe ", "", said)


def _ordinals_as_digits(words: list[str]) -> list[str]:
    result: list[str] = []
    for word in words:
        number = _ORDINALS.get(word)
        if number is None:
            result.append(word)
        elif number < 10 and result and result[-1] in {"20", "30"}:
            result[-1] = f"{int(result[-1]) + number}th"
        else:
            result.append(f"{number}th")
    return result


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _nearest(month: int, day: int, meeting_day: date, weekday: int | None = None) -> date | None:
    """The first such date that is not more than 60 days past, when it falls on the weekday said with it."""
    for year in (meeting_day.year - 1, meeting_day.year, meeting_day.year + 1):
        if day > calendar.monthrange(year, month)[1]:
            continue
        found = date(year, month, day)
        if found >= meeting_day - _LOOK_BACK:
            return found if weekday is None or found.weekday() == weekday else None
    return None


def _iso(match: re.Match[str], meeting_day: date) -> date:
    del meeting_day
    return date(int(match[1]), int(match[2]), int(match[3]))


def _near_day(match: re.Match[str], meeting_day: date) -> date:
    days = {"today": 0, "tonight": 0, "eod": 0, "end of day": 0, "yesterday": -1, "tomorrow": 1}
    return meeting_day + timedelta(days=days.get(match[0], 2))


def _weekday(match: re.Match[str], meeting_day: date) -> date:
    weekday = _WEEKDAYS[match["weekday"]]
    which = (match["which"] or match["after"] or "").strip()
    if which in {"next", "next week", "of next week"}:
        return _monday(meeting_day) + timedelta(days=7 + weekday)
    ahead = (weekday - meeting_day.weekday() - 1) % 7 + 1
    if which == "last":
        return meeting_day - timedelta(days=(meeting_day.weekday() - weekday - 1) % 7 + 1)
    return meeting_day + timedelta(
        days=ahead + (7 if which in {"week", "week from", "a week from", "1 week from"} else 0)
    )


def _from_now(match: re.Match[str], meeting_day: date) -> date:
    count = 1 if match["count"] in {"a", "an"} else int(match["count"])
    unit = match["unit"]
    if unit in {"day", "week", "fortnight"}:
        return meeting_day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    return _add_months(meeting_day, count * (12 if unit == "year" else 1))


def _edge_of_period(match: re.Match[str], meeting_day: date) -> date:
    """The first or last day of this or the next week (Monday, Friday), month, quarter or year."""
    at_end = match["edge"] in {"end", "eo"}
    ahead = 1 if match["which"] == "next" else 0
    unit = match["unit"]
    if unit in {"week", "w"}:
        found = _monday(meeting_day) + timedelta(days=7 * ahead + (4 if at_end else 0))
        return found if found >= meeting_day else found + timedelta(days=7)
    length = {"month": 1, "m": 1, "quarter": 3, "q": 3, "year": 12, "y": 12}[unit]
    first_month = (meeting_day.month - 1) // length * length + 1
    start = _add_months(date(meeting_day.year, first_month, 1), length * ahead)
    if at_end:
        return _add_months(start, length) - timedelta(days=1)
    return start if start >= meeting_day else _add_months(start, length)


def _edge_of_named(match: re.Match[str], meeting_day: date) -> date | None:
    """The first or last day of a month ("end of May") or quarter ("end of Q3"), the next one."""
    at_end = match["edge"] == "end"
    if match["month"]:
        first = last = MONTHS[match["month"]]
    else:
        last = int(match["quarter"]) * 3
        first = last - 2
    if match["year"]:
        year = int(match["year"])
        return _month_end(year, last) if at_end else date(year, first, 1)
    for year in (meeting_day.year, meeting_day.year + 1):
        found = _month_end(year, last) if at_end else date(year, first, 1)
        if found >= meeting_day:
            return found
    return None


def _end_of_year(match: re.Match[str], meeting_day: date) -> date:
    del meeting_day
    return date(int(match["year"]), 12, 31) if match["edge"] == "end" else date(int(match["year"]), 1, 1)


def _month_day(match: re.Match[str], meeting_day: date) -> date | None:
    groups = match.groupdict()
    month, day = MONTHS[groups["month"]], int(groups["day"])
    weekday = _WEEKDAYS[groups["weekday"]] if groups["weekday"] else None
    if not groups["year"]:
        return _nearest(month, day, meeting_day, weekday)
    found = date(int(groups["year"]), month, day)
    return found if weekday is None or found.weekday() == weekday else None


def _day_of_month(match: re.Match[str], meeting_day: date) -> date | None:
    day = int(match["day"])
    weekday = _WEEKDAYS[match["weekday"]] if match["weekday"] else None
    start = _add_months(meeting_day.replace(day=1), 1 if match["which"] == "next" else 0)
    for ahead in range(1 if match["which"] else 3):
        month = _add_months(start, ahead)
        if day <= calendar.monthrange(month.year, month.month)[1]:
            found = month.replace(day=day)
            if found >= meeting_day or match["which"]:
                return found if weekday is None or found.weekday() == weekday else None
    return None


def _numbers(match: re.Match[str], meeting_day: date) -> date | None:
    """5/14 and 14/5 are the same day whoever writes them; 6/7 is not read. Dots are day first."""
    first, second = int(match["first"]), int(match["second"])
    if match["sign"] == "." or first > 12 or first == second:
        day, month = first, second
    elif second > 12:
        month, day = first, second
    else:
        return None
    if not match["year"]:
        return _nearest(month, day, meeting_day) if 1 <= month <= 12 and day >= 1 else None
    return date(int(match["year"]) + (2000 if len(match["year"]) == 2 else 0), month, day)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", _iso),
        (r"today|tonight|eod|end of day|tomorrow|yesterday|day after tomorrow", _near_day),
        (
            r"(?P<which>next |next week |this |this coming |coming |last |(?:an? |1 )?week from )?"
            rf"{_WEEKDAY}(?P<after> (?:of )?next week| week)?",
            _weekday,
        ),
        (r"in (?P<count>an?|\d{1,3}) (?P<unit>day|week|fortnight|month|year)s?(?: time)?", _from_now),
        (r"(?P<count>an?|\d{1,3}) (?P<unit>day|week|fortnight|month|year)s? from (?:now|today)", _from_now),
        (
            r"(?P<edge>end|start|beginning) of (?:(?P<which>this|next) )?(?P<unit>week|month|quarter|year)",
            _edge_of_period,
        ),
        (r"(?P<edge>eo)(?P<which>)(?P<unit>[wmqy])", _edge_of_period),
        (rf"(?P<edge>end|start|beginning) of (?:{_MONTH}|q(?P<quarter>[1-4])){_YEAR}", _edge_of_named),
        (r"(?P<edge>end|start|beginning) of (?:year )?(?P<year>\d{4})", _end_of_year),
        (rf"(?:{_WEEKDAY} )?{_MONTH} {_DAY}{_YEAR}", _month_day),
        (rf"(?:{_WEEKDAY} )?{_DAY}(?: of)? {_MONTH}{_YEAR}", _month_day),
        (
            rf"(?:{_WEEKDAY} )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)(?: of (?P<which>this|next) month)?",
            _day_of_month,
        ),
        (r"(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?:(?P=sign)(?P<year>\d{4}|\d{2}))?", _numbers),
    )
)


def _written_in_full(said: str) -> date | None:
    """A date with a month by name and a year, in an order that the rules do not know, by `dateparser`."""
    words = said.split()
    if len(words) > 6 or not re.search(r"\b\d{4}\b", said) or not any(word in MONTHS for word in words):
        return None
    if re.search(r"\b(?:and|or|to|between|from|not|before|after|than|early|mid|late)\b|\d ?[-–] ?\d", said):
        return None
    # imported at first use: its tables take a quarter of a second, and most dates never come here
    import dateparser

    settings: dict[str, object] = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "RELATIVE_BASE": datetime(2000, 1, 1),
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    parse = cast(Callable[..., datetime | None], dateparser.parse)  # pyright: ignore[reportUnknownMemberType]
    found = parse(said, languages=["en"], settings=settings)
    return None if found is None else found.date()
