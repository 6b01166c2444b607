"""The scripted endpoint that benchmarks of the model path run against, and what it was asked meanwhile.

The server is the tests' own, so that nothing leaves this computer; the real client talks to it.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from stores.embedded import stop_servers
from stores.settings import settings
from tests.models.openai_server import Exchange, OpenAIServer

DIMENSIONS = 64  # of its embeddings: they cost it little, so that seconds are those of the product


@dataclass(slots=True)
class Asked:
    """What was asked of the endpoint during a piece of work.

    Attributes:
        calls: of the chat model, failed ones too.
        in_sequence: most calls of which each began after the one before it had ended.
        embedding_calls: of the embedding model.
        seconds: wall time of the work.
        exchanges: the calls themselves, chat and embeddings.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_sequence: int = 0
    embedding_calls: int = 0
    seconds: float = 0.0
    exchanges: list[Exchange] = field(default_factory=list[Exchange])

    @property
    def schemas(self) -> dict[str, int]:
        """How many calls asked for which schema."""
        names = [one.request.schema or "(text)" for one in chats(self.exchanges)]
        return {name: names.count(name) for name in sorted(set(names))}


@contextmanager
def endpoint() -> Iterator[OpenAIServer]:
    """A scripted server that this process's settings name, over embedded servers in a folder of their own."""
    for name in ("DATABASE_URL", "REDIS_URL", "SMART_MEET_WORKSPACE"):
        os.environ.pop(name, None)
    with OpenAIServer(DIMENSIONS) as server, tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "SMART_MEET_HOME": home,
            "OPENAI_API_KEY": "scripted",
            "OPENAI_BASE_URL": server.base_url,
            "SMART_MEET_MODEL": "scripted-chat",
            "SMART_MEET_EMBEDDING_MODEL": "scripted-embeddings",
        }
        settings.cache_clear()
        try:
            yield server
        finally:
            stop_servers()


@contextmanager
def metered(server: OpenAIServer) -> Iterator[Asked]:
    """Count what the server is asked inside; the count is complete when the block ends."""
    asked, first, begun = Asked(), len(server.requests), time.perf_counter()
    yield asked
    asked.seconds = time.perf_counter() - begun
    while len(server.exchanges) < len(server.requests):  # the last answer is read before it is logged
        time.sleep(0.001)
    asked.exchanges = server.exchanges[first:]
    spoken = chats(asked.exchanges)
    asked.calls = len(spoken)
    asked.prompt_tokens = sum(one.prompt_tokens for one in spoken)
    asked.completion_tokens = sum(one.completion_tokens for one in spoken)
    asked.in_sequence = longest_chain(spoken)
    asked.embedding_calls = len(asked.exchanges) - len(spoken)


def chats(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Those of the chat model."""
    return [one for one in exchanges if one.request.path == "/chat/completions"]


def longest_chain(exchanges: Sequence[Exchange]) -> int:
    """Most exchanges of which each began after the one before it had ended."""
    length, free_from = 0, float("-inf")
    for one in sorted(exchanges, key=lambda each: each.ended):
        if one.begun >= free_from:
            length, free_from = length + 1, one.ended
    return length
