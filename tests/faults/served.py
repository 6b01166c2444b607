"""The graph server hit at points of an ingestion or of a conversation; the thread goes on."""

import asyncio
import json
import os
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import redis
from langgraph_sdk.client import LangGraphClient

from tests.faults.harms import Harm
from tests.faults.matrix import (
    Bench,
    Trial,
    asked,
    compared_rows,
    counted_calls,
    half_visible,
    kept_answers,
    lost,
    mark,
    not_said,
)
from tests.faults.servers import OwnServers
from tests.faults.warm_server import WarmServer
from tests.ingest import databases
from tests.ingest.nursery import Blow, Outcome
from tests.models.openai_server import OpenAIServer

SERVED = "graph server"
"""The harm of the process, which is the graph server here."""
HITS = ("process", "postgres", "redis")
"""Which harms are done to a run of the graph server."""
_QUESTIONS = ("What is Sea Wall?", "and when is it due?")
_ANSWERS_WITHIN = 120.0  # seconds; the development server may be slow to take a run up
_HERE = {"workspace": "default"}
_THREAD = str(uuid4())
_Doing = Callable[[LangGraphClient], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class _Call:
    """A run that was asked for: its output, or the error that it ended with; neither, if the server died."""

    output: Any = None
    error: str | None = None
    seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        return self.output is not None


class _Life:
    """A graph server over a database of its own, from the first start to the last."""

    def __init__(self, warm: WarmServer, url: str) -> None:
        self.url = url
        self._warm = warm
        self._home = tempfile.TemporaryDirectory()
        self._order = Path(self._home.name) / "order"
        self.start()

    def start(self) -> None:
        folder = Path(self._home.name)
        self._ended = self._warm.start_in(folder, DATABASE_URL=self.url, HIT=str(self._order))

    @property
    def log(self) -> str:
        return self._warm.log

    def kill(self) -> None:
        self._warm.kill()
        os.close(self._ended)

    def end(self) -> None:
        self.kill()
        self._home.cleanup()

    @contextmanager
    def hit(self, blow: Blow, *, remembers: bool) -> Generator[None]:
        """Have this happen to what is asked for inside."""
        self._order.write_text(json.dumps({"blow": blow, "remembers": remembers}))
        yield
        self._order.unlink()

    @property
    def reached(self) -> list[str]:
        """The points since the last order."""
        written = self._order.with_suffix(".reached")
        return written.read_text().splitlines() if written.exists() else []

    def call(self, doing: _Doing) -> _Call:
        """Ask the server for something, until it answers or has died."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Request failed, attempting reconnect")
            return asyncio.run(self._call(doing))

    async def _call(self, doing: _Doing) -> _Call:
        died = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._ended, died.set)
        async with self._warm.client() as client, asyncio.timeout(_ANSWERS_WITHIN):
            answer, death = asyncio.ensure_future(doing(client)), asyncio.ensure_future(died.wait())
            # the client itself would look for a dead server for a minute
            await asyncio.wait((answer, death), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                answer.cancel()
                return _Call()
            try:
                return _Call(output=await answer)
            except httpx.TransportError:
                await death
                return _Call()
            except Exception as error:
                if type(error) is not Exception:  # the SDK raises no other for a run that failed
                    raise
                return _Call(error=str(error))
            finally:
                death.cancel()


class Served:
    """Graph servers over copies of the database where an ingestion begins, one for each trial.

    What an uninterrupted ingestion leaves is told by the same work done in a process.

    Attributes:
        ingestion: the work, with the points that a server comes to.
        conversation: the second question of a conversation, likewise.
    """

    def __init__(self, servers: OwnServers, endpoint: OpenAIServer, bench: Bench) -> None:
        """Take the bench of an ingestion."""
        self._servers = servers
        self._endpoint = endpoint
        self._bench = bench
        versions = map(json.loads, bench.expected["meeting_versions"])
        meeting = bench.outputs[0]["meeting_id"]
        (self._run,) = (one["id"] for one in versions if one["meeting_id"] == meeting)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        environment = self._bench.work.job.get("environment", {})
        self._warm = WarmServer(Path(self._folder.name), self._servers.urls.redis_url, environment)
        with self._life() as life:
            with life.hit(Blow(), remembers=False):
                done = life.call(self._ingested)
            assert done.is_done, done.error
            self.ingestion = self._named("through the graph API", life.reached)
        with self._life() as life:
            life.call(self._answered(_QUESTIONS[0]))
            with life.hit(Blow(), remembers=False):
                life.call(self._answered(_QUESTIONS[1]))
            self._expected = life.call(self._messages).output
            self.conversation = self._named("a conversation there", life.reached)
        return self

    def __exit__(self, *_: object) -> None:
        self._warm.close()
        self._folder.cleanup()

    def trial(self, bench: Bench, harm: Harm, point: str, *, remembers: bool) -> Trial:
        """Hit the server, or its servers, at a point of the work, and go on on the same thread.

        Args:
            remembers: the graph server has just written its own runs down, which it does every ten seconds,
                and takes this one up by itself when it starts again.
        """
        with redis.Redis.from_url(self._servers.urls.redis_url) as client:
            client.flushall()
        hit = self._conversed if bench is self.conversation else self._ingestion
        with self._life() as life:
            try:
                return hit(life, harm, point, remembers=remembers)
            except Exception as error:  # noqa: BLE001  # one that hangs is told, and the next one tried
                told = f"it ended with {error!r}: {life.log[-2_000:]}"
                return Trial(bench.work.name, _kind(harm), point, True, None, [told], 0, 0, 0)

    def _ingestion(self, life: _Life, harm: Harm, point: str, *, remembers: bool) -> Trial:
        bench = self.ingestion
        arrived = len(self._endpoint.requests)
        with asked(self._endpoint) as first:
            hit = self._hit(life, harm, point, self._ingested, remembers=remembers)
        kept = kept_answers(life.url)
        half = half_visible(compared_rows(life.url), bench)
        with asked(self._endpoint) as second:
            gone_on = hit if hit.is_done else self._gone_on(life, hit, self._ingested)
        found = compared_rows(life.url)
        counted = counted_calls(life.url) - counted_calls(bench.base)
        arrived = len(self._endpoint.requests) - arrived
        wrong = half + _not_clear(hit, harm) + databases.differences(found, bench.expected)
        if counted > arrived:
            wrong.append(f"the ledger counts {counted} calls of {arrived}")
        if not gone_on.is_done or gone_on.output.get("status") not in ("degraded", "known"):
            wrong.append(f"going on ended with {gone_on}; {life.log[-3_000:]}")
        repeated = sum((Counter(map(mark, second)) & Counter(map(mark, first))).values())
        paid_twice = max(0, len(second) - max(0, bench.calls - kept)) if kept else 0
        return Trial(
            work=bench.work.name,
            kind=_kind(harm),
            at=point,
            reached=point in life.reached,
            said=hit.error,
            wrong=wrong,
            rows_lost=lost(found, bench.expected),
            paid_twice=paid_twice,
            asked_again=repeated - paid_twice,
            seconds=hit.seconds,
        )

    def _conversed(self, life: _Life, harm: Harm, point: str, *, remembers: bool) -> Trial:
        bench = self.conversation
        life.call(self._answered(_QUESTIONS[0]))
        again = self._answered(_QUESTIONS[1])
        hit = self._hit(life, harm, point, again, remembers=remembers)
        gone_on = hit if hit.is_done else self._gone_on(life, hit, again)
        found = life.call(self._messages).output or []
        wrong = _not_clear(hit, harm)
        if not gone_on.is_done:
            wrong.append(f"going on ended with {gone_on}; {life.log[-3_000:]}")
        # what was asked and came to nothing is asked twice
        if list(dict.fromkeys(found)) != self._expected:
            wrong.append(f"{found} instead of {self._expected}")
        known = {table: rows for table, rows in compared_rows(life.url).items() if table in bench.seen}
        wrong += databases.differences(known, bench.seen)
        lacking = len([one for one in self._expected if one not in found])
        reached = point in life.reached
        return Trial(
            bench.work.name, _kind(harm), point, reached, hit.error, wrong, lacking, 0, 0, hit.seconds
        )

    def _hit(self, life: _Life, harm: Harm, point: str, doing: _Doing, *, remembers: bool) -> _Call:
        blow = harm.hit(self._servers, life.url) | Blow(at=point)
        with life.hit(blow, remembers=remembers):
            begun = time.monotonic()
            hit = life.call(doing)
            hit = replace(hit, seconds=time.monotonic() - begun)
        harm.heal(self._servers)
        self._servers.revive()
        return hit

    def _gone_on(self, life: _Life, hit: _Call, doing: _Doing) -> _Call:
        if hit.error is None:  # it is dead, and its children are to be, if it has any
            life.kill()
            life.start()
        return life.call(doing)

    async def _ingested(self, client: LangGraphClient) -> Any:
        """Begin the ingestion, or go on with where it was begun before."""
        given: Any = dict(self._bench.work.job.get("ingest") or {})
        taken_up = await _taken_up(client, self._run)
        if taken_up is not None:
            return taken_up
        begun: Any = (await client.threads.get_state(self._run))["values"]
        given = None if begun else given
        return await client.runs.wait(self._run, "ingest", input=given, context=_HERE)

    def _answered(self, question: str) -> _Doing:
        async def answered(client: LangGraphClient) -> Any:
            taken_up = await _taken_up(client, _THREAD)
            if taken_up is not None:
                return taken_up
            return await client.runs.wait(_THREAD, "query", input={"question": question}, context=_HERE)

        return answered

    async def _messages(self, client: LangGraphClient) -> list[tuple[str, str]]:
        values: Any = (await client.threads.get_state(_THREAD))["values"]
        return [(one["type"], one["content"]) for one in values["messages"]]

    def _named(self, how: str, points: list[str]) -> Bench:
        work = replace(self._bench.work, name=f"{self._bench.work.name}, {how}")
        return replace(self._bench, work=work, points=points)

    @contextmanager
    def _life(self) -> Generator[_Life]:
        admin = self._servers.urls.database_url
        url = databases.copy_of(admin, databases.name_of(self._bench.base))
        life = _Life(self._warm, url)
        try:
            yield life
        finally:
            life.end()
            databases.drop(admin, url)


async def _taken_up(client: LangGraphClient, thread: str) -> Any:
    """The output of the thread's run that the server has begun by itself, if there is one."""
    # it writes its threads down every ten seconds, and may have forgotten this one
    await client.threads.create(thread_id=thread, if_exists="do_nothing")
    for run in await client.runs.list(thread):
        if run["status"] in ("pending", "running"):
            return await client.runs.join(thread, run["run_id"])
    return None


def _kind(harm: Harm) -> str:
    return SERVED if harm.name == "process" else harm.name


def _not_clear(hit: _Call, harm: Harm) -> list[str]:
    """Who stops because of a server says of which one."""
    return not_said(Outcome(exit=1, outputs=[], unfinished=[], error=hit.error, points=[]), harm)
