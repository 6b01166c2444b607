"""The kill matrix: work that is hit at a point, gone on with, and compared with work that never was.

Every trial is a copy of the database in which the work begins. Afterwards all rows of all tables are compared
with those that an uninterrupted run leaves, and what the model was asked a second time is counted.
"""

import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import psycopg
import redis

from stores.sources import workspace_id
from tests.faults.harms import Harm, as_user, make_clerk
from tests.faults.servers import OwnServers
from tests.faults.work import Work, fails
from tests.ingest import databases
from tests.ingest.databases import KNOWLEDGE, Rows
from tests.ingest.nursery import Blow, Job, Nursery, Outcome
from tests.ingest.points import SENT
from tests.models.openai_server import OpenAIServer, Request

_KILLED = -9
_OF_A_RUN = ("checkpoint", "cache:answer")
"""What Redis holds of runs and of questions, by how the keys begin."""
_FAILED = re.compile(r" failed [0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of work that was hit.

    Attributes:
        reached: whether it came to the point at all; parallel steps do not always interleave alike.
        said: the error with which it stopped; None where it was killed, or went on.
        wrong: what was otherwise than after an uninterrupted run, or counted though nobody was asked for it;
            nothing, if all is well.
        rows_lost: rows of the uninterrupted run that are not there.
        paid_twice: model calls asked again though their answer had been kept.
        asked_again: model calls asked again because they had not ended, or their answer was not kept yet.
        seconds: until the work that was hit had stopped or ended.
    """

    work: str
    kind: str
    at: str
    reached: bool
    said: str | None
    wrong: list[str]
    rows_lost: int
    paid_twice: int
    asked_again: int
    seconds: float = 0.0


@dataclass(slots=True)
class Bench:
    """A piece of work with the database where it begins, and what an uninterrupted run makes of it."""

    work: Work
    base: str
    seen: Rows
    expected: Rows
    points: list[str]
    calls: int = 0
    outputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def places(self) -> list[str]:
        """Every point that differs, the first call of each name before further ones.

        Between two calls that leave the process nothing can be seen of it: of the points there, such as the
        end of one function and the beginning of the next, the first stands for all. A call that leaves the
        process is met on its way too.
        """
        found: list[str] = self.points[:1]
        for point in self.points:
            when, _, name = point.partition(":")
            if name.startswith(SENT):
                found.append(f"during:{name}" if when == "before" else point)
        return sorted(found, key=lambda point: int(point.rpartition("#")[2]))


class Matrix:
    """Trials of some pieces of work, on servers of their own."""

    def __init__(self, nursery: Nursery, servers: OwnServers, endpoint: OpenAIServer, template: str) -> None:
        self._nursery = nursery
        self._servers = servers
        self._endpoint = endpoint
        self._template = template
        self._bases: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.revive()
        for base in self._bases:
            databases.drop(self._admin, base)

    @property
    def _admin(self) -> str:
        return self._servers.urls.database_url

    def bench(self, work: Work) -> Bench:
        """Make the database where the work begins, and do it once without a fault."""
        base = databases.copy_of(self._admin, self._template)
        self._bases.append(base)
        for job in work.before:
            self._done(base, job)
        whole = databases.copy_of(self._admin, databases.name_of(base))
        with asked(self._endpoint) as answered:
            done = self._done(whole, work.job)
        expected = compared_rows(whole)
        databases.drop(self._admin, whole)
        return Bench(
            work, base, _seen(compared_rows(base)), expected, done["points"], len(answered), done["outputs"]
        )

    def trial(self, bench: Bench, harm: Harm, point: str, *, again: bool) -> Trial:
        """Hit the work at one point, and go on."""
        url = databases.copy_of(self._admin, databases.name_of(bench.base))
        with redis.Redis.from_url(self._servers.urls.redis_url) as client:
            client.flushall()
        arrived = len(self._endpoint.requests)
        begun = time.monotonic()
        with asked(self._endpoint) as first:
            hit = self._run(url, bench.work.job, harm.hit(self._servers, url) | Blow(at=point), harm.user)
        seconds = time.monotonic() - begun
        harm.heal(self._servers)
        self._servers.revive()
        kept = kept_answers(url)
        half = half_visible(compared_rows(url), bench)
        with asked(self._endpoint) as second:
            # what a process does before it has staged its file is only done again with the file
            early = not _is_listed(url)
            further = bench.work.job if again or early or bench.work.resumed is None else bench.work.resumed
            further = Job(**{name: value for name, value in further.items() if name != "ask"})  # pyright: ignore[reportArgumentType]
            gone_on = self._run(url, further, None) if hit["exit"] != 0 else hit
        found = compared_rows(url)
        counted = counted_calls(url) - counted_calls(bench.base)
        arrived = len(self._endpoint.requests) - arrived
        wrong = (
            half
            + ([f"the ledger counts {counted} calls of {arrived}"] if counted > arrived else [])
            + not_said(hit, harm)
            + not_done(gone_on, bench.work)
            + databases.differences(found, bench.expected)
        )
        wrong += left_in_redis(self._servers.urls.redis_url)
        databases.drop(self._admin, url)
        repeated = sum((Counter(map(mark, second)) & Counter(map(mark, first))).values())
        paid_twice = max(0, len(second) - max(0, bench.calls - kept)) if kept else 0
        return Trial(
            work=bench.work.name,
            kind=harm.name,
            at=point,
            reached=hit["exit"] == _KILLED or point in hit["points"],
            said=hit["error"],
            wrong=wrong,
            rows_lost=lost(found, bench.expected),
            paid_twice=paid_twice,
            asked_again=repeated - paid_twice,
            seconds=seconds,
        )

    def _run(self, url: str, job: Job, blow: Blow | None, user: str | None = None) -> Outcome:
        servers = {"DATABASE_URL": as_user(url, user), "REDIS_URL": self._servers.urls.redis_url}
        environment = job.get("environment", {}) | servers
        (outcome,) = self._nursery.run(job | Job(environment=environment, blow=blow))
        return outcome

    def _done(self, url: str, job: Job) -> Outcome:
        outcome = self._run(url, job, None)
        assert outcome["exit"] == 0, outcome["error"]
        return outcome


class asked:  # in lower case, since it reads as words: `with asked(endpoint) as first`
    """The chat requests that arrive inside and are answered rightly; others are asked again anyhow."""

    def __init__(self, endpoint: OpenAIServer) -> None:
        self._endpoint = endpoint
        self._asked: list[Request] = []

    def __enter__(self) -> list[Request]:
        self._begin = len(self._endpoint.requests)
        return self._asked

    def __exit__(self, *_: object) -> None:
        arrived = self._endpoint.requests[self._begin :]
        self._asked += [one for one in arrived if one.path == "/chat/completions" and not fails(one)]


def mark(request: Request) -> tuple[str, str]:
    """What tells one model call from another."""
    return request.schema, request.prompt


def kept_answers(url: str, workspace: str = "default") -> int:
    """How many answers of the model are staged in a workspace."""
    count = "select count(*) from staged_items where stage = 'answer' and workspace_id = %s"
    with psycopg.connect(url) as connection:
        found = connection.execute(count, [workspace_id(workspace)]).fetchone()
    return int(found[0]) if found else 0


def left_in_redis(url: str, *, but: str | None = None) -> list[str]:
    """What Redis still holds of runs and of questions, apart from one thread's own."""
    with redis.Redis.from_url(url, decode_responses=True) as client:
        left = [key for kind in _OF_A_RUN for key in client.keys(f"smart-meet:{kind}*")]
    left = [key for key in left if but is None or but not in key]
    return [f"Redis still holds {left[0]!r}"] if left else []


def _is_listed(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("select exists (select from sources)").fetchone()
    return bool(found and found[0])


def counted_calls(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("select coalesce(sum(calls), 0)::int from model_usage").fetchone()
    return int(found[0]) if found else 0


def compared_rows(url: str) -> Rows:
    """All rows but the tasks of runs that decided, and what calls took that came to nothing.

    Who goes on does not know of a call that failed before its step was written down, and makes it again: the
    endpoint may be well by now. It was made twice and is entered twice, and a run that was hit may count
    more of them than one that was not.
    """
    rows = databases.everything(url)
    failed = Counter[str]()
    for one in map(json.loads, rows["model_usage"]):
        if _FAILED.search(one["item"]):
            failed[one["run_id"]] += one["calls"]
    told = {"meeting_versions": "result", "runs": "output"}
    rows |= {
        table: sorted(_without(json.loads(row), column, failed) for row in rows[table])
        for table, column in told.items()
    }
    decisions = list(map(json.loads, rows["decisions"]))
    for one in decisions:
        one["details"].pop("task", None)  # named after the checkpoint that it began from
    return rows | {
        "decisions": sorted(json.dumps(one, sort_keys=True) for one in decisions),
        "model_usage": [row for row in rows["model_usage"] if not _FAILED.search(json.loads(row)["item"])],
    }


def _without(row: dict[str, Any], column: str, failed: Counter[str]) -> str:
    """A row as JSON; what it tells of its run does not count the calls that came to nothing."""
    if row[column] and "usage" in row[column]:  # a decision by hand asks nobody
        row[column]["usage"]["calls"] -= failed[row["id"]]
    return json.dumps(row, sort_keys=True)


def _seen(rows: Rows) -> Rows:
    return {table: rows[table] for table in KNOWLEDGE}


def half_visible(rows: Rows, bench: Bench) -> list[str]:
    """Readers see what was before, or all that is to come."""
    seen = _seen(rows)
    whole = {table: bench.expected[table] for table in KNOWLEDGE}
    if seen in (bench.seen, whole) or bench.work.job.get("recheck"):  # its pieces come one by one
        return []
    return ["half visible: " + line for line in databases.differences(seen, whole)[:1]]


def not_done(outcome: Outcome, work: Work) -> list[str]:
    """Who goes on comes to the end, or is told that it is done."""
    if outcome["exit"] == 0 or (work.may_be_done and work.may_be_done in str(outcome["error"])):
        return []
    return [f"going on ended with {outcome['exit']}: {outcome['error']}"]


def not_said(hit: Outcome, harm: Harm) -> list[str]:
    """Who stops because of a server says of which one, in one sentence."""
    said = hit["error"]
    if said is None:
        return []
    kind, _, sentence = said.partition(": ")
    is_clear = kind == "ServerUnavailableError" and "\n" not in sentence
    if is_clear and (harm.names is None or sentence.startswith(harm.names)):
        return []
    return [f"it stopped with {said[:300]!r}"]


def lost(found: Rows, expected: Rows) -> int:
    """How many of the expected rows are not there."""
    missing = [Counter(rows) - Counter(found.get(table, [])) for table, rows in expected.items()]
    return sum(sum(counted.values()) for counted in missing)


def template_of(servers: OwnServers) -> str:
    """A migrated, empty database on these servers; gives its name."""
    from stores.schema import migrate

    make_clerk(servers)
    url = databases.copy_of(servers.urls.database_url, "template1")
    migrate(url)
    return databases.name_of(url)
