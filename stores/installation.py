"""Facts about a database as a whole."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from psycopg import sql
from psycopg.types.json import Jsonb

from stores.database import Connection, Database, fetch
from stores.embeddings import EmbeddingModel
from stores.errors import EmbeddingMismatchError
from stores.queries import queries

_KEY = "embedding_model"
# A column that another is generated from changes its type only without that one.
_LOOSEN = """
drop index if exists memories_vector;
alter table memories drop column signs, alter column embedding type vector using embedding::vector;
alter table memories disable trigger user;
"""
_FASTEN = sql.SQL("""
alter table memories enable trigger user;
alter table memories
    alter column embedding type vector({size}) using embedding::vector({size}),
    alter column embedding set storage plain,
    add column signs bit varying generated always as (binary_quantize(embedding)::bit varying) stored;
create index memories_signs on memories (workspace_id)
    include (version_id, id, kind, recorded_at, retracted_at, signs);
""")


@asynccontextmanager
async def resize_vectors(connection: Connection, dimensions: int) -> AsyncGenerator[None]:
    """Give the vectors another length: inside, of all memories, each must be written anew. They have no index
    of nearest vectors then: without one, search reads them all."""
    await connection.execute(_LOOSEN.encode())
    yield
    await connection.execute(_FASTEN.format(size=sql.Literal(dimensions)))


async def claim_embedding_model(database: Database, model: EmbeddingModel) -> None:
    """Record which model fills this database, and its dimension; the first use fixes both.

    The HNSW index needs the dimension, so it is made here, on the still empty table.

    Raises:
        EmbeddingMismatchError: another model filled it; the message gives the remedy.
    """
    found = await database.row(b"select value from installation where key = 'embedding_model'")
    if found is None:
        await _record(database, model, await model.dimensions())
        found = await database.row(b"select value from installation where key = 'embedding_model'")
    recorded = cast(dict[str, str], (found or {})["value"])
    if recorded["name"] != model.name:
        raise EmbeddingMismatchError(
            f"this database was filled with the embedding model {recorded['name']} and cannot be searched "
            f"with {model.name}: `smart-meet reindex` embeds everything anew with that; or set "
            "SMART_MEET_EMBEDDING_MODEL back to the first (unset it for the bundled one)"
        )


async def recorded_model(connection: Connection) -> dict[str, Any]:
    """The `name` and `dimensions` of the embedding model that fills this database."""
    found = await fetch(connection, b"select value from installation where key = 'embedding_model'", {})
    return cast(dict[str, Any], found[0]["value"])


async def _record(database: Database, model: EmbeddingModel, dimensions: int) -> None:
    async with database.transaction() as connection:
        await fetch(connection, b"lock table installation in exclusive mode", {})
        claimed = await fetch(
            connection,
            b"insert into installation values (%(key)s, %(value)s) on conflict do nothing returning key",
            {"key": _KEY, "value": Jsonb({"name": model.name, "dimensions": dimensions})},
        )
        if claimed:
            async with resize_vectors(connection, dimensions):
                pass  # there are none yet
            await fetch(connection, queries("upkeep")["make_vector_index"], {})
