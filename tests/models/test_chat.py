"""The door to the chat model: what it sends, what it takes, and how it says that there is no answer."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from nodes.schemas import GroundedAnswer, MeetingExtraction, QueryPlan, StateComparisons
from stores import settings as settings_module
from stores.answering import MalformedAnswer, parsed, strict_schema
from stores.chat import reply_of
from stores.errors import ModelFailedError, ModelUnavailableError
from tests.models.chatting import asked_of, chat_environment
from tests.models.openai_server import Fault, OpenAIServer

ANSWER = {"known": True, "sentences": [{"text": "It is blocked.", "citations": [1]}]}
Configure = Callable[..., None]


@pytest.fixture
def configure(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Settings of the scripted model; a further call changes some (None: unset)."""

    def change(**given: str | None) -> None:
        for name, value in given.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        settings_module.settings.cache_clear()

    server.answers["GroundedAnswer"] = lambda request: ANSWER
    change(**chat_environment(server))
    monkeypatch.setattr(settings_module.Settings, "model_config", {"env_file": None, "extra": "ignore"})
    return change


@pytest.fixture(autouse=True)
def fresh_settings(configure: Configure) -> Any:
    yield
    settings_module.settings.cache_clear()


async def ask() -> GroundedAnswer:
    return (await reply_of(GroundedAnswer, "Answer.", "How is Atlas?")).answer


@pytest.mark.parametrize("missing", ["SMART_MEET_MODEL", "OPENAI_API_KEY"])
async def test_without_a_model_or_a_key_nobody_is_asked(
    missing: str, configure: Configure, server: OpenAIServer
) -> None:
    configure(**{missing: None})
    with pytest.raises(ModelUnavailableError, match=r"set SMART_MEET_MODEL and OPENAI_API_KEY") as raised:
        await ask()
    assert not isinstance(raised.value, ModelFailedError)
    assert server.requests == []


