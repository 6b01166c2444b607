"""How long a whole question takes through the query graph, without a model, on a store of a million memories.

    python -m benchmarks.query [--memories N] [--workspaces N] [--questions N] [--home FOLDER] [--route]

Questions of every kind, about the things, the people and the words of generated workspaces (see
`benchmarks.scale_store`), spread evenly over their ranks' logarithm, so that large ones have many. Each is
asked once to warm up and then, in this process and with nothing kept of its answer: alone, as
`smart-meet ask` does, and as a turn of a new conversation whose state is in Redis, as the server does; then
once more to see which step takes how long.
With --route a server is started on the same store, and each question is asked in turn in this process and of
its route: "more" is what the route takes more for the same question.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import numpy as np
from httpx import AsyncClient
from rich.console import Console
from rich.table import Table

from benchmarks.retrieval import timed
from benchmarks.scale_store import Made, histories_of, name_of, scale_store, scope_of, shares
from graphs.query import builder, graph
from nodes.context import Context
from stores.checkpoints import open_checkpoints
from stores.opening import Stores
from tests.server.graph_server import GraphServer

KINDS: Mapping[str, tuple[str, ...]] = {
    "status": ("What is the status of {thing}?", "Is {thing} done?", "When is {thing} due?"),
    "ownership": ("Who owns {thing}?", "What does {person} own?"),
    "timeline": ("When was {thing} blocked?", "What is the history of {thing}?"),
    "changes": ("What changed in {month}?", "What changed for {thing} since {month}?"),
    "blockers": ("What is blocking {thing}?", "What is blocked?"),
    "decisions": ("What did we decide about {thing}?", "Which decisions were made in {month}?"),
    "action_items": ("What are the open action items of {person}?", "Show the action items of {month}."),
    "analytics": (
        "How many things are blocked?",
        "How many decisions were made per month?",
        "What share of things is done?",
    ),
    "search": ("What was said about {words}?", "{words}", "Who spoke of {words}?"),
}
_SAID = b"""
select text
from utterances
where workspace_id = %(workspace_id)s
order by ordinal < 60, version_id, ordinal
limit 500
"""
MONTHS = "March 2025, November 2025, January 2026, April 2026, May 2026".split(", ")


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one workspace."""

    kind: str
    rank: int
    text: str


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--memories", type=int, default=1_000_000)
    parser.add_argument("--workspaces", type=int, default=200)
    parser.add_argument("--questions", type=int, default=30, help="of each kind")
    parser.add_argument("--home", type=Path, help="folder that keeps the store between runs")
    parser.add_argument("--route", action="store_true", help="also through the server's route")
    arguments = parser.parse_args()
    sizes = shares(arguments.memories, arguments.workspaces)
    figures = asyncio.run(measure(sizes, arguments.questions, arguments.home, route=arguments.route))
    Console().print(table(figures))
    print(json.dumps(figures))


async def measure(sizes: Sequence[int], questions: int, home: Path | None, *, route: bool) -> dict[str, Any]:
    """Ask everything in every way; milliseconds by kind of question and by step."""
    world = Made.world()
    async with scale_store(world, sizes, home) as (stores, loaded):
        ranks = [int(rank) for rank in np.geomspace(1, len(sizes), questions).astype(int) - 1]
        said = {rank: await said_in(stores, rank) for rank in sorted(set(ranks))}
        asked = list(questions_of(sizes, ranks, said))
        known: dict[str, list[bool]] = defaultdict(list)
        for one in asked:
            output = await answer(one)
            known[one.kind].append(output["known"])
        seconds: dict[str, list[float]] = defaultdict(list)
        async with open_checkpoints(stores.servers.redis_url) as checkpoints:
            kept = builder.compile(checkpointer=checkpoints)
            for one in asked:
                began = time.perf_counter()
                await answer(one)
                alone = time.perf_counter() - began
                thread = str(uuid4())
                began = time.perf_counter()
                await answer(one, kept, {"configurable": {"thread_id": thread}})
                in_thread = time.perf_counter() - began
                await checkpoints.adelete_thread(thread)
                for name in ("all", one.kind):
                    seconds[name].append(alone)
                    seconds[f"{name} in Redis"].append(in_thread)
        steps = await steps_of(stores, asked)
        routed = await route_of(stores, asked) if route else {}
    return {
        "load_seconds": loaded,
        "questions": len(asked),
        "milliseconds": {
            name: {
                **timed(seconds[name]),
                "in_redis": timed(seconds[f"{name} in Redis"]),
                **({"known": round(float(np.mean(known[name])), 2)} if name in known else {}),
            }
            for name in ("all", *KINDS)
        },
        "steps": {name: timed(took) for name, took in steps.items()},
        **({"route": {name: timed(took) for name, took in routed.items()}} if routed else {}),
    }


