"""How fast recall stays, and how right, while the memories of all workspaces grow.

    python -m benchmarks.recall_scale [--memories N] [--workspaces N] [--questions N] [--home FOLDER]

Generated stores (see `benchmarks.scale_store`): first of 10,000, then of N memories, by default 1,000,000.
Each question is asked of recall alone, its vector given, after one round to warm up, in turn with a bare
pgvector query over the same workspace, with the iterative scan without which it gives fewer than its ten rows
there; "exact" is recall that looks at every memory.
"""

import argparse
import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.retrieval import timed
from benchmarks.scale_store import TOPICS, Made, scale_store, scope_of, shares
from stores import recall as recall_module
from stores.database import Database, fetch
from stores.opening import Stores
from stores.recall import recall

SMALLEST = 10_000
K = 10
SIZES = (1_000, 5_000, 20_000, 50_000, 10**9)  # classes of workspaces, by memories

_BARE = b"""
select id
from memories
where workspace_id = %(workspace_id)s
order by embedding <=> %(vector)s
limit 10
"""


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--memories", type=int, default=1_000_000)
    parser.add_argument("--workspaces", type=int, default=200)
    parser.add_argument("--questions", type=int, default=300, help="spread over workspaces by their ranks")
    parser.add_argument("--home", type=Path, help="folder that keeps the stores between runs")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for memories in sorted({min(SMALLEST, arguments.memories), arguments.memories}):
        sizes = shares(memories, arguments.workspaces)
        figures[str(memories)] = asyncio.run(measure(sizes, arguments.questions, arguments.home))
    first, last = figures[min(figures, key=int)], figures[max(figures, key=int)]
    figures["growth_of_p50"] = round(last["all"]["recall"]["p50"] / first["all"]["recall"]["p50"], 2)
    Console().print(table(figures))
    print(json.dumps(figures))


async def measure(sizes: Sequence[int], questions: int, home: Path | None) -> dict[str, Any]:
    """Time the questions on a store of workspaces of these sizes, by the size of their workspace."""
    world = Made.world()
    async with scale_store(world, sizes, home) as (stores, loaded):
        asked = list(questions_of(world, sizes, questions))
        seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        same: dict[str, list[float]] = defaultdict(list)
        for round_ in ("warm-up", "measured"):
            for rank, question, vector in asked:
                ours = recall(stores.database, scope_of(rank), question, vector.tolist(), k=K)
                bare = nearest(stores.database, scope_of(rank), vector)
                took, bare_took = await clocked(ours), await clocked(bare)
                if round_ == "measured":
                    for name in ("all", size_class(sizes[rank])):
                        seconds[name]["recall"].append(took)
                        seconds[name]["pgvector"].append(bare_took)
        for rank, question, vector in asked:
            share = await agreement(stores, scope_of(rank), question, vector)
            for name in ("all", size_class(sizes[rank])):
                same[name].append(share)
    return {"load_seconds": loaded} | {
        name: {
            "questions": len(same[name]),
            "recall": timed(seconds[name]["recall"]),
            "pgvector": timed(seconds[name]["pgvector"]),
            "ratio": round(float(np.median(by["recall"]) / np.median(by["pgvector"])), 2),
            "against_exact": round(float(np.mean(same[name])), 3),
        }
        for name, by in sorted(seconds.items(), key=lambda item: (item[0] != "all", len(item[0]), item[0]))
    }


def size_class(size: int) -> str:
    """The class of a workspace of so many memories."""
    up_to = next(limit for limit in SIZES if size <= limit)
    return f"up to {up_to}" if up_to < SIZES[-1] else f"over {SIZES[-2]}"


def questions_of(
    world: Made, sizes: Sequence[int], questions: int
) -> Iterator[tuple[int, str, NDArray[np.float32]]]:
    """Questions about topics, spread evenly over the ranks' logarithm, so that large workspaces have many."""
    ranks = np.geomspace(1, len(sizes), questions).astype(int) - 1
    topics = world.random.integers(0, TOPICS, questions)
    vectors = world.vectors(topics, noise=0.5)
    for rank, topic, vector in zip(ranks, topics, vectors, strict=True):
        yield int(rank), world.text(int(topic), 8), vector


async def nearest(database: Database, scope: str, vector: NDArray[np.float32]) -> None:
    """What pgvector alone takes for the ten nearest memories of a workspace."""
    async with database.transaction() as connection:
        await connection.execute("set local hnsw.iterative_scan = relaxed_order")
        found = await fetch(connection, _BARE, {"workspace_id": scope, "vector": vector})
    assert found, "a workspace without memories"


async def clocked(call: Awaitable[object]) -> float:
    """The seconds that a call takes."""
    began = time.perf_counter()
    await call
    return time.perf_counter() - began


async def agreement(stores: Stores, scope: str, question: str, vector: NDArray[np.float32]) -> float:
    """The share of the first K that recall has in common with itself when it looks at every memory."""
    quick = await recall(stores.database, scope, question, vector.tolist(), k=K)
    with patch.multiple(recall_module, EXACT_UP_TO=10**9, WORD_CANDIDATES=10**9):
        exact = await recall(stores.database, scope, question, vector.tolist(), k=K)
    wanted = {memory["memory_id"] for memory in exact}
    return len(wanted & {memory["memory_id"] for memory in quick}) / max(len(wanted), 1)


def table(figures: Mapping[str, Any]) -> Table:
    """Every size class of every scale."""
    shown = Table("memories", "workspaces of", "p50 ms", "p95 ms", "pgvector p50", "p95", "ratio", "of exact")
    for memories, classes in figures.items():
        if not isinstance(classes, Mapping):
            continue
        for name, row in classes.items():
            if name != "load_seconds":
                ours, bare = row["recall"], row["pgvector"]
                cells = (
                    ours["p50"],
                    ours["p95"],
                    bare["p50"],
                    bare["p95"],
                    row["ratio"],
                    row["against_exact"],
                )
                shown.add_row(memories, name, *map(str, cells))
    return shown


if __name__ == "__main__":
    main()
