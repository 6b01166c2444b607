"""What the servers say of themselves, for `smart-meet doctor`: looked at, never changed."""

from dataclasses import dataclass
from typing import Any, cast

import psycopg
import redis

from stores.availability import connected
from stores.errors import ServerUnavailableError, SettingError
from stores.queries import queries
from stores.schema import current_revision, latest_revision

EXTENSIONS = ("vector", "pg_trgm", "btree_gin", "unaccent")
OLDEST_POSTGRES = 160_000
_TIMEOUT = 10  # seconds


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """A PostgreSQL that answers.

    Attributes:
        version: as it says it.
        is_too_old: older than OLDEST_POSTGRES.
        extensions: version by name, of EXTENSIONS, installed or only available.
        revision: the migration that it stands at; None when it is empty.
        embedding_model: name of the model that filled it; None before the first use.
        unfinished: how many runs have not ended, by name of workspace.
    """

    version: str
    is_too_old: bool
    extensions: dict[str, str]
    revision: str | None
    embedding_model: str | None
    unfinished: dict[str, int]

    @property
    def is_current(self) -> bool:
        """Whether it holds what this release of Smart-Meet writes, and nothing is to be migrated."""
        return self.revision == latest_revision() and self.embedding_model is not None

    @property
    def is_newer_than_we(self) -> bool:
        """Whether a later release of Smart-Meet has migrated it."""
        return self.revision is not None and self.revision > latest_revision()


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """A Redis that answers: its version, and its modules with theirs, names in lower case."""

    version: str
    modules: dict[str, str]


def database_facts(url: str) -> DatabaseFacts:
    """Ask a PostgreSQL what it is and what it holds.

    Raises:
        ServerUnavailableError: it does not answer, the address is wrong, or it refuses what is asked.
    """
    try:
        with connected(url) as connection:
            asked = queries("diagnosis")
            revision = current_revision(url)
            version = connection.execute(asked["version"]).fetchall()[0]
            extensions = connection.execute(asked["extensions"], {"names": list(EXTENSIONS)}).fetchall()
            model = connection.execute(asked["embedding_model"]).fetchall() if revision else []
            runs = connection.execute(asked["unfinished"]).fetchall() if revision else []
    except psycopg.Error as error:  # it answers: the tables are not what the migration made
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ServerUnavailableError(f"PostgreSQL answers, but not what is asked of it ({said})") from error
    return DatabaseFacts(
        version=version["shown"].split()[0],
        is_too_old=version["number"] < OLDEST_POSTGRES,
        extensions={row["name"]: row["version"] for row in extensions},
        revision=revision,
        embedding_model=model[0]["name"] if model else None,
        unfinished={row["workspace"]: row["runs"] for row in runs},
    )


def redis_facts(url: str) -> RedisFacts:
    """Ask a Redis what it is.

    Raises:
        ServerUnavailableError: it does not answer.
        SettingError: the address is none.
    """
    try:
        client = _client(url)
        with client:
            version = client.info("server")["redis_version"]
            modules = client.module_list()
    except ValueError as error:
        raise SettingError(f"REDIS_URL: {error}") from error
    except redis.RedisError as error:
        raise ServerUnavailableError(f"Redis does not answer ({error})") from error
    return RedisFacts(version, {str(one["name"]).lower(): str(one["ver"]) for one in modules})


def _client(url: str) -> Any:  # redis-py leaves open what its methods take and give
    return cast(Any, redis.Redis).from_url(url, socket_connect_timeout=_TIMEOUT, decode_responses=True)
