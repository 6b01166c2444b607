"""keep_apart: without a judge, names that look alike stay two entities."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context, context_of
from nodes.ingest_state import Started, check_workspace


async def keep_apart(state: Started, runtime: Runtime[Context]) -> Command[Literal["review", "diff"]]:
    """Note it; commit lists the pairs with the meeting, so that they can be decided on later."""
    check_workspace(state["workspace"], runtime)
    return Command(update={"apart": True}, goto="review" if context_of(runtime).review else "diff")
