"""Runs the query graph in this process: single questions, and conversations whose thread is kept in Redis."""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from langchain_core.runnables import RunnableConfig

from graphs.query import builder
from nodes.context import Context
from nodes.query_state import QueryInput, QueryOutput
from stores.opening import open_stores

if TYPE_CHECKING:
    from stores.checkpoints import Checkpoints

Ask = Callable[[str], Awaitable[QueryOutput]]
Event = Mapping[str, Any]


def _unheard(event: Event) -> None:
    """Nobody waits for parts of the answer."""


async def answer(context: Context, question: str, hear: Callable[[Event], None] = _unheard) -> QueryOutput:
    """The answer to one question that refers to nothing said before.

    Args:
        context: whose meetings, and the point of view.
        question: in plain words.
        hear: told of every event that the graph streams, such as each sentence that passed.

    Raises:
        InputError: the question, or a date of the context, cannot be read.
        StoreError: a server or model is away.
    """
    return await _streamed(builder.compile(name="query"), question, _config(context), context, hear)


async def answer_in_thread(
    checkpoints: "Checkpoints", thread: str, context: Context, question: str
) -> QueryOutput:
    """The answer to the next question of a thread, in the light of those before; raises as `answer`.

    The thread is written once, at the end: a question that was cut off is asked again.

    Args:
        thread: a UUID, also of a thread of the graph API.
    """
    graph = builder.compile(checkpointer=checkpoints, name="query")
    config = _config(context, thread_id=thread)
    output: Any = await graph.ainvoke(
        QueryInput(question=question), config, context=context, durability="exit"
    )
    return cast(QueryOutput, {name: output[name] for name in QueryOutput.__annotations__})


@asynccontextmanager
async def conversation(context: Context, hear: Callable[[Event], None] = _unheard) -> AsyncGenerator[Ask]:
    """A function that answers one question after the other, each in the light of those before.

    `hear` is told of every event that the graph streams. Its thread is shortened after every answer and
    dropped at the end.
    """
    from stores.checkpoints import open_checkpoints  # a second's import that a single question is spared

    stores = await open_stores()
    async with open_checkpoints(stores.servers.redis_url) as checkpoints:
        graph = builder.compile(checkpointer=checkpoints, name="query")
        thread = str(uuid4())
        config = _config(context, thread_id=thread)

        async def ask(question: str) -> QueryOutput:
            output = await _streamed(graph, question, config, context, hear)
            await checkpoints.aprune([thread])
            return output

        try:
            yield ask
        finally:
            await checkpoints.adelete_thread(thread)


async def _streamed(
    graph: Any, question: str, config: RunnableConfig, context: Context, hear: Callable[[Event], None]
) -> QueryOutput:
    output: Any = None
    stream = graph.astream(
        QueryInput(question=question), config, context=context, stream_mode=["custom", "values"]
    )
    async for mode, part in stream:
        if mode == "custom":
            hear(part)
        else:
            output = part
    return cast(QueryOutput, {name: output[name] for name in QueryOutput.__annotations__})


def _config(context: Context, **configurable: Any) -> RunnableConfig:
    return RunnableConfig(
        configurable=configurable,
        run_name="query",
        tags=["smart-meet", "query"],
        metadata={"workspace": context.workspace},
    )
