"""Which things and people a meeting names."""

import pytest

from nodes.rules.extracting import extract
from nodes.transcript import Utterance
from tests.rules.meetings import PARTICIPANTS, read, spoken


def things(*lines: str) -> dict[str, str]:
    """The things of a small meeting with their types, without people."""
    return {entity.name: entity.type for entity in read(*lines).entities if entity.type != "person"}


def people(*lines: str) -> dict[str, list[int]]:
    """The people of a small meeting with the utterances that name them."""
    return {entity.name: entity.utterances for entity in read(*lines).entities if entity.type == "person"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["The Billing API is new.", "The Billing API Migration is moving invoices."],
            {"Billing API", "Billing API Migration"},
        ),
        (["We saw PAY-142 and pay it back."], {"PAY-142"}),
        (["EIP-7805 is large.", "And eip 7805 again.", "7805 is the one."], {"EIP-7805"}),
        (
            ["We looked at EIP 7, 9, 1, 7 and EIP-7907.", "So 7,907 and 7, 9, 1, 7 it is."],
            {"EIP-7917", "EIP-7907"},
        ),
        (
            ["Dashboard Phase 1 is nice.", "Dashboard Phase 2 is not."],
            {"Dashboard Phase 1", "Dashboard Phase 2"},
        ),
        (['We call it "Project Sunrise" now.', "Project Sunrise it is."], {"Project Sunrise"}),
        (
            ["I like the remote control.", "Our remote control is big.", "A remote control with wheels."],
            {"remote control"},
        ),
        (["The devnet 3 config is there.", "Devnet 3 runs.", "So devnet-3 runs."], {"devnet 3"}),
        (["The Search Rewrite's budget is gone.", "I love the search rewrite."], {"Search Rewrite"}),
        (["We use Kubernetes here.", "On Kubernetes it runs.", "Love Kubernetes."], {"Kubernetes"}),
    ],
)
def test_a_named_thing_is_one_entity(lines: list[str], expected: set[str]) -> None:
    assert set(things(*lines)) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["Okay So. Thank You. Good Morning everyone."],
        ["Good Morning Nora, Thank You Tom."],
        ["See you on Monday in May.", "We do it in English on Friday."],
        ["The first thing is good.", "The first thing is bad.", "The first thing is odd."],
        ["The next meeting is soon.", "The next meeting, yes.", "The next meeting."],
        ["I'll share the slide 3 and Slide 4.", "Slide 4 is nice."],
        ["WE NEED TO TALK ABOUT THIS RIGHT NOW PLEASE"],
        ["Thanks Priya.", "Hi Tom.", "Great, Mei."],
        ["I have a pull request.", "My Pull Request is there."],
        ["It costs twenty dollars and I was ill."],
    ],
)
def test_filler_is_no_entity(lines: list[str]) -> None:
    assert things(*lines) == {}


def test_types_follow_the_head_word_or_the_form() -> None:
    found = things(
        "The Billing API talks to the Search Service. The Billing API is old.",
        "The Checkout Redesign, the Spring Release and PAY-142. The Checkout Redesign again.",
        "EIP-7805 as well. The Spring Release, the Search Service.",
    )
    assert found == {
        "Billing API": "system",
        "Search Service": "system",
        "Checkout Redesign": "project",
        "Spring Release": "milestone",
        "PAY-142": "task",
        "EIP-7805": "feature",
    }


def test_people_are_found_by_full_name_and_by_a_first_name_that_only_one_bears() -> None:
    found = people("Nora: Priya, are you there?", "Priya: Hi Nora. Tom Becker is late.", "Tom: No, Mei is.")
    assert found == {"Nora Lindqvist": [1], "Priya Raman": [0], "Tom Becker": [1], "Mei Tanaka": [2]}


def test_a_first_name_that_two_bear_is_nobodys() -> None:
    found = extract(
        spoken("Tom owns the Billing API. I like the Billing API."),
        participants=[*PARTICIPANTS, "Tom Archer"],
        title=None,
    )
    assert [(seen.field, seen.value) for seen in found.observations] == [("owner", "Tom")]
    assert all(not entity.utterances for entity in found.entities if entity.name.startswith("Tom "))


def test_a_first_name_that_is_an_everyday_word_needs_to_be_meant() -> None:
    utterances = [
        Utterance(0, "Will Corcoran", "I will send the cost report by Friday."),
        Utterance(1, "Nora Lindqvist", "Will you? Will it work?"),
    ]
    found = extract(utterances, participants=[], title=None)
    assert [entity.utterances for entity in found.entities if entity.name == "Will Corcoran"] == [[]]


def test_a_label_with_a_company_is_known_by_its_first_name() -> None:
    utterances = [
        Utterance(0, "Ada Byron | Analytics", "Morning."),
        Utterance(1, "Nora Lindqvist", "Ada owns the Billing API."),
    ]
    found = extract(utterances, participants=[], title=None)
    assert [seen.value for seen in found.observations] == ["Ada Byron | Analytics"]


def test_diarisation_labels_have_no_first_name() -> None:
    utterances = [
        Utterance(0, "Speaker 1", "Speaker two, hello."),
        Utterance(1, None, "I own the Billing API."),
    ]
    found = extract(utterances, participants=[], title=None)
    assert [entity.name for entity in found.entities if entity.type == "person"] == ["Speaker 1"]
    assert found.entities[0].utterances == []
    assert found.observations == []


def test_what_is_written_in_the_chat_counts() -> None:
    utterances = [
        Utterance(0, "Nora Lindqvist", "Morning."),
        Utterance(1, "Tom Becker", "PAY-142 is closed. One payment, one receipt.", channel="chat"),
        Utterance(2, "Mei Tanaka", 'Reacted to "PAY-142 is closed. On..." with a heart', channel="chat"),
        Utterance(3, "Mei Tanaka", 'Replying to "PAY-142 is blocked..." yes!', channel="chat"),
    ]
    found = extract(utterances, participants=[], title=None)
    assert [(seen.entity, seen.value, seen.utterance) for seen in found.observations] == [
        ("PAY-142", "closed", 1)
    ]
