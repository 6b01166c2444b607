"""What the ancestor of this product got wrong, through the real graph."""

import json
from typing import Any

import pytest

from app.ingestion import Ingestions
from nodes.ingest_state import IngestInput
from tests.ingest.meetings import meeting
from tests.models.chatting import asked_of, turns_of
from tests.models.openai_server import Fault, OpenAIServer, Request

FIELDS = {"stands at": "progress", "is due": "due", "is in state": "status"}


def _reads(request: Request) -> dict[str, Any]:
    """Of "<name> <verb> <words>." the words, as the value of the verb's field."""
    said = [
        (at, name, field, value)
        for at, turn in turns_of(request).items()
        for words in turn.split(". ")
        for verb, field in FIELDS.items()
        for name, found, value in [words.rstrip(".").partition(f" {verb} ")]
        if found
    ]
    return {
        "entities": [{"name": name, "type": "deliverable"} for name in dict.fromkeys(one[1] for one in said)],
        "observations": [
            {"entity": name, "field": field, "op": "set", "value": value or None, "stance": "stated",
             "quote": value, "utterance": at}
            for at, name, field, value in said
        ],
    }  # fmt: skip


def _judges(request: Request) -> dict[str, Any]:
    pairs = json.loads(request.body["messages"][-1]["content"])
    return {
        "comparisons": [
            {
                "pair_id": pair["pair_id"],
                "has_changes": "still" not in pair["after"],
                "reason": f"{pair['before']!r} became {pair['after']!r}",
            }
            for pair in reversed(pairs)
        ]
    }


@pytest.fixture
def reader(server: OpenAIServer) -> OpenAIServer:
    server.answers |= {"MeetingExtraction": _reads, "StateComparisons": _judges}
    return server


def spoken(week: int, *said: str) -> IngestInput:
    return meeting(week, *(f"{('Ada Nilsson', 'Ben Okafor')[at % 2]}: {one}." for at, one in enumerate(said)))


async def changes(ingestions: Ingestions, meeting_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = await ingestions.stores.database.rows(
        b"select e.name, t.field, t.before, t.after, t.reason, t.decided_by from transitions t"
        b" join entities e on e.id = t.entity_id where not t.first_sight and t.meeting_id = %(meeting)s",
        meeting=meeting_id,
    )
    return {(row["name"], row["field"]): dict(row) for row in rows}


async def ingest(ingestions: Ingestions, given: IngestInput) -> dict[str, Any]:
    output = await ingestions.ingest("default", given, lambda event: None)
    return await changes(ingestions, output["meeting_id"])


async def test_other_words_for_a_value_change_nothing_and_ask_nobody_and_silence_erases_nothing(
    reader: OpenAIServer, ingestions: Ingestions
) -> None:
    first = ("Pier Old is in state planning. Pier Old stands at 30%", "Pier New is due After The Launch")
    assert await ingest(ingestions, spoken(1, *first)) == {}
    again = (
        "Pier Old is in state in planning phase. Pier Old stands at 30 percent done",
        "Pier New is due after the launch. Pier New stands at 0%",  # nothing was known: no change
    )
    assert await ingest(ingestions, spoken(2, *again)) == {}
    assert asked_of(reader, "StateComparisons") == []

    assert await ingest(ingestions, spoken(3, "Pier Old is due 2026-05-14", "I see it like that")) == {}
    moved = await ingest(ingestions, spoken(4, "Pier Old is due 2026-06-01", "Pier Old stands at 60%"))
    assert {place: (one["before"], one["after"]) for place, one in moved.items()} == {
        ("Pier Old", "due"): ("2026-05-14", "2026-06-01"),
        ("Pier Old", "progress"): ("30%", "60%"),
    }
    states = await ingestions.stores.database.rows(
        b"select e.name, s.field, s.value from states s join entities e on e.id = s.entity_id"
    )
    assert {(row["name"], row["field"]): row["value"] for row in states} == {
        ("Pier Old", "status"): "planning",
        ("Pier Old", "progress"): "60%",
        ("Pier Old", "due"): "2026-06-01",
        ("Pier New", "due"): "After The Launch",
        ("Pier New", "progress"): "0%",
    }


@pytest.mark.parametrize("fails", [False, True])
async def test_stored_verdicts_and_new_ones_each_stay_with_their_pair_also_when_the_new_ones_fail(
    fails: bool, reader: OpenAIServer, ingestions: Ingestions
) -> None:
    known, new = ("Pier North", "Pier West", "Pier Old"), ("Pier South", "Pier East", "Pier New")

    def due(*names: str, when: str) -> tuple[str, ...]:
        return tuple(f"{name} is due {when} for {name}" for name in names)

    early, late = "sometime after the survey", "once the mayor signs"
    await ingest(ingestions, spoken(1, *due(*new, *known, when=early)))
    await ingest(ingestions, spoken(2, *due(*known, when=late)))
    await ingest(ingestions, spoken(3, *due(*known, when=early)))
    asked = len(asked_of(reader, "StateComparisons"))
    if fails:
        reader.fail(Fault(status=500), times=None, when=lambda request: request.schema == "StateComparisons")
    unmoved = due("Pier New", when="still after the survey")
    moved = await ingest(ingestions, spoken(4, *due("Pier South", *known, "Pier East", when=late), *unmoved))

    (call, *again) = asked_of(reader, "StateComparisons")[asked:]
    shown = {
        pair["after"].rpartition(" for ")[2] for pair in json.loads(call.body["messages"][-1]["content"])
    }
    assert (shown, bool(again)) == ({*new}, fails)  # tried again when it failed
    told = {name: (one["decided_by"], one["before"], one["after"]) for (name, _), one in moved.items()}
    judge = "fallback" if fails else "llm"
    expected = {name: ("llm", f"{early} for {name}", f"{late} for {name}") for name in known}
    expected |= {name: (judge, f"{early} for {name}", f"{late} for {name}") for name in new[:2]}
    if fails:  # going by the wording alone
        expected["Pier New"] = (judge, f"{early} for Pier New", "still after the survey for Pier New")
    assert told == expected
    assert all(name in one["reason"] for (name, _), one in moved.items())
