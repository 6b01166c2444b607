"""A process that is killed loses nothing: whoever goes on ends where nobody was killed."""

import os
from collections.abc import Iterator

import psycopg
import pytest
import redis

from app.ingestion import Ingestions
from nodes.context import Context
from nodes.errors import WorkspaceMismatchError
from stores import runs, sources
from stores.embedded import Servers
from stores.errors import NotFoundError
from tests.ingest import databases
from tests.ingest.killing import Killing, endpoint_environment
from tests.ingest.meetings import meeting
from tests.ingest.nursery import Job, Nursery, Outcome
from tests.ingest.points import NODES
from tests.models.openai_server import OpenAIServer

SCOPE = sources.workspace_id("default")
TURNS = ("Ada Nilsson: Tide Gauge is at risk.", "Ben Okafor: Tide Gauge is owned by Ada Nilsson.")


@pytest.fixture(scope="module")
def killing(servers: Servers, template: str, nursery: Nursery, endpoint: OpenAIServer) -> Iterator[Killing]:
    with Killing(
        nursery, servers.database_url, servers.redis_url, template, endpoint_environment(endpoint.base_url)
    ) as prepared:
        yield prepared


def test_the_meeting_that_is_killed_goes_through_every_node_store_and_checkpoint(killing: Killing) -> None:
    names = {point.partition(":")[2].partition("#")[0] for point in killing.points}
    assert {f"node.{name}" for name in NODES} - names == {"node.review"}  # nobody asked for it
    assert {"checkpoints.aput", "checkpoints.aput_writes", "embeddings.aembed_documents"} <= names
    assert {"runs.register", "runs.finish", "sources.stage", "meetings.version_result"} <= names
    assert killing.output["status"] == "ingested"
    assert killing.output["usage"]["fallbacks"] == 1


def test_runs_killed_before_and_after_everything_end_like_one_that_never_was(
    killing: Killing,
) -> None:
    killed, wrong = killing.chained(killing.sample())
    assert sorted(killed) == sorted(killing.sample())
    assert wrong == []


def test_a_run_killed_between_any_two_statements_of_its_commit_ends_like_one_that_never_was(
    killing: Killing,
) -> None:
    begin = killing.points.index("after:workspaces.lock_workspace#1")
    end = killing.points.index("before:workspaces.advance_workspace#1")
    statements = [point for point in killing.points[begin:end] if point.startswith("after:statement")]
    deaths = list(killing.deaths([(point, "resume") for point in statements[::9]]))
    assert len(deaths) > 3
    assert [death.wrong for death in deaths] == [[]] * len(deaths)
    assert all(death.reached and death.listed and death.keys == 0 for death in deaths)


def test_a_run_killed_after_its_commit_and_before_redis_knows_has_ended(killing: Killing) -> None:
    (again, resumed) = killing.deaths(
        [("before:checkpoints.adelete_thread#1", "again"), ("after:node.commit#1", "resume")]
    )
    assert again.reached
    assert resumed.reached
    assert (again.wrong, resumed.wrong) == ([], [])
    assert not again.listed, "only the committed row means success, and it is committed"
    assert again.keys == 0


