"""Which sentences are worth keeping, and how."""

import pytest

from tests.rules.meetings import kept, read

DECISIONS = [
    ("We decided to release every second Thursday.", "We decided to release every second Thursday."),
    ("Okay, then we decided to freeze the code on 11 May.", "We decided to freeze the code on 11 May."),
    ("We've agreed that the report goes out monthly.", "We've agreed that the report goes out monthly."),
    ("The decision is to use Postgres for the archive.", "The decision is to use Postgres for the archive."),
    ("Let's go with the blue design.", "Let's go with the blue design."),
    ("We're going with a simple chip.", "We're going with a simple chip."),
    ("Decision: weekly releases from April.", "Decision: weekly releases from April."),
    ("So, um, we, we decided to drop the the printed tickets.", "We decided to drop the printed tickets."),
]

TASKS = [
    ("Tom: I'll send the endpoint list to Priya by Friday.", "Tom Becker", "Friday"),
    ("Priya: So I'll update the checkout plan by 17 March.", "Priya Raman", "17 March"),
    ("Priya will prepare the budget report for next Tuesday.", "Priya Raman", "next Tuesday"),
    ("Action item: Mei to book the venue by Monday.", "Mei Tanaka", "Monday"),
    ("Action item for Tom: write the release notes.", "Tom Becker", None),
    ("Tom: I will write up PAY-142 tomorrow.", "Tom Becker", "tomorrow"),
    ("Mei is going to review the security checklist.", "Mei Tanaka", None),
]

NOTHING = [
    "I'll see you on Friday.",
    "I'll go ahead and share my screen.",
    "I'll be right back.",
    "I'll just share my slides.",
    "Let's get started.",
    "Let's go with that.",
    "Let's go.",
    "I'll let you go.",
    "I'll do that.",
    "I'll start.",
    "I'll tell you what.",
    "I'll bring it up in a minute.",
    "I'll call you back.",
    "We haven't decided to release on Thursday.",
    "Have we decided to release on Thursday?",
    "Maybe we decided to release on Thursday, I'm not sure.",
    "If we decided to release weekly, we would need more testers.",
    "I could send the endpoint list by Friday.",
    "If Tom signs, I'll send the contract by Friday.",
    "I'll probably send the report tomorrow.",
    "Will you send the report tomorrow?",
    "I'm not worried about the date.",
    "There is no risk that the port closes.",
    "I have a question about the budget.",
    "Good morning everyone, thanks for coming.",
    "Yeah, that makes sense, thank you.",
]


@pytest.mark.parametrize(("sentence", "content"), DECISIONS)
def test_a_firm_decision_is_kept_as_a_clean_sentence(sentence: str, content: str) -> None:
    assert [(memory.kind, memory.content) for memory in kept(sentence)] == [("decision", content)]


@pytest.mark.parametrize(("sentence", "owner", "due"), TASKS)
def test_a_promise_of_work_is_kept_with_its_owner_and_date(
    sentence: str, owner: str, due: str | None
) -> None:
    assert [(memory.kind, memory.owner, memory.due) for memory in kept(sentence)] == [
        ("action_item", owner, due)
    ]


@pytest.mark.parametrize("sentence", NOTHING)
def test_small_talk_and_hedges_are_not_kept(sentence: str) -> None:
    assert kept(sentence) == []


def test_a_decision_keeps_its_reason() -> None:
    [memory] = kept("We decided to buy a second account because the first one is full.")
    assert memory.rationale == "the first one is full"


def test_a_decision_names_what_it_replaces() -> None:
    [memory] = kept("We decided to use Postgres instead of the flat files.")
    assert memory.supersedes == "the flat files"


def test_a_reversed_decision_is_named_as_replaced() -> None:
    [memory] = kept("We decided to reverse that decision and launch with Guest Checkout.")
    assert (memory.supersedes, memory.entities) == ("that decision", ["Guest Checkout"])


def test_what_is_taken_back_at_once_is_not_kept() -> None:
    assert kept("We decided to paint the office pink. Just kidding.") == []


def test_a_request_counts_once_the_person_says_yes() -> None:
    [memory] = kept("Nora: Priya, can you send the invoice list by Monday?", "Priya: Sure, will do.")
    assert (memory.owner, memory.due, memory.first_utterance, memory.last_utterance) == (
        "Priya Raman",
        "Monday",
        0,
        1,
    )
    assert memory.content == "Priya Raman will send the invoice list by Monday."


def test_a_request_without_a_yes_is_not_kept() -> None:
    assert kept("Nora: Priya, can you send the invoice list by Monday?", "Priya: No, sorry.") == []


def test_a_request_answered_by_somebody_else_is_not_kept() -> None:
    assert kept("Nora: Priya, can you send the invoice list by Monday?", "Tom: Sure.") == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("There is a risk that the port authority sends the timetable late.", "risk"),
        ("The main risk is the summer timetable.", "risk"),
        ("I'm worried that the vendor goes bankrupt.", "risk"),
        ("Open question: who pays for the second server?", "question"),
        ("It's still open whether the archive moves to Postgres.", "question"),
        ("The Billing API costs 20,000 euros a year.", "fact"),
    ],
)
def test_risks_open_questions_and_figures_are_kept(sentence: str, kind: str) -> None:
    assert [memory.kind for memory in kept(sentence)] == [kind]


def test_the_quote_of_a_memory_is_the_sentence_as_spoken() -> None:
    [memory] = kept("Tom: Right, um, I'll, I'll send the the list by Friday. Bye.")
    assert memory.quote == "Right, um, I'll, I'll send the the list by Friday."
    assert memory.content == "Tom Becker will send the list by Friday."


def test_relations_are_read_where_they_are_stated() -> None:
    found = read(
        "The Checkout Redesign depends on the Billing API.",
        "Tom reports to Priya.",
        "Tom: I'm working on the Billing API.",
        "The Search Rewrite would depend on the Billing API.",
    ).relations
    assert [(link.source, link.type, link.target) for link in found] == [
        ("Checkout Redesign", "depends_on", "Billing API"),
        ("Tom Becker", "reports_to", "Priya Raman"),
        ("Tom Becker", "works_on", "Billing API"),
    ]
