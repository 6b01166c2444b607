"""Runs the query graph in this process: single questions, and conversations whose thread is kept in Redis."""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import uuid4

from langchain_core.runnables import RunnableConfig

from graphs.query import builder
from nodes.context import Context
from nodes.query_state import QueryInput, QueryOutput
from stores.opening import open_stores

Ask = Callable[[str], Awaitable[QueryOutput]]


async def answer(context: Context, question: str) -> QueryOutput:
    """The answer to one question that refers to nothing said before.

    Raises:
        InputError: the question, or a date of the context, cannot be read.
        StoreError: a server or model is away.
    """
    graph = builder.compile(name="query")
    return cast(
        QueryOutput, await graph.ainvoke(QueryInput(question=question), _config(context), context=context)
    )


@asynccontextmanager
async def conversation(context: Context) -> AsyncGenerator[Ask]:
    """A function that answers one question after the other, each in the light of those before.

    Its thread is shortened after every answer and dropped at the end.
    """
    from stores.checkpoints import open_checkpoints  # a second's import that a single question is spared

    stores = await open_stores()
    async with open_checkpoints(stores.servers.redis_url) as checkpoints:
        graph = builder.compile(checkpointer=checkpoints, name="query")
        thread = str(uuid4())
        config = _config(context, thread_id=thread)

        async def ask(question: str) -> QueryOutput:
            output = await graph.ainvoke(QueryInput(question=question), config, context=context)
            await checkpoints.aprune([thread])
            return cast(QueryOutput, output)

        try:
            yield ask
        finally:
            await checkpoints.adelete_thread(thread)


def _config(context: Context, **configurable: Any) -> RunnableConfig:
    return RunnableConfig(
        configurable=configurable,
        run_name="query",
        tags=["smart-meet", "query"],
        metadata={"workspace": context.workspace},
    )
