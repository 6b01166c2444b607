"""What names mean when meetings explain them: "EIP-7805 (FOCIL)"."""

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.callings import Calling, Callings
from nodes.names import entity_key


def told(*meetings: Iterable[str], type: str = "feature", said_by: str = "extraction") -> list[Calling]:
    """Meetings, in which "A = B" says that B is another name of A, and "A" uses it."""
    callings: list[Calling] = []
    for number, sayings in enumerate(meetings, start=1):
        for saying in sayings:
            bearer, _, other = saying.partition(" = ")
            callings.append(Calling(bearer, type, bearer, said_by, str(number)))
            if other:
                callings.append(Calling(other, type, bearer, said_by, str(number)))
    return callings


def meaning(
    callings: Sequence[Calling], *names: str, type: str = "feature", meeting: str | None = None
) -> list[str]:
    known = Callings(callings)
    return [known.bound(entity_key(name, type, scope=None), meeting).key.partition(":")[2] for name in names]


@pytest.mark.parametrize(
    "sayings", [["EIP-7805 = FOCIL"], ["FOCIL = EIP-7805"], ["FOCIL = 7, 8, 0. 5", "EIP-7805"]]
)
def test_a_title_means_its_code_whichever_way_it_is_said(sayings: list[str]) -> None:
    callings = told(["FOCIL", "7805"], sayings, ["focil"])

    assert meaning(callings, "FOCIL", "EIP 7, 8 0. 5", "7805") == ["eip 7805"] * 3


def test_the_numbers_in_the_title_of_a_code_are_the_titles_own() -> None:
    callings = told(
        ["PAY-142 = Raise the limit to 60M"], ["PAY-143 = the 142 change", "PAY-142 = PAY-142 v2"]
    )

    assert meaning(callings, "Raise the limit to 60M") == ["pay 142"]
    assert meaning(callings, "the 142 change", "PAY-142 v2") == ["142 change", "pay 142 v 2"]


def test_titles_of_one_code_that_tell_each_other_apart_are_none_of_it() -> None:
    callings = told(["PAY-142 = Phase 1", "PAY-142 = till"], ["PAY-142 = Phase 2"])

    assert meaning(callings, "Phase 1", "Phase 2", "till") == ["phase 1", "phase 2", "pay 142"]


def test_names_of_names_are_followed() -> None:
    callings = told(["EIP-7594 = PeerDAS"], ["PeerDAS = pure das"])

    assert meaning(callings, "pure das") == ["eip 7594"]


def test_two_codes_are_never_one_whatever_is_said() -> None:
    callings = told(
        ["EIP-7805 = EIP-7806"], ["EIP-7805 = FOCIL"], ["EIP-7806 = FOCIL"], ["RIP-7805 = EIP-7805"]
    )

    assert meaning(callings, "EIP-7805", "EIP-7806", "RIP-7805", "FOCIL") == [
        "eip 7805", "eip 7806", "rip 7805", "focil"]  # fmt: skip


def test_what_two_things_are_called_joins_neither() -> None:
    callings = told(["Fusaka = next fork"], ["Glamsterdam = next fork"])

    assert meaning(callings, "next fork", "Fusaka", "Glamsterdam") == ["next fork", "fusaka", "glamsterdam"]
    assert meaning(callings, "next fork", meeting="2") == ["glamsterdam"]


def test_what_most_meetings_say_outweighs_a_slip_and_a_person_outweighs_them() -> None:
    slip = told(["Fusaka = next fork"], ["Fusaka = next fork"], ["Glamsterdam = next fork"])

    assert meaning(slip, "next fork") == ["fusaka"]
    person = Calling("next fork", "feature", "Glamsterdam", "human", "4")
    assert meaning([*slip, person], "next fork") == ["glamsterdam"]


def test_a_bare_number_that_two_codes_have_is_neither() -> None:
    assert meaning(told(["EIP-7212"], ["RIP-7212"]), "7212") == ["7212"]


@pytest.mark.parametrize("siblings", [("Phase 1", "Phase 2"), ("Plan A", "Plan B"), ("v2.3", "v2.4")])
def test_parts_that_are_said_to_be_names_of_the_whole_stay_apart(siblings: tuple[str, str]) -> None:
    callings = told([f"Rollout = {one}" for one in siblings])

    assert len(set(meaning(callings, *siblings))) == 2


@pytest.mark.parametrize("other", ["Anna Li", "Anna", "Speaker 1"])
def test_no_explanation_joins_two_surnames_a_first_name_or_a_label_across_meetings(other: str) -> None:
    callings = told(["Anna Lee"], [f"Anna Lee = {other}"], type="person")

    assert Callings(callings).bound("person:anna li").key == "person:anna li"
    assert not any(
        "speaker" in key or key == "person:anna" for key in meaning(callings, "Anna Lee", type="person")
    )


def test_names_that_are_said_to_be_each_others_are_one() -> None:
    assert len(set(meaning(told(["Atlas = Beacon"], ["Beacon = Atlas"]), "Atlas", "Beacon"))) == 1


sayings = st.lists(
    st.tuples(st.sampled_from(["EIP-1001", "EIP-1002", "1001", "Atlas", "Beacon", "Crane", "Phase 1"]),
              st.sampled_from(["EIP-1001", "10 02", "Atlas", "Beacon", "Crane", "Phase 2", "fork"])),
    max_size=10,
)  # fmt: skip


@given(sayings, st.randoms())
def test_the_order_of_what_is_said_does_not_matter_and_no_entity_has_two_codes(
    said: list[tuple[str, str]], random: Random
) -> None:
    callings = told(*([f"{bearer} = {other}"] for bearer, other in said))
    names = ["EIP-1001", "EIP-1002", "1001", "1002", "Atlas", "Beacon", "Crane", "Phase 1", "Phase 2", "fork"]
    found = meaning(callings, *names)
    random.shuffle(callings)

    assert meaning(callings, *names) == found
    assert found[:2] == ["eip 1001", "eip 1002"]
    assert found[7] != found[8] or "phase" not in found[7]
