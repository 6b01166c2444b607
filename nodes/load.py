"""load: settle what is to be ingested, and whether it is known already."""

from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context, context_of
from nodes.ingest_state import IngestState
from nodes.intake import Accepted, accept
from stores import meetings, runs, sources
from stores.opening import Stores, open_stores


async def load(state: IngestState, runtime: Runtime[Context]) -> Command[Literal["segment", "__end__"]]:
    """Stage what was handed in, or find what was staged before; content that is known ends the run.

    Raises:
        InputError: it cannot be used; nothing was stored.
        NotFoundError: a `source_id` that was never staged in this workspace.
    """
    workspace = context_of(runtime).workspace
    scope = sources.workspace_id(workspace)
    stores = await open_stores()
    accepted = await _accepted(stores, workspace, scope, state)
    # the text is staged: what is left in the state would be written at every step
    settled: dict[str, Any] = {"transcript": None, "content_base64": None, "attachments": None}
    if isinstance(accepted, dict):
        return Command(goto="__end__", update=settled | accepted)
    source = accepted.source
    settled |= {"workspace": workspace, "scope": scope, "source_id": source.id, "rounds": 0}
    settled |= {"meeting_id": source.meeting_id, "title": source.title}
    if accepted.known is not None:
        return Command(goto="__end__", update=settled | known_output(source.meeting_id, accepted.known))
    thread = runtime.execution_info.thread_id if runtime.execution_info else None
    settled["run_id"] = thread or source.id
    await runs.register(stores.database, scope, settled["run_id"], source_id=source.id, title=source.title)
    return Command(goto="segment", update=settled)


async def _accepted(
    stores: Stores, workspace: str, scope: str, state: IngestState
) -> Accepted | dict[str, Any]:
    source_id = state.get("source_id")
    if source_id is None:
        return await accept(stores, workspace, state)
    done = await meetings.version_result(stores.database, scope, source_id)
    if done is not None:  # another run has committed it since it was staged
        return known_output(done["meeting_id"], done["result"])
    return Accepted(await sources.read_source(stores.database, scope, source_id), None)


def known_output(meeting_id: str, result: dict[str, Any]) -> dict[str, Any]:
    """The output for content that the workspace knows: nothing was done and nothing paid."""
    return {
        "meeting_id": meeting_id,
        "status": "known",
        "counts": result["counts"],
        "usage": dict.fromkeys(result["usage"], 0),
        "warnings": [],
    }
