"""Derived ids: the same content has the same id in every process and at every attempt."""

import re
from uuid import UUID, uuid5

_NAMESPACE = UUID("5f3b6c0e-4a0f-5d0c-9a41-9f6a2f7f0b11")
_ID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SEPARATOR = "\x1f"  # never part of a name, so ("a", "bc") and ("ab", "c") differ


def derived_id(kind: str, *parts: str | int) -> str:
    """The UUID5 of a kind of thing and what identifies it within that kind."""
    return str(uuid5(_NAMESPACE, _SEPARATOR.join((kind, *map(str, parts)))))


def is_id(text: str) -> bool:
    """Whether the text can be the id of anything; Python's own reader takes more forms than PostgreSQL's."""
    return _ID.fullmatch(text) is not None
