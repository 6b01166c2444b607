"""Embedding everything anew with another model, while all else goes on."""

from collections.abc import Callable, Sequence
from typing import Any

from nodes.vectors import PORTION, in_portions
from stores import reindexing
from stores.database import Row
from stores.opening import Stores


async def reindex(stores: Stores, progress: Callable[[dict[str, Any]], None]) -> int | None:
    """Embed every memory with the configured model and use these vectors from now on; gives how many, None
    where they are of that model already.

    What is embedded is kept, so that who goes on after a kill does the rest alone. Until the last moment the
    former vectors are searched and written; what was written meanwhile is embedded too.
    """
    model = stores.embedding
    if await reindexing.is_of(stores.database, model):
        await reindexing.index_vectors(stores.database)  # unless a kill came between
        return None
    counted = await reindexing.begin(stores.database, model)
    done = counted["done"]

    async def embed(memories: Sequence[Row]) -> None:
        nonlocal done
        texts = [memory["content"] for memory in memories]
        vectors = await model.embeddings.aembed_documents(texts)
        await reindexing.put_next_vectors(stores.database, model, memories, vectors)
        done += len(memories)
        progress({"stage": "embed", "done": done, "total": max(done, counted["total"])})

    while True:
        memories = await reindexing.without_next_vector(stores.database, model, PORTION * model.at_once)
        if memories:
            await in_portions(model, memories, embed)
        elif not await reindexing.put_in_place(stores.database, model, await model.dimensions()):
            progress({"stage": "index", "done": done, "total": done})
            await reindexing.index_vectors(stores.database)
            return done
