"""What a file's name and a meeting's title tell: date, title, the export's own id, the series."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from nodes.errors import InputError
from nodes.transcripts.dates import ZONES, parse_date


@dataclass(frozen=True, slots=True)
class NamedAs:
    """What the name of a file says of its meeting; None where it says nothing."""

    title: str | None
    date: tuple[datetime, bool] | None
    external_id: str | None


_ZOOM = re.compile(r"GMT(\d{8})-(\d{6})", re.IGNORECASE)
_ISO_DAY = re.compile(
    r"(?<!\d)((?:19|20|21)\d{2})([-_.])(\d{2})\2(\d{2})(?!\d)"
    r"(?:(?: at |[ T_])(\d{2})[-_.:h](\d{2})(?:[-_.:](\d{2}))?(?!\d)"
    rf"(?:[ _]?((?:UTC|GMT|Z)(?:[+−-]\d{{1,2}}(?:[_:.]?\d{{2}})?)?|{'|'.join(ZONES)})(?![^\W_]))?)?"
)
_COMPACT_DAY = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?:[-_T](\d{2})(\d{2})(?:\d{2})?(?:UTC)?)?(?!\d)")
_SUFFIXES = frozenset(
    ".vtt .srt .txt .text .md .markdown .json .docx .odt .pdf .html .htm .eml .msg .transcript .chat "
    ".newchat .cc".split()
)
_TOOL = re.compile(
    r"^(?:google_meet|otter|teams|zoom|fireflies|whisperx)_(?=.)|[_ -](?:otter[_.]ai|fireflies[_.]ai)$"
    r"|[-_ ]+meeting (?:transcript|recording|notes)(?: ?\(?\d+\)?)?$",
    re.IGNORECASE,
)
_AFTER_TEAMS_DATE = re.compile(
    r"(-\d{8}_\d{6}(?:UTC)?)-[^\d-]{1,60}$"
)  # "-Meeting Transcript", in any language
_EXPORT_WORDS = re.compile(
    r"(?<![^\W_])(?:recording|transcript(?:ion)?|new ?chat|closed[ _]caption|saved[ _]chat"
    r"|meeting[ _]saved(?=[ _]c)|whisperx|segments|notes by gemini|\d+x\d+)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_TOOLS = {
    "zoom",
    "teams",
    "meet",
    "google meet",
    "webex",
    "otter",
    "audio",
    "video",
    "meeting",
    "chat",
    "the",
}


def read_name(name: str) -> NamedAs:
    """Read a file's name, such as "2025-04-17_acdc_155.vtt" or "GMT20240304-100000_Recording.vtt" (Zoom's).

    Raises:
        InputError: the name carries a date that does not exist, such as 2024-13-45.
    """
    stem = PurePosixPath(name.replace("\\", "/")).name
    while (suffix := PurePosixPath(stem).suffix.lower()) in _SUFFIXES and len(suffix) < len(stem):
        stem = stem[: -len(suffix)]
    stem = _TOOL.sub("", _AFTER_TEAMS_DATE.sub(r"\1", stem))
    date: tuple[datetime, bool] | None = None
    external_id: str | None = None
    if match := _ZOOM.search(stem):
        external_id = match[0].upper()
        date = _moment(name, f"{match[1]}{match[2]}", "%Y%m%d%H%M%S"), True
        stem = stem[: match.start()] + " " + stem[match.end() :]
    elif match := _ISO_DAY.search(stem):
        date = _iso(name, match)
        stem = stem[: match.start()] + " " + stem[match.end() :]
    elif (match := _COMPACT_DAY.search(stem)) and (date := _compact(match)) is not None:
        stem = stem[: match.start()] + " " + stem[match.end() :]
    return NamedAs(_title(stem), date, external_id)


def _moment(name: str, digits: str, form: str) -> datetime:
    try:
        return datetime.strptime(digits, form).replace(tzinfo=UTC)
    except ValueError as error:
        raise _no_such_date(name, digits) from error


def _iso(name: str, match: re.Match[str]) -> tuple[datetime, bool]:
    year, _, month, day, hour, minute, second, zone = match.groups()
    try:
        if hour is None:
            return parse_date(f"{year}-{month}-{day}")
        zone = re.sub(r"[_.]", ":", zone or "UTC")
        return parse_date(f"{year}-{month}-{day} {hour}:{minute}:{second or '00'} {zone}")
    except InputError as error:
        raise _no_such_date(name, match[0]) from error


def _no_such_date(name: str, digits: str) -> InputError:
    return InputError(
        f"{name} carries a date in its name that does not exist ({digits}); rename the file to correct it."
    )


def _compact(match: re.Match[str]) -> tuple[datetime, bool] | None:
    """Eight digits are a date when they make one; otherwise they are somebody's number."""
    year, month, day, hour, minute = match.groups()
    try:
        if hour is None:
            return parse_date(f"{year}-{month}-{day}")
        return parse_date(f"{year}-{month}-{day} {hour}:{minute}")
    except InputError:
        return None


