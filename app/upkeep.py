"""The part of `doctor` that looks for what is left over, overdue or out of step, and mends it when asked."""

from typing import TYPE_CHECKING

from app.doctor import Check

if TYPE_CHECKING:
    from stores.embedded import Servers
    from stores.upkeep import Upkeep

_MEND = "smart-meet doctor --mend"


async def upkeep_checks(servers: "Servers", *, mend: bool) -> list[Check]:
    """Look for what is left over, overdue or out of step in the stores; with `mend` put right what is wrong.

    Args:
        servers: of which the database is at the newest migration.

    Raises:
        StoreError: a server went away.
    """
    from nodes.drift import drifted, fold_again
    from stores.checkpoints import open_checkpoints
    from stores.database import open_database
    from stores.upkeep import NOTHING, look
    from stores.upkeep import mend as put_right

    database = await open_database(servers.database_url)
    try:
        async with open_checkpoints(servers.redis_url) as checkpoints:
            found = await look(database, checkpoints)
            moved = await drifted(database)
            if mend and found != NOTHING:
                await put_right(database, checkpoints, found)
                await _forget(found)
                await _embed(found)
            if mend and moved:
                await fold_again(database, moved)
    finally:
        await database.close()
    wrong = {
        "indexes": [*found.broken_indexes, *(["memories_vector"] if found.lacks_vector_index else [])],
        "word counts": found.miscounted,
        "staging": [source_id for _, source_id in found.leftovers],
        "runs without a source": [run["title"] for run in found.orphans],
        "checkpoints": found.ended_threads,
        "vectors": [f"{len(found.vectorless)} memories"] if found.vectorless else [],
        "histories": [f"{one.name} ({one.workspace})" for one in moved],
        "forgotten": found.forgotten,
        "retention": [
            f"{one.meetings} meetings of {one.workspace} (kept for {one.days} days)" for one in found.expired
        ],
    }
    return [_check(what, names, _WRONG[what], mended=mend) for what, names in wrong.items()]


_WRONG = {
    "indexes": "missing, not used, or out of step with their table",
    "word counts": "out of step with the memories of the workspace",
    "staging": "staged, though the run has ended",
    "runs without a source": "begun, and nothing of it is staged any more: hand the file in again",
    "checkpoints": "kept in Redis, though the run has ended",
    "vectors": "without a vector, so that search by meaning passes over them",
    "histories": "how it stands is not what was observed of it",
    "forgotten": "something of it was forgotten, and Redis not cleared of it",
    "retention": "past the retention of their workspace",
}


async def _embed(found: "Upkeep") -> None:
    """Give memories the vectors that they lack."""
    from nodes.vectors import embed_again
    from stores.opening import open_stores

    if found.vectorless:
        await embed_again(await open_stores(), found.vectorless)


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
