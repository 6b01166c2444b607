"""How fast recall stays, and how right, while the memories of all workspaces grow.

    python -m benchmarks.recall_scale [--memories N] [--workspaces N] [--questions N]

Generated memories (clustered vectors of 384 numbers, words by Zipf's law, some of them a cluster's own) in
workspaces whose sizes fall as 1/rank, loaded by COPY into databases of their own: first 10,000, then N, by
default 1,000,000. Each question is asked of recall alone, its vector given, after one round to warm up, in
turn with a bare pgvector query over the same workspace, with the iterative scan without which it gives fewer
than its ten rows there; "exact" is recall that looks at every memory.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector.psycopg import register_vector
from rich.console import Console
from rich.table import Table

from benchmarks.retrieval import database, timed
from stores import recall as recall_module
from stores.database import Database, fetch
from stores.ids import derived_id
from stores.opening import Stores, close_stores, open_stores
from stores.recall import recall
from stores.sources import workspace_id

SMALLEST = 10_000
DIMENSIONS = 384
TOPICS = 2_000
VOCABULARY = 30_000
TOPIC_WORDS = 40
A_MEETING = 200  # memories
K = 10
SIZES = (1_000, 5_000, 20_000, 50_000, 10**9)  # classes of workspaces, by memories

_BARE = b"""
select id
from memories
where workspace_id = %(workspace_id)s
order by embedding <=> %(vector)s
limit 10
"""


@dataclass(frozen=True, slots=True)
class Made:
    """The generated world: topics have a place, and words of their own."""

    centres: NDArray[np.float32]
    words: NDArray[np.str_]
    chances: NDArray[np.float64]
    own: NDArray[np.int64]
    random: np.random.Generator

    @classmethod
    def world(cls) -> "Made":
        """The same at every run."""
        random = np.random.default_rng(7)
        chances = 1 / np.arange(1, VOCABULARY + 1)
        return cls(
            centres=random.standard_normal((TOPICS, DIMENSIONS), dtype=np.float32),
            words=np.array([_word(place) for place in range(VOCABULARY)]),
            chances=np.cumsum(chances / chances.sum()),
            own=random.integers(200, VOCABULARY, (TOPICS, TOPIC_WORDS)),
            random=random,
        )

    def vectors(self, topics: NDArray[np.int64], noise: float = 0.8) -> NDArray[np.float32]:
        """Unit vectors around the topics' places."""
        made = self.centres[topics] + noise * self.random.standard_normal(
            (len(topics), DIMENSIONS), dtype=np.float32
        )
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def text(self, topic: int, words: int) -> str:
        """Words of the language and, one in four, of the topic."""
        common = np.searchsorted(self.chances, self.random.random(words))
        own = self.own[topic][self.random.integers(0, TOPIC_WORDS, words)]
        return " ".join(self.words[np.where(self.random.random(words) < 0.25, own, common)])


def _word(place: int) -> str:
    consonants, vowels = "bdfgklmnprtv", "aou"
    letters: list[str] = []
    for _ in range(4):
        place, consonant = divmod(place, len(consonants))
        place, vowel = divmod(place, len(vowels))
        letters += [consonants[consonant], vowels[vowel]]
    return "".join(letters)


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--memories", type=int, default=1_000_000)
    parser.add_argument("--workspaces", type=int, default=200)
    parser.add_argument("--questions", type=int, default=300, help="spread over workspaces by their ranks")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for memories in sorted({min(SMALLEST, arguments.memories), arguments.memories}):
        with tempfile.TemporaryDirectory() as home, database(home):
            figures[str(memories)] = asyncio.run(measure(memories, arguments.workspaces, arguments.questions))
    first, last = figures[min(figures, key=int)], figures[max(figures, key=int)]
    figures["growth_of_p50"] = round(last["all"]["recall"]["p50"] / first["all"]["recall"]["p50"], 2)
    Console().print(table(figures))
    print(json.dumps(figures))


