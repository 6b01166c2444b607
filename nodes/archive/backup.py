"""The backup of an installation: one zip file of what PostgreSQL and Redis hold.

    manifest.json     what it is, and which versions made it
    threads.jsonl     of Redis: where unfinished runs and conversations stand, a key a line
    database.sql      of PostgreSQL: everything, as pg_dump writes it

Redis is read first. A run whose checkpoint is older than what it has staged goes on as after a kill; the
other way about it would miss what its checkpoint says is there.
"""

import asyncio
import base64
import json
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, Field

from nodes.archive.placing import placed
from nodes.errors import InputError
from stores import backup
from stores.cache import Cache
from stores.checkpoints import open_checkpoints
from stores.embedded import Servers, start_servers
from stores.errors import BackupError, NotFoundError
from stores.redis_server import CopiedKey
from stores.schema import latest_revision, migrate
from stores.settings import settings

_VERSION = 1
_MANIFEST, _THREADS, _DATABASE = "manifest.json", "threads.jsonl", "database.sql"
_CHUNK = 1_000_000  # bytes
_MEGABYTE = 1_000_000
_MAJOR = 10_000  # how PostgreSQL numbers its versions
Progress = Callable[[dict[str, Any]], None]


class Manifest(BaseModel):
    """What a backup is.

    Attributes:
        version: of this format.
        id: of this backup.
        postgres: number of the server's version that it was taken from.
        migration: at which the database stood.
        workspaces: how many meetings each has.
        unfinished: how many runs have not ended.
        threads: of how many threads Redis held checkpoints.
    """

    backup: str
    version: int
    id: str
    made_at: str
    postgres: int
    migration: str
    embedding_model: dict[str, Any] | None
    workspaces: dict[str, int]
    unfinished: Annotated[int, Field(ge=0)]
    threads: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds; see `Manifest`."""

    file: str
    workspaces: dict[str, int]
    unfinished: int
    threads: int
    bytes: int


@dataclass(frozen=True, slots=True)
class BackupRestored:
    """What was restored; `notes` says what could not be, in sentences for a person."""

    file: str
    status: str
    workspaces: dict[str, int]
    unfinished: int
    notes: list[str]


async def back_up(path: Path, progress: Progress, *, replace: bool = False) -> BackedUp:
    """Write everything into a file, as PostgreSQL holds it at one moment; others go on meanwhile.

    Args:
        replace: a file that is there; else it is refused.

    Raises:
        InputError: the file cannot be written.
        NotFoundError: nothing was ever stored here.
        StoreError: a server is away, or cannot be read.
    """
    servers = await _servers()
    with placed(path, replace=replace) as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
            threads = await _write_threads(file, servers.redis_url)
            manifest = await asyncio.to_thread(_write_database, file, servers.database_url, threads, progress)
        size = raw.tell()
    return BackedUp(str(path), manifest.workspaces, manifest.unfinished, threads, size)


async def restore_backup(path: Path, progress: Progress, *, replace: bool = False) -> BackupRestored:
    """Put a backup in the place of what the servers hold: all of it or nothing, and again after a kill.

    Args:
        replace: what is there already; else it is refused.

    Raises:
        InputError: it is damaged, of other versions, or something is there already.
        StoreError: a server is away.
    """
    with _opened(path) as file:
        manifest = _read_manifest(path, file)
        if (await asyncio.to_thread(file.testzip)) is not None:
            raise _damaged(path, "its sum does not fit")
        servers = await _servers()
        _check(path, manifest, await asyncio.to_thread(backup.content, servers.database_url), replace=replace)
        try:
            chunks = _chunks(file, progress)
            await asyncio.to_thread(backup.load, servers.database_url, chunks, restoring=manifest.id)
        except BackupError as error:
            raise InputError(f"{path} was not restored, and nothing is changed: {error}") from error
        await asyncio.to_thread(migrate, servers.database_url)
        notes = await _read_threads(file, servers.redis_url)
    await asyncio.to_thread(backup.finish, servers.database_url)
    return BackupRestored(str(path), "restored", manifest.workspaces, manifest.unfinished, notes)


async def _servers() -> Servers:
    configured = await asyncio.to_thread(settings)
    return await asyncio.to_thread(
        start_servers,
        configured.home,
        database_url=configured.database_url,
        redis_url=configured.redis_url,
    )


async def _write_threads(file: zipfile.ZipFile, redis_url: str) -> int:
    """Copy all checkpoints; gives of how many threads."""
    async with open_checkpoints(redis_url) as checkpoints:
        threads = sorted(await checkpoints.athreads())
        with file.open(_THREADS, "w", force_zip64=True) as part:
            for thread in threads:
                for kept in await checkpoints.adump_thread(thread):
                    line = {"key": kept.key, "ttl": kept.ttl, "value": base64.b64encode(kept.value).decode()}
                    part.write(json.dumps(line).encode() + b"\n")
    return len(threads)


def _write_database(file: zipfile.ZipFile, url: str, threads: int, progress: Progress) -> Manifest:
    with backup.dumping(url) as (content, chunks):
        if content.migration is None:
            raise NotFoundError("nothing was ever stored here: there is nothing to back up")
        manifest = Manifest(
            backup="smart-meet",
            version=_VERSION,
            id=str(uuid4()),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            postgres=content.postgres,
            migration=content.migration,
            embedding_model=content.embedding_model,
            workspaces=content.workspaces,
            unfinished=content.unfinished,
            threads=threads,
        )
        file.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
        with file.open(_DATABASE, "w", force_zip64=True) as part:
            for chunk in _counted(chunks, "writing", progress):
                part.write(chunk)
    return manifest


async def _read_threads(file: zipfile.ZipFile, redis_url: str) -> list[str]:
    """Put the checkpoints in the place of those that are there; gives what could not be done."""
    await Cache(redis_url, 1).clear()  # answers about what was here before
    async with open_checkpoints(redis_url) as checkpoints:
        for thread in await checkpoints.athreads():
            await checkpoints.adelete_thread(thread)
        with file.open(_THREADS) as part:
            try:
                while lines := part.readlines(_CHUNK):
                    told = [json.loads(line) for line in lines]
                    await checkpoints.arestore(
                        [CopiedKey(one["key"], one["ttl"], base64.b64decode(one["value"])) for one in told]
                    )
            except BackupError as error:
                return [f"{error}: unfinished runs go on from what they have staged, conversations are gone"]
    return []


def _chunks(file: zipfile.ZipFile, progress: Progress) -> Generator[bytes]:
    with file.open(_DATABASE) as part:
        yield from _counted(iter(lambda: part.read(_CHUNK), b""), "restoring", progress)


def _counted(chunks: Iterable[bytes], doing: str, progress: Progress) -> Generator[bytes]:
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        progress({"stage": f"{doing}, {done / _MEGABYTE:.0f} MB", "done": 0, "total": 0})


def _check(path: Path, manifest: Manifest, there: backup.Content, *, replace: bool) -> None:
    newest = latest_revision()
    if manifest.migration > newest:
        raise InputError(
            f"{path} was written by a newer Smart-Meet (migration {manifest.migration}, here {newest}): "
            "update Smart-Meet"
        )
    if manifest.postgres // _MAJOR > there.postgres // _MAJOR:
        raise InputError(
            f"{path} was taken from PostgreSQL {manifest.postgres // _MAJOR} and here is "
            f"{there.postgres // _MAJOR}: restore it into that version or a newer one"
        )
    if there.workspaces and there.restoring != manifest.id and not replace:
        held = ", ".join(f"{name} ({meetings} meetings)" for name, meetings in there.workspaces.items())
        raise InputError(
            f"something is stored here already: {held}. Restore {path} into another SMART_MEET_HOME, or "
            "with --replace in the place of all that"
        )


@contextmanager
def _opened(path: Path) -> Generator[zipfile.ZipFile]:
    """Read a backup; what goes wrong on the way is one sentence."""
    try:
        with zipfile.ZipFile(path) as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged(path, str(error)) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def _read_manifest(path: Path, file: zipfile.ZipFile) -> Manifest:
    if set(file.namelist()) != {_MANIFEST, _THREADS, _DATABASE}:
        raise InputError(f"{path} is no backup of Smart-Meet: give a file that `smart-meet backup` wrote")
    try:
        told = json.loads(file.read(_MANIFEST))
        if told["version"] != _VERSION:
            raise InputError(
                f"{path} is a backup of format {told['version']}, and this Smart-Meet reads format "
                f"{_VERSION}: update Smart-Meet, or restore it with the one that wrote it"
            )
        return Manifest.model_validate(told)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, "what it says of itself cannot be read") from error


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path} is damaged ({reason}) and nothing of it was restored: copy it again, or take an earlier one"
    )
