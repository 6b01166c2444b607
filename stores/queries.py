"""SQL kept in .sql files, one named query each: `-- name: what_it_gives`, then a comment, then the query."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def queries(file: str) -> Mapping[str, bytes]:
    """The queries of `stores/sql/{file}.sql` by name, as bytes, which psycopg takes from trusted sources."""
    text = (Path(__file__).parent / "sql" / f"{file}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return MappingProxyType(
        {name: body.strip().encode() for name, body in zip(parts[::2], parts[1::2], strict=True)}
    )
