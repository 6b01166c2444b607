"""All rows of a workspace, out of its tables and back into them, as PostgreSQL writes and reads JSON itself.

Which tables there are is asked of the database, so that a table that is added later is archived too. A row
never says which workspace it belongs to: whoever writes it does.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import cast

from psycopg import DataError, IntegrityError, InternalError, ProgrammingError, sql
from psycopg.errors import ProgramLimitExceeded, StatementTooComplex

from stores.database import Connection, fetch
from stores.errors import ArchiveError
from stores.queries import queries

_SQL = queries("archive")
_UNFIT = (
    DataError,
    IntegrityError,
    ProgrammingError,
    InternalError,
    ProgramLimitExceeded,
    StatementTooComplex,
)
_AT_ONCE = 200  # rows of one fetch: of memories, with their vectors, about a megabyte

STAGING = frozenset({"sources", "staged_items", "next_vectors"})
"""What unfinished runs, or a reindexing, have staged; like those runs, it is not archived."""

DERIVED = frozenset({"lexeme_counts", "memory_counts"})
"""Counts that triggers keep while the rows are written."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is archived.

    Attributes:
        columns: those that are written, without those that tell the workspace.
        key: the primary key, without them.
        is_of_runs: each row belongs to a run, and is archived when that run is done.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_of_runs: bool


async def begin_snapshot(connection: Connection) -> None:
    """Let all that this transaction reads be of one moment; to be called first in it."""
    await fetch(connection, _SQL["snapshot"], {})
    await fetch(connection, _SQL["in_utc"], {})


async def tables(connection: Connection) -> list[Table]:
    """The tables that are archived, each after those that its rows refer to."""
    rows = {row["name"]: row for row in await fetch(connection, _SQL["tables"], {})}
    kept: list[Table] = []
    for name in TopologicalSorter({name: row["refers_to"] for name, row in rows.items()}).static_order():
        if name in STAGING | DERIVED:
            continue
        told = ("id", "name") if name == "workspaces" else ("workspace_id",)
        columns, key = (
            tuple(one for one in rows[name][what] if one not in told) for what in ("columns", "key")
        )
        kept.append(Table(name, columns, key, "runs" in rows[name]["refers_to"]))
    return kept


async def exists(connection: Connection, scope: str) -> bool:
    """Whether there is such a workspace at all."""
    return bool(await fetch(connection, _SQL["workspace_exists"], {"workspace_id": scope}))


async def is_empty(connection: Connection, scope: str, archived: Sequence[Table]) -> bool:
    """Whether a workspace holds nothing, staged or visible."""
    names = [table.name for table in archived if table.name != "workspaces"] + sorted(STAGING)
    held = sql.SQL(" union all ").join(
        sql.SQL("(select 1 from {} where workspace_id = %(workspace_id)s limit 1)").format(
            sql.Identifier(name)
        )
        for name in names
    )
    cursor = await connection.execute(held, {"workspace_id": scope})
    return cursor.rowcount == 0


async def unfinished(connection: Connection, scope: str) -> int:
    """How many runs have not ended, and are not archived."""
    return int((await fetch(connection, _SQL["unfinished"], {"workspace_id": scope}))[0]["runs"])


async def counts(connection: Connection, scope: str, archived: Sequence[Table]) -> dict[str, int]:
    """How many rows of each table are archived, in their order."""
    counted = sql.SQL("select {}").format(
        sql.SQL(", ").join(
            sql.SQL("(select count(*) from {}) as {}").format(_rows(table), sql.Identifier(table.name))
            for table in archived
        )
    )
    cursor = await connection.execute(counted, {"workspace_id": scope})
    return cast(dict[str, int], dict((await cursor.fetchall())[0]))


async def rows(connection: Connection, scope: str, table: Table) -> AsyncGenerator[list[str]]:
    """The archived rows of a table, some at a time, each as one line of JSON, in the order of its key.

    A version that was handed in comes before the corrected copies that refer to it.
    """
    order: list[sql.Composable] = [sql.Identifier("r", name) for name in table.key]
    if "base_id" in table.columns:
        order.insert(0, sql.SQL("r.base_id is not null"))
    query = sql.SQL("select row_to_json(r)::text as line from {} order by {}").format(
        _rows(table), sql.SQL(", ").join(order or [sql.SQL("1")])
    )
    async with connection.cursor(name="archive") as cursor:
        await cursor.execute(query, {"workspace_id": scope})
        while found := await cursor.fetchmany(_AT_ONCE):
            yield [cast(str, row["line"]) for row in found]


async def write(
    connection: Connection, scope: str, table: Table, columns: Sequence[str], lines: Sequence[str]
) -> None:
    """Write rows that `rows` gave, under a workspace.

    Args:
        columns: those that the rows have.
        lines: JSON objects, each with its row as "row".

    Raises:
        ArchiveError: they are no rows of this table, or what they refer to is not there.
    """
    # json, unlike jsonb, hands on the rows as they are written
    read = sql.SQL(
        "select {columns} from json_populate_recordset(null::{table}, "
        "(select json_agg(line -> 'row') from json_array_elements(%(lines)s::json) as one (line)))"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(table.name),
    )
    if table.name == "workspaces":  # it is there, locked
        form = "update {table} set ({columns}) = ({read}) where id = %(workspace_id)s"
    else:
        form = (
            "insert into {table} (workspace_id, {columns}) select %(workspace_id)s::uuid, r.* from ({read}) r"
        )
    statement = sql.SQL(form).format(
        table=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        read=read,
    )
    try:
        await connection.execute(statement, {"workspace_id": scope, "lines": f"[{','.join(lines)}]"})
    except _UNFIT as error:
        raise ArchiveError(f"rows of {table.name} cannot be written ({_first_line(error)})") from error


def _rows(table: Table) -> sql.Composed:
    """The archived rows of a table as a subquery r."""
    is_done = sql.SQL("true")
    if table.name == "runs":
        is_done = sql.SQL("t.status = 'done'")
    elif table.is_of_runs:
        is_done = sql.SQL(
            "exists (select from runs x where x.workspace_id = t.workspace_id and x.id = t.run_id "
            "and x.status = 'done')"
        )
    return sql.SQL("(select {} from {} t where t.{} = %(workspace_id)s and {}) r").format(
        sql.SQL(", ").join(sql.Identifier("t", name) for name in table.columns),
        sql.Identifier(table.name),
        sql.Identifier("id" if table.name == "workspaces" else "workspace_id"),
        is_done,
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
