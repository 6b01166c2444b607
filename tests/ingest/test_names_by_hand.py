"""What people decide on names: joined, kept apart, split, renamed, retyped; and undone without a trace."""

import asyncio
import json
from typing import Any

import pytest

from app.ingestion import Ingestions
from graphs.forget import graph as forgetting
from nodes.context import Context
from nodes.errors import InputError
from nodes.forget_state import ForgetInput
from nodes.hand.deciding import Decided
from nodes.hand.importing import import_file, take_back
from nodes.hand.listing import decision_rows
from nodes.hand.pairs import open_pairs
from nodes.ingest_state import IngestInput
from nodes.schemas import MeetingExtraction
from stores.opening import Stores
from tests.ingest.conftest import FreshIngestions
from tests.ingest.knowing import Known, decide, ingest, known, undone
from tests.ingest.meetings import meeting, said, stage, thing

MEETINGS = (
    meeting(1, "Ada Nilsson: The Tide Gauge is in progress.", "Ben Okafor: I own the Tide Gauge."),
    meeting(2, "Ada Nilsson: The Tide Gauges is blocked.", "Ben Okafor: The Quay Planner is planned."),
    meeting(3, "Ada Nilsson: The Tide Gauges is completed.", "Ben Okafor: The Tide Gauge is due on 3 March."),
)


TAKES = {"name": ("entity", "name"), "type": ("entity", "type")}


async def decided(action: str, *given: str) -> Decided:
    return await decide(action, **dict(zip(TAKES.get(action, ("name", "other")), given, strict=False)))


async def pairs(stores: Stores) -> list[tuple[str, str]]:
    return [(row["name"], row["other_name"]) for row in await open_pairs(stores, "default")]


def things(found: Known) -> dict[str, str]:
    """The type of everything but the two who speak, by name."""
    return {row[1]: row[2] for row in found["entities"] if row[1] not in ("Ada Nilsson", "Ben Okafor")}


def states(found: Known, name: str) -> dict[str, Any]:
    (entity,) = (row[0] for row in found["entities"] if row[1] == name)
    return {row[1]: row[3] for row in found["states"] if row[0] == entity}


async def ingest_as_read(ingestions: Ingestions, given: IngestInput, reading: MeetingExtraction) -> None:
    await stage(ingestions.stores, given, reading)
    await ingest(ingestions, [given])


def explaining(week: int, name: str, alias: str) -> tuple[IngestInput, MeetingExtraction]:
    """A meeting that calls a thing by two names."""
    given = meeting(week, f"Ada Nilsson: {name}, that is {alias}, is planned.", "Ben Okafor: Yes.")
    planned = said(name, "status", "planned", 0, "is planned")
    return given, MeetingExtraction(
        entities=[thing(name, 0, aliases=[alias])], observations=[planned], memories=[], relations=[]
    )


async def test_accepted_names_are_one_at_once_and_in_later_meetings_until_it_is_undone(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS[:2])
    before = await known(stores)
    assert await pairs(stores) == [("Tide Gauges", "Tide Gauge")]
    done = await decided("accept", "tide gauge", "Tide Gauges")
    assert done.moved == [{"entity": "Tide Gauge", "field": "status", "from": "in progress", "to": "blocked"}]
    assert states(await known(stores), "Tide Gauge") == {"status": "blocked", "owner": "Ben Okafor"}
    assert await pairs(stores) == []
    assert (await decided("accept", "Tide Gauges", "Tide Gauge")).status == "known"
    await ingest(ingestions, MEETINGS[2:])
    one = await known(stores)
    assert states(one, "Tide Gauge")["status"] == "completed"
    assert set(things(one)) == {"Tide Gauge", "Quay Planner"}
    await forgetting.ainvoke(ForgetInput(meeting="harbour-3"), context=Context())  # pyright: ignore[reportUnknownMemberType]
    await undone(1)
    assert await known(stores) == before
    assert await pairs(stores) == [("Tide Gauges", "Tide Gauge")]


