"""How long a workspace keeps its meetings, and what is past it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from stores.database import Connection, Database, fetch
from stores.queries import queries

_SQL = queries("retention")


@dataclass(frozen=True, slots=True)
class Limit:
    """How many days a workspace keeps its meetings, and the moment before which none may have been held."""

    days: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """How many meetings of a workspace, committed or staged, were held before its limit of days."""

    workspace: str
    days: int
    meetings: int


async def limit(connection: Connection, scope: str) -> Limit | None:
    """How long a workspace keeps its meetings; None for ever."""
    rows = await fetch(connection, _SQL["limit"], {"workspace_id": scope})
    return Limit(**rows[0]) if rows else None


async def set_days(connection: Connection, scope: str, days: int | None) -> None:
    """Keep the meetings of a workspace so many days (1 to 36500), or for ever; deletes nothing."""
    await fetch(connection, _SQL["set_days"], {"workspace_id": scope, "days": days})


async def expired(database: Database, scope: str | None = None) -> list[Expired]:
    """The workspaces that hold meetings past their limit; of one alone, or of all."""
    rows = await database.rows(_SQL["expired"], workspace_id=scope)
    return [Expired(cast(str, row["name"]), row["days"], row["meetings"]) for row in rows]
