"""Processes that ingest, made by forking one that has everything imported: 20 ms instead of seconds each.

As a program it reads one line of JSON for each round, a list of jobs; it forks a child for each, all at once,
waits for all, and answers with a list of what became of them. It never opens a connection, a thread or an
event loop itself, so that a child starts as a fresh process would. What a child imported late it imports for
those that follow.
"""

import asyncio
import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict
from uuid import uuid4

import psycopg
import redis
from langchain_core.runnables import RunnableConfig

from stores.embedded import start_servers
from tests.ingest import points

if TYPE_CHECKING:
    from app.ingestion import Ingestions


class Blow(TypedDict, total=False):
    """What hits a process, or the servers that it uses, at a point.

    Attributes:
        at: the point.
        kill: processes to kill, with their children.
        stop: processes to stop, with their children: they keep their connections and answer nothing.
        flush: a Redis to lose all that it holds.
        redis: [address, commands]: what another client of Redis does.
        fill: a file to fill its disk with.
        sql: [address, statements]: what another connection does meanwhile.
        end: [process, signal]: a server that is told to end, and waited for.
        revive: a data folder whose servers are started again.
        die: the process kills itself.
    """

    at: str
    kill: list[int]
    stop: list[int]
    flush: str
    redis: tuple[str, list[list[str]]]
    fill: str
    sql: tuple[str, list[str]]
    end: tuple[int, int]
    revive: str
    die: bool


class Job(TypedDict, total=False):
    """What a process is to do.

    Attributes:
        environment: variables to set.
        ask: a question to ask first, in a conversation that is kept in Redis.
        stage: meetings to stage first, each with what a model is to have read in it, and the windows read.
        ingest: a meeting to ingest, as given to `Ingestions.ingest`; else all unfinished runs are resumed.
        recheck: do again what was done without the model, instead.
        forget: what the forget graph is to take out, instead.
        correct: [thread, decision]: what is decided by hand on a thread, instead; None goes on with it.
        resumes: the decision is only given where the thread has no checkpoint; else it is gone on with.
        workspace: default "default".
        kill_at: the point at which the process kills itself.
        blow: what else happens at a point.
        meet_at: [point, folder, number]: wait at a point until so many processes are there.
    """

    environment: dict[str, str]
    ask: str
    stage: list[tuple[dict[str, Any], dict[str, Any], list[int] | None]]
    ingest: dict[str, Any] | None
    recheck: bool
    forget: dict[str, Any] | None
    correct: tuple[str, dict[str, Any] | None] | None
    resumes: bool
    workspace: str
    kill_at: str | None
    blow: Blow | None
    meet_at: tuple[str, str, int] | None


class Outcome(TypedDict):
    """What became of a process: how it ended (-9: killed), what it gave, and the points that it reached."""

    exit: int
    outputs: list[dict[str, Any]]
    unfinished: list[str]
    error: str | None
    points: list[str]


class Nursery:
    """The forking process, to be used as a context manager."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ingest.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()

    def run(self, *jobs: Job) -> list[Outcome]:
        """Run these jobs in processes of their own, all at once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(jobs) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def _serve() -> None:
    # what a run imports late, the graph with its nodes wrapped
    for late in (
        "app.ingestion",
        "graphs.ingest",
        "graphs.recheck",
        "graphs.forget",
        "graphs.correct",
        "graphs.query",
        "langchain_openai",
        "numpy",
        "anyio._backends._asyncio",
    ):
        importlib.import_module(late)
    for line in sys.stdin:
        gc.freeze()  # so that no child copies what it never changes
        reports = _round(json.loads(line))
        print(json.dumps([outcome for outcome, _ in reports]), flush=True)
        for name in sorted({name for _, late in reports for name in late} - sys.modules.keys()):
            importlib.import_module(name)


def _round(jobs: Sequence[Job]) -> list[tuple[Outcome, list[str]]]:
    """What became of each job, and what it imported late."""
    with tempfile.TemporaryDirectory() as folder:
        children: list[int] = []
        for number, job in enumerate(jobs):
            child = os.fork()
            if child == 0:
                _be_child(job, Path(folder, str(number)))
            children.append(child)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        return [_outcome(end, Path(folder, str(number))) for number, end in enumerate(ends)]


def _outcome(end: int, report: Path) -> tuple[Outcome, list[str]]:
    told = json.loads(report.read_text()) if report.exists() else {}
    outcome = Outcome(
        exit=end,
        outputs=told.get("outputs", []),
        unfinished=told.get("unfinished", []),
        error=told.get("error"),
        points=told.get("points", []),
    )
    return outcome, told.get("late", [])


def _be_child(job: Job, report: Path) -> None:
    """Do a job and leave, without going through what the parent would do at its end."""
    end = 1
    try:
        known = set(sys.modules)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.environ.update(job.get("environment", {}))
        told = asyncio.run(_do(job))
        report.write_text(json.dumps(told | {"points": points.reached, "late": _late(known)}))
        end = 0
    except BaseException as error:  # noqa: BLE001  # whatever it is, the parent is told
        report.write_text(json.dumps({"error": f"{type(error).__name__}: {error}", "points": points.reached}))
    finally:
        os._exit(end)


def _late(known: Collection[str]) -> list[str]:
    """What was imported since, as far as it starts no thread: the children would be without it."""
    late = [name for name in sys.modules if name not in known and "onnx" not in name]
    return [name for name in late if getattr(sys.modules[name], "__spec__", None) is not None]


