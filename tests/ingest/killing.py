"""Kill an ingestion at named points, go on, and compare the whole database with an uninterrupted run's.

python -m tests.ingest.killing [--all] [--workers N]

By default four runs that are killed again and again, before and after every function and node; --all kills
one run at every point and goes on in both ways: by ingesting the same file again, and by resuming the run.
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import psycopg
import redis

from tests.ingest import databases
from tests.ingest.databases import Rows
from tests.ingest.meetings import crossing
from tests.ingest.nursery import Job, Nursery, Outcome

HowToGoOn = Literal["again", "resume"]
_KILLED = -9


@dataclass(frozen=True)
class Death:
    """One kill, how the run was gone on with, and what was then wrong (nothing, if all is well).

    Attributes:
        reached: whether the run came to the point; parallel steps do not always interleave alike.
        listed: whether the run could be found as unfinished after the kill.
        keys: how many keys Redis still held when the run had ended.
    """

    point: str
    how: HowToGoOn
    reached: bool
    listed: bool
    keys: int
    wrong: list[str]


@dataclass
class _Chain:
    """A run that is killed at one point after the other."""

    url: str
    number: int
    points: Sequence[str]
    killed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ended: bool = False

    def note(self, outcome: Outcome) -> None:
        if outcome["exit"] == _KILLED:
            self.killed.append(self.points[0])
            self.points = self.points[1:]
            return
        self.ended = True
        if outcome["exit"] != 0:
            self.wrong.append(str(outcome["error"]))


class Killing:
    """Kills runs of one meeting, each in a copy of one database.

    Args:
        environment: settings of the processes; DATABASE_URL and REDIS_URL are set for each.
        template: name of a migrated, empty database.
    """

    def __init__(
        self, nursery: Nursery, server_url: str, redis_url: str, template: str, environment: dict[str, str]
    ) -> None:
        self._nursery = nursery
        self._server_url = server_url
        self._redis_url = redis_url
        self._template = template
        self._environment = environment
        (self._before, first), (self._meeting, second) = crossing()
        self._stage: Any = [
            (dict(self._before), first.model_dump(), None),
            (dict(self._meeting), second.model_dump(), [0]),
        ]

    def __enter__(self) -> Self:
        """Make the database in which every run starts, and run once without a kill."""
        self._base = databases.copy_of(self._server_url, self._template)
        self._done(self._job(self._base, 0, stage=self._stage, ingest=dict(self._before)))
        whole = self._copy()
        done = self._done(self._job(whole, 0, ingest=dict(self._meeting)))
        self.output: dict[str, Any] = done["outputs"][0]
        self.points: list[str] = done["points"]
        self.expected: Rows = databases.everything(whole)
        databases.drop(self._server_url, whole)
        return self

    def __exit__(self, *_: object) -> None:
        databases.drop(self._server_url, self._base)

    def sample(self) -> list[str]:
        """The first call of every name, before and after, in the order of a run."""
        return [point for point in self.points if point.endswith("#1")]

    def chained(self, points: Sequence[str], workers: int = 4) -> tuple[list[str], list[str]]:
        """Kill few runs many times: each goes on only to be killed at its next point, and ends at last.

        Args:
            points: in the order of a run; they are dealt out to `workers` runs at a time.

        Returns:
            The points at which a process was killed, and what was wrong when the runs had ended.
        """
        chains = [_Chain(self._copy(), number, points[number::workers]) for number in range(workers)]
        for chain in chains:
            self._redis(chain.number).flushdb()
        while waiting := [chain for chain in chains if not chain.ended]:
            outcomes = self._nursery.run(*(self._next_job(chain) for chain in waiting))
            for chain, outcome in zip(waiting, outcomes, strict=True):
                chain.note(outcome)
        for chain in chains:
            chain.wrong += databases.differences(databases.everything(chain.url), self.expected)
            if self._redis(chain.number).dbsize():
                chain.wrong.append("Redis still holds keys")
            databases.drop(self._server_url, chain.url)
        return [point for chain in chains for point in chain.killed], [
            wrong for chain in chains for wrong in chain.wrong
        ]

    def _next_job(self, chain: "_Chain") -> Job:
        point = chain.points[0] if chain.points else None
        # what the file goes through before the graph starts is only gone through when it comes again
        early = point is None or self.points.index(point) <= self.points.index("after:node.load#1")
        again = early or len(chain.points) % 2 == 0
        ingest = dict(self._meeting) if again else None
        return self._job(chain.url, chain.number, ingest=ingest, kill_at=point)

    def everywhere(self) -> list[tuple[str, HowToGoOn]]:
        """Every point, in both ways."""
        return list(itertools.product(self.points, ("again", "resume")))

    def deaths(self, places: Sequence[tuple[str, HowToGoOn]], workers: int = 4) -> Iterator[Death]:
        """Kill at these places, `workers` runs at a time, and go on."""
        for portion in batched_places(places, workers):
            copies = [self._copy() for _ in portion]
            for number in range(len(portion)):
                self._redis(number).flushdb()
            killed = self._nursery.run(
                *(
                    self._job(copy, number, ingest=dict(self._meeting), kill_at=point)
                    for number, (copy, (point, _)) in enumerate(zip(copies, portion, strict=True))
                )
            )
            listed = [self._unfinished(copy) for copy in copies]
            gone_on = self._nursery.run(
                *(
                    self._job(copy, number, ingest=dict(self._meeting) if how == "again" else None)
                    for number, (copy, (_, how)) in enumerate(zip(copies, portion, strict=True))
                )
            )
            for number, (point, how) in enumerate(portion):
                wrong = databases.differences(databases.everything(copies[number]), self.expected)
                if gone_on[number]["exit"] != 0:
                    wrong.insert(0, str(gone_on[number]["error"]))
                reached = killed[number]["exit"] == _KILLED
                keys = self._redis(number).dbsize()
                yield Death(point, how, reached, listed[number], keys, wrong)
                databases.drop(self._server_url, copies[number])

    def _job(self, url: str, number: int, **what: Any) -> Job:
        servers = {"DATABASE_URL": url, "REDIS_URL": self._redis_address(number)}
        return Job(environment=self._environment | servers, **what)

    def _done(self, job: Job) -> Outcome:
        (outcome,) = self._nursery.run(job)
        assert outcome["exit"] == 0, outcome["error"]
        return outcome

    def _copy(self) -> str:
        return databases.copy_of(self._server_url, databases.name_of(self._base))

    def _unfinished(self, url: str) -> bool:
        with psycopg.connect(url) as connection:
            found = connection.execute("select count(*) from runs where status <> 'done'").fetchone()
        return bool(found and found[0])

    def _redis_address(self, number: int) -> str:
        parameter = "db" if self._redis_url.startswith("unix") else None
        tail = f"?{parameter}={number + 1}" if parameter else f"/{number + 1}"
        return f"{self._redis_url.partition('?')[0].rstrip('/')}{tail}"

    def _redis(self, number: int) -> redis.Redis:
        return redis.Redis.from_url(self._redis_address(number))


def batched_places(
    places: Sequence[tuple[str, HowToGoOn]], size: int
) -> Iterator[Sequence[tuple[str, HowToGoOn]]]:
    """The places in portions."""
    for start in range(0, len(places), size):
        yield places[start : start + size]


def main() -> int:
    """Run it apart from pytest, on servers of its own; gives 1 when something was wrong."""
    from stores.embedded import start_servers, stop_servers
    from stores.schema import migrate
    from tests.models.openai_server import OpenAIServer

    parser = argparse.ArgumentParser(description="Kill ingestions and compare what they leave.")
    parser.add_argument("--all", action="store_true", help="a run for every point and way of going on")
    parser.add_argument("--workers", type=int, default=4, help="runs at a time")
    chosen = parser.parse_args()
    began = time.monotonic()
    with Nursery() as nursery, OpenAIServer() as endpoint, tempfile.TemporaryDirectory() as home:
        servers = start_servers(Path(home))
        template = databases.copy_of(servers.database_url, "template1")
        migrate(template)
        environment = endpoint_environment(endpoint.base_url)
        arguments = (servers.database_url, servers.redis_url, databases.name_of(template), environment)
        with Killing(nursery, *arguments) as killing:
            wrong = _all(killing, chosen.workers) if chosen.all else _sample(killing, chosen.workers)
        stop_servers()
    print(*wrong, f"{time.monotonic() - began:.0f} s", sep="\n")
    return bool(wrong)


def _sample(killing: Killing, workers: int) -> list[str]:
    killed, wrong = killing.chained(killing.sample(), workers)
    print(f"{len(killed)} kills of {workers} runs")
    return wrong


def _all(killing: Killing, workers: int) -> list[str]:
    deaths = list(killing.deaths(killing.everywhere(), workers))
    bad = [death for death in deaths if death.wrong]
    print(
        f"{len(deaths)} kills at {len(killing.points)} points, "
        f"{sum(not death.reached for death in deaths)} not reached, {len(bad)} ended otherwise than an "
        f"uninterrupted run, {sum(death.keys > 0 for death in deaths)} left keys in Redis"
    )
    return [f"{death.point} ({death.how}): {wrong}" for death in bad for wrong in death.wrong]


def endpoint_environment(base_url: str) -> dict[str, str]:
    """Settings that take embeddings from an endpoint."""
    return {
        "OPENAI_API_KEY": "any",
        "OPENAI_BASE_URL": base_url,
        "SMART_MEET_EMBEDDING_MODEL": "scripted",
    }


if __name__ == "__main__":
    sys.exit(main())
