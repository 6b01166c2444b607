"""recall_memories: the passages and statements that the question is nearest to."""

import re
from collections.abc import Sequence
from datetime import datetime

from langgraph.runtime import Runtime

from nodes.context import Context, context_of
from nodes.interpret_by_rule import moment_of
from nodes.kept_answers import question_vector
from nodes.query_state import Plan, QueryState
from stores.discussions import recall_discussed, spread
from stores.ids import derived_id
from stores.moments import Moment
from stores.opening import Stores, open_stores
from stores.recall import MEASURED, MemoryReading, Weights, entities_of, min_max, recall
from stores.reindexing import comparing
from stores.reranker import relevance

_MEMORIES = 10
_RERANKED = 30
_MOST_ENTITIES = 5
# A request, and not a statement to be found again; for what a discussion was, and not for one fact of it.
_REQUEST = re.compile(
    r"\W*(?:please|summari[sz]e|describe|give|tell|what|why|how|who|where|when|which|did|does|was|were|is|are)\b",
    re.IGNORECASE,
)
_DISCUSSION = re.compile(
    r"\b(?:summari[sz]e|summary|overview|discuss\w*|talk(?:ed|ing)? about|sa(?:y|id) about"
    r"|present(?:ation|ing|ed)s?|think|thought|opinions?|views?|attitude|(?:dis)?agree\w*|conclu\w+"
    r"|describe|mention\w*|propos\w+|suggest\w*|debat\w+|explain\w*|recommend\w*"
    r"|introduc\w+)\b",
    re.IGNORECASE,
)


async def recall_memories(state: QueryState, runtime: Runtime[Context]) -> QueryState:
    """Find the memories for the plan, and the entities that the plan or the best of them are about."""
    context = context_of(runtime)
    found = await _found(state, context)
    further: list[QueryState] = [{**part, **await _found(part, context)} for part in state.get("further", [])]
    return {**found, "further": further}


async def _found(state: QueryState, context: Context) -> QueryState:
    """The memories and the entities for one part of the question."""
    plan = state.get("plan")
    assert plan is not None
    if plan["aggregation"] == "courtesy":
        return {"memories": [], "entities": []}
    stores = await open_stores()
    memories = await recalled(stores, plan, context, k=_MEMORIES)
    about = [*plan["entities"], *plan["people"]] or [
        {"id": entity.id, "name": entity.name, "type": entity.type, "given": entity.name}
        for entity in await entities_of(
            stores.database, derived_id("workspace", context.workspace), memories[:3], limit=_MOST_ENTITIES
        )
    ]
    return {"memories": memories, "entities": about}


async def recalled(
    stores: Stores, plan: Plan, context: Context, *, k: int, weights: Weights = MEASURED
) -> list[MemoryReading]:
    """The k memories that answer a planned question best, best first, re-ranked where the context says so."""
    moment = moment_of(context)
    end = datetime.fromisoformat(plan["end"]) if plan["end"] else None
    question = plan["standalone_question"]
    of_discussion = weights.around > 0 and asks_for_discussion(question)
    async with comparing(stores.database, stores.embedding):
        memories = await (recall_discussed if of_discussion else recall)(
            stores.database,
            derived_id("workspace", context.workspace),
            question,
            question_vector(stores, question, context),
            k=max(k, _RERANKED) if context.rerank or of_discussion else k,
            moment=Moment(
                as_of=min(filter(None, (moment.as_of, end)), default=None), known_as_of=moment.known_as_of
            ),
            start=datetime.fromisoformat(plan["start"]) if plan["start"] else None,
            entities=[entity["id"] for entity in [*plan["entities"], *plan["people"]]],
            speakers=[person["name"] for person in plan["people"]],
            meetings=plan["meetings"] or None,
            weights=weights,
        )
    if context.rerank:
        memories = await reranked(question, memories)
    return (spread(memories) if of_discussion else memories)[:k]


def asks_for_discussion(question: str) -> bool:
    """Whether a question is about what was said of a thing, as "What did they think of it?" is."""
    return bool(_REQUEST.match(question) and _DISCUSSION.search(question))


async def reranked(question: str, memories: Sequence[MemoryReading]) -> list[MemoryReading]:
    """The memories with the first 30 in a new order: their score and the cross-encoder's, half and half."""
    first = memories[:_RERANKED]
    passages = [": ".join(filter(None, (memory["speaker"], memory["content"]))) for memory in first]
    read = min_max(await relevance(question, passages))
    found = min_max([memory["score"] for memory in first])
    order = sorted(range(len(first)), key=lambda place: (-read[place] - found[place], place))
    return [*(first[place] for place in order), *memories[_RERANKED:]]
