"""Reading a profile from TOML, and everything that can be wrong with one, each in a sentence for a person."""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from nodes.errors import ProfileError
from nodes.profiles.profile import FieldKind, FieldSpec, Profile
from nodes.wording import folded, plain_words

MAX_BYTES = 200_000
"""A larger file is no profile; each value of it would be shown to the model with every window."""
_MOST_DOTS = 100  # in a line; the reader of TOML takes the square of a dotted key's parts in memory
_FOLDER = Path(__file__).parent
_BASE = "default"
_KINDS = get_args(FieldKind)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MISTAKES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "list_type": 'must be a list of texts, such as ["one", "two"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
}


class _Field(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    values: dict[str, list[str]] = {}
    keyed_by: str | list[str] = []
    words: list[str] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    types: list[str] = []
    fields: dict[str, _Field] = {}


def shipped_profiles() -> list[str]:
    """The names of the profiles that come with the product, the default first."""
    return sorted((path.stem for path in _FOLDER.glob("*.toml")), key=lambda name: (name != _BASE, name))


def source_of_profile(given: str) -> str:
    """A profile's text: of a file, else of the shipped profile of that name.

    Raises:
        ProfileError: there is neither, or the file cannot be read.
    """
    path = Path(given)
    if not os.path.exists(path) and given in shipped_profiles():
        path = _FOLDER / f"{given}.toml"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ProfileError(f"{given} is larger than {MAX_BYTES // 1000} kB: that is no profile")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileError(f"{given} is not UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        known = " or ".join(shipped_profiles())
        reason = (
            "is a folder"
            if os.path.isdir(path)
            else "cannot be read"
            if os.path.exists(path)
            else "is no file"
        )
        raise ProfileError(f"{given} {reason}: give a TOML file, or {known}") from error


def shipped_source(name: str = _BASE) -> str:
    """The file of a profile that comes with the product."""
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@cache
def shipped_profile(name: str = _BASE) -> Profile:
    """A profile that comes with the product."""
    return read_profile(name, shipped_source(name))


def read_profile(shown: str, text: str) -> Profile:
    """A profile from the text of its file.

    Args:
        shown: what messages call the file.
        text: TOML.

    Raises:
        ProfileError: all that is wrong with it, a line each: the file, the key, the reason, the remedy.
    """
    given = _parsed(shown, text)
    base = None if text == shipped_source() else shipped_profile()
    problems = _problems(given, base)
    if problems:
        raise ProfileError("\n".join(f"{shown}: {problem}" for problem in problems))
    types = dict.fromkeys([*(base.types if base else ()), *given.types])
    own = {name: _spec(field) for name, field in given.fields.items()}
    fields = {**(base.fields if base else {}), **own}
    made = Profile(
        name=given.name,
        version="",
        types=tuple(types),
        fields=MappingProxyType(fields),
        own_fields=tuple(name for name, spec in own.items() if base and base.fields.get(name) != spec),
    )
    return replace(made, version=_version(given.name, content_of(made)))


def content_of(profile: Profile) -> dict[str, Any]:
    """All that a profile means, the built-in part included, as plain JSON: what a workspace keeps."""
    return {
        "types": list(profile.types),
        "fields": [{"name": name, **asdict(spec)} for name, spec in profile.fields.items()],
        "own_fields": list(profile.own_fields),
    }


def profile_of_content(name: str, version: str, content: Mapping[str, Any]) -> Profile:
    """A profile from what `content_of` gave."""
    return Profile(
        name=name,
        version=version,
        types=tuple(content["types"]),
        fields=MappingProxyType({spec["name"]: _spec_of_content(spec) for spec in content["fields"]}),
        own_fields=tuple(content["own_fields"]),
    )


def _spec_of_content(spec: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(
        kind=spec["kind"],
        values=tuple((value, tuple(synonyms)) for value, synonyms in spec["values"]),
        keyed_by=tuple(spec["keyed_by"]),
        words=tuple(spec["words"]),
    )


def _version(name: str, meaning: Mapping[str, Any]) -> str:
    """Comments and layout make no new version."""
    return f"{name}-{hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:12]}"


def _parsed(shown: str, text: str) -> _File:
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            raise ProfileError(
                f"{shown}, line {number}: it has more than {_MOST_DOTS} dots: break it into lines"
            )
    try:
        given = tomllib.loads(text)
    except RecursionError as error:
        raise ProfileError(f"{shown} is nested more deeply than any profile: correct its brackets") from error
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        raise ProfileError(f"{shown} is not TOML: {error}; correct that line") from error
    try:
        return _File.model_validate(given)
    except ValidationError as error:
        problems = [_mistake(one["type"], one["loc"]) for one in error.errors()]
        lines = dict.fromkeys(f"{shown}: {problem}" for problem in problems)
        raise ProfileError("\n".join(lines)) from error


def _mistake(kind: str, place: tuple[int | str, ...]) -> str:
    """What pydantic found, as a person says it."""
    parts = [part for part in place if part not in ("str", "list[str]")]
    key = ".".join(str(part) for part in parts if isinstance(part, str))
    if kind == "extra_forbidden":
        known = ", ".join(_Field.model_fields if len(parts) == 3 else _File.model_fields)
        return f"{key} is no key of a profile: use one of {known}"
    if kind == "missing" and key == "name":
        return 'name is missing: add name = "my-team" at the top'
    if kind == "missing":
        return f"{key} is missing: use one of {', '.join(_KINDS)}"
    if isinstance(parts[-1], int):
        return f"{key}: item {parts[-1] + 1} {_MISTAKES.get(kind, 'is not allowed')}"
    return f"{key} {_MISTAKES.get(kind, 'is not allowed')}"


def _problems(given: _File, base: Profile | None) -> list[str]:
    problems: list[str] = []
    if base is not None and given.name == _BASE:
        problems.append(f"name: “{_BASE}” is the built-in profile: give yours another name")
    if not _NAME.fullmatch(given.name):
        problems.append(f"name: “{given.name}” must be one word in small letters, such as my-team")
    problems += [
        f"types: “{type}” must be one word in small letters, such as work_item"
        for type in given.types
        if not _WORD.fullmatch(type)
    ]
    for name, field in given.fields.items():
        found = _field_problems(name, field, base)
        problems += [f"fields.{name}{problem}" for problem in found]
    return problems


def _field_problems(name: str, field: _Field, base: Profile | None) -> list[str]:
    if not _WORD.fullmatch(name):
        return [": a field's name must be one word in small letters, such as release_status"]
    if field.kind not in _KINDS:
        return [f".kind: “{field.kind}” is no kind of field: use one of {', '.join(_KINDS)}"]
    problems: list[str] = []
    built_in = base.fields.get(name) if base else None
    if built_in and built_in.kind != field.kind:
        problems.append(
            f".kind: the built-in {name} is of kind {built_in.kind} and stays so: give yours another name"
        )
    if built_in and field.keyed_by:
        problems.append(f".keyed_by: the built-in {name} has one value: give your field another name")
    if field.kind == "enumeration" and not field.values:
        problems.append(f'.values is missing: add [fields.{name}.values] with done = ["finished"]')
    if field.kind != "enumeration" and field.values:
        problems.append(f".values: only an enumeration has values, and this is of kind {field.kind}")
    keyed_by = [field.keyed_by] if isinstance(field.keyed_by, str) else field.keyed_by
    problems += [
        f".{key}: “{word}” is no word: say what it is called"
        for key, words in (("keyed_by", keyed_by), ("words", field.words))
        for word in words
        if not plain_words(word)
    ]
    return problems + _value_problems(field)


def _value_problems(field: _Field) -> list[str]:
    """Names that are none, and words that would mean two values."""
    problems: list[str] = []
    meant: dict[tuple[str, ...], str] = {tuple(plain_words(value)): value for value in field.values}
    for value, synonyms in field.values.items():
        if not _WORD.fullmatch(value):
            problems.append(f".values: “{value}” must be one word in small letters, such as in_review")
        for synonym in synonyms:
            words = tuple(plain_words(synonym))
            if not words:
                problems.append(f".values.{value}: “{synonym}” is no word: take it out")
            elif meant.setdefault(words, value) != value:
                problems.append(
                    f".values.{value}: “{synonym}” means {meant[words]} already: leave it with one of the two"
                )
    return problems


def _spec(field: _Field) -> FieldSpec:
    keyed_by = [field.keyed_by] if isinstance(field.keyed_by, str) else field.keyed_by
    return FieldSpec(
        kind=field.kind,  # pyright: ignore[reportArgumentType]  # checked to be one
        values=tuple((value, tuple(synonyms)) for value, synonyms in field.values.items()),
        keyed_by=tuple(folded(word) for word in keyed_by),
        words=tuple(folded(word) for word in field.words),
    )
