"""Which checkpoints each thread has in Redis: a register a thread, that listing and deleting follow."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from stores.redis_server import Command, RedisServer


class Place(NamedTuple):
    """An entry of a thread's register; not `stored` while only the writes of its tasks have come."""

    thread_id: str
    namespace: str
    checkpoint_id: str
    stored: bool = False
    run_id: str = ""


class Register:
    """The registers of all threads, under keys that begin with a prefix."""

    def __init__(self, server: RedisServer, prefix: str, ttl_seconds: int) -> None:
        self._server = server
        self._prefix = prefix
        self._ttl_seconds = ttl_seconds

    def key(self, thread_id: str) -> str:
        """Where the register of a thread is."""
        return f"{self._prefix}:{thread_id}"

    def adding(self, place: Place) -> Iterator[Command]:
        """The commands that enter a place, to be sent with what they list.

        Writes may arrive before their checkpoint, and must not erase the run that made it.
        """
        register = self.key(place.thread_id)
        command, value = ("HSET", f"+{place.run_id}") if place.stored else ("HSETNX", "")
        yield command, register, _field(place), value
        yield "EXPIRE", register, self._ttl_seconds

    def removing(self, place: Place) -> Command:
        """The command that takes a place out, to be sent with what deletes it."""
        return "HDEL", self.key(place.thread_id), _field(place)

    async def places(self, thread_id: str) -> list[Place]:
        """What is entered of a thread.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        answers = await self._server.send(("HGETALL", self.key(thread_id)))
        places: list[Place] = []
        for field, value in cast("list[dict[bytes, bytes]]", answers)[0].items():
            checkpoint_id, namespace = field.decode().split("|", 1)
            places.append(Place(thread_id, namespace, checkpoint_id, value != b"", value[1:].decode()))
        return places

    async def threads(self) -> set[str]:
        """All threads that have a register.

        Raises:
            ServerUnavailableError: Redis does not answer.
        """
        prefix = self.key("")
        cursor, threads = -1, set[str]()
        while cursor != 0:
            answers = await self._server.send(("SCAN", max(cursor, 0), "MATCH", f"{prefix}*", "COUNT", 1000))
            cursor, keys = cast("list[tuple[int, list[bytes]]]", answers)[0]
            threads.update(key.decode().removeprefix(prefix) for key in keys)
        return threads


def newest(places: Iterable[Place]) -> dict[str, Place]:
    """The newest stored checkpoint of each namespace; ids are UUID6 and sort by time."""
    found: dict[str, Place] = {}
    for place in sorted(places, key=lambda place: place.checkpoint_id):
        if place.stored:
            found[place.namespace] = place
    return found


def _field(place: Place) -> str:
    return f"{place.checkpoint_id}|{place.namespace}"
