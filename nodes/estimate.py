"""What ingesting a meeting would ask of models, told beforehand: nothing is asked, and nothing written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

from pydantic import BaseModel

from nodes.extract import shown
from nodes.intake import Read, known_result
from nodes.mentioned import Known, mentioned
from nodes.profiles.current import profile_of
from nodes.prompts import ADJUDICATE, COMPARE, EXTRACT, SUMMARISE
from nodes.schemas import EntityMatches, MeetingExtraction, MeetingSummary, StateComparisons
from nodes.summary import shown_for_summary
from nodes.windows import discussion_memories, windows
from stores.answering import response_format
from stores.answers import Prompt
from stores.opening import Stores
from stores.prices import cost_of

PAIRS_A_CALL = 20
_TOKEN = 4  # characters of English
_PAIR = 280  # characters of a pair to judge, its id included
_NAMES = 10  # names in doubt, in a meeting of which things are known
_ANSWER = 0.8  # of a reading by the transcript's length: twelve calls of an hour, read by a strong model
_SUMMARY = 1_200  # characters


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one meeting, or several, would take.

    Attributes:
        calls: of the chat model that are certain: one a window, and the summary.
        calls_at_most: with those on names in doubt and on values worded in another way than what is known.
        prompt_tokens: of the certain calls, at four characters a token.
        prompt_tokens_at_most: with the others.
        completion_tokens: of the readings, by what readings of real meetings came to.
        embedding_tokens: of the turns, where an endpoint embeds.
        cost: in US dollars, at most; None where a model has no known price.
    """

    windows: int = 0
    calls: int = 0
    calls_at_most: int = 0
    prompt_tokens: int = 0
    prompt_tokens_at_most: int = 0
    completion_tokens: int = 0
    embedding_tokens: int = 0
    cost: float | None = 0.0

    def __add__(self, other: "Estimate") -> "Estimate":
        unknown = self.cost is None or other.cost is None
        return Estimate(
            self.windows + other.windows,
            self.calls + other.calls,
            self.calls_at_most + other.calls_at_most,
            self.prompt_tokens + other.prompt_tokens,
            self.prompt_tokens_at_most + other.prompt_tokens_at_most,
            self.completion_tokens + other.completion_tokens,
            self.embedding_tokens + other.embedding_tokens,
            None if unknown else (self.cost or 0.0) + (other.cost or 0.0),
        )


async def estimate(stores: Stores, read: Read) -> Estimate | None:
    """What a meeting would take as things are; None for content that is known, which takes nothing.

    The meetings before it in the same batch would be known by then, so that a little more is shown.

    Raises:
        InputError: it cannot be used.
    """
    if await known_result(stores, read) is not None:
        return None
    source, configured = read.source(), stores.settings
    cut = windows(source.utterances)
    embedded = 0
    if configured.embedding_model is not None:
        embedded = sum(len(memory["content"]) for _, memory in discussion_memories(source)) // _TOKEN
    if not (configured.model and configured.openai_api_key):
        return _priced(Estimate(windows=len(cut), embedding_tokens=embedded), stores)
    profile = await profile_of(stores.database, read.scope)
    known = [await mentioned(stores, read.scope, source, window, profile) for window in cut]
    reading = sum(
        _tokens(EXTRACT, MeetingExtraction, shown(source, window, profile, named))
        for window, named in zip(cut, known, strict=True)
    )
    summary = _tokens(SUMMARISE, MeetingSummary, shown_for_summary(source))
    batches, judging = _judging(known)
    spoken = sum(len(utterance.text) for utterance in source.utterances)
    return _priced(
        Estimate(
            windows=len(cut),
            calls=len(cut) + 1,
            calls_at_most=len(cut) + 2 + batches,
            prompt_tokens=reading + summary,
            prompt_tokens_at_most=reading + summary + judging,
            completion_tokens=(int(_ANSWER * spoken) + _SUMMARY) // _TOKEN,
            embedding_tokens=embedded,
        ),
        stores,
    )


def _judging(known: Iterable[Iterable[Known]]) -> tuple[int, int]:
    """Calls that compare values, and the tokens of all that judge: every value known of a thing may be said
    in other words now."""
    values = len({(one.name, field) for named in known for one in named for field in one.state})
    names = _tokens(ADJUDICATE, EntityMatches, "") + _NAMES * _PAIR // _TOKEN
    batches = ceil(values / PAIRS_A_CALL) or 1
    pairs = batches * _tokens(COMPARE, StateComparisons, "") + values * _PAIR // _TOKEN
    return batches, names + pairs


def _tokens(prompt: Prompt, schema: type[BaseModel], content: str) -> int:
    """Of one call; the schema is charged as part of the prompt."""
    shape = json.dumps(response_format(schema))
    return (len(prompt.instructions) + len(shape) + len(content)) // _TOKEN


def _priced(asked: Estimate, stores: Stores) -> Estimate:
    chat, embedding = stores.settings.model, stores.settings.embedding_model
    parts: list[float | None] = [0.0]
    if asked.calls:
        parts.append(
            cost_of(
                chat or "",
                prompt_tokens=asked.prompt_tokens_at_most,
                completion_tokens=asked.completion_tokens,
            )
        )
    if asked.embedding_tokens:
        parts.append(cost_of(embedding or "", prompt_tokens=asked.embedding_tokens, completion_tokens=0))
    cost = None if None in parts else sum(part for part in parts if part is not None)
    return replace(asked, cost=cost)
