"""The command line in this process, over databases of its own."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from app.cli import app
from stores.embedded import Servers
from tests.conftest import pointed_at
from tests.ingest import databases


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Ended]


def run(*arguments: object, given: str | bytes | None = None) -> Ended:
    """Run `smart-meet` with these arguments, and `given` on standard input."""
    ended = CliRunner().invoke(app, [str(one) for one in arguments], input=given)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture
def smart_meet(environment: None) -> Command:
    """The command line over a fresh, empty database."""
    return run


@pytest.fixture(scope="session")
def demo_run(servers: Servers, template: str) -> tuple[str, Ended]:
    """The address of a database that the demo has filled, and what the demo printed; not to be written to."""
    url = databases.copy_of(servers.database_url, template)
    with pytest.MonkeyPatch.context() as patch, pointed_at(patch, url, servers.redis_url):
        ended = run("demo")
    return url, ended


@pytest.fixture
def demo(demo_run: tuple[str, Ended], servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """The command line over the database that the demo has filled, in its workspace."""
    monkeypatch.setenv("SMART_MEET_WORKSPACE", "demo")
    with pointed_at(monkeypatch, demo_run[0], servers.redis_url):
        yield run


def rows_of_all_tables(url: str | None = None) -> dict[str, int]:
    """How many rows each table has."""
    with psycopg.connect(url or os.environ["DATABASE_URL"]) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        counted: dict[str, int] = {}
        for (table,) in tables:
            count = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
            counted[table] = connection.execute(count).fetchall()[0][0]
    return counted


def transcript(folder: Path, name: str, *lines: str) -> Path:
    """A transcript as plain text, for example `transcript(folder, "2026-03-02_sync.txt", "Ann Lee: Hi.")`."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
