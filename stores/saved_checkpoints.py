"""Which checkpoint of each thread Redis is known to hold, so that nothing is committed on one that it lost.

A graph server writes checkpoints while the next step runs already. When Redis is lost meanwhile, the steps go
on, and a commit would clear what the run would need to go on from the last checkpoint that was written.
"""

import asyncio
import time
from collections import OrderedDict

from stores.errors import ServerUnavailableError

_WITHIN = 60.0  # seconds; a write that is on its way fails long before
_STEP = 0.005  # seconds
_MOST_THREADS = 10_000

_newest: OrderedDict[str, str] = OrderedDict()
_lost: dict[str, str] = {}  # what was said; an exception would keep the state of its frames


def note_begun(thread_id: str) -> None:
    """A checkpoint of a thread is about to be written: what was lost, a run before this one lost."""
    _lost.pop(thread_id, None)
    _newest.setdefault(thread_id, "")


def note_saved(thread_id: str, checkpoint_id: str) -> None:
    """Redis holds this checkpoint of a thread; ids sort by when they were made."""
    _lost.pop(thread_id, None)
    _newest[thread_id] = max(checkpoint_id, _newest.pop(thread_id, ""))
    if len(_newest) > _MOST_THREADS:
        oldest, _ = _newest.popitem(last=False)
        _lost.pop(oldest, None)


def note_lost(thread_id: str, error: ServerUnavailableError) -> None:
    """A checkpoint of a thread was not written; the graph writes no later one of this run."""
    _lost[thread_id] = str(error)


async def wait_until_saved(thread_id: str, checkpoint_id: str) -> None:
    """Return when Redis holds the checkpoint that a step runs on; at once for a thread kept elsewhere.

    Raises:
        ServerUnavailableError: it was not written.
    """
    until = time.monotonic() + _WITHIN
    while thread_id in _lost or _newest.get(thread_id, checkpoint_id) < checkpoint_id:
        if thread_id in _lost:
            raise ServerUnavailableError(_lost[thread_id])
        if time.monotonic() > until:
            raise ServerUnavailableError(
                f"Redis has not taken the last step of run {thread_id} for {_WITHIN:.0f} s: see whether it "
                "is well; what is done is kept, and the same command goes on"
            )
        await asyncio.sleep(_STEP)
