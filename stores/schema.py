"""The schema of the database: applied at first use, under a lock, from numbered SQL files."""

from pathlib import Path
from typing import cast

import psycopg

from stores.availability import CONNECT_TIMEOUT, connected

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_340_221  # any constant: serialises migrations of processes that start together


def latest_revision() -> str:
    """The number of the newest migration, such as "0003"."""
    return max(path.name.split("_", 1)[0] for path in (_MIGRATIONS / "versions").glob("*.sql"))


def current_revision(database_url: str) -> str | None:
    """The migration that the database stands at; None when it is empty.

    Raises:
        ServerUnavailableError: PostgreSQL does not answer, or the address is none.
    """
    with connected(database_url) as connection:
        found = connection.execute("select to_regclass('public.alembic_version') as there").fetchone()
        if found is None or found["there"] is None:
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
        return None if row is None else cast(str, row["version_num"])


def migrate(database_url: str, revision: str = "head") -> None:
    """Bring the database to a revision; at once done when it is there already.

    Each migration is one transaction, so a kill leaves the database at a revision, never between two.

    Raises:
        ServerUnavailableError: PostgreSQL does not answer, or the address is none.
    """
    if current_revision(database_url) == (latest_revision() if revision == "head" else revision):
        return
    # alembic and sqlalchemy cost most of a second to import: only who migrates pays
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    def connect() -> psycopg.Connection:
        return psycopg.connect(database_url, connect_timeout=CONNECT_TIMEOUT)

    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    with connected(database_url) as lock:
        lock.autocommit = True
        lock.execute("select pg_advisory_lock(%s)", (_LOCK,))
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        try:
            with engine.connect() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
        except DBAPIError as error:
            raise error.orig or error from error  # as psycopg told it
