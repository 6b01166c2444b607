"""The ingestion with a model: what it is shown, what is taken of it, what is paid, and what fails alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.ingestion import Ingestions
from nodes.ingest_state import IngestInput
from stores import runs, sources
from tests.ingest.meetings import meeting
from tests.models.chatting import asked_of, turns_of
from tests.models.harbour import asked
from tests.models.openai_server import Fault, OpenAIServer, Request

SCOPE = sources.workspace_id("default")
SPEAKERS = ("Ada Nilsson", "Ben Okafor", "Ada Nilsson")


def observed(entity: str, field: str, value: str, at: int, quote: str, **more: Any) -> dict[str, Any]:
    given = {"entity": entity, "field": field, "value": value, "utterance": at, "quote": quote}
    return {"op": "set", "stance": "stated", "key": None, "speaker": None} | given | more


def reads_due(name: str) -> Callable[[Request], dict[str, Any]]:
    """A reader that notes of every turn "<name> is due <words>." the words as the due date."""

    def read(request: Request) -> dict[str, Any]:
        turns = {at: words for at, words in turns_of(request).items() if f"{name} is due " in words}
        return {
            "entities": [{"name": name, "type": "feature", "aliases": []}],
            "observations": [
                observed(name, "due", words.partition(" is due ")[2].rstrip("."), at, words)
                for at, words in turns.items()
            ],
        }

    return read


def judges(*, differs: bool) -> Callable[[Request], dict[str, Any]]:
    def judge(request: Request) -> dict[str, Any]:
        pairs = json.loads(request.body["messages"][-1]["content"])
        return {
            "comparisons": [
                {"pair_id": pair["pair_id"], "has_changes": differs, "reason": f"{pair['after']} is it now"}
                for pair in pairs
            ]
        }

    return judge


async def ingest(ingestions: Ingestions, given: IngestInput) -> dict[str, Any]:
    return await ingestions.ingest("default", given, lambda event: None)


FIRST = meeting(
    1, "Ada Nilsson: The Crane Scheduler is due after the launch.", "Ben Okafor: Fine for all of us here."
)
SECOND = meeting(
    2, "Ada Nilsson: The Crane Scheduler is due once legal signs.", "Ben Okafor: Fine for me, too."
)


@pytest.fixture
def crane(server: OpenAIServer) -> OpenAIServer:
    """A server that reads due dates of the Crane Scheduler, and says of every pair that it differs."""
    server.answers["MeetingExtraction"] = reads_due("Crane Scheduler")
    server.answers["StateComparisons"] = judges(differs=True)
    return server


async def test_the_model_is_shown_the_meeting_the_fields_and_the_state_before_it(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    await ingest(ingestions, FIRST)
    await ingest(ingestions, SECOND)
    first, second = (request.prompt for request in asked_of(crane, "MeetingExtraction"))
    assert "Participants: Ada Nilsson, Ben Okafor" in first
    assert "2026-01-12" in first
    assert "- status: planned, in_progress, blocked" in first
    assert "Known before this meeting" not in first
    assert "- Crane Scheduler (feature): due = after the launch" in second
    assert "[0] Ada Nilsson: The Crane Scheduler is due once legal signs." in second


async def test_a_late_meeting_is_shown_the_state_before_itself(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    await ingest(ingestions, SECOND)
    await ingest(ingestions, FIRST)
    (_, late) = (request.prompt for request in asked_of(crane, "MeetingExtraction"))
    assert "once legal signs" not in late
    assert "- Crane Scheduler (feature)\n" in late


async def test_of_a_large_workspace_only_what_the_window_names_is_shown(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    names = [f"Harbour Gate {letter}" for letter in "ABCDEFGHIJ"]
    crane.answers["MeetingExtraction"] = lambda request: {
        "entities": [{"name": name, "type": "system"} for name in names]
    }
    await ingest(ingestions, meeting(1, f"Ada Nilsson: {', '.join(names)} are open.", "Ben Okafor: Good."))
    await ingest(ingestions, meeting(2, "Ada Nilsson: The harbour gate C is shut.", "Ben Okafor: Good."))
    prompt = asked_of(crane, "MeetingExtraction")[-1].prompt
    assert "- Harbour Gate C (system)" in prompt
    assert prompt.count("Harbour Gate ") == 1


async def test_what_a_model_read_and_judged_is_known_with_who_decided_it(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    assert (await ingest(ingestions, FIRST))["status"] == "ingested"
    output = await ingest(ingestions, SECOND)
    assert output["status"] == "ingested"
    assert output["warnings"] == []
    assert output["counts"]["transitions"] == 1
    row = await ingestions.stores.database.row(b"select * from verdicts")
    assert row is not None
    assert (row["decided_by"], row["differs"], row["model"]) == ("llm", True, "scripted-chat")
    assert row["prompt_version"] == "compare-1"
    assert row["reason"] == "once legal signs is it now"
    (change,) = await ingestions.stores.database.rows(
        b"select before, after, reason, decided_by from transitions where not first_sight"
    )
    assert change == {
        "before": "after the launch",
        "after": "once legal signs",
        "reason": "once legal signs is it now",
        "decided_by": "llm",
    }


async def test_no_change_keeps_the_earlier_value(crane: OpenAIServer, ingestions: Ingestions) -> None:
    crane.answers["StateComparisons"] = judges(differs=False)
    await ingest(ingestions, FIRST)
    assert (await ingest(ingestions, SECOND))["counts"]["transitions"] == 0
    (state,) = await ingestions.stores.database.rows(b"select value from states where field = 'due'")
    assert state["value"] == "after the launch"


async def test_a_pair_that_was_judged_is_not_asked_about_again(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    await ingest(ingestions, FIRST)
    await ingest(ingestions, SECOND)
    words = ("The Crane Scheduler is due after the launch.", "The Crane Scheduler is due once legal signs.")
    third, fourth = (
        meeting(3 + at, f"Ada Nilsson: {one}", "Ben Okafor: Yes.") for at, one in enumerate(words)
    )
    await ingest(ingestions, third)
    before = len(asked_of(crane, "StateComparisons"))
    output = await ingest(ingestions, fourth)  # the same two values again
    assert output["counts"]["transitions"] == 1
    assert len(asked_of(crane, "StateComparisons")) == before == 2


async def test_calls_and_tokens_are_in_the_output_and_in_the_ledger(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    await ingest(ingestions, FIRST)
    usage = (await ingest(ingestions, SECOND))["usage"]
    lines = await ingestions.stores.database.rows(
        b"select node, calls, prompt_tokens from model_usage u join runs r on r.id = u.run_id"
        b" where r.title = 'Harbour sync 2' order by node"
    )
    asked = ("compare", "embed", "extract", "summarise")
    assert [(line["node"], line["calls"]) for line in lines] == [(node, 1) for node in asked]
    assert usage["calls"] == 4
    assert usage["prompt_tokens"] == sum(line["prompt_tokens"] for line in lines) > 0
    assert usage["completion_tokens"] > 0
    (run, _) = await runs.recent(ingestions.stores.database, SCOPE)
    assert (run["calls"], run["prompt_tokens"]) == (4, usage["prompt_tokens"])


async def test_the_same_transcript_again_asks_nobody(crane: OpenAIServer, ingestions: Ingestions) -> None:
    await ingest(ingestions, FIRST)
    asked = len(crane.requests)
    again = await ingest(ingestions, FIRST | {"filename": "another-name.txt"})
    assert (again["status"], again["usage"]["calls"]) == ("known", 0)
    assert len(crane.requests) == asked


async def test_claims_without_form_or_without_their_words_go_and_are_counted(
    server: OpenAIServer, ingestions: Ingestions
) -> None:
    said = "The Crane Scheduler is blocked by the permit"
    server.answers["MeetingExtraction"] = lambda request: {
        "entities": [{"name": " ", "type": "feature"}, {"name": "Crane Scheduler", "type": "gadget"}],
        "memories": [
            {"kind": "fact", "content": "The permit is missing.", "first_utterance": 0, "last_utterance": 0},
            {"kind": "fact", "content": "Yes.", "quote": "x", "first_utterance": 0, "last_utterance": 10**18},
        ],
        "observations": [
            observed("Crane Scheduler", "status", "blocked", 1, "is blocked"),  # of the turn before
            observed("Crane Scheduler", "Inclusion status[Spring]", "in", 0, said),
            observed("Crane Scheduler", "blockers", "the permit", 0, "the permit"),
            observed("Crane Scheduler", "status", "completed", 0, "is completed"),  # never said
            observed("Crane Scheduler", "status", "", 0, said),
            observed("Crane Scheduler", "status", "blocked", 0, said, op="explode"),
            observed("Crane Scheduler", "status", "blocked", 0, said, op="add"),
            observed("Crane Scheduler", "what? ever!", "blocked", 0, said),
            observed("C" * 5000, "status", "blocked", 0, said),
        ],
        "relations": [
            {"source": "Crane Scheduler", "type": "blocks", "target": "crane scheduler", "quote": said,
             "utterance": 0, "ended": False},
        ],
    }  # fmt: skip
    output = await ingest(ingestions, meeting(1, f"Ada Nilsson: {said}.", "Ben Okafor: I see it as you do."))
    states = await ingestions.stores.database.rows(b"select field, key, value from states order by field")
    assert [tuple(state.values())[:2] for state in states if state["field"] != "blockers"] == [
        ("inclusion_status", "Spring"),
        ("status", ""),
    ]
    assert len(states) == 3
    assert output["counts"]["discarded_quotes"] == 2
    assert "7 claims were dropped: they had no usable field or value" in output["warnings"]
    assert output["status"] == "ingested"
    (fact,) = await ingestions.stores.database.rows(
        b"select content, quote, speaker from memories where kind = 'fact'"
    )
    assert fact == {"content": "The permit is missing.", "quote": f"{said}.", "speaker": "Ada Nilsson"}


def long_meeting(*, windows: int) -> IngestInput:
    """A meeting of so many windows; each begins with a due date."""
    filler = " ".join(f"word{number}" for number in range(490))
    turns = [f"Ada Nilsson: Pier {at} is due in time {at}. {filler}" for at in range(5 * windows)]
    return meeting(1, *turns)


def reads_piers(request: Request) -> dict[str, Any]:
    turns = turns_of(request)
    quotes = {at: f"Pier {at} is due in time {at}" for at in turns}
    return {"observations": [observed(f"Pier {at}", "due", f"in time {at}", at, quotes[at]) for at in turns]}


async def test_what_two_windows_see_is_noted_once(server: OpenAIServer, ingestions: Ingestions) -> None:
    server.answers["MeetingExtraction"] = reads_piers
    output = await ingest(ingestions, long_meeting(windows=3))
    shown = [set(turns_of(request)) for request in asked_of(server, "MeetingExtraction")]
    assert len(shown) == 3
    assert sum(map(len, shown)) > len(set.union(*shown)) == 15
    assert output["counts"]["observations"] == 15


async def test_a_window_that_failed_is_read_by_rule_alone_and_the_run_says_so(
    server: OpenAIServer, ingestions: Ingestions
) -> None:
    server.answers["MeetingExtraction"] = reads_piers
    server.fail(Fault(status=500), times=None, when=lambda request: "[14]" in request.prompt)
    output = await ingest(ingestions, long_meeting(windows=3))
    assert output["status"] == "degraded"
    (warning,) = [one for one in output["warnings"] if one.startswith("degraded")]
    assert "1 of 3 windows were read by rule" in warning
    assert "scripted-chat" in warning
    made = await ingestions.stores.database.rows(
        b"select distinct utterance < 10 as early from observations where made_by = 'llm'"
    )
    assert [row["early"] for row in made] == [True]


async def test_names_that_only_look_alike_are_decided_in_one_call(
    crane: OpenAIServer, ingestions: Ingestions
) -> None:
    crane.answers["EntityMatches"] = lambda request: {
        "matches": [
            {"mention_id": one["mention_id"], "entity_id": one["entity_id"], "reason": "a plural"}
            for one in json.loads(request.body["messages"][-1]["content"])
        ]
    }
    await ingest(ingestions, FIRST)
    crane.answers["MeetingExtraction"] = reads_due("Crane Schedulers pilot")
    other = meeting(2, "Ada Nilsson: The Crane Schedulers pilot is due once legal signs.", "Ben Okafor: Yes.")
    output = await ingest(ingestions, other)
    assert len(asked_of(crane, "EntityMatches")) == 1
    assert (output["status"], output["warnings"]) == ("ingested", [])
    links = await ingestions.stores.database.rows(b"select 1 from links where decided_by = 'llm'")
    assert len(links) == 1
    assert output["counts"]["transitions"] == 1


async def test_many_names_are_decided_in_calls_that_fit_and_one_that_fails_leaves_its_own_names_alone(
    server: OpenAIServer, ingestions: Ingestions
) -> None:
    places = [f"{one}{two}" for one in ("Bramble", "Cinder", "Dover", "Falcon") for two in ("brook", "field")]
    places += [f"{place} Harbour" for place in places]
    lost = "Cinderfield Crane Schedulers pilot"

    async def ingest_named(form: str, number: int) -> dict[str, Any]:
        names = [form.format(place) for place in places]
        entities = [{"name": name, "type": "system"} for name in names]
        server.answers["MeetingExtraction"] = lambda request: {"entities": entities}
        turns = [f"Ada Nilsson: The {name} is up." for name in names]
        return await ingest(ingestions, meeting(number, *turns, "Ben Okafor: Good."))

    def match(request: Request) -> dict[str, Any]:
        pairs = asked(request)
        found = {pair["mention_id"]: None for pair in pairs} | {
            pair["mention_id"]: pair["entity_id"]
            for pair in pairs
            if pair["name"] == f"{pair['entity']}s pilot"
        }
        return {
            "matches": [{"mention_id": one, "entity_id": it, "reason": "so"} for one, it in found.items()]
        }

    def loses(request: Request) -> bool:
        return request.schema == "EntityMatches" and lost in request.prompt

    server.answers["EntityMatches"] = match
    server.fail(Fault(status=400), times=None, when=loses)
    await ingest_named("{} Crane Scheduler", 1)
    output = await ingest_named("{} Crane Schedulers pilot", 2)
    calls = asked_of(server, "EntityMatches")
    assert max(len(json.dumps(asked(request), ensure_ascii=False)) for request in calls) <= 12_000
    names: list[set[str]] = [{pair["name"] for pair in asked(request)} for request in calls]
    assert len(names) > 1
    assert sum(map(len, names)) == len(set.union(*names)) == len(places)
    (unheard,) = [one for one in names if lost in one]
    assert output["status"] == "degraded"
    linked = await ingestions.stores.database.rows(
        b"select m.name from links l join mentions m on m.id = l.mention_id where decided_by = 'llm'"
    )
    assert {row["name"] for row in linked} == set.union(*names) - unheard


@pytest.mark.parametrize("lie", ["an entity that was not offered", "the same mention twice", "a failure"])
async def test_names_on_which_the_model_says_nothing_usable_stay_apart_and_are_listed(
    lie: str, crane: OpenAIServer, ingestions: Ingestions
) -> None:
    def match(request: Request) -> dict[str, Any]:
        (pair,) = json.loads(request.body["messages"][-1]["content"])
        entity = pair["mention_id"] if "entity" in lie else pair["entity_id"]
        return {"matches": [{"mention_id": pair["mention_id"], "entity_id": entity, "reason": "so"}] * 2}

    crane.answers["EntityMatches"] = match
    if lie == "a failure":
        crane.fail(Fault(status=500), times=None, when=lambda request: request.schema == "EntityMatches")
    await ingest(ingestions, FIRST)
    crane.answers["MeetingExtraction"] = reads_due("Crane Schedulers pilot")
    other = meeting(2, "Ada Nilsson: The Crane Schedulers pilot is due once legal signs.", "Ben Okafor: Yes.")
    output = await ingest(ingestions, other)
    assert any("kept apart" in warning for warning in output["warnings"])
    assert output["status"] == ("degraded" if lie == "a failure" else "ingested")
    assert await ingestions.stores.database.rows(b"select 1 from links where decided_by = 'llm'") == []


@pytest.mark.parametrize("fault", ["missing", "repeated", "unknown", "malformed", "without a reason"])
async def test_a_pair_that_the_model_got_wrong_falls_back_alone(
    fault: str, server: OpenAIServer, ingestions: Ingestions
) -> None:
    names = ("Pier North", "Pier South", "Pier West")

    def read(request: Request) -> dict[str, Any]:
        readings = [reads_due(name)(request) for name in names]
        return {"observations": [one for reading in readings for one in reading["observations"]]}

    def judge(request: Request) -> dict[str, Any]:
        good: list[dict[str, Any]] = judges(differs=True)(request)["comparisons"]
        first, *others = reversed(good)
        wrong = {
            "missing": [],
            "repeated": [first, {**first, "has_changes": False}],
            "unknown": [{**first, "pair_id": "invented"}],
            "malformed": [{**first, "has_changes": "perhaps, who knows"}],
            "without a reason": [{**first, "reason": " "}],
        }
        return {"comparisons": [*others, *wrong[fault]]}

    server.answers["MeetingExtraction"] = read
    server.answers["StateComparisons"] = judge
    for week, due in ((1, "after the launch"), (2, "once legal signs")):
        turns = [f"{who}: {name} is due {due} of {name}." for who, name in zip(SPEAKERS, names, strict=True)]
        output = await ingest(ingestions, meeting(week, *turns))
    decided = await ingestions.stores.database.rows(
        b"select decided_by, model from verdicts order by decided_by"
    )
    assert [tuple(row.values()) for row in decided] == [("fallback", None), *[("llm", "scripted-chat")] * 2]
    assert (output["status"], output["usage"]["fallbacks"]) == ("degraded", 1)
    assert len(asked_of(server, "StateComparisons")) == 1
