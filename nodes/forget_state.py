"""What travels through the forget graph."""

from typing import TypedDict

from stores.forgetting import Counts


class ForgetInput(TypedDict, total=False):
    """What is to be forgotten; exactly one of these.

    Attributes:
        meeting: id, key or title of a meeting, all its versions included.
        before: ISO 8601; every meeting that was held before then.
        expired: every meeting that was held longer ago than the workspace keeps its meetings.
        words_of: a person; what the person said, and all that rests on it. The turns stay, empty.
        entity: name of a tracked thing or person; the transcripts stay.
        everything: the whole workspace.
        dry_run: beside one of them: give the receipt, and change nothing.
    """

    meeting: str | None
    before: str | None
    expired: bool
    words_of: str | None
    entity: str | None
    everything: bool
    dry_run: bool


class ForgetOutput(TypedDict):
    """The receipt: what was forgotten, how many rows of each kind are gone, how many things are left changed.

    `conversations` counts threads in Redis that were dropped because their answers may quote it.
    """

    forgotten: str
    counts: Counts
    folded_again: int
    conversations: int


class ForgetState(ForgetInput, ForgetOutput, total=False):
    """All channels."""