async def said_in(stores: Stores, rank: int) -> list[str]:
    """Turns of a workspace, of those that name nothing where it has some."""
    rows = await stores.database.rows(_SAID, workspace_id=scope_of(rank))
    return [row["text"] for row in rows]


def questions_of(
    sizes: Sequence[int], ranks: Sequence[int], said: Mapping[int, Sequence[str]]
) -> Iterator[Question]:
    """One question of each kind for each of these ranks, about things as often as they are named.

    Args:
        said: by rank, turns whose first words are asked for.
    """
    random = np.random.default_rng(5)
    told = {rank: histories_of(rank, sizes[rank]) for rank in sorted(set(ranks))}
    for kind, forms in KINDS.items():
        for place, rank in enumerate(ranks):
            known = told[rank]
            thing = known.things[int(len(known.things) ** random.random()) - 1]
            person = known.people[int(random.integers(len(known.people)))]
            words = said[rank][int(random.integers(len(said[rank])))].split()[:3]
            text = forms[place % len(forms)].format(
                thing=thing.name,
                person=person.name,
                month=MONTHS[place % len(MONTHS)],
                words=" ".join(words),
            )
            yield Question(kind, rank, text)


async def answer(question: Question, graph: Any = graph, config: Any = None) -> Any:
    """The graph's output for one question, with nothing kept of it."""
    context = Context(workspace=name_of(question.rank), cache=False)
    return await graph.ainvoke({"question": question.text}, config, context=context)


async def steps_of(stores: Stores, asked: Sequence[Question]) -> dict[str, list[float]]:
    """The seconds of each node of each question, and of embedding, which recall_memories does."""
    steps: dict[str, list[float]] = defaultdict(list)
    asking: Any = graph
    with _embedding_timed(stores) as embedding:
        for question in asked:
            context = Context(workspace=name_of(question.rank), cache=False)
            embedding.clear()
            began = time.perf_counter()
            async for update in asking.astream(
                {"question": question.text}, context=context, stream_mode="updates"
            ):
                now = time.perf_counter()
                steps[next(iter(update))].append(now - began)
                began = now
            steps["embedding"].append(sum(embedding))
    return steps


async def route_of(stores: Stores, asked: Sequence[Question]) -> dict[str, list[float]]:
    """The seconds of each question in this process and through the route, and what the route takes more."""
    seconds: dict[str, list[float]] = {"in process": [], "route": [], "more": []}
    with tempfile.TemporaryDirectory() as folder:
        server = GraphServer(Path(folder), stores.servers.database_url, stores.servers.redis_url)
        await asyncio.to_thread(server.start)
        try:
            async with AsyncClient(base_url=server.url, timeout=60) as client:
                for round_ in ("warm-up", "measured"):
                    for question in asked:
                        given = {
                            "question": question.text,
                            "workspace": name_of(question.rank),
                            "cache": False,
                        }
                        began = time.perf_counter()
                        await answer(question)
                        here = time.perf_counter() - began
                        began = time.perf_counter()
                        (await client.post("/ask", json=given)).raise_for_status()
                        there = time.perf_counter() - began
                        if round_ == "measured":
                            for name, took in zip(seconds, (here, there, there - here), strict=True):
                                seconds[name].append(took)
        finally:
            await asyncio.to_thread(server.stop)
    return seconds


@contextmanager
def _embedding_timed(stores: Stores) -> Generator[list[float]]:
    seconds: list[float] = []
    embed = stores.embedding.embeddings.aembed_query

    async def timed_embed(text: str) -> list[float]:
        began = time.perf_counter()
        vector = await embed(text)
        seconds.append(time.perf_counter() - began)
        return vector

    with patch.object(stores.embedding.embeddings, "aembed_query", timed_embed):
        yield seconds


def table(figures: Mapping[str, Any]) -> Table:
    """Every kind of question, then every step."""
    shown = Table("", "p50 ms", "p95 ms", "in Redis p50", "p95", "known")
    for name, row in figures["milliseconds"].items():
        in_redis = row["in_redis"]
        cells = (row["p50"], row["p95"], in_redis["p50"], in_redis["p95"], row.get("known", ""))
        shown.add_row(name, *map(str, cells))
    shown.add_section()
    for name, row in {**figures["steps"], **figures.get("route", {})}.items():
        shown.add_row(name, str(row["p50"]), str(row["p95"]))
    return shown


if __name__ == "__main__":
    main()
