"""What people write by hand: imported lines and corrections, each a version whose utterances are its words.

Functions take a connection, so that what is written shares the transaction and the lock of a commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
from psycopg.types.json import Jsonb

from stores.database import Connection, Row, fetch, write_many
from stores.ids import derived_id
from stores.knowledge import insert_meeting
from stores.queries import queries
from stores.records import Source

_SQL = queries("hand")
Kind = Literal["import", "correction"]


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    """A part of an imported file that is current: its glossary, or its states of one date."""

    id: str
    meeting_id: str
    key: str
    content_hash: str
    name: str
    format: str
    date: datetime
    recorded_at: datetime
    by: str
    lines: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a line says and that is to be found by search, with its vector."""

    utterance: int
    content: str
    quote: str
    embedding: Sequence[float]


async def imported(connection: Connection, scope: str, name: str | None = None) -> list[ImportedVersion]:
    """What is current of one imported file, or of all of them, by name and date."""
    rows = await fetch(connection, _SQL["import_versions"], {"workspace_id": scope, "name": name})
    return [ImportedVersion(**row) for row in rows]


async def names_imported(connection: Connection, scope: str) -> list[str]:
    """All names in imported lines that are current."""
    return [row["name"] for row in await fetch(connection, _SQL["names_imported"], {"workspace_id": scope})]


async def times_written(connection: Connection, scope: str, meeting_id: str, content_hash: str) -> int:
    """How often this content has been a version under its key; more than 0 after it was taken back."""
    place = {"workspace_id": scope, "meeting_id": meeting_id, "content_hash": content_hash}
    return int((await fetch(connection, _SQL["times_written"], place))[0]["times"])


async def insert_version(
    connection: Connection,
    scope: str,
    source: Source,
    kind: Kind,
    result: Mapping[str, Any],
    facts: Sequence[Fact] = (),
) -> None:
    """Write words of a person as a version of its own, at once visible."""
    await insert_meeting(connection, scope, source.meeting_id, source.key)
    row: dict[str, Any] = {name: getattr(source, name) for name in Source.__dataclass_fields__}
    row |= {"workspace_id": scope, "kind": kind, "result": Jsonb(dict(result))}
    await fetch(connection, _SQL["insert_version"], row)
    place = {"workspace_id": scope, "version_id": source.id}
    lines: list[Row] = [
        place | {"ordinal": one.ordinal, "speaker": one.speaker, "text": one.text}
        for one in source.utterances
    ]
    await write_many(connection, _SQL["insert_utterance"], lines)
    memories: list[Row] = [
        place
        | {
            "id": derived_id("memory", source.id, fact.utterance, 0),
            "content": fact.content,
            "context": source.title,
            "quote": fact.quote,
            "speaker": source.utterances[fact.utterance].speaker,
            "utterance": fact.utterance,
            "embedding": np.asarray(fact.embedding, dtype=np.float32),
        }
        for fact in facts
    ]
    await write_many(connection, _SQL["insert_fact"], memories)
