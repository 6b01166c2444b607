"""One graph server for all tests of this folder, over a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from langgraph_sdk.client import LangGraphClient
from psycopg import sql

from stores.embedded import Servers
from tests.conftest import database_named
from tests.server.graph_server import GraphServer
from tests.server.meetings import demo_series


@pytest.fixture(scope="session")
def server(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GraphServer]:
    """A started server; tests share it and keep apart by their workspaces."""
    pytest.importorskip("langgraph_api", reason="the extra 'server' is not installed")
    name = f"test_{uuid4().hex}"
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        create = sql.SQL("create database {} template {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    database_url = database_named(servers.database_url, name)
    started = GraphServer(tmp_path_factory.mktemp("server"), database_url, servers.redis_url)
    started.start()
    yield started
    started.stop()


@pytest_asyncio.fixture
async def client(server: GraphServer) -> AsyncIterator[LangGraphClient]:
    """A client of the started server."""
    async with server.client() as opened:
        yield opened


@pytest.fixture
def workspace() -> str:
    """The name of a workspace that nothing is in."""
    return f"workspace {uuid4().hex}"


@pytest_asyncio.fixture(scope="session")
async def tideway(server: GraphServer) -> str:
    """A workspace that holds the demo series, ingested through the server all at once."""
    name = "tideway"

    async def ingested(opened: LangGraphClient, meeting: dict[str, Any]) -> Any:
        thread = (await opened.threads.create())["thread_id"]
        return await opened.runs.wait(thread, "ingest", input=meeting, context={"workspace": name})

    async with server.client() as opened:
        outputs = await asyncio.gather(*(ingested(opened, meeting) for meeting in demo_series()))
    assert {output["status"] for output in outputs} == {"ingested"}
    return name
