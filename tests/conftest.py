"""The real parts that tests run on: embedded servers, a fresh database for each test, open stores."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from app.ingestion import Ingestions, open_ingestions
from stores import settings as settings_module
from stores.embedded import Servers, start_servers, stop_servers
from stores.opening import Stores, close_stores, open_stores
from stores.schema import migrate
from tests.ingest import databases

_TOGETHER = ("tests/server/", "tests/app/")
"""What shares a graph server, or the database that the demo filled, stays in one process; else each file."""
_FIRST = ("tests/ingest/test_killing", "tests/server/", "tests/servers/", "tests/faults/", "tests/app/")
"""What takes longest is begun first, so that at the end no process is alone with it."""

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"

# The same examples in every run, so that a failure belongs to the change that it meets;
# `--hypothesis-profile search` looks for new ones.
settings.register_profile(
    "smart-meet",
    derandomize=True,
    deadline=None,  # timings never decide a test
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", settings.get_profile("smart-meet"), derandomize=False)
settings.load_profile("smart-meet")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Who deals the tests out to processes."""
    return Dealer(config, log)


class Dealer(LoadScopeScheduling):
    """Keeps in one process what is in one file, or shares more: see `_TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), nodeid.split("::")[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what is to be begun first: see `_FIRST`."""
    items.sort(
        key=lambda item: next(
            (i for i, start in enumerate(_FIRST) if item.nodeid.startswith(start)), len(_FIRST)
        )
    )


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The embedded servers, in a data folder of their own that nobody will need after a power failure."""
    started = start_servers(tmp_path_factory.mktemp("home"))
    databases.make_fleeting(started.database_url)
    yield started
    stop_servers()


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """The name of a migrated database to copy from."""
    url = databases.copy_of(servers.database_url, "template1")
    migrate(url)
    return databases.name_of(url)


@pytest.fixture
def database_url(servers: Servers, template: str) -> Iterator[str]:
    """A fresh, migrated, empty database."""
    url = databases.copy_of(servers.database_url, template)
    yield url
    databases.drop(servers.database_url, url)


@pytest.fixture
def environment(servers: Servers, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that point at the fresh database and the embedded Redis, for this process and its children."""
    with pointed_at(monkeypatch, database_url, servers.redis_url):
        yield


@pytest_asyncio.fixture
async def stores(environment: None) -> AsyncIterator[Stores]:
    """The open stores over the fresh database."""
    yield await open_stores()
    await close_stores()


@pytest_asyncio.fixture
async def ingestions(stores: Stores) -> AsyncIterator[Ingestions]:
    """Ingestions over the fresh database."""
    async with open_ingestions() as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real meetings with labels; tests that need them are skipped where the folder is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the evaluation data is not on this machine")
    return SHARED_DATA


@contextmanager
def pointed_at(patch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Iterator[None]:
    """Settings that name these servers and no endpoint, read anew inside and after."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SMART_MEET_MODEL", "SMART_MEET_EMBEDDING_MODEL"):
        patch.delenv(name, raising=False)
    patch.setenv("DATABASE_URL", database_url)
    patch.setenv("REDIS_URL", redis_url)
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()
