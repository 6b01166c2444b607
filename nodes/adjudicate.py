"""adjudicate: have a model decide on the names that no rule decides."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context, context_of
from nodes.failures import note_failure
from nodes.ingest_state import Started, check_workspace
from nodes.prompts import ADJUDICATE
from nodes.resolution import GreyPair, known_as
from nodes.schemas import EntityMatch, EntityMatches
from stores import sources
from stores.answers import paid_answer
from stores.errors import ModelUnavailableError
from stores.ledger import Piece
from stores.opening import Stores, open_stores

_IN_ONE_CALL = 12_000  # characters: some forty pairs, about 4,000 tokens to read and as many to answer


async def adjudicate(
    state: Started, runtime: Runtime[Context]
) -> Command[Literal["keep_apart", "review", "diff"]]:
    """One call for all unclear names of the meeting, or for as many as fit; a call that fails leaves its own
    names to keep_apart and no others."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    grey: list[GreyPair] = (
        await sources.read_items(stores.database, state["scope"], state["source_id"], "resolution")
    )["current"]["grey"]
    total = len({pair["mention_id"] for pair in grey})
    runtime.stream_writer({"stage": "adjudicate", "done": 0, "total": total})

    async def decided(portion: Sequence[GreyPair]) -> bool:
        answered = await _decided(stores, state, portion)
        done = len({pair["mention_id"] for pair in portion})
        runtime.stream_writer({"stage": "adjudicate", "done": done, "total": total})
        return answered

    answered = await asyncio.gather(*map(decided, portions(grey)), return_exceptions=True)
    for one in answered:  # only now that none of them is still in work
        if isinstance(one, BaseException):
            raise one
    if not all(answered):
        return Command(goto="keep_apart")
    return Command(goto="review" if context_of(runtime).review else "diff")


def portions(grey: Sequence[GreyPair], most: int = _IN_ONE_CALL) -> Iterator[list[GreyPair]]:
    """The pairs in as few calls of at most so many characters as their order allows; the things that a name
    may be stay in one call, so that it can be decided just once."""
    portion: list[GreyPair] = []
    length = 0
    for _, offered in groupby(grey, key=lambda pair: pair["mention_id"]):
        pairs = list(offered)
        more = len(_told(pairs))
        if portion and length + more > most:
            yield portion
            portion, length = [], 0
        portion += pairs
        length += more
    if portion:
        yield portion


def _told(pairs: Sequence[GreyPair]) -> str:
    return json.dumps(pairs, ensure_ascii=False)


async def _decided(stores: Stores, state: Started, grey: Sequence[GreyPair]) -> bool:
    """Stage what the model says of these pairs; whether it has answered."""
    place = (stores.database, state["scope"], state["source_id"])
    piece = Piece(state["scope"], state["source_id"], state["run_id"], "adjudicate", "names")
    try:
        answer = (await paid_answer(stores.database, piece, EntityMatches, ADJUDICATE, _told(grey))).answer
    except ModelUnavailableError as error:
        await note_failure(stores, state["scope"], state["source_id"], "adjudicate", "names", error)
        return False
    judged = judgements(grey, answer.matches)
    links = {
        mention: {"entity_id": entity, "decided_by": "llm", "alias": known_as(grey, mention, entity)}
        for mention, entity in judged.items()
        if entity
    }
    apart = {mention: {"decided_by": "llm"} for mention, entity in judged.items() if entity is None}
    await sources.put_items(*place, "link", links, replace=True)
    await sources.put_items(*place, "apart", apart, replace=True)
    return True


def judgements(grey: Sequence[GreyPair], matches: Iterable[EntityMatch]) -> dict[str, str | None]:
    """The entity that each mention is, None for none of those offered.

    A mention that was not offered, or was judged twice, or is said to be what it was not offered with, is
    not judged.
    """
    offered: defaultdict[str, set[str]] = defaultdict(set)
    for pair in grey:
        offered[pair["mention_id"]].add(pair["entity_id"])
    given: defaultdict[str, list[str | None]] = defaultdict(list)
    for match in matches:
        given[match.mention_id].append(match.entity_id)
    return {
        mention: choices[0]
        for mention, choices in given.items()
        if len(choices) == 1 and mention in offered and (choices[0] in offered[mention] or choices[0] is None)
    }
