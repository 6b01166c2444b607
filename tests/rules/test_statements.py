"""What one sentence says of a named thing, and what it only seems to say."""

import pytest

from tests.rules.meetings import read, stated

SAYS = [
    # status
    ("The Checkout Redesign is done.", {"Checkout Redesign / status done"}),
    ("Checkout Redesign's done.", {"Checkout Redesign / status done"}),
    ("Okay, so the Checkout Redesign is now in progress.", {"Checkout Redesign / status in progress"}),
    ("Good news, the Search Rewrite is finally live.", {"Search Rewrite / status live"}),
    ("And the Partner Portal project is on hold.", {"Partner Portal / status on hold"}),
    ("The Partner Portal has been cancelled.", {"Partner Portal / status cancelled"}),
    ("The Partner Portal was postponed last Tuesday.", {"Partner Portal / status postponed"}),
    ("Um, the, the Search Rewrite is, uh, at risk.", {"Search Rewrite / status at risk"}),
    ("Unfortunately the Search Rewrite is behind schedule.", {"Search Rewrite / status behind schedule"}),
    ("PAY-142 is closed.", {"PAY-142 / status closed"}),
    ("We shipped PAY-142 yesterday.", {"PAY-142 / status shipped"}),
    ("The Mobile App launched on Monday.", {"Mobile App / status launched"}),
    ("The Mobile App went live last night.", {"Mobile App / status live"}),
    ("Phase 2 is planned.", {"Phase 2 / status planned"}),
    ("We've paused the Data Lake Cleanup.", {"Data Lake Cleanup / status paused"}),
    ("We're pausing the Data Lake Cleanup for now.", {"Data Lake Cleanup / status paused"}),
    ("We put the Data Lake Cleanup on hold.", {"Data Lake Cleanup / status on hold"}),
    ("The Data Lake Cleanup is on hold until the audit is over.", {"Data Lake Cleanup / status on hold"}),
    ("Work on the Loyalty Program has started.", {"Loyalty Program / status started"}),
    ("The Loyalty Program hasn't started yet.", {"Loyalty Program / status not started"}),
    ("I'm done with the Loyalty Program.", {"Loyalty Program / status done"}),
    ("The Loyalty Program remains in development.", {"Loyalty Program / status in development"}),
    ("We decided that the Loyalty Program is cancelled.", {"Loyalty Program / status cancelled (decided)"}),
    ("We agreed to drop the Loyalty Program.", {"Loyalty Program / status dropped (decided)"}),
    ("We decided to put the Loyalty Program on hold.", {"Loyalty Program / status on hold (decided)"}),
    ("The status of the Loyalty Program is at risk.", {"Loyalty Program / status at risk"}),
    ("The payment gateway integration is done.", {"payment gateway integration / status done"}),
    ("Our fraud detection service is blocked by the security review.", {
        "fraud detection service / status blocked",
        "fraud detection service / blockers add the security review",
    }),
    ("The Billing API rollout is done.", {"Billing API rollout / status done"}),
    ("Search Rewrite and Partner Portal are both finished.", {
        "Search Rewrite / status finished",
        "Partner Portal / status finished",
    }),
    ("The Search Rewrite is done, but the Partner Portal is blocked.", {
        "Search Rewrite / status done",
        "Partner Portal / status blocked",
    }),
    ("As for the Search Rewrite, it's on hold.", {"Search Rewrite / status on hold"}),
    ("The Search Rewrite moved to the new cluster. It's done.", {"Search Rewrite / status done"}),
    # progress
    ("The Billing API is about sixty percent done.", {"Billing API / progress about sixty percent"}),
    ("Billing API is at 60%.", {"Billing API / progress 60%"}),
    ("We're roughly 70 percent done with the Billing API.", {"Billing API / progress roughly 70 percent"}),
    ("We're still at 60 percent on the Billing API.", {"Billing API / progress 60 percent"}),
    ("The Billing API went from 40 to 55 percent.", {"Billing API / progress 55 percent"}),
    ("The Billing API is halfway done.", {"Billing API / progress halfway"}),
    ("Progress on the Billing API is 35 percent.", {"Billing API / progress 35 percent"}),
    ("Eighty percent of the Billing API is implemented.", {"Billing API / progress Eighty percent"}),
    # owner
    ("Priya is taking over the Checkout Redesign from Tom.", {"Checkout Redesign / owner Priya Raman"}),
    ("Tom owns the Billing API.", {"Billing API / owner Tom Becker"}),
    ("I'll take over the Billing API.", {"Billing API / owner Nora Lindqvist"}),
    ("Priya: I'm taking the Billing API from here.", {"Billing API / owner Priya Raman"}),
    ("The Billing API is owned by Mei Tanaka.", {"Billing API / owner Mei Tanaka"}),
    ("The Billing API moves to Priya.", {"Billing API / owner Priya Raman"}),
    ("The new owner of the Billing API is Tom.", {"Billing API / owner Tom Becker"}),
    ("Tom is handing over the Billing API to Mei.", {"Billing API / owner Mei Tanaka"}),
    ("We handed the Billing API to Mei.", {"Billing API / owner Mei Tanaka"}),
    ("Tom is the owner of PAY-142 and the Billing API.", {
        "PAY-142 / owner Tom Becker",
        "Billing API / owner Tom Becker",
    }),
    ("We decided that Mei owns the Billing API.", {"Billing API / owner Mei Tanaka (decided)"}),
    ("Oliver is leading the Billing API.", {"Billing API / owner Oliver"}),
    ("The Billing API no longer has an owner.", {"Billing API / owner clear None"}),
    ("Nobody owns the Billing API any more.", {"Billing API / owner clear None"}),
    # due
    ("The Billing API is due on Friday.", {"Billing API / due Friday"}),
    ("The Billing API is now due by the end of March.", {"Billing API / due the end of March"}),
    ("The Mobile App launches on June 3rd.", {"Mobile App / due June 3rd"}),
    ("The Mobile App will be ready by next Friday.", {"Mobile App / due next Friday"}),
    ("The deadline for the Mobile App is the 14th of May.", {"Mobile App / due the 14th of May"}),
    ("The deadline for the Mobile App moves from 17 April to 30 April.", {"Mobile App / due 30 April"}),
    ("The Mobile App slips to the fourteenth of May.", {"Mobile App / due the fourteenth of May"}),
    ("The Mobile App has been pushed back to Q3.", {"Mobile App / due Q3"}),
    ("We moved the Mobile App launch to 2 June.", {"Mobile App / due 2 June"}),
    ("We decided to move the Mobile App to 2 June.", {"Mobile App / due 2 June (decided)"}),
    ("The Mobile App needs to be done by end of quarter.", {"Mobile App / due end of quarter"}),
    ("The Mobile App is due on 2026-05-14.", {"Mobile App / due 2026-05-14"}),
    ("The launch date for the Mobile App is Friday, May 14.", {"Mobile App / due Friday, May 14"}),
    ("There is no deadline for the Mobile App any more.", {"Mobile App / due clear None"}),
    # blockers
    ("The Checkout Redesign is blocked by the missing certificate from the bank.", {
        "Checkout Redesign / status blocked",
        "Checkout Redesign / blockers add the missing certificate from the bank",
    }),
    ("The Checkout Redesign is waiting for legal approval.", {
        "Checkout Redesign / status blocked",
        "Checkout Redesign / blockers add legal approval",
    }),
    ("The vendor contract is blocking the Checkout Redesign.", {
        "Checkout Redesign / status blocked",
        "Checkout Redesign / blockers add The vendor contract",
    }),
    ("The vendor contract blocker on the Checkout Redesign is resolved.", {
        "Checkout Redesign / status in progress",
        "Checkout Redesign / blockers resolve vendor contract",
    }),
    ("The Checkout Redesign is unblocked.", {
        "Checkout Redesign / status in progress",
        "Checkout Redesign / blockers resolve None",
    }),
    ("The Checkout Redesign is no longer blocked by the vendor contract.", {
        "Checkout Redesign / status in progress",
        "Checkout Redesign / blockers resolve the vendor contract",
    }),
    ("The Checkout Redesign isn't blocked anymore.", {
        "Checkout Redesign / status in progress",
        "Checkout Redesign / blockers resolve None",
    }),
    # priority, health
    ("The Checkout Redesign is high priority.", {"Checkout Redesign / priority high"}),
    ("We raised PAY-142 to critical.", {"PAY-142 / priority critical"}),
    ("The Checkout Redesign is on track.", {"Checkout Redesign / health on track"}),
    # proposals
    ("Maybe we should cancel the Loyalty Program.", {"Loyalty Program / status cancelled (proposed)"}),
    ("What if we put the Loyalty Program on hold?", {"Loyalty Program / status on hold (proposed)"}),
    ("I suggest we move the Mobile App to June.", {"Mobile App / due June (proposed)"}),
]  # fmt: skip

