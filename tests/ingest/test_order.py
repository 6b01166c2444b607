"""The order in which meetings arrive changes nothing in what is known."""

import itertools
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nodes.ingest_state import IngestInput
from nodes.schemas import MeetingExtraction
from tests.ingest.conftest import FreshIngestions
from tests.ingest.knowing import Known, decide, ingest, known
from tests.ingest.meetings import demo_meetings, meeting, said, stage, thing

BY_DATE = list(range(7))
DELIVERED = [0, 1, 2, 4, 5, 3, 6]
_by_date: list[Known] = []


@given(order=st.permutations(BY_DATE))
@example(order=BY_DATE)
@example(order=BY_DATE[::-1])
@example(order=DELIVERED)
@settings(max_examples=2)
async def test_the_demo_series_is_known_alike_in_every_order(
    order: list[int], fresh_ingestions: FreshIngestions
) -> None:
    async with fresh_ingestions() as ingestions:
        assert await ingest(ingestions, (demo_meetings()[number] for number in order)) == ["ingested"] * 7
        found = await known(ingestions.stores)
    if not _by_date:  # of the first order
        assert found["transitions"]
        assert found["states"]
        _by_date.append(found)
    assert found == _by_date[0]


PUT_RIGHT = (
    meeting(1, "Tom: Tide Gauge is planned. I own the Tide Gauge.", "Ada Nilsson: Sea Wall is blocked."),
    meeting(
        2, "Speaker 1: Tide Gauge is blocked. I will call the vendor.", "Ada Nilsson: I own the Sea Wall."
    ),
    meeting(3, "Tom Hansen: Tide Gauge is due on Friday.", "Ada Nilsson: Sea Wall is in progress."),
)
DECISIONS: tuple[tuple[int, str, dict[str, str]], ...] = (  # the week of the meeting that each is about
    (1, "speaker", {"label": "Ada Nilsson", "name": "Tom Becker"}),  # now two are called Tom
    (2, "speaker", {"label": "Speaker 1", "name": "Cleo Marsh"}),
    (2, "date", {"date": "2026-02-09T10:00:00+00:00"}),
    (3, "date", {"date": "2026-01-13T10:00:00+00:00"}),
)
_put_right: list[Known] = []


@given(order=st.permutations(range(3)), late=st.lists(st.integers(0, 2), min_size=4, max_size=4))
@example(order=[0, 1, 2], late=[2, 2, 2, 2])
@example(order=[2, 1, 0], late=[0, 0, 0, 0])
@settings(max_examples=1)
async def test_meetings_and_what_a_person_puts_right_of_them_are_known_alike_in_every_order(
    order: list[int], late: list[int], fresh_ingestions: FreshIngestions
) -> None:
    """Each decision is made `late` meetings after its own, or at the end."""
    async with fresh_ingestions() as ingestions:
        for place, number in enumerate(order):
            await ingest(ingestions, [PUT_RIGHT[number]])
            for (week, action, given), after in zip(DECISIONS, late, strict=True):
                if min(order.index(week - 1) + after, 2) == place:
                    assert (await decide(action, meeting=f"harbour-{week}", **given)).status == "decided"
        found = await known(ingestions.stores)
    del found["utterances"]  # decisions are numbered as they come
    if not _put_right:  # of the first order
        assert found["transitions"]
        _put_right.append(found)
    assert found == _put_right[0]


CORRECTED: dict[str, Any] = {
    "transcript": (
        "Priya Raman: Checkout Redesign is on hold. Checkout Redesign is owned by Mei Tanaka.\n"
        "Mei Tanaka: Guest Kiosk is at risk."
    ),
    "filename": "corrected.txt",
}


def corrected(number: int) -> IngestInput:
    """Another version of a demo meeting: same key, other words."""
    kept = {
        name: value
        for name, value in demo_meetings()[number].items()
        if name not in ("content_base64", "filename", "attachments")
    }
    return IngestInput(**kept, **CORRECTED)  # pyright: ignore[reportArgumentType]


async def test_a_meeting_replaced_and_replaced_back_leaves_what_it_would_have_left_alone(
    fresh_ingestions: FreshIngestions,
) -> None:
    number = 2
    original, others = demo_meetings()[number], [demo_meetings()[1], demo_meetings()[4]]
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [original, *others])
        direct = await known(ingestions.stores)
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [corrected(number), *others])
        direct_correction = await known(ingestions.stores)
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [original, *others])
        assert await ingest(ingestions, [corrected(number)]) == ["replaced"]
        assert await known(ingestions.stores) == direct_correction
        assert await ingest(ingestions, [original]) == ["replaced"]
        assert await known(ingestions.stores) == direct
        assert await ingest(ingestions, [corrected(number), original, original]) == [
            "replaced",
            "replaced",
            "known",
        ]
        assert await known(ingestions.stores) == direct
    assert direct != direct_correction


