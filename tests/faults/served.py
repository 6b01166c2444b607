"""The graph server, killed at points of an ingestion or a question and started again; the thread goes on."""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from stores.sources import workspace_id
from tests.faults.matrix import Trial, asked, compared_rows, kept_answers, lost, mark
from tests.faults.servers import OwnServers
from tests.faults.work import Work
from tests.ingest import databases
from tests.ingest.databases import KNOWLEDGE, Rows
from tests.ingest.nursery import Job, Nursery
from tests.models.openai_server import OpenAIServer
from tests.server.graph_server import ROOT, GraphServer

SERVED = "graph server"
"""What befalls the work, beside the harms of `harms`."""
CONVERSATION = "a conversation, through the graph API"
_QUESTIONS = ("What is Sea Wall?", "and when is it due?")
_ANSWERS_WITHIN = 240.0  # seconds; the development server may be slow to take a run up


class Served:
    """A graph server over one database; every trial has a workspace of its own in it.

    What an uninterrupted run leaves is told by the same work done in a process, in another database and a
    workspace of the same name, since ids are derived from it.
    """

    def __init__(
        self,
        nursery: Nursery,
        servers: OwnServers,
        endpoint: OpenAIServer,
        template: str,
        work: Work,
    ) -> None:
        self._nursery = nursery
        self._redis_url = servers.urls.redis_url
        self._admin = servers.urls.database_url
        self._endpoint = endpoint
        self._template = template
        self._work = work

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self._order = folder / "killed_at"
        self._url = databases.copy_of(self._admin, self._template)
        self._server = _pointed(folder, self._url, self._redis_url, self._order, self._work.job)
        self._server.start()
        self._in_process(self._url, CONVERSATION, *self._work.before)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        databases.drop(self._admin, self._url)
        self._folder.cleanup()

    @staticmethod
    def places(points: Sequence[str]) -> list[str]:
        """Points of an ingestion that a server comes to as well: those of what it does once."""
        return [point for point in points if point.endswith("#1") and "statement" not in point]

    @staticmethod
    def turns() -> list[str]:
        """Points of a question; a server may not come to all of them."""
        names = ("checkpoints.aput", "checkpoints.aput_writes", "statement")
        return [f"{when}:{name}#{n}" for n in (1, 3, 5) for name in names for when in ("during", "after")]

    def conversation(self, point: str) -> Trial:
        """Kill the server at a point of a conversation's second question, start it again, and ask again."""
        whole, hit = str(uuid4()), str(uuid4())
        for question in _QUESTIONS:
            asyncio.run(self._answered(whole, question))
        expected = asyncio.run(self._messages(whole))
        asyncio.run(self._answered(hit, _QUESTIONS[0]))
        with self._killed_at(point):
            reached = asyncio.run(self._answered(hit, _QUESTIONS[1])) is None
        if reached:
            self._server.kill()
            self._server.start()
            asyncio.run(self._answered(hit, _QUESTIONS[1]))
        found = asyncio.run(self._messages(hit))
        # what the server had answered, and not written down as answered, it answers again by itself
        wrong = [] if list(dict.fromkeys(found)) == expected else [f"{found} instead of {expected}"]
        lacking = len([one for one in expected if one not in found])
        return Trial(CONVERSATION, SERVED, point, reached, None, wrong, lacking, 0, 0)

    async def _answered(self, thread: str, question: str) -> Any:
        """The output of a question; None if the server died."""
        context = {"workspace": CONVERSATION}
        async with self._server.client() as client, asyncio.timeout(_ANSWERS_WITHIN):
            try:
                await client.threads.create(thread_id=thread, if_exists="do_nothing")
                given = {"question": question}
                return await client.runs.wait(thread, "query", input=given, context=context)
            except httpx.TransportError:
                return None

    async def _messages(self, thread: str) -> list[tuple[str, str]]:
        async with self._server.client() as client:
            values: Any = (await client.threads.get_state(thread))["values"]
            return [(one["type"], one["content"]) for one in values["messages"]]

    def trial(self, point: str) -> Trial:
        """Kill the server at a point of an ingestion, start it again, and go on."""
        workspace = f"served {uuid4().hex}"
        expected, run, calls = self._uninterrupted(workspace)
        self._in_process(self._url, workspace, *self._work.before)
        with self._killed_at(point), asked(self._endpoint) as first:
            told = asyncio.run(self._ingested(run, workspace))
        reached = told is None
        half = [] if not reached else self._half_visible(workspace, expected)
        kept = kept_answers(self._url, workspace)
        if reached:
            self._server.kill()  # its children, if it has any
            self._server.start()
        with asked(self._endpoint) as second:
            told = asyncio.run(self._ingested(run, workspace)) if reached else told
        found = self._rows(self._url, workspace)
        wrong = half + databases.differences(found, expected)
        if told is None or told.get("status") not in ("degraded", "known"):
            wrong.append(f"going on ended with {told}")
        repeated = sum((Counter(map(mark, second)) & Counter(map(mark, first))).values())
        paid_twice = max(0, len(second) - max(0, calls - kept)) if kept else 0
        return Trial(
            work=f"{self._work.name}, through the graph API",
            kind=SERVED,
            at=point,
            reached=reached,
            said=None,
            wrong=wrong,
            rows_lost=lost(found, expected),
            paid_twice=paid_twice,
            asked_again=repeated - paid_twice,
        )

    def _uninterrupted(self, workspace: str) -> tuple[Rows, str, int]:
        """The rows, the run and the number of model calls of the work that nothing befell."""
        whole = databases.copy_of(self._admin, self._template)
        self._in_process(whole, workspace, *self._work.before)
        with asked(self._endpoint) as answered:
            (output,) = self._in_process(whole, workspace, self._work.job)
        rows = self._rows(whole, workspace)
        databases.drop(self._admin, whole)
        versions = map(json.loads, rows["meeting_versions"])
        (run,) = (one["id"] for one in versions if one["meeting_id"] == output["meeting_id"])
        return rows, run, len(answered)

    def _in_process(self, url: str, workspace: str, *jobs: Job) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = []
        for job in jobs:
            servers = {"DATABASE_URL": url, "REDIS_URL": self._redis_url}
            environment = job.get("environment", {}) | servers
            (outcome,) = self._nursery.run(job | Job(environment=environment, workspace=workspace))
            assert outcome["exit"] == 0, outcome["error"]
            outputs += outcome["outputs"]
        return outputs

    @contextmanager
    def _killed_at(self, point: str) -> Generator[None]:
        self._order.write_text(point)
        yield
        self._order.unlink()

    async def _ingested(self, thread: str, workspace: str) -> dict[str, Any] | None:
        """The output of a run that is begun, or gone on with where it was begun before; None if it died."""
        async with self._server.client() as client, asyncio.timeout(_ANSWERS_WITHIN):
            try:
                # the server writes its threads down every ten seconds, and may have forgotten this one
                await client.threads.create(thread_id=thread, if_exists="do_nothing")
                begun: Any = (await client.threads.get_state(thread))["values"]
                given: Any = None if begun else dict(self._work.job.get("ingest") or {})
                output: Any = await client.runs.wait(
                    thread, "ingest", input=given, context={"workspace": workspace}
                )
            except httpx.TransportError:
                return None
            return output

    def _rows(self, url: str, workspace: str) -> Rows:
        scope = workspace_id(workspace)
        rows = compared_rows(url).items()
        return {table: [row for row in lines if scope in row] for table, lines in rows}

    def _half_visible(self, workspace: str, expected: Rows) -> list[str]:
        """Readers see what was before, or all that is to come."""
        found = self._rows(self._url, workspace)
        versions = len(found["meeting_versions"])
        whole = {table: expected[table] for table in KNOWLEDGE}
        if versions < len(whole["meeting_versions"]):
            return [] if len(found["meetings"]) == versions else ["half visible: a meeting without a version"]
        seen = {table: found[table] for table in KNOWLEDGE}
        return ["half visible: " + line for line in databases.differences(seen, whole)[:1]]


def _pointed(folder: Path, url: str, redis_url: str, order: Path, job: Job) -> GraphServer:
    server = GraphServer(folder, url, redis_url, "--allow-blocking")  # its points look for a file
    server.environment |= job.get("environment", {}) | {"KILLED_AT": str(order), "PYTHONPATH": str(ROOT)}
    module = "tests.faults.in_server"
    config = json.loads((folder / "langgraph.json").read_text())
    config["graphs"] = {name: f"{module}:{name}" for name in ("ingest", "query")}
    config["checkpointer"] = {"path": f"{module}.checkpointer"}
    (folder / "langgraph.json").write_text(json.dumps(config))
    return server
