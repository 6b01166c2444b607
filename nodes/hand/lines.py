"""The lines of an imported file: starting states and a glossary of names, checked one by one."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError

from nodes.errors import InputError
from nodes.names import normalised_name
from nodes.profiles.profile import Profile
from nodes.schemas import Operation
from nodes.transcripts import parse_date
from nodes.values import normalise
from nodes.wording import storable

LONGEST_NAME = 200  # characters
_FIELD_NAME = r"^[a-z][a-z0-9_]{0,59}$"
_STATE_EXAMPLE = (
    '{"entity": "Checkout", "type": "feature", "field": "status", "value": "planned", "date": "2026-03-01"}'
)
_NAME_EXAMPLE = '{"name": "Checkout", "type": "feature", "aliases": ["CHK"]}'


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StateLine(_Line):
    """How one field of one thing stood from a date on.

    Attributes:
        value: None clears the field; of a set, an item.
        op: default: set, or add for a set; clear when there is no value.
        date: ISO 8601; a date alone is the start of that day, UTC.
        source: where it is from; note: anything else. Both are kept as words only.
    """

    entity: StrictStr = Field(min_length=1, max_length=LONGEST_NAME)
    type: StrictStr
    field: StrictStr = Field(pattern=_FIELD_NAME)
    key: StrictStr | None = None
    value: StrictStr | StrictInt | StrictFloat | None
    op: Operation | None = None
    date: StrictStr
    source: StrictStr | None = None
    note: StrictStr | None = None


class NameLine(_Line):
    """A name with the other names of the same thing."""

    name: StrictStr = Field(min_length=1, max_length=LONGEST_NAME)
    type: StrictStr
    aliases: list[StrictStr] = Field(default_factory=list[str])
    description: StrictStr | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it was written, and what it says."""

    number: int
    text: str
    line: StateLine | NameLine


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of a file that are written as one: its glossary (no date), or the states of one date."""

    format: Literal["glossary", "states"]
    date: datetime | None
    has_time: bool
    lines: tuple[Said, ...]


def read_parts(name: str, content: bytes, profile: Profile) -> list[Part]:
    """The parts of a file in JSON Lines, the glossary first, then the states by date.

    Raises:
        InputError: a line is wrong; the message names the file, the line and the reason.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: it is not text in UTF-8 ({error.reason} at byte {error.start})") from error
    names: list[Said] = []
    states: defaultdict[tuple[datetime, bool], list[Said]] = defaultdict(list)
    for number, words in enumerate(text.split("\n"), 1):
        if not words.strip():
            continue
        try:
            said = Said(number, words.strip(), _line(words, profile))
            if isinstance(said.line, NameLine):
                names.append(said)
            else:
                states[parse_date(said.line.date)].append(said)
        except InputError as error:
            raise InputError(f"{name}, line {number}: {error}") from error
    if not names and not states:
        raise InputError(f"{name}: it has no line; write one JSON object a line, such as {_STATE_EXAMPLE}")
    glossary = [Part("glossary", None, False, tuple(names))] if names else []
    dated = [Part("states", at, has_time, tuple(said)) for (at, has_time), said in sorted(states.items())]
    return [*glossary, *dated]


def operation(line: StateLine, profile: Profile) -> Operation:
    """What a line does to its field."""
    if line.op is not None:
        return line.op
    if line.value is None:
        return "clear"
    return "add" if profile.spec_of(line.field).kind == "set" else "set"


def check_value(
    profile: Profile, field: str, op: Operation, value: str | None, *, key: str | None, date: datetime
) -> None:
    """Refuse a value that its field cannot hold: what a person writes is meant to be exact.

    Raises:
        InputError: with what the field takes.
    """
    spec = profile.spec_of(field)
    if spec.keyed_by and not (key or "").strip():
        raise InputError(f"the field {field} needs a key: the {spec.keyed_by[0]} that it holds for")
    if (op in ("add", "resolve")) != (spec.kind == "set") and op != "clear":
        takes = "add, resolve or clear" if spec.kind == "set" else "set or clear"
        raise InputError(f'the field {field} takes no op "{op}"; it takes {takes}')
    if op in ("set", "add") and not (value or "").strip():
        raise InputError(f'op "{op}" needs a value')
    if op != "set" or spec.kind not in ("enumeration", "percent", "date"):
        return
    if normalise(profile, field, value, meeting_date=date) is None:
        wanted = {
            "enumeration": "one of " + ", ".join(known for known, _ in spec.values),
            "percent": "a number from 0 to 100",
            "date": "a date such as 2026-05-14",
        }[spec.kind]
        raise InputError(f'"{value}" is no value of {field}: give {wanted}')


def check_type(profile: Profile, type: str) -> None:
    """Refuse a type that is none of the profile's.

    Raises:
        InputError: with the types there are.
    """
    if type not in profile.types:
        raise InputError(f'"{type}" is no type: give one of {", ".join(profile.types)}')


def _line(words: str, profile: Profile) -> StateLine | NameLine:
    try:
        given = json.loads(words)
    except (ValueError, RecursionError) as error:
        raise InputError(f"it is no JSON ({error})") from error
    if not isinstance(given, dict):
        raise InputError(f"it is no JSON object, such as {_STATE_EXAMPLE}")
    fields = cast(dict[str, Any], given)
    if "entity" not in fields and "name" not in fields:
        raise InputError(
            f"it is neither a state, such as {_STATE_EXAMPLE}, nor a name, such as {_NAME_EXAMPLE}"
        )
    try:
        line = StateLine.model_validate(fields) if "entity" in fields else NameLine.model_validate(fields)
    except ValidationError as error:
        raise InputError(_reason(error)) from error
    _check_signs(line)
    check_type(profile, line.type)
    if isinstance(line, StateLine):
        _check_name(line.entity)
        value = None if line.value is None else str(line.value)
        check_value(
            profile,
            line.field,
            operation(line, profile),
            value,
            key=line.key,
            date=parse_date(line.date)[0],
        )
    else:
        for name in (line.name, *line.aliases):
            _check_name(name)
    return line


def _check_signs(line: StateLine | NameLine) -> None:
    told = line.model_dump()
    for words in (*told.pop("aliases", ()), *told.values()):
        if isinstance(words, str) and storable(words) != words:
            raise InputError(f'"{words[:60]}" holds a NUL (\\u0000) or half of a sign (\\ud800): take it out')


def _check_name(name: str) -> None:
    if not normalised_name(name).strip() or len(name) > LONGEST_NAME:
        raise InputError(f'"{name[:60]}" cannot be a name')


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part.islower())
    if first["type"] == "missing":
        return f'"{place}" is missing'
    if first["type"] == "extra_forbidden":
        return f'"{place}" is not known'
    return f'"{place}": {first["msg"]}'
