"""Answers with a model: what it may word, what is released of it, and what becomes of its failures."""

import json
import re
from typing import Any

import pytest

from stores.opening import Stores
from tests.models.chatting import asked_of
from tests.models.openai_server import Fault, OpenAIServer, Request
from tests.query.builder import Said, Workspace
from tests.query.conftest import Ask, conversation

QUESTION = "Which colour does the harbour office want for the tickets of dogs?"


@pytest.fixture
async def ask(stores: Stores, server: OpenAIServer) -> Ask:
    """Asks in a workspace of one meeting; the model plans a search and says what `server.answers` give."""
    ferry = Workspace(stores, "ferry", types={"Ticket Shop": "project"})
    await ferry.meeting(
        "Kick-off",
        "2026-02-03",
        Said("Tom Becker", "The Ticket Shop is in progress.", [("Ticket Shop", "status", "in progress")]),
        Said("Priya Raman", "The harbour office wants yellow tickets for dogs."),
    )
    await ferry.meeting("Security review", "2026-03-03", Said("Tom Becker", "We saw no dogs."))
    server.answers["QueryPlan"] = lambda request: {
        "intent": "search", "entities": [], "people": [], "standalone_question": QUESTION
    }  # fmt: skip
    return conversation("ferry")


def says(text: str, *, known: bool = True, cites: str = "yellow tickets") -> Any:
    """What the model says, citing the evidence that holds some words."""

    def answer(request: Request) -> dict[str, Any]:
        evidence = json.loads(request.body["messages"][-1]["content"])["evidence"]
        numbers = [piece["number"] for piece in evidence if cites in piece["quote"]]
        return {"known": known, "sentences": [{"text": text, "citations": numbers}]}

    return answer


async def test_the_words_of_the_model_are_released_with_the_words_they_rest_on(
    ask: Ask, server: OpenAIServer
) -> None:
    server.answers["GroundedAnswer"] = says("The harbour office wants yellow ones.")
    output = await ask(QUESTION)
    assert output["answer"].startswith("The harbour office wants yellow ones. [1]")
    assert (output["known"], output["degraded"], output["confidence"]) == (True, False, "medium")
    (citation,) = output["citations"]
    assert citation["quote"] == "The harbour office wants yellow tickets for dogs."
    assert (citation["speaker"], citation["title"]) == ("Priya Raman", "Kick-off")


async def test_a_question_that_leans_on_the_one_before_is_made_stand_alone_by_the_model(
    ask: Ask, server: OpenAIServer
) -> None:
    server.answers["GroundedAnswer"] = says("The harbour office wants yellow ones.")
    await ask("What does the harbour office want?", follow_up=True)
    output = await ask("and which colour?", follow_up=True)
    assert output["citations"]
    prompts = [request.prompt for request in asked_of(server, "QueryPlan")]
    assert "What does the harbour office want?" in prompts[1]
    assert QUESTION in asked_of(server, "GroundedAnswer")[1].prompt


@pytest.mark.parametrize(
    "lie",
    [
        says("The harbour office wants 17 tickets."),
        says("Eve Stone wants yellow tickets."),
        says("The harbour office said “blue tickets”."),
        says("The harbour office wants yellow tickets.", cites="nothing that was said"),
        says("The harbour office does not want yellow tickets for dogs."),
        says("Tom Becker said that the harbour office wants yellow tickets for dogs."),
        says("In the Security review, the harbour office asked for yellow tickets for dogs."),
        says("The harbour office asked for yellow tickets on 3 March 2026."),
        says("The Ticket Shop wants yellow tickets for dogs."),
        lambda request: {"known": True, "sentences": [{"text": "Yellow.", "citations": [999]}]},
        lambda request: {"known": True, "sentences": []},
    ],
)
async def test_of_a_model_that_says_what_nobody_said_nothing_is_released_and_the_rules_answer(
    lie: Any, ask: Ask, server: OpenAIServer
) -> None:
    server.answers["GroundedAnswer"] = lie
    output = await ask(QUESTION)
    assert "17" not in output["answer"]
    assert "Eve" not in output["answer"]
    assert "blue" not in output["answer"]
    assert not re.search(r"does not|Tom Becker|Security review|March|Ticket Shop", output["answer"])
    assert [citation["speaker"] for citation in output["citations"]] == ["Priya Raman"]
    assert (output["degraded"], output["confidence"]) == (True, "low")


async def test_what_a_model_says_of_a_state_must_agree_with_the_states(
    ask: Ask, server: OpenAIServer
) -> None:
    question = "Which colour do the tickets of the Ticket Shop have?"
    server.answers["QueryPlan"] = lambda request: {
        "intent": "search", "entities": ["Ticket Shop"], "people": [], "standalone_question": question
    }  # fmt: skip
    for said, is_released in (
        ("The Ticket Shop is in progress.", True),
        ("As Tom told us in the Kick-off, work on the Ticket Shop is under way.", True),
        ("The Ticket Shop is blocked.", False),
        ("The Ticket Shop is not in progress.", False),
        ("Priya Raman reported that the Ticket Shop is in progress.", False),
    ):
        server.answers["GroundedAnswer"] = says(said, cites="The Ticket Shop is in progress")
        output = await ask(question, cache=False)
        assert (said in output["answer"]) == is_released, said


async def test_what_a_model_says_beside_not_knowing_is_not_released(ask: Ask, server: OpenAIServer) -> None:
    server.answers["GroundedAnswer"] = says("The Ticket Shop is cancelled.", known=False)
    output = await ask(QUESTION)
    assert not output["known"]
    assert output["answer"].startswith("Not known")
    assert "cancelled" not in output["answer"]


@pytest.mark.parametrize("schema", ["QueryPlan", "GroundedAnswer"])
async def test_where_the_model_fails_the_rules_answer_and_say_that_it_did(
    schema: str, ask: Ask, server: OpenAIServer
) -> None:
    server.answers["GroundedAnswer"] = says("The harbour office wants yellow ones.")
    server.fail(Fault(status=500), times=3, when=lambda request: request.schema == schema)
    output = await ask(QUESTION, follow_up=True)
    assert (output["degraded"], output["confidence"]) == (True, "low")
    assert "yellow tickets" in output["answer"]
    again = await ask(QUESTION, follow_up=True)
    assert (again["degraded"], again["confidence"]) == (False, "medium")


async def test_a_state_is_told_from_the_states_and_not_by_the_model(ask: Ask, server: OpenAIServer) -> None:
    server.answers["QueryPlan"] = lambda request: {
        "intent": "status",
        "entities": ["Ticket Shop"],
        "people": [],
        "standalone_question": "What is the status of the Ticket Shop?",
    }
    output = await ask("How does it stand with the shop?")
    assert "in progress" in output["answer"]
    assert (output["known"], output["degraded"], output["confidence"]) == (True, False, "high")
    assert asked_of(server, "GroundedAnswer") == []


async def test_a_courtesy_costs_no_call(ask: Ask, server: OpenAIServer) -> None:
    assert (await ask("Thank you!"))["answer"]
    assert asked_of(server) == []
