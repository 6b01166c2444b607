"""Checkpoints of both graphs in Redis: `AsyncRedisSaver`, corrected where its conformance suite fails.

What differs from langgraph-checkpoint-redis 0.5.2, and why:

- A checkpoint is one compressed msgpack blob inside its JSON document. Upstream writes the values as JSON,
  which loses their types without a word and takes twice the time and space.
- Each thread has a register of its checkpoints, written in the same transaction as what it lists. Listing,
  pruning and deleting follow it, exactly and without a search index: upstream's searches mix namespaces,
  ignore `before`, stop at 10,000 keys and miss thread ids that hold a comma or a tab.
- A checkpoint and its writes are one round trip each, and atomic.
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import urlsplit

import ormsgpack
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    PendingWrite,
)
from langgraph.checkpoint.redis import AsyncRedisSaver
from langgraph.checkpoint.redis.util import to_storage_safe_id, to_storage_safe_str
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError, WatchError
from redis.exceptions import TimeoutError as RedisTimeoutError

from stores.availability import CONNECT_TIMEOUT, SILENCE
from stores.checkpoint_values import CheckedSerializer
from stores.embedded import start_servers
from stores.errors import BackupError, ServerUnavailableError, SettingError
from stores.saved_checkpoints import note_begun, note_lost, note_saved
from stores.settings import settings

ABANDONED_AFTER_MINUTES = 7 * 24 * 60
"""A thread that nobody wrote to for this long is dropped by Redis."""

_POOL_SIZE = 32
_POOL_TIMEOUT = 30.0  # seconds; a wide Send waits for a connection instead of failing
_PREFIX = "smart-meet:checkpoint"  # a Redis may serve other applications of LangGraph too
_NO_CONNECTION_LEFT = "max number of clients reached"
_REFUSALS = ("MISCONF", "NOREPLICAS", "MASTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM")
_Command = tuple[str | bytes | int, ...]
_Write = tuple[str, str, int, str, str, bytes]  # task id, task path, index, channel, type, value


class Checkpoints(AsyncRedisSaver):
    """Where the graphs keep their state between steps.

    Redis needs the JSON module and no search. Graph state is plain JSON types; dates, UUIDs and LangChain
    messages also come back as they were; any other type is refused when written. Graphs with a DeltaChannel
    are not for `aprune`, which drops the ancestors that such a channel is rebuilt from.
    """

    def __init__(self, client: Redis, address: str, ttl_minutes: float = ABANDONED_AFTER_MINUTES) -> None:
        """Take a connected client; `address` is what errors name and holds no password."""
        super().__init__(
            redis_client=client,
            ttl={"default_ttl": ttl_minutes, "refresh_on_read": False},
            checkpoint_prefix=_PREFIX,
            checkpoint_write_prefix=f"{_PREFIX}_writes",
        )
        self.serde = CheckedSerializer()
        self._client = client
        self._address = address
        self._ttl_seconds = int(ttl_minutes * 60)

    async def asetup(self) -> None:
        """Make ready for the running event loop; creates nothing in Redis.

        Raises:
            ServerUnavailableError: Redis does not answer, or has no JSON module.
        """
        self.loop = asyncio.get_running_loop()
        self.cluster_mode = False
        try:
            await self._send(("JSON.GET", _PREFIX))
        except ResponseError as error:
            raise ServerUnavailableError(
                f"Redis at {self._address} has no JSON module ({error}): give REDIS_URL a Redis 8 or later, "
                "or unset it for the embedded server"
            ) from error

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
        stream_mode: str = "values",
    ) -> RunnableConfig:
        """Store a checkpoint, register it and point to it, all or nothing.

        Raises:
            StateTypeError: the state holds a value that would not come back as it was.
            ServerUnavailableError: Redis does not answer.
        """
        thread_id, namespace = _thread_and_namespace(config)
        where = config.get("configurable", {})
        run_id = str(where.get("run_id") or metadata.get("run_id") or "")
        key = self._make_redis_checkpoint_key(thread_id, namespace, checkpoint["id"])
        document = {
            "thread_id": thread_id,
            "run_id": run_id,
            "checkpoint_ns": to_storage_safe_str(namespace),
            "checkpoint_id": to_storage_safe_id(checkpoint["id"]),
            "parent_checkpoint_id": where.get("checkpoint_id") or "",
            "checkpoint": self._dump_checkpoint(checkpoint),
            # it describes, and only filters read it: what is not JSON is kept as text
            "metadata": json.dumps(metadata, default=str),
        }
        latest = self._make_redis_checkpoint_latest_key(thread_id, namespace)
        note_begun(thread_id)
        try:
            await self._send(
                ("JSON.SET", key, "$", json.dumps(document)),
                ("EXPIRE", key, self._ttl_seconds),
                ("SET", latest, key, "EX", self._ttl_seconds),
                *self._registering("HSET", _Place(thread_id, namespace, checkpoint["id"], True, run_id)),
            )
        except ServerUnavailableError as error:
            note_lost(thread_id, error)
            raise
        if not namespace:
            note_saved(thread_id, checkpoint["id"])
        return _config(thread_id, namespace, checkpoint["id"])

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what one task wrote after a checkpoint, all or nothing; the same again replaces it.

        Raises:
            StateTypeError: a value would not come back as it was.
            ServerUnavailableError: Redis does not answer.
        """
        if not writes:
            return
        thread_id, namespace = _thread_and_namespace(config)
        checkpoint_id = str(config.get("configurable", {})["checkpoint_id"])
        key = self._make_redis_checkpoint_writes_key(thread_id, namespace, checkpoint_id, "all", None)
        fields: list[str | bytes] = []
        for position, (channel, value) in enumerate(writes):
            index = WRITES_IDX_MAP.get(channel, position)
            kind, blob = self.serde.dumps_typed(value)
            fields += [
                f"{task_id}|{index}",
                ormsgpack.packb([task_id, task_path, index, channel, kind, blob]),
            ]
        await self._send(
            ("HSET", key, *fields),
            ("EXPIRE", key, self._ttl_seconds),
            # they may arrive before their checkpoint, and must not erase the run that made it
            *self._registering("HSETNX", _Place(thread_id, namespace, checkpoint_id)),
        )

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, else the latest of its thread and namespace.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        with self._reachable():
            found = await super().aget_tuple(config)
        thread_id, namespace = _thread_and_namespace(config)
        if found is not None and not namespace:
            note_saved(thread_id, found.checkpoint["id"])
        return found

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Checkpoints newest first: of a thread, of one namespace if `config` names one, or of all threads.

        Args:
            config: thread, and optionally namespace and checkpoint id; None lists every thread.
            filter: metadata keys with the values they must equal.
            before: only checkpoints older than this one.
            limit: how many at most.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        wanted = (config or {}).get("configurable", {})
        oldest_excluded = (before or {}).get("configurable", {}).get("checkpoint_id")
        threads = [str(wanted["thread_id"])] if "thread_id" in wanted else await self.athreads()
        places = [place for thread in threads for place in await self._registered(thread) if place.stored]
        given = 0
        for place in sorted(places, key=lambda place: place.checkpoint_id, reverse=True):
            if limit is not None and given >= limit:
                return
            if wanted.get("checkpoint_ns") not in (None, place.namespace):
                continue
            if wanted.get("checkpoint_id") not in (None, "", place.checkpoint_id):
                continue
            if oldest_excluded and place.checkpoint_id >= oldest_excluded:
                continue
            found = await self.aget_tuple(_config(place.thread_id, place.namespace, place.checkpoint_id))
            if found is None:  # expired
                continue
            described = cast("dict[str, Any]", found.metadata)
            if any(described.get(name) != value for name, value in (filter or {}).items()):
                continue
            given += 1
            yield found

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete everything that Redis holds of a thread.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        await self._drop(str(thread_id), await self._registered(str(thread_id)))

    async def adelete_conversations(self, workspace: str) -> int:
        """Delete the threads that quote a workspace, of questions and of decisions; gives how many.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        dropped = 0
        for thread in await self.athreads():
            latest = await self.aget_tuple(_config(thread, "", None))
            held = latest.checkpoint["channel_values"] if latest else {}
            # a decision that could not be made has not said of which workspace it was to be
            of = held.get("workspace", workspace if "decision" in held else None)
            if held.keys() & {"messages", "decision"} and of == workspace:
                await self.adelete_thread(thread)
                dropped += 1
        return dropped

    async def adump_thread(self, thread_id: str) -> list["CopiedKey"]:
        """Everything that Redis holds of a thread, of one moment.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        register = _register_key(thread_id)
        with self._reachable():
            while True:
                async with self._client.pipeline() as pipeline:
                    await pipeline.watch(register)
                    keys = [register, *self._keys(await self._registered(thread_id))]
                    pipeline.multi()
                    for key in keys:
                        pipeline.execute_command("DUMP", key)  # pyright: ignore[reportUnknownMemberType]
                        pipeline.execute_command("PTTL", key)  # pyright: ignore[reportUnknownMemberType]
                    try:
                        answers = await pipeline.execute()
                    except WatchError:  # somebody wrote to it meanwhile
                        continue
                values, lives = answers[::2], answers[1::2]
                found = zip(keys, values, lives, strict=True)
                return [
                    CopiedKey(key, max(life, 0), value) for key, value, life in found if value is not None
                ]

    async def arestore(self, copied: Iterable["CopiedKey"]) -> None:
        """Put back what `adump_thread` gave.

        Raises:
            BackupError: it was taken from a Redis whose form this one does not read.
            ServerUnavailableError: Redis does not answer.
        """
        try:
            await self._send(*(("RESTORE", one.key, one.ttl, one.value, "REPLACE") for one in copied))
        except ResponseError as error:
            raise BackupError(
                f"Redis at {self._address} cannot read what another Redis wrote ({error})"
            ) from error

    def _keys(self, places: Iterable["_Place"]) -> set[str]:
        """Where the checkpoints of these places are, with their writes, and what points to the latest."""
        keys = set[str]()
        for place in places:
            where = place.thread_id, place.namespace, place.checkpoint_id
            keys.add(self._make_redis_checkpoint_key(*where))
            keys.add(self._make_redis_checkpoint_writes_key(*where, "all", None))
            keys.add(self._make_redis_checkpoint_latest_key(place.thread_id, place.namespace))
        return keys

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Delete the checkpoints that these runs made, in whichever threads.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        runs = {str(run_id) for run_id in run_ids}
        for thread in await self.athreads():
            made = [
                place for place in await self._registered(thread) if place.stored and place.run_id in runs
            ]
            if made:
                await self._drop(thread, made)

    async def aprune(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, thread_ids: Sequence[str], *, strategy: str = "keep_latest"
    ) -> None:
        """Shrink finished threads.

        Args:
            thread_ids: threads without a running run; unknown ones are passed over.
            strategy: "keep_latest" leaves the last checkpoint of each namespace (a conversation goes on from
                it); "delete" leaves nothing.

        Raises:
            ValueError: another strategy.
            ServerUnavailableError: Redis does not answer.
        """
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f'strategy {strategy!r}: give "keep_latest" or "delete"')
        for thread in map(str, thread_ids):
            places = await self._registered(thread)
            kept = _newest(places) if strategy == "keep_latest" else {}
            await self._drop(thread, [place for place in places if kept.get(place.namespace) != place])

    async def aget_channel_values(
        self,
        thread_id: str,
        checkpoint_ns: str = "",
        checkpoint_id: str = "",
        channel_versions: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Nothing: the values are inside the checkpoint's blob, which `_load_checkpoint` opens."""
        return {}

    def _dump_checkpoint(self, checkpoint: Checkpoint) -> dict[str, Any]:
        kind, blob = self.serde.dumps_typed(checkpoint)
        return {"type": kind, "blob": base64.b64encode(blob).decode()}

    def _load_checkpoint(
        self, checkpoint: dict[str, Any] | str, channel_values: dict[str, Any], pending_sends: list[Any]
    ) -> Checkpoint:
        stored = cast("dict[str, str]", json.loads(checkpoint) if isinstance(checkpoint, str) else checkpoint)
        return self.serde.loads_typed((stored["type"], base64.b64decode(stored["blob"])))

    async def _aload_pending_sends(
        self, thread_id: str, checkpoint_ns: str = "", parent_checkpoint_id: str = ""
    ) -> list[Any]:
        return []  # since checkpoint format 4 a Send is a value of its own channel

    async def _aload_pending_writes(
        self, thread_id: str, checkpoint_ns: str = "", checkpoint_id: str = ""
    ) -> list[PendingWrite]:
        key = self._make_redis_checkpoint_writes_key(thread_id, checkpoint_ns, checkpoint_id, "all", None)
        packed = cast("list[dict[bytes, bytes]]", await self._send(("HGETALL", key)))[0]
        writes = sorted(cast("list[_Write]", [ormsgpack.unpackb(value) for value in packed.values()]))
        return [
            (task_id, channel, self.serde.loads_typed((kind, blob)))
            for task_id, _, _, channel, kind, blob in writes
        ]

    def _registering(self, command: Literal["HSET", "HSETNX"], place: "_Place") -> Iterator[_Command]:
        register = _register_key(place.thread_id)
        value = f"+{place.run_id}" if place.stored else ""
        yield command, register, f"{place.checkpoint_id}|{place.namespace}", value
        yield "EXPIRE", register, self._ttl_seconds

    async def _registered(self, thread_id: str) -> list["_Place"]:
        answers = await self._send(("HGETALL", _register_key(thread_id)))
        places: list[_Place] = []
        for field, value in cast("list[dict[bytes, bytes]]", answers)[0].items():
            checkpoint_id, namespace = field.decode().split("|", 1)
            places.append(_Place(thread_id, namespace, checkpoint_id, value != b"", value[1:].decode()))
        return places

    async def athreads(self) -> set[str]:
        """All threads of which Redis holds checkpoints.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        prefix = _register_key("")
        cursor, threads = -1, set[str]()
        while cursor != 0:
            answers = await self._send(("SCAN", max(cursor, 0), "MATCH", f"{prefix}*", "COUNT", 1000))
            cursor, keys = cast("list[tuple[int, list[bytes]]]", answers)[0]
            threads.update(key.decode().removeprefix(prefix) for key in keys)
        return threads

    async def _drop(self, thread_id: str, places: Sequence["_Place"]) -> None:
        """Delete these checkpoints with their writes, and point to the newest that is left."""
        left = _newest(set(await self._registered(thread_id)).difference(places))
        commands: list[_Command] = []
        for place in places:
            where = thread_id, place.namespace, place.checkpoint_id
            document = self._make_redis_checkpoint_key(*where)
            writes = self._make_redis_checkpoint_writes_key(*where, "all", None)
            commands.append(("DEL", document, writes))
            field = f"{place.checkpoint_id}|{place.namespace}"
            commands.append(("HDEL", _register_key(thread_id), field))
        for namespace in {place.namespace for place in places}:
            latest = self._make_redis_checkpoint_latest_key(thread_id, namespace)
            if kept := left.get(namespace):
                key = self._make_redis_checkpoint_key(thread_id, namespace, kept.checkpoint_id)
                commands.append(("SET", latest, key, "EX", self._ttl_seconds))
            else:
                commands.append(("DEL", latest))
        await self._send(*commands)

    async def _send(self, *commands: _Command) -> list[Any]:
        """Run the commands in one round trip, all or nothing; their answers in order."""
        with self._reachable():
            async with self._client.pipeline(transaction=len(commands) > 1) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)  # pyright: ignore[reportUnknownMemberType]
                return await pipeline.execute()

    @contextlib.contextmanager
    def _reachable(self) -> Generator[None]:
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
                    f"Redis at {self._address} has no connection left ({error}): end what else uses it, or "
                    "raise its maxclients; what is done is kept, and the same command goes on"
                ) from error
            raise ServerUnavailableError(
                f"Redis at {self._address} does not answer ({error}): start it and check REDIS_URL, or unset "
                "REDIS_URL for the embedded server; what is done is kept, and the same command goes on"
            ) from error

    def _refusing(self, error: Exception) -> ServerUnavailableError:
        return ServerUnavailableError(
            f"Redis at {self._address} takes no writes ({error}): give it memory, disk and the right to "
            "write, or point REDIS_URL at another; what is done is kept, and the same command goes on"
        )


class CopiedKey(NamedTuple):
    """A key of Redis as DUMP gives it; it lives for `ttl` milliseconds more, 0: for ever."""

    key: str
    ttl: int
    value: bytes


class _Place(NamedTuple):
    """An entry of a thread's register; not `stored` while only the writes of its tasks have come."""

    thread_id: str
    namespace: str
    checkpoint_id: str
    stored: bool = False
    run_id: str = ""


def _newest(places: Iterable[_Place]) -> dict[str, _Place]:
    """The newest stored checkpoint of each namespace; ids are UUID6 and sort by time."""
    newest: dict[str, _Place] = {}
    for place in sorted(places, key=lambda place: place.checkpoint_id):
        if place.stored:
            newest[place.namespace] = place
    return newest


def _register_key(thread_id: str) -> str:
    return f"{_PREFIX}_register:{thread_id}"


def _thread_and_namespace(config: RunnableConfig) -> tuple[str, str]:
    where = config.get("configurable", {})
    return str(where["thread_id"]), str(where.get("checkpoint_ns", ""))


def _config(thread_id: str, namespace: str, checkpoint_id: str | None) -> RunnableConfig:
    where = {"thread_id": thread_id, "checkpoint_ns": namespace}
    return {"configurable": where | ({"checkpoint_id": checkpoint_id} if checkpoint_id else {})}


@contextlib.asynccontextmanager
async def open_checkpoints(redis_url: str) -> AsyncGenerator[Checkpoints]:
    """A ready checkpointer for the running event loop.

    Args:
        redis_url: redis://, rediss:// or unix://; a Redis 8, or one with the JSON module.

    Raises:
        ServerUnavailableError: Redis does not answer, or has no JSON module.
        SettingError: the address is none.
    """
    try:
        pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
            redis_url,
            max_connections=_POOL_SIZE,
            timeout=_POOL_TIMEOUT,
            socket_timeout=SILENCE,
            socket_connect_timeout=CONNECT_TIMEOUT,
        )
    except ValueError as error:
        raise SettingError(f"REDIS_URL: {error}") from error
    client = Redis(connection_pool=pool)
    try:
        checkpoints = Checkpoints(client, _without_password(redis_url))
        await checkpoints.asetup()
        yield checkpoints
    finally:
        await client.aclose()
        await pool.aclose()


@contextlib.asynccontextmanager
async def checkpointer() -> AsyncGenerator[Checkpoints]:
    """What `langgraph.json` names: the server enters it once for each of its event loops.

    Raises:
        ServerUnavailableError: Redis does not answer, or the embedded one does not start.
        SettingError: a setting cannot be read.
    """
    chosen = await asyncio.to_thread(settings)
    servers = await asyncio.to_thread(
        start_servers, chosen.home, database_url=chosen.database_url, redis_url=chosen.redis_url
    )
    async with open_checkpoints(servers.redis_url) as checkpoints:
        yield checkpoints


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
