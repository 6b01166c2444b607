"""Named points around everything that an ingestion does, at which a test can kill or hold its process.

Nothing in the product knows of them: `install` wraps its functions from outside, before the graph is
imported.
A point is "before:NAME#n" or "after:NAME#n", n counting the calls of NAME from 1. Names are those of stores
("knowledge.insert_version"), of every SQL statement ("statement"), of checkpoint writes ("checkpoints.aput"),
of the calls of the models ("embeddings.aembed_documents", "answers.reply_of"), and of nodes ("node.resolve").
What leaves the process, and no more than that, can also be met on its way, "during:NAME#n": it was sent, and
nobody has waited for the answer.
"""

import asyncio
import functools
import importlib
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from psycopg import AsyncConnection, AsyncCursor

from stores import (
    answers,
    embeddings,
    forgetting,
    knowledge,
    meetings,
    naming,
    rechecks,
    runs,
    sources,
    workspaces,
)
from stores.checkpoints import Checkpoints

NODES = (
    "load segment extract extract_by_rule embed summarise resolve adjudicate keep_apart review diff compare "
    "compare_by_rule commit"
).split()

SENT = ("statement", "checkpoints.", "embeddings.", "answers.reply_of")
"""How the names of calls begin that leave the process."""

_ON_THE_WAY = {"embeddings.aembed_documents": 0.03, "answers.reply_of": 0.03, "checkpoints.aput": 0.0005}
"""Seconds until a call has been sent, where its first step does not send it; its answer must take longer."""

reached: list[str] = []
"""The points of this process, in order."""

_calls: Counter[str] = Counter()
_watchers: list[Callable[[str], Awaitable[None]]] = []
_met_on_the_way: set[str] = set()


def watch(watcher: Callable[[str], Awaitable[None]]) -> None:
    """Have a function awaited at every point."""
    _watchers.append(watcher)


def meet_on_the_way(point: str) -> None:
    """Have the watchers awaited at a "during" point too; not at all of them, since each takes a task."""
    _met_on_the_way.add(point)


def restart() -> None:
    """Forget the points so far and count from 1 again."""
    reached.clear()
    _calls.clear()


def install() -> None:
    """Wrap everything; the graph must not be imported yet, or it would keep the bare nodes."""
    for module in (forgetting, knowledge, meetings, naming, rechecks, runs, sources, workspaces):
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                setattr(module, name, _pointed(f"{module.__name__.removeprefix('stores.')}.{name}", function))
    for owner, prefix, names in (
        (Checkpoints, "checkpoints", ("aput", "aput_writes", "adelete_thread")),
        (embeddings.EndpointEmbeddings, "embeddings", ("aembed_documents",)),
    ):
        for name in names:
            setattr(owner, name, _pointed(f"{prefix}.{name}", getattr(owner, name)))
    answers.reply_of = _pointed("answers.reply_of", answers.reply_of)
    AsyncConnection.execute = _pointed("statement", AsyncConnection.execute)  # type: ignore[method-assign]
    AsyncCursor.executemany = _pointed("statement", AsyncCursor.executemany)  # type: ignore[method-assign]
    for name in (*NODES, "pick", "forget", "correct"):
        module = importlib.import_module(f"nodes.{name}")
        setattr(module, name, _pointed(f"node.{name}", getattr(module, name)))


def _pointed(name: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(function)
    async def pointed(*args: Any, **kwargs: Any) -> Any:
        _calls[name] += 1
        call = _calls[name]
        await _reach(f"before:{name}#{call}")
        during = f"during:{name}#{call}"
        if during in _met_on_the_way:
            sent = asyncio.ensure_future(function(*args, **kwargs))
            await asyncio.sleep(_ON_THE_WAY.get(name, 0))
            await _reach(during)
            result = await sent
        else:
            result = await function(*args, **kwargs)
        await _reach(f"after:{name}#{call}")
        return result

    return pointed


async def _reach(point: str) -> None:
    reached.append(point)
    for watcher in _watchers:
        await watcher(point)
