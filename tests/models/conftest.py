from collections.abc import Iterator

import pytest

from stores import settings as settings_module
from tests.models.chatting import chat_environment
from tests.models.openai_server import OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def environment(environment: None, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fresh database, and a chat model and embeddings of the scripted server."""
    for name, value in chat_environment(server).items():
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()
