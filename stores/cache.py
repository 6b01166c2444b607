"""Answers and verdicts kept in Redis for a while, each under everything that it depends on.

Redis is only asked: without it everything is slower and nothing is wrong.
"""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from stores.errors import ServerUnavailableError

if TYPE_CHECKING:
    from redis.asyncio import Redis

_PREFIX = "smart-meet:cache"  # a Redis may serve other applications too
_PATIENCE = 0.5  # seconds; what takes longer is computed sooner
_REST = 30.0  # seconds without asking a Redis that failed
_CONNECTIONS = 16
_ROOT = Path(__file__).parents[1]
_log = logging.getLogger(__name__)


class Cache:
    """Values of plain JSON, for one event loop."""

    def __init__(self, url: str, seconds: int) -> None:
        """Keep values for so many seconds; with 0 nothing is kept or found. Connects at first use."""
        self._url = url
        self._seconds = seconds
        self._client: Redis | None = None
        self._asked_again_at = 0.0

    @property
    def is_on(self) -> bool:
        """Whether anything is kept at all."""
        return self._seconds > 0

    async def get(self, key: str) -> Any | None:
        """The value kept under a key; None when there is none, or Redis is away."""
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        """The values kept under some of these keys, asked for at once; none when Redis is away."""
        names = [f"{_PREFIX}:{key}" for key in keys]
        found = await self._send(lambda client: client.mget(names)) if names else None
        if not isinstance(found, list):
            return {}
        values: dict[str, Any] = {}
        for key, kept in zip(keys, cast(list[object], found), strict=True):
            if isinstance(kept, bytes):
                try:
                    values[key] = json.loads(kept)
                except ValueError:
                    _log.warning("the cached value %s:%s is no JSON and is made again", _PREFIX, key)
        return values

    async def put(self, key: str, value: object) -> None:
        """Keep a value; where Redis is away, it is not kept."""
        await self.put_many({key: value})

    async def put_many(self, values: Mapping[str, object]) -> None:
        """Keep values, sent at once; where Redis is away, they are not kept."""
        kept = {f"{_PREFIX}:{key}": json.dumps(value, ensure_ascii=False) for key, value in values.items()}

        async def send(client: "Redis") -> None:
            async with client.pipeline(transaction=False) as pipeline:
                for name, value in kept.items():
                    pipeline.set(name, value, ex=self._seconds)
                await pipeline.execute()

        if kept:
            await self._send(send)

    async def clear(self) -> None:
        """Drop everything that is kept, of every workspace; it is made again.

        Redis being away is no excuse here: what was to be forgotten might be found in it.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        from redis.exceptions import RedisError

        client = await asyncio.to_thread(_client, self._url)
        try:
            cursor, begun = 0, False
            while cursor or not begun:
                found = await client.scan(cursor, f"{_PREFIX}:*", 1000)  # pyright: ignore[reportUnknownMemberType]
                cursor, keys = cast(tuple[int, list[bytes]], found)
                begun = True
                if keys:
                    await client.unlink(*keys)
        except (RedisError, OSError) as error:
            raise ServerUnavailableError(
                f"Redis does not answer ({error}), and may still hold answers for up to {self._seconds} s: "
                "start it and do the same again"
            ) from error
        finally:
            await client.aclose()

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()

    async def _send(self, command: "Callable[[Redis], Any]") -> object:
        if not self.is_on or time.monotonic() < self._asked_again_at:
            return None
        if self._client is None:
            self._client = await asyncio.to_thread(_client, self._url)
        from redis.exceptions import RedisError

        try:
            return await command(self._client)
        except (RedisError, OSError) as error:
            self._asked_again_at = time.monotonic() + _REST
            _log.warning("the cache in Redis is not used for %.0f s: %s", _REST, error)
            return None


def cache_key(kind: str, *parts: object) -> str:
    """The key of what was made by this code from these parts, each of plain JSON.

    Raises:
        TypeError: a part is no JSON, so that two different ones might look the same.
    """
    given = json.dumps([code_mark(), *parts], sort_keys=True)
    return f"{kind}:{hashlib.sha256(given.encode()).hexdigest()}"


@lru_cache(maxsize=1)
def code_mark() -> str:
    """A digest of the code that answers questions: another version of it answers anew."""
    digest = hashlib.sha256()
    for folder in ("graphs", "nodes", "stores"):
        for file in sorted((_ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".sql"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _client(url: str) -> "Redis":
    from redis.asyncio import BlockingConnectionPool, Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    make = cast(Callable[..., BlockingConnectionPool], BlockingConnectionPool.from_url)  # pyright: ignore[reportUnknownMemberType]
    pool = make(
        url,
        max_connections=_CONNECTIONS,
        timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        socket_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)
