"""summarise: have a model say what the meeting was about, while others read it."""

from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.failures import note_failure
from nodes.ingest_state import Started, check_workspace
from nodes.prompts import SUMMARISE
from nodes.schemas import MeetingSummary
from nodes.summary import grounded, shown_for_summary
from stores import sources
from stores.answers import paid_answer
from stores.chat import configured_model
from stores.errors import ModelUnavailableError
from stores.ledger import Piece
from stores.opening import open_stores


async def summarise(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Stage the summary and the topics; where no model gives them, commit takes the most named things."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    if await sources.read_item(*place, "summary", "meeting") is not None:
        return {}
    piece = Piece(state["scope"], state["source_id"], state["run_id"], "summarise", "meeting")
    try:
        configured_model()  # without one, nothing is prepared for it
        source = await sources.read_source(*place)
        reply = await paid_answer(
            stores.database, piece, MeetingSummary, SUMMARISE, shown_for_summary(source)
        )
    except ModelUnavailableError as error:
        await note_failure(stores, state["scope"], state["source_id"], "summarise", "meeting", error)
        return {}
    await sources.put_items(*place, "summary", {"meeting": {**grounded(reply.answer, source)}})
    return {}
