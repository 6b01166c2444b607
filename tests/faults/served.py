"""The graph server hit at points of what it is asked for; the thread goes on."""

import asyncio
import json
import os
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Generator, Mapping
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
    left_in_redis,
    lost,
    mark,
    not_done,
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
_GRAPHS = {"ingest with a model": "ingest", "recheck": "recheck", "forget": "forget", "correct": "correct"}
"""Which graph does which work."""
_BY_API = ", through the graph API"
_CONVERSED = "ingest with a model"
_TALK = f"{_CONVERSED}, a conversation there"
_QUESTIONS = ("What is Sea Wall?", "and when is it due?")
_ANSWERS_WITHIN = 120.0  # seconds; the development server may be slow to take a run up
_HERE = {"workspace": "default"}
_THREAD = str(uuid4())
_CONVERSATION = str(uuid4())
_DROPPED_WITHIN = 15.0  # seconds; a server that lost PostgreSQL hears of it again after five
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

    @property
    def outcome(self) -> Outcome:
        """As of a process that did the same."""
        return Outcome(exit=not self.is_done, outputs=[], unfinished=[], error=self.error, points=[])


class _Life:
    """A graph server over a database of its own, from the first start to the last."""

    def __init__(self, warm: WarmServer, url: str, environment: Mapping[str, str]) -> None:
        self.url = url
        self._warm = warm
        self._environment = environment
        self._home = tempfile.TemporaryDirectory()
        self._order = Path(self._home.name) / "order"
        self.start()

    def start(self) -> None:
        folder = Path(self._home.name)
        variables = {**self._environment, "DATABASE_URL": self.url, "HIT": str(self._order)}
        self._ended = self._warm.start_in(folder, **variables)

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
    """Graph servers over copies of the database where a piece of work begins, one for each trial.

    What uninterrupted work leaves is told by the same work done in a process.
    """

    def __init__(self, servers: OwnServers, endpoint: OpenAIServer, bench: Callable[[str], Bench]) -> None:
        """Take what gives the bench of a piece of work."""
        self._servers = servers
        self._endpoint = endpoint
        self._bench = bench
        self._measured: dict[str, Bench] = {}

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._warm = WarmServer(Path(self._folder.name), self._servers.urls.redis_url, {})
        return self

    def __exit__(self, *_: object) -> None:
        self._warm.close()
        self._folder.cleanup()

    def benches(self, names: Collection[str]) -> list[Bench]:
        """Of the works so named that a server does; a conversation is held about what one has ingested."""
        found = [self._work(f"{name}{_BY_API}") for name in _GRAPHS if name in names]
        return [*found, self._conversation()] if _CONVERSED in names else found

    def _work(self, name: str) -> Bench:
        """A piece of work of _GRAPHS, with the points that a server comes to."""
        bench = self._bench(name.removesuffix(_BY_API))
        if name not in self._measured:
            with self._life(bench) as life:
                self._prepare(life, bench)
                with life.hit(Blow(), remembers=False):
                    done = life.call(_done(bench))
                assert done.is_done, done.error
                self._measured[name] = _named(bench, name, life.reached)
        return self._measured[name]

    def _conversation(self) -> Bench:
        """The second question of a conversation, likewise."""
        bench = self._bench(_CONVERSED)
        if _TALK not in self._measured:
            with self._life(bench) as life:
                life.call(_answered(_QUESTIONS[0]))
                with life.hit(Blow(), remembers=False):
                    life.call(_answered(_QUESTIONS[1]))
                self._expected = life.call(_messages).output
                self._measured[_TALK] = _named(bench, _TALK, life.reached)
        return self._measured[_TALK]

    def trial(self, name: str, harm: Harm, point: str, *, remembers: bool) -> Trial:
        """Hit the server, or its servers, at a point of the work, and go on on the same thread.

        Args:
            name: of one of the benches.
            remembers: the graph server has just written its own runs down, which it does every ten seconds,
                and takes this one up by itself when it starts again.
        """
        bench = self._conversation() if name == _TALK else self._work(name)
        with redis.Redis.from_url(self._servers.urls.redis_url) as client:
            client.flushall()
        hit = self._conversed if name == _TALK else self._worked
        with self._life(bench) as life:
            try:
                return hit(life, bench, harm, point, remembers=remembers)
            except Exception as error:  # noqa: BLE001  # one that hangs is told, and the next one tried
                told = f"it ended with {error!r}: {life.log[-2_000:]}"
                return Trial(name, _kind(harm), point, True, None, [told], 0, 0, 0)

    def _prepare(self, life: _Life, bench: Bench) -> None:
        """Hold the conversation that is to be forgotten."""
        if "ask" in bench.work.job:
            asked = life.call(_answered(bench.work.job["ask"]))
            assert asked.is_done, asked.error

    def _worked(self, life: _Life, bench: Bench, harm: Harm, point: str, *, remembers: bool) -> Trial:
        self._prepare(life, bench)
        doing = _done(bench)
        arrived = len(self._endpoint.requests)
        with asked(self._endpoint) as first:
            hit = self._hit(life, harm, point, doing, remembers=remembers)
        kept = kept_answers(life.url)
        half = half_visible(compared_rows(life.url), bench)
        with asked(self._endpoint) as second:
            gone_on = hit if hit.is_done else self._gone_on(life, hit, doing)
        found = compared_rows(life.url)
        counted = counted_calls(life.url) - counted_calls(bench.base)
        arrived = len(self._endpoint.requests) - arrived
        wrong = half + not_said(hit.outcome, harm) + databases.differences(found, bench.expected)
        if counted > arrived:
            wrong.append(f"the ledger counts {counted} calls of {arrived}")
        if not_done(gone_on.outcome, bench.work):
            wrong.append(f"going on ended with {gone_on}; {life.log[-3_000:]}")
        wrong += self._unforgotten(life, bench)
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

    def _unforgotten(self, life: _Life, bench: Bench) -> list[str]:
        """What is left of the conversation that was to be forgotten, in Redis and with the graph server."""
        if "ask" not in bench.work.job:
            return []
        left = left_in_redis(self._servers.urls.redis_url, but=_thread(bench))
        until = time.monotonic() + _DROPPED_WITHIN
        while life.call(_is_known(_CONVERSATION)).output:
            if time.monotonic() > until:
                return [*left, "the graph server still keeps the conversation"]
            time.sleep(0.1)
        return left

    def _conversed(self, life: _Life, bench: Bench, harm: Harm, point: str, *, remembers: bool) -> Trial:
        life.call(_answered(_QUESTIONS[0]))
        again = _answered(_QUESTIONS[1])
        hit = self._hit(life, harm, point, again, remembers=remembers)
        gone_on = hit if hit.is_done else self._gone_on(life, hit, again)
        found = life.call(_messages).output or []
        wrong = not_said(hit.outcome, harm)
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

    @contextmanager
    def _life(self, bench: Bench) -> Generator[_Life]:
        admin = self._servers.urls.database_url
        url = databases.copy_of(admin, databases.name_of(bench.base))
        life = _Life(self._warm, url, bench.work.job.get("environment", {}))
        try:
            yield life
        finally:
            life.end()
            databases.drop(admin, url)


