"""A fast embedding endpoint, so that these tests spend their time on what they test."""

from collections.abc import Iterator

import pytest

from stores import settings as settings_module
from tests.models.openai_server import OpenAIServer


@pytest.fixture(scope="session")
def endpoint() -> Iterator[OpenAIServer]:
    """A server of embeddings, 8 numbers each."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def environment(environment: None, endpoint: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fresh database, filled with the endpoint's embeddings."""
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
    monkeypatch.setenv("SMART_MEET_EMBEDDING_MODEL", "scripted")
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()
