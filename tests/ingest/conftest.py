"""A fast embedding endpoint, so that these tests spend their time on what they test, and a nursery."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from app.ingestion import Ingestions, open_ingestions
from stores import settings as settings_module
from stores.embedded import Servers
from stores.opening import close_stores
from tests.ingest import databases
from tests.ingest.killing import endpoint_environment
from tests.ingest.nursery import Nursery
from tests.models.openai_server import OpenAIServer

FreshIngestions = Callable[[], AbstractAsyncContextManager[Ingestions]]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[OpenAIServer]:
    """A server of embeddings, 8 numbers each."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where processes that ingest come from."""
    with Nursery() as started:
        yield started


@pytest.fixture
def environment(environment: None, endpoint: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fresh database, filled with the endpoint's embeddings."""
    for name, value in endpoint_environment(endpoint.base_url).items():
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()


@pytest.fixture
def fresh_ingestions(
    environment: None, servers: Servers, template: str, monkeypatch: pytest.MonkeyPatch
) -> FreshIngestions:
    """Makes ingestions over one more empty database each time; what was open before is closed."""

    @asynccontextmanager
    async def fresh() -> AsyncIterator[Ingestions]:
        await close_stores()
        url = databases.copy_of(servers.database_url, template)
        monkeypatch.setenv("DATABASE_URL", url)
        settings_module.settings.cache_clear()
        try:
            async with open_ingestions() as opened:
                yield opened
        finally:
            await close_stores()
            databases.drop(servers.database_url, url)

    return fresh
