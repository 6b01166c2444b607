"""A workspace as commits see it: its lock, how many it has seen, and what the planner knows of it.

Functions that take a connection share the transaction of a commit.
"""

from stores.database import Connection, Database, fetch
from stores.errors import NotFoundError
from stores.queries import queries

_SQL = queries("workspaces")
_LEARNT_AT = (1, 5, 21, 85)  # commits, each time about four times as many


async def revision(connection: Connection, scope: str) -> int:
    """How many commits the workspace has seen; 0 when it does not exist yet."""
    rows = await fetch(connection, _SQL["revision"], {"workspace_id": scope})
    return int(rows[0]["revision"])


async def knowledge_mark(database: Database, scope: str) -> str:
    """A text that stays the same as long as nothing is committed in the workspace; "" for no workspace."""
    row = await database.row(_SQL["knowledge_mark"], workspace_id=scope)
    return str(row["mark"]) if row else ""


async def workspace_born(database: Database, scope: str) -> str:
    """When a workspace came to be, in this database; "" for no workspace."""
    row = await database.row(_SQL["workspace_born"], workspace_id=scope)
    return str(row["born"]) if row else ""


async def lock_workspace(connection: Connection, scope: str) -> int:
    """Wait for other commits of the workspace and keep further ones waiting; gives its revision.

    Raises:
        NotFoundError: there is no such workspace.
    """
    rows = await fetch(connection, _SQL["lock_workspace"], {"workspace_id": scope})
    if not rows:
        raise NotFoundError("there is nothing in this workspace")
    return int(rows[0]["revision"])


async def hold_commits(connection: Connection, scope: str) -> None:
    """Wait for a commit of the workspace and keep further ones waiting until this transaction ends.

    What is read after it is true until then; any number of transactions may hold commits at once.
    """
    await fetch(connection, _SQL["hold_commits"], {"workspace_id": scope})


async def advance_workspace(connection: Connection, scope: str) -> None:
    """Count a commit."""
    await fetch(connection, _SQL["advance_workspace"], {"workspace_id": scope})


async def take_statistics(connection: Connection, commits: int) -> None:
    """Have the planner learn what is in a workspace that is growing; later autovacuum sees to it.

    Args:
        commits: that the workspace has seen.
    """
    if commits in _LEARNT_AT:
        rows = await fetch(connection, _SQL["is_small"], {})
        if rows[0]["is_small"]:
            await fetch(connection, _SQL["take_statistics"], {})


async def take_all_statistics(connection: Connection) -> None:
    """Have the planner learn what a meeting has brought that is as large as many, before it is read back."""
    await fetch(connection, _SQL["take_all_statistics"], {})
