"""A PostgreSQL that keeps its connections and answers nothing is noticed; one that only takes long is not."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from stores.availability import Watch
from stores.database import Database, open_database
from stores.errors import ServerUnavailableError
from tests.faults.servers import OwnServers
from tests.ingest.nursery import signal_all

SILENCE = 0.2


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnServers:
    """Servers that nobody else is stopped with."""
    return OwnServers.start(tmp_path_factory.mktemp("home"))


@pytest_asyncio.fixture
async def database(own: OwnServers) -> AsyncIterator[Database]:
    url = own.with_extensions()
    opened = await open_database(url, watch=Watch(url, silence=SILENCE, within=1.0))
    yield opened
    await opened.close()


async def test_a_statement_that_only_takes_long_is_waited_for(database: Database) -> None:
    slept = await database.rows(b"select pg_sleep(%(seconds)s) is not null as slept", seconds=4 * SILENCE)
    assert slept == [{"slept": True}]


async def test_a_server_that_went_silent_is_given_up_and_used_again_when_it_speaks(
    database: Database, own: OwnServers
) -> None:
    assert await database.rows(b"select 1 as number") == [{"number": 1}]
    postgres = own.postgres
    signal_all(postgres, signal.SIGSTOP)
    try:
        with pytest.raises(ServerUnavailableError, match=r"PostgreSQL does not answer \(it has been silent"):
            await database.rows(b"select 2 as number")
    finally:
        own.go_on(postgres)
    assert await database.rows(b"select 3 as number") == [{"number": 3}]


async def test_a_server_that_was_started_again_is_used_as_if_nothing_had_been(
    database: Database, own: OwnServers
) -> None:
    async with asyncio.TaskGroup() as together:  # several connections, all of which it ends
        for _ in range(3):
            together.create_task(database.rows(b"select pg_sleep(0.1)"))
    signal_all(own.postgres, signal.SIGKILL)
    own.revive()
    assert await database.rows(b"select 4 as number") == [{"number": 4}]
