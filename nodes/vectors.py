"""Embedding of what is staged, in small portions, so that a kill loses little and progress shows."""

from collections.abc import Callable, Collection
from typing import Any

from stores import sources
from stores.ledger import Piece, embedding_for
from stores.opening import Stores

PORTION = 32  # texts between two writes: about an eighth of a second each on two cores


async def embed_staged(
    stores: Stores,
    piece: Piece,
    *,
    only: Collection[str] | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Embed the staged memories that have no vector yet; gives how many there were.

    Args:
        piece: whose work it is; what an endpoint is asked is entered into the ledger portion by portion.
        only: ids of the memories to embed; default all.
        progress: is told `done` and `total` after every portion.
    """
    place = (stores.database, piece.scope, piece.source_id)
    texts = await sources.texts_without_vector(*place)
    if only is not None:
        texts = {item: text for item, text in texts.items() if item in only}
    done = 0
    items = list(texts)
    for start in range(0, len(items), PORTION):
        portion = items[start : start + PORTION]
        async with embedding_for(stores.database, piece, portion[0][:8], stores.embedding):
            vectors = await stores.embedding.embeddings.aembed_documents([texts[item] for item in portion])
        await sources.put_vectors(*place, dict(zip(portion, vectors, strict=True)))
        done += len(portion)
        if progress is not None:
            progress({"stage": "embed", "done": done, "total": len(texts)})
    return done
