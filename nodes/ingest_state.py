"""What travels through the ingest graph: ids and small plain-JSON values; the rest is in PostgreSQL."""

from typing import Annotated, Any, NotRequired

from langgraph.runtime import Runtime
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from nodes.context import Context, context_of
from nodes.errors import WorkspaceMismatchError


def union(known: list[str] | None, new: list[str] | None) -> list[str]:
    """A list as a set: a step that runs again after a kill adds nothing; None empties it."""
    if new is None:
        return []
    return sorted({*(known or []), *new})


Ids = Annotated[list[str], union]


class Attachment(TypedDict):
    """A file that belongs to the transcript, such as its chat."""

    filename: str
    content_base64: str


class IngestInput(TypedDict, total=False):
    """One meeting: staged before (`source_id`), as text (`transcript`), or as a file (`content_base64`).

    Attributes:
        source_id: of a source that the command line or an upload staged.
        transcript: the text itself.
        content_base64: a file's bytes, with `filename`.
        key: the meeting's stable key; default the export's own id, else the content's hash.
        title: default from the file or its name.
        date: ISO 8601 with time zone; default from the file or its name.
        series: default from the title.
        participants: names, beside those who speak.
        format: name of the layout; default is to detect it.
        attachments: a chat file.
    """

    source_id: str
    transcript: str | None
    content_base64: str | None
    filename: str
    key: str
    title: str
    date: str
    series: str
    participants: list[str]
    format: str
    attachments: list[Attachment] | None


class IngestOutput(TypedDict, total=False):
    """What became of the meeting.

    Attributes:
        meeting_id: derived from workspace and key.
        status: ingested, known, replaced or degraded.
        counts: utterances, memories, entities_new, entities_matched, observations, transitions, relations,
            discarded_quotes.
        usage: calls, prompt_tokens, completion_tokens, cost, cached, fallbacks.
        warnings: sentences for a person.
    """

    meeting_id: str
    status: str
    counts: dict[str, int]
    usage: dict[str, Any]
    warnings: list[str]


class Recheck(TypedDict):
    """What a run of recheck does again.

    Attributes:
        version_id: the committed version that it goes through; None when it only judges pairs.
        windows: those that a model is to read.
        summary: whether a model is to say what the meeting was about.
        apart: the names that were kept apart for want of a judge.
        status: what the version would have been called if nothing had failed.
    """

    version_id: str | None
    windows: list[str]
    summary: bool
    apart: list[dict[str, Any]]
    status: str


class IngestState(IngestInput, IngestOutput, total=False):
    """The graph's own state: what a run has settled so far."""

    workspace: str
    scope: str
    run_id: str
    windows: list[str]
    read: Ids
    failed_windows: Ids
    by_rule: Ids
    revision: int
    grey: bool
    apart: bool
    batches: list[str]
    judged: Ids
    failed_batches: Ids
    rounds: int
    overtaken: bool
    recheck: Recheck | None
    moved: list[dict[str, Any]]


class Started(TypedDict):
    """What every step after load needs to know: whose run, and on which staged source."""

    workspace: str
    scope: str
    run_id: str
    source_id: str


class Read(Started):
    """A version that is read, for the first time or again."""

    recheck: NotRequired[Recheck | None]


class Segmented(Started):
    """The windows to read."""

    windows: list[str]


class PartlyRead(Started):
    """The windows that no model read."""

    failed_windows: Ids


class Resolved(Read):
    """The revision that the resolution rests on, and how often it was made again."""

    revision: int
    rounds: int


class Committed(TypedDict):
    """Whether others have committed since resolve, so that it is matched again."""

    overtaken: bool


class Batched(Started):
    """The batches to judge."""

    batches: list[str]


class PartlyJudged(Started):
    """The batches that no model judged."""

    failed_batches: Ids


class WindowTask(Started):
    """One window for one reader."""

    window: str


class BatchTask(Started):
    """One batch of pairs for one judge."""

    batch: str


def check_workspace(workspace: str, runtime: Runtime[Context]) -> None:
    """Refuse to go on with a run in another workspace than the one it was started in.

    Raises:
        WorkspaceMismatchError: the caller's context names another workspace than the run's state.
    """
    asked = context_of(runtime).workspace
    if asked != workspace:
        raise WorkspaceMismatchError(
            f"this run belongs to the workspace {workspace!r} and was resumed in {asked!r}: "
            "resume it with the context it was started with"
        )
