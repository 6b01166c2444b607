"""Whatever comes in whatever order, the same is known: meetings, once or twice, replaced and replaced back,
or forgotten again, and what people decide meanwhile, or take back."""

from collections.abc import Awaitable, Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.ingestion import Ingestions
from graphs.forget import graph as forgetting
from nodes.context import Context
from nodes.forget_state import ForgetInput
from stores.opening import Stores
from tests.ingest.conftest import FreshIngestions
from tests.ingest.knowing import Known, decide, ingest, known, undone
from tests.ingest.meetings import meeting

FIRST = meeting(1, "Ada Nilsson: Tide Gauge is planned. I own the Tide Gauge.", "Tom: Sea Wall is at risk.")
SECOND = meeting(
    2,
    "Cleo Marsh: The Crane Scheduler is blocked by the vendor. Tide Gauges is at risk.",
    "Tom Becker: I own the Crane Scheduler.",
)
SECOND_OTHERWISE = meeting(
    2,
    "Cleo Marsh: The Crane Scheduler is planned. Tide Gauges is planned.",
    "Ada Nilsson: Sea Wall is completed.",
)
THIRD = meeting(
    3,
    "Ada Nilsson: Tide Gauge is in progress. The Crane Scheduler is in progress.",
    "Tom Becker: Sea Wall is due on Friday.",
)
FORGOTTEN = meeting(
    4,
    "Tom Hansen: Tide Gauge is completed. Sea Wall is cancelled. Quay Planner is blocked.",
    "Ada Nilsson: I own the Sea Wall.",
)


class Happening:
    """One workspace and what happens in it; every method is something that may happen."""

    def __init__(self, ingestions: Ingestions) -> None:
        self._ingestions = ingestions
        self._number = 0

    async def first(self) -> None:
        assert await ingest(self._ingestions, [FIRST]) == ["ingested"]

    async def second(self) -> None:
        assert await ingest(self._ingestions, [SECOND]) == ["ingested"]

    async def third(self) -> None:
        assert await ingest(self._ingestions, [THIRD]) == ["ingested"]

    async def third_again(self) -> None:
        assert await ingest(self._ingestions, [THIRD]) == ["known"]

    async def second_replaced(self) -> None:
        assert await ingest(self._ingestions, [SECOND_OTHERWISE]) == ["replaced"]

    async def second_back(self) -> None:
        assert await ingest(self._ingestions, [SECOND]) == ["replaced"]

    async def another(self) -> None:
        assert await ingest(self._ingestions, [FORGOTTEN]) == ["ingested"]

    async def another_forgotten(self) -> None:
        await forgetting.ainvoke(ForgetInput(meeting="harbour-4"), context=Context())  # pyright: ignore[reportUnknownMemberType]

    async def state(self) -> None:
        await decide("state", entity="Tide Gauge", field="status", value="on hold", date="2026-01-15")

    async def state_of_a_meeting(self) -> None:
        await decide("state", entity="Sea Wall", field="status", value="blocked", meeting="harbour-1")

    async def one_name(self) -> None:
        await decide("accept", name="Tide Gauge", other="Tide Gauges")

    async def type(self) -> None:
        await decide("type", entity="Crane Scheduler", type="system")

    async def cleared(self) -> None:
        given = {"entity": "Crane Scheduler", "field": "status", "date": "2026-01-22"}
        self._number = (await decide("clear", **given)).number or 0

    async def cleared_undone(self) -> None:
        await undone(self._number)


AFTER: dict[Callable[[Happening], Awaitable[None]], tuple[Callable[[Happening], Awaitable[None]], ...]] = {
    Happening.first: (),
    Happening.second: (),
    Happening.third: (),
    Happening.third_again: (Happening.third,),
    Happening.second_replaced: (Happening.second,),
    Happening.second_back: (Happening.second_replaced,),
    Happening.another: (),
    Happening.another_forgotten: (Happening.another,),
    Happening.state: (Happening.first,),
    Happening.state_of_a_meeting: (Happening.first,),
    Happening.one_name: (Happening.first, Happening.second),
    Happening.type: (Happening.second,),
    Happening.cleared: (Happening.second,),
    Happening.cleared_undone: (Happening.cleared,),
}
"""What may happen, and what must have happened before."""
ALL = list(range(len(AFTER)))
_known: list[Known] = []


def in_order(priorities: list[int]) -> list[Callable[[Happening], Awaitable[None]]]:
    """All that happens, by these priorities where nothing else must come first."""
    left = [list(AFTER)[place] for place in priorities]
    done: list[Callable[[Happening], Awaitable[None]]] = []
    while left:
        done.append(next(one for one in left if all(before in done for before in AFTER[one])))
        left.remove(done[-1])
    return done


async def known_without_numbers(stores: Stores) -> Known:
    """What is known, without what tells how many decisions came before one."""
    found = await known(stores)
    kept = await stores.database.rows(b"select meeting_id from meeting_versions where kind = 'correction'")
    by_hand = {row["meeting_id"] for row in kept}
    states = [(*row[:-1], None if row[-1] in by_hand else row[-1]) for row in found["states"]]
    moves = [(*row[1:9], None if row[9] in by_hand else row[9], *row[10:]) for row in found["transitions"]]
    others = {
        name: [row for row in rows if not by_hand & set(row)]
        for name, rows in found.items()
        if name not in ("states", "transitions")
    }
    return {"states": sorted(states, key=repr), "transitions": sorted(moves, key=repr)} | others


def differences(found: Known, expected: Known) -> list[str]:
    """Rows that one has and the other has not."""
    return [
        f"{name}: {row} {'is more' if row in found[name] else 'is missing'}"
        for name in expected
        for row in {*found[name]} ^ {*expected[name]}
    ]


@given(priorities=st.permutations(ALL))
@example(priorities=ALL)
@settings(max_examples=1)
async def test_whatever_happens_in_whatever_order_the_same_is_known(
    priorities: list[int], fresh_ingestions: FreshIngestions
) -> None:
    async with fresh_ingestions() as ingestions:
        happening = Happening(ingestions)
        for one in in_order(priorities):
            await one(happening)
        found = await known_without_numbers(ingestions.stores)
    if not _known:  # of the first order
        assert found["transitions"]
        _known.append(found)
    assert differences(found, _known[0]) == []
