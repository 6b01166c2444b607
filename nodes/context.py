"""What a caller sets for one run, the same for both graphs."""

from typing import Annotated

from langgraph.runtime import Runtime
from pydantic import Field
from pydantic.dataclasses import dataclass

from stores.saved_checkpoints import wait_until_saved
from stores.tracing import keep_spans_small

keep_spans_small()  # here, where every graph begins: the input of a run is sent before its first node

DEFAULT_WORKSPACE = "default"


@dataclass(frozen=True, slots=True)
class Context:
    """Run-time context of the graphs; every value has a default for local single-user use.

    Attributes:
        workspace: name of the tenant that everything belongs to.
        as_of: ISO 8601 date or time: answer as things stood then (meeting time).
        known_as_of: ISO 8601 date or time: answer from what had been ingested by then.
        compare_batch_size: most pairs of values in one comparison call.
        rerank: have the bundled cross-encoder read the 30 best passages; about 0.3 s a question.
        cache: give an answer again that was given before, as long as nothing that it rests on has changed.
        review: pause the ingestion so that a person decides what is unclear.
    """

    workspace: Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*$")] = DEFAULT_WORKSPACE
    as_of: str | None = None
    known_as_of: str | None = None
    compare_batch_size: Annotated[int, Field(ge=1)] = 20
    rerank: bool = False
    cache: bool = True
    review: bool = False


def context_of(runtime: Runtime[Context]) -> Context:
    """The run's context; the defaults when the caller gave none (in process it is then None)."""
    given: Context | None = runtime.context
    return given or Context()


async def hold_the_thread(runtime: Runtime[Context]) -> None:
    """Wait until the checkpoint that this step runs on is written; to be called before what ends a run.

    Raises:
        ServerUnavailableError: it was not written, and the thread could not go on from before this step.
    """
    at = runtime.execution_info
    if at is not None and at.thread_id is not None:
        await wait_until_saved(at.thread_id, at.checkpoint_id)
