"""What travels through the recheck graph beside what an ingestion needs."""

from typing import Any

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from nodes.ingest_state import IngestState


class RecheckInput(TypedDict, total=False):
    """What to do again.

    Attributes:
        everything: also the meetings that the rules have read because no model was configured.
    """

    everything: bool


class Piece(TypedDict):
    """What became of one piece of the work: a meeting, or all pairs of values.

    Attributes:
        meeting_id: None for the pairs.
        title: the meeting's with its day, or what it was.
        status: healed, or degraded where the model has failed again.
        warnings: sentences for a person.
    """

    meeting_id: str | None
    title: str
    status: str
    warnings: list[str]


class RecheckOutput(TypedDict, total=False):
    """What recheck has done.

    Attributes:
        status: nothing (there was nothing to do), healed, or degraded (some of it failed again).
        pieces: in the order in which they were done.
        moved: states that are other than before: entity, field, from, to.
        usage: calls, prompt_tokens, completion_tokens, cost, cached, fallbacks.
        warnings: sentences for a person.
    """

    status: str
    pieces: list[Piece]
    moved: list[dict[str, Any]]
    usage: dict[str, Any]
    warnings: list[str]


class RecheckState(IngestState, RecheckInput, total=False):
    """The graph's own state: the piece in work, as an ingestion has it, and what has been done before it.

    Attributes:
        title: of the piece in work.
        tried: versions that were gone through, and whether the pairs were ("pairs").
        moves: what all pieces moved.
        total: what all pieces asked of models.
    """

    pieces: list[Piece]
    tried: list[str]
    moves: list[dict[str, Any]]
    total: dict[str, Any]
