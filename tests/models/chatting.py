"""Settings for a scripted chat model, and what it is asked, for tests."""

import re

from tests.models.openai_server import OpenAIServer, Request


def chat_environment(server: OpenAIServer) -> dict[str, str]:
    """Settings that take chat and embeddings from a scripted server, without pauses between tries."""
    return {
        "OPENAI_API_KEY": "very-secret",
        "OPENAI_BASE_URL": server.base_url,
        "SMART_MEET_MODEL": "scripted-chat",
        "SMART_MEET_EMBEDDING_MODEL": "scripted",
        "SMART_MEET_MODEL_FIRST_WAIT": "0",
    }


def asked_of(server: OpenAIServer, schema: str | None = None) -> list[Request]:
    """The chat requests that arrived, of one schema or of all."""
    chats = [request for request in server.requests if request.path == "/chat/completions"]
    return [request for request in chats if schema is None or request.schema == schema]


def turns_of(request: Request) -> dict[int, str]:
    """The numbered turns that a reader was shown: the words by number."""
    return {
        int(number): words for number, words in re.findall(r"^\[(\d+)\] [^:]*: (.*)$", request.prompt, re.M)
    }
