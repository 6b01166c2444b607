"""What a question was answered before: its vector, the model's plan of it, and the whole answer.

Each is kept under all that it depends on. A whole answer depends on what the workspace knows: after any
commit it is made again. Without an as-of date it also depends on today, which "last week" is relative to. No
key leaves out the workspace, or anything else of the caller's context.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from nodes.context import Context
from nodes.query_state import QueryState
from nodes.schemas import QueryPlan
from stores.answering import strict_schema
from stores.answers import answer_to_question
from stores.cache import cache_key
from stores.chat import model_is_configured
from stores.ids import derived_id
from stores.ledger import vector_of_question
from stores.opening import Stores, open_stores
from stores.workspaces import knowledge_mark

_ANSWER = (
    "plan",
    "further",
    "answer",
    "known",
    "citations",
    "supporting_memories",
    "relevant_entities",
    "intent",
    "confidence",
)
"""What is kept of an answered question; its messages are those of the conversation that asks."""


async def answer_key(state: QueryState, question: str, context: Context) -> str:
    """The key of the answer to a question in its conversation; "" when answers are not kept."""
    stores = await open_stores()
    if not (context.cache and stores.cache.is_on):
        return ""
    workspace_id = derived_id("workspace", context.workspace)
    plan = state.get("plan")
    before = {name: value for name, value in plan.items() if name != "now"} if plan else None
    return cache_key(
        "answer",
        *_surroundings(stores, context),
        await knowledge_mark(stores.database, workspace_id),
        [(message.type, message.text) for message in state.get("messages", [])],
        before,
        question,
    )


async def kept_answer(state: QueryState, question: str, key: str) -> QueryState | None:
    """The answer kept under a key, as a further turn of the conversation."""
    if not key:
        return None
    found: QueryState | None = await (await open_stores()).cache.get(key)
    if found is None:
        return None
    return {**found, "degraded": False, "messages": turn(state, question, found.get("answer", ""))}


async def keep_answer(key: str, output: QueryState) -> None:
    """Keep an answer, unless it is degraded: the next time the model may be there again."""
    if key and not output.get("degraded"):
        kept = {name: value for name, value in output.items() if name in _ANSWER}
        await (await open_stores()).cache.put(key, kept)


async def question_vector(stores: Stores, text: str, context: Context) -> list[float]:
    """The vector of a question."""
    key = cache_key("vector", *_surroundings(stores, context), text) if context.cache else ""
    found: list[float] | None = await stores.cache.get(key) if key else None
    if found is None:
        scope = derived_id("workspace", context.workspace)
        asked = (stores.database, scope, "recall_memories", stores.embedding, text)
        found = await vector_of_question(*asked)
        if key:
            await stores.cache.put(key, found)
    return found


async def planned_by_model(instructions: str, turns: Sequence[str], context: Context) -> QueryPlan:
    """The model's plan of the last question of a conversation.

    Raises:
        ModelUnavailableError: no model is configured, or the endpoint failed for good.
    """
    stores = await open_stores()
    told = [instructions, json.dumps(strict_schema(QueryPlan)), list(turns)]
    key = cache_key("plan", *_surroundings(stores, context), *told) if context.cache else ""
    found = await stores.cache.get(key) if key and model_is_configured() else None
    if found is not None:
        return QueryPlan.model_validate(found)
    scope = derived_id("workspace", context.workspace)
    asked = (stores.database, scope, "interpret", QueryPlan, instructions, "\n".join(turns))
    plan = await answer_to_question(*asked)
    if key:
        await stores.cache.put(key, plan.model_dump())
    return plan


def turn(state: QueryState, question: str, answer: str) -> list[AnyMessage]:
    """The messages that a turn adds: the question, unless it came as a message, and the answer."""
    messages = state.get("messages", [])
    asked = bool(messages) and messages[-1].type == "human" and messages[-1].text.strip() == question
    return [AIMessage(answer)] if asked else [HumanMessage(question), AIMessage(answer)]


def _surroundings(stores: Stores, context: Context) -> tuple[object, ...]:
    """Who asks, of what, as of when, and which models answer."""
    given = stores.settings
    chat = (given.model, given.openai_base_url) if model_is_configured() else None
    today = None if context.as_of else datetime.now(UTC).date().isoformat()
    return asdict(context), today, chat, stores.embedding.name
