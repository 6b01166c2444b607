"""The door to PostgreSQL: a pool of connections that speak strings for ids and arrays for vectors."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from pgvector.psycopg import register_vector_async
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from stores.availability import CONNECT_TIMEOUT, Watch, told_apart, unreachable
from stores.errors import ServerUnavailableError

Connection = AsyncConnection[DictRow]
Row = Mapping[str, Any]
_PATIENCE = 20.0  # seconds to wait for a connection of the pool
_PARTING = 1.0  # seconds to wait for connections that are coming about when all are given back
_LONGEST_WAIT = 600.0  # seconds to wait until another's work has left one


class Database:
    """PostgreSQL, through a pool. Ids come and go as strings."""

    def __init__(self, pool: AsyncConnectionPool[Connection], watch: Watch) -> None:
        self._pool = pool
        self._watch = watch
        self._places = asyncio.Semaphore(pool.max_size)

    @asynccontextmanager
    async def transaction(self, *, is_trial: bool = False) -> AsyncGenerator[Connection]:
        """A connection inside one transaction: committed at the end, rolled back on an error.

        Who finds none free takes turns; only a server that does not answer is waited for with impatience.

        Args:
            is_trial: rolled back at the end in any case.

        Raises:
            ServerUnavailableError: PostgreSQL does not answer, went away meanwhile, or takes no writes.
        """
        async with self._connection() as connection, connection.transaction(force_rollback=is_trial):
            yield connection

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                await self._places.acquire()
        except TimeoutError as error:
            raise ServerUnavailableError(
                f"all connections to PostgreSQL have been at work for {_LONGEST_WAIT:g} seconds: do less at "
                "once, and the same again"
            ) from error
        try:
            yield
        finally:
            self._places.release()

    async def rows(self, query: bytes, **parameters: object) -> list[Row]:
        """All rows of one query, which is a transaction of its own, in one round trip."""
        async with self._connection() as connection:
            return await fetch(connection, query, parameters)

    async def row(self, query: bytes, **parameters: object) -> Row | None:
        """The first row of one query, or None."""
        found = await self.rows(query, **parameters)
        return found[0] if found else None

    async def close(self) -> None:
        """Give all connections back."""
        self._watch.close()
        await self._pool.close(_PARTING)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        """A connection on which each statement is committed by itself; raises as `transaction`."""
        with told_apart():
            try:
                async with self._turn():
                    await self._watch.ready()
                    async with self._pool.connection() as connection:
                        with self._watch.over(connection):
                            yield connection
            except PoolTimeout as error:
                raise unreachable(await self._watch.why(error)) from error


async def fetch(connection: Connection, query: bytes, parameters: Mapping[str, object]) -> list[Row]:
    """All rows of one query on a connection; none for a statement that returns none."""
    cursor = await connection.execute(query, parameters)
    return cast(list[Row], await cursor.fetchall()) if cursor.description else []


async def write_many(connection: Connection, query: bytes, rows: Sequence[Mapping[str, object]]) -> None:
    """Run one statement for many rows, sent in one batch."""
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(query, rows)


async def _configure(connection: Connection) -> None:
    connection.adapters.register_loader("uuid", TextLoader)
    await register_vector_async(connection)
    # workspaces differ by orders of magnitude: a plan made for any of them would scan the largest
    await connection.execute("set plan_cache_mode = force_custom_plan")


async def open_database(url: str, *, connections: int = 16, watch: Watch | None = None) -> Database:
    """Connect to a database that `stores.schema.migrate` has brought up to date.

    Args:
        connections: at most so many at a time; who needs one more waits for it.
        watch: notices when the server goes silent; default one that waits for half a minute.

    Raises:
        ServerUnavailableError: PostgreSQL does not answer.
    """
    watch = watch or Watch(url)

    async def check(connection: Connection) -> None:
        """Refuse what the server has ended while nobody used it, which takes asking nothing."""
        try:
            for _ in range(2):  # its last words, and then that there is no more
                connection.pgconn.consume_input()
        except OperationalError:
            await pool.drain()  # it ends all at once, for instance when it is started again
            raise

    pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
        url,
        min_size=1,
        max_size=connections,
        timeout=_PATIENCE,
        open=False,
        configure=_configure,
        check=check,
        kwargs={"row_factory": dict_row, "connect_timeout": CONNECT_TIMEOUT, "autocommit": True},
    )
    try:
        await pool.open(wait=True, timeout=_PATIENCE)
    except (PoolTimeout, OperationalError) as error:
        await pool.close(_PARTING)
        raise unreachable(await watch.why(error)) from error
    return Database(pool, watch)
