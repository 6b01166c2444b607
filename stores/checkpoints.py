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
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from typing import Any, cast

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
from redis.exceptions import ResponseError

from stores.checkpoint_register import Place, Register, newest
from stores.checkpoint_values import CheckedSerializer
from stores.embedded import start_servers
from stores.errors import ServerUnavailableError
from stores.redis_server import Command, CopiedKey, RedisServer, open_redis
from stores.saved_checkpoints import note_begun, note_lost, note_saved
from stores.settings import settings

_ABANDONED_AFTER = 7 * 24 * 60 * 60  # seconds; a thread that nobody wrote to for so long is dropped by Redis
_PREFIX = "smart-meet:checkpoint"  # a Redis may serve other applications of LangGraph too
_Write = tuple[str, str, int, str, str, bytes]  # task id, task path, index, channel, type, value


class Checkpoints(AsyncRedisSaver):
    """Where the graphs keep their state between steps.

    Redis needs the JSON module and no search. Graph state is plain JSON types; dates, UUIDs and LangChain
    messages also come back as they were; any other type is refused when written. Graphs with a DeltaChannel
    are not for `aprune`, which drops the ancestors that such a channel is rebuilt from.
    """

    def __init__(self, server: RedisServer) -> None:
        super().__init__(
            redis_client=server.client,
            ttl={"default_ttl": _ABANDONED_AFTER / 60, "refresh_on_read": False},
            checkpoint_prefix=_PREFIX,
            checkpoint_write_prefix=f"{_PREFIX}_writes",
        )
        self.serde = CheckedSerializer()
        self._server = server
        self._register = Register(server, f"{_PREFIX}_register", _ABANDONED_AFTER)

    async def asetup(self) -> None:
        """Make ready for the running event loop; creates nothing in Redis.

        Raises:
            ServerUnavailableError: Redis does not answer, or has no JSON module.
        """
        self.loop = asyncio.get_running_loop()
        self.cluster_mode = False
        try:
            await self._server.send(("JSON.GET", _PREFIX))
        except ResponseError as error:
            raise ServerUnavailableError(
                f"Redis at {self._server.address} has no JSON module ({error}): give REDIS_URL a Redis 8 "
                "or later, or unset it for the embedded server"
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
            await self._server.send(
                ("JSON.SET", key, "$", json.dumps(document)),
                ("EXPIRE", key, _ABANDONED_AFTER),
                ("SET", latest, key, "EX", _ABANDONED_AFTER),
                *self._register.adding(Place(thread_id, namespace, checkpoint["id"], True, run_id)),
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
        await self._server.send(
            ("HSET", key, *fields),
            ("EXPIRE", key, _ABANDONED_AFTER),
            *self._register.adding(Place(thread_id, namespace, checkpoint_id)),
        )

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, else the latest of its thread and namespace.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        with self._server.reachable():
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
        places = [
            place for thread in threads for place in await self._register.places(thread) if place.stored
        ]
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

    async def athreads(self) -> set[str]:
        """All threads of which Redis holds checkpoints.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        return await self._register.threads()

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete everything that Redis holds of a thread.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        await self._drop(str(thread_id), await self._register.places(str(thread_id)))

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

    async def adump_thread(self, thread_id: str) -> list[CopiedKey]:
        """Everything that Redis holds of a thread, of one moment.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """

        async def held() -> set[str]:
            return self._keys(await self._register.places(thread_id))

        return await self._server.copied(self._register.key(thread_id), held)

    async def arestore(self, copied: Iterable[CopiedKey]) -> None:
        """Put back what `adump_thread` gave.

        Raises:
            BackupError: it was taken from a Redis whose form this one does not read.
            ServerUnavailableError: Redis does not answer.
        """
        await self._server.put_back(copied)

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Delete the checkpoints that these runs made, in whichever threads.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        runs = {str(run_id) for run_id in run_ids}
        for thread in await self.athreads():
            made = [
                place
                for place in await self._register.places(thread)
                if place.stored and place.run_id in runs
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
            places = await self._register.places(thread)
            kept = newest(places) if strategy == "keep_latest" else {}
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
        packed = cast("list[dict[bytes, bytes]]", await self._server.send(("HGETALL", key)))[0]
        writes = sorted(cast("list[_Write]", [ormsgpack.unpackb(value) for value in packed.values()]))
        return [
            (task_id, channel, self.serde.loads_typed((kind, blob)))
            for task_id, _, _, channel, kind, blob in writes
        ]

    def _keys(self, places: Iterable[Place]) -> set[str]:
        """Where the checkpoints of these places are, with their writes, and what points to the latest."""
        keys = set[str]()
        for place in places:
            where = place.thread_id, place.namespace, place.checkpoint_id
            keys.add(self._make_redis_checkpoint_key(*where))
            keys.add(self._make_redis_checkpoint_writes_key(*where, "all", None))
            keys.add(self._make_redis_checkpoint_latest_key(place.thread_id, place.namespace))
        return keys

    async def _drop(self, thread_id: str, places: Sequence[Place]) -> None:
        """Delete these checkpoints with their writes, and point to the newest that is left."""
        left = newest(set(await self._register.places(thread_id)).difference(places))
        commands: list[Command] = []
        for place in places:
            where = thread_id, place.namespace, place.checkpoint_id
            document = self._make_redis_checkpoint_key(*where)
            writes = self._make_redis_checkpoint_writes_key(*where, "all", None)
            commands.append(("DEL", document, writes))
            commands.append(self._register.removing(place))
        for namespace in {place.namespace for place in places}:
            latest = self._make_redis_checkpoint_latest_key(thread_id, namespace)
            if kept := left.get(namespace):
                key = self._make_redis_checkpoint_key(thread_id, namespace, kept.checkpoint_id)
                commands.append(("SET", latest, key, "EX", _ABANDONED_AFTER))
            else:
                commands.append(("DEL", latest))
        await self._server.send(*commands)


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
    async with open_redis(redis_url) as server:
        checkpoints = Checkpoints(server)
        await checkpoints.asetup()
        yield checkpoints


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
