"""Kill an ingestion at named points, go on, and compare the whole database with an uninterrupted run's.

python -m tests.ingest.killing [--all] [--workers N]

By default a sample that kills before and after every function, statement kind and node at least once; --all
kills at every point and goes on in both ways: by ingesting the same file again, and by resuming the run.
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

    def sample(self) -> list[tuple[str, HowToGoOn]]:
        """Before the first and after the last call of every name, the two ways of going on by turns."""
        calls: defaultdict[str, list[str]] = defaultdict(list)
        for point in self.points:
            calls[point.partition("#")[0]].append(point)
        chosen = [
            places[0] if name.startswith("before:") else places[-1] for name, places in sorted(calls.items())
        ]
        ways: tuple[HowToGoOn, HowToGoOn] = ("again", "resume")
        # sorted, after: and before: come in the same order of names, so that a shift by one gives each both
        half = len(chosen) // 2
        return [(point, ways[(index + index // half) % 2]) for index, point in enumerate(chosen)]

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

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--all", action="store_true", help="kill at every point, go on in both ways")
    parser.add_argument("--workers", type=int, default=4, help="runs at a time")
    chosen = parser.parse_args()
    began = time.monotonic()
    bad: list[Death] = []
    with Nursery() as nursery, OpenAIServer() as endpoint, tempfile.TemporaryDirectory() as home:
        servers = start_servers(Path(home))
        template = databases.copy_of(servers.database_url, "template1")
        migrate(template)
        environment = endpoint_environment(endpoint.base_url)
        arguments = (servers.database_url, servers.redis_url, databases.name_of(template), environment)
        with Killing(nursery, *arguments) as killing:
            places = killing.everywhere() if chosen.all else killing.sample()
            deaths = list(killing.deaths(places, chosen.workers))
        stop_servers()
    bad = [death for death in deaths if death.wrong]
    for death in bad:
        print(f"{death.point} ({death.how})", *death.wrong, sep="\n    ")
    print(
        f"{len(deaths)} kills at {len({death.point for death in deaths})} points, "
        f"{sum(not death.reached for death in deaths)} not reached, {len(bad)} ended otherwise than an "
        f"uninterrupted run, {sum(death.keys > 0 for death in deaths)} left keys in Redis, "
        f"{time.monotonic() - began:.0f} s"
    )
    return bool(bad)


def endpoint_environment(base_url: str) -> dict[str, str]:
    """Settings that take embeddings from an endpoint."""
    return {
        "OPENAI_API_KEY": "any",
        "OPENAI_BASE_URL": base_url,
        "SMART_MEET_EMBEDDING_MODEL": "scripted",
    }


if __name__ == "__main__":
    sys.exit(main())
