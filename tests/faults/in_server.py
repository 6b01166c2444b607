"""The graphs as a graph server loads them that is to be hit: at a point that a file names, with what it says.

The server counts its points from when the file of HIT is there, and writes them down beside it.
"""

import json
import os
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path

from langgraph_runtime_inmem.database import GLOBAL_STORE

from tests.ingest import points
from tests.ingest.nursery import Blow, strike

points.install()  # before any graph is imported

from graphs.correct import graph as correct  # noqa: E402
from graphs.forget import graph as forget  # noqa: E402
from graphs.ingest import graph as ingest  # noqa: E402
from graphs.query import graph as query  # noqa: E402
from graphs.recheck import graph as recheck  # noqa: E402
from stores.checkpoints import checkpointer  # noqa: E402

__all__ = ["checkpointer", "correct", "forget", "ingest", "query", "recheck"]


@dataclass
class _Order:
    blow: Blow
    remembers: bool
    reached: TextIOWrapper


@dataclass
class _Watcher:
    order: _Order | None = field(default=None)

    async def __call__(self, point: str) -> None:
        file = Path(os.environ["HIT"])
        if self.order is None:
            if not file.exists():  # noqa: ASYNC240  # nobody waits for this server
                return
            given = json.loads(file.read_text())  # noqa: ASYNC240
            self.order = _Order(given["blow"], given["remembers"], file.with_suffix(".reached").open("a"))
            points.restart()
            points.meet_on_the_way(self.order.blow.get("at", ""))
        print(point, file=self.order.reached, flush=True)
        if point == self.order.blow.get("at"):
            blow, self.order.blow = self.order.blow, Blow()  # it strikes once
            if self.order.remembers:  # it would within ten seconds
                GLOBAL_STORE.sync()
            strike(blow)


points.watch(_Watcher())
