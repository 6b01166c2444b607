"""Embedding of what is staged, in small portions, so that a kill loses little and progress shows."""

from collections.abc import Callable, Collection
from typing import Any

from stores import sources
from stores.opening import Stores

PORTION = 32  # texts between two writes: about an eighth of a second each on two cores


async def embed_staged(
    stores: Stores,
    scope: str,
    source_id: str,
    *,
    only: Collection[str] | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Embed the staged memories that have no vector yet; gives how many there were.

    Args:
        only: ids of the memories to embed; default all.
        progress: is told `done` and `total` after every portion.
    """
    texts = await sources.texts_without_vector(stores.database, scope, source_id)
    if only is not None:
        texts = {item: text for item, text in texts.items() if item in only}
    done = 0
    items = list(texts)
    for start in range(0, len(items), PORTION):
        portion = items[start : start + PORTION]
        vectors = await stores.embedding.embeddings.aembed_documents([texts[item] for item in portion])
        await sources.put_vectors(stores.database, scope, source_id, dict(zip(portion, vectors, strict=True)))
        done += len(portion)
        if progress is not None:
            progress({"stage": "embed", "done": done, "total": len(texts)})
    return done
