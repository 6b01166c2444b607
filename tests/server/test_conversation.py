"""Questions through the graph API: a thread is a conversation."""

from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

OUTPUT = set(
    "answer known citations supporting_memories relevant_entities intent confidence degraded messages".split()
)
CITATION = set("memory_id meeting_id title date speaker start utterances quote".split())


async def _asked(client: LangGraphClient, thread: str, question: str, workspace: str) -> dict[str, Any]:
    return await client.runs.wait(
        thread, "query", input={"question": question}, context={"workspace": workspace}
    )


async def test_a_conversation_of_three_turns_is_answered_with_citations(
    client: LangGraphClient, tideway: str
) -> None:
    thread = (await client.threads.create())["thread_id"]
    questions = (
        "What's the status of the Checkout Redesign?",
        "And who owns it?",
        "What about the Billing API?",
    )
    answers = [await _asked(client, thread, question, tideway) for question in questions]
    for answer in answers:
        assert set(answer) == OUTPUT
        assert answer["known"], answer["answer"]
        assert answer["citations"]
        assert all(set(citation) == CITATION for citation in answer["citations"])
    status, owner, other = answers
    assert status["intent"] == "status"
    assert status["confidence"] == "high"
    assert owner["intent"] == "ownership"
    assert "Checkout Redesign" in [one["name"] for one in owner["relevant_entities"]]
    assert other["intent"] == "ownership"
    assert "Billing API" in [one["name"] for one in other["relevant_entities"]]
    messages = other["messages"]
    assert [one["type"] for one in messages] == ["human", "ai"] * 3
    assert [one["content"] for one in messages[::2]] == list(questions)
    assert [one["content"] for one in messages[1::2]] == [answer["answer"] for answer in answers]


async def test_a_question_may_come_as_a_message(client: LangGraphClient, tideway: str) -> None:
    thread = (await client.threads.create())["thread_id"]
    said = {"role": "user", "content": "Who owns the Checkout Redesign?"}
    answer = await client.runs.wait(
        thread, "query", input={"messages": [said]}, context={"workspace": tideway}
    )
    assert answer["known"]
    assert answer["intent"] == "ownership"


async def test_the_context_asks_how_things_stood_at_a_date(client: LangGraphClient, tideway: str) -> None:
    thread = (await client.threads.create())["thread_id"]
    question = {"question": "Who owns the Checkout Redesign?"}
    answers = [
        await client.runs.wait(thread, "query", input=question, context={"workspace": tideway, "as_of": day})
        for day in ("2026-02-10", "2026-06-01")
    ]
    assert all(answer["known"] for answer in answers)
    assert answers[0]["answer"] != answers[1]["answer"]


async def test_another_workspace_sees_nothing_of_it(
    client: LangGraphClient, tideway: str, workspace: str
) -> None:
    thread = (await client.threads.create())["thread_id"]
    answer = await _asked(client, thread, "What's the status of the Checkout Redesign?", workspace)
    assert not answer["known"]
    assert not answer["citations"]
    assert not answer["relevant_entities"]
    assert not answer["supporting_memories"]


async def test_a_conversation_keeps_to_its_workspace(
    client: LangGraphClient, tideway: str, workspace: str
) -> None:
    thread = (await client.threads.create())["thread_id"]
    await _asked(client, thread, "Who owns the Checkout Redesign?", tideway)
    with pytest.raises(Exception, match="this conversation belongs to the workspace 'tideway'"):
        await _asked(client, thread, "And what is its status?", workspace)


@pytest.mark.parametrize(
    ("given", "context", "reason"),
    [
        ({}, {}, "there is no question"),
        ({"question": 7}, {}, "`question` must be text"),
        ({"question": "Who owns it?"}, {"as_of": "soon"}, "'soon' is no date"),
        ({"question": "Who owns it?"}, {"workspace": None}, "workspace\n.*valid string"),
        ({"question": "Who owns it?"}, {"workspace": ""}, "workspace\n.*at least 1 character"),
    ],
)
async def test_a_question_that_cannot_be_asked_fails_with_its_reason(
    client: LangGraphClient, given: dict[str, Any], context: Any, reason: str
) -> None:
    thread = (await client.threads.create())["thread_id"]
    with pytest.raises(Exception, match=reason):
        await client.runs.wait(thread, "query", input=given, context=context)
