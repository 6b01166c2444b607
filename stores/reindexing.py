"""Another embedding model for a database that holds memories already."""

from collections.abc import Mapping, Sequence

import numpy as np
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
    nothing where that is more than none. Readers and writers wait meanwhile."""
    async with database.transaction() as connection:
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


async def hold_model(connection: Connection, model: EmbeddingModel) -> None:
    """Make sure that vectors of this model may be written until the transaction ends.

    Raises:
        EmbeddingMismatchError: the database has been filled anew by another model meanwhile.
    """
    found = await fetch(connection, _SQL["hold_model"], {})
    if found[0]["name"] != model.name:
        raise EmbeddingMismatchError(
            f"this database is searched with the embedding model {found[0]['name']} now, and no more with "
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
