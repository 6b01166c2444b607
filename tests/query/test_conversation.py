"""Follow-up questions lean on the ones before them, in one thread."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from graphs.query import graph
from nodes.context import Context
from nodes.errors import InputError
from tests.query.builder import Workspace
from tests.query.conftest import conversation


async def test_a_conversation_goes_on(series: Workspace) -> None:
    ask = conversation(series.name)
    first = await ask("What is the status of the Ticket Shop?", follow_up=True)
    assert "in progress" in first["answer"]
    owner = await ask("and who owns it?", follow_up=True)
    assert owner["answer"].startswith("Ticket Shop is owned by Priya Raman")
    before = await ask("what about as of 2026-02-10?", follow_up=True)
    assert "Ticket Shop is owned by Tom Becker" in before["answer"]
    other = await ask("what about the Billing API?", follow_up=True)
    assert "who owns Billing API" in other["answer"]
    far = await ask("how far is it?", follow_up=True)
    assert "Billing API is 30% done" in far["answer"]
    assert [message.type for message in far["messages"]] == ["human", "ai"] * 5


async def test_a_follow_up_leans_on_what_was_just_talked_of(series: Workspace) -> None:
    ask = conversation(series.name)
    await ask("When was the Ticket Shop blocked?", follow_up=True)
    why = await ask("why?", follow_up=True)
    assert "The bank has not sent the certificate" in why["answer"]
    moved = await ask("and why did it move?", follow_up=True)
    assert "The bank has not sent the certificate" in moved["answer"]
    await ask("What changed in February 2026?", follow_up=True)
    march = await ask("what about March?", follow_up=True)
    assert "from 1 Mar 2026 to 31 Mar 2026" in march["answer"]
    await ask("What did Nora say about the ferries, and who owns the Billing API?", follow_up=True)
    far = await ask("how far is it?", follow_up=True)
    assert "Billing API is 60% done" in far["answer"]


async def test_sentences_are_sent_as_they_pass_with_the_numbers_of_the_answer(series: Workspace) -> None:
    events: list[Any] = []
    output: Any = {}
    question = "What did Priya say about tickets, and what is the status of the Ticket Shop?"
    async for mode, part in graph.astream(
        {"question": question},
        context=Context(workspace=series.name, cache=False),
        stream_mode=["custom", "values"],
    ):
        if mode == "custom":
            events.append(part)
        output = part
    assert {event["stage"] for event in events} == {"sentence"}
    assert len(events) >= 2
    for event in events:
        assert event["text"] in output["answer"]


async def test_why_gives_the_words_around(series: Workspace) -> None:
    ask = conversation(series.name)
    await ask("Was the Ticket Shop blocked?", follow_up=True, as_of="2026-03-01")
    output = await ask("why?", follow_up=True, as_of="2026-03-01")
    assert "The bank has not sent the certificate" in output["answer"]


async def test_a_question_without_one_before_it_does_not_guess(series: Workspace) -> None:
    output = await conversation(series.name)("and who owns it?")
    assert output["intent"] == "ownership"
    assert "Priya Raman owns Ticket Shop" in output["answer"]


async def test_a_question_can_come_as_messages(series: Workspace) -> None:
    output = await graph.ainvoke(
        {
            "messages": [
                HumanMessage("Hello"),
                AIMessage("Ask me about the meetings."),
                HumanMessage("Who owns the Ticket Shop?"),
            ]
        },
        context=Context(workspace=series.name),
    )
    assert "Priya Raman" in output["answer"]
    assert [message.type for message in output["messages"]] == ["human", "ai", "human", "ai"]


async def test_no_question_is_refused(series: Workspace) -> None:
    with pytest.raises(InputError, match="there is no question"):
        await graph.ainvoke({"question": "  "}, context=Context(workspace=series.name))


async def test_a_date_that_is_none_is_refused(series: Workspace) -> None:
    with pytest.raises(InputError, match="is no date"):
        await graph.ainvoke(
            {"question": "What changed?"}, context=Context(workspace=series.name, as_of="soon")
        )