def _title(stem: str) -> str | None:
    words = _EXPORT_WORDS.sub(" ", stem.replace("_", " "))
    words = re.sub(r"\(\s*\)|\[\s*\]", " ", words)
    title = " ".join(words.split()).strip(" -.,_–—:")
    return title if re.search(r"\w", title) and title.lower() not in _TOOLS else None


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_NOT_THE_SERIES = re.compile(
    rf"""
    (?P<kept>\b(?:phase|stage|version|release|tier|level|team|group|squad|building|room|floor|wave|track)\s\d+\b)
    | \d{{4}}[-_/.]\d{{1,2}}[-_/.]\d{{1,2}}(?:[ T]+\d{{1,2}}[:_.h-]\d{{2}}(?:[:_.-]\d{{2}})?)?
    | \d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}                             # 04/03/2024
    | \b\d{{1,2}}(?:st|nd|rd|th)?\.?\s+{_MONTH}\b(?:,?\s+\d{{4}})?      # 4 March 2024
    | \b{_MONTH}\s+\d{{1,4}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?         # March 4, 2024
    | \b\d{{1,2}}:\d{{2}}\b(?:\s*[ap]m\b)? | \b(?:utc|gmt|cest?)\b      # 10:00 UTC
    | (?:\b(?:no|nr|num|number|episode|ep|week|wk|call|meeting|session|part|v)\b\.?\s*)?\#?\b\d+\b  # no. 3
    | \b(?:recording|transcript(?:ion)?|minutes|notes|chat|final|copy|draft)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Words that many unlike meetings share: a title of nothing else names no series.
_COMMON = frozenset(
    "a an and the of for on with in at to our my new untitled test audio video zoom teams google meet webex "
    "meeting meetings call calls sync standup stand up catch check one team project status update updates "
    "review session weekly daily monthly biweekly fortnightly quarterly regular general discussion chat "
    "monday tuesday wednesday thursday friday saturday sunday am pm personal room".split()
)


def series_of(title: str) -> str | None:
    """The series that a title suggests: what stays when dates, numbers and the exports' words are taken away.

    "Tideway sync 3" gives "Tideway sync", "ACDE #208" gives "ACDE"; numbers that tell things apart stay
    ("Phase 2 planning 7" gives "Phase 2 planning"). None when nothing specific remains ("Weekly sync 12").
    Titles of one series may differ in letter case; compare without it.
    """
    kept = _NOT_THE_SERIES.sub(lambda match: match["kept"] or " ", title.replace("_", " "))
    kept = re.sub(r"\bmeeting\b", " ", kept, flags=re.IGNORECASE)
    kept = re.sub(r"[(\[]\W*[)\]]", " ", kept)
    series = re.sub(r"\s+[-–—|:,]+(?=\s|$)", " -", " ".join(kept.split())).strip(" -–—|:,.#_")
    specific = {
        word for word in re.findall(r"[^\W\d_]+", series.lower()) if word not in _COMMON and len(word) > 1
    }
    return series if specific else None
