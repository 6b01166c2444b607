"""What is left over or out of step is found, told, and mended when asked to; all else stays as it is."""

import os

from app.ingestion import Ingestions
from app.upkeep import upkeep_checks
from stores import runs, sources
from tests.ingest import databases
from tests.ingest.meetings import meeting

SCOPE = sources.workspace_id("default")
_DAMAGE = (
    b"drop index memories_vector",
    b"update lexeme_counts set memories = memories + 1",
    b"update pg_index set indisvalid = false where indexrelid = 'aliases_by_name'::regclass",
    # a row that never came into an index
    b"update pg_index set indisready = false where indexrelid = 'entities_by_name'::regclass",
    b"insert into entities (workspace_id, id, name, type) select id, id, 'Nobody', 'team' from workspaces",
    b"update pg_index set indisready = true where indexrelid = 'entities_by_name'::regclass",
    b"update states set value = 'completed'",
    b"create table kept_vectors as select id, embedding from memories",
    b"update memories set embedding = array_fill(0::real, array[384])::vector where first_utterance = 0",
    b"insert into runs (workspace_id, id, source_id, title, status)"
    b" select id, id, id, 'Lost', 'running' from workspaces",
)
# what was damaged and is no part of what was there before
_REMAINS = (
    b"update memories m set embedding = k.embedding from kept_vectors k where k.id = m.id",
    b"drop table kept_vectors",
    b"delete from entities where name = 'Nobody'",
    b"update workspaces set revision = revision - 1",
)


async def _told(ingestions: Ingestions, *, mend: bool = False) -> dict[str, str]:
    checks = await upkeep_checks(ingestions.stores.servers, mend=mend)
    return {check.check: check.status for check in checks}


async def test_what_is_out_of_step_is_found_and_mended_and_no_meeting_is_touched(
    ingestions: Ingestions,
) -> None:
    from graphs.ingest import builder

    database = ingestions.stores.database
    turns = ("Ada Nilsson: Tide Gauge is at risk.", "Ben Okafor: Tide Gauge is owned by Ada Nilsson.")
    await ingestions.ingest("default", meeting(1, *turns), lambda event: None)
    assert set((await _told(ingestions)).values()) == {"ok"}
    whole = databases.everything(os.environ["DATABASE_URL"])

    # a run that had ended when its server was lost, before Redis and the staging were told
    graph = builder.compile(checkpointer=ingestions.checkpoints, interrupt_before=["resolve"])
    thread = "0d5f1dc4-3f0e-5a4c-8f8f-3d2f6f6f0077"
    await graph.ainvoke(dict(meeting(2, *turns)), {"configurable": {"thread_id": thread}})
    (run,) = await runs.unfinished(database, SCOPE)
    await database.rows(b"update runs set status = 'done' where id = %(id)s", id=run["id"])
    for statement in _DAMAGE:
        await database.rows(statement)

    found = await _told(ingestions)
    wrong = {check for check, status in found.items() if status == "warn"}
    left_over = {"word counts", "staging", "runs without a source", "checkpoints"}
    assert wrong == left_over | {"indexes", "vectors", "histories"}
    details = {one.check: one.detail for one in await upkeep_checks(ingestions.stores.servers, mend=False)}
    assert details["indexes"].startswith("aliases_by_name, entities_by_name, memories_vector: ")
    assert details["histories"].startswith("Tide Gauge (default): ")
    assert set((await _told(ingestions, mend=True)).values()) == {"ok"}
    assert set((await _told(ingestions)).values()) == {"ok"}
    assert thread not in await ingestions.checkpoints.athreads()
    await database.rows(b"delete from runs where id = %(id)s", id=run["id"])
    for statement in _REMAINS:
        await database.rows(statement)
    assert databases.differences(databases.everything(os.environ["DATABASE_URL"]), whole) == []
