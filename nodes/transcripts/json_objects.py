"""JSON as exports have it, read without trusting its shape."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import cast

from nodes.errors import InputError
from nodes.transcripts.layout import Document

_MOST_CHARACTERS = 25_000_000  # as objects, JSON takes twenty times its size


def read_json(document: Document) -> object:
    """The value that a document's text stands for.

    Raises:
        InputError: it is no JSON, cut off, too large, or nested too deeply.
    """
    if len(document.text) > _MOST_CHARACTERS:
        raise InputError(
            f"{document.name} is {len(document.text) / 1e6:.0f} MB of JSON, more than any meeting; "
            "give the transcript of one meeting."
        )
    try:
        return json.loads(document.text)
    except RecursionError as error:
        raise InputError(
            f"{document.name} is nested too deeply to be a transcript; export it again."
        ) from error
    except ValueError as error:
        raise InputError(f"{document.name} is damaged or cut off JSON ({error}); export it again.") from error


def mapping_of(value: object) -> Mapping[str, object]:
    """The value if it is an object, else an empty one."""
    return cast(Mapping[str, object], value) if isinstance(value, dict) else {}


def objects_of(value: object) -> Iterator[Mapping[str, object]]:
    """The objects of a list; what is no object is passed over."""
    for one in cast(list[object], value) if isinstance(value, list) else []:
        if isinstance(one, dict):
            yield cast(Mapping[str, object], one)


def text_of(value: object) -> str:
    """The words of a value; "" for what is no text. Halves of surrogate pairs are replaced."""
    if not isinstance(value, str):
        return ""
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").replace("\0", " ").split())


def seconds_of(value: object) -> float | None:
    """A time in seconds; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and 0 <= seconds < 1e7 else None
