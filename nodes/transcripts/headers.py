"""Lines such as "Date: 2024-03-18" and "Present: ..." that people put above a transcript."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nodes.errors import InputError
from nodes.transcript import Participant
from nodes.transcripts.dates import parse_date

_TITLE = {"title", "meeting", "meeting title", "subject", "topic"}
_DATE = {"date", "meeting date", "when", "start", "start time", "started"}
_TIME = {"time", "begin"}
_PEOPLE = {"participants", "attendees", "present", "people", "speakers", "invited", "in attendance"}
_OTHERS = frozenset(
    "location where duration length host organizer organiser apologies absent regrets chair recorded "
    "language id link url kind project series format end ended".split()
) | {"recorded by", "meeting id", "end time"}
_MARKS = re.compile(r"[#>*_\s]*")
_ADDRESS = re.compile(
    r"\s*[<(\[]?\s*(?:mailto:)?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})\s*[>)\]]?"
)
_ROLE = re.compile(r"\s*\(([^()]{2,60})\)$|\s+[-–—]\s+([^()]{2,60})$")
ROLE_WORDS = re.compile(
    r"\b(?:manager|management|lead|leader|head|chief|director|president|officer|owner|engineer|engineering|"
    r"developer|designer|design|analyst|architect|expert|specialist|product|marketing|sales|finance|support|"
    r"chair|chairman|chairwoman|chairperson|host|organi[sz]er|moderator|facilitator|secretary|note ?taker|"
    r"minutes|scrum master|guest|customer|client|consultant|intern|researcher|pm|po|qa|ceo|cto|cfo|coo|vp)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+(.+)")


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines above a transcript say of the meeting."""

    title: str | None = None
    date: tuple[datetime, bool] | None = None
    listed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    people: tuple[Participant, ...] = ()


def is_header_line(line: str) -> bool:
    """Whether a line is "Key: value" with a key that tells about the meeting, not a speaker."""
    return _key_and_value(line) is not None


def read_header(name: str, lines: Iterable[str]) -> Header:
    """Read the header lines of the file called `name`; other lines are passed over.

    Raises:
        InputError: a date is given that does not exist, or that could mean two days.
    """
    values: dict[str, str] = {}
    people: list[Participant] = []
    in_people = False
    for line in lines:
        found = _key_and_value(line)
        if found is None:
            bullet = _BULLET.fullmatch(line)
            if in_people and bullet:
                people.append(person_of(bullet[1]))
            elif line.strip():
                in_people = False
            continue
        kind, value = found
        in_people = kind == "people"
        if in_people:
            people += _people(value)
        elif value:
            values.setdefault(kind, value)
    date, warnings = _date(name, values)
    named = [person for person in people if person.name]
    listed = tuple(dict.fromkeys(person.name for person in named))
    told = tuple(dict.fromkeys(person for person in named if person.email or person.role))
    return Header(values.get("title"), date, listed, warnings, told)


def is_people_key(text: str) -> bool:
    """Whether a heading says that names follow, as "Attendees" does."""
    return text.strip(" \t#*_:").lower() in _PEOPLE


def person_of(text: str) -> Participant:
    """Read one listed person: "Ann Lee", "Ann Lee <ann@a.example>", "Ann Lee (Project manager)".

    What stands in brackets is a role only when it names one, so that "felix (eest)" stays a name.
    """
    address = _ADDRESS.search(text)
    bare = _name(_ADDRESS.sub(" ", text, count=1)) if address else _name(text)
    role = _ROLE.search(bare)
    title = (role[1] or role[2]) if role else None
    if role is not None and title is not None and ROLE_WORDS.search(title):
        bare = _name(bare[: role.start()])
    else:
        title = None
    email = address[1] if address else None
    return Participant(bare.strip("\"'") or email or "", email, title)


def _key_and_value(line: str) -> tuple[str, str] | None:
    before, colon, value = line.partition(":")
    if not colon:
        return None
    key = _MARKS.sub("", before, count=1).rstrip().rstrip("*_").strip().lower()
    kinds = (("title", _TITLE), ("date", _DATE), ("time", _TIME), ("people", _PEOPLE), ("other", _OTHERS))
    kind = next((kind for kind, keys in kinds if key in keys), None)
    return None if kind is None else (kind, value.lstrip("*_").strip().strip("*_").strip())


def _date(name: str, values: dict[str, str]) -> tuple[tuple[datetime, bool] | None, tuple[str, ...]]:
    text = values.get("date")
    if text is None:
        return None, ()
    try:
        date = parse_date(text)
    except InputError as error:
        if re.search(r"\d", text):
            raise InputError(f"{name}: the date in its header cannot be used: {error}") from error
        return None, (f'{name}: "{text}" in its header was not read as a date.',)
    if date[1] or "time" not in values:
        return date, ()
    try:
        return parse_date(f"{date[0]:%Y-%m-%d} {values['time']}"), ()
    except InputError:
        return date, (f'{name}: "{values["time"]}" in its header was not read as a time of day.',)


def _people(text: str) -> list[Participant]:
    separator = r"\s*;\s*" if ";" in text else r"\s*,\s*(?:and\s+)?|\s+and\s+"
    return [person_of(part) for part in re.split(separator, text)]


def _name(text: str) -> str:
    return " ".join(text.split()).strip(".,;*_")
