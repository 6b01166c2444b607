"""Embedding in small portions, so that a kill loses little and progress shows."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, TypeVar

from stores import sources, upkeep
from stores.database import Row
from stores.embeddings import EmbeddingModel
from stores.ledger import Piece, embedding_for
from stores.opening import Stores

Item = TypeVar("Item")
PORTION = 32  # texts between two writes: about an eighth of a second each on two cores


async def embed_staged(
    stores: Stores,
    piece: Piece,
    *,
    only: Collection[str] | None = None,
    kind: str | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Embed the staged memories that have no vector yet; gives how many there were.

    Args:
        piece: whose work it is; what an endpoint is asked is entered into the ledger portion by portion.
        only: ids of the memories to embed; default all.
        kind: of the memories to embed; default all.
        progress: is told `done` and `total` after every portion.
    """
    place = (stores.database, piece.scope, piece.source_id)
    texts = await sources.texts_without_vector(*place, only=only, kind=kind)
    done = 0

    async def embed(portion: Sequence[str]) -> None:
        nonlocal done
        async with embedding_for(stores.database, piece, portion[0][:8], stores.embedding):
            vectors = await stores.embedding.embeddings.aembed_documents([texts[item] for item in portion])
        await sources.put_vectors(*place, dict(zip(portion, vectors, strict=True)), stores.embedding)
        done += len(portion)
        if progress is not None:
            progress({"stage": "embed", "done": done, "total": len(texts)})

    await in_portions(stores.embedding, list(texts), embed)
    return done


async def in_portions(
    model: EmbeddingModel, items: Sequence[Item], work: Callable[[Sequence[Item]], Awaitable[None]]
) -> None:
    """Work on all items, a portion at a time, and on as many portions at once as the model is worth asking.

    After a failure nothing more is begun; what is under way is finished, so that what was paid is kept, and
    the failure is raised.
    """
    portions = iter([items[start : start + PORTION] for start in range(0, len(items), PORTION)])

    async def works() -> None:
        for portion in portions:  # shared: whoever is free takes the next
            try:
                await work(portion)
            except BaseException:
                for _ in portions:
                    pass
                raise

    ended = await asyncio.gather(*(works() for _ in range(model.at_once)), return_exceptions=True)
    for failure in ended:
        if failure is not None:
            raise failure


async def embed_again(stores: Stores, memories: Sequence[Row]) -> None:
    """Give memories that are committed (workspace_id, id, content) their vectors."""
    for start in range(0, len(memories), PORTION):
        some = memories[start : start + PORTION]
        vectors = await stores.embedding.embeddings.aembed_documents([one["content"] for one in some])
        await upkeep.put_vectors(stores.database, some, vectors, stores.embedding)
