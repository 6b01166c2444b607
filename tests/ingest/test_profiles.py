"""Setting another profile: what was said stays, what it means and how it moved is made again."""

from itertools import cycle
from typing import Any

from app.ingestion import Ingestions
from graphs.query import graph
from nodes.profiles.profile import Profile
from nodes.profiles.reading import read_profile, shipped_profile, shipped_source
from nodes.profiles.setting import set_profile
from nodes.schemas import ExtractedObservation, MeetingExtraction
from stores import sources
from stores.histories import states_as_of, transitions
from stores.opening import Stores
from tests.ingest.knowing import known
from tests.ingest.meetings import meeting, said, stage, thing

STANDARDS = shipped_profile("standards")
HARBOUR = """
name = "harbour"
[fields.status]
kind = "enumeration"
values.planned = ["on the list"]
values.moored = ["in progress", "tied up"]
[fields.pilot]
kind = "person"
"""

ASKED = [
    (
        "What is the inclusion status of the Tide Gauge for Fusaka?",
        "inclusion status scheduled for Fusaka",
    ),
    (
        "Why was the Tide Gauge moved to SFI for Fusaka?",
        "Tide Gauge has inclusion status scheduled for Fusaka (since 19 Jan",
    ),
    ("Is the Tide Gauge SFI'd in Fusaka?", "Yes: Tide Gauge has inclusion status scheduled for Fusaka"),
    (
        "Is the Tide Gauge SFI'd for the Glamsterdam upgrade?",
        "No: Tide Gauge has inclusion status proposed",
    ),
    ("As of 2026-01-13, was the Tide Gauge considered for Fusaka?", "Yes, as of 13 Jan 2026: Tide Gauge"),
    ("Which proposals are scheduled for Fusaka?", "1 is scheduled for Fusaka: Tide Gauge."),
    ("Which things were moved to CFI for Fusaka?", "1 became considered for Fusaka: Tide Gauge."),
    ("When was the Tide Gauge scheduled for Fusaka?", "Tide Gauge became scheduled for Fusaka on 19 Jan"),
    (
        "How did the inclusion status of the Tide Gauge change?",
        "considered (12 Jan 2026) → scheduled (19 Jan",
    ),
    (
        "What is the inclusion status of the Tide Gauge for Osaka?",
        "Not known: no meeting gives the inclusion",
    ),
    (
        "What is the inclusion status of EIP-9999 for Fusaka?",
        "Not known: no meeting tracks anything named",
    ),
    (
        'What is the inclusion status of the "Tide Gauge Relay" proposal for Fusaka?',
        "Not known: no meeting tracks anything named “Tide Gauge Relay”",
    ),
    ("Which things were moved to SFI for Fusaka on 2026-01-19?", "1 became scheduled for Fusaka on 19 Jan"),
    (
        "Which things were moved to DFI for Fusaka on 2026-01-12?",
        "Nothing became declined for Fusaka on 12 Jan",
    ),
]


async def ingest(ingestions: Ingestions, workspace: str, number: int, *told: tuple[str, str]) -> None:
    """A meeting of the week with a turn for each field and value told of the Tide Gauge."""
    speakers = cycle(("Ada Nilsson", "Ben Okafor"))
    turns = [
        f"{speaker}: Tide Gauge {field} {value}."
        for speaker, (field, value) in zip(speakers, told, strict=False)
    ]
    reading = MeetingExtraction(
        entities=[thing("Tide Gauge", *range(len(told)))],
        observations=[observation(at, *one) for at, one in enumerate(told)],
    )
    given = meeting(number, *turns)
    await stage(ingestions.stores, given, reading, workspace=workspace)
    await ingestions.ingest(workspace, given, lambda event: None)


def observation(at: int, field: str, value: str) -> ExtractedObservation:
    name, _, key = field.partition("[")
    return said("Tide Gauge", name, value, at, value, key=key.rstrip("]") or None, stance="decided")


