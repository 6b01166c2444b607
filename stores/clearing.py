"""Clears what transactions do not reach of what has been forgotten: Redis, its file, PostgreSQL's statistics.
Graph servers, which keep the inputs and outputs of runs, are told.

It is written down with the forgetting, and done by whoever comes next.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

from psycopg import AsyncConnection
from redis.asyncio import Redis
from redis.exceptions import RedisError

from stores import forgetting
from stores.checkpoints import open_checkpoints
from stores.errors import ServerUnavailableError
from stores.opening import Stores

_LOOKED_AT = 0.05  # seconds between two looks at a file that is being written


async def clear_forgotten(stores: Stores) -> int:
    """Clear away all that has been forgotten and not cleared yet; gives how many conversations went.

    Raises:
        ServerUnavailableError: a server does not answer; what is left stays written down.
    """
    noted = await forgetting.noted_threads(stores.database)
    if not noted:
        return 0
    dropped = 0
    await stores.cache.clear()
    async with open_checkpoints(stores.servers.redis_url) as checkpoints:
        for note in noted.values():
            for run in note["runs"]:
                await checkpoints.adelete_thread(run)
        for workspace in {note["workspace"] for note in noted.values()}:
            dropped += await checkpoints.adelete_conversations(workspace)
    if stores.settings.redis_url is None:  # another's file is another's business
        await write_file_anew(stores.servers.redis_url)
    await forgetting.refresh_statistics(stores.database)
    await forgetting.drop_notes(stores.database, noted)
    await stores.database.rows(b"notify smart_meet_forgotten")
    return dropped


async def forgettings(database_url: str, *, was_away: bool = False) -> AsyncGenerator[None]:
    """Gives something each time after something has been forgotten and cleared, by whichever process.

    Args:
        was_away: nobody listened for a while, and something may have been forgotten then: gives it at once.
    """
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("listen smart_meet_forgotten")
        if was_away:
            yield
        async for _ in connection.notifies():
            yield


async def write_file_anew(redis_url: str) -> None:
    """Let Redis write its append-only file anew, which holds what was deleted until then.

    Raises:
        ServerUnavailableError: Redis does not answer, or cannot write it.
    """
    client = cast(Any, Redis.from_url(redis_url))  # pyright: ignore[reportUnknownMemberType]
    is_begun = False
    try:
        while True:
            now = await client.info("persistence")
            if not now["aof_rewrite_in_progress"] and not now["aof_rewrite_scheduled"]:
                if is_begun:
                    break
                await client.bgrewriteaof()
                is_begun = True
            await asyncio.sleep(_LOOKED_AT)
    except (RedisError, OSError) as error:
        raise ServerUnavailableError(
            f"Redis does not answer ({error}), and its file may still hold what was forgotten: start it and "
            "do the same again"
        ) from error
    finally:
        await client.aclose()
    if now["aof_last_bgrewrite_status"] != "ok":
        raise ServerUnavailableError(
            "Redis could not write its file anew, which may still hold what was forgotten: free some disk "
            "and do the same again"
        )
