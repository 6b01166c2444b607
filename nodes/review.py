"""review: a person decides on the names that look alike."""

from typing import Any, cast

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from nodes.context import Context
from nodes.errors import InputError
from nodes.ingest_state import Started, check_workspace
from stores import sources
from stores.opening import open_stores


async def review(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Pause with the unclear pairs; resume with {mention_id: entity_id} of those that are the same.

    An empty object keeps them all apart.

    Raises:
        InputError: the answer links what was not offered.
    """
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    grey = (await sources.read_items(*place, "resolution"))["current"]["grey"]
    if not grey:
        return {}
    accepted = cast(dict[str, str], interrupt({"same_entity": grey}))
    offered = {(pair["mention_id"], pair["entity_id"]) for pair in grey}
    unknown = [pair for pair in accepted.items() if pair not in offered]
    if unknown:
        raise InputError(f"{unknown[0]} was not offered for review: answer with pairs from same_entity")
    decided = {mention: {"entity_id": entity, "decided_by": "human"} for mention, entity in accepted.items()}
    await sources.put_items(*place, "link", decided, replace=True)
    return {}
