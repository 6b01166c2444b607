"""The Redis that keeps checkpoints: what is sent to it, and what its silence and refusals mean."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError, WatchError
from redis.exceptions import TimeoutError as RedisTimeoutError

from stores.availability import CONNECT_TIMEOUT, SILENCE
from stores.errors import BackupError, ServerUnavailableError, SettingError

_POOL_SIZE = 32
_POOL_TIMEOUT = 30.0  # seconds; a wide Send waits for a connection instead of failing
_NO_CONNECTION_LEFT = "max number of clients reached"
_REFUSALS = ("MISCONF", "NOREPLICAS", "MASTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM")
Command = tuple[str | bytes | int, ...]


class CopiedKey(NamedTuple):
    """A key of Redis as DUMP gives it; it lives for `ttl` milliseconds more, 0: for ever."""

    key: str
    ttl: int
    value: bytes


class RedisServer:
    """A Redis whose trouble is told as a sentence that a person can act on."""

    def __init__(self, client: Redis, address: str) -> None:
        """Take a connected client; `address` is what errors name and holds no password."""
        self.client = client
        self.address = address

    async def send(self, *commands: Command) -> list[Any]:
        """Run the commands in one round trip, all or nothing; their answers in order.

        Raises:
            ServerUnavailableError: Redis does not answer, or takes no writes.
            ResponseError: it does not know such a command, or the key holds something else.
        """
        with self.reachable():
            async with self.client.pipeline(transaction=len(commands) > 1) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)  # pyright: ignore[reportUnknownMemberType]
                return await pipeline.execute()

    async def copied(self, key: str, listed: Callable[[], Awaitable[set[str]]]) -> list[CopiedKey]:
        """A key and those that it lists, of one moment; keys that are not there are left out.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        with self.reachable():
            while True:
                async with self.client.pipeline() as pipeline:
                    await pipeline.watch(key)
                    keys = [key, *await listed()]
                    pipeline.multi()
                    for one in keys:
                        pipeline.execute_command("DUMP", one)  # pyright: ignore[reportUnknownMemberType]
                        pipeline.execute_command("PTTL", one)  # pyright: ignore[reportUnknownMemberType]
                    try:
                        answers = await pipeline.execute()
                    except WatchError:  # somebody wrote to it meanwhile
                        continue
                found = zip(keys, answers[::2], answers[1::2], strict=True)
                return [
                    CopiedKey(one, max(life, 0), value) for one, value, life in found if value is not None
                ]

    async def put_back(self, copied: Iterable[CopiedKey]) -> None:
        """Write keys as they were copied.

        Raises:
            BackupError: they were copied from a Redis whose form this one does not read.
            ServerUnavailableError: Redis does not answer, or takes no writes.
        """
        try:
            await self.send(*(("RESTORE", one.key, one.ttl, one.value, "REPLACE") for one in copied))
        except ResponseError as error:
            raise BackupError(
                f"Redis at {self.address} cannot read what another Redis wrote ({error})"
            ) from error

    @contextlib.contextmanager
    def reachable(self) -> Generator[None]:
        """Tell what `client` says of the server; what it says of a command stays as it is.

        Raises:
            ServerUnavailableError: Redis does not answer, or takes no writes.
        """
        try:
            yield
        except (ReadOnlyError, OutOfMemoryError) as error:
            raise self._refusing(error) from error
        except ResponseError as error:
            if any(code in str(error) for code in _REFUSALS):  # a pipeline says which command before it
                raise self._refusing(error) from error
            raise
        except (RedisConnectionError, RedisTimeoutError) as error:
            if _NO_CONNECTION_LEFT in str(error):
                raise ServerUnavailableError(
                    f"Redis at {self.address} has no connection left ({error}): end what else uses it, or "
                    "raise its maxclients; what is done is kept, and the same command goes on"
                ) from error
            raise ServerUnavailableError(
                f"Redis at {self.address} does not answer ({error}): start it and check REDIS_URL, or unset "
                "REDIS_URL for the embedded server; what is done is kept, and the same command goes on"
            ) from error

    def _refusing(self, error: Exception) -> ServerUnavailableError:
        return ServerUnavailableError(
            f"Redis at {self.address} takes no writes ({error}): give it memory, disk and the right to "
            "write, or point REDIS_URL at another; what is done is kept, and the same command goes on"
        )


@contextlib.asynccontextmanager
async def open_redis(url: str) -> AsyncGenerator[RedisServer]:
    """A Redis for the running event loop; connects at first use.

    Args:
        url: redis://, rediss:// or unix://.

    Raises:
        SettingError: the address is none.
    """
    try:
        pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
            url,
            max_connections=_POOL_SIZE,
            timeout=_POOL_TIMEOUT,
            socket_timeout=SILENCE,
            socket_connect_timeout=CONNECT_TIMEOUT,
        )
    except ValueError as error:
        raise SettingError(f"REDIS_URL: {error}") from error
    client = Redis(connection_pool=pool)
    try:
        yield RedisServer(client, _without_password(url))
    finally:
        await client.aclose()
        await pool.aclose()


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