def _named(bench: Bench, name: str, points: list[str]) -> Bench:
    return replace(bench, work=replace(bench.work, name=name), points=points)


def _done(bench: Bench) -> _Doing:
    """Begin the work, or go on with it where it was begun before."""
    given, graph, thread = _given(bench), _GRAPHS[bench.work.name.removesuffix(_BY_API)], _thread(bench)

    async def done(client: LangGraphClient) -> Any:
        taken_up = await _taken_up(client, thread)
        if taken_up is not None:
            return taken_up
        state: Any = await client.threads.get_state(thread)
        is_begun = state["values"] or state["next"]
        return await client.runs.wait(thread, graph, input=None if is_begun else given, context=_HERE)

    return done


def _given(bench: Bench) -> Any:
    job = bench.work.job
    if job.get("recheck"):
        return {"everything": False}
    decided = job.get("correct")
    return {"decision": decided[1]} if decided else job.get("forget") or job.get("ingest")


def _thread(bench: Bench) -> str:
    """Its own, which is the run's where one is listed."""
    if "ingest" not in bench.work.job:
        return _THREAD
    versions = map(json.loads, bench.expected["meeting_versions"])
    meeting = bench.outputs[0]["meeting_id"]
    (run,) = (one["id"] for one in versions if one["meeting_id"] == meeting)
    return run


def _answered(question: str) -> _Doing:
    async def answered(client: LangGraphClient) -> Any:
        taken_up = await _taken_up(client, _CONVERSATION)
        if taken_up is not None:
            return taken_up
        return await client.runs.wait(_CONVERSATION, "query", input={"question": question}, context=_HERE)

    return answered


async def _messages(client: LangGraphClient) -> list[tuple[str, str]]:
    values: Any = (await client.threads.get_state(_CONVERSATION))["values"]
    return [(one["type"], one["content"]) for one in values["messages"]]


def _is_known(thread: str) -> _Doing:
    async def is_known(client: LangGraphClient) -> bool:
        return thread in {one["thread_id"] for one in await client.threads.search(limit=100)}

    return is_known


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
