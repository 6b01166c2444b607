"""Whether PostgreSQL is there: what its silence and refusals mean, as sentences that a person can act on."""

import asyncio
import contextlib
from collections.abc import Generator
from typing import Any

from psycopg import AsyncConnection, Connection, Error, OperationalError
from psycopg.errors import ConnectionTimeout
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from stores.errors import ServerUnavailableError

CONNECT_TIMEOUT = 10
"""Seconds that a connection may take to come about."""

SILENCE = 20.0
"""Seconds that a statement may be in work before the server is asked whether it is still there."""
_AGAIN = 1.0
"""Seconds in which a server that was silent must answer whoever comes after."""

_GO_ON = "what is done is kept, and the same command goes on"
_AWAY = (
    "does not answer",
    "check that it runs and that DATABASE_URL is right; without DATABASE_URL the embedded one starts; "
    + _GO_ON,
)
_ENDED = "ended the connection", f"check that it runs; {_GO_ON}"
_DISK = "'s disk is full", f"free some space; {_GO_ON}"
_CROWDED = (
    "has no connection left",
    f"end what else uses it, or raise its max_connections; {_GO_ON}",
)
_CLOSED = (
    "lets nobody in",
    "check name, password and database in DATABASE_URL, and that it takes connections; " + _GO_ON,
)
_FILES = "cannot use its files", f"see its disk and its log; {_GO_ON}"
_TOOK_BACK = "took the work back", f"do the same again; {_GO_ON}"
_HASTE = (
    "allows a statement too little time",
    "raise its statement_timeout, lock_timeout, transaction_timeout and idle_in_transaction_session_timeout, "
    f"or do the same again; {_GO_ON}",
)

# By SQLSTATE or its class (https://www.postgresql.org/docs/current/errcodes-appendix.html), the first that
# fits. What is not here is no trouble of the server: it says what is wrong with what it was asked.
_TROUBLES = {
    "08": _AWAY,
    "25006": (
        "takes no writes",
        "it is a standby, or set to default_transaction_read_only; point DATABASE_URL at one that does, or "
        f"set that off; {_GO_ON}",
    ),
    "25P03": _HASTE,
    "25P04": _HASTE,
    "28": _CLOSED,
    "40": _TOOK_BACK,
    "42501": ("forbids what is to be done", "give the role of DATABASE_URL the right to it"),
    "53100": _DISK,
    "53200": ("has no memory left", f"give it more, or do less at once; {_GO_ON}"),
    "53300": _CROWDED,
    "53": ("has too little of something", f"see its log; {_GO_ON}"),
    "55P03": _HASTE,
    "57014": _HASTE,
    "57P01": _ENDED,
    "57P02": _ENDED,
    "57": _AWAY,
    "58": _FILES,
    "F0": ("cannot read its settings", f"see its log; {_GO_ON}"),
    "XX001": _FILES,
    "XX002": _FILES,
}
# who was never let in is told no SQLSTATE
_WORDS = {
    "No space left on device": _DISK,
    "too many clients": _CROWDED,
    "too many connections": _CROWDED,
    "connection slots": _CROWDED,
    "FATAL:": _CLOSED,
    "closed the connection": _ENDED,
}


@contextlib.contextmanager
def told_apart() -> Generator[None]:
    """Raise what psycopg says of the server as a sentence; what it says of a statement stays as it is.

    Raises:
        ServerUnavailableError: the server cannot do what any statement would ask of it.
    """
    try:
        yield
    except Error as error:
        if (trouble := _trouble(error)) is None:
            raise
        raise _unavailable(trouble, error) from error


@contextlib.contextmanager
def connected(url: str) -> Generator[Connection[DictRow]]:
    """A connection for a thread that may wait, committed at the end.

    Raises:
        ServerUnavailableError: there is no such server, or it cannot do what any statement would ask of it.
    """
    try:
        connection = Connection[DictRow].connect(url, connect_timeout=CONNECT_TIMEOUT, row_factory=dict_row)
    except Error as error:  # an address that is none is told as a ProgrammingError
        raise unreachable(error) from error
    with told_apart(), connection:
        yield connection


def unreachable(error: Exception) -> ServerUnavailableError:
    """What to raise for a connection that did not come about."""
    return _unavailable(_trouble(error) or _AWAY, error)


def _trouble(error: Exception) -> tuple[str, str] | None:
    """What ails the server, and the next step; None where it is well and the statement was wrong."""
    if not isinstance(error, Error):
        return None
    if error.sqlstate is not None:
        return next((told for code, told in _TROUBLES.items() if error.sqlstate.startswith(code)), None)
    if not isinstance(error, OperationalError):
        return None
    return next((told for words, told in _WORDS.items() if words in str(error)), _AWAY)


def _unavailable(trouble: tuple[str, str], error: Exception) -> ServerUnavailableError:
    what, next_step = trouble
    primary = error.diag.message_primary if isinstance(error, Error) else None
    said = next(iter((primary or str(error)).strip().splitlines()), type(error).__name__)  # hints follow it
    space = "" if what.startswith("'") else " "
    return ServerUnavailableError(f"PostgreSQL{space}{what} ({said}): {next_step}")


class Watch:
    """Notices a server that keeps its connections and answers nothing, which no socket ever tells.

    A statement may take long, or wait for a lock: after some seconds of silence the server is asked over
    another connection, and only when that is not answered either, it counts as silent. All connections in
    use are given up then, so that no rollback waits for it a second time. Who comes after the loss of a
    connection is refused after a second at most, until the server speaks again.
    """

    def __init__(self, url: str, *, silence: float = SILENCE, within: float = CONNECT_TIMEOUT) -> None:
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
        self._is_away = False
        self._watching: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Ask a server that was away whether it is back; another is asked nothing.

        Raises:
            ServerUnavailableError: it is not.
        """
        if self._is_away:
            try:
                await reach(self._url, within=min(_AGAIN, self._within))
            except OperationalError as error:
                raise unreachable(error) from error
            self._is_away = False

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
            if connection in self._given_up:  # a transaction on it leaves without a word, uncommitted
                raise self._silent()
        except Error as error:
            if connection in self._given_up:
                raise self._silent() from error
            self._is_away = self._is_away or _trouble(error) in (_AWAY, _ENDED)
            raise
        finally:
            self._used.pop(connection, None)
            self._given_up.discard(connection)

    async def why(self, error: Exception) -> Exception:
        """Why no connection came about, which a pool does not tell: it tries again until its time is over."""
        try:
            await reach(self._url, within=self._within)
        except OperationalError as reason:
            self._is_away = True
            if isinstance(reason, ConnectionTimeout):
                self._give_up()
            return reason
        return error

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
        except OperationalError as error:
            return _trouble(error) is not _AWAY  # a refusal is an answer
        return True

    def _give_up(self) -> None:
        self._is_away = True
        for connection in self._used:
            self._given_up.add(connection)
            connection.pgconn.finish()  # who waits on it is told within a tenth of a second

    def _silent(self) -> ServerUnavailableError:
        told = f"it has been silent for {self._silence + self._within:.0f} s"
        return unreachable(OperationalError(told))


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
        raise ConnectionTimeout(f"no answer within {within:g} s") from error
