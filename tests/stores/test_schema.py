"""The schema: applied from every state it was ever in, and the rules that it carries itself."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from psycopg import sql
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation

from stores import sources
from stores.database import open_database
from stores.embedded import Servers
from stores.embeddings import EmbeddingModel
from stores.errors import EmbeddingMismatchError
from stores.ids import derived_id
from stores.installation import claim_embedding_model
from stores.schema import current_revision, latest_revision, migrate
from tests.ingest import databases

REVISIONS = [f"{number:04}" for number in range(1, 18)]

_SHAPE = {
    "columns": """
        select table_name, column_name, udt_name, is_nullable, column_default, generation_expression
        from information_schema.columns where table_schema = 'public'""",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace""",
    "indexes": "select indexname, indexdef from pg_indexes where schemaname = 'public'",
}


@pytest.fixture
def empty_url(servers: Servers) -> Iterator[str]:
    """A database with nothing in it."""
    url = databases.copy_of(servers.database_url, "template0")
    yield url
    databases.drop(servers.database_url, url)


def shape(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every column, constraint and index."""
    with psycopg.connect(url) as connection:
        return {
            what: sorted(connection.execute(query).fetchall(), key=repr) for what, query in _SHAPE.items()
        }


def test_every_revision_has_its_test() -> None:
    assert REVISIONS[-1] == latest_revision()


def test_the_schema_is_the_same_step_by_step_and_at_once_and_however_often_it_is_applied(
    empty_url: str, database_url: str
) -> None:
    assert current_revision(empty_url) is None
    for revision in REVISIONS:
        for _ in range(2):
            migrate(empty_url, revision)
            assert current_revision(empty_url) == revision
    migrate(empty_url)
    assert shape(empty_url) == shape(database_url)


def test_what_an_earlier_revision_holds_is_kept(empty_url: str) -> None:
    migrate(empty_url, "0001")
    with psycopg.connect(empty_url) as connection:
        connection.execute("insert into workspaces (id, name) values (%s, 'harbour')", [uuid4()])
    migrate(empty_url)
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("select name, revision from workspaces").fetchall() == [("harbour", 0)]


def test_processes_that_start_together_apply_it_once(empty_url: str, database_url: str) -> None:
    program = "import sys; from stores.schema import migrate; migrate(sys.argv[1])"
    started = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stderr=subprocess.PIPE) for _ in range(3)
    ]
    complaints = [process.communicate(timeout=120)[1].decode() for process in started]
    assert complaints == [""] * 3
    assert shape(empty_url) == shape(database_url)


def test_every_reference_between_rows_of_a_workspace_names_the_workspace(database_url: str) -> None:
    references = [
        definition
        for _, _, definition in shape(database_url)["constraints"]
        if definition.startswith("FOREIGN KEY") and "REFERENCES workspaces" not in definition
    ]
    assert len(references) > 20
    for definition in references:
        own, _, referred = definition.partition(" REFERENCES ")
        assert own.startswith("FOREIGN KEY (workspace_id, ")
        assert "(workspace_id, " in referred


def test_every_row_belongs_to_a_workspace(database_url: str) -> None:
    columns = shape(database_url)["columns"]
    tables = {row[0] for row in columns}
    belonging = {row[0] for row in columns if row[1] == "workspace_id" and row[3] == "NO"}
    assert tables - belonging == {"workspaces", "installation", "alembic_version"}


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection to a database with one meeting in each of two workspaces."""
    with psycopg.connect(database_url) as opened:
        for name in ("harbour", "airport"):
            _fill(opened, name)
        yield opened
        opened.rollback()


def _put(connection: psycopg.Connection, table: str, **row: object) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    connection.execute(statement, row)


def _id(name: str, what: str) -> str:
    return derived_id("test", name, what)


def _row(name: str, table: str, **other: object) -> dict[str, Any]:
    """A row of a workspace, pointing at the workspace's other rows."""
    version, entity, mention = _id(name, "version"), _id(name, "entity"), _id(name, "mention")
    shared: dict[str, Any] = {"workspace_id": sources.workspace_id(name)}
    rows: dict[str, dict[str, Any]] = {
        "meetings": {"id": _id(name, "meeting"), "key": "one"},
        "meeting_versions": {
            "id": version,
            "meeting_id": _id(name, "meeting"),
            "content_hash": "hash",
            "name": "one.txt",
            "format": "plain_txt",
            "title": "One",
            "date": "2026-01-05T10:00:00Z",
            "date_has_time": True,
            "participants": ["Ada Nilsson"],
            "words": 3,
            "result": "{}",
        },
        "utterances": {"version_id": version, "ordinal": 0, "channel": "speech", "text": "It is planned."},
        "entities": {"id": entity, "name": "Tide Gauge", "type": "feature"},
        "mentions": {
            "id": mention,
            "version_id": version,
            "name": "Tide Gauge",
            "normalised": "tide gauge",
            "type": "feature",
            "utterances": [0],
        },
        "links": {
            "id": _id(name, "link"),
            "mention_id": mention,
            "entity_id": entity,
            "decided_by": "name",
            "score": 1,
        },
        "observations": {
            "id": _id(name, "observation"),
            "version_id": version,
            "mention_id": mention,
            "field": "status",
            "key": "",
            "op": "set",
            "value": "planned",
            "stance": "stated",
            "utterance": 0,
            "sequence": 0,
            "at": "2026-01-05T10:00:00Z",
            "quote": "is planned",
            "made_by": "rule",
        },
        "verdicts": {
            "id": _id(name, "verdict"),
            "pair_id": _id(name, "pair"),
            "profile_version": "default-1",
            "field": "due",
            "differs": True,
            "reason": "it moved",
            "decided_by": "fallback",
        },
    }
    return shared | rows[table] | other


def _fill(connection: psycopg.Connection, name: str) -> None:
    _put(connection, "workspaces", id=sources.workspace_id(name), name=name)
    for table in "meetings meeting_versions utterances entities mentions links observations verdicts".split():
        _put(connection, table, **_row(name, table))


@pytest.mark.parametrize(
    ("table", "column", "what"),
    [
        ("meeting_versions", "meeting_id", "meeting"),
        ("mentions", "version_id", "version"),
        ("links", "mention_id", "mention"),
        ("links", "entity_id", "entity"),
        ("observations", "version_id", "version"),
        ("observations", "mention_id", "mention"),
        ("observations", "value_mention_id", "mention"),
    ],
)
def test_a_row_of_another_workspace_cannot_be_referred_to(
    table: str, column: str, what: str, connection: psycopg.Connection
) -> None:
    changes: dict[str, Any] = {"id": str(uuid4()), column: _id("airport", what)}
    if table == "links":  # the workspace's own is current already
        connection.execute("update links set retracted_at = now()")
    if table == "meeting_versions":
        connection.execute("update meeting_versions set retracted_at = now()")
    with pytest.raises(ForeignKeyViolation):
        _put(connection, table, **_row("harbour", table, **changes))


@pytest.mark.parametrize("table", ["meeting_versions", "links", "verdicts"])
def test_a_second_current_row_is_refused_and_a_retracted_one_makes_room(
    table: str, connection: psycopg.Connection
) -> None:
    second = _row("harbour", table, id=str(uuid4()))
    with pytest.raises(UniqueViolation, match=f"{table}_current"), connection.transaction():
        _put(connection, table, **second)
    connection.execute(sql.SQL("update {} set retracted_at = now()").format(sql.Identifier(table)))
    _put(connection, table, **second)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("observations", {"op": "set", "value": None}),
        ("observations", {"op": "guess"}),
        ("observations", {"stance": "dreamt"}),
        ("links", {"score": 1.5}),
        ("verdicts", {"decided_by": "dice"}),
        ("utterances", {"ordinal": -1}),
    ],
)
def test_a_value_that_means_nothing_is_refused(
    table: str, change: dict[str, Any], connection: psycopg.Connection
) -> None:
    fresh = {} if table == "utterances" else {"id": str(uuid4())}
    if table in ("links", "verdicts"):
        connection.execute(sql.SQL("update {} set retracted_at = now()").format(sql.Identifier(table)))
    with pytest.raises(CheckViolation):
        _put(connection, table, **_row("harbour", table, **fresh, **change))