async def moved(stores: Stores, workspace: str = "default") -> list[tuple[str, str, str | None, str | None]]:
    found = await transitions(stores.database, sources.workspace_id(workspace))
    return [(one["field"], one["key"], one["before"], one["after"]) for one in found]


async def use(stores: Stores, profile: Profile, text: str, workspace: str = "default") -> Any:
    return await set_profile(stores, workspace, profile, text)


async def test_a_keyed_field_moves_for_each_key_and_however_the_key_is_said(ingestions: Ingestions) -> None:
    await use(ingestions.stores, STANDARDS, shipped_source("standards"))
    await ingest(ingestions, "default", 1, ("inclusion_status[Fusaka]", "CFI"))
    await ingest(
        ingestions,
        "default",
        2,
        ("inclusion_status[the fusaka upgrade]", "moved to SFI"),
        ("inclusion_status[Glamsterdam]", "proposed for inclusion"),
    )
    await ingest(ingestions, "default", 3, ("inclusion_status[Fusaka]", "scheduled"))
    assert await moved(ingestions.stores) == [
        ("inclusion_status", "Fusaka", None, "considered"),
        ("inclusion_status", "Fusaka", "considered", "scheduled"),
        ("inclusion_status", "Glamsterdam", None, "proposed"),
    ]


async def test_questions_know_the_fields_and_values_of_the_profile(
    ingestions: Ingestions,
) -> None:
    await use(ingestions.stores, STANDARDS, shipped_source("standards"))
    await ingest(ingestions, "default", 1, ("inclusion_status[Fusaka]", "CFI"))
    await ingest(
        ingestions,
        "default",
        2,
        ("inclusion_status[fusaka]", "SFI"),
        ("inclusion_status[Glamsterdam]", "PFI"),
    )
    for question, told in ASKED:
        assert told in (await graph.ainvoke({"question": question}))["answer"], question


async def test_another_profile_reads_what_is_stored_anew_and_back_again(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    await ingest(ingestions, "default", 1, ("status", "tied up"), ("pilot", "Ada Nilsson"))
    await ingest(ingestions, "default", 2, ("status", "in progress"))
    await ingest(ingestions, "default", 3, ("status", "on the list"))
    before = await known(stores)
    assert ("status", "", "tied up", "in_progress") in await moved(stores)

    harbour = read_profile("harbour.toml", HARBOUR)
    done = await use(stores, harbour, HARBOUR)
    assert (done.values, done.entities, done.transitions) == (4, 3, 3)
    assert await moved(stores) == [
        ("status", "", None, "moored"),
        ("pilot", "", None, "Ada Nilsson"),
        ("status", "", "moored", "planned"),
    ]
    (pilot,) = await states_as_of(stores.database, sources.workspace_id("default"), fields=["pilot"])
    (ada,) = await stores.database.rows(b"select id from entities where name = 'Ada Nilsson'")
    assert pilot["normalised"] == ada["id"]

    again = await use(stores, harbour, HARBOUR)
    assert (again.version, again.replaced, again.entities) == (harbour.version, harbour.version, 0)
    await use(stores, shipped_profile(), shipped_source())
    assert await known(stores) == before


async def test_two_workspaces_with_different_profiles_do_not_affect_each_other(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await use(stores, read_profile("harbour.toml", HARBOUR), HARBOUR, "harbour")
    for workspace in ("harbour", "airport"):
        await ingest(ingestions, workspace, 1, ("status", "tied up"))
    assert await moved(stores, "harbour") == [("status", "", None, "moored")]
    assert await moved(stores, "airport") == [("status", "", None, "tied up")]
    await use(stores, STANDARDS, shipped_source("standards"), "airport")
    assert await moved(stores, "harbour") == [("status", "", None, "moored")]
    await ingest(ingestions, "harbour", 2, ("status", "in progress"))
    assert await moved(stores, "harbour") == [("status", "", None, "moored")]