async def test_a_meeting_that_comes_twice_in_between_changes_nothing(
    fresh_ingestions: FreshIngestions,
) -> None:
    first, second, third = demo_meetings()[:3]
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [first, second, third])
        direct = await known(ingestions.stores)
    async with fresh_ingestions() as ingestions:
        statuses = await ingest(ingestions, [third, first, third, second, first])
        assert statuses == ["ingested", "ingested", "known", "ingested", "known"]
        assert await known(ingestions.stores) == direct


TURNS = (
    "Ada Nilsson: Tide Gauge is owned by Tom. Tide Gauge is due sometime after the launch.",
    "Ben Okafor: The tide meter is at risk. Tide Gauge waits.",
)


def traps() -> list[tuple[IngestInput, MeetingExtraction]]:
    """Four meetings in which each name depends on what the others say."""
    owner = "Tide Gauge is owned by Tom"
    return [
        (  # a first name whose bearer takes part in another meeting
            meeting(1, *TURNS),
            MeetingExtraction(
                entities=[thing("Tide Gauge", 0, 1)],
                observations=[
                    said("Tide Gauge", "owner", "Tom", 0, owner),
                    said("Tide Gauge", "due", "sometime after the launch", 0, "sometime after the launch"),
                ],
            ),
        ),
        (
            meeting(2, "Tom Becker: Tide Gauge is due once legal signs.", "Ada Nilsson: Fine by me, Tom."),
            MeetingExtraction(
                entities=[thing("Tide Gauge", 0)],
                observations=[said("Tide Gauge", "due", "once legal signs", 0, "once legal signs")],
            ),
        ),
        (
            meeting(3, "Ada Nilsson: The tide gauge is planned.", "Ben Okafor: Tide Gauge is owned by Tom."),
            MeetingExtraction(
                entities=[thing("tide gauge", 0, type="system"), thing("Tide Gauge", 1, type="system")],
                observations=[
                    said("tide gauge", "status", "planned", 0, "is planned"),
                    said("Tide Gauge", "owner", "Tom", 1, owner),
                ],
            ),
        ),
        (  # a second bearer of the first name
            meeting(4, "Tom Hansen: Tide Gauge is due sometime after the launch.", "Ada Nilsson: Thank you."),
            MeetingExtraction(
                entities=[thing("Tide Gauge", 0)],
                observations=[
                    said("Tide Gauge", "due", "sometime after the launch", 0, "sometime after the launch")
                ],
            ),
        ),
    ]


@pytest.mark.parametrize("count", [3, 4])
async def test_names_and_wordings_that_depend_on_other_meetings_settle_alike_in_every_order(
    count: int, fresh_ingestions: FreshIngestions
) -> None:
    found: dict[tuple[int, ...], Known] = {}
    orders = list(itertools.permutations(range(count)))
    for order in orders[::2] if count == 3 else orders[::7]:
        async with fresh_ingestions() as ingestions:
            for number in order:
                given_meeting, reading = traps()[number]
                await stage(ingestions.stores, given_meeting, reading)
                await ingest(ingestions, [given_meeting])
            found[order] = await known(ingestions.stores)
    first = found[orders[0]]
    assert [order for order, one in found.items() if one != first] == []
    owners = [row for row in first["states"] if row[1] == "owner"]
    assert [row[3] for row in owners] == ["Tom Becker" if count == 3 else "Tom"]


def explained() -> list[tuple[IngestInput, MeetingExtraction]]:
    """Three meetings that call one thing by its title, by its misheard code, and by both."""
    turns = ("Ada Nilsson: Tide Gauge is planned, 7, 8, 0. 5 is blocked.", "Ben Okafor: HEP-7805 it is.")
    planned = said("Tide Gauge", "status", "planned", 0, "Tide Gauge is planned")
    blocked = said("7, 8, 0. 5", "status", "blocked", 0, "7, 8, 0. 5 is blocked")
    both = thing("HEP-7805", 1, aliases=["Tide Gauge"])
    return [
        (meeting(1, *turns), MeetingExtraction(entities=[thing("Tide Gauge", 0)], observations=[planned])),
        (meeting(2, *turns), MeetingExtraction(entities=[thing("7, 8, 0. 5", 0)], observations=[blocked])),
        (meeting(3, *turns), MeetingExtraction(entities=[both], observations=[])),
    ]


async def test_a_title_and_a_number_are_one_thing_once_a_meeting_says_so_in_every_order(
    fresh_ingestions: FreshIngestions,
) -> None:
    found: list[Known] = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        async with fresh_ingestions() as ingestions:
            for number in order:
                given_meeting, reading = explained()[number]
                await stage(ingestions.stores, given_meeting, reading)
                await ingest(ingestions, [given_meeting])
            found.append(await known(ingestions.stores))
    assert found[1] == found[0]
    assert found[2] == found[0]
    assert [row[3] for row in found[0]["states"]] == ["blocked"]
    moves = {(row[4], row[5]) for row in found[0]["transitions"]}
    assert moves == {(None, "planned"), ("planned", "blocked")}