async def test_names_of_one_meeting_and_first_names_beside_full_ones_are_proposed_too(
    ingestions: Ingestions,
) -> None:
    turns = ("Tom Becker: The Tide Gauge is planned.", "Tom: The Tide Gauges is blocked.", "Tom Berg: Yes.")
    await ingest(ingestions, [meeting(1, *turns)])
    assert {frozenset(pair) for pair in await pairs(ingestions.stores)} == {
        frozenset({"Tide Gauges", "Tide Gauge"}),
        frozenset({"Tom", "Tom Becker"}),
        frozenset({"Tom", "Tom Berg"}),
    }


async def test_rejected_names_are_never_proposed_nor_joined_again_whatever_meetings_and_glossaries_say(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS)
    before = await known(stores)
    await decided("reject", "Tide Gauge", "Tide Gauges")
    assert await pairs(stores) == []
    assert await known(stores) | {"utterances": before["utterances"]} == before
    assert (await decided("reject", "Tide Gauges", "Tide Gauge")).number == 1
    await ingest_as_read(ingestions, *explaining(4, "Tide Gauge", "Tide Gauges"))
    line = {"name": "Tide Gauge", "type": "feature", "aliases": ["Tide Gauges"]}
    await import_file(stores, "default", "glossary.jsonl", json.dumps(line).encode(), by="Dee")
    assert {"Tide Gauge", "Tide Gauges"} <= set(things(await known(stores)))
    await undone(1)
    assert set(things(await known(stores))) == {"Tide Gauge", "Quay Planner"}
    await take_back(stores, "default", "glossary.jsonl")
    with pytest.raises(InputError, match="one thing now"):
        await decided("reject", "Tide Gauges", "Tide Gauge")


async def test_joining_by_way_of_a_third_what_was_said_to_be_two_is_refused_and_says_by_which_decisions(
    ingestions: Ingestions,
) -> None:
    await ingest(ingestions, MEETINGS)
    await decided("reject", "Tide Gauge", "Quay Planner")
    await decided("accept", "Tide Gauge", "Tide Gauges")
    with pytest.raises(InputError, match=r"said to be two \(decision 1\).*\(decision 2\).*undo one of them"):
        await decided("accept", "Tide Gauges", "Quay Planner")
    with pytest.raises(InputError, match="by decision 2"):
        await decided("reject", "Tide Gauges", "Tide Gauge")
    await undone(1)
    assert (await decided("accept", "Tide Gauges", "Quay Planner")).status == "decided"


async def test_every_decision_on_names_is_undone_without_a_trace(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS)
    await ingest_as_read(ingestions, *explaining(4, "Quay Planner", "the quay tool"))
    seen = [await known(stores)]
    steps = [
        ("merge", "Quay Planner", "Tide Gauges"),
        ("name", "Tide Gauges", "Harbour Desk"),
        ("type", "Harbour Desk", "person"),
        ("split", "the quay tool"),
        ("split", "Quay Planner"),
        ("merge", "Tide Gauge", "Ada Nilsson"),
        ("type", "Tide Gauge", "project"),
        ("reject", "Tide Gauge", "Quay Planner"),
    ]
    for what, *given in steps:
        assert (await decided(what, *given)).status == "decided", (what, given)
        assert (await decided(what, *given)).status == "known", (what, given)
        seen.append(await known(stores))
    assert things(seen[3])["Harbour Desk"] == "person"
    assert "the quay tool" not in {row[2] for row in seen[4]["aliases"]}
    assert set(things(seen[5])) == {"Harbour Desk", "Tide Gauge", "Quay Planner"}
    assert things(seen[7])["Tide Gauge"] == "project"
    assert not any(row[1] == "Ada Nilsson" for row in seen[7]["entities"])
    for number in range(len(steps), 0, -1):
        await undone(number)
        assert await known(stores) == seen[number - 1], steps[number - 1]


async def test_decisions_and_meetings_give_the_same_in_whatever_order_they_come(
    fresh_ingestions: FreshIngestions,
) -> None:
    found: list[Known] = []
    for order in ((0, 1, 2), (2, 0, 1)):
        async with fresh_ingestions() as ingestions:
            stores, left = ingestions.stores, ["accept", "name", "correct"]
            for number in order:
                await ingest(ingestions, [MEETINGS[number]])
                named = {*things(await known(stores))}
                if "accept" in left and {"Tide Gauge", "Tide Gauges"} <= named:
                    await decided("accept", "Tide Gauge", "Tide Gauges")
                    left.remove("accept")
                    given = {"entity": "Tide Gauges", "field": "status", "value": "at risk"}
                    await decide("state", **given, date="2026-01-19")
            await decided("name", "Tide Gauge", "Sea Level")
            found.append(await known(stores))
    assert found[1] == found[0]
    assert states(found[0], "Sea Level")["status"] == "completed"


