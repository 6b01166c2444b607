"""A person decides on names that look alike, through the graph API."""

import asyncio
from typing import Any

import pytest_asyncio
from langgraph_sdk.client import LangGraphClient

from tests.server.graph_server import GraphServer

FIRST = """\
Ana Ruiz: The Payment Gateway is in progress.
Ben Cho: The Payment Gateway is due on 1 May 2026.
"""
SECOND = """\
Ana Ruiz: The Payments Gateway is blocked.
Ben Cho: The Payments Gateway is due on 1 June 2026.
"""


@pytest_asyncio.fixture
async def paused(client: LangGraphClient, workspace: str) -> tuple[str, Any]:
    """A thread whose ingestion waits for a review, and the one pair that it asks about."""
    result: Any = None
    thread = ""
    for title, text in (("2026-03-01 Sync 1", FIRST), ("2026-03-08 Sync 2", SECOND)):
        thread = (await client.threads.create())["thread_id"]
        given = {"title": title, "date": title[:10], "transcript": text}
        result = await client.runs.wait(thread, "ingest", input=given, context=_context(workspace))
    (pair,) = _question(result)["same_entity"]
    return thread, pair


async def test_an_ingestion_pauses_until_a_person_has_decided(
    client: LangGraphClient, workspace: str, paused: tuple[str, Any]
) -> None:
    thread, pair = paused
    assert (pair["name"], pair["entity"]) == ("Payments Gateway", "Payment Gateway")
    assert (await client.threads.get(thread))["status"] == "interrupted"
    same = {pair["mention_id"]: pair["entity_id"]}
    output = await _answered(client, thread, workspace, {"same_entity": same})
    assert output["status"] == "ingested"
    assert output["counts"]["entities_new"] == 0
    assert output["counts"]["transitions"] == 2  # of its status and its due date


async def test_an_answer_that_cannot_be_used_is_asked_for_again(
    client: LangGraphClient, workspace: str, paused: tuple[str, Any]
) -> None:
    thread, pair = paused
    answers: tuple[tuple[Any, str], ...] = (
        ("yes", 'answer with {"same_entity"'),
        ({"same_entity": {"a name": pair["entity_id"]}}, "was not offered"),
    )
    for answer, reason in answers:
        question = _question(await _answered(client, thread, workspace, answer))
        assert reason in question["refused"]
        assert question["same_entity"] == [pair]
    output = await _answered(client, thread, workspace, {"same_entity": {}})
    assert output["status"] == "ingested"
    assert output["counts"]["entities_new"] == 1


async def test_resuming_without_a_decision_says_where_to_decide(
    client: LangGraphClient, server: GraphServer, workspace: str, paused: tuple[str, Any]
) -> None:
    thread, pair = paused
    resumed = await asyncio.to_thread(server.smart_meet, "resume", thread, "--workspace", workspace)
    assert resumed.returncode == 1, resumed.stderr
    assert f"run {thread} waits for a person's review" in resumed.stderr.replace("\n", " ")
    same = {pair["mention_id"]: pair["entity_id"]}
    output = await _answered(client, thread, workspace, {"same_entity": same})
    assert output["status"] == "ingested"  # it was left as it was


async def test_a_person_corrects_and_takes_it_back_on_one_thread(
    client: LangGraphClient, workspace: str
) -> None:
    given = {"title": "2026-03-01 Sync 1", "date": "2026-03-01", "transcript": FIRST}
    handed_in, thread = [(await client.threads.create())["thread_id"] for _ in range(2)]
    await client.runs.wait(handed_in, "ingest", input=given, context=_context(workspace))

    async def decided(**decision: Any) -> Any:
        return await client.runs.wait(
            thread,
            "correct",
            input={"decision": decision},
            context=_context(workspace),
            raise_error=False,
        )

    state = {"entity": "Payment Gateway", "field": "status", "value": "blocked"}
    for wrong, reason in (
        (state | {"value": "purple"}, "is no value of status"),
        (state | {"meetng": "2026-03-01 Sync 1"}, "decision.state.meetng"),
    ):
        refused = await decided(action="state", **wrong)
        assert reason in refused["__error__"]["message"]
    done = await decided(action="state", **state, by="Dee", key=None)
    moved = {"entity": "Payment Gateway", "field": "status", "from": "in progress", "to": "blocked"}
    assert (done["number"], done["status"], done["by"], done["moved"]) == (1, "decided", "Dee", [moved])
    back = await decided(action="undo", number=1)
    assert (back["status"], back["moved"]) == ("undone", [moved | {"from": "blocked", "to": "in progress"}])
    gone = await client.runs.wait(None, "forget", input={"everything": True}, context=_context(workspace))
    assert gone["conversations"] == 1  # the thread, which quotes what is forgotten
    left = {handed_in, thread}  # of what the server itself keeps, the transcript too
    async with asyncio.timeout(60):
        while left:
            left = {one["thread_id"] for one in await client.threads.search(ids=[*left])}
            await asyncio.sleep(0.05)


def _context(workspace: str) -> Any:
    return {"workspace": workspace, "review": True}


def _question(result: Any) -> Any:
    (asked,) = result["__interrupt__"]
    return asked["value"]


async def _answered(client: LangGraphClient, thread: str, workspace: str, answer: Any) -> Any:
    return await client.runs.wait(thread, "ingest", command={"resume": answer}, context=_context(workspace))
