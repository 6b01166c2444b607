"""Restoring a workspace from an archive: all of it or nothing, into a workspace that holds nothing.

A workspace keeps its name. Ids are derived from it, so that under another name what is known would be taken
for new: the same transcript would be a second meeting, and a person a second person.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodes.archive.format import Header, read_header, read_rows
from nodes.errors import InputError
from nodes.wording import storable
from stores import archive, sources, workspaces
from stores.archive import Table
from stores.database import Connection
from stores.embeddings import EmbeddingModel
from stores.errors import ArchiveError
from stores.ids import derived_id
from stores.installation import recorded_model
from stores.opening import Stores
from stores.reindexing import hold_model
from stores.schema import latest_revision

_ELSEWHERE = "restore it into another database (SMART_MEET_HOME or DATABASE_URL)"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `rows` by table."""

    file: str
    status: str
    workspace: str
    rows: dict[str, int]


async def restore(
    stores: Stores, path: Path, workspace: str | None, progress: Callable[[dict[str, Any]], None]
) -> Restored:
    """Write all rows of an archive in one transaction.

    Args:
        workspace: the name that it must have; None for any.

    Raises:
        InputError: it is damaged, of another version or name, or the workspace holds something already.
    """
    header = read_header(path)
    _check(path, header, workspace)
    scope = sources.workspace_id(header.workspace)
    for table, lines in read_rows(path):  # whole and undamaged, before anything is written
        if table == "meetings":
            _check_ids(path, header.workspace, scope, lines)
    try:
        async with stores.database.transaction() as connection:
            await _write(connection, stores.embedding, scope, path, header, progress)
    except ArchiveError as error:
        raise InputError(f"{path} does not fit this database: {error}; nothing of it was restored") from error
    return Restored(
        str(path), "restored", header.workspace, {name: one.rows for name, one in header.tables.items()}
    )


async def _write(
    connection: Connection,
    model: EmbeddingModel,
    scope: str,
    path: Path,
    header: Header,
    progress: Callable[[dict[str, Any]], None],
) -> None:
    await sources.put_workspace(connection, header.workspace)
    await workspaces.lock_workspace(connection, scope)
    await hold_model(connection, model)
    tables = {table.name: table for table in await archive.tables(connection)}
    if not await archive.is_empty(connection, scope, list(tables.values())):
        raise InputError(
            f'the workspace "{header.workspace}" holds something already, and {path} is restored only where '
            f"nothing is: {_ELSEWHERE}, or first `smart-meet forget --everything --workspace "
            f"{header.workspace}`"
        )
    if set(header.tables) != set(tables):
        raise InputError(
            f"{path} does not hold the tables of this database ({', '.join(tables)}): it was changed by hand"
        )
    is_of_another_model = await recorded_model(connection) != header.embedding_model.model_dump()
    done = 0
    for name, lines in read_rows(path):
        if name == "memories" and is_of_another_model:
            lines = await _embedded_anew(model, lines)
        columns = header.tables[name].columns
        await archive.write(connection, scope, _fitting(path, tables, name, columns), columns, lines)
        done += len(lines)
        progress({"stage": "restore", "done": done, "total": header.rows})


def _check_ids(path: Path, workspace: str, scope: str, lines: Sequence[str]) -> None:
    """Under another name its meetings would not be known again when they are handed in."""
    for line in lines:
        row = json.loads(line)["row"]
        if row.get("id") != derived_id("meeting", scope, storable(str(row.get("key")))):
            raise InputError(
                f'{path} holds meetings that are not of the workspace "{workspace}" whose name it bears: it '
                "was changed by hand; export it anew"
            )


async def _embedded_anew(model: EmbeddingModel, lines: Sequence[str]) -> list[str]:
    """Rows of memories with vectors of this database's model."""
    rows = [json.loads(line) for line in lines]
    vectors = await model.embeddings.aembed_documents([row["row"]["content"] for row in rows])
    for row, vector in zip(rows, vectors, strict=True):
        row["row"]["embedding"] = json.dumps(vector)
        row["row"].pop("signs", None)
    return [json.dumps(row, ensure_ascii=False) for row in rows]


def _check(path: Path, header: Header, workspace: str | None) -> None:
    newest = latest_revision()
    if header.migration > newest:
        raise InputError(
            f"{path} was written by a newer Smart-Meet (migration {header.migration}, here {newest}): "
            "update Smart-Meet"
        )
    if header.migration < newest:
        raise InputError(
            f"{path} was written by an older Smart-Meet (migration {header.migration}, here {newest}): "
            "restore it with that one into a database of its own, which the next command of this one updates"
        )
    if workspace is not None and workspace != header.workspace:
        raise InputError(
            f'{path} holds the workspace "{header.workspace}" and cannot be restored as "{workspace}", since '
            f"ids are derived from the name: leave --workspace out, or {_ELSEWHERE}"
        )


def _fitting(path: Path, tables: dict[str, Table], name: str, columns: list[str]) -> Table:
    if name not in tables or set(columns) - set(tables[name].columns):
        raise InputError(
            f"{path} holds a table {name} ({', '.join(columns)}) that this database does not have: it was "
            "changed by hand"
        )
    return tables[name]