async def test_decisions_and_meetings_at_once_are_made_one_after_the_other(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS[:2])
    made = await asyncio.gather(
        decided("accept", "Tide Gauge", "Tide Gauges"),
        decided("accept", "Tide Gauges", "Tide Gauge"),
        decide("state", entity="Tide Gauge", field="owner", value="Ada Nilsson"),
        ingest(ingestions, MEETINGS[2:]),
    )
    assert sorted(one.status for one in made if isinstance(one, Decided)) == ["decided", "decided", "known"]
    assert [row["number"] for row in await decision_rows(stores, "default")] == [1, 2]
    found = states(await known(stores), "Tide Gauge")
    assert (found["status"], found["owner"], found["due"]) == ("completed", "Ada Nilsson", "3 March")


async def test_people_known_by_a_first_name_alone_are_joined_to_whom_they_are(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    turns = ("Tom: I own the Tide Gauge.", "Ada Nilsson: Fine.", "Speaker 1: Yes.", "Tom (Quay): Hm, right.")
    other = meeting(2, *turns, title="2026-01-19") | {"series": ""}
    await ingest(ingestions, [meeting(1, *turns), other])  # pyright: ignore[reportArgumentType]
    await ingest(ingestions, [meeting(3, "Thomas Berg: The Quay Planner is planned.", "Ada Nilsson: Yes.")])
    before = await known(stores)
    bare = [row[0] for row in before["entities"] if row[1] in ("Tom", "Speaker 1", "Tom (Quay)")]
    for one in bare:
        await decided("merge", "Thomas Berg", one)
    after = await known(stores)
    assert {row[1] for row in after["entities"] if row[2] == "person"} == {"Ada Nilsson", "Thomas Berg"}
    assert states(after, "Tide Gauge")["owner"] == "Thomas Berg"
    await ingest(ingestions, [meeting(4, *turns)])
    assert {row[1] for row in (await known(stores))["entities"]} == {row[1] for row in after["entities"]}
    await forgetting.ainvoke(ForgetInput(meeting="harbour-4"), context=Context())  # pyright: ignore[reportUnknownMemberType]
    for number in range(1, len(bare) + 1):
        await undone(number)
    assert await known(stores) == before


async def test_a_glossary_joins_what_meetings_had_kept_apart(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS)
    before = await known(stores)
    lines = {"name": "Quay Planner", "type": "project", "aliases": ["Tide Gauges", "Tide Gauge"]}
    await import_file(stores, "default", "glossary.jsonl", json.dumps(lines).encode(), by="Dee")
    assert things(await known(stores)) == {"Quay Planner": "project"}
    await take_back(stores, "default", "glossary.jsonl")
    assert await known(stores) == before


async def test_with_what_is_forgotten_go_the_decisions_about_it_and_the_others_stay(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS[:2])
    await decided("accept", "Tide Gauge", "Tide Gauges")
    await decided("name", "Quay Planner", "Berth Desk")
    for name, value, place in (
        ("Berth Desk", "blocked", {}),
        ("Tide Gauge", "at risk", {"date": "2026-01-12"}),
        ("Tide Gauge", "on hold", {"meeting": "harbour-2"}),
    ):
        await decide("state", entity=name, field="status", value=value, **place)
    await forgetting.ainvoke(ForgetInput(meeting="harbour-2"), context=Context())  # pyright: ignore[reportUnknownMemberType]
    (left,) = await decision_rows(stores, "default", undone=True)
    assert (left["number"], left["kind"]) == (4, "state")
    assert states(await known(stores), "Tide Gauge")["status"] == "at risk"
    await forgetting.ainvoke(ForgetInput(entity="Tide Gauge"), context=Context())  # pyright: ignore[reportUnknownMemberType]
    assert await decision_rows(stores, "default", undone=True) == []
