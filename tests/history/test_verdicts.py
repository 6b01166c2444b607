"""What is a change by rule, and what the wording alone says."""

import pytest

from nodes.verdicts import by_fallback, by_rule, pair_id
from stores.records import Observation
from tests.history.builders import DEFAULT, said


@pytest.mark.parametrize(
    ("field", "before", "after", "differs"),
    [
        ("progress", "30%", "30 percent done", False),
        ("progress", "30%", "60%", True),
        ("progress", "0%", "not started", False),
        ("status", "planning", "in planning phase", False),
        ("status", "In Progress", "in_progress", False),
        ("status", "in progress", "blocked on legal", True),
        ("due", "May 14", "2026-05-14", False),
        ("due", "next sprint", "Next  Sprint", False),
        ("scope", "Only cards", "only cards", False),
    ],
)
def test_typed_values_and_identical_words_are_decided_by_rule(
    field: str, before: str, after: str, differs: bool
) -> None:
    verdict = by_rule(DEFAULT, said(0, field, before), said(1, field, after))

    assert verdict is not None
    assert verdict.differs is differs
    assert verdict.decided_by == "rule"


def test_the_same_weekday_of_another_week_is_another_date() -> None:
    verdict = by_rule(DEFAULT, said(0, "due", "Friday"), said(1, "due", "Friday"))

    assert verdict is not None
    assert verdict.differs
    assert verdict.reason == "due moved from 2026-05-08 to 2026-05-15"


def test_owners_are_compared_as_entities_and_shown_by_name() -> None:
    anna, anna_lee = said(0, "owner", "Anna", person="e1"), said(1, "owner", "Anna Lee", person="e1")
    bob = said(2, "owner", "Bob Ray", person="e2")

    same, other = by_rule(DEFAULT, anna, anna_lee), by_rule(DEFAULT, anna_lee, bob)

    assert same is not None
    assert not same.differs
    assert other is not None
    assert other.differs
    assert other.reason == "owner moved from Anna Lee to Bob Ray"


def test_a_cleared_value_is_a_change_and_clearing_nothing_is_none() -> None:
    due, cleared = said(0, "due", "May 14"), said(1, "due", None, op="clear")

    gone, back, still = (
        by_rule(DEFAULT, due, cleared),
        by_rule(DEFAULT, cleared, due),
        by_rule(DEFAULT, cleared, cleared),
    )

    assert gone is not None
    assert back is not None
    assert still is not None
    assert (gone.differs, back.differs, still.differs) == (True, True, False)
    assert gone.reason == "due was cleared; it was 2026-05-14"


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("scope", "only cards", "cards and wallets"),
        ("progress", "30%", "coming along"),
        ("status", "great", "done"),
        ("owner", "Anna", "Bob"),
    ],
)
def test_what_needs_reading_is_not_decided_by_rule(field: str, before: str, after: str) -> None:
    assert by_rule(DEFAULT, said(0, field, before), said(1, field, after)) is None


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ("only cards", "Only the cards.", False),
        ("twenty-five users", "about 25 users", False),
        ("ready", "not ready", True),
        ("cards", "cards and wallets", True),
        ("C++", "C#", True),
    ],
)
def test_the_fallback_compares_wording_and_says_so(before: str, after: str, differs: bool) -> None:
    verdict = by_fallback(DEFAULT, said(0, "scope", before), said(1, "scope", after))

    assert verdict.differs is differs
    assert verdict.decided_by == "fallback"
    assert "wording" in verdict.reason or "worded" in verdict.reason


def test_the_same_two_values_are_the_same_pair_whoever_says_them() -> None:
    def pair(before: Observation, after: Observation) -> str:
        return pair_id(DEFAULT, before, after)

    pairs = {
        pair(said(0, "progress", "30%"), said(1, "progress", "60%")),
        pair(said(4, "progress", "thirty percent", entity="search"), said(7, "progress", "60 percent done")),
    }
    others = {
        pair(said(0, "progress", "60%"), said(1, "progress", "30%")),
        pair(said(0, "progress", "30%"), said(1, "progress", None, op="clear")),
        pair(said(0, "scope", "30"), said(1, "scope", "60")),
        pair(said(0, "progress", "30%", key="beta"), said(1, "progress", "60%", key="beta")),
        pair(said(0, "scope", "30"), said(1, "scope", None, op="clear")),
        pair(said(0, "scope", "30"), said(1, "scope", "clear")),
    }

    assert len(pairs) == 1
    assert len(others) == 6
    assert pairs.isdisjoint(others)