async def measure(memories: int, workspaces: int, questions: int) -> dict[str, Any]:
    """Load so many memories and time the questions, by the size of their workspace."""
    stores = await open_stores()
    world = Made.world()
    sizes = shares(memories, workspaces)
    began = time.perf_counter()
    await asyncio.to_thread(load, stores.servers.database_url, world, sizes)
    loaded = time.perf_counter() - began
    asked = list(questions_of(world, sizes, questions))
    seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    same: dict[str, list[float]] = defaultdict(list)
    for round_ in ("warm-up", "measured"):
        for rank, question, vector in asked:
            scope = workspace_id(f"scale {rank}")
            ours = recall(stores.database, scope, question, vector.tolist(), k=K)
            bare = nearest(stores.database, scope, vector)
            took, bare_took = await clocked(ours), await clocked(bare)
            if round_ == "measured":
                for name in ("all", size_class(sizes[rank])):
                    seconds[name]["recall"].append(took)
                    seconds[name]["pgvector"].append(bare_took)
    for rank, question, vector in asked:
        share = await agreement(stores, workspace_id(f"scale {rank}"), question, vector)
        for name in ("all", size_class(sizes[rank])):
            same[name].append(share)
    await close_stores()
    return {"load_seconds": round(loaded)} | {
        name: {
            "questions": len(same[name]),
            "recall": timed(seconds[name]["recall"]),
            "pgvector": timed(seconds[name]["pgvector"]),
            "ratio": round(float(np.median(by["recall"]) / np.median(by["pgvector"])), 2),
            "against_exact": round(float(np.mean(same[name])), 3),
        }
        for name, by in sorted(seconds.items(), key=lambda item: (item[0] != "all", len(item[0]), item[0]))
    }


def shares(memories: int, workspaces: int) -> list[int]:
    """Sizes that fall as 1/rank."""
    weights = 1 / np.arange(1, workspaces + 1)
    return [max(int(size), 1) for size in memories * weights / weights.sum()]


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


def load(url: str, world: Made, sizes: Sequence[int]) -> None:
    """Fill an empty database by COPY; the two large indexes are taken off meanwhile and built at the end."""
    with psycopg.connect(url, autocommit=True) as connection:
        register_vector(connection)
        indexes = connection.execute(
            "select indexname, indexdef from pg_indexes "
            "where indexname in ('memories_vector', 'memories_lexical')"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"drop index {name}".encode())
        for rank, size in enumerate(sizes):
            with connection.transaction():
                _fill(connection, world, f"scale {rank}", size)
        connection.execute("set maintenance_work_mem = '3GB'")
        for _, definition in indexes:
            connection.execute(definition.encode())
        connection.execute("vacuum analyze")


def _fill(connection: psycopg.Connection, world: Made, workspace: str, size: int) -> None:
    scope = workspace_id(workspace)
    topics = world.random.integers(0, TOPICS, size)
    vectors = world.vectors(topics)
    meetings = [derived_id("benchmark", scope, first) for first in range(0, size, A_MEETING)]
    connection.execute("insert into workspaces (id, name) values (%s, %s)", (scope, workspace))
    _copy(connection, "meetings", "workspace_id id key", [(scope, m, m) for m in meetings])
    _copy(
        connection,
        "meeting_versions",
        "workspace_id id meeting_id content_hash name format title date date_has_time participants words "
        "result",
        [
            (scope, m, m, "", "", "", "Generated", f"2026-01-01T{place % 24:02}:00Z", "true", "{}", "0", "{}")
            for place, m in enumerate(meetings)
        ],
    )
    places = [(meetings[place // A_MEETING], place % A_MEETING) for place in range(size)]
    _copy(
        connection,
        "utterances",
        "workspace_id version_id ordinal channel text",
        ((scope, version, str(ordinal), "speech", "") for version, ordinal in places),
    )
    columns = (
        "workspace_id id version_id kind content context quote first_utterance last_utterance made_by "
        "embedding"
    )
    types = "uuid uuid uuid text text text text int4 int4 text vector".split()
    statement = f"copy memories ({columns.replace(' ', ', ')}) from stdin (format binary)"
    with connection.cursor().copy(statement.encode()) as copy:
        copy.set_types(types)
        for place, (version, ordinal) in enumerate(places):
            text = world.text(int(topics[place]), 5 + place % 30)
            around = world.text(int(topics[place]), 30)
            memory = UUID(derived_id("benchmark", version, ordinal))
            row = (UUID(scope), memory, UUID(version), "discussion", text, around, "")
            copy.write_row((*row, ordinal, ordinal, "rule", vectors[place]))


def _copy(
    connection: psycopg.Connection, table: str, columns: str, rows: Iterator[tuple[str, ...]] | list[Any]
) -> None:
    statement = f"copy {table} ({columns.replace(' ', ', ')}) from stdin"
    with connection.cursor().copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


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
