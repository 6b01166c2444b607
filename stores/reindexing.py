"""Another embedding model for a database that holds memories already."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

import numpy as np
from psycopg import DataError
from psycopg.types.json import Jsonb

from stores.database import Connection, Database, Row, fetch, write_many
from stores.embeddings import EmbeddingModel
from stores.errors import EmbeddingMismatchError
from stores.installation import resize_vectors
from stores.queries import queries

_SQL = queries("reindexing")


async def is_of(database: Database, model: EmbeddingModel) -> bool:
    """Whether the model fills the database, or nothing does yet."""
    found = await database.row(_SQL["model"])
    return found is None or found["name"] == model.name


async def begin(database: Database, model: EmbeddingModel) -> Row:
    """Drop vectors that were made for yet another model; gives `total` memories and how many are `done`."""
    async with database.transaction() as connection:
        await fetch(connection, _SQL["drop_others"], {"model": model.name})
        return (await fetch(connection, _SQL["progress"], {"model": model.name}))[0]


async def without_next_vector(database: Database, model: EmbeddingModel, limit: int) -> list[Row]:
    """Some memories that have no vector of the model yet: workspace_id, id, content."""
    return await database.rows(_SQL["without_next_vector"], model=model.name, limit=limit)


async def put_next_vectors(
    database: Database, model: EmbeddingModel, memories: Sequence[Row], vectors: Sequence[Sequence[float]]
) -> None:
    """Keep vectors of the model, beside those in use; nothing for a memory that was forgotten meanwhile."""
    async with database.transaction() as connection:
        await _put(connection, model, memories, vectors)


async def put_in_place(database: Database, model: EmbeddingModel, dimensions: int) -> int:
    """Use the kept vectors from now on, when every memory has one; gives how many have none, and changes
    nothing where that is more than none. Readers and writers wait meanwhile; the vectors' index is made after
    that (`index_vectors`)."""
    async with database.transaction() as connection:
        # in the order of those who write vectors: first the model, then the memories
        await fetch(connection, _SQL["take_model"], {})
        await fetch(connection, b"lock table memories in access exclusive mode", {})
        left = (await fetch(connection, _SQL["progress"], {"model": model.name}))[0]
        if left["done"] < left["total"]:
            return left["total"] - left["done"]
        value = {"name": model.name, "dimensions": dimensions}
        await fetch(connection, _SQL["claim"], {"value": Jsonb(value)})
        async with resize_vectors(connection, dimensions):
            await fetch(connection, _SQL["put_in_place"], {})
        await fetch(connection, _SQL["clear"], {})
    return 0


async def index_vectors(database: Database) -> None:
    """Make the index of the vectors, while everything goes on, unless it is there."""
    await database.rows(_SQL["drop_broken_index"])
    await database.rows(_SQL["index_vectors"])


async def hold_model(connection: Connection, model: EmbeddingModel) -> None:
    """Make sure that vectors of this model may be written until the transaction ends.

    Raises:
        EmbeddingMismatchError: the database has been filled anew by another model meanwhile.
    """
    found = await fetch(connection, _SQL["hold_model"], {})
    _check(found[0]["name"], model)


@asynccontextmanager
async def comparing(database: Database, model: EmbeddingModel) -> AsyncGenerator[None]:
    """Compare vectors of this model with those of the database inside, and take no result of others.

    It is looked at afterwards: whenever another model took over, what was read may be of both.

    Raises:
        EmbeddingMismatchError: the database has been filled anew by another model meanwhile.
    """
    try:
        yield
    except DataError:  # vectors of another length
        await _look(database, model)
        raise
    await _look(database, model)


async def _look(database: Database, model: EmbeddingModel) -> None:
    found = await database.row(_SQL["model"])
    _check(found["name"] if found else None, model)


def _check(filled_by: str | None, model: EmbeddingModel) -> None:
    if filled_by != model.name:
        raise EmbeddingMismatchError(
            f"this database is searched with the embedding model {filled_by} now, and no more with "
            f"{model.name}: set SMART_MEET_EMBEDDING_MODEL to it, start this process again, and go on"
        )


async def _put(
    connection: Connection, model: EmbeddingModel, memories: Sequence[Row], vectors: Sequence[Sequence[float]]
) -> None:
    rows: list[Mapping[str, object]] = [
        {
            "workspace_id": memory["workspace_id"],
            "memory_id": memory["id"],
            "model": model.name,
            "embedding": np.asarray(vector, dtype=np.float32),
        }
        for memory, vector in zip(memories, vectors, strict=True)
    ]
    await write_many(connection, _SQL["put_next_vector"], rows)
