"""The part of `doctor` that looks for what is left over, overdue or out of step, and mends it when asked."""

from typing import TYPE_CHECKING

from app.doctor import Check

if TYPE_CHECKING:
    from stores.embedded import Servers
    from stores.upkeep import Upkeep

_MEND = "smart-meet doctor --mend"


async def upkeep_checks(servers: "Servers", *, mend: bool) -> list[Check]:
    """Look at indexes, counts, staging, checkpoints and retention; with `mend` put right what is wrong.

    Args:
        servers: of which the database is at the newest migration.

    Raises:
        StoreError: a server went away.
    """
    from stores.checkpoints import open_checkpoints
    from stores.database import open_database
    from stores.upkeep import NOTHING, look
    from stores.upkeep import mend as put_right

    database = await open_database(servers.database_url)
    try:
        async with open_checkpoints(servers.redis_url) as checkpoints:
            found = await look(database, checkpoints)
            if mend and found != NOTHING:
                await put_right(database, checkpoints, found)
                await _forget(found)
    finally:
        await database.close()
    wrong = {
        "indexes": [*found.broken_indexes, *(["memories_vector"] if found.lacks_vector_index else [])],
        "word counts": found.miscounted,
        "staging": [source_id for _, source_id in found.leftovers],
        "checkpoints": found.ended_threads,
        "forgotten": found.forgotten,
        "retention": [
            f"{one.meetings} meetings of {one.workspace} (kept for {one.days} days)" for one in found.expired
        ],
    }
    return [_check(what, names, _WRONG[what], mended=mend) for what, names in wrong.items()]


_WRONG = {
    "indexes": "missing or not used",
    "word counts": "out of step with the memories of the workspace",
    "staging": "staged, though the run has ended",
    "checkpoints": "kept in Redis, though the run has ended",
    "forgotten": "something of it was forgotten, and Redis not cleared of it",
    "retention": "past the retention of their workspace",
}


async def _forget(found: "Upkeep") -> None:
    """Forget what is past its retention, and finish what was forgotten by halves."""
    from nodes.retention import forget_expired
    from stores.clearing import clear_forgotten
    from stores.opening import open_stores

    if found.forgotten or found.expired:
        stores = await open_stores(to_look=True)
        await clear_forgotten(stores)
        for one in found.expired:
            await forget_expired(stores, one.workspace)


def _check(what: str, names: list[str], wrong: str, *, mended: bool) -> Check:
    if not names:
        return Check(what, "ok", "nothing is left over or out of step")
    told = f"{', '.join(names[:3])}{', ...' if len(names) > 3 else ''}: {wrong}"
    if mended:
        return Check(what, "ok", f"{told}; put right")
    return Check(what, "warn", told, _MEND)
