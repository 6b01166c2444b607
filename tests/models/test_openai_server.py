"""The scripted server speaks to the real client as an endpoint does."""

import asyncio
import json
import threading

import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from benchmarks.endpoint import metered
from tests.models.openai_server import Fault, OpenAIServer


class QueryPlan(BaseModel):
    intent: str
    entities: list[str]


def client(server: OpenAIServer, timeout: float = 10.0) -> ChatOpenAI:
    return ChatOpenAI(model="any", api_key="key", base_url=server.base_url, max_retries=0, timeout=timeout)


@pytest.fixture
def planned(server: OpenAIServer) -> OpenAIServer:
    server.answers["QueryPlan"] = lambda request: {"intent": "ownership", "entities": [request.prompt[-5:]]}
    return server


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
async def test_an_answer_is_found_by_the_name_of_its_schema(planned: OpenAIServer, method: str) -> None:
    model = client(planned).with_structured_output(QueryPlan, method=method)  # type: ignore[arg-type]

    plan = await model.ainvoke("who owns Atlas")

    assert plan == QueryPlan(intent="ownership", entities=["Atlas"])
    assert planned.requests[0].schema == "QueryPlan"
    assert planned.requests[0].headers["authorization"] == "Bearer key"


async def test_text_streams(server: OpenAIServer) -> None:
    server.answers[""] = lambda _: "Mira owns it."

    parts = [part async for part in client(server).astream("who owns it?")]

    assert "".join(str(part.content) for part in parts) == "Mira owns it."


async def test_an_answer_that_nobody_scripted_is_an_error_that_names_the_schema(server: OpenAIServer) -> None:
    with pytest.raises(openai.BadRequestError, match="QueryPlan"):
        await client(server).with_structured_output(QueryPlan).ainvoke("who?")


async def test_only_the_requests_that_were_told_to_fail_do(planned: OpenAIServer) -> None:
    planned.fail(Fault(status=429, retry_after=3), when=lambda request: "Atlas" in request.prompt)
    model = client(planned).with_structured_output(QueryPlan)

    await model.ainvoke("who owns Orion")
    with pytest.raises(openai.RateLimitError) as raised:
        await model.ainvoke("who owns Atlas")
    await model.ainvoke("who owns Atlas")

    assert raised.value.response.headers["retry-after"] == "3"
    assert len(planned.requests) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=500), openai.InternalServerError),
        (Fault(hang_up=True), openai.APIConnectionError),
        (Fault(truncated=True), openai.LengthFinishReasonError),
        (Fault(garbage=True), json.JSONDecodeError),
    ],
)
async def test_each_fault_reaches_the_client(
    planned: OpenAIServer, fault: Fault, error: type[Exception]
) -> None:
    planned.fail(fault)

    with pytest.raises(error):
        await client(planned).with_structured_output(QueryPlan).ainvoke("who owns Atlas")


async def test_a_late_answer_is_a_timeout_of_the_client(planned: OpenAIServer) -> None:
    planned.fail(Fault(delay=600))

    with pytest.raises(openai.APITimeoutError):
        await client(planned, timeout=0.2).with_structured_output(QueryPlan).ainvoke("who owns Atlas")


async def test_requests_in_work_at_once_are_counted(server: OpenAIServer) -> None:
    together = threading.Barrier(3)
    server.answers[""] = lambda _: f"{together.wait(30)}"

    await asyncio.gather(*(client(server, timeout=40).ainvoke("hello") for _ in range(3)))

    assert server.most_at_once == 3


async def test_what_is_asked_is_counted_with_its_tokens_and_how_much_of_it_went_one_after_the_other(
    planned: OpenAIServer,
) -> None:
    model = client(planned).with_structured_output(QueryPlan, method="json_schema")
    planned.latency = 0.1
    with metered(planned) as asked:
        await asyncio.gather(*(model.ainvoke("who owns Atlas") for _ in range(3)))
        await model.ainvoke("and who owns Tide")

    assert (asked.calls, asked.in_sequence, asked.schemas) == (4, 2, {"QueryPlan": 4})
    bare = len("who owns Atlas") // 4
    assert asked.prompt_tokens > 4 * bare  # the schema is charged too
    assert asked.seconds >= 0.2
