"""adjudicate: have a model decide on the names that no rule decides."""

import json
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context, context_of
from nodes.ingest_state import Started, check_workspace
from nodes.schemas import EntityMatches
from stores import sources
from stores.chat import structured_answer
from stores.errors import ModelUnavailableError
from stores.opening import open_stores

INSTRUCTIONS = """\
For every mention decide whether it is the entity offered with it, under another name.
Answer with the entity's id only when you are sure; null keeps them apart, which is easily mended.
"""


async def adjudicate(
    state: Started, runtime: Runtime[Context]
) -> Command[Literal["keep_apart", "review", "diff"]]:
    """One call for all unclear names of the meeting."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    grey = (await sources.read_items(*place, "resolution"))["current"]["grey"]
    try:
        answer = await structured_answer(EntityMatches, INSTRUCTIONS, json.dumps(grey))
    except ModelUnavailableError:
        return Command(goto="keep_apart")
    offered = {(pair["mention_id"], pair["entity_id"]) for pair in grey}
    decided = {
        one.mention_id: {"entity_id": one.entity_id, "decided_by": "llm"}
        for one in answer.matches
        if one.entity_id is not None and (one.mention_id, one.entity_id) in offered
    }
    await sources.put_items(*place, "link", decided, replace=True)
    return Command(goto="review" if context_of(runtime).review else "diff")
