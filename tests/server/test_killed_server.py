"""A server that is killed in the middle of its work, and what goes on afterwards."""

import asyncio
from collections.abc import Iterator
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


async def test_both_the_api_and_the_command_line_finish_what_a_killed_server_began(
    server: GraphServer, ingestions: Ingestions
) -> None:
    by_api, by_command = f"api {uuid4().hex}", f"command {uuid4().hex}"
    meetings = {by_api: demo_meeting(1), by_command: demo_meeting(5)}
    with _no_commit(server):  # however fast they run, they do not end before the kill
        async with server.client() as client:
            threads = await asyncio.gather(*(_until_embedded(client, *item) for item in meetings.items()))
        server.kill()
    assert not any(_rows(server.database_url, name)["meetings"] for name in meetings)

    resumed = await asyncio.to_thread(server.smart_meet, "resume", threads[1], "--workspace", by_command)
    assert resumed.returncode == 0, resumed.stderr
    server.start()
    async with server.client() as client:
        # the server writes its threads down every ten seconds, and may have forgotten this one
        await client.threads.create(thread_id=threads[0], if_exists="do_nothing")
        output: Any = await client.runs.wait(threads[0], "ingest", input=None, context={"workspace": by_api})
    assert output["status"] == "ingested"

    for name, meeting in meetings.items():
        await ingestions.ingest(name, meeting, lambda event: None)
        assert _rows(server.database_url, name) == _rows(ingestions.stores.servers.database_url, name)


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
