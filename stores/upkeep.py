"""What may be left over or out of step in the stores, and putting it right, for `smart-meet doctor`.

Nothing of it is wrong while all goes well: it takes a disk that failed, a table that was written by hand,
or a server that was lost at the very end of a run.
"""

from dataclasses import dataclass
from uuid import UUID

from stores.checkpoints import Checkpoints
from stores.database import Database, fetch
from stores.forgetting import noted_threads
from stores.queries import queries
from stores.retention import Expired, expired

_SQL = queries("upkeep")


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What was found.

    Attributes:
        broken_indexes: names of indexes that are not used.
        lacks_vector_index: whether the index of the vectors is missing.
        miscounted: workspaces whose words are not counted rightly, by which search weighs them.
        leftovers: ids of what is staged and will never be read, by workspace id.
        ended_threads: threads of runs that have ended, of which Redis still holds checkpoints.
        forgotten: workspaces of which something was forgotten that Redis may still hold.
        expired: workspaces with meetings past their retention.
    """

    broken_indexes: list[str]
    lacks_vector_index: bool
    miscounted: list[str]
    leftovers: list[tuple[str, str]]
    ended_threads: list[str]
    forgotten: list[str]
    expired: list[Expired]


NOTHING = Upkeep([], False, [], [], [], [], [])


async def look(database: Database, checkpoints: Checkpoints) -> Upkeep:
    """Look at everything; changes nothing."""
    threads = [thread for thread in await checkpoints.athreads() if _is_id(thread)]
    has_index = await database.row(_SQL["has_vector_index"])
    return Upkeep(
        broken_indexes=[row["name"] for row in await database.rows(_SQL["broken_indexes"])],
        lacks_vector_index=not (has_index and has_index["has"]),
        miscounted=[row["name"] for row in await database.rows(_SQL["miscounted"])],
        leftovers=[(row["workspace_id"], row["id"]) for row in await database.rows(_SQL["leftovers"])],
        ended_threads=[row["id"] for row in await database.rows(_SQL["ended_runs"], threads=threads)],
        forgotten=sorted({note["workspace"] for note in (await noted_threads(database)).values()}),
        expired=await expired(database),
    )


async def mend(database: Database, checkpoints: Checkpoints, found: Upkeep) -> None:
    """Put right what was found, but for what is to be forgotten; what was committed is never touched."""
    async with database.transaction() as connection:
        await fetch(connection, _SQL["hold_memories"], {})
        for name in found.broken_indexes:
            await connection.execute(f'reindex index "{name}"'.encode())
        if found.lacks_vector_index:
            await fetch(connection, _SQL["make_vector_index"], {})
        if found.miscounted:
            for step in ("clear_word_counts", "clear_memory_counts", "count_words", "count_memories"):
                await fetch(connection, _SQL[step], {})
        for workspace_id, source_id in found.leftovers:
            await fetch(connection, _SQL["clear_leftover"], {"workspace_id": workspace_id, "id": source_id})
    for thread in found.ended_threads:
        await checkpoints.adelete_thread(thread)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