@pytest.fixture
def job(database_url: str, servers: Servers, endpoint: OpenAIServer) -> Job:
    """Ingests a small meeting into the test's own database."""
    environment = endpoint_environment(endpoint.base_url)
    environment |= {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    return Job(environment=environment, ingest=dict(meeting(1, *TURNS)))


def _killed(nursery: Nursery, job: Job, point: str) -> Outcome:
    (outcome,) = nursery.run(job | {"kill_at": point})  # pyright: ignore[reportArgumentType]
    assert outcome["exit"] == -9
    return outcome


async def test_a_killed_run_is_listed_until_it_has_ended(
    nursery: Nursery, job: Job, ingestions: Ingestions
) -> None:
    _killed(nursery, job, "before:node.resolve#1")
    (run,) = await runs.unfinished(ingestions.stores.database, SCOPE)
    assert (run["status"], run["title"]) == ("running", "Harbour sync 1")
    output = await ingestions.resume("default", run["id"], lambda event: None)
    assert output["status"] == "ingested"
    assert await runs.unfinished(ingestions.stores.database, SCOPE) == []
    with pytest.raises(NotFoundError, match="no unfinished run"):
        await ingestions.resume("default", run["id"], lambda event: None)


async def test_what_was_staged_before_its_run_could_register_is_listed_and_can_be_resumed(
    nursery: Nursery, job: Job, ingestions: Ingestions
) -> None:
    _killed(nursery, job, "after:sources.stage#1")
    (run,) = await runs.unfinished(ingestions.stores.database, SCOPE)
    assert run["status"] == "staged"
    output = await ingestions.resume("default", run["id"], lambda event: None)
    assert output["status"] == "ingested"
    assert await runs.unfinished(ingestions.stores.database, SCOPE) == []


async def test_a_run_resumed_in_another_workspace_is_refused_and_can_still_be_resumed_in_its_own(
    nursery: Nursery, job: Job, ingestions: Ingestions
) -> None:
    from graphs.ingest import builder

    _killed(nursery, job, "before:node.resolve#1")
    (run,) = await runs.unfinished(ingestions.stores.database, SCOPE)
    graph = builder.compile(checkpointer=ingestions.checkpoints)
    config = {"configurable": {"thread_id": run["id"]}}
    for given in (None, dict(meeting(1, *TURNS))):
        with pytest.raises(WorkspaceMismatchError, match=r"'default'.*'other'"):
            await graph.ainvoke(given, config, context=Context(workspace="other"))
    with pytest.raises(NotFoundError):
        await ingestions.resume("other", run["id"], lambda event: None)
    output = await ingestions.resume("default", run["id"], lambda event: None)
    assert output["status"] == "ingested"


async def test_a_finished_thread_started_again_with_its_input_does_nothing(ingestions: Ingestions) -> None:
    from graphs.ingest import builder

    graph = builder.compile(checkpointer=ingestions.checkpoints)
    config = {"configurable": {"thread_id": "0d5f1dc4-3f0e-5a4c-8f8f-3d2f6f6f0001"}}
    first = await graph.ainvoke(dict(meeting(1, *TURNS)), config)
    before = databases.everything(os.environ["DATABASE_URL"])
    again = await graph.ainvoke(dict(meeting(1, *TURNS)), config)
    assert (first["status"], again["status"]) == ("ingested", "known")
    assert again["usage"]["calls"] == 0
    assert databases.everything(os.environ["DATABASE_URL"]) == before


async def test_a_finished_thread_takes_another_meeting_as_if_it_were_new(ingestions: Ingestions) -> None:
    """Neither the last meeting's key, nor its title, nor its windows reach the next one."""
    from graphs.ingest import builder

    graph = builder.compile(checkpointer=ingestions.checkpoints)
    config = {"configurable": {"thread_id": "0d5f1dc4-3f0e-5a4c-8f8f-3d2f6f6f0002"}}
    filler = " ".join(f"word{number}" for number in range(500))
    await graph.ainvoke(dict(meeting(1, *TURNS, *[f"Ada Nilsson: {filler}."] * 6)), config)
    bare = {"transcript": "Cleo Park: Sea Wall is planned.", "date": "2026-03-03T10:00:00+00:00"}
    second = await graph.ainvoke(bare, config)
    assert second["status"] == "ingested"
    versions = await ingestions.stores.database.rows(
        b"select key, title from meeting_versions v join meetings m using (workspace_id) "
        b"where m.id = v.meeting_id and v.retracted_at is null order by title"
    )
    assert len(versions) == 2
    assert versions[0]["key"] == "harbour-1"
    assert versions[1]["title"] == "Untitled meeting"


async def test_a_run_of_a_thread_that_others_overtook_ends_as_known(
    nursery: Nursery, job: Job, ingestions: Ingestions
) -> None:
    """The graph server gives threads of its own; a killed one must not stay unfinished for ever."""
    from graphs.ingest import builder

    graph = builder.compile(checkpointer=ingestions.checkpoints, interrupt_before=["resolve"])
    thread = "0d5f1dc4-3f0e-5a4c-8f8f-3d2f6f6f0003"
    await graph.ainvoke(dict(meeting(1, *TURNS)), {"configurable": {"thread_id": thread}})
    await ingestions.ingest("default", meeting(1, *TURNS), lambda event: None)
    (run,) = await runs.unfinished(ingestions.stores.database, SCOPE)
    assert run["id"] == thread
    output = await ingestions.resume("default", thread, lambda event: None)
    assert output["status"] == "known"
    assert await runs.unfinished(ingestions.stores.database, SCOPE) == []
    counts = databases.counts(os.environ["DATABASE_URL"])
    assert (counts["sources"], counts["staged_items"], counts["meeting_versions"]) == (0, 0, 1)


async def test_redis_holds_nothing_of_a_finished_run(ingestions: Ingestions, servers: Servers) -> None:
    with redis.Redis.from_url(servers.redis_url) as client:
        before = set(client.keys("smart-meet:*"))
        await ingestions.ingest("default", meeting(1, *TURNS), lambda event: None)
        assert set(client.keys("smart-meet:*")) <= before


def test_a_run_that_failed_says_why_and_is_listed(job: Job, nursery: Nursery, database_url: str) -> None:
    environment = job["environment"] | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    nursery.run(job)  # the embedding model is known, one more meeting comes while its endpoint is away
    later = Job(environment=environment, ingest=dict(meeting(2, *TURNS)))
    (failed,) = nursery.run(later)
    assert "ModelUnavailableError" in (failed["error"] or "")
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select status, error from runs where status <> 'done'").fetchone()
    assert row is not None
    assert row[0] == "failed"
    assert "127.0.0.1:9" in row[1]
    (healed,) = nursery.run(Job(environment=job["environment"], ingest=None))
    assert [output["status"] for output in healed["outputs"]] == ["ingested"]
