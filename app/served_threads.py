"""What the graph server keeps of ended runs, their inputs and outputs: dropped as something is forgotten.

It keeps them in its own store, which no other process reaches; PostgreSQL tells it that there is something to
drop. What has checkpoints in Redis stays: conversations that quote nothing forgotten, runs to be resumed.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

from langgraph_sdk import get_client
from psycopg import Error

from stores.checkpoints import open_checkpoints
from stores.clearing import forgettings
from stores.errors import StoreError
from stores.opening import open_stores

_PAGE = 100
_REST = 5.0  # seconds until it listens again after PostgreSQL went away
_AT_WORK = ("busy", "interrupted")
_log = logging.getLogger(__name__)


async def drop_as_forgotten() -> None:
    """Drop what is ended whenever something is forgotten, until it is cancelled."""
    was_away = False
    while True:
        try:
            stores = await open_stores(to_look=True)
            async for _ in forgettings(stores.servers.database_url, was_away=was_away):
                await drop_ended(stores.servers.redis_url)
        except (Error, StoreError) as error:
            was_away = True
            _log.warning("not told of what is forgotten for %.0f s: %s", _REST, error)
        await asyncio.sleep(_REST)


async def drop_ended(redis_url: str) -> None:
    """Drop the threads of this server that are not at work, and of which Redis holds nothing."""
    async with open_checkpoints(redis_url) as checkpoints:
        held = await checkpoints.athreads()
    async with get_client(api_key=None) as client:  # of the server that this runs in
        found: list[dict[str, Any]] = []
        while True:
            page = await client.threads.search(
                limit=_PAGE, offset=len(found), select=["thread_id", "status", "metadata"]
            )
            found += cast(Sequence[dict[str, Any]], page)
            if len(page) < _PAGE:
                break
        for thread in found:
            is_run = "graph_id" in (thread["metadata"] or ())
            if is_run and thread["status"] not in _AT_WORK and thread["thread_id"] not in held:
                await client.threads.delete(thread["thread_id"])
