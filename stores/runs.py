"""The registry of ingestions: what was started, what ended, what can be resumed, what it cost."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from stores.database import Connection, Database, Row, fetch
from stores.errors import NotFoundError
from stores.ids import is_id
from stores.queries import queries
from stores.workspaces import hold_commits

_SQL = queries("runs")


async def register(database: Database, scope: str, run_id: str, *, source_id: str, title: str) -> bool:
    """Note that a run works on a staged source; a further attempt of the same run is counted.

    False, and nothing noted, when another run has committed the source. From True on the source stays
    staged until this run has ended: commits wait while it is noted.
    """
    row = {"workspace_id": scope, "id": run_id, "source_id": source_id, "title": title}
    async with database.transaction() as connection:
        await hold_commits(connection, scope)
        return bool(await fetch(connection, _SQL["register"], row))


async def finish(
    connection: Connection, scope: str, run_id: str, source_id: str, output: Mapping[str, Any]
) -> bool:
    """Note the end of a run in the transaction that commits its source; False when it had ended before."""
    row = {"workspace_id": scope, "id": run_id, "source_id": source_id, "output": Jsonb(dict(output))}
    return bool(await fetch(connection, _SQL["finish"], row))


async def fail(database: Database, scope: str, run_id: str, error: str) -> None:
    """Note why a run stopped; it can be resumed."""
    await database.rows(_SQL["fail"], workspace_id=scope, id=run_id, error=error)


async def unfinished(database: Database, scope: str) -> list[Row]:
    """Runs without an end, oldest first: failed, killed, or still going in another process.

    Status "staged" is of what was handed in and never begun; such a run bears its source's id.
    """
    return await database.rows(_SQL["unfinished"], workspace_id=scope)


async def unfinished_run(database: Database, scope: str, run_id: str) -> Row:
    """One run without an end.

    Raises:
        NotFoundError: no such run in this workspace, or it has ended.
    """
    found = [run for run in await unfinished(database, scope) if run["id"] == run_id]
    if not found:
        raise NotFoundError(f"no unfinished run {run_id} in this workspace: `smart-meet runs` lists them")
    return found[0]


async def recent(database: Database, scope: str, *, limit: int = 50) -> list[Row]:
    """Runs with what they cost, newest first."""
    return await database.rows(_SQL["recent"], workspace_id=scope, id=None, limit=limit)


async def run(database: Database, scope: str, run_id: str) -> Row:
    """One run with what it cost.

    Raises:
        NotFoundError: no such run in this workspace.
    """
    wanted = run_id if is_id(run_id) else None
    found = await database.rows(_SQL["recent"], workspace_id=scope, id=wanted, limit=1) if wanted else []
    if not found:
        raise NotFoundError(f"no run {run_id} in this workspace: `smart-meet runs` lists them")
    return found[0]