async def test_the_answer_has_the_shape_of_the_schema_and_tells_what_it_took(server: OpenAIServer) -> None:
    reply = await reply_of(GroundedAnswer, "Answer.", "How is Atlas?")
    assert reply.answer == GroundedAnswer.model_validate(ANSWER)
    assert (reply.model, reply.dropped, reply.spent.calls) == ("scripted-chat", 0, 1)
    assert reply.spent.prompt_tokens > 0
    assert reply.spent.completion_tokens > 0
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer very-secret"
    assert (request.body["temperature"], request.body["model"]) == (0, "scripted-chat")
    assert [message["content"] for message in request.body["messages"]] == ["Answer.", "How is Atlas?"]
    assert request.body["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize("schema", [MeetingExtraction, StateComparisons, QueryPlan, GroundedAnswer])
def test_a_strict_schema_requires_everything_and_allows_nothing_else(schema: Any) -> None:
    def check(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert part["required"] == list(part["properties"])
                assert part["additionalProperties"] is False
            assert "default" not in part
            for value in part.values():
                check(value)
        elif isinstance(part, list):
            for item in part:
                check(item)

    check(strict_schema(schema))
    assert strict_schema(QueryPlan)["properties"].keys() == QueryPlan.model_fields.keys()


async def test_an_endpoint_without_json_schemas_is_asked_in_json_mode_from_then_on(
    server: OpenAIServer,
) -> None:
    server.fail(Fault(status=400), times=None, when=lambda request: request.schema != "")
    server.answers[""] = lambda request: "```json\n" + json.dumps(ANSWER) + "\n```"
    assert await ask() == GroundedAnswer.model_validate(ANSWER)
    assert await ask() == GroundedAnswer.model_validate(ANSWER)
    kinds = [request.body["response_format"]["type"] for request in server.requests]
    assert kinds == ["json_schema", "json_object", "json_object"]
    assert "GroundedAnswer" in server.requests[1].prompt
    assert '"citations"' in server.requests[1].prompt


async def test_a_request_that_is_refused_either_way_says_nothing_about_schemas(server: OpenAIServer) -> None:
    server.fail(Fault(status=400), times=2)
    with pytest.raises(ModelFailedError):
        await ask()
    await ask()
    kinds = [request.body["response_format"]["type"] for request in server.requests]
    assert kinds == ["json_schema", "json_object", "json_schema"]


TRANSIENT = [
    Fault(status=500),
    Fault(status=503),
    Fault(status=429, retry_after=0.01),
    Fault(garbage=True),
    Fault(truncated=True),
    Fault(hang_up=True),
    Fault(body={"choices": []}),
    Fault(body={"error": "no such thing"}),
    Fault(body={"choices": [{"index": 0, "message": {"role": "assistant", "content": '{"known": tr'}}]}),
    Fault(body={"choices": [{"index": 0, "message": {"role": "assistant", "content": '{"known": "?"}'}}]}),
    Fault(body={"choices": [{"index": 0, "message": {"role": "assistant", "content": "[1]"}}]}),
]


@pytest.mark.parametrize("fault", TRANSIENT, ids=repr)
async def test_a_fault_that_passes_is_got_over(fault: Fault, server: OpenAIServer) -> None:
    server.fail(fault, times=2)
    reply = await reply_of(GroundedAnswer, "Answer.", "How is Atlas?")
    assert reply.answer == GroundedAnswer.model_validate(ANSWER)
    assert (len(server.requests), reply.spent.calls) == (3, 3)


@pytest.mark.parametrize(
    ("fault", "calls", "reason"),
    [
        *((fault, 3, "gave no GroundedAnswer") for fault in TRANSIENT),
        (Fault(status=401), 1, "OPENAI_API_KEY"),
        (Fault(status=404), 1, "SMART_MEET_MODEL and OPENAI_BASE_URL"),
        (Fault(hang_up=True), 3, "cannot be reached"),
        (Fault(truncated=True), 3, "cut off"),
        (Fault(garbage=True), 3, "none of /v1/chat/completions"),
    ],
    ids=repr,
)
async def test_a_fault_that_stays_is_told_with_model_and_address_and_without_the_key(
    fault: Fault, calls: int, reason: str, server: OpenAIServer
) -> None:
    server.fail(fault, times=None)
    with pytest.raises(ModelFailedError, match=reason) as raised:
        await ask()
    assert f"scripted-chat at {server.base_url}" in str(raised.value)
    assert "very-secret" not in str(raised.value)
    assert len(server.requests) == calls
    assert raised.value.calls == calls


async def test_a_refusal_is_not_asked_for_again(server: OpenAIServer) -> None:
    message = {"role": "assistant", "content": None, "refusal": "I would rather not"}
    server.fail(Fault(body={"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}))
    with pytest.raises(ModelFailedError, match="I would rather not"):
        await ask()
    assert len(server.requests) == 1


async def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_the_timeout(
    server: OpenAIServer, configure: Configure
) -> None:
    configure(SMART_MEET_MODEL_TIMEOUT="0.2")
    server.fail(Fault(delay=30), times=2)
    assert (await ask()).known
    assert len(server.requests) == 3


async def test_an_endpoint_that_is_not_there_is_named_without_the_password(configure: Configure) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configure(OPENAI_BASE_URL=f"http://user:very-secret@127.0.0.1:{port}/v1")
    with pytest.raises(
        ModelFailedError, match=rf"http://127\.0\.0\.1:{port}/v1.*cannot be reached"
    ) as raised:
        await ask()
    assert "very-secret" not in str(raised.value)


async def test_all_calls_of_the_process_share_one_gate(server: OpenAIServer, configure: Configure) -> None:
    configure(SMART_MEET_MODEL_CALLS_AT_ONCE="2")
    server.fail(Fault(delay=0.05), times=None)
    await asyncio.gather(*(ask() for _ in range(7)))
    assert len(asked_of(server)) == 7
    assert server.most_at_once <= 2


def test_a_second_event_loop_of_the_process_gets_answers_too(server: OpenAIServer) -> None:
    for _ in range(2):
        assert asyncio.run(ask()).known


def test_one_malformed_item_costs_itself_only() -> None:
    good = {"pair_id": "a", "has_changes": True, "reason": "other"}
    given = {"comparisons": [good, {"pair_id": "b"}, {**good, "pair_id": "c", "mood": "fine"}], "more": 1}
    answer, dropped = parsed(StateComparisons, json.dumps(given))
    assert [one.pair_id for one in answer.comparisons] == ["a", "c"]
    assert dropped == 1


@pytest.mark.parametrize(
    "text",
    ["", "no", "null", "[]", "{", '{"comparisons": 1}', '{"comparisons": [{"pair_id": "b"}]}', "[" * 100_000],
)
def test_an_answer_of_which_nothing_fits_is_malformed(text: str) -> None:
    with pytest.raises(MalformedAnswer):
        parsed(StateComparisons, text)


def test_what_no_text_in_the_database_can_hold_is_left_out_of_an_answer() -> None:
    given = {"known": False, "sentences": [{"text": "a\0b \ud800 c"}]}
    answer, _ = parsed(GroundedAnswer, json.dumps(given))
    assert answer.sentences[0].text == "ab ? c"
