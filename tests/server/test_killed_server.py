"""A server that is killed in the middle of its work, and what goes on afterwards."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from langgraph_sdk.client import LangGraphClient
from psycopg import sql
from psycopg.rows import dict_row

from app.ingestion import Ingestions
from stores.sources import workspace_id
from tests.server.graph_server import GraphServer
from tests.server.meetings import demo_meeting

COMMITTED = (
    "meetings meeting_versions utterances memories entities aliases mentions memory_mentions links "
    "observations verdicts states transitions relations"
).split()


# The server writes its runs down every ten seconds, and one that it knows as begun it does again. So all that
# is asked before is about one thing, which "it" then means whatever was asked again.
BEFORE_THE_KILL = (
    ("What's the status of the Billing API?", "Billing API is completed"),
    ("and who owns it?", "Billing API is owned by Daniel Osei"),
    ("when was it blocked?", "Nothing on record says that Billing API was blocked"),
    ("when is it due?", "Billing API was due on"),
)
AFTER_THE_KILL = (
    ("and who owns it?", "Billing API is owned by Daniel Osei"),
    ("what did he promise?", "Daniel Osei will send the endpoint list to Priya"),
    ("When was the Checkout Redesign blocked?", "became blocked on 24 Feb 2026"),
    ("why?", "the missing certificate from Nordbank"),
)
ANSWERS_WITHIN = 90.0  # seconds


async def test_both_the_api_and_the_command_line_finish_what_a_killed_server_began(
    server: GraphServer, ingestions: Ingestions, tideway: str
) -> None:
    by_api, by_command = f"api {uuid4().hex}", f"command {uuid4().hex}"
    meetings = {by_api: demo_meeting(1), by_command: demo_meeting(5)}
    with _no_commit(server):  # however fast they run, they do not end before the kill
        async with server.client() as client:
            conversation = (await client.threads.create())["thread_id"]
            *threads, _ = await asyncio.gather(
                *(_until_embedded(client, *item) for item in meetings.items()),
                _converse(client, conversation, tideway, BEFORE_THE_KILL),
            )
        server.kill()
    assert not any(_rows(server.database_url, name)["meetings"] for name in meetings)

    resumed = await asyncio.to_thread(server.smart_meet, "resume", threads[1], "--workspace", by_command)
    assert resumed.returncode == 0, resumed.stderr
    server.start()
    async with server.client() as client:
        for thread in (threads[0], conversation):  # it may have forgotten these
            await client.threads.create(thread_id=thread, if_exists="do_nothing")
        output, spoken = await asyncio.gather(
            _run(client, threads[0], "ingest", None, by_api),
            _converse(client, conversation, tideway, AFTER_THE_KILL),
        )
    assert output["status"] == "ingested"
    asked = [message["content"] for message in spoken if message["type"] == "human"]
    every = [question for question, _ in BEFORE_THE_KILL + AFTER_THE_KILL]
    assert len(asked) >= len(every)
    assert list(dict.fromkeys(asked)) == list(dict.fromkeys(every))

    for name, meeting in meetings.items():
        await ingestions.ingest(name, meeting, lambda event: None)
        assert _rows(server.database_url, name) == _rows(ingestions.stores.servers.database_url, name)


async def _converse(
    client: LangGraphClient, thread: str, workspace: str, turns: Sequence[tuple[str, str]]
) -> list[Any]:
    """Ask one question after the other, each answered with these words; the messages of the whole thread."""
    state: Any = {}
    for question, told in turns:
        state = await _run(client, thread, "query", {"question": question}, workspace)
        assert told in state["answer"], question
    return state["messages"]


async def _run(
    client: LangGraphClient, thread: str, graph: str, given: dict[str, Any] | None, workspace: str
) -> Any:
    """The state of a thread after a run; a server that never ends it fails the test, and does not hold it."""
    run = await client.runs.create(thread, graph, input=given, context={"workspace": workspace})
    async with asyncio.timeout(ANSWERS_WITHIN):
        while (await client.runs.get(thread, run["run_id"]))["status"] in ("pending", "running"):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    return (await client.threads.get_state(thread))["values"]


async def _until_embedded(client: LangGraphClient, workspace: str, meeting: dict[str, Any]) -> str:
    """Start an ingestion and look away once it embeds; its thread."""
    thread = (await client.threads.create())["thread_id"]
    stream = client.runs.stream(
        thread,
        "ingest",
        input=meeting,
        context={"workspace": workspace},
        stream_mode="custom",
        on_disconnect="continue",
    )
    async for part in stream:
        if part.event == "custom" and part.data["stage"] == "embed":
            return thread
    raise AssertionError("it ended before it embedded anything")


@contextmanager
def _no_commit(server: GraphServer) -> Iterator[None]:
    """Meanwhile a commit waits before its first row."""
    with psycopg.connect(server.database_url) as connection:
        connection.execute("lock table meetings in share mode")
        yield


def _rows(database_url: str, workspace: str) -> dict[str, list[str]]:
    """All that a workspace knows, but for when it was recorded."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        for table in COMMITTED:
            select = sql.SQL("select * from {} where workspace_id = %s").format(sql.Identifier(table))
            rows = connection.execute(select, [workspace_id(workspace)]).fetchall()
            for row in rows:
                row.pop("recorded_at", None)
            found[table] = sorted(map(str, rows))
    return found
