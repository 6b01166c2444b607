"""A meeting's date and its speakers are put right by hand, whatever version of it comes, and undone."""

from typing import Any

import pytest

from app.ingestion import Ingestions
from graphs.forget import graph as forgetting
from nodes.context import Context
from nodes.errors import InputError
from nodes.forget_state import ForgetInput
from nodes.hand.listing import decision_rows
from tests.ingest.databases import counts, everything
from tests.ingest.knowing import Known, decide, ingest, known, undone
from tests.ingest.meetings import meeting

FIRST = meeting(1, "Ada Nilsson: The Tide Gauge is planned.", "Ben Okafor: I own the Quay Planner.")
TURNS = (
    "Speaker 1: The Tide Gauge is blocked. I own the Tide Gauge. I will draft the permit by Friday.",
    "Ben Okafor: The Tide Gauge is due on Friday.",
    "Speaker 1: We decided to keep the zanzibar cable.",
    "Speaker 2: I will send the notes by Friday.",
)
SECOND = meeting(2, *TURNS)
LATER = meeting(3, "Ada Nilsson: The Tide Gauge is in progress.", "Cleo Marsh: Good.")


def states(found: Known, name: str) -> dict[str, Any]:
    (entity,) = (row[0] for row in found["entities"] if row[1] == name)
    return {row[1]: row[3] if row[1] != "due" else row[4] for row in found["states"] if row[0] == entity}


async def given_date(name: str, date: str) -> str:
    return (await decide("date", meeting=name, date=date)).status


async def given_speaker(label: str, name: str, utterance: int | None = None) -> str:
    place = {"meeting": "harbour-2", "label": label, "name": name, "utterance": utterance}
    return (await decide("speaker", **place)).status


async def test_a_meeting_is_dated_ordered_and_read_by_the_day_that_a_person_gives(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, [FIRST, SECOND, LATER])
    before = await known(stores)
    assert states(before, "Tide Gauge") == {
        "status": "in progress",
        "owner": "Speaker 1",
        "due": "2026-01-23",
    }
    assert await given_date("harbour-2", "2026-02-09T10:00:00+00:00") == "decided"
    after = await known(stores)
    assert states(after, "Tide Gauge") == {"status": "blocked", "owner": "Speaker 1", "due": "2026-02-13"}
    assert await given_date("harbour-2", "2026-02-09T10:00+00:00") == "known"
    assert await ingest(ingestions, [SECOND]) == ["known"]
    assert await known(stores) == after
    direct = SECOND | {"date": "2026-02-09T10:00:00+00:00"}
    await undone(1)
    assert await known(stores) == before
    assert await ingest(ingestions, [direct]) == ["replaced"]  # pyright: ignore[reportArgumentType]
    assert await known(stores) | {"utterances": after["utterances"]} == after


async def test_a_date_binds_the_versions_of_the_meeting_that_come_later(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    await ingest(ingestions, [FIRST, SECOND, LATER])
    await given_date("harbour-2", "2026-02-09T10:00:00+00:00")
    changed = meeting(2, "Speaker 1: The Tide Gauge is at risk.", *TURNS[1:])
    assert await ingest(ingestions, [changed]) == ["replaced"]
    assert states(await known(stores), "Tide Gauge")["status"] == "at risk"
    assert await ingest(ingestions, [changed]) == ["known"]
    await undone(1)
    assert states(await known(stores), "Tide Gauge")["status"] == "in progress"


async def test_turns_go_to_who_spoke_them_with_what_was_said_in_them_and_back(ingestions: Ingestions) -> None:
    stores = ingestions.stores
    await ingest(ingestions, [FIRST, SECOND, LATER])
    seen = [await known(stores)]
    steps: list[tuple[str, str, int | None]] = [
        ("Speaker 1", "Cleo Marsh", 0),
        ("Speaker 1", "Cleo Marsh", None),
        ("Ben Okafor", "Ada Nilsson", 1),
        ("speaker 2", "Dana Wolf", None),
    ]
    for label, name, utterance in steps:
        assert await given_speaker(label, name, utterance) == "decided"
        assert await given_speaker(label, name, utterance) == "known"
        seen.append(await known(stores))
    assert states(seen[1], "Tide Gauge")["owner"] == "Cleo Marsh"
    assert {row[1] for row in seen[0]["entities"]} >= {"Speaker 1", "Speaker 2"}
    assert not {row[1] for row in seen[4]["entities"]} & {"Speaker 1", "Speaker 2"}
    promised = {(row[2], row[4]) for row in seen[1]["about"] if row[1] == "action_item"}
    assert promised == {
        ("Cleo Marsh will draft the permit by Friday.", "Cleo Marsh"),
        ("Speaker 2 will send the notes by Friday.", "Speaker 2"),
    }
    spoken = await stores.database.rows(
        b"select u.ordinal, u.speaker from utterances u join meeting_versions v on v.id = u.version_id "
        b"where v.title = 'Harbour sync 2' and v.retracted_at is null order by u.ordinal"
    )
    assert [row["speaker"] for row in spoken] == ["Cleo Marsh", "Ada Nilsson", "Cleo Marsh", "Dana Wolf"]
    with pytest.raises(InputError, match="there are: Cleo Marsh, Ada Nilsson"):
        await given_speaker("Speaker 9", "Cleo Marsh")
    for number in (1, 4, 2, 3):
        await undone(number)
    assert await known(stores) == seen[0]
    assert await decision_rows(stores, "default") == []
    direct = [turn.replace("Speaker 1:", "Cleo Marsh:").replace("Speaker 2:", "Dana Wolf:") for turn in TURNS]
    direct[1] = direct[1].replace("Ben Okafor:", "Ada Nilsson:")
    await ingest(ingestions, [meeting(2, *direct)])
    assert await known(stores) | {"utterances": seen[4]["utterances"]} == seen[4]


async def test_the_words_of_a_person_are_forgotten_under_every_name_that_they_stood_under(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, [FIRST, SECOND])
    await given_speaker("Speaker 1", "Cleo Marsh")
    await forgetting.ainvoke(ForgetInput(words_of="Cleo Marsh"), context=Context())  # pyright: ignore[reportUnknownMemberType]
    rows = everything(stores.servers.database_url)
    assert [row for lines in rows.values() for row in lines if "zanzibar" in row.lower()] == []
    await forgetting.ainvoke(ForgetInput(meeting="harbour-2"), context=Context())  # pyright: ignore[reportUnknownMemberType]
    assert counts(stores.servers.database_url)["decisions"] == 0