async def _do(job: Job) -> dict[str, Any]:
    from app.ingestion import open_ingestions
    from app.recheck_command import recheck_all
    from nodes.schemas import MeetingExtraction
    from stores import runs, sources
    from stores.opening import close_stores
    from tests.ingest.meetings import stage

    workspace = job.get("workspace", "default")
    outputs: list[dict[str, Any]] = []
    unfinished: list[str] = []
    try:
        async with open_ingestions() as ingestions:
            for meeting, reading, only in job.get("stage", []):
                extraction = MeetingExtraction.model_validate(reading)
                await stage(ingestions.stores, meeting, extraction, workspace=workspace, only=only)  # pyright: ignore[reportArgumentType]
            if "ask" in job:
                await _talk(ingestions, workspace, job["ask"])
            _begin(job)
            given = job.get("ingest")
            wanted = job.get("forget")
            decided = job.get("correct")
            if decided is not None:
                outputs.append(await _decide(ingestions, *decided, resumes=job.get("resumes", False)))
            elif wanted is not None:
                from graphs.forget import graph
                from nodes.context import Context

                outputs.append(await graph.ainvoke(wanted, context=Context(workspace=workspace)))  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
            elif job.get("recheck"):
                outputs.append(await recheck_all(ingestions.stores, workspace, _ignore))
            elif given is not None:
                outputs.append(await ingestions.ingest(workspace, given, _ignore))  # pyright: ignore[reportArgumentType]
            else:
                scope = sources.workspace_id(workspace)
                listed = await runs.unfinished(ingestions.stores.database, scope)
                unfinished = [run["id"] for run in listed]
                outputs += [await ingestions.resume(workspace, run, _ignore) for run in unfinished]
    finally:
        await close_stores()
    return {"outputs": outputs, "unfinished": unfinished}


async def _decide(
    ingestions: "Ingestions", thread: str, decision: dict[str, Any] | None, *, resumes: bool
) -> dict[str, Any]:
    from graphs.correct import builder

    config: RunnableConfig = {"configurable": {"thread_id": thread}}
    is_begun = resumes and await ingestions.checkpoints.aget_tuple(config) is not None
    given: Any = None if decision is None or is_begun else {"decision": decision}
    graph = builder.compile(checkpointer=ingestions.checkpoints)
    output = await graph.ainvoke(given, config, durability="sync")
    await ingestions.checkpoints.adelete_thread(thread)
    return output


async def _talk(ingestions: "Ingestions", workspace: str, question: str) -> None:
    from graphs.query import builder
    from nodes.context import Context

    graph = builder.compile(checkpointer=ingestions.checkpoints)
    config: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}}
    await graph.ainvoke({"question": question}, config, context=Context(workspace=workspace))  # pyright: ignore[reportArgumentType, reportUnknownMemberType]


def _begin(job: Job) -> None:
    """Count points from here: how the stores are opened differs with what is open already."""
    points.restart()
    kill_at, meet_at = job.get("kill_at"), job.get("meet_at")
    blow = job.get("blow") or (Blow(at=kill_at, die=True) if kill_at else None)
    if blow is not None and blow.get("at", "").startswith("during:"):
        points.meet_on_the_way(blow.get("at", ""))

    async def watcher(point: str) -> None:
        if blow is not None and point == blow.get("at"):
            strike(blow)  # at once: nothing else of this process goes on meanwhile
        if meet_at is not None and point == meet_at[0]:
            folder = Path(meet_at[1])
            (folder / str(os.getpid())).touch()  # nothing else runs here
            while len(list(folder.iterdir())) < meet_at[2]:  # noqa: ASYNC110, ASYNC240
                await asyncio.sleep(0.005)

    points.watch(watcher)


def strike(blow: Blow) -> None:
    for pid in blow.get("kill", []):
        signal_all(pid, signal.SIGKILL)
    for pid in blow.get("stop", []):
        signal_all(pid, signal.SIGSTOP)
    if "flush" in blow:
        with redis.Redis.from_url(blow["flush"]) as client:
            client.flushall()
    if "redis" in blow:
        address, commands = blow["redis"]
        with redis.Redis.from_url(address) as client:
            for command in commands:
                client.execute_command(*command)  # pyright: ignore[reportUnknownMemberType]
    if "fill" in blow:
        _fill(Path(blow["fill"]))
    if "sql" in blow:
        url, statements = blow["sql"]
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
    if "end" in blow:
        pid, number = blow["end"]
        os.kill(pid, number)
        while not _has_ended(pid):
            time.sleep(0.01)
    if "revive" in blow:
        start_servers(Path(blow["revive"]))
    if blow.get("die"):
        os.kill(os.getpid(), signal.SIGKILL)


def _has_ended(pid: int) -> bool:
    """Whether a process is gone, or only its parent has not noticed yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except FileNotFoundError:
        return True


def _fill(file: Path) -> None:
    """Write until there is no more room."""
    for size in (2**20, 2**9):
        with contextlib.suppress(OSError), file.open("ab", buffering=0) as filler:
            while filler.write(bytes(size)):
                pass


def signal_all(pid: int, number: signal.Signals) -> None:
    """Signal a server and its children, the server first: it must not start another child in between."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, number)


def _ignore(event: dict[str, Any]) -> None:
    """No progress is shown."""


if __name__ == "__main__":
    points.install()
    _serve()
