"""Embedded servers that a test may kill, stop and start again without any other test noticing."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from stores.embedded import Servers, start_servers
from stores.embedded.folder import ServerFolder
from tests.ingest.nursery import signal_all

_ROOM = 4 * 2**30


@dataclass(frozen=True, slots=True)
class OwnServers:
    """PostgreSQL and Redis in a data folder of their own; this process is their client until it ends."""

    home: Path
    urls: Servers

    @classmethod
    def start(cls, home: Path) -> "OwnServers":
        """Start them, or join them.

        PostgreSQL does not wait for the disk: processes are killed here, and never the machine under them.
        """
        urls = start_servers(home)
        with psycopg.connect(urls.database_url, autocommit=True) as connection:
            connection.execute("alter system set fsync = off")
            connection.execute("alter system set full_page_writes = off")
            connection.execute("alter system set max_wal_size = '64MB'")  # its disk may be a small one
            connection.execute("select pg_reload_conf()")
        return cls(home, urls)

    @property
    def postgres(self) -> int:
        """The process that serves the database."""
        (folder,) = parse_qs(urlsplit(self.urls.database_url).query)["host"]
        return _listening(self.home / "postgres", f"{folder}/.s.PGSQL.5432")

    @property
    def redis(self) -> int:
        """The process that serves Redis."""
        return _listening(self.home / "redis", unquote(urlsplit(self.urls.redis_url).path))

    def with_extensions(self) -> str:
        """The address of the database with what every connection of ours needs."""
        with psycopg.connect(self.urls.database_url, autocommit=True) as connection:
            connection.execute("create extension if not exists vector")
        return self.urls.database_url

    def revive(self) -> None:
        """Start again what was killed; gives back when both answer."""
        start_servers(self.home)

    def go_on(self, *pids: int) -> None:
        """Let processes that were stopped go on."""
        for pid in pids:
            signal_all(pid, signal.SIGCONT)


def in_memory() -> str | None:
    """A folder whose files take no disk, where there is room for many data folders; else the usual one.

    A database is copied there in a tenth of the time.
    """
    memory = Path("/dev/shm")
    is_large = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM
    return str(memory) if is_large else None


@contextlib.contextmanager
def small_disks(home: Path) -> Generator[None]:
    """Give each server of a data folder a disk of its own, in memory, that can be filled.

    Raises:
        PermissionError: only root may mount.
    """
    folders = [home / name for name in ("postgres", "redis")]
    for folder in folders:
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=768m,mode=0700", "tmpfs", folder]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise PermissionError(
                f"a disk can only be filled where one can be mounted: {done.stderr.strip()}"
            )
    try:
        yield
    finally:
        for folder in folders:
            subprocess.run(["umount", folder], check=True)


def _listening(folder: Path, socket: str) -> int:
    pid = ServerFolder(folder, Path(socket).name).listener_pid()
    assert pid is not None, f"nothing listens on {socket}"
    return pid
