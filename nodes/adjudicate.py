"""adjudicate: have a model decide on the names that no rule decides."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from stores.opening import open_stores


async def adjudicate(
    state: Started, runtime: Runtime[Context]
) -> Command[Literal["keep_apart", "review", "diff"]]:
    """One call for all unclear names of the meeting."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    grey = (await sources.read_items(*place, "resolution"))["current"]["grey"]
    piece = Piece(state["scope"], state["source_id"], state["run_id"], "adjudicate", "names")
    try:
        content = json.dumps(grey, ensure_ascii=False)
        answer = (await paid_answer(stores.database, piece, EntityMatches, ADJUDICATE, content)).answer
    except ModelUnavailableError as error:
        await note_failure(stores, state["scope"], state["source_id"], "adjudicate", "names", error)
        return Command(goto="keep_apart")
    judged = judgements(grey, answer.matches)
    links = {
        mention: {"entity_id": entity, "decided_by": "llm", "alias": known_as(grey, mention, entity)}
        for mention, entity in judged.items()
        if entity
    }
    apart = {mention: {"decided_by": "llm"} for mention, entity in judged.items() if entity is None}
    await sources.put_items(*place, "link", links, replace=True)
    await sources.put_items(*place, "apart", apart, replace=True)
    return Command(goto="review" if context_of(runtime).review else "diff")


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
