"""Whether PostgreSQL is there: what its silence and refusals mean, as sentences that a person can act on."""

import asyncio
import contextlib
from collections.abc import Generator
from typing import Any

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.errors import (
    DeadlockDetected,
    DiskFull,
    ReadOnlySqlTransaction,
    SerializationFailure,
    TooManyConnections,
)
from psycopg.pq import TransactionStatus

from stores.errors import ServerUnavailableError

CONNECT_TIMEOUT = 10
"""Seconds that a connection may take to come about."""

_SILENCE = (
    20.0  # seconds that a statement may be in work before the server is asked whether it is still there
)
_NEXT_STEP = "check that it runs and that DATABASE_URL is right; without DATABASE_URL the embedded one starts"
_GO_ON = "what is done is kept, and the same command goes on"
_NO_CONNECTION_LEFT = ("too many clients", "too many connections", "connection slots")


def unreachable(error: Exception) -> ServerUnavailableError:
    """What to raise for a connection that failed, or a server that can do nothing of what it is asked."""
    said = " ".join(str(error).split())
    if isinstance(error, DiskFull) or "No space left on device" in said:
        return ServerUnavailableError(f"PostgreSQL's disk is full ({said}): free some space; {_GO_ON}")
    if isinstance(error, TooManyConnections) or any(words in said for words in _NO_CONNECTION_LEFT):
        return ServerUnavailableError(
            f"PostgreSQL has no connection left ({said}): end what else uses it, or raise its "
            f"max_connections; {_GO_ON}"
        )
    if isinstance(error, ReadOnlySqlTransaction):
        return ServerUnavailableError(
            f"PostgreSQL takes no writes ({said}): it is a standby, or set to default_transaction_read_only; "
            f"point DATABASE_URL at one that does, or set that off; {_GO_ON}"
        )
    if isinstance(error, DeadlockDetected | SerializationFailure):
        return ServerUnavailableError(f"PostgreSQL took the work back ({said}): do the same again; {_GO_ON}")
    return ServerUnavailableError(f"PostgreSQL does not answer ({said}): {_NEXT_STEP}")


class Watch:
    """Notices a server that keeps its connections and answers nothing, which no socket ever tells.

    A statement may take long, or wait for a lock: after some seconds of silence the server is asked over
    another connection, and only when that is not answered either, the statements in work are given up.
    """

    def __init__(self, url: str, *, silence: float = _SILENCE, within: float = CONNECT_TIMEOUT) -> None:
        """Watch the server at an address.

        Args:
            silence: seconds that a statement may be in work before the server is asked.
            within: seconds in which it must answer then.
        """
        self._url = url
        self._silence = silence
        self._within = within
        self._tick = silence / 10
        self._used: dict[AsyncConnection[Any], float] = {}
        self._given_up: set[AsyncConnection[Any]] = set()
        self._watching: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def over(self, connection: AsyncConnection[Any]) -> Generator[None]:
        """Watch a connection while it is used.

        Raises:
            ServerUnavailableError: the server went silent.
        """
        self._used[connection] = 0.0
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            yield
        except Error as error:
            if connection in self._given_up:
                told = f"it has been silent for {self._silence + self._within:.0f} s"
                raise unreachable(OperationalError(told)) from error
            raise
        finally:
            self._used.pop(connection, None)
            self._given_up.discard(connection)

    def close(self) -> None:
        """End the watch."""
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        while self._used:
            await asyncio.sleep(self._tick)
            for connection, silent in list(self._used.items()):
                is_waiting = connection.pgconn.transaction_status == TransactionStatus.ACTIVE
                self._used[connection] = silent + self._tick if is_waiting else 0.0
            if any(silent >= self._silence for silent in self._used.values()):
                if not await self._answers():
                    self._give_up()
                self._used = dict.fromkeys(self._used, 0.0)

    async def _answers(self) -> bool:
        try:
            await reach(self._url, within=self._within)
        except OperationalError:
            return False
        return True

    def _give_up(self) -> None:
        for connection in self._used:
            if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self._given_up.add(connection)
                connection.pgconn.finish()  # who waits on it is told within a tenth of a second


async def reach(url: str, *, within: float = CONNECT_TIMEOUT) -> None:
    """Connect and ask for nothing.

    Args:
        within: seconds.

    Raises:
        OperationalError: it does not answer; the message says why.
    """
    try:
        async with (
            asyncio.timeout(within),
            await AsyncConnection.connect(url, autocommit=True) as connection,
        ):
            await connection.execute(b"select 1")
    except TimeoutError as error:
        raise OperationalError(f"no answer within {within:g} s") from error
