"""embed: give every turn its vector."""

from math import ceil
from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.ingest_state import Started, check_workspace
from nodes.vectors import PORTION, embed_staged
from stores import runs, sources
from stores.opening import open_stores


async def embed(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Embed the staged memories that have no vector; what a killed run has embedded is kept."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    scope, source_id = state["scope"], state["source_id"]
    memories = await sources.read_items(stores.database, scope, source_id, "memory")
    turns = {item for item, payload in memories.items() if payload["kind"] == "discussion"}
    await embed_staged(stores, scope, source_id, only=turns, progress=runtime.stream_writer)
    if stores.settings.embedding_model is not None and turns:
        # of the whole meeting: an attempt that goes on where another was killed embeds only the rest
        usage = runs.Usage(calls=ceil(len(turns) / PORTION))
        model = stores.embedding.name
        await runs.add_usage(
            stores.database, scope, state["run_id"], node="embed", item="turns", model=model, usage=usage
        )
    return {}
