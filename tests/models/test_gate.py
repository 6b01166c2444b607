import asyncio
from collections.abc import Awaitable, Callable

import pytest

from stores.gate import AttemptFailed, Gate, Limits

Call = Callable[[], Awaitable[str]]


def failing(times: int | None, **how: bool | float) -> tuple[Call, list[float]]:
    """A call that fails so many times (None: always) and then answers, and when it was made."""
    made: list[float] = []

    async def call() -> str:
        made.append(asyncio.get_running_loop().time())
        if times is None or len(made) <= times:
            raise AttemptFailed(f"failure {len(made)}", **how)  # type: ignore[arg-type]
        return "answer"

    return call, made


async def test_a_call_is_tried_three_times_and_no_more() -> None:
    call, made = failing(2)
    assert await Gate(Limits(first_wait=0)).through(call) == "answer"
    assert len(made) == 3
    call, made = failing(None)
    with pytest.raises(AttemptFailed, match="failure 3"):
        await Gate(Limits(first_wait=0)).through(call)
    assert len(made) == 3


async def test_the_pause_before_a_further_try_doubles() -> None:
    call, made = failing(2)
    await Gate(Limits(first_wait=0.04)).through(call)
    assert made[1] - made[0] >= 0.04
    assert made[2] - made[1] >= 0.08


async def test_what_would_fail_alike_is_not_tried_again() -> None:
    call, made = failing(None, is_final=True)
    with pytest.raises(AttemptFailed):
        await Gate(Limits(first_wait=0)).through(call)
    assert len(made) == 1


async def test_retry_after_is_obeyed_by_every_call() -> None:
    gate = Gate(Limits(first_wait=0))
    refused, times = failing(1, retry_after=0.1)
    other, other_times = failing(0)
    first = asyncio.create_task(gate.through(refused))
    while not times:  # noqa: ASYNC110  # the call has no event to wait for
        await asyncio.sleep(0)
    await gate.through(other)
    await first
    assert times[1] - times[0] >= 0.1
    assert other_times[0] - times[0] >= 0.1


async def test_who_asks_to_be_left_alone_for_long_is_not_asked_again() -> None:
    call, made = failing(None, retry_after=3600)
    with pytest.raises(AttemptFailed):
        await Gate(Limits(first_wait=0)).through(call)
    assert len(made) == 1


async def test_only_so_many_calls_are_in_work_at_once() -> None:
    gate, in_work, most = Gate(Limits(at_once=3)), 0, 0

    async def call() -> None:
        nonlocal in_work, most
        in_work += 1
        most = max(most, in_work)
        await asyncio.sleep(0.001)
        in_work -= 1

    await asyncio.gather(*(gate.through(call) for _ in range(20)))
    assert most == 3


async def test_the_timeout_of_a_call_starts_when_it_does_and_not_while_it_waits_for_its_place() -> None:
    gate = Gate(Limits(at_once=1, attempts=1, timeout=1))

    async def call() -> str:
        await asyncio.sleep(0.1)
        return "answer"

    assert await asyncio.gather(*(gate.through(call) for _ in range(11))) == ["answer"] * 11


async def test_a_call_without_an_answer_ends() -> None:
    with pytest.raises(AttemptFailed, match=r"no answer within 0\.01 s"):
        await Gate(Limits(first_wait=0, timeout=0.01)).through(lambda: asyncio.sleep(60, "never"))


async def test_after_outages_in_a_row_the_endpoint_is_left_alone() -> None:
    gate = Gate(Limits(first_wait=0, broken_after=2, rest=3600))
    call, made = failing(None, is_outage=True)
    for _ in range(2):
        with pytest.raises(AttemptFailed, match="failure"):
            await gate.through(call)
    before = len(made)
    with pytest.raises(AttemptFailed, match=r"2 calls in a row failed.*failure 6"):
        await gate.through(call)
    assert len(made) == before


async def test_an_endpoint_that_was_left_alone_for_a_while_is_asked_again() -> None:
    gate = Gate(Limits(first_wait=0, broken_after=2, rest=0.01))
    call, _ = failing(None, is_outage=True)
    for _ in range(2):
        with pytest.raises(AttemptFailed, match="failure"):
            await gate.through(call)
    await asyncio.sleep(0.02)
    works, _ = failing(0)
    assert await gate.through(works) == "answer"
    with pytest.raises(AttemptFailed, match="failure"):  # one is not two in a row
        await gate.through(call)
    assert await gate.through(works) == "answer"


async def test_answers_that_cannot_be_used_do_not_open_the_breaker() -> None:
    gate = Gate(Limits(first_wait=0, broken_after=1))
    call, _ = failing(None)
    with pytest.raises(AttemptFailed):
        await gate.through(call)
    works, _ = failing(0)
    assert await gate.through(works) == "answer"
