"""Our user's acceptance tests, by name: the real graphs, stores and client, and a scripted endpoint."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.ingestion import Ingestions
from app.questioning import answer
from nodes.context import Context
from nodes.ingest_state import IngestInput
from stores import settings as settings_module
from tests.ingest.meetings import meeting
from tests.models.chatting import asked_of, chat_environment, turns_of
from tests.models.openai_server import Fault, OpenAIServer, Request

PIERS = [f"Pier {name}" for name in ("North", "South", "West", "East", "Old", "New", "Long")]
SAME = {"Pier Old", "Pier New"}
LAST_WEEK = {name: f"sometime after the opening of {name}" for name in PIERS}
THIS_WEEK = {
    name: f"after the opening of {name}, sometime" if name in SAME else f"once the mayor signs for {name}"
    for name in PIERS
}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Reads what is due, and judges pairs by whether they speak of the mayor."""
    with OpenAIServer() as started:
        started.answers["MeetingExtraction"] = _reads
        started.answers["StateComparisons"] = _judges
        yield started


@pytest.fixture
def environment(environment: None, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in chat_environment(server).items():
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()


def _reads(request: Request) -> dict[str, Any]:
    turns = {at: words.split(" is due ") for at, words in turns_of(request).items() if " is due " in words}
    return {
        "entities": [{"name": name, "type": "deliverable"} for name, _ in turns.values()],
        "observations": [
            {
                "entity": name,
                "field": "due",
                "op": "set",
                "value": due.rstrip("."),
                "stance": "decided",
                "quote": f"{name} is due {due}",
                "utterance": at,
            }
            for at, (name, due) in turns.items()
        ],
    }


def _judges(request: Request) -> dict[str, Any]:
    pairs = json.loads(request.body["messages"][-1]["content"])
    return {
        "comparisons": [
            {
                "pair_id": pair["pair_id"],
                "has_changes": "mayor" in pair["after"],
                "reason": f"from {pair['before']!r} to {pair['after']!r}",
            }
            for pair in reversed(pairs)  # matched by their ids, not by their places
        ]
    }


def spoken(week: int, due: dict[str, str]) -> IngestInput:
    """A meeting in which each pier is said to be due in these words."""
    speakers = ("Ada Nilsson", "Ben Okafor")
    turns = [f"{speakers[at % 2]}: {name} is due {words}." for at, (name, words) in enumerate(due.items())]
    return meeting(week, *turns)


async def ingest(ingestions: Ingestions, given: IngestInput) -> dict[str, Any]:
    return await ingestions.ingest("default", given, lambda event: None)


COLOURS = meeting(
    1,
    "Ana Grey: The Orange is the new pier. The load test shook the Orange, and the lamps fell into the sea.",
    "Will Rose: The Gateway is blocked. Grey, the Gateway is owned by Will Rose.",
    "Ana Grey: The Orange is in progress.",
)
ANSWERED = [
    ("The load test shook the Orange, and the lamps fell into the sea.", "Ana Grey"),
    ("The Gateway is blocked", "Will Rose"),
]


def _reads_colours(request: Request) -> dict[str, Any]:
    states = {
        "The Gateway is blocked": ("Gateway", "status", "blocked"),
        "the Gateway is owned by Will Rose": ("Gateway", "owner", "Will Rose"),
        "The Orange is in progress": ("Orange", "status", "in progress"),
    }
    return {
        "entities": [{"name": "Gateway", "type": "system"}, {"name": "Orange", "type": "project"}],
        "observations": [
            {
                "entity": entity,
                "field": field,
                "op": "set",
                "value": value,
                "stance": "stated",
                "quote": quote,
                "utterance": at,
            }
            for at, words in turns_of(request).items()
            for quote, (entity, field, value) in states.items()
            if quote in words
        ],
    }


def _plans(request: Request) -> dict[str, Any]:
    question = request.body["messages"][-1]["content"].splitlines()[-1]
    return {"intent": "search", "entities": ["Gateway"], "people": ["Ana"], "standalone_question": question}


def _words(request: Request) -> dict[str, Any]:
    evidence = json.loads(request.body["messages"][-1]["content"])["evidence"]

    def citing(words: str) -> list[int]:
        return [piece["number"] for piece in evidence if words in piece["quote"]][:1]

    return {
        "known": True,
        "sentences": [
            {"text": "Ana said that the load test shook the Orange.", "citations": citing("load test")},
            {"text": "The Gateway is blocked.", "citations": citing("Gateway is blocked")},
        ],
    }


@pytest.mark.parametrize("with_model", [True, False])
async def test_query_engine_synthesis(
    with_model: bool, ingestions: Ingestions, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question of two parts is answered from passages and from states, both cited, by model and by rule."""
    server.answers |= {"MeetingExtraction": _reads_colours, "QueryPlan": _plans, "GroundedAnswer": _words}
    await ingest(ingestions, COLOURS)
    if not with_model:
        monkeypatch.delenv("SMART_MEET_MODEL")
        settings_module.settings.cache_clear()
    output = await answer(
        Context(), "What did Ana say about the load test, and what is the status of the Gateway?"
    )
    assert (output["known"], output["degraded"]) == (True, False)
    assert "load test shook the Orange" in output["answer"]
    assert "Gateway is blocked" in output["answer"]
    cited = [(citation["quote"], citation["speaker"]) for citation in output["citations"]]
    assert all(any(said in quote and by == speaker for quote, speaker in cited) for said, by in ANSWERED)
    assert ("Ana said that" in output["answer"]) == with_model
    assert len(asked_of(server, "GroundedAnswer")) == with_model


async def changes(ingestions: Ingestions) -> dict[str, dict[str, Any]]:
    rows = await ingestions.stores.database.rows(
        b"select e.name, t.before, t.after, t.reason, t.decided_by from transitions t"
        b" join entities e on e.id = t.entity_id where t.field = 'due' and not t.first_sight"
    )
    return {row["name"]: dict(row) for row in rows}


async def test_semantic_comparison_in_batch(ingestions: Ingestions, server: OpenAIServer) -> None:
    """One call judges all pairs of a meeting, and each pair has its own verdict with its own reason."""
    await ingest(ingestions, spoken(1, LAST_WEEK))
    output = await ingest(ingestions, spoken(2, THIS_WEEK))

    (call,) = asked_of(server, "StateComparisons")
    assert len(json.loads(call.body["messages"][-1]["content"])) == len(PIERS)
    assert output["status"] == "ingested"
    assert output["usage"]["fallbacks"] == 0
    changed = await changes(ingestions)
    assert changed == {
        name: {
            "name": name,
            "before": LAST_WEEK[name],
            "after": THIS_WEEK[name],
            "reason": f"from {LAST_WEEK[name]!r} to {THIS_WEEK[name]!r}",
            "decided_by": "llm",
        }
        for name in PIERS
        if name not in SAME
    }
    verdicts = await ingestions.stores.database.rows(b"select differs, reason, decided_by from verdicts")
    assert len({row["reason"] for row in verdicts}) == len(PIERS)
    assert sum(not row["differs"] for row in verdicts) == len(SAME)


async def test_llm_failure_fallback(ingestions: Ingestions, server: OpenAIServer) -> None:
    """The endpoint fails: the ingestion completes on the fallback and says so; nothing is lost or doubled."""
    await ingest(ingestions, spoken(1, LAST_WEEK))
    server.fail(Fault(status=500), times=None, when=lambda request: request.schema == "StateComparisons")
    output = await ingest(ingestions, spoken(2, THIS_WEEK))

    assert output["status"] == "degraded"
    assert output["usage"]["fallbacks"] == len(PIERS)
    (warning,) = [one for one in output["warnings"] if one.startswith("degraded")]
    assert f"{len(PIERS)} pairs of values were compared by their wording" in warning
    assert f"scripted-chat at {server.base_url}" in warning
    changed = await changes(ingestions)
    assert set(changed) == set(PIERS)
    assert {row["decided_by"] for row in changed.values()} == {"fallback"}
    verdicts = await ingestions.stores.database.rows(b"select decided_by, model from verdicts")
    assert [(row["decided_by"], row["model"]) for row in verdicts] == [("fallback", None)] * len(PIERS)


async def test_llm_failure_fallback_when_nothing_answers_at_all(
    ingestions: Ingestions, server: OpenAIServer
) -> None:
    """No chat call succeeds: the rules read every window."""
    server.fail(Fault(hang_up=True), times=None, when=lambda request: request.path != "/embeddings")
    given = meeting(
        1, "Ada Nilsson: Tide Gauge is at risk.", "Ben Okafor: Tide Gauge is owned by Ada Nilsson."
    )
    output = await ingest(ingestions, given)

    assert output["status"] == "degraded"
    assert any("1 of 1 windows were read by rule" in warning for warning in output["warnings"])
    made = await ingestions.stores.database.rows(b"select distinct made_by from observations")
    assert [row["made_by"] for row in made] == ["rule"]
    states = await ingestions.stores.database.rows(b"select field, value from states")
    assert {row["field"]: row["value"] for row in states} == {"status": "at risk", "owner": "Ada Nilsson"}
