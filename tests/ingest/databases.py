"""Databases of their own for single runs, and everything that one holds, for comparing two row for row."""

import json
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

Rows = dict[str, list[str]]

WHEN = frozenset({"recorded_at", "created_at", "started_at", "updated_at", "set_at", "attempts", "day"})
"""Columns that tell when and how often something was done, in which two runs may differ."""

KNOWLEDGE = (
    "meetings",
    "meeting_versions",
    "utterances",
    "memories",
    "entities",
    "mentions",
    "links",
    "aliases",
    "memory_mentions",
    "observations",
    "verdicts",
    "states",
    "transitions",
    "relations",
)
"""The tables that readers see."""


def named(url: str, name: str) -> str:
    """The address of another database on the same server."""
    head, _, tail = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")


def name_of(url: str) -> str:
    """The name of the database at an address."""
    return url.partition("?")[0].rsplit("/", 1)[1]


def make_fleeting(server_url: str) -> None:
    """Let a server that is used for tests alone wait for no disk.

    Whoever is connected may be killed; when the server is, its last commits may be gone, which not one of the
    tests that kill a server may lose: theirs are `OwnServers`, which hand each commit to the system.
    """
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _administer(server_url, sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
    _administer(server_url, sql.SQL("select pg_reload_conf()"))


def copy_of(server_url: str, original: str) -> str:
    """A copy of a database to which nobody is connected; gives its address."""
    name = f"copy_{uuid4().hex}"
    # file by file, not through the log: a third of the work where the disk is not waited for
    create = sql.SQL("create database {} template {} strategy file_copy")
    _administer(server_url, create.format(sql.Identifier(name), sql.Identifier(original)))
    return named(server_url, name)


def drop(server_url: str, url: str) -> None:
    """Drop a database, whoever is connected."""
    _administer(server_url, sql.SQL("drop database {} with (force)").format(sql.Identifier(name_of(url))))


def everything(url: str) -> Rows:
    """All rows of all tables, each as one line of JSON, sorted, without the columns of WHEN.

    `retracted_at` counts as whether it is set.
    """
    with psycopg.connect(url, row_factory=dict_row) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public' order by tablename"
        ).fetchall()
        return {table["tablename"]: _lines(connection, table["tablename"]) for table in tables}


def counts(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    return {table: len(rows) for table, rows in everything(url).items()}


def differences(found: Rows, expected: Rows) -> list[str]:
    """What one database has that the other has not, a few lines of it."""
    told: list[str] = []
    for table in sorted({*found, *expected}):
        more = [row for row in found.get(table, []) if row not in expected.get(table, [])]
        less = [row for row in expected.get(table, []) if row not in found.get(table, [])]
        told += [f"{table}: has {row[:200]}" for row in more[:1]]
        told += [f"{table}: lacks {row[:200]}" for row in less[:1]]
        if not more and not less and len(found[table]) != len(expected[table]):
            told.append(f"{table}: {len(found[table])} rows instead of {len(expected[table])}")
    return told


def _lines(connection: psycopg.Connection[dict[str, Any]], table: str) -> list[str]:
    rows = connection.execute(sql.SQL("select * from {}").format(sql.Identifier(table))).fetchall()
    return sorted(json.dumps(_plain(row), default=str, sort_keys=True) for row in rows)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name not in WHEN}
    if "retracted_at" in plain:
        plain["retracted_at"] = plain["retracted_at"] is not None
    return plain


def _administer(url: str, statement: sql.Composable) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
