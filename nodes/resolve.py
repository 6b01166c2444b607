"""resolve: bind the names of the meeting to entities of the workspace."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context, context_of
from nodes.ingest_state import Read, check_workspace
from nodes.matching import match, read_readings
from nodes.rechecking import still_grey
from stores import sources
from stores.opening import open_stores


async def resolve(state: Read, runtime: Runtime[Context]) -> Command[Literal["adjudicate", "review", "diff"]]:
    """Match every name at once; those that are neither clear nor clearly new go to the model."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    source = await sources.read_source(*place)
    reading = await read_readings(stores, state["scope"], source.id)
    async with stores.database.transaction() as connection:
        matched = await match(connection, state["scope"], source, reading)
    grey = list(matched.grey)
    if again := state.get("recheck"):
        settled = {*await sources.read_items(*place, "link"), *await sources.read_items(*place, "apart")}
        grey = still_grey(again, matched, settled)
    current = {"resolution": matched.resolution, "grey": grey}
    await sources.put_items(*place, "resolution", {"current": current}, replace=True)
    names = len(matched.resolution["mentions"])
    runtime.stream_writer({"stage": "resolve", "done": names, "total": names})
    update = {"revision": matched.revision, "grey": bool(grey)}
    if grey:
        return Command(update=update, goto="adjudicate")
    return Command(update=update, goto="review" if context_of(runtime).review else "diff")
