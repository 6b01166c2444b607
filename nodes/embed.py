"""embed: give every turn its vector."""

from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.ingest_state import Started, check_workspace
from nodes.vectors import embed_staged
from stores.ledger import Piece
from stores.opening import open_stores


async def embed(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Embed the staged memories that have no vector; what a killed run has embedded is kept."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    scope, source_id = state["scope"], state["source_id"]
    piece = Piece(scope, source_id, state["run_id"], "embed", "turns")
    await embed_staged(stores, piece, kind="discussion", progress=runtime.stream_writer)
    return {}
