"""A generated store of any number of memories: meetings, and what they track, in many workspaces.

Clustered vectors of 384 numbers, words by Zipf's law, some of them a cluster's own, in workspaces whose sizes
fall as 1/rank, loaded by COPY. Each turn of a meeting is a memory; what the first turns of each say is in
`benchmarks.scale_histories`.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.conninfo import make_conninfo

from benchmarks.retrieval import database
from benchmarks.scale_histories import A_TURN, COLUMNS, Histories, Turn, histories
from stores.embedded import start_servers, stop_servers
from stores.ids import derived_id
from stores.opening import Stores, close_stores, open_stores
from stores.settings import settings
from stores.sources import workspace_id

DIMENSIONS = 384
TOPICS = 2_000
VOCABULARY = 30_000
TOPIC_WORDS = 40
A_MEETING = 200  # memories
NEWEST = datetime(2026, 6, 1, 9, tzinfo=UTC)
SPAN = timedelta(days=730)


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
            words=np.array([word(place) for place in range(VOCABULARY)]),
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


def word(place: int) -> str:
    """An invented word, one for each number."""
    consonants, vowels = "bdfgklmnprtv", "aou"
    letters: list[str] = []
    for _ in range(4):
        place, consonant = divmod(place, len(consonants))
        place, vowel = divmod(place, len(vowels))
        letters += [consonants[consonant], vowels[vowel]]
    return "".join(letters)


def shares(memories: int, workspaces: int) -> list[int]:
    """Sizes that fall as 1/rank."""
    weights = 1 / np.arange(1, workspaces + 1)
    return [max(int(size), 1) for size in memories * weights / weights.sum()]


def scope_of(rank: int) -> str:
    """The id of the workspace of a rank, 0 being the largest."""
    return workspace_id(name_of(rank))


def name_of(rank: int) -> str:
    """The name of the workspace of a rank."""
    return f"scale {rank}"


@asynccontextmanager
async def scale_store(
    world: Made, sizes: Sequence[int], home: Path | None
) -> AsyncGenerator[tuple[Stores, int | None]]:
    """The opened store of workspaces of these sizes, and the seconds that filling it took.

    Args:
        home: data folder of embedded servers that keep it for the next time, then found filled (None
            seconds); without one it is made for this time on the configured servers and dropped at the end.
    """
    with _kept_database(home, f"scale_{len(sizes)}_{sum(sizes)}") if home else _passing_database():
        stores = await open_stores()
        try:
            seconds: int | None = None
            if not await stores.database.rows(b"select 1 from memories limit 1"):
                began = time.perf_counter()
                await asyncio.to_thread(load, stores.servers.database_url, world, sizes)
                seconds = round(time.perf_counter() - began)
            yield stores, seconds
        finally:
            await close_stores()


@contextmanager
def _passing_database() -> Generator[None]:
    with tempfile.TemporaryDirectory() as home, database(home):
        yield


@contextmanager
def _kept_database(home: Path, name: str) -> Generator[None]:
    """A database on the embedded servers of a folder, made when missing; settings point at it."""
    before = dict(os.environ)
    for setting in ("OPENAI_API_KEY", "SMART_MEET_EMBEDDING_MODEL"):
        os.environ.pop(setting, None)
    servers = start_servers(home)
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        if not connection.execute("select from pg_database where datname = %s", [name]).fetchall():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        info = connection.info.get_parameters() | {"dbname": name}
    os.environ |= {
        "SMART_MEET_HOME": str(home),
        "DATABASE_URL": make_conninfo(**info),
        "REDIS_URL": servers.redis_url,
    }
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
        stop_servers()


def load(url: str, world: Made, sizes: Sequence[int]) -> None:
    """Fill an empty database by COPY; the two large indexes are taken off meanwhile and built at the end."""
    with psycopg.connect(url, autocommit=True) as connection:
        register_vector(connection)
        indexes = connection.execute(
            "select indexname, indexdef from pg_indexes "
            "where indexname in ('memories_vector', 'memories_lexical')"
        ).fetchall()
        with connection.transaction():  # what is filled in part is no store
            for name, _ in indexes:
                connection.execute(f"drop index {name}".encode())
            for rank, size in enumerate(sizes):
                _fill(connection, world, rank, size)
            connection.execute("set local maintenance_work_mem = '3GB'")
            for _, definition in indexes:
                connection.execute(definition.encode())
        connection.execute("vacuum analyze")


def meetings_of(rank: int, size: int) -> list[tuple[str, datetime]]:
    """The meetings of a workspace, oldest first: ids and dates, spread evenly over two years."""
    firsts = range(0, size, A_MEETING)
    step = SPAN / max(len(firsts) - 1, 1)
    return [
        (derived_id("benchmark", scope_of(rank), first), NEWEST - (len(firsts) - 1 - place) * step)
        for place, first in enumerate(firsts)
    ]


def histories_of(rank: int, size: int) -> Histories:
    """What is tracked in a workspace, the same at every call. A last meeting that is short tells nothing."""
    told = meetings_of(rank, size)[: size // A_MEETING]
    return histories(scope_of(rank), told, word, np.random.default_rng([11, rank]))


def _fill(connection: psycopg.Connection, world: Made, rank: int, size: int) -> None:
    scope, meetings, told = scope_of(rank), meetings_of(rank, size), histories_of(rank, size)
    topics = world.random.integers(0, TOPICS, size)
    vectors = world.vectors(topics)
    places = [(meetings[place // A_MEETING], place % A_MEETING) for place in range(size)]
    turns: list[Turn] = []
    around: list[str] = []
    for place, ((meeting, _), ordinal) in enumerate(places):
        text = world.text(int(topics[place]), 5 + place % 30)
        turns.append(_turn(told, meeting, ordinal, text))
        around.append(world.text(int(topics[place]), 30))
    connection.execute("insert into workspaces (id, name) values (%s, %s)", (scope, name_of(rank)))
    _copy(connection, "meetings", "workspace_id id key", ((scope, id, id) for id, _ in meetings))
    _copy(
        connection,
        "meeting_versions",
        "workspace_id id meeting_id content_hash name format title date date_has_time participants words "
        "result",
        (
            (scope, id, id, "", "", "", f"Meeting {place + 1}", date, "true", "{}", "0", "{}")
            for place, (id, date) in enumerate(meetings)
        ),
    )
    _copy(
        connection,
        "utterances",
        "workspace_id version_id ordinal channel speaker start_seconds text",
        (
            (scope, version, ordinal, "speech", turn.speaker, ordinal * A_TURN.total_seconds(), turn.text)
            for ((version, _), ordinal), turn in zip(places, turns, strict=True)
        ),
    )
    _copy_memories(connection, scope, [(id, ordinal) for (id, _), ordinal in places], turns, around, vectors)
    for name, columns in COLUMNS.items():
        _copy(connection, name, columns, told.rows[name])
    _copy(
        connection,
        "memory_mentions",
        "workspace_id memory_id mention_id",
        (
            (scope, _memory(meeting, ordinal), mention)
            for meeting, special in told.turns.items()
            for ordinal, turn in special.items()
            for mention in turn.mentions
        ),
    )


def _turn(told: Histories, meeting: str, ordinal: int, text: str) -> Turn:
    """A turn of these words, or the special one of this place with some of them filled in."""
    special = told.turns.get(meeting, {}).get(ordinal)
    if special is None:
        return Turn(text, told.people[(ordinal // 3) % len(told.people)].name)
    words = (text.split() * 2)[: special.text.count("{}")]
    return Turn(special.text.format(*words), special.speaker, special.kind, special.owner, special.mentions)


def _memory(meeting: str, ordinal: int) -> str:
    return derived_id("benchmark", meeting, ordinal)


def _copy_memories(
    connection: psycopg.Connection,
    scope: str,
    places: Sequence[tuple[str, int]],
    turns: Sequence[Turn],
    around: Sequence[str],
    vectors: NDArray[np.float32],
) -> None:
    columns = (
        "workspace_id id version_id kind content context quote speaker owner first_utterance last_utterance "
        "made_by embedding"
    )
    types = "uuid uuid uuid text text text text text text int4 int4 text vector".split()
    statement = f"copy memories ({columns.replace(' ', ', ')}) from stdin (format binary)"
    with connection.cursor().copy(statement.encode()) as copy:
        copy.set_types(types)
        for place, ((meeting, ordinal), turn) in enumerate(zip(places, turns, strict=True)):
            ids = (UUID(scope), UUID(_memory(meeting, ordinal)), UUID(meeting))
            said = (turn.kind, turn.text, around[place], turn.text, turn.speaker, turn.owner)
            copy.write_row((*ids, *said, ordinal, ordinal, "rule", vectors[place]))


def _copy(
    connection: psycopg.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    statement = f"copy {table} ({columns.replace(' ', ', ')}) from stdin"
    with connection.cursor().copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
