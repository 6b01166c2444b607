"""A meeting goes in through the graph API."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis
from langgraph_sdk.client import LangGraphClient
from psycopg import sql

from stores.embedded import Servers
from stores.sources import workspace_id
from tests.server.graph_server import GraphServer
from tests.server.meetings import demo_meeting

COUNTS = set(
    "utterances memories entities_new entities_matched observations transitions relations "
    "discarded_quotes".split()
)
USAGE = set("calls prompt_tokens completion_tokens cost cached fallbacks".split())
CHECKPOINTED_BYTES = 300_000


async def _streamed(
    client: LangGraphClient, meeting: dict[str, Any], workspace: str
) -> tuple[str, list[tuple[str, Any]]]:
    """The thread and all events of one ingestion."""
    thread = (await client.threads.create())["thread_id"]
    stream = client.runs.stream(
        thread, "ingest", input=meeting, context={"workspace": workspace}, stream_mode=["custom", "values"]
    )
    return thread, [(part.event, part.data) async for part in stream]


async def test_an_ingestion_reports_every_stage_and_ends_with_its_output(
    client: LangGraphClient, workspace: str
) -> None:
    _, events = await _streamed(client, demo_meeting(5), workspace)
    progress = [data for event, data in events if event == "custom"]
    assert {"segment", "embed", "read", "resolve", "commit"} <= {one["stage"] for one in progress}
    assert all(0 <= one["done"] <= one["total"] for one in progress)
    last = {one["stage"]: one for one in progress}
    assert all(one["done"] == one["total"] for one in last.values())
    event, output = events[-1]
    assert event == "values"
    assert set(output) == {"meeting_id", "status", "counts", "usage", "warnings"}
    assert output["status"] == "ingested"
    assert set(output["counts"]) == COUNTS
    assert set(output["usage"]) == USAGE
    assert output["counts"]["utterances"] > 50
    assert output["counts"]["observations"] > 0
    assert output["usage"]["calls"] == 0  # no model is configured


async def test_the_text_stays_out_of_the_state_and_the_state_is_small(
    client: LangGraphClient, servers: Servers, workspace: str
) -> None:
    thread, _ = await _streamed(client, demo_meeting(5), workspace)
    values = (await client.threads.get_state(thread))["values"]
    assert {values[name] for name in ("transcript", "content_base64")} == {None}
    assert values["attachments"] is None
    assert len(str(values)) < 5_000
    with redis.Redis.from_url(servers.redis_url) as database:
        keys = list(database.scan_iter(match=f"*{thread}*", count=10_000))
        assert keys
        assert sum(database.memory_usage(key, samples=0) for key in keys) < CHECKPOINTED_BYTES


async def test_the_same_content_on_another_thread_is_known_and_leaves_no_row(
    client: LangGraphClient, server: GraphServer, workspace: str
) -> None:
    _, first = await _streamed(client, demo_meeting(1), workspace)
    stored = _rows(server, workspace)
    _, second = await _streamed(client, demo_meeting(1), workspace)
    output = second[-1][1]
    assert output["status"] == "known"
    assert output["meeting_id"] == first[-1][1]["meeting_id"]
    assert output["counts"] == first[-1][1]["counts"]
    assert _rows(server, workspace) == stored


async def test_a_good_run_leaves_no_complaint_in_the_servers_log(
    client: LangGraphClient, server: GraphServer, workspace: str
) -> None:
    said = len(server.log)
    await _streamed(client, demo_meeting(2), workspace)
    await _streamed(client, demo_meeting(2), workspace)
    for complaint in ("Traceback", "[error", "BlockingError", "Exception"):
        assert complaint not in server.log[said:]


BAD = {
    "nothing": ({}, "nothing to ingest"),
    "an empty text": ({"transcript": ""}, "the transcript"),
    "a text in which nobody speaks": ({"transcript": "lorem ipsum", "date": "2026-03-01"}, "speaker"),
    "no base64": ({"content_base64": "???", "filename": "sync.vtt"}, "sync.vtt: its content_base64"),
    "a date that is none": ({"transcript": "Ana: We ship today.", "date": "someday"}, "someday"),
    "a number for a text": ({"transcript": 7}, "transcript: Input should be a valid string"),
    "half an attachment": (
        {"transcript": "Ana: We ship.", "date": "2026-03-01", "attachments": [{"filename": "chat.txt"}]},
        "attachments.0.content_base64: Field required",
    ),
    "an id that is no text": ({"source_id": 7}, "source_id: it must be text"),
    "an id that is none": ({"source_id": "the last one"}, "'the last one' is not the id"),
    "an id of nothing": ({"source_id": str(uuid4())}, "is not staged in this workspace"),
}


@pytest.fixture(scope="module")
def refusals(server: GraphServer) -> dict[str, tuple[str, list[tuple[str, Any]]]]:
    """What the callers of all bad inputs were told, each in its own workspace: (thread's status, events)."""

    async def refused(client: LangGraphClient, name: str) -> tuple[str, tuple[str, list[tuple[str, Any]]]]:
        thread, events = await _streamed(client, BAD[name][0], name)
        return name, ((await client.threads.get(thread))["status"], events)

    async def all_refused() -> list[tuple[str, tuple[str, list[tuple[str, Any]]]]]:
        async with server.client() as client:
            return await asyncio.gather(*(refused(client, name) for name in BAD))

    return dict(asyncio.run(all_refused()))


@pytest.mark.parametrize("name", BAD)
def test_bad_input_fails_with_its_reason_and_stores_nothing(
    refusals: dict[str, tuple[str, list[tuple[str, Any]]]], server: GraphServer, name: str
) -> None:
    status, events = refusals[name]
    assert status == "error"
    event, data = events[-1]
    assert event == "error"
    assert data["error"] in ("InputError", "NotFoundError")
    assert BAD[name][1] in data["message"]
    assert not _rows(server, name)


def _rows(server: GraphServer, workspace: str) -> Counter[str]:
    """How many rows of a workspace each table holds."""
    scope = workspace_id(workspace)
    found: Counter[str] = Counter()
    with psycopg.connect(server.database_url) as connection:
        tables = connection.execute(
            "select table_name from information_schema.columns where column_name = 'workspace_id'"
        ).fetchall()
        for (table,) in tables:
            count = sql.SQL("select count(*) from {} where workspace_id = %s").format(sql.Identifier(table))
            found[table] = connection.execute(count, [scope]).fetchone()[0]
    return +found