SAYS_NOTHING = [
    "Is the Checkout Redesign done?",
    "So is the Checkout Redesign done in March",
    "The Checkout Redesign is done, right?",
    "The Checkout Redesign isn't done.",
    "The Checkout Redesign is not done yet.",
    "The Checkout Redesign isn't done before April, don't write that down.",
    "The Checkout Redesign is almost done.",
    "The Checkout Redesign is far from done.",
    "If the Checkout Redesign is done, we can celebrate.",
    "If the vendor signs, the Checkout Redesign is unblocked.",
    "The Checkout Redesign is done once the vendor signs.",
    "The Checkout Redesign would be done by now.",
    "The Checkout Redesign could be blocked.",
    "The Checkout Redesign might slip to June.",
    "I wish the Checkout Redesign was done.",
    "Hopefully the Checkout Redesign is done by Friday.",
    "I hope the Checkout Redesign is done.",
    "I think the Checkout Redesign is done, but I'm not sure.",
    "Tom said the Checkout Redesign is cancelled.",
    "Somebody on the stairs told me that the Checkout Redesign is cancelled.",
    "Last year the Checkout Redesign was blocked by the old gateway.",
    "The Checkout Redesign was blocked back in March.",
    "The Checkout Redesign used to be blocked.",
    "The Checkout Redesign was in progress.",
    "The client wants the Checkout Redesign done by Friday.",
    "When the Checkout Redesign is done, we start the party.",
    "The Checkout Redesign is done, yeah right.",
    "The Checkout Redesign is done. Just kidding.",
    "The Checkout Redesign is done. No wait, that was the Search Rewrite.",
    "The Checkout Redesign team is blocked.",
    "The design for the Checkout Redesign is done.",
    "Nobody knows whether the Checkout Redesign is done.",
    "The Checkout Redesign is new code.",
    "The Checkout Redesign is beautiful.",
    "We talked about the Checkout Redesign for an hour.",
    "Can you tell me when the Checkout Redesign is due?",
    "The Checkout Redesign slips by two weeks.",
    "Everything is done.",
    "We are done here.",
    "It's done.",
    "The other thing is blocked.",
    "Most people are on hold.",
    "I'm stuck in traffic.",
    "Priya would own the Checkout Redesign.",
    "Does Tom own the Checkout Redesign?",
    "Somebody should own the Checkout Redesign.",
    "Tom doesn't own the Checkout Redesign.",
    "Sixty percent of their customers buy one ticket.",
    "A sixty percent cake.",
    "The Checkout Redesign is 60 percent of my worries.",
    "The Checkout Redesign is live music to my ears.",
    "Let's look at the Checkout Redesign on Friday.",
    "See you on Monday about the Checkout Redesign.",
    "We could look at the Checkout Redesign in June.",
    "I don't think the Checkout Redesign is blocked.",
    "In theory the Checkout Redesign is done.",
]


@pytest.mark.parametrize(("sentence", "expected"), SAYS, ids=[sentence for sentence, _ in SAYS])
def test_an_explicit_statement_is_observed_as_it_was_said(sentence: str, expected: set[str]) -> None:
    assert stated(sentence) == expected


@pytest.mark.parametrize("sentence", SAYS_NOTHING)
def test_a_question_doubt_wish_hearsay_or_aside_states_nothing(sentence: str) -> None:
    assert stated(sentence) == set()


def test_a_statement_carries_its_words_speaker_and_place() -> None:
    found = read(
        "Nora: Morning.", "Tom: Right. The Billing API is about sixty percent done. Lovely."
    ).observations
    assert [(seen.quote, seen.speaker, seen.utterance) for seen in found] == [
        ("The Billing API is about sixty percent done.", "Tom Becker", 1)
    ]


def test_it_after_two_named_things_refers_to_neither() -> None:
    assert stated("The Billing API talks to the Search Index. It's done.") == set()


def test_it_in_the_next_turn_refers_to_nothing() -> None:
    assert stated("Nora: The Billing API needs love.", "Tom: It's done.") == set()
