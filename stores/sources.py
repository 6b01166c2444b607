"""What is staged of a meeting version while it is being read, invisible to every reader."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
from psycopg.types.json import Jsonb

from stores.database import Connection, Database, Row, fetch, write_many
from stores.embeddings import EmbeddingModel
from stores.errors import NotFoundError
from stores.ids import derived_id
from stores.queries import queries
from stores.records import Source, Utterance
from stores.reindexing import hold_model
from stores.workspaces import hold_commits

_SQL = queries("sources")
Json = dict[str, Any]


def workspace_id(name: str) -> str:
    """The id of a workspace, whether or not anything is in it yet."""
    return derived_id("workspace", name)


async def ensure_workspace(database: Database, workspace: str) -> None:
    """Let a workspace be, if it is new."""
    async with database.transaction() as connection:
        await put_workspace(connection, workspace)


async def put_workspace(connection: Connection, workspace: str) -> None:
    """Let a workspace be, if it is new, as part of a transaction."""
    row = {"workspace_id": workspace_id(workspace), "name": workspace}
    await fetch(connection, _SQL["ensure_workspace"], row)


async def stage(database: Database, workspace: str, source: Source) -> None:
    """Keep a parsed meeting version, and its workspace, in one transaction. Twice is once.

    A version that is committed already stays as it is: commits wait while it is found out.
    """
    scope = workspace_id(workspace)
    row = asdict(source) | {
        "workspace_id": scope,
        "participants": list(source.participants),
        "warnings": list(source.warnings),
        "utterances": Jsonb([asdict(utterance) for utterance in source.utterances]),
    }
    async with database.transaction() as connection:
        await put_workspace(connection, workspace)
        await hold_commits(connection, scope)
        await fetch(connection, _SQL["stage_source"], row)


class _InUse:
    """The versions that somebody is at work on: the readers of a long meeting share one, and it goes with the
    last of them."""

    def __init__(self) -> None:
        self.sources: WeakValueDictionary[tuple[str, str, str], Source] = WeakValueDictionary()
        self.guard = asyncio.Lock()


_in_use: WeakKeyDictionary[Database, _InUse] = WeakKeyDictionary()


async def read_source(database: Database, scope: str, source_id: str) -> Source:
    """A staged meeting version.

    Raises:
        NotFoundError: it was never staged in this workspace, or it was committed or cleared.
    """
    place = {"workspace_id": scope, "id": source_id}
    in_use = _in_use.setdefault(database, _InUse())
    async with in_use.guard:
        row = await database.row(_SQL["source_mark"], **place)
        mark = (scope, source_id, row["mark"] if row else "")
        source = in_use.sources.get(mark)
        if source is None:
            source = _source(source_id, await database.row(_SQL["source"], **place))
            in_use.sources[mark] = source
        return source


def _source(source_id: str, row: Row | None) -> Source:
    if row is None:
        raise _not_staged(source_id)
    kept: Json = {name: row[name] for name in Source.__dataclass_fields__}
    kept["utterances"] = tuple(Utterance(**one) for one in row["utterances"])
    kept["participants"] = tuple(row["participants"])
    kept["warnings"] = tuple(row["warnings"])
    return Source(**kept)


async def check_staged(connection: Connection, scope: str, source_id: str) -> None:
    """Make sure that a version is still staged; under the workspace's lock it stays so.

    Raises:
        NotFoundError: it has been forgotten meanwhile.
    """
    if not await fetch(connection, _SQL["is_staged"], {"workspace_id": scope, "id": source_id}):
        raise _not_staged(source_id)


async def committed_result(
    database: Database, scope: str, *, meeting_id: str, content_hash: str
) -> Json | None:
    """What the ingestion of this very content said, when it is what the workspace knows now."""
    row = await database.row(
        _SQL["committed_version"], workspace_id=scope, meeting_id=meeting_id, content_hash=content_hash
    )
    return None if row is None else row["result"] | {"version_id": row["id"]}


async def times_committed(database: Database, scope: str, *, meeting_id: str, content_hash: str) -> int:
    """How often this content has been a version of this meeting; more than 0 after it was replaced."""
    row = await database.row(
        _SQL["times_committed"], workspace_id=scope, meeting_id=meeting_id, content_hash=content_hash
    )
    return 0 if row is None else int(row["times"])


async def put_items(
    database: Database,
    scope: str,
    source_id: str,
    stage: str,
    items: Mapping[str, Json],
    *,
    replace: bool = False,
) -> None:
    """Stage what a step has made, by item. What is there already stays, unless `replace`."""
    rows = [
        {
            "workspace_id": scope,
            "source_id": source_id,
            "stage": stage,
            "item": item,
            "payload": Jsonb(payload),
        }
        for item, payload in items.items()
    ]
    async with database.transaction() as connection:
        await write_many(connection, _SQL["replace_item" if replace else "put_item"], rows)


async def read_items(database: Database, scope: str, source_id: str, stage: str) -> dict[str, Json]:
    """What a step has staged, by item, in the order of the items' names."""
    rows = await database.rows(_SQL["items"], workspace_id=scope, source_id=source_id, stage=stage)
    return {row["item"]: row["payload"] for row in rows}


async def read_item(database: Database, scope: str, source_id: str, stage: str, item: str) -> Json | None:
    """One item that a step has staged; None when it has not."""
    row = await database.row(_SQL["item"], workspace_id=scope, source_id=source_id, stage=stage, item=item)
    return None if row is None else row["payload"]


async def count_items(database: Database, scope: str, source_id: str, stage: str) -> int:
    """How many items a step has staged."""
    row = await database.row(_SQL["count_items"], workspace_id=scope, source_id=source_id, stage=stage)
    return int(row["items"]) if row else 0


async def read_statements(database: Database, scope: str, source_id: str) -> dict[str, Json]:
    """The staged memories that readers drew from what was said, by id, with the names that they are about."""
    rows = await database.rows(_SQL["statements"], workspace_id=scope, source_id=source_id)
    return {row["item"]: row["payload"] for row in rows}


async def texts_without_vector(
    database: Database,
    scope: str,
    source_id: str,
    *,
    only: Collection[str] | None = None,
    kind: str | None = None,
) -> dict[str, str]:
    """The staged memories that are not embedded yet: content by memory id; default of all kinds.

    Args:
        only: ids among which to look; default all.
    """
    place = {"workspace_id": scope, "source_id": source_id}
    wanted = {"items": None if only is None else list(only), "kind": kind}
    rows = await database.rows(_SQL["items_without_vector"], **place, **wanted)
    return {row["item"]: row["content"] for row in rows}


async def put_vectors(
    database: Database,
    scope: str,
    source_id: str,
    vectors: Mapping[str, Sequence[float]],
    model: EmbeddingModel,
) -> None:
    """Stage the vectors of memories.

    Raises:
        EmbeddingMismatchError: the database has been filled anew by another model meanwhile.
    """
    rows = [
        {
            "workspace_id": scope,
            "source_id": source_id,
            "item": item,
            "embedding": np.asarray(vector, dtype=np.float32),
        }
        for item, vector in vectors.items()
    ]
    async with database.transaction() as connection:
        await hold_model(connection, model)
        await write_many(connection, _SQL["put_vector"], rows)


async def clear(connection: Connection, scope: str, source_id: str) -> None:
    """Drop a staged version, once no unfinished run reads it; part of the transaction that commits it."""
    await fetch(connection, _SQL["clear_source"], {"workspace_id": scope, "source_id": source_id})


def _not_staged(source_id: str) -> NotFoundError:
    return NotFoundError(f"source {source_id} is not staged in this workspace: hand the file in again")
