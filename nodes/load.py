"""load: settle what is to be ingested, and whether it is known already."""

from typing import Any, Literal, cast

from langgraph.runtime import Runtime
from langgraph.types import Command
from pydantic import TypeAdapter, ValidationError

from nodes.context import Context, context_of
from nodes.errors import InputError
from nodes.ingest_state import IngestInput, IngestState, check_workspace
from nodes.intake import accept
from nodes.known import end_run, known_output
from nodes.retention import refuse_expired
from stores import meetings, runs, sources
from stores.errors import NotFoundError
from stores.ids import is_id
from stores.opening import Stores, open_stores
from stores.records import Source

_INPUT = TypeAdapter(IngestInput)
# What a thread has kept of its last input, or of an attempt that was given up, must not reach this run. The
# text is staged besides: what is left in the state is written at every step.
_FORGOTTEN = (*IngestInput.__annotations__, "read", "failed_windows", "by_rule", "judged", "failed_batches")


async def load(state: IngestState, runtime: Runtime[Context]) -> Command[Literal["segment", "__end__"]]:
    """Stage what was handed in, or find what was staged before; content that is known ends the run.

    Raises:
        InputError: it cannot be used; nothing was stored.
        NotFoundError: a `source_id` that was never staged in this workspace.
        WorkspaceMismatchError: the thread belongs to another workspace.
    """
    workspace = context_of(runtime).workspace
    if "workspace" in state:
        check_workspace(state["workspace"], runtime)
    scope = sources.workspace_id(workspace)
    stores = await open_stores()
    source_id, staged = await _handed_in(stores, workspace, scope, state)
    thread = runtime.execution_info.thread_id if runtime.execution_info else None
    run_id = thread or source_id
    settled: dict[str, Any] = dict.fromkeys(_FORGOTTEN) | {"workspace": workspace, "scope": scope}
    settled |= {"run_id": run_id, "source_id": source_id, "rounds": 0}
    if staged is not None:
        await refuse_expired(stores, workspace, staged)
        named = {"source_id": source_id, "title": staged.title}
        if await runs.register(stores.database, scope, run_id, **named):
            return Command(goto="segment", update=settled | {"meeting_id": staged.meeting_id})
    done = await meetings.version_result(stores.database, scope, source_id)
    if done is None:  # only a staged source can fail to register, and only because it is committed
        raise NotFoundError(f"source {source_id} is gone from this workspace: hand the file in again")
    await end_run(stores, scope, run_id, source_id, done["result"])
    return Command(goto="__end__", update=settled | known_output(done["meeting_id"], done["result"]))


async def _handed_in(
    stores: Stores, workspace: str, scope: str, state: IngestState
) -> tuple[str, Source | None]:
    """The id of the version, and the version itself unless its very content is committed."""
    source_id = state.get("source_id")
    if not source_id or state.get("transcript") is not None or state.get("content_base64") is not None:
        accepted = await accept(stores, workspace, _checked(state))
        if accepted.known is not None:
            return accepted.known["version_id"], None
        assert accepted.source is not None
        return accepted.source.id, accepted.source
    if not isinstance(cast(object, source_id), str):  # the graph server lets any JSON through
        raise InputError("source_id: it must be text")
    if not is_id(source_id):
        raise NotFoundError(f"source_id {source_id!r} is not the id of a staged source: hand the file in")
    try:
        return source_id, await sources.read_source(stores.database, scope, source_id)
    except NotFoundError:  # cleared as it was committed, or never staged
        if await meetings.version_result(stores.database, scope, source_id) is None:
            raise
        return source_id, None


def _checked(state: IngestState) -> IngestInput:
    """The input without what is null; the graph server lets any JSON through."""
    try:
        return _INPUT.validate_python({name: value for name, value in state.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
