"""The command line in this process, over databases of its own."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from app.cli import app
from stores import settings as settings_module
from stores.embedded import Servers
from tests.conftest import database_named


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
    name = f"demo_{uuid4().hex}"
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        create = sql.SQL("create database {} template {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    url = database_named(servers.database_url, name)
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, url, servers.redis_url)
        ended = run("demo")
    settings_module.settings.cache_clear()
    return url, ended


@pytest.fixture
def demo(demo_run: tuple[str, Ended], servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """The command line over the database that the demo has filled, in its workspace."""
    _point_at(monkeypatch, demo_run[0], servers.redis_url)
    monkeypatch.setenv("SMART_MEET_WORKSPACE", "demo")
    yield run
    settings_module.settings.cache_clear()


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


def _point_at(patch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SMART_MEET_EMBEDDING_MODEL"):
        patch.delenv(name, raising=False)
    patch.setenv("DATABASE_URL", database_url)
    patch.setenv("REDIS_URL", redis_url)
    settings_module.settings.cache_clear()
