"""What a piece of work takes at most, looked at from beside it: memory, connections, calls of the model."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
from redis import Redis

from stores.embedded import Servers
from tests.models.openai_server import OpenAIServer

_EVERY = 0.1  # seconds
_OURS = b"select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


@dataclass(slots=True)
class Load:
    """The seconds of a piece of work, and the most that it took at any time; megabytes where they are told.

    Attributes:
        process: resident memory of this process, with the scripted server in it.
        before: the same when the work began.
        postgres: memory of PostgreSQL's processes, without what they share.
        redis: all that Redis holds.
        connections: to PostgreSQL.
        model_calls: at the endpoint at one time.
    """

    seconds: float = 0.0
    process: float = 0.0
    before: float = 0.0
    postgres: float = 0.0
    redis: float = 0.0
    connections: int = 0
    model_calls: int = 0

    def as_row(self) -> dict[str, float]:
        """Rounded, for people and as JSON."""
        return {name: round(value, 2 if name == "seconds" else 1) for name, value in asdict(self).items()}


@contextmanager
def measured(servers: Servers, endpoint: OpenAIServer) -> Generator[Load]:
    """Measure what is done inside; the figures are complete when the block ends."""
    load = Load(before=_megabytes("self", "VmRSS"))
    done = threading.Event()
    endpoint.most_at_once = 0
    watch = threading.Thread(target=_watch, args=(load, servers, done))
    watch.start()
    begun = time.perf_counter()
    try:
        yield load
    finally:
        load.seconds = time.perf_counter() - begun
        done.set()
        watch.join()
        load.model_calls = endpoint.most_at_once


def _watch(load: Load, servers: Servers, done: threading.Event) -> None:
    with (
        psycopg.connect(servers.database_url, autocommit=True) as database,
        Redis.from_url(servers.redis_url) as redis,  # pyright: ignore[reportUnknownMemberType]
    ):
        while True:
            pids = [str(row[0]) for row in database.execute(_OURS).fetchall()]
            memory = cast(dict[str, Any], redis.info("memory"))
            load.connections = max(load.connections, len(pids))
            load.process = max(load.process, _megabytes("self", "VmRSS"))
            load.postgres = max(load.postgres, sum(_megabytes(pid, "RssAnon") for pid in pids))
            load.redis = max(load.redis, memory["used_memory"] / 1e6)
            if done.wait(_EVERY):
                return


def _megabytes(process: str, figure: str) -> float:
    """A figure of a process's status; 0 where the system does not tell, or the process has ended."""
    try:
        status = Path("/proc", process, "status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith(f"{figure}:")]
    return int(found[0]) * 1024 / 1e6 if found else 0.0
