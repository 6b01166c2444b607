"""What the meetings add up to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.fold import History, MissingVerdict, fold, goes_on, moves_state, pairs, series_of
from nodes.verdicts import pair_id
from stores.records import Observation, Verdict
from tests.history.builders import DEFAULT, changes, current, history, judged, meeting_date, said


def test_the_first_meeting_is_all_first_sight_and_the_second_brings_changes() -> None:
    found = history(
        said(0, "status", "planning"),
        said(0, "progress", "0%"),
        said(1, "status", "in progress"),
        said(1, "progress", "30%"),
        said(1, "due", "May 29"),
    )

    assert [(each.field, each.after) for each in found.transitions if each.first_sight] == [
        ("progress", "0%"),
        ("status", "planned"),
        ("due", "2026-05-29"),
    ]
    assert {each.reason for each in found.transitions if each.first_sight} == {"first mentioned"}
    assert changes(found) == [("progress", "0%", "30%"), ("status", "planned", "in_progress")]


def test_a_transition_carries_its_evidence_and_reason() -> None:
    found = history(said(0, "progress", "30%"), said(1, "progress", "60%", utterance=7))

    change = found.transitions[-1]

    assert change.reason == "progress moved from 30% to 60%"
    assert change.at == meeting_date(1) + timedelta(seconds=70)
    assert change.meeting_id == "meeting-1"
    assert change.observation_id == said(1, "progress", "60%", utterance=7).id
    assert change.decided_by == "rule"


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("progress", "30%", "30 percent done"),
        ("status", "planning", "in planning phase"),
        ("status", "In Progress", "IN_PROGRESS"),
        ("scope", "Only cards", "only the cards"),
    ],
)
def test_other_words_for_the_same_value_keep_the_value_and_its_since(
    field: str, before: str, after: str
) -> None:
    found = history(said(0, field, before), said(3, field, after))

    assert changes(found) == []
    assert [(each.value, each.since) for each in found.states] == [(before, meeting_date(0))]


def test_zero_percent_after_nothing_known_is_a_first_sight_and_not_a_change() -> None:
    found = history(said(0, "status", "planning"), said(1, "progress", "0%"))

    assert changes(found) == []
    assert current(found) == {"status": "planning", "progress": "0%"}


def test_a_meeting_that_mentions_only_a_deadline_erases_nothing() -> None:
    found = history(
        said(0, "status", "in progress"),
        said(0, "owner", "Anna Lee", person="e1"),
        said(0, "blockers", "legal review", op="add"),
        said(1, "due", "May 29"),
    )

    assert current(found) == {
        "status": "in progress",
        "owner": "Anna Lee",
        "blockers[legal review]": "legal review",
        "due": "May 29",
    }


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_a_null_never_overwrites(nothing: str | None) -> None:
    found = history(said(0, "status", "in progress"), said(1, "status", nothing))

    assert current(found) == {"status": "in progress"}
    assert changes(found) == []


def test_a_proposal_moves_nothing_and_a_decision_does() -> None:
    proposed = said(1, "status", "on hold", stance="proposed")
    decided = said(2, "status", "on hold", stance="decided")

    assert changes(history(said(0, "status", "in progress"), proposed)) == []
    assert changes(history(said(0, "status", "in progress"), proposed, decided)) == [
        ("status", "in_progress", "on_hold")
    ]


def test_a_field_goes_away_only_when_a_meeting_clears_it_and_comes_back_as_a_change() -> None:
    first, cleared = said(0, "due", "May 14"), said(1, "due", None, op="clear")
    again = said(2, "due", "June 12")

    assert current(history(first, cleared)) == {}
    assert changes(history(first, cleared)) == [("due", "2026-05-14", None)]
    found = history(first, cleared, again)
    assert changes(found) == [("due", "2026-05-14", None), ("due", None, "2026-06-12")]
    assert current(found) == {"due": "June 12"}


def test_clearing_what_was_never_set_is_no_change() -> None:
    assert history(said(0, "due", None, op="clear")) == History([], [])


def test_one_meeting_makes_one_net_change() -> None:
    found = history(
        said(0, "progress", "30%"),
        said(1, "progress", "40%", utterance=1),
        said(1, "progress", "60%", utterance=5),
        said(1, "progress", "sixty percent", utterance=9),
    )

    assert changes(found) == [("progress", "30%", "60%")]
    assert found.transitions[-1].reason == "progress moved from 30% to 60%"
    assert found.transitions[-1].at == meeting_date(1) + timedelta(seconds=50)
    assert [each.since for each in found.states] == [meeting_date(1) + timedelta(seconds=50)]


@pytest.mark.parametrize(
    ("field", "value", "other"), [("progress", "30%", "60%"), ("scope", "only cards", "everything")]
)
def test_there_and_back_in_one_meeting_is_no_change(field: str, value: str, other: str) -> None:
    found = history(
        said(0, field, value),
        said(1, field, other, utterance=1),
        said(1, field, value.upper(), utterance=2),
        said(2, field, None, op="clear", utterance=1),
        said(2, field, value, utterance=2),
    )

    assert changes(found) == []
    assert [each.since for each in found.states] == [meeting_date(0)]


def test_words_between_two_equal_values_make_no_change_from_a_value_to_itself() -> None:
    found = history(
        said(0, "progress", "30%"),
        said(1, "progress", "coming along"),
        said(1, "progress", "30%", utterance=3),
    )

    assert changes(found) == []


def test_values_that_surely_differ_are_a_change_though_the_words_between_were_judged_alike() -> None:
    series = [said(0, "progress", "30%"), said(1, "progress", "coming along"), said(2, "progress", "60%")]
    alike = {
        pair_id(DEFAULT, before, after): Verdict("", False, "much the same", "llm")
        for before, after in pairs(DEFAULT, series)
    }

    assert changes(fold(DEFAULT, series, alike)) == [("progress", "30%", "60%")]


def test_the_judge_of_the_pair_is_named_in_the_transition() -> None:
    series = [said(0, "scope", "only cards"), said(1, "scope", "cards and wallets")]
    (pair,) = pairs(DEFAULT, series)
    verdict = Verdict(pair_id(DEFAULT, *pair), True, "wallets came into scope", "llm")

    (_, change) = fold(DEFAULT, series, {verdict.pair_id: verdict}).transitions

    assert (change.decided_by, change.reason) == ("llm", "wallets came into scope")


def test_a_human_wins_over_the_rule() -> None:
    series = [said(0, "progress", "30%"), said(1, "progress", "31%")]
    (pair,) = pairs(DEFAULT, series)
    verdict = Verdict(pair_id(DEFAULT, *pair), False, "a rounding", "human")

    assert changes(fold(DEFAULT, series, {verdict.pair_id: verdict})) == []


def test_a_pair_that_nobody_judged_is_an_error_that_names_it() -> None:
    with pytest.raises(MissingVerdict, match=r"scope of checkout.*cards.*wallets"):
        fold(DEFAULT, [said(0, "scope", "only cards"), said(1, "scope", "wallets")], {})


def test_neighbours_are_paired_per_entity_field_and_key_without_proposals_and_sets() -> None:
    series = [
        said(2, "status", "done"),
        said(0, "status", "planning"),
        said(1, "status", "on hold", stance="proposed"),
        said(1, "status", "in progress"),
        said(1, "status", "planning", entity="search"),
        said(1, "inclusion", "considered", key="Fusaka"),
        said(2, "inclusion", "scheduled", key="Osaka"),
        said(0, "blockers", "legal review", op="add"),
        said(1, "blockers", "legal review", op="resolve"),
    ]

    assert [(before.value, after.value) for before, after in pairs(DEFAULT, series)] == [
        ("planning", "in progress"),
        ("in progress", "done"),
    ]


def test_a_late_meeting_adds_the_pairs_before_and_after_itself() -> None:
    early, late, after = (
        said(0, "status", "planning"),
        said(1, "status", "in progress"),
        said(2, "status", "done"),
    )

    assert pairs(DEFAULT, [early, after]) == [(early, after)]
    assert pairs(DEFAULT, [early, after, late]) == [(early, late), (late, after)]


def test_two_meetings_at_one_time_are_ordered_by_their_ids() -> None:
    one = said(0, "status", "planning")
    other = replace(said(0, "status", "done"), id="other", meeting_id="meeting-00")

    assert history(one, other) == history(other, one)
    assert current(history(one, other)) == {"status": "done"}


def test_what_one_utterance_says_last_is_what_holds() -> None:
    first = replace(said(0, "status", "planning", sequence=2), id="b")
    last = replace(said(0, "status", "done", sequence=10), id="a")

    assert current(history(last, first)) == {"status": "done"}


def test_a_blocker_that_appears_is_a_change_and_so_is_its_resolution() -> None:
    found = history(
        said(0, "blockers", "Waiting on the vendor's API key", op="add"),
        said(1, "blockers", "vendor API key", op="add"),
        said(2, "blockers", "the API key arrived", op="resolve"),
    )

    assert [(each.key, each.before, each.after, each.meeting_id) for each in found.transitions] == [
        ("vendor api key", None, "Waiting on the vendor's API key", "meeting-0"),
        ("vendor api key", "Waiting on the vendor's API key", None, "meeting-2"),
    ]
    assert not any(each.first_sight for each in found.transitions)
    assert {each.decided_by for each in found.transitions} == {"rule"}
    assert found.states == []


def test_a_resolution_that_is_said_twice_does_not_resolve_another_item() -> None:
    found = history(
        said(0, "blockers", "legal review of terms", op="add"),
        said(0, "blockers", "legal review of the privacy page", op="add", sequence=1),
        said(1, "blockers", "legal review of terms", op="resolve"),
        said(1, "blockers", "the legal review of terms is done", op="resolve", sequence=1),
    )

    assert list(current(found).values()) == ["legal review of the privacy page"]


def test_a_resolve_that_names_nothing_resolves_every_open_item() -> None:
    adds = [said(0, "blockers", "legal review", op="add"), said(1, "blockers", "flaky tests", op="add")]

    assert current(history(*adds, said(2, "blockers", None, op="resolve"))) == {}
    assert current(history(*adds, said(2, "blockers", None, op="clear"))) == {}


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("legal has signed off", ["flaky tests", "security review"]),
        ("flaky tests are fixed", ["legal review", "security review"]),
        ("the review is done", ["flaky tests", "legal review", "security review"]),  # which one?
        ("the hiring freeze", ["flaky tests", "legal review", "security review"]),
    ],
)
def test_a_resolve_that_names_an_item_resolves_that_one_or_none(words: str, left: list[str]) -> None:
    found = history(
        said(0, "blockers", "legal review", op="add"),
        said(0, "blockers", "security review", op="add", sequence=1),
        said(0, "blockers", "flaky tests", op="add", sequence=2),
        said(1, "blockers", words, op="resolve"),
    )

    assert sorted(each.value or "" for each in found.states) == left


def test_blockers_that_share_words_or_differ_in_a_number_are_two() -> None:
    found = history(
        said(0, "blockers", "API", op="add"),
        said(0, "blockers", "API migration", op="add", sequence=1),
        said(0, "blockers", "ticket 41 in card payment retries", op="add", sequence=2),
        said(0, "blockers", "ticket 42 in card payment retries", op="add", sequence=3),
        said(1, "blockers", "ticket 41", op="resolve"),
    )

    assert current(found) == {
        "blockers[api]": "API",
        "blockers[api migration]": "API migration",
        "blockers[ticket 42 card payment retry]": "ticket 42 in card payment retries",
    }


def test_a_blocker_raised_and_resolved_in_one_meeting_is_no_change_and_neither_is_the_reverse() -> None:
    raised = said(0, "blockers", "legal review", op="add")
    resolved = said(0, "blockers", "legal review", op="resolve", sequence=1)
    again = (
        said(1, "blockers", "legal review", op="resolve"),
        said(1, "blockers", "the legal review", op="add", sequence=1),
    )

    assert history(raised, resolved) == History([], [])
    found = history(raised, *again)
    assert [each.after for each in found.transitions] == ["legal review"]
    assert [each.since for each in found.states] == [meeting_date(0)]


VALUES: dict[str, list[str | None]] = {
    "status": ["planning", "in planning phase", "in progress", "done", "great", None],
    "progress": ["30%", "30 percent done", "60%", "coming along", None],
    "scope": ["only cards", "Only the cards", "cards and wallets", None],
    "blockers": ["legal review", "the legal review", "flaky tests", "ticket 41", None],
}


@st.composite
def observations(draw: st.DrawFn) -> list[Observation]:
    series: dict[str, Observation] = {}
    for _ in range(draw(st.integers(0, 14))):
        field = draw(st.sampled_from(sorted(VALUES)))
        one = said(
            draw(st.integers(0, 4)),
            field,
            draw(st.sampled_from(VALUES[field])),
            op=draw(
                st.sampled_from(["add", "resolve"] if field == "blockers" else ["set", "set", "set", "clear"])
            ),
            stance=draw(st.sampled_from(["stated", "decided", "proposed"])),
            utterance=draw(st.integers(0, 3)),
            sequence=len(series),
            entity=draw(st.sampled_from(["checkout", "search"])),
        )
        series[one.id] = one
    return list(series.values())


@given(st.data())
def test_any_order_of_arrival_gives_the_same_history(data: st.DataObject) -> None:
    series = data.draw(observations())
    shuffled = data.draw(st.permutations(series))

    assert pairs(DEFAULT, shuffled) == pairs(DEFAULT, series)
    assert fold(DEFAULT, shuffled, judged(shuffled)) == fold(DEFAULT, series, judged(series))


@given(series=observations(), late=st.integers(0, 4))
def test_verdicts_of_pairs_that_a_late_meeting_parted_change_nothing(
    series: list[Observation], late: int
) -> None:
    in_time = [each for each in series if each.meeting_id != f"meeting-{late}"]
    recorded = judged(in_time) | judged(series)

    assert fold(DEFAULT, series, recorded) == fold(DEFAULT, series, judged(series))


@given(series=observations(), first=st.integers(0, 4))
def test_what_comes_last_is_folded_from_where_the_rest_stands(series: list[Observation], first: int) -> None:
    verdicts = judged(series)
    before = [each for each in series if each.meeting_date < meeting_date(first)]
    after = [each for each in series if each not in before]

    stood = fold(DEFAULT, before, verdicts)
    moving = {series_of(DEFAULT, each) for each in after if moves_state(each)}
    heads = {place: head for place, head in stood.heads.items() if place in moving}
    assert all(
        goes_on(DEFAULT, heads[place], each) for each in after if (place := series_of(DEFAULT, each)) in heads
    )
    on = fold(DEFAULT, after, verdicts, heads)

    whole = fold(DEFAULT, series, verdicts)
    assert {**stood.heads, **on.heads} == whole.heads
    assert stood.transitions + on.transitions == whole.transitions
    kept = [each for each in stood.states if (each.entity_id, each.field, "") not in moving]
    assert sorted(kept + on.states, key=repr) == sorted(whole.states, key=repr)
    assert set(pairs(DEFAULT, before)) | set(pairs(DEFAULT, after, heads)) == set(pairs(DEFAULT, series))


@given(observations())
def test_every_history_is_consistent(series: list[Observation]) -> None:
    found = history(*series)

    places = [(each.entity_id, each.field, each.key) for each in found.states]
    assert len(set(places)) == len(places)
    ids = [each.id for each in found.transitions]
    assert len(set(ids)) == len(ids)
    value: dict[tuple[str, str, str], str | None] = {}
    for each in found.transitions:
        place = (each.entity_id, each.field, each.key)
        assert each.before == value.get(place)
        assert each.before != each.after
        assert not (each.first_sight and place in value)
        value[place] = each.after
    assert {place for place, shown in value.items() if shown is not None} == set(places)


@given(observations())
def test_hearing_everything_twice_changes_nothing(series: list[Observation]) -> None:
    assert fold(DEFAULT, [*series, *series], judged([*series, *series])) == history(*series)


@given(observations(), st.sampled_from(sorted(VALUES)))
def test_a_meeting_that_is_silent_on_a_field_leaves_it_alone(series: list[Observation], field: str) -> None:
    later = said(9, "due", "2026-12-01"), said(9, "due", "2026-12-01", entity="search")

    before, after = current(history(*series)), history(*series, *later)

    assert before.items() <= current(after).items()
    assert [each for each in after.transitions if each.field == field] == [
        each for each in history(*series).transitions if each.field == field
    ]
