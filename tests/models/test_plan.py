"""The model's plan of a question: what of it is used, and what falls back for that part alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stores.opening import Stores
from tests.models.openai_server import OpenAIServer
from tests.query.builder import Said, Workspace
from tests.query.conftest import Ask, conversation


@pytest.fixture
async def ask(stores: Stores, server: OpenAIServer) -> Ask:
    """Asks in a workspace of two meetings, in which names are ordinary words too."""
    ferry = Workspace(stores, "ferry", types={"Ticket Shop": "project", "Orange": "system"})
    await ferry.meeting(
        "Kick-off",
        "2026-02-03",
        Said("Will Rose", "The Ticket Shop is in progress.", [("Ticket Shop", "status", "in progress")]),
        Said("Will Rose", "I own the Orange.", [("Orange", "owner", "Will Rose")]),
        Said("Ana Grey", "The sunset was orange, and everybody took pictures.", kind="decision"),
    )
    await ferry.meeting(
        "Planning",
        "2026-03-24",
        Said("Ana Grey", "The Ticket Shop is blocked.", [("Ticket Shop", "status", "blocked")]),
        Said("Ana Grey", "We decided to paint the quay.", kind="decision"),
    )
    return conversation("ferry")


def plans(server: OpenAIServer, **plan: Any) -> None:
    """What the model answers when it is asked for a plan."""
    given = {"intent": "status", "entities": [], "people": [], "standalone_question": "How does it stand?"}
    server.answers["QueryPlan"] = lambda request: given | plan


async def test_its_names_are_looked_up_where_the_question_says_none(ask: Ask, server: OpenAIServer) -> None:
    question = "How does it stand with the shop?"
    plans(server, entities=["the ticket shop"], standalone_question=question)
    output = await ask(question)
    assert output["answer"].startswith("Ticket Shop is blocked")
    assert not output["degraded"]
    plans(server, entities=["Shop"], standalone_question="How is the shop?")  # a part of a name is no name
    assert [one["name"] for one in (await ask("How is the shop?"))["relevant_entities"]] != ["Ticket Shop"]
    question = "What is the status of the Moon Base?"
    plans(server, entities=["Moon Base"], standalone_question=question)
    output = await ask(question)
    assert "no meeting tracks anything named “Moon Base”" in output["answer"]
    assert not output["degraded"]  # the person made it up, not the model


async def test_an_ordinary_word_is_a_name_where_the_model_says_so(ask: Ask, server: OpenAIServer) -> None:
    question = "What did Will say about the orange in Ticket Shop?"
    plans(server, intent="search", entities=["Ticket Shop"], people=["Will"], standalone_question=question)
    server.answers["GroundedAnswer"] = lambda request: {"known": False, "sentences": []}
    assert "Orange" not in [one["name"] for one in (await ask(question))["relevant_entities"]]
    question = "Who owns the orange?"
    plans(server, intent="ownership", entities=["Orange"], standalone_question=question)
    assert (await ask(question))["answer"].startswith("Orange is owned by Will Rose")


async def test_its_times_are_used_where_the_question_says_none(ask: Ask, server: OpenAIServer) -> None:
    question = "How did the Ticket Shop stand at carnival?"
    plans(server, entities=["Ticket Shop"], as_of="2026-02-17", standalone_question=question)
    output = await ask(question)
    assert "Ticket Shop is in progress" in output["answer"]
    assert "17 Feb 2026" in output["answer"]
    plans(server, intent="decisions", start="2026-03-01", end="2026-03-31", standalone_question="Decisions?")
    output = await ask("What was decided around the first day of spring?")
    assert "paint the quay" in output["answer"]
    assert "sunset" not in output["answer"]
    question = "What was the status of the Ticket Shop on 17 February 2026?"
    plans(server, entities=["Ticket Shop"], standalone_question=question)  # the one read wins over none
    assert "in progress" in (await ask(question))["answer"].splitlines()[0]
    await ask("How is it?", as_of="2026-02-17")
    prompts = [request.prompt for request in server.requests if request.schema == "QueryPlan"]
    assert f"today is {datetime.now(UTC).date()}" in prompts[0]
    assert "today is 2026-02-17" in prompts[-1]


async def test_what_it_wants_counted_is_counted(ask: Ask, server: OpenAIServer) -> None:
    question = "Give me an idea of our decisiveness."
    plans(server, intent="analytics", aggregation="decisions per month", standalone_question=question)
    output = await ask(question)
    assert (output["intent"], output["degraded"]) == ("analytics", False)
    assert "Feb" in output["answer"]
    assert "Mar" in output["answer"]


async def test_what_is_invalid_falls_back_for_that_part_alone(ask: Ask, server: OpenAIServer) -> None:
    question = "What is the status of the Ticket Shop?"
    odd: list[dict[str, Any]] = [
        {"intent": "gossip"},
        {"as_of": "2026-02-31"},
        {"start": "2026-03-01", "end": "2026-02-01"},
        {"start": "the day after"},
        {"entities": ["Ticket Shop", "Moon Base"]},
        {"people": ["Eve Stone"]},
        {"entities": 7},
        {"aggregation": "by the colour of hats"},
        {"standalone_question": ""},
        {"standalone_question": None},
    ]
    for part in odd:
        plans(server, **({"entities": ["Ticket Shop"], "standalone_question": question} | part))
        output = await ask(question, cache=False)
        assert output["answer"].startswith("Ticket Shop is blocked"), part
        assert (output["degraded"], output["confidence"]) == (True, "low"), part
