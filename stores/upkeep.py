"""What may be left over or out of step in the stores, and putting it right, for `smart-meet doctor`.

Nothing of it is wrong while all goes well: it takes a disk that failed, a table that was written by hand,
or a server that was lost at the very end of a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from psycopg.errors import (
    DataCorrupted,
    FeatureNotSupported,
    IndexCorrupted,
    InsufficientPrivilege,
    UndefinedFile,
)

from stores.checkpoints import Checkpoints
from stores.database import Database, Row, fetch, write_many
from stores.embeddings import EmbeddingModel
from stores.forgetting import noted_threads
from stores.queries import queries
from stores.reindexing import hold_model
from stores.retention import Expired, expired

_SQL = queries("upkeep")


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What was found.

    Attributes:
        broken_indexes: names of indexes that are not used, or lack rows or their order.
        lacks_vector_index: whether the index of the vectors is missing.
        miscounted: workspaces whose words are not counted rightly, by which search weighs them.
        leftovers: ids of what is staged and will never be read, by workspace id.
        ended_threads: threads of runs that have ended, of which Redis still holds checkpoints.
        forgotten: workspaces of which something was forgotten that Redis may still hold.
        expired: workspaces with meetings past their retention.
        vectorless: memories whose vector is nothing, so that search by meaning passes over them.
        orphans: unfinished runs of which nothing is staged any more, so that nobody can go on with them.
    """

    broken_indexes: list[str]
    lacks_vector_index: bool
    miscounted: list[str]
    leftovers: list[tuple[str, str]]
    ended_threads: list[str]
    forgotten: list[str]
    expired: list[Expired]
    vectorless: list[Row]
    orphans: list[Row]


NOTHING = Upkeep([], False, [], [], [], [], [], [], [])


async def look(database: Database, checkpoints: Checkpoints) -> Upkeep:
    """Look at everything; changes nothing."""
    threads = [thread for thread in await checkpoints.athreads() if _is_id(thread)]
    has_index = await database.row(_SQL["has_vector_index"])
    return Upkeep(
        broken_indexes=sorted(
            {row["name"] for row in await database.rows(_SQL["broken_indexes"])} | await _corrupt(database)
        ),
        lacks_vector_index=not (has_index and has_index["has"]),
        miscounted=[row["name"] for row in await database.rows(_SQL["miscounted"])],
        leftovers=[(row["workspace_id"], row["id"]) for row in await database.rows(_SQL["leftovers"])],
        ended_threads=[row["id"] for row in await database.rows(_SQL["ended_runs"], threads=threads)],
        forgotten=sorted({note["workspace"] for note in (await noted_threads(database)).values()}),
        expired=await expired(database),
        vectorless=await database.rows(_SQL["vectorless"]),
        orphans=await database.rows(_SQL["orphans"]),
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
        for run in found.orphans:
            await fetch(connection, _SQL["delete_orphan"], run)
        for workspace_id, source_id in found.leftovers:
            await fetch(connection, _SQL["clear_leftover"], {"workspace_id": workspace_id, "id": source_id})
    for thread in found.ended_threads:
        await checkpoints.adelete_thread(thread)


async def put_vectors(
    database: Database, memories: Sequence[Row], vectors: Sequence[Sequence[float]], model: EmbeddingModel
) -> None:
    """Write the vectors of memories that are committed.

    Raises:
        EmbeddingMismatchError: another model fills the database.
    """
    rows = [
        {
            "workspace_id": memory["workspace_id"],
            "id": memory["id"],
            "embedding": np.asarray(vector, dtype=np.float32),
        }
        for memory, vector in zip(memories, vectors, strict=True)
    ]
    async with database.transaction() as connection:
        await hold_model(connection, model)
        await write_many(connection, _SQL["put_vector"], rows)


async def _corrupt(database: Database) -> set[str]:
    """Indexes that lack rows of their table or are out of order, as PostgreSQL's amcheck finds.

    None where the server has no amcheck, or its owner may not use it.
    """
    found: set[str] = set()
    async with database.transaction() as connection:
        try:
            async with connection.transaction(force_rollback=True):
                await fetch(connection, _SQL["make_amcheck"], {})
                for row in await fetch(connection, _SQL["checked_indexes"], {}):
                    try:
                        async with connection.transaction():
                            await fetch(connection, _SQL["check_index"], {"id": row["id"]})
                    except (DataCorrupted, IndexCorrupted):
                        found.add(row["name"])
        except (FeatureNotSupported, InsufficientPrivilege, UndefinedFile):
            return set()
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
