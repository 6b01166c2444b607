"""forget: what is taken out is nowhere, and all the rest is as if it had never been there."""

from collections.abc import Iterable
from typing import Any

import pytest
from redis.asyncio import Redis

from app.ingestion import Ingestions
from app.questioning import answer
from graphs.forget import graph
from nodes.context import Context
from nodes.errors import InputError
from nodes.forget_state import ForgetInput, ForgetOutput
from nodes.ingest_state import IngestInput
from stores.errors import NotFoundError
from tests.ingest.databases import everything
from tests.ingest.knowing import Known, ingest, known
from tests.ingest.meetings import meeting

MEETINGS = (
    meeting(
        1,
        "Ada Nilsson: The Crane Scheduler is in progress.",
        "Ben Okafor: I own the Crane Scheduler.",
        "Ada Nilsson: The Tide Gauge is due on 3 March.",
    ),
    meeting(
        2,
        "Cleo Marsh: The Crane Scheduler is blocked by the zanzibar cable.",
        "Ben Okafor: Fine, and the Quay Planner is in progress.",
        "Cleo Marsh: We decided to move the Tide Gauge to 9 April. The Tide Gauge is now due on 9 April.",
    ),
    meeting(
        3,
        "Ada Nilsson: The Crane Scheduler is completed.",
        "Ben Okafor: Cleo is taking over the Crane Scheduler from Ben.",
        "Ada Nilsson: We decided to keep the Tide Gauge.",
    ),
)


async def forgotten(workspace: str = "default", **given: Any) -> ForgetOutput:
    """What the graph gives."""
    receipt: Any = await graph.ainvoke(ForgetInput(**given), context=Context(workspace=workspace))
    return receipt


async def traces(ingestions: Ingestions, *words: str) -> list[str]:
    """The rows of any table, and the keys and values of Redis, that hold one of these words."""
    rows = everything(ingestions.stores.servers.database_url)
    found = [
        f"{table}: {row}"
        for table, lines in rows.items()
        for row in lines
        for word in words
        if word in row.lower()
    ]
    async with Redis.from_url(ingestions.stores.servers.redis_url) as redis:  # pyright: ignore[reportUnknownMemberType]
        for key in await redis.keys("smart-meet:cache*"):
            value = (await redis.get(key) or b"").decode(errors="replace").lower()
            found += [f"{key}: {value}" for word in words if word in value]
    return found


async def others(ingestions: Ingestions, left: Iterable[IngestInput]) -> Known:
    """What is known to a workspace that never had anything but these meetings."""
    await forgotten(everything=True)
    await ingest(ingestions, left)
    return await known(ingestions.stores)


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_forgotten_meeting_is_as_if_it_had_never_been(ingestions: Ingestions, number: int) -> None:
    await ingest(ingestions, MEETINGS)
    receipt = await forgotten(meeting=f"harbour-{number + 1}")
    assert receipt["counts"]["meetings"] == 1
    assert receipt["counts"]["memories"] > 0
    left = await known(ingestions.stores)
    assert left == await others(ingestions, [one for one in MEETINGS if one is not MEETINGS[number]])


async def test_nothing_of_a_forgotten_meeting_can_be_found(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS)
    context = Context()
    asked = await answer(context, "What is blocking the Crane Scheduler?")
    assert "zanzibar" in str(await answer(context, "What did Cleo say about the zanzibar cable?"))
    assert await traces(ingestions, "zanzibar")
    receipt = await forgotten(meeting="Harbour sync 2")
    assert receipt["folded_again"] >= 2
    assert await traces(ingestions, "zanzibar", "quay planner") == []
    again = await answer(context, "What is blocking the Crane Scheduler?")
    assert again["answer"] != asked["answer"]
    with pytest.raises(NotFoundError, match="no meeting"):
        await forgotten(meeting="Harbour sync 2")
    assert await ingest(ingestions, [MEETINGS[1]]) == ["ingested"]


async def test_a_persons_words_go_and_the_turns_of_the_others_stay(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS)
    receipt = await forgotten(words_of="Cleo Marsh")
    assert receipt["counts"]["utterances"] == 2
    assert await traces(ingestions, "zanzibar", "9 april") == []
    states = {(row[1], row[3]) for row in (await known(ingestions.stores))["states"]}
    assert ("due", "3 March") in states
    assert await ingest(ingestions, [MEETINGS[1]]) == ["known"]


async def test_a_forgotten_thing_is_tracked_no_more_and_its_words_stay(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS)
    await forgotten(entity="the Crane Scheduler")
    now = await known(ingestions.stores)
    assert not any("Crane Scheduler" in row for row in now["entities"])
    assert any("Crane Scheduler" in str(row) for row in now["utterances"])
    assert any("Tide Gauge" in row for row in now["entities"])


async def test_what_is_older_than_a_day_goes_and_other_workspaces_stay(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS)
    await ingestions.ingest("other", MEETINGS[0], lambda event: None)
    assert (await forgotten(before="2026-01-20"))["counts"]["meetings"] == 2
    assert (await forgotten(everything=True))["counts"]["meetings"] == 1
    rows = everything(ingestions.stores.servers.database_url)
    assert len(rows["meetings"]) == 1
    assert len(rows["workspaces"]) == 1


@pytest.mark.parametrize(
    "given",
    [{}, {"meeting": "a", "entity": "b"}, {"meeting": 7}, {"before": "whenever"}, {"everything": "no"}],
)
async def test_what_is_not_exactly_one_thing_is_refused(
    ingestions: Ingestions, given: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        await forgotten(**given)


async def test_in_an_empty_workspace_there_is_nothing_to_forget(ingestions: Ingestions) -> None:
    with pytest.raises(NotFoundError, match="nothing in this workspace"):
        await forgotten(everything=True)
