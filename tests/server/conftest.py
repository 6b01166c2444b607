"""One graph server for all tests of this folder, over a database of its own."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import AsyncClient
from langgraph_sdk.client import LangGraphClient

from stores.embedded import Servers
from tests.ingest import databases
from tests.server.graph_server import GraphServer
from tests.server.meetings import demo_series


@pytest.fixture(scope="session")
def server(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GraphServer]:
    """A started server; tests share it and keep apart by their workspaces."""
    pytest.importorskip("langgraph_api", reason="the extra 'server' is not installed")
    database_url = databases.copy_of(servers.database_url, template)
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
    """A workspace that holds the demo series, uploaded and ingested through the server all at once."""
    name = "tideway"

    async def ingested(opened: LangGraphClient, http: AsyncClient, meeting: dict[str, Any]) -> Any:
        given = meeting
        if "attachments" not in meeting:
            uploaded = await http.post(
                "/upload",
                params={"workspace": name, "filename": meeting["filename"]},
                content=b64decode(meeting["content_base64"]),
            )
            assert uploaded.status_code == 201, uploaded.text
            given = {"source_id": uploaded.json()["source_id"]}
        thread = (await opened.threads.create())["thread_id"]
        return await opened.runs.wait(thread, "ingest", input=given, context={"workspace": name})

    async with server.client() as opened, AsyncClient(base_url=server.url, timeout=60) as http:
        outputs = await asyncio.gather(*(ingested(opened, http, meeting) for meeting in demo_series()))
    assert {output["status"] for output in outputs} == {"ingested"}
    return name
