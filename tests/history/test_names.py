"""When two names are one name."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nodes.names import (
    compatible,
    entity_key,
    is_bare_person,
    may_merge,
    normalised_name,
    participant_called,
)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("EIP 7805", "EIP-7805"),
        ("EIP 7805", "eip7805"),
        ("The Checkout", "checkout"),
        ("checkout's", "Checkout"),
        ("Anna’s", "anna"),
        ("API_Migration", "API  migration"),
        ("ＡＰＩ", "api"),
        ("v2.3", "V 2.3"),
        ("“Atlas”", "Atlas"),
        ("R&D", "R and D"),
        ("Issue #12", "issue 12"),
    ],
)
def test_spelling_does_not_part_a_name(a: str, b: str) -> None:
    assert normalised_name(a) == normalised_name(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("check-out", "checkout"),
        ("EIP-7805", "EIP-7806"),
        ("v2.3", "v23"),
        ("v2.3", "v2.30"),
        ("Phase 1", "Phase 11"),
        ("Phase 1.1", "Phase 11"),
        ("C++", "C#"),
        ("C", "C#"),
        ("A. Lee", "Lee"),
    ],
)
def test_what_tells_names_apart_stays(a: str, b: str) -> None:
    assert normalised_name(a) != normalised_name(b)


@given(st.text(max_size=40))
def test_a_normalised_name_is_its_own_and_never_empty(name: str) -> None:
    once = normalised_name(name)

    assert normalised_name(once) == once
    assert bool(once) == bool(name.strip())


@pytest.mark.parametrize(
    ("a", "b", "type_a", "type_b", "answer"),
    [
        ("EIP-7805", "eip 7805", "feature", "project", True),
        ("Phase 1", "phase one", "milestone", "milestone", True),
        ("Anna Lee", "anna lee", "person", "person", True),
        ("Dr. Anna Lee", "Anna Lee (Acme)", "person", "person", True),
        ("Lee, Anna", "Anna Lee", "person", "person", True),
        ("Anna Lee, PhD", "Anna Lee | Acme", "person", "person", True),
        ("Anna Lee - Acme", "anna lee (she/her)", "person", "person", True),
        ("API", "API Migration", "system", "project", False),
        ("Kubernetes", "Kubernetes 1.29", "technology", "technology", False),
        ("Phase 1", "Phase 2", "milestone", "milestone", False),
        ("Phase II", "Phase III", "milestone", "milestone", False),
        ("Plan A", "Plan B", "task", "task", False),
        ("EIP-7805", "EIP-7806", "feature", "feature", False),
        ("v2.3", "v2.30", "deliverable", "deliverable", False),
        ("Anna Lee", "Anna Leigh", "person", "person", False),
        ("Anna", "Anna Lee", "person", "person", False),
        ("Lee", "Anna Lee", "person", "person", False),
        ("Speaker 1", "Speaker 1", "person", "person", False),
        ("Mercury", "Mercury", "person", "system", False),
        ("Payments", "Payments", "project", "team", False),
        ("Anna", "anna", "person", "person", None),
        ("A. Lee", "Anna Lee", "person", "person", None),
        ("Ana Muñoz", "Ana Munoz", "person", "person", None),
        ("Acme Inc.", "Acme", "organization", "organization", None),
        ("Anna M. Lee", "Anna Lee", "person", "person", None),
        ("checkout", "check-out", "feature", "feature", None),
        ("API migration", "the API migration project", "project", "project", None),
        ("EIP-7805", "FOCIL", "feature", "feature", None),
        ("Chekcout", "Checkout", "feature", "feature", None),
    ],
)
def test_names_merge_when_surely_one_never_when_surely_two_and_are_judged_between(
    a: str, b: str, type_a: str, type_b: str, answer: bool | None
) -> None:
    assert may_merge(a, b, type_a=type_a, type_b=type_b) is answer
    assert may_merge(b, a, type_a=type_b, type_b=type_a) is answer


words = st.lists(st.sampled_from(["api", "migration", "checkout", "alpha", "search", "index"]), min_size=1)


@given(words=words, first=st.integers(0, 9999), second=st.integers(0, 9999))
def test_siblings_that_differ_in_a_number_never_merge(words: list[str], first: int, second: int) -> None:
    a, b = (f"{' '.join(words)}-{number}" for number in (first, second))

    assert may_merge(a, b, type_a="task", type_b="task") is (first == second)


@given(words=words, more=words)
@example(words=["api"], more=["migration"])
def test_a_name_inside_another_never_merges_by_that_alone(words: list[str], more: list[str]) -> None:
    longer = [*words, *more]
    expected = False if set(longer) > set(words) else None

    assert may_merge(" ".join(words), " ".join(longer), type_a="task", type_b="task") is expected


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["person", "team", "task"]))
def test_merging_does_not_depend_on_who_is_asked_first(a: str, b: str, type: str) -> None:
    assert may_merge(a, b, type_a=type, type_b=type) is may_merge(b, a, type_a=type, type_b=type)


def test_types_are_compatible_inside_people_groups_and_things() -> None:
    assert compatible("project", "feature")
    assert compatible("team", "organization")
    assert compatible("upgrade", "task")  # a type of a workspace's own profile is a thing
    assert not compatible("person", "team")
    assert not compatible("person", "project")
    assert not compatible("team", "project")


@pytest.mark.parametrize(
    "name",
    ["Anna", "Speaker 1", "SPEAKER_00", "Speaker A", "Unknown", "Unknown Speaker", "Unknown Speaker 2",
     "Participant 2", "Guest", "Dr. Smith", "Tim (EF)", "J.", "+1 555-123"],
)  # fmt: skip
def test_one_word_or_a_label_is_a_bare_person(name: str) -> None:
    assert is_bare_person(name)


@pytest.mark.parametrize("name", ["Anna Lee", "Guest Lee", "Anna L.", "Jean-Luc Picard"])
def test_a_full_name_is_not_bare(name: str) -> None:
    assert not is_bare_person(name)


@pytest.mark.parametrize(
    ("called", "bearer"),
    [
        ("anna", "Anna Lee"),
        ("Anna Lee", "Anna Lee"),
        ("Tim", "Dr. Tim Ray (EF)"),
        ("Jean-Luc", "Jean-Luc Picard"),
        ("Bob's", "Bob"),
        ("Jean", None),
        ("Maria", None),
        ("Picard", None),
        ("Speaker", None),
        ("Speaker 1", None),
        ("Zoe", None),
        ("", None),
    ],
)
def test_a_first_name_is_the_one_participant_who_bears_it(called: str, bearer: str | None) -> None:
    present = ["Anna Lee", "anna lee", "Dr. Tim Ray (EF)", "Jean-Luc Picard", "Bob", "Speaker 1",
               "Maria Lopez", "Maria Stone"]  # fmt: skip

    assert participant_called(called, present) == bearer


def test_an_entity_is_derived_from_its_class_and_name_and_a_bare_person_from_the_meeting_too() -> None:
    assert entity_key("EIP-7805", "feature", scope=None) == entity_key("eip 7805", "project", scope="m1")
    assert entity_key("Dr. Anna Lee", "person", scope="m1") == entity_key("anna lee", "person", scope="m2")
    assert entity_key("Mercury", "system", scope=None) != entity_key("Mercury", "team", scope=None)
    assert entity_key("Anna", "person", scope="m1") == entity_key("anna", "person", scope="m1")
    assert entity_key("Anna", "person", scope="m1") != entity_key("Anna", "person", scope="m2")
    assert entity_key("Speaker 1", "person", scope="m1") != entity_key("Speaker 1", "person", scope="m2")


def test_a_bare_person_without_a_meeting_is_refused() -> None:
    with pytest.raises(ValueError, match="give the meeting"):
        entity_key("Anna", "person", scope=None)
