"""What the server answers beside the graph API: files are taken, questions answered, rows read."""

from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import AsyncClient
from langgraph_sdk.client import LangGraphClient

from stores.histories import ChangeRow, StatusRow
from stores.readings import EntityRow, MeetingRow
from stores.recall import SearchRow
from tests.server.graph_server import GraphServer
from tests.server.meetings import demo_meeting

ROWS: dict[str, tuple[type[Any], dict[str, str]]] = {
    "meetings": (MeetingRow, {}),
    "search": (SearchRow, {"query": "certificate", "limit": "3"}),
    "entities": (EntityRow, {"type": "person"}),
    "status": (StatusRow, {"entity": "Checkout Redesign"}),
    "timeline": (ChangeRow, {"entity": "Checkout Redesign"}),
    "changes": (ChangeRow, {"since": "2026-03-01"}),
}
LARGE = b"Ana: It is late.\n" * 3_000_000


@pytest_asyncio.fixture
async def http(server: GraphServer) -> AsyncIterator[AsyncClient]:
    """A plain client of the started server."""
    async with AsyncClient(base_url=server.url, timeout=60) as opened:
        yield opened


async def test_an_uploaded_file_that_is_known_says_so(http: AsyncClient, tideway: str) -> None:
    meeting = demo_meeting(1)
    given = {"workspace": tideway, "filename": meeting["filename"]}
    uploaded = await http.post("/upload", params=given, content=b64decode(meeting["content_base64"]))
    assert uploaded.status_code == 200
    assert uploaded.json()["status"] == "known"


async def test_a_conversation_goes_on_between_the_route_and_the_graph_api(
    http: AsyncClient, client: LangGraphClient, tideway: str
) -> None:
    thread = (await client.threads.create())["thread_id"]
    given = {"workspace": tideway, "thread_id": thread}
    for question, told in (
        ("What's the status of the Checkout Redesign?", "completed"),
        ("and who owns it?", "Checkout Redesign is owned by Priya Raman"),
    ):
        answer = (await http.post("/ask", json={**given, "question": question})).json()
        assert told in answer["answer"]
    follow_up = {"question": "what about the Billing API?"}
    output: Any = await client.runs.wait(thread, "query", input=follow_up, context={"workspace": tideway})
    assert "Billing API is owned by Daniel Osei" in output["answer"]
    assert set(output) == set(answer)
    assert [one["type"] for one in output["messages"]] == ["human", "ai"] * 3
    assert output["messages"][:4] == answer["messages"]
    elsewhere = await http.post("/ask", json={**given, "workspace": "another", "question": "and why?"})
    assert elsewhere.status_code == 409


@pytest.mark.parametrize("name", ROWS)
async def test_rows_are_those_of_the_command_line(http: AsyncClient, tideway: str, name: str) -> None:
    shape, given = ROWS[name]
    rows = (await http.get(f"/{name}", params={"workspace": tideway, **given})).json()
    assert rows
    assert all(set(row) == set(shape.__annotations__) for row in rows)
    then = (await http.get(f"/{name}", params={"workspace": tideway, "as_of": "2026-03-15", **given})).json()
    assert rows != then


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "reason"),
    [
        ("POST", "/ask", {"content": b"{"}, 400, "the body is no JSON"),
        ("POST", "/ask", {"content": b"[]"}, 400, "the body is no JSON object"),
        ("POST", "/ask", {"json": {}}, 400, "question is missing"),
        ("POST", "/ask", {"json": {"question": " "}}, 400, "there is no question"),
        ("POST", "/ask", {"json": {"question": "Who?", "as_of": "soon"}}, 400, "'soon' is no date"),
        ("POST", "/ask", {"json": {"question": "Who?", "workspace": ""}}, 400, "at least 1 character"),
        ("POST", "/ask", {"json": {"question": "Who?", "asof": "2026"}}, 400, "asof is not known here"),
        ("POST", "/ask", {"json": {"question": "Who?", "thread_id": "1"}}, 400, "is no UUID"),
        ("POST", "/ask", {"content": b" " * 1_000_001}, 413, "read up to 1 MB"),
        ("POST", "/upload", {"content": b"Ana: Hello."}, 400, "filename is missing"),
        ("POST", "/upload?filename=x.txt", {"content": b""}, 400, "x.txt"),
        ("POST", "/upload?filename=x.txt", {"content": LARGE}, 413, "files are read up to 50 MB"),
        ("GET", "/status?entity=Nothing", {}, 404, 'nothing is called "Nothing"'),
        ("GET", "/timeline", {}, 400, "entity is missing"),
        ("GET", "/changes?since=never", {}, 400, "'never' is no date"),
        ("GET", "/search?query=x&limit=0", {}, 400, "limit: '0' is no number"),
        ("GET", f"/search?query=x&limit={'9' * 5000}", {}, 400, "is no number"),
        ("GET", "/changes?since=9999-12-31", {}, 400, "'9999-12-31' is no date"),
        ("GET", "/status?entity=%00", {}, 404, "nothing is called"),
        ("GET", "/status?entity=urn:uuid:00000000-0000-0000-0000-000000000000", {}, 404, "nothing is called"),
        ("POST", "/upload?filename=2026-01-05.txt&workspace=%00", {"content": b"Ana: Hi."}, 400, "workspace"),
        ("POST", "/ask", {"content": b'{"question": "Who?", "\\ud800": 1}'}, 400, "is not known here"),
        ("POST", "/ask", {"json": {"question": "who " * 2501}}, 400, "is read up to 10,000"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_its_reason(
    http: AsyncClient, method: str, path: str, sent: dict[str, Any], status: int, reason: str
) -> None:
    refused = await http.request(method, path, **sent)
    assert refused.status_code == status
    assert reason in refused.json()["message"]


async def test_a_question_of_another_workspace_is_answered_from_nothing(
    http: AsyncClient, tideway: str
) -> None:
    asked = {"question": "What's the status of the Checkout Redesign?", "workspace": f"empty {uuid4().hex}"}
    answer = (await http.post("/ask", json=asked)).json()
    assert not answer["known"]
    assert not answer["citations"]
