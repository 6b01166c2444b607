"""The whole database as SQL, out of a running PostgreSQL and back into one, by PostgreSQL's own programs."""

import subprocess
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from stores.availability import connected
from stores.embedded import postgres_program
from stores.embedded.server import environment
from stores.errors import BackupError
from stores.queries import queries

_CHUNK = 1_000_000  # bytes
_SQL = queries("backup")

# One transaction, which is committed by the line that comes last: whatever is cut off before changes nothing.
# Others who only look are waited for, since nothing can be dropped under them.
_BEFORE = b"""
begin;
set local lock_timeout = '30s';
drop schema public cascade;
create schema public;
"""
_END = b"-- PostgreSQL database dump complete"


@dataclass(frozen=True, slots=True)
class Content:
    """What a database holds.

    Attributes:
        postgres: number of the server's version, such as 180003.
        migration: at which it stands; None for one in which nothing was ever stored.
        embedding_model: name and dimensions of the one that fills it.
        workspaces: how many meetings each has.
        unfinished: how many runs have not ended.
        restoring: the id of the backup that is being restored into it, and is not yet whole.
    """

    postgres: int
    migration: str | None
    embedding_model: dict[str, Any] | None
    workspaces: dict[str, int]
    unfinished: int
    restoring: str | None


def content(url: str) -> Content:
    """What a database holds now.

    Raises:
        ServerUnavailableError: it does not answer.
    """
    with connected(url) as connection:
        return _content(connection)


@contextmanager
def dumping(url: str) -> Generator[tuple[Content, Generator[bytes]]]:
    """What a database holds at one moment, and the SQL that makes it again; others go on meanwhile.

    Raises:
        ServerUnavailableError: it does not answer.
        BackupError: it cannot be read.
    """
    with connected(url) as connection:
        connection.execute(_SQL["snapshot"])
        snapshot = connection.execute(_SQL["export_snapshot"]).fetchall()[0]["id"]
        yield _content(connection), _dumped(url, snapshot)


def load(url: str, chunks: Iterable[bytes], *, restoring: str) -> None:
    """Put a dump in the place of all that the database holds, in one transaction.

    Args:
        restoring: id of the backup, noted until `finish` says that the restoring is done.

    Raises:
        BackupError: the dump does not fit this server, or others hold on to the database; nothing is changed.
    """
    note = sql.SQL("insert into public.installation values ('restoring', {});\ncommit;\n").format(
        sql.Literal(Jsonb({"id": restoring}))
    )
    with _running(url, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-") as process:
        assert process.stdin is not None
        try:
            process.stdin.write(_BEFORE)
            for chunk in _whole(chunks):
                process.stdin.write(chunk)
            process.stdin.write(note.as_bytes(None))
        except BrokenPipeError:
            pass  # it has ended before, and says why
        except BaseException:
            process.kill()  # before it takes the end of its input for the end of the work
            raise


def finish(url: str) -> None:
    """Everything is restored. Whoever was connected has to connect again: types have other numbers now."""
    with connected(url) as connection:
        connection.execute(_SQL["drop_note"])
        connection.execute(_SQL["end_others"])


def _whole(chunks: Iterable[bytes]) -> Generator[bytes]:
    """The chunks of a dump, which must come to its last line."""
    end = b""
    for chunk in chunks:
        yield chunk
        end = (end + chunk)[-len(_END) * 4 :]
    if _END not in end:
        raise BackupError("its SQL is cut short")


def _content(connection: psycopg.Connection[DictRow]) -> Content:
    def rows(name: str) -> list[DictRow]:
        return connection.execute(_SQL[name]).fetchall()

    (told,) = rows("server")
    if not told["has_tables"]:
        return Content(told["postgres"], None, None, {}, 0, None)
    facts = {row["key"]: row["value"] for row in rows("facts")}
    return Content(
        postgres=told["postgres"],
        migration=rows("migration")[0]["version_num"],
        embedding_model=facts.get("embedding_model"),
        workspaces={row["name"]: row["meetings"] for row in rows("workspaces")},
        unfinished=rows("unfinished")[0]["runs"],
        restoring=facts["restoring"]["id"] if "restoring" in facts else None,
    )


def _dumped(url: str, snapshot: str) -> Generator[bytes]:
    options = ("--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    with _running(url, "pg_dump", *options) as process:
        assert process.stdout is not None
        while chunk := process.stdout.read(_CHUNK):
            yield chunk


@contextmanager
def _running(url: str, program: str, *options: str) -> Generator["subprocess.Popen[bytes]"]:
    """One of PostgreSQL's programs on a database; its input ends with the block, and it must end well."""
    given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = given.pop("password", None)  # which would show in the list of processes
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [postgres_program(program), *options, f"--dbname={make_conninfo(**given)}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if program == "pg_dump" else subprocess.DEVNULL,
            stderr=complaints,
            env=environment() | ({"PGPASSWORD": password} if password else {}),
        )
        with process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            complaints.seek(0)
            raise BackupError(f"{program} failed ({_why(complaints)})")


def _why(complaints: IO[bytes]) -> str:
    lines = complaints.read().decode(errors="replace").splitlines()
    return next((line for line in lines if "ERROR" in line or "error" in line), "it says no reason").strip()
