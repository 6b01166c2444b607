"""Writing a workspace into an archive: all of its rows as they were at one moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nodes.archive.format import VERSION, Header, ModelHeader, TableHeader, writing
from stores import archive, sources
from stores.database import Database
from stores.errors import NotFoundError
from stores.installation import recorded_model
from stores.schema import latest_revision


@dataclass(frozen=True, slots=True)
class Exported:
    """What an archive holds.

    Attributes:
        rows: how many, by table.
        left_out: how many unfinished runs it does not hold.
        bytes: its size.
    """

    file: str
    workspace: str
    rows: dict[str, int]
    left_out: int
    bytes: int


async def export(
    database: Database,
    workspace: str,
    path: Path,
    progress: Callable[[dict[str, Any]], None],
    *,
    replace: bool = False,
) -> Exported:
    """Write a workspace into a file, in one read of one moment; others may commit meanwhile.

    Args:
        replace: a file that is there; else it is refused.

    Raises:
        NotFoundError: there is no such workspace.
        InputError: the file cannot be written.
    """
    scope = sources.workspace_id(workspace)
    async with database.transaction() as connection:
        await archive.begin_snapshot(connection)
        if not await archive.exists(connection, scope):
            raise NotFoundError(f'there is no workspace "{workspace}": nothing to export')
        tables = await archive.tables(connection)
        counts = await archive.counts(connection, scope, tables)
        header = Header(
            archive="smart-meet",
            version=VERSION,
            migration=latest_revision(),
            workspace=workspace,
            exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
            embedding_model=ModelHeader.model_validate(await recorded_model(connection)),
            left_out=await archive.unfinished(connection, scope),
            tables={
                table.name: TableHeader(rows=counts[table.name], columns=list(table.columns))
                for table in tables
            },
        )
        done = 0
        with writing(path, header, replace=replace) as writer:
            for table in tables:
                async for rows in archive.rows(connection, scope, table):
                    writer.add(table.name, rows)
                    done += len(rows)
                    progress({"stage": "export", "done": done, "total": header.rows})
    return Exported(str(path), workspace, counts, header.left_out, writer.size)
