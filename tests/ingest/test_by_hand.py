"""What people decide by hand wins, folds in where it belongs, and leaves no trace when it is undone."""

from typing import Any

import pytest

from app.ingestion import Ingestions
from nodes.errors import InputError
from nodes.hand.deciding import Decided
from nodes.hand.listing import decision_rows
from stores.errors import NotFoundError
from tests.ingest.conftest import FreshIngestions
from tests.ingest.databases import counts
from tests.ingest.killing import endpoint_environment
from tests.ingest.knowing import Known, decide, ingest, known, undone
from tests.ingest.meetings import meeting
from tests.ingest.nursery import Job, Nursery
from tests.models.openai_server import OpenAIServer

CRANE = "Crane Scheduler"
MEETINGS = (
    meeting(1, "Ada Nilsson: The Crane Scheduler is in progress.", "Ben Okafor: I own the Crane Scheduler."),
    meeting(
        2,
        "Ada Nilsson: The Crane Scheduler is blocked by the zanzibar cable.",
        "Ben Okafor: The Tide Gauge is due on 3 March.",
    ),
    meeting(3, "Ada Nilsson: The Crane Scheduler is completed.", "Ben Okafor: Good."),
)
DAY_2 = "2026-01-19"  # of the second meeting


async def corrected(field: str, value: str | None, entity: str = CRANE, **more: Any) -> Decided:
    action = "clear" if value is None else "state"
    return await decide(action, entity=entity, field=field, value=value, **more)


def moves(found: Known, field: str) -> list[tuple[Any, ...]]:
    """The transitions of a field in their order: day, from, to, who decided."""
    rows = sorted((row for row in found["transitions"] if row[2] == field), key=lambda row: row[8])
    return [(f"{row[8]:%m-%d}", row[4], row[5], row[10]) for row in rows]


async def test_a_correction_overrules_the_meeting_of_its_day_and_a_later_meeting_moves_on(
    ingestions: Ingestions,
) -> None:
    await ingest(ingestions, MEETINGS)
    before = await known(ingestions.stores)
    done = await corrected("status", "at risk", date=DAY_2, why="Ada meant the other one")
    assert (done.number, done.status, done.by) == (1, "decided", "Dee")
    assert moves(await known(ingestions.stores), "status") == [
        ("01-12", None, "in_progress", "rule"),
        ("01-19", "in_progress", "at_risk", "human"),
        ("01-26", "at_risk", "completed", "rule"),
    ]
    rows = counts(ingestions.stores.servers.database_url)
    again = await corrected("status", "at risk", date=DAY_2, why="Ada meant the other one")
    assert (again.number, again.status) == (1, "known")
    assert counts(ingestions.stores.servers.database_url) == rows
    assert (await undone(1)).status == "undone"
    assert await known(ingestions.stores) == before
    assert (await undone(1)).status == "known"
    (row,) = await decision_rows(ingestions.stores, "default", undone=True)
    assert (row["by"], row["undone_by"]) == ("Dee", "Eve")
    assert await decision_rows(ingestions.stores, "default") == []


async def test_corrections_stand_in_the_order_in_which_they_were_decided_and_are_undone_singly(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS)
    seen = [await known(stores)]
    steps: list[tuple[str, str | None, dict[str, Any]]] = [
        ("owner", "Ada Nilsson", {}),  # from now on
        ("owner", "Cleo Marsh", {"meeting": "harbour-1"}),
        ("status", None, {"meeting": "harbour-2"}),
        ("status", "planned", {"meeting": "harbour-2"}),
        ("blockers", "the zanzibar cable", {"resolve": True, "meeting": "Harbour sync 2"}),
        ("blockers", "a permit", {"date": DAY_2}),
        ("progress", "30%", {"date": "2026-01-19T10:00:00+00:00"}),
    ]
    for field, value, more in steps:
        assert (await corrected(field, value, **more)).status == "decided"
        seen.append(await known(stores))
    state = {(row[1], row[3], row[4]) for row in seen[-1]["states"] if row[1] != "status"}
    assert {"Ada Nilsson", "a permit", "30%"} <= {value for _, value, _ in state}
    assert not any("zanzibar" in str(row) for row in seen[-1]["states"])
    assert moves(seen[3], "status")[1] == ("01-19", "in_progress", None, "human")
    assert moves(seen[-1], "status")[1] == ("01-19", "in_progress", "planned", "human")
    assert [row[3] for row in moves(seen[-1], "owner")] == ["human", "human"]
    for number in range(len(steps), 0, -1):
        await undone(number)
        assert await known(stores) == seen[number - 1]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"value": "purple"}, "is no value of status"),
    ("colour", {"value": "red"}, "is no field"),
    ("status", {"value": "planned", "date": "2026-13-01"}, "2026-13-01"),
    ("status", {"value": "planned", "date": DAY_2, "meeting": "harbour-2"}, "not both"),
    ("status", {"value": "planned", "meeting": "harbour-9"}, "no meeting"),
    ("status", {"value": "planned", "entity": "Crane Schedule"}, f"did you mean: {CRANE}"),
    ("status", {"value": "planned", "key": "Fusaka"}, "takes no key"),
]


async def test_a_correction_that_cannot_be_used_is_refused_with_the_reason(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS[:1])
    rows = counts(ingestions.stores.servers.database_url)
    for field, more, reason in REFUSED:
        with pytest.raises((InputError, NotFoundError), match=reason):
            await corrected(field, **more)
    assert counts(ingestions.stores.servers.database_url) == rows


async def test_a_decision_whose_run_was_killed_is_made_once(
    ingestions: Ingestions, nursery: Nursery, endpoint: OpenAIServer
) -> None:
    servers = ingestions.stores.servers
    await ingest(ingestions, MEETINGS)
    environment = endpoint_environment(endpoint.base_url)
    environment |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    decision = {"action": "state", "entity": CRANE, "field": "status", "value": "planned", "by": "Dee"}
    begun = Job(environment=environment, correct=("a thread", decision), kill_at="after:node.correct#1")
    (killed,) = nursery.run(begun)
    assert killed["exit"] == -9
    await corrected("status", "at risk")  # by somebody else meanwhile
    (resumed,) = nursery.run(Job(environment=environment, correct=("a thread", None)))
    assert [(one["status"], one["number"]) for one in resumed["outputs"]] == [("known", 1)]
    assert len(await decision_rows(ingestions.stores, "default")) == 2
    assert moves(await known(ingestions.stores), "status")[-1][2] == "at_risk"


async def test_corrections_and_meetings_give_the_same_in_whatever_order_they_come(
    fresh_ingestions: FreshIngestions,
) -> None:
    found: list[Known] = []
    for order in ((0, 1, 2), (2, 0, 1)):
        async with fresh_ingestions() as ingestions:
            for place, number in enumerate(order):
                await ingest(ingestions, [MEETINGS[number]])
                if place == 0:
                    await corrected("status", "at risk", date=DAY_2)
                    await corrected("owner", "Cleo Marsh", date="2026-02-20")
            found.append(await known(ingestions.stores))
    assert found[1] == found[0]
    assert moves(found[0], "status")[1] == ("01-19", "in_progress", "at_risk", "human")
