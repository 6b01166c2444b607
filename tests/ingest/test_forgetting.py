"""forget: what is taken out is nowhere, and all the rest is as if it had never been there."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from app.ingestion import Ingestions
from app.questioning import answer
from app.upkeep import upkeep_checks
from graphs.forget import graph
from graphs.query import builder as query
from nodes.context import Context
from nodes.errors import InputError
from nodes.forget_state import ForgetInput, ForgetOutput
from nodes.ingest_state import IngestInput
from nodes.intake import accept
from nodes.retention import set_limit
from stores.clearing import write_file_anew
from stores.errors import NotFoundError
from stores.forgetting import note_threads
from stores.sources import ensure_workspace
from tests.ingest.databases import everything
from tests.ingest.knowing import Known, decide, ingest, known
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
        "Cleo Marsh: The Crane Scheduler is blocked by the zanzibar cable. HEP-7805 waits for HEP-7806.",
        "Ben Okafor: Fine, HEP-7805 too, and the Quay Planner is in progress.",
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
    known_of = await ingestions.stores.database.rows(b"select to_jsonb(s)::text as line from pg_stats s")
    rows["pg_stats"] = [row["line"] for row in known_of]
    found = [
        f"{table}: {row}"
        for table, lines in rows.items()
        for row in lines
        for word in words
        if word in row.lower()
    ]
    async with Redis.from_url(ingestions.stores.servers.redis_url) as redis:  # pyright: ignore[reportUnknownMemberType]
        kept = {key: str(await redis.get(key)) for key in await redis.keys("smart-meet:cache*")}
    async for one in ingestions.checkpoints.alist(None):
        kept[str(one.config)] = f"{one.checkpoint['channel_values']} {one.pending_writes}"
    return found + [
        f"{key}: {value}" for key, value in kept.items() for word in words if word in value.lower()
    ]


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
    await ingestions.stores.database.rows(b"analyze")
    assert "pg_stats" in {one.split(":")[0] for one in await traces(ingestions, "zanzibar")}
    before = everything(ingestions.stores.servers.database_url)
    tried = await forgotten(meeting="Harbour sync 2", dry_run=True)
    assert everything(ingestions.stores.servers.database_url) == before
    receipt = await forgotten(meeting="Harbour sync 2")
    assert receipt["folded_again"] >= 2
    assert {**tried, "conversations": 0} == {**receipt, "conversations": 0}
    assert await traces(ingestions, "zanzibar", "quay planner") == []
    again = await answer(context, "What is blocking the Crane Scheduler?")
    assert again["answer"] != asked["answer"]
    with pytest.raises(NotFoundError, match="no meeting"):
        await forgotten(meeting="Harbour sync 2")
    assert await ingest(ingestions, [MEETINGS[1]]) == ["ingested"]


async def test_a_persons_words_go_and_the_turns_of_the_others_stay(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS)
    await ingest(
        ingestions, [meeting(4, "Cleo: The Mole Crane is planned.", "Ada Nilsson: Cleo Marsh says so.")]
    )
    await decide("merge", name="Cleo Marsh", other="Cleo")
    receipt = await forgotten(words_of="Cleo Marsh")
    assert receipt["counts"]["utterances"] == 3
    assert await traces(ingestions, "zanzibar", "9 april", "hep 7806", "mole crane") == []
    left = await known(ingestions.stores)
    assert ("due", "3 March") in {(row[1], row[3]) for row in left["states"]}
    assert {"HEP-7805", "Cleo Marsh"} <= {row[1] for row in left["entities"]}
    assert await ingest(ingestions, [MEETINGS[1]]) == ["known"]


async def test_what_is_staged_can_be_forgotten_and_keeps_a_persons_words_from_being_so(
    ingestions: Ingestions,
) -> None:
    await ingest(ingestions, MEETINGS[:1])
    await accept(ingestions.stores, "default", MEETINGS[1])
    with pytest.raises(InputError, match=r"not ended \(Harbour sync 2\)"):
        await forgotten(words_of="Ben Okafor")
    assert (await forgotten(meeting="Harbour sync 2"))["counts"]["staged"] == 1
    assert await traces(ingestions, "zanzibar") == []
    assert (await forgotten(words_of="Ben Okafor"))["counts"]["utterances"] == 1


async def test_the_file_of_redis_holds_nothing_that_was_deleted_once_it_is_written_anew(
    ingestions: Ingestions,
) -> None:
    url = ingestions.stores.servers.redis_url
    async with Redis.from_url(url) as redis:  # pyright: ignore[reportUnknownMemberType]
        await redis.set("forgotten", "the zanzibar cable")
        place: Any = await redis.config_get("*")  # pyright: ignore[reportUnknownMemberType]
        folder = Path(place["dir"]) / place["appenddirname"]
        await redis.delete("forgotten")
    await write_file_anew(url)
    assert [file.name for file in folder.iterdir() if b"zanzibar cable" in file.read_bytes()] == []


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


async def talk(ingestions: Ingestions, question: str) -> None:
    """A conversation whose thread stays in Redis."""
    graph = query.compile(checkpointer=ingestions.checkpoints)
    config = {"configurable": {"thread_id": str(uuid4())}}
    await graph.ainvoke({"question": question}, config, context=Context())  # pyright: ignore[reportUnknownMemberType, reportArgumentType]


async def test_what_is_past_the_retention_is_forgotten_as_a_meeting_comes_in_and_comes_in_no_more(
    ingestions: Ingestions,
) -> None:
    stores = ingestions.stores
    await ingest(ingestions, MEETINGS[:2])
    await talk(ingestions, "What did Cleo say about the zanzibar cable?")
    waiting = await accept(stores, "default", meeting(1, "Ada Nilsson: The zanzibar cable.", key="staged"))
    assert waiting.source is not None
    assert len({trace.split(":")[0] for trace in await traces(ingestions, "zanzibar")}) > 5

    await set_limit(stores, "default", (datetime.now(UTC) - datetime(2026, 1, 20, tzinfo=UTC)).days)
    with pytest.raises(InputError, match="keeps its meetings for"):
        await ingestions.resume("default", waiting.source.id, lambda event: None)
    assert (await doctor(ingestions))["retention"] == "warn"
    output = await ingestions.ingest("default", MEETINGS[2], lambda event: None)
    assert [one for one in output["warnings"] if "forgotten: 3 meetings held more than" in one]
    assert await traces(ingestions, "zanzibar", "quay planner") == []
    assert (await doctor(ingestions))["retention"] == "ok"
    with pytest.raises(InputError, match="keeps its meetings for"):
        await ingestions.ingest("default", MEETINGS[0], lambda event: None)
    assert await known(stores) == await others(ingestions, MEETINGS[2:])


async def test_what_a_killed_process_forgot_is_cleared_from_redis_by_the_next(ingestions: Ingestions) -> None:
    await ingest(ingestions, MEETINGS)
    await talk(ingestions, "What did Cleo say about the zanzibar cable?")
    async with ingestions.stores.database.transaction() as connection:  # as far as it had come
        await note_threads(connection, "default", [])
    assert (await doctor(ingestions))["forgotten"] == "warn"
    with pytest.raises(NotFoundError):
        await forgotten(meeting="no such meeting")
    assert [trace for trace in await traces(ingestions, "zanzibar") if "thread_id" in trace] == []
    assert (await doctor(ingestions))["forgotten"] == "ok"


async def doctor(ingestions: Ingestions) -> dict[str, str]:
    """What doctor says of upkeep."""
    checks = await upkeep_checks(ingestions.stores.servers, mend=False)
    return {check.check: check.status for check in checks}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"meeting": "a", "entity": "b"},
        {"meeting": 7},
        {"before": "whenever"},
        {"everything": "no"},
        {"expired": True},
    ],
)
async def test_what_is_not_exactly_one_thing_is_refused(
    ingestions: Ingestions, given: dict[str, Any]
) -> None:
    await ensure_workspace(ingestions.stores.database, "default")
    with pytest.raises(InputError):
        await forgotten(**given)


async def test_in_an_empty_workspace_there_is_nothing_to_forget(ingestions: Ingestions) -> None:
    with pytest.raises(NotFoundError, match="nothing in this workspace"):
        await forgotten(everything=True)