def test_a_workspace_takes_everything_with_it(connection: psycopg.Connection) -> None:
    connection.execute("delete from workspaces where name = 'harbour'")
    for table in ("meetings", "meeting_versions", "utterances", "mentions", "links", "observations"):
        left = connection.execute(sql.SQL("select workspace_id from {}").format(sql.Identifier(table)))
        assert [str(row[0]) for row in left] == [sources.workspace_id("airport")], table


async def test_another_embedding_model_is_refused_with_the_remedy(database_url: str) -> None:
    first = EmbeddingModel("model-one", DeterministicFakeEmbedding(size=12))
    database = await open_database(database_url)
    try:
        await claim_embedding_model(database, first)
        await claim_embedding_model(database, first)
        with pytest.raises(EmbeddingMismatchError, match=r"model-one.*model-two.*SMART_MEET_EMBEDDING_MODEL"):
            await claim_embedding_model(database, EmbeddingModel("model-two", first.embeddings, 12))
    finally:
        await database.close()
    with psycopg.connect(database_url) as connection:
        kind = connection.execute(
            "select format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = 'memories'::regclass and attname = 'embedding'"
        ).fetchone()
        index = connection.execute("select 1 from pg_indexes where indexname = 'memories_vector'").fetchone()
    assert kind == ("vector(12)",)
    assert index == (1,)
