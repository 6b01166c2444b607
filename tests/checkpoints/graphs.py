"""Two small graphs: one that counts, one that spreads out and joins."""

import operator
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict
from uuid import uuid4

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from stores.checkpoints import Checkpoints


class State(TypedDict, total=False):
    number: Annotated[int, operator.add]
    done: Annotated[list[int], operator.add]
    value: Any
    index: int


def thread(thread_id: str | None = None) -> dict[str, Any]:
    return {"configurable": {"thread_id": thread_id or str(uuid4())}, "recursion_limit": 200}


def id_of(config: dict[str, Any]) -> str:
    return config["configurable"]["thread_id"]


async def count(state: State) -> State:
    return {"number": 1}


def counting(checkpoints: Checkpoints, steps: int) -> Any:
    """A graph of `steps` steps, each of which adds one."""
    return (
        StateGraph(State)
        .add_node(count)
        .add_edge(START, "count")
        .add_conditional_edges("count", lambda state: END if state["number"] >= steps else "count")
        .compile(checkpointer=checkpoints)
    )


async def nothing(index: int) -> None:
    pass


def spreading(
    checkpoints: Checkpoints, width: int, during: Callable[[int], Awaitable[None]] = nothing
) -> Any:
    """A graph that sends `width` tasks at once and joins them; `during` runs in each, given its index."""

    async def window(state: State) -> State:
        await during(state["index"])
        return {"done": [state["index"]]}

    async def join(state: State) -> State:
        return {"number": len(state["done"])}

    return (
        StateGraph(State)
        .add_node(count)
        .add_node(window)
        .add_node(join, defer=True)
        .add_edge(START, "count")
        .add_conditional_edges(
            "count", lambda _: [Send("window", {"index": i}) for i in range(width)], ["window"]
        )
        .add_edge("window", "join")
        .compile(checkpointer=checkpoints)
    )
