"""The demo series as a person read it, against what the whole path makes of it, in the order of delivery."""

import base64
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.ingestion import Ingestions
from nodes.ingest_state import IngestInput
from stores.database import Row
from stores.sources import workspace_id

DEMO = Path(__file__).parents[1] / "app" / "demo"
EXPECTED = tomllib.loads((Path(__file__).parent / "demo_expected.toml").read_text(encoding="utf-8"))
SCOPE = workspace_id("demo")

_HISTORY = b"""
select e.name as entity, t.field, t.before, t.after, t.first_sight, v.title, t.normalised
from transitions t
join entities e on e.workspace_id = t.workspace_id and e.id = t.entity_id
join meeting_versions v on v.workspace_id = t.workspace_id and v.meeting_id = t.meeting_id
    and v.retracted_at is null
where t.workspace_id = %(scope)s order by v.date, t.at
"""
_STATES = b"""
select e.name as entity, s.field, coalesce(person.name, s.normalised #>> '{}', s.value) as value, v.title
from states s
join entities e on e.workspace_id = s.workspace_id and e.id = s.entity_id
join meeting_versions v on v.workspace_id = s.workspace_id and v.meeting_id = s.meeting_id
    and v.retracted_at is null
left join entities person on person.workspace_id = s.workspace_id and s.field = 'owner'
    and person.id::text = s.normalised #>> '{}'
where s.workspace_id = %(scope)s
"""
_STATEMENTS = b"""
select m.kind, m.quote, m.owner, m.due_date::text as due, v.title from memories m
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
where m.workspace_id = %(scope)s and m.kind <> 'discussion'
"""


def demo_meetings() -> Iterator[IngestInput]:
    """The demo's meetings as they are delivered: one of them late."""
    series = tomllib.loads((DEMO / "series.toml").read_text(encoding="utf-8"))
    for meeting in sorted(series["meetings"], key=lambda one: one["delivered"]):
        yield IngestInput(
            filename=meeting["file"],
            content_base64=_encoded(meeting["file"]),
            key=meeting["key"],
            title=meeting["title"],
            date=meeting["date"].isoformat(),
            series=series["series"],
            attachments=[{"filename": chat, "content_base64": _encoded(chat)}]
            if (chat := meeting.get("chat"))
            else None,
        )


def _encoded(name: str) -> str:
    return base64.b64encode((DEMO / name).read_bytes()).decode()


def _meeting(row: Row) -> int:
    return int(row["title"].rsplit(" ", 1)[1])


def _typed(value: object) -> str:
    return "" if value is None else str(value).removesuffix("%")


@pytest.fixture
async def demo(ingestions: Ingestions) -> Mapping[str, list[Row]]:
    for given in demo_meetings():
        output = await ingestions.ingest("demo", given, lambda _: None)
        assert output["status"] == "ingested"
    database = ingestions.stores.database
    return {
        "transitions": await database.rows(_HISTORY, scope=SCOPE),
        "states": await database.rows(_STATES, scope=SCOPE),
        "statements": await database.rows(_STATEMENTS, scope=SCOPE),
        "entities": await database.rows(
            b"select name from entities where workspace_id = %(scope)s and retracted_at is null", scope=SCOPE
        ),
    }


async def test_the_demo_series_is_read_as_a_person_reads_it(demo: Mapping[str, list[Row]]) -> None:
    def states(rows: list[dict[str, Any]]) -> set[tuple[str, str, str, int]]:
        return {(row["entity"], row["field"], _typed(row["value"]), row["since"]) for row in rows}

    found = [dict(row) | {"since": _meeting(row)} for row in demo["states"]]
    assert states(found) == states(EXPECTED["states"])

    changes = {
        (row["entity"], row["field"], _typed(row["before"]), _typed(row["after"]), _meeting(row))
        for row in demo["transitions"]
        if not row["first_sight"]
    }
    expected = {
        (row["entity"], row["field"], _typed(row["from"]), _typed(row["to"]), row["meeting"])
        for row in EXPECTED["transitions"]
    }
    blocker = "the missing certificate from Nordbank"
    assert changes == expected | {("Checkout Redesign", "blockers", "", blocker, 2)}

    names = {row["name"] for row in demo["entities"]}
    tracked = {*EXPECTED["entities"], *EXPECTED["people"]}
    assert tracked <= names
    assert names <= tracked | {*EXPECTED["optional_entities"]}

    for kind, name in (("decision", "decisions"), ("action_item", "action_items"), ("risk", "risks")):
        said = [row for row in demo["statements"] if row["kind"] == kind]
        assert len(said) == len(EXPECTED[name])
        for wanted in EXPECTED[name]:
            [row] = [row for row in said if wanted["quote"].casefold() in row["quote"].casefold()]
            assert _meeting(row) == wanted["meeting"]
            assert row["owner"] == wanted.get("owner")
            assert row["due"] == wanted.get("due")
