"""A chat model that believes every question: what comes of it is what the check of its answers is worth.

It is scripted, and answers from the prompt that it was sent: the passage that holds most of the question's
words, told as said by whom the question names, whoever said it; nothing where no passage holds enough of
them. No real model is this simple. It measures what `verify` lets through and stops, and nothing of how well
a model reads.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nodes.questions.plan import subjects
from nodes.questions.stems import stems
from stores.settings import settings
from tests.models.openai_server import OpenAIServer, Request

_ENOUGH = 0.5
_NAMES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SMART_MEET_MODEL")


@contextmanager
def credulous_reader() -> Iterator[OpenAIServer]:
    """Have this process's questions answered by it; embedding model and databases stay what they are."""
    before = {name: os.environ.get(name) for name in _NAMES}
    with OpenAIServer() as server:
        server.answers |= {"QueryPlan": _plan, "GroundedAnswer": _answer}
        os.environ |= dict(zip(_NAMES, ("scripted", server.base_url, "credulous-reader"), strict=True))
        settings.cache_clear()
        try:
            yield server
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
            settings.cache_clear()


def _plan(request: Request) -> dict[str, Any]:
    question = request.body["messages"][-1]["content"].splitlines()[-1]
    return {"intent": "search", "entities": [], "people": [], "standalone_question": question}


def _answer(request: Request) -> dict[str, Any]:
    given = json.loads(request.body["messages"][-1]["content"])
    evidence: list[dict[str, Any]] = given["evidence"]
    speakers = {piece["speaker"] for piece in evidence if piece["speaker"]}
    who = next((name for name in sorted(speakers) if name.lower() in given["question"].lower()), None)
    asked = stems(" ".join(subjects(given["question"]))) - stems(" ".join(speakers))
    held = [len(asked & stems(piece["quote"])) / max(1, len(asked)) for piece in evidence]
    if max(held, default=0.0) < _ENOUGH:
        return {"known": False, "sentences": []}
    best = evidence[held.index(max(held))]
    text = f"{who or best['speaker'] or 'Someone'} said: “{best['quote']}”"
    return {"known": True, "sentences": [{"text": text, "citations": [best["number"]]}]}
