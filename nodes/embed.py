"""embed: give every turn its vector."""

from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.ingest_state import Started, check_workspace
from nodes.vectors import embed_staged
from stores import runs
from stores.opening import open_stores


async def embed(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Embed the staged memories that have no vector; what a killed run has embedded is kept."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    scope, source_id = state["scope"], state["source_id"]
    texts = await embed_staged(stores, scope, source_id, progress=runtime.stream_writer)
    if stores.settings.embedding_model is not None and texts:
        usage = runs.Usage(calls=texts)
        model = stores.embedding.name
        await runs.add_usage(
            stores.database, scope, state["run_id"], node="embed", item="turns", model=model, usage=usage
        )
    return {}
