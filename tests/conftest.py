"""The real parts that tests run on: embedded servers, a fresh database for each test, open stores."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from psycopg import sql

from app.ingestion import Ingestions, open_ingestions
from stores import settings as settings_module
from stores.embedded import Servers, start_servers, stop_servers
from stores.opening import Stores, close_stores, open_stores
from stores.schema import migrate

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


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The embedded servers, in a data folder of their own."""
    yield start_servers(tmp_path_factory.mktemp("home"))
    stop_servers()


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """The name of a migrated database to copy from."""
    _administer(servers.database_url, sql.SQL("create database template_smart_meet"))
    migrate(database_named(servers.database_url, "template_smart_meet"))
    return "template_smart_meet"


@pytest.fixture
def database_url(servers: Servers, template: str) -> Iterator[str]:
    """A fresh, migrated, empty database."""
    name = f"test_{uuid4().hex}"
    _administer(
        servers.database_url,
        sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)),
    )
    yield database_named(servers.database_url, name)
    _administer(servers.database_url, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def environment(servers: Servers, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that point at the fresh database and the embedded Redis, for this process and its children."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SMART_MEET_MODEL", "SMART_MEET_EMBEDDING_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()


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


def database_named(url: str, name: str) -> str:
    """The address of another database on the same server."""
    head, _, tail = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")


def _administer(url: str, statement: sql.Composable) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
