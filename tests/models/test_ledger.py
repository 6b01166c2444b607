"""What was asked of models is in the ledger, by run, node and model, and a person can see it."""

from pathlib import Path
from typing import Any

import pytest

from stores.prices import cost_of
from tests.app.conftest import Command, run, transcript
from tests.models.openai_server import Fault, OpenAIServer, Request, texts_of
from tests.models.test_ingestion import judges, reads_due

FIRST = ("Ada Nilsson: The Crane Scheduler is due after the launch.", "Ben Okafor: Fine for all of us here.")
SECOND = ("Ada Nilsson: The Crane Scheduler is due once legal signs.", "Ben Okafor: Fine for me, too.")


@pytest.fixture
def smart_meet(environment: None, server: OpenAIServer) -> Command:
    """The command line with a scripted model that reads, compares, plans and words."""

    def read(request: Request) -> dict[str, Any]:
        fact = {"kind": "fact", "content": "Legal has to sign.", "first_utterance": 0, "last_utterance": 0}
        return {**reads_due("Crane Scheduler")(request), "memories": [fact | {"quote": "Crane Scheduler"}]}

    server.answers["MeetingExtraction"] = read
    server.answers["StateComparisons"] = judges(differs=True)
    server.answers["QueryPlan"] = lambda request: {
        "intent": "search", "entities": [], "people": [], "standalone_question": "What must legal do?"
    }  # fmt: skip
    server.answers["GroundedAnswer"] = lambda request: {
        "known": True, "sentences": [{"text": "Once legal signs.", "citations": [1]}]
    }  # fmt: skip
    return run


def by_place(lines: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    return {(line["node"], line["model"]): line["calls"] for line in lines}


def test_every_call_is_listed_by_run_node_and_model(
    smart_meet: Command, server: OpenAIServer, tmp_path: Path
) -> None:
    smart_meet("ingest", transcript(tmp_path, "2026-01-12_harbour.txt", *FIRST))
    server.requests.clear()
    server.fail(Fault(status=500), when=lambda request: request.schema == "StateComparisons")
    smart_meet("ingest", transcript(tmp_path, "2026-01-19_harbour.txt", *SECOND))
    asked = [request for request in server.requests if texts_of(request.body) != ["meeting"]]
    listed, _ = smart_meet("runs", "--json").json
    one = smart_meet("runs", listed["id"], "--json").json
    calls = by_place(one["ledger"])
    assert calls["extract", "scripted-chat"] == 1
    assert calls["compare", "scripted-chat"] == 2
    assert (calls["embed", "scripted"], calls["extract", "scripted"]) == (1, 1)
    assert one["usage"] == listed["usage"]
    assert listed["usage"]["calls"] == len(asked)
    assert listed["usage"]["prompt_tokens"] == sum(line["prompt_tokens"] for line in one["ledger"])
    assert all(line["prompt_tokens"] for line in one["ledger"])
    assert {line["cost"] for line in one["ledger"]} == {None}  # nobody knows what a scripted model costs
    assert "no price" in smart_meet("runs", listed["id"]).out


def test_questions_are_in_a_ledger_of_their_own(
    smart_meet: Command, server: OpenAIServer, tmp_path: Path
) -> None:
    assert smart_meet("runs", "questions").code == 0
    smart_meet("ingest", transcript(tmp_path, "2026-01-12_harbour.txt", *FIRST))
    ingested = smart_meet("runs", "--json").json[0]["usage"]
    server.requests.clear()
    for question in ("what must legal do about it?", "what must the harbour office do about it?"):
        smart_meet("ask", question)
    lines = smart_meet("runs", "questions", "--json").json
    asked = [request for request in server.requests if texts_of(request.body) != ["meeting"]]
    assert sum(line["calls"] for line in lines) == len(asked)
    assert by_place(lines)["interpret", "scripted-chat"] == 2
    assert smart_meet("runs", "--json").json[0]["usage"] == ingested


def test_a_run_that_nobody_knows_has_no_ledger(smart_meet: Command) -> None:
    for unknown in ("00000000-0000-5000-8000-000000000000", "yesterday"):
        ended = smart_meet("runs", unknown)
        assert (ended.code, "`smart-meet runs` lists them" in ended.err) == (1, True)


def test_a_model_that_the_price_table_lacks_has_no_cost_rather_than_none_to_pay() -> None:
    assert cost_of("gpt-4.1-mini", prompt_tokens=1_000_000, completion_tokens=0) == pytest.approx(0.4)
    assert cost_of("text-embedding-3-small", prompt_tokens=1_000_000, completion_tokens=0) == pytest.approx(
        0.02
    )
    assert cost_of("scripted-chat", prompt_tokens=1_000_000, completion_tokens=0) is None
