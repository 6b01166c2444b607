"""The graphs as a graph server loads them that is to be killed: at a point that a file names.

The server counts its points from when the file of KILLED_AT is there, and dies at the one that it holds.
"""

import os
import signal
from pathlib import Path

from tests.ingest import points

points.install()  # before any graph is imported

from graphs.ingest import graph as ingest  # noqa: E402
from graphs.query import graph as query  # noqa: E402
from stores.checkpoints import checkpointer  # noqa: E402

__all__ = ["checkpointer", "ingest", "query"]

_order = Path(os.environ["KILLED_AT"])
_ordered = ""


async def _watch(point: str) -> None:
    global _ordered
    if not _ordered and _order.exists():  # noqa: ASYNC240  # nobody waits for this server
        _ordered = _order.read_text()  # noqa: ASYNC240
        points.restart()
        points.meet_on_the_way(_ordered)
    if point == _ordered:
        os.kill(os.getpid(), signal.SIGKILL)


points.watch(_watch)
