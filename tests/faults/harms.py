"""What may befall a piece of work: how each is done to it at a point, and undone again."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from tests.faults.servers import OwnServers
from tests.ingest.databases import name_of, named
from tests.ingest.nursery import Blow

Hit = Callable[[OwnServers, str], Blow]

_CLERK = "clerk"
"""A role that is no superuser, whom PostgreSQL can refuse a connection."""


@dataclass(frozen=True, slots=True)
class Harm:
    """One kind of harm.

    Attributes:
        hit: what happens at the point, to the servers and the database of these addresses.
        heal: undoes it, after the work has stopped; what was killed is started again anyhow.
        names: the server that the work must name when it stops; None where it is killed, or need not stop.
        user: who the work connects as, where that is not the owner.
        is_slow: it takes half a minute until the work notices.
        needs_disks: the servers must have disks of their own, as `servers.small_disks` gives them.
    """

    name: str
    hit: Hit
    heal: Callable[[OwnServers], None] = lambda servers: None
    names: str | None = None
    user: str | None = None
    is_slow: bool = False
    needs_disks: bool = False


def _admin(servers: OwnServers, *statements: str) -> None:
    # a session that may write whatever the default is
    options = "-c default_transaction_read_only=off"
    with psycopg.connect(servers.urls.database_url, autocommit=True, options=options) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _sql(*statements: str) -> Hit:
    """These statements, by another connection; {database} stands for the work's own."""

    def hit(servers: OwnServers, url: str) -> Blow:
        filled = [one.format(database=name_of(url)) for one in statements]
        return Blow(sql=(servers.urls.database_url, filled))

    return hit


def _config(*further: list[str], **settings: str | int) -> Hit:
    commands = [["CONFIG", "SET", *map(str, one)] for one in _dashed(settings)]
    return lambda servers, url: Blow(redis=(servers.urls.redis_url, [*commands, *further]))


def _configure(**settings: str | int) -> Callable[[OwnServers], None]:
    def heal(servers: OwnServers) -> None:
        with redis.Redis.from_url(servers.urls.redis_url) as client:
            for name, value in _dashed(settings):
                client.config_set(name, value)

    return heal


def _dashed(settings: dict[str, str | int]) -> Sequence[tuple[str, str | int]]:
    return [(name.replace("_", "-"), value) for name, value in settings.items()]


def _again(pid: Callable[[OwnServers], int], number: signal.Signals) -> Hit:
    """A server is told to end, and another party starts it again at once."""
    return lambda servers, url: Blow(end=(pid(servers), number), revive=str(servers.home))


def _all(servers: OwnServers, url: str) -> Blow:
    return Blow(kill=[servers.postgres, servers.redis], die=True)


def _full(server: str) -> Harm:
    def filler(servers: OwnServers) -> Path:
        return servers.home / server / "filler"

    return Harm(
        f"{server} disk full",
        lambda servers, url: Blow(fill=str(filler(servers))),
        lambda servers: filler(servers).unlink(missing_ok=True),
        needs_disks=True,
    )


_ENDED = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"

KILLS = (
    Harm("process", lambda servers, url: Blow(die=True)),
    Harm("postgres", lambda servers, url: Blow(kill=[servers.postgres]), names="PostgreSQL"),
    Harm("redis", lambda servers, url: Blow(kill=[servers.redis]), names="Redis"),
    Harm("all", _all),
    Harm("flush", lambda servers, url: Blow(flush=servers.urls.redis_url)),
    Harm("flush and process", lambda servers, url: Blow(flush=servers.urls.redis_url, die=True)),
)
"""The process, a server, or all are killed; Redis loses all that it holds."""

AWAY = (
    Harm("postgres ends its connections", _sql(_ENDED), names="PostgreSQL"),
    Harm(
        "postgres refuses",
        _sql("alter database {database} allow_connections false", _ENDED),
        lambda servers: _admin(
            servers, "update pg_database set datallowconn = true where datname <> 'template0'"
        ),
        names="PostgreSQL",
        is_slow=True,
    ),
    Harm(
        "postgres restarted",
        _again(lambda servers: servers.postgres, signal.SIGINT),
        names="PostgreSQL",
    ),
    Harm(
        "postgres read-only",
        _sql("alter system set default_transaction_read_only = on", "select pg_reload_conf()"),
        lambda servers: _admin(
            servers, "alter system reset default_transaction_read_only", "select pg_reload_conf()"
        ),
        names="PostgreSQL",
    ),
    Harm(
        "postgres out of connections",
        _sql(f"alter role {_CLERK} connection limit 0", _ENDED),
        lambda servers: _admin(servers, f"alter role {_CLERK} connection limit 30"),
        names="PostgreSQL",
        user=_CLERK,
        is_slow=True,
    ),
    Harm(
        "postgres silent",
        lambda servers, url: Blow(stop=[servers.postgres]),
        lambda servers: servers.go_on(servers.postgres),
        names="PostgreSQL",
        is_slow=True,
    ),
    Harm("redis restarted", _again(lambda servers: servers.redis, signal.SIGTERM), names="Redis"),
    Harm(
        "redis restarted empty",
        lambda servers, url: (
            Blow(flush=servers.urls.redis_url)
            | _again(lambda servers: servers.redis, signal.SIGTERM)(servers, url)
        ),
        names="Redis",
    ),
    Harm(
        "redis without replicas",
        _config(min_replicas_to_write=1),
        _configure(min_replicas_to_write=0),
        names="Redis",
    ),
    Harm("redis out of memory", _config(maxmemory=1), _configure(maxmemory=0), names="Redis"),
    Harm(
        "redis out of connections",
        _config(["CLIENT", "KILL", "TYPE", "normal"], maxclients=1),
        _configure(maxclients=10_000),
        names="Redis",
    ),
    Harm(
        "redis silent",
        lambda servers, url: Blow(stop=[servers.redis]),
        lambda servers: servers.go_on(servers.redis),
        names="Redis",
        is_slow=True,
    ),
    _full("postgres"),
    _full("redis"),
)
"""The servers are there and of no use."""

HARMS = {harm.name: harm for harm in (*KILLS, *AWAY)}


def make_clerk(servers: OwnServers) -> None:
    """Let there be a role that may read and write everything, but is no superuser."""
    _admin(servers, f"create role {_CLERK} login connection limit 30", f"grant pg_read_all_data to {_CLERK}")
    _admin(servers, f"grant pg_write_all_data to {_CLERK}")


def as_user(url: str, user: str | None) -> str:
    """The address of a database, for a role."""
    return url if user is None else named(url, name_of(url)).replace("//postgres@", f"//{user}@")
