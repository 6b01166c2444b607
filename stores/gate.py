"""The one gate that all calls of an endpoint go through: how many at once, how often, for how long."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

Given = TypeVar("Given")


class AttemptFailed(Exception):
    """One call failed.

    Attributes:
        reason: in words, without secrets.
        retry_after: seconds that the endpoint asks to be left alone.
        is_final: a further try would fail alike.
        is_outage: the endpoint is to blame rather than what it was asked; outages open the breaker.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        is_final: bool = False,
        is_outage: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.is_final = is_final
        self.is_outage = is_outage


@dataclass(frozen=True, slots=True)
class Limits:
    """How calls go through the gate; times in seconds.

    Attributes:
        at_once: most calls in work at the same time; who waits to try again holds no place.
        attempts: tries of one call.
        first_wait: pause before the second try; it doubles, and is stretched by up to a half at random.
        longest_wait: a Retry-After of more than this ends the call.
        timeout: of one try, from when it has its place.
        broken_after: so many calls in a row that ended in an outage open the breaker.
        rest: how long it then stays open; every call fails at once. The next outage after it opens it again.
    """

    at_once: int = 8
    attempts: int = 3
    first_wait: float = 1.0
    longest_wait: float = 60.0
    timeout: float = 60.0
    broken_after: int = 5
    rest: float = 30.0


class Gate:
    """A gate of one event loop."""

    def __init__(self, limits: Limits, places: asyncio.Semaphore | None = None) -> None:
        """A gate with these limits.

        Args:
            places: those of `places_of`, where other calls take them too; default: its own.
        """
        self._limits = limits
        self._places = places or asyncio.Semaphore(limits.at_once)
        self._outages = 0
        self._closed_until = 0.0
        self._last_reason = ""
        self._left_alone_until = 0.0

    async def through(self, call: Callable[[], Awaitable[Given]]) -> Given:
        """What the call gives, tried as often as the limits allow.

        Args:
            call: one try; raises AttemptFailed.

        Raises:
            AttemptFailed: the last try's failure, or the news that the endpoint is left alone for now.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                given = await self._try(call)
            except AttemptFailed as failure:
                wait = self._wait_after(attempt, failure)
                if wait is None:
                    self._note_end(failure)
                    raise
                await asyncio.sleep(wait)
            else:
                self._outages = 0
                return given

    async def _try(self, call: Callable[[], Awaitable[Given]]) -> Given:
        async with self._places:
            await self._left_alone()
            self._check_breaker()
            try:
                async with asyncio.timeout(self._limits.timeout):
                    return await call()
            except TimeoutError as error:
                raise AttemptFailed(
                    f"no answer within {self._limits.timeout:g} s (SMART_MEET_MODEL_TIMEOUT)", is_outage=True
                ) from error

    def _check_breaker(self) -> None:
        left = self._closed_until - _now()
        if left > 0:
            raise AttemptFailed(
                f"{self._outages} calls in a row failed, so it is left alone for another {left:.0f} s; "
                f"the last failure: {self._last_reason}",
                is_final=True,
            )

    async def _left_alone(self) -> None:
        """Wait until the time for which the endpoint asked, of whichever call, is over."""
        while True:
            left = self._left_alone_until - _now()
            if left <= 0:
                return
            await asyncio.sleep(left)

    def _wait_after(self, attempt: int, failure: AttemptFailed) -> float | None:
        """Seconds before the next try; None when there is none."""
        asked = failure.retry_after or 0.0
        if asked and asked <= self._limits.longest_wait:
            self._left_alone_until = max(self._left_alone_until, _now() + asked)
        if failure.is_final or attempt >= self._limits.attempts or asked > self._limits.longest_wait:
            return None
        stretched = 1 + random.random() / 2  # so that those who failed together do not come back together
        return max(asked, self._limits.first_wait * 2 ** (attempt - 1) * stretched)

    def _note_end(self, failure: AttemptFailed) -> None:
        if not failure.is_outage:
            return
        self._outages += 1
        self._last_reason = failure.reason
        if self._outages >= self._limits.broken_after:
            self._closed_until = _now() + self._limits.rest


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str | None, int], asyncio.Semaphore]] = (
    WeakKeyDictionary()
)


def places_of(base_url: str | None, at_once: int) -> asyncio.Semaphore:
    """The places of an endpoint, shared by all that this event loop asks of it, whatever the model.

    No more than the places is shared: a chat model that fails keeps no embedding from being made.
    """
    known = _places.setdefault(asyncio.get_running_loop(), {})
    return known.setdefault((base_url, at_once), asyncio.Semaphore(at_once))


def _now() -> float:
    return asyncio.get_running_loop().time()
