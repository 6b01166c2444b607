"""A Redis of its own for the session, and a checkpointer on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis

from stores.checkpoints import Checkpoints, open_checkpoints
from stores.embedded import start_servers


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def redis_url(home: Path) -> str:
    return start_servers(home, database_url="postgresql://not-needed").redis_url


@pytest.fixture
def database(redis_url: str) -> Iterator[redis.Redis]:
    """The server as an onlooker sees it."""
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def checkpoints(redis_url: str) -> AsyncIterator[Checkpoints]:
    async with open_checkpoints(redis_url) as opened:
        yield opened
