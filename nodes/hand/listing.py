"""What people have decided, as rows for programs and tables."""

from typing import Any

from stores import decisions, sources
from stores.moments import iso
from stores.opening import Stores


async def decision_rows(stores: Stores, workspace: str, *, undone: bool = False) -> list[dict[str, Any]]:
    """The decisions in force, in their order; with `undone` also those that were taken back."""
    async with stores.database.transaction() as connection:
        scope = sources.workspace_id(workspace)
        found = await (decisions.all_of if undone else decisions.in_force)(connection, scope)
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "told": one.told,
            "details": dict(one.details),
            "date": iso(one.date),
            "by": one.by,
            "decided_at": iso(one.recorded_at),
            "undone_at": None if one.retracted_at is None else iso(one.retracted_at),
            "undone_by": one.retracted_by,
        }
        for one in found
    ]
