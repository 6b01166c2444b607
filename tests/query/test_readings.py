"""The rows that the command line, the graph API and the page show."""

from datetime import UTC, datetime

from nodes.names import normalised_name
from stores import histories, readings
from stores.moments import Moment
from tests.query.builder import Said, Workspace

MARCH = Moment(as_of=datetime(2026, 3, 1, tzinfo=UTC))


async def test_meetings(series: Workspace) -> None:
    rows = await readings.meetings(series.stores.database, series.id)
    assert [row["title"] for row in rows] == ["Kick-off", "Security review", "Planning"]
    assert set(rows[0]) == set(readings.MeetingRow.__annotations__)
    assert (rows[0]["utterances"], rows[0]["memories"], rows[0]["status"]) == (7, 9, "ingested")
    assert rows[0]["date"] == "2026-02-03T10:00:00+00:00"
    assert len(await readings.meetings(series.stores.database, series.id, MARCH)) == 2


async def test_entities_by_type_and_name(series: Workspace) -> None:
    database = series.stores.database
    rows = await readings.entities(database, series.id)
    assert set(rows[0]) == set(readings.EntityRow.__annotations__)
    assert {row["name"] for row in rows if row["type"] != "person"} == {
        "Billing API",
        "Billing API Migration",
        "Ticket Shop",
    }
    shop = (await readings.entities(database, series.id, name="ticket"))[0]
    assert (shop["mentions"], shop["first_seen"][:10], shop["last_seen"][:10]) == (
        7,
        "2026-02-03",
        "2026-03-24",
    )
    assert [row["name"] for row in await readings.entities(database, series.id, type="system")] == [
        "Billing API"
    ]


async def test_a_name_is_looked_up_whole_or_suggested(series: Workspace) -> None:
    database = series.stores.database
    exact = await readings.lookup(database, series.id, normalised_name("the billing API"))
    assert [bearer.name for bearer in exact.bearers] == ["Billing API"]
    part = await readings.lookup(database, series.id, normalised_name("API"))
    assert part.bearers == ()
    assert {near.name for near in part.suggestions} >= {"Billing API"}
    first_name = await readings.lookup(database, series.id, "priya")
    assert [bearer.name for bearer in first_name.bearers] == ["Priya Raman"]
    assert (await readings.lookup(database, series.id, "secret vault")).bearers == ()


async def test_all_who_share_a_first_name_are_named(series: Workspace) -> None:
    await series.meeting("Visit", "2026-04-01", Said("Tom Vance", "Hello, I am new."))
    shared = await readings.lookup(series.stores.database, series.id, "tom")
    assert [bearer.name for bearer in shared.bearers] == ["Tom Becker", "Tom Vance"]


async def test_the_state_as_of_a_time(series: Workspace) -> None:
    database = series.stores.database
    shop = await readings.entities(database, series.id, name="Ticket Shop")
    now = (await histories.status_rows(database, series.id, shop))[0]
    then = (await histories.status_rows(database, series.id, shop, MARCH))[0]
    assert set(now) == set(histories.StatusRow.__annotations__)
    assert now["as_of"] is None
    assert {field: cell["value"] for field, cell in now["state"].items()} == {
        "owner": "Priya Raman",
        "status": "in_progress",
    }
    assert then["as_of"] == "2026-03-01T00:00:00+00:00"
    assert then["state"]["status"]["value"] == "blocked"
    assert then["state"]["status"]["quote"] == "The Ticket Shop is blocked."
    assert any(field.startswith("blockers[") for field in then["state"])


async def test_the_timeline_has_first_sights_and_the_changes_have_none(series: Workspace) -> None:
    database = series.stores.database
    timeline = await histories.timeline_rows(database, series.id, series.entity_id("Ticket Shop"))
    assert set(timeline[0]) == set(histories.ChangeRow.__annotations__)
    owners = [(row["from"], row["to"]) for row in timeline if row["field"] == "owner"]
    assert owners == [(None, "Tom Becker"), ("Tom Becker", "Priya Raman")]
    since = datetime(2026, 2, 10, tzinfo=UTC)
    changes = await histories.change_rows(database, series.id, since)
    assert [
        (row["entity"], row["field"], row["to"]) for row in changes if "blockers" not in row["field"]
    ] == [
        ("Ticket Shop", "status", "blocked"),
        ("Billing API", "progress", "60%"),
        ("Ticket Shop", "owner", "Priya Raman"),
        ("Ticket Shop", "status", "in_progress"),
    ]
    assert [row["date"] for row in changes] == sorted(row["date"] for row in changes)
    everything = await histories.transitions(database, series.id)
    for number in range(1, len(everything)):
        latest = await histories.transitions(database, series.id, latest=number)
        assert latest == everything[-number:]


async def test_relations_hold_until_they_are_said_to_end(series: Workspace) -> None:
    database = series.stores.database
    for title, ended, date in (("Kick-off", False, "2026-02-03"), ("Planning", True, "2026-03-24")):
        async with database.transaction() as connection:
            await connection.execute(
                b"""insert into relations (workspace_id, id, version_id, source_mention_id, target_mention_id,
                    type, ended, utterance, at, quote, made_by)
                select m.workspace_id, gen_random_uuid(), m.version_id, m.id, t.id, 'depends_on', %s, 0, %s,
                    'said', 'rule'
                from mentions m
                join mentions t on t.version_id = m.version_id and t.name = 'Billing API'
                join meeting_versions v on v.id = m.version_id and v.title = %s
                where m.name = 'Ticket Shop' and m.workspace_id = %s""",
                (ended, date, title, series.id),
            )
    shop = [series.entity_id("Ticket Shop")]
    held = await histories.relations(database, series.id, MARCH, entities=shop)
    assert [(one["source"], one["type"], one["target"]) for one in held] == [
        ("Ticket Shop", "depends_on", "Billing API")
    ]
    assert held == await histories.relations(
        database, series.id, MARCH, entities=[series.entity_id("Billing API")]
    )
    assert await histories.relations(database, series.id, entities=shop) == []


async def test_statements_and_counts(series: Workspace) -> None:
    database = series.stores.database
    decisions = await readings.statements(database, series.id, ["decision"])
    assert [row["content"] for row in decisions] == [
        "We decided to release every second Thursday.",
        "We decided to launch without seat maps.",
    ]
    assert await readings.statements(database, series.id, ["decision"], latest=1) == decisions[-1:]
    items = await readings.statements(database, series.id, ["action_item"], owners=["daniel osei"])
    assert items[0]["due_date"] == "2026-02-06"
    counted = {
        (row["counted"], row["label"]): row["number"] for row in await readings.counts(database, series.id)
    }
    assert counted["meeting", ""] == 3
    assert counted["memory", "decision"] == 2
    assert counted["entity", "person"] == 4


async def test_nothing_of_one_workspace_is_read_from_another(series: Workspace) -> None:
    rival = Workspace(series.stores, "rival")
    database = series.stores.database
    mine = [series.entity_id("Ticket Shop")]
    assert [row["title"] for row in await readings.meetings(database, rival.id)] == ["Rival sync"]
    assert await histories.transitions(database, rival.id, entities=mine) == []
    assert await histories.states_as_of(database, rival.id, entities=mine) == []
    assert await readings.entities(database, rival.id, ids=mine) == []
    assert all(
        row["meeting_id"] != series.meeting_id("Kick-off")
        for row in await readings.statements(database, rival.id, ["decision"])
    )
