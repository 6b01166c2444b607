"""Ingestions that run at once end as if they had run one after the other, and none waits for ever."""

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from app.ingestion import Ingestions
from graphs.ingest import builder
from stores import knowledge, runs, sources, workspaces
from stores.embedded import Servers
from tests.ingest import databases
from tests.ingest.conftest import FreshIngestions
from tests.ingest.killing import endpoint_environment
from tests.ingest.knowing import ingest, known
from tests.ingest.meetings import crossing, demo_meetings, meeting, stage
from tests.ingest.nursery import Job, Nursery
from tests.models.openai_server import OpenAIServer

SCOPE = sources.workspace_id("default")
TURNS = ("Ada Nilsson: Tide Gauge is at risk.", "Ben Okafor: Tide Gauge is owned by Ada Nilsson.")


@pytest.fixture
def surroundings(database_url: str, servers: Servers, endpoint: OpenAIServer) -> dict[str, str]:
    """Settings of processes that work on the test's database."""
    own = {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    return endpoint_environment(endpoint.base_url) | own


async def test_meetings_about_the_same_things_ingested_by_processes_at_once_are_known_as_if_in_turn(
    surroundings: dict[str, str],
    nursery: Nursery,
    tmp_path: Path,
    ingestions: Ingestions,
    fresh_ingestions: FreshIngestions,
) -> None:
    meetings = demo_meetings()[:3]
    # all have matched against the empty workspace before any commits
    together = ("before:node.commit#1", str(tmp_path), len(meetings))
    outcomes = await asyncio.to_thread(
        nursery.run,
        *(Job(environment=surroundings, ingest=dict(one), meet_at=together) for one in meetings),
    )
    assert [outcome["error"] for outcome in outcomes] == [None] * len(meetings)
    assert [outcome["outputs"][0]["status"] for outcome in outcomes] == ["ingested"] * len(meetings)
    found = await known(ingestions.stores)
    resolved = [outcome["points"].count(f"after:node.resolve#{2}") for outcome in outcomes]
    assert sum(resolved) == len(meetings) - 1, "all but the first to commit matched again"
    async with fresh_ingestions() as one_by_one:
        await ingest(one_by_one, meetings)
        assert await known(one_by_one.stores) == found


async def test_the_same_file_ingested_by_three_processes_at_once_is_ingested_once(
    surroundings: dict[str, str],
    nursery: Nursery,
    tmp_path: Path,
    ingestions: Ingestions,
    fresh_ingestions: FreshIngestions,
) -> None:
    given = meeting(1, *TURNS)
    # none finds it known
    together = ("after:sources.committed_result#1", str(tmp_path), 3)
    job = Job(environment=surroundings, ingest=dict(given), meet_at=together)
    outcomes = await asyncio.to_thread(nursery.run, job, job, job)
    assert [outcome["error"] for outcome in outcomes] == [None] * 3
    statuses = Counter(outcome["outputs"][0]["status"] for outcome in outcomes)
    assert statuses == {"ingested": 1, "known": 2}
    found = databases.everything(surroundings["DATABASE_URL"])
    async with fresh_ingestions() as alone:
        await ingest(alone, [given])
        assert databases.differences(found, databases.everything(os.environ["DATABASE_URL"])) == []


async def test_the_same_text_on_three_threads_of_the_graph_at_once_is_ingested_once(
    ingestions: Ingestions,
) -> None:
    graph = builder.compile(checkpointer=ingestions.checkpoints)
    threads = [f"0d5f1dc4-3f0e-5a4c-8f8f-3d2f6f6f010{number}" for number in range(3)]
    outputs = await asyncio.gather(
        *(
            graph.ainvoke(dict(meeting(1, *TURNS)), {"configurable": {"thread_id": thread}})
            for thread in threads
        )
    )
    assert Counter(output["status"] for output in outputs) == {"ingested": 1, "known": 2}
    assert await runs.unfinished(ingestions.stores.database, SCOPE) == []
    counts = databases.counts(os.environ["DATABASE_URL"])
    assert (counts["meeting_versions"], counts["sources"], counts["staged_items"]) == (1, 0, 0)


async def test_a_run_whom_others_overtake_matches_again_twice_and_then_decides_under_the_lock(
    ingestions: Ingestions, fresh_ingestions: FreshIngestions
) -> None:
    (before, first), (after, second) = crossing()
    others = [
        meeting(number, f"Cleo Park: Crane Scheduler is at risk. Lock Gate {number} is planned.")
        for number in (3, 4, 5, 6)
    ]
    await stage(ingestions.stores, before, first)
    await ingest(ingestions, [before])
    source_id = await stage(ingestions.stores, after, second, only=[0])
    graph = builder.compile(checkpointer=ingestions.checkpoints, interrupt_before=["commit"])
    config = {"configurable": {"thread_id": source_id}}
    output = await graph.ainvoke({"source_id": source_id}, config)
    overtaken = 0
    nodes: Counter[str] = Counter()
    while (await graph.aget_state(config)).next:
        await ingest(ingestions, [others[overtaken]])
        overtaken += 1
        async for update in graph.astream(None, config, stream_mode="updates"):
            nodes.update(list(update))
    output = (await graph.aget_state(config)).values
    assert (output["status"], output["rounds"], overtaken) == ("ingested", 2, 3)
    assert (nodes["commit"], nodes["resolve"], nodes["diff"]) == (3, 2, 2)
    assert output["usage"]["fallbacks"] == 1
    found = await known(ingestions.stores)
    async with fresh_ingestions() as one_by_one:
        for given, reading in ((before, first), *((other, None) for other in others[:overtaken])):
            if reading is not None:
                await stage(one_by_one.stores, given, reading)
            await ingest(one_by_one, [given])
        await stage(one_by_one.stores, after, second, only=[0])
        await ingest(one_by_one, [after])
        assert await known(one_by_one.stores) == found


async def test_more_meetings_of_two_workspaces_at_once_than_there_are_connections_end_as_if_in_turn(
    ingestions: Ingestions, fresh_ingestions: FreshIngestions
) -> None:
    speakers = ("Ada Nilsson", "Ben Okafor", "Cleo Park")
    meetings = [
        meeting(
            number,
            f"{speakers[number % 3]}: Tide Gauge is {('at risk', 'on hold', 'planned')[number % 3]}.",
            f"{speakers[(number + 1) % 3]}: Tide Gauge is owned by {speakers[number % 2]}.",
        )
        for number in range(1, 21)
    ]
    given = [("default" if place % 3 else "other", one) for place, one in enumerate(meetings)]
    outputs = await asyncio.gather(
        *(ingestions.ingest(workspace, one, lambda event: None) for workspace, one in given)
    )
    assert [output["status"] for output in outputs] == ["ingested"] * len(meetings)
    found = await known(ingestions.stores)
    async with fresh_ingestions() as one_by_one:
        for workspace, one in given:
            await one_by_one.ingest(workspace, one, lambda event: None)
        assert await known(one_by_one.stores) == found


@pytest.mark.parametrize("locked", [False, True])
async def test_commits_that_touch_the_same_things_would_wait_for_each_other_for_ever_without_our_lock(
    locked: bool, ingestions: Ingestions
) -> None:
    said = [f"Ada Nilsson: {name} is planned." for name in ("Tide Gauge", "Sea Wall")]
    await ingest(ingestions, [meeting(1, *said)])
    database = ingestions.stores.database
    rows = await database.rows(b"select id from entities where type <> 'person' order by id")
    first, second = (row["id"] for row in rows)
    have_one = asyncio.Barrier(2)

    async def touch(*entities: str) -> None:
        async with database.transaction() as connection:
            await connection.execute(b"set local deadlock_timeout = '50ms'")
            if locked:
                await workspaces.lock_workspace(connection, SCOPE)
            await knowledge.refresh_entities(connection, SCOPE, entities[:1])
            if not locked:
                await have_one.wait()
            await knowledge.refresh_entities(connection, SCOPE, entities[1:])

    ends = await asyncio.gather(touch(first, second), touch(second, first), return_exceptions=True)
    lost = [end for end in ends if end is not None]
    assert len(lost) == (0 if locked else 1)
    assert all("deadlock detected" in str(end) for end in lost)


async def test_two_workspaces_do_not_wait_for_each_other(ingestions: Ingestions) -> None:
    await ingestions.ingest("other", meeting(1, *TURNS), lambda event: None)
    async with ingestions.stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, sources.workspace_id("other"))
        output = await ingestions.ingest("default", meeting(1, *TURNS), lambda event: None)
    assert output["status"] == "ingested"
