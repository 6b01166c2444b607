"""`smart-meet doctor`: green when all is well, and a remedy for what is not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stores import settings
from tests.app.conftest import Command
from tests.models.chatting import asked_of, chat_environment
from tests.models.openai_server import Fault, OpenAIServer, Request

CHECKS = [
    "Python",
    "settings",
    "data folder",
    "PostgreSQL",
    "schema",
    "Redis",
    "indexes",
    "word counts",
    "staging",
    "runs without a source",
    "checkpoints",
    "vectors",
    "histories",
    "forgotten",
    "retention",
    "chat model",
    "embedding model",
    "runs",
]


def test_all_is_well(demo: Command):
    ended = demo("doctor", "--json")
    assert ended.code == 0
    assert [row["check"] for row in ended.json] == CHECKS
    for row in ended.json:
        assert list(row) == ["check", "status", "detail", "remedy"]
        assert row["status"] == "ok" or row["check"] == "data folder"


def test_a_person_reads_one_line_a_check(demo: Command):
    lines = demo("doctor").out.splitlines()
    assert [line[5:].partition(":")[0] for line in lines if not line.startswith("     ->")] == CHECKS


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("DATABASE_URL", "postgresql://me:hidden@127.0.0.1:1/x", "PostgreSQL"),
        ("REDIS_URL", "redis://me:hidden@127.0.0.1:1", "Redis"),
        ("REDIS_URL", "hidden", "Redis"),
    ],
)
def test_a_server_that_is_away_fails_with_a_remedy_and_shows_no_password(
    demo: Command, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, check: str
):
    monkeypatch.setenv(setting, value)
    settings.settings.cache_clear()
    ended = demo("doctor", "--json")
    assert ended.code == 1
    (row,) = [row for row in ended.json if row["check"] == check]
    assert row["status"] == "fail"
    assert setting in row["remedy"]
    assert "hidden" not in ended.out + ended.err


def test_another_embedding_model_than_the_one_recorded_fails(demo: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMART_MEET_EMBEDDING_MODEL", "another")
    settings.settings.cache_clear()
    ended = demo("doctor", "--json")
    assert ended.code == 1
    (row,) = [row for row in ended.json if row["check"] == "embedding model"]
    assert "OPENAI_API_KEY" in row["detail"]


Models = Callable[[], tuple[int, dict[str, Any]]]


@pytest.fixture
def endpoint() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        server.answers["Ready"] = lambda request: {"ready": True}
        yield server


@pytest.fixture
def models(smart_meet: Command, endpoint: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Models:
    """What doctor says of the models of an endpoint: its exit code, and the checks by name."""
    for name, value in chat_environment(endpoint).items():
        monkeypatch.setenv(name, value)
    settings.settings.cache_clear()

    def examined() -> tuple[int, dict[str, Any]]:
        ended = smart_meet("doctor", "--json")
        assert "very-secret" not in ended.out + ended.err
        return ended.code, {row["check"]: row for row in ended.json if row["check"].endswith("model")}

    return examined


def test_each_model_of_an_endpoint_is_asked_once(models: Models, endpoint: OpenAIServer):
    code, found = models()
    assert code == 0
    assert [row["status"] for row in found.values()] == ["ok", "ok"]
    assert "by a JSON schema" in found["chat model"]["detail"]
    assert [request.path for request in endpoint.requests] == ["/chat/completions", "/embeddings"]


@pytest.mark.parametrize(
    ("fault", "sentence", "setting"),
    [
        ({"status": 401}, "refuses the key", "OPENAI_API_KEY"),
        ({"status": 404, "message": "The model does not exist"}, "has no model scripted", "_MODEL"),
        ({"status": 404}, "is no address of an OpenAI-compatible endpoint", "OPENAI_BASE_URL"),
        ({"hang_up": True}, "cannot be reached", "OPENAI_BASE_URL"),
        ({"status": 429}, "is busy", "try again later"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_one_sentence_and_what_to_do(
    models: Models, endpoint: OpenAIServer, fault: dict[str, Any], sentence: str, setting: str
):
    endpoint.fail(Fault(**fault), times=None)
    code, found = models()
    assert code == 1
    for row in found.values():
        assert row["status"] == "fail"
        assert endpoint.base_url in row["detail"]
        assert sentence in row["detail"]
        assert setting in row["remedy"]
    assert len(asked_of(endpoint)) == 1


def test_a_model_without_structured_output_is_used_in_json_mode_and_that_is_said(
    models: Models, endpoint: OpenAIServer
):
    endpoint.answers = {"": lambda request: '{"ready": true}'}

    def wants_schema(request: Request) -> bool:
        return request.schema == "Ready"

    endpoint.fail(Fault(status=400), times=None, when=wants_schema)
    code, found = models()
    assert code == 0
    assert found["chat model"]["status"] == "warn"
    assert "JSON mode is used" in found["chat model"]["detail"]


def test_a_chat_model_without_a_key_is_told(models: Models, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("SMART_MEET_EMBEDDING_MODEL")
    settings.settings.cache_clear()
    code, found = models()
    assert code == 1
    assert "OPENAI_API_KEY" in found["chat model"]["remedy"]
