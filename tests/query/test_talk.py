"""Questions about the talk itself, and what is answered when the words asked for were not said."""

import re

import pytest
import pytest_asyncio

from stores.opening import Stores
from tests.query.builder import Said, Workspace
from tests.query.conftest import Ask, conversation


@pytest_asyncio.fixture
async def design(stores: Stores) -> Workspace:
    """Two meetings of people who are called by their roles."""
    workspace = Workspace(stores, "design", types={"Talk Back": "feature"})
    await workspace.meeting(
        "D101a",
        "2026-02-03",
        Said("Project Manager", "Um so first of all, I'm Laura and I'm the project manager."),
        Said("Marketing Expert", "Hi, I am Andrew. This small change would improve the quality of life."),
        Said("Designer", "Designing a remote control is what we are here for."),
        Said("Project Manager", "We should sell it for twenty-five euros, that price is settled."),
        Said("Marketing Expert", "What about Talk Back, does anybody use Talk Back?", about=["Talk Back"]),
        Said("Designer", "Talk Back would need another chip, I think.", about=["Talk Back"]),
    )
    await workspace.meeting(
        "D101b",
        "2026-02-10",
        Said("Project Manager", "Let's go on with the shape of the remote control."),
        Said("Designer", "I looked at Talk Back again and it costs too much.", about=["Talk Back"]),
        Said("Designer", "We decided to make it of rubber.", kind="decision"),
    )
    return workspace


@pytest.fixture
def ask_design(design: Workspace) -> Ask:
    """Asks one question of those meetings."""
    return conversation(design.name)


async def test_who_spoke_about_a_thing_is_listed_with_how_often(ask_design: Ask) -> None:
    output = await ask_design("Who spoke about Talk Back?")
    assert (output["known"], output["confidence"]) == (True, "high")
    assert output["answer"].startswith("2 people spoke of Talk Back, in 3 turns of 2 meetings:")
    assert "- Designer (2 turns), in D101" in output["answer"]
    assert "- Marketing Expert (1 turn), in D101a on 3 Feb 2026: “What about Talk Back" in output["answer"]
    assert {citation["speaker"] for citation in output["citations"]} == {"Designer", "Marketing Expert"}


async def test_a_topic_that_nothing_is_named_is_found_by_its_words(ask_design: Ask) -> None:
    assert "Project Manager (1 turn)" in (await ask_design("who mentioned the prices?"))["answer"]
    nobody = await ask_design("Who spoke about verkle trees?")
    assert (nobody["known"], nobody["citations"]) == (False, [])
    assert nobody["answer"] == "Not known: no turn on record speaks of verkle trees."
    assert (await ask_design("Did anyone mention verkle trees?"))["answer"].startswith("No: no turn")


async def test_who_asked_is_not_who_spoke(ask_design: Ask) -> None:
    output = await ask_design("Who asked about Talk Back?")
    assert output["answer"].startswith("Marketing Expert (1 turn)")
    assert "Designer" not in output["answer"]


async def test_where_and_when_a_thing_was_spoken_of(ask_design: Ask) -> None:
    meetings = await ask_design("Which meetings discussed Talk Back?")
    assert meetings["answer"].startswith("3 turns of 2 meetings speak of Talk Back:")
    assert "- D101a, 3 Feb 2026 (2 turns): “" in meetings["answer"]
    last = await ask_design("When did we last talk about Talk Back?")
    assert last["answer"].startswith("Talk Back: last spoken of in D101b on 10 Feb 2026, by Designer: “")
    assert "D101a on 3 Feb 2026" in (await ask_design("When was Talk Back first mentioned?"))["answer"]
    assert "3 turns of 2 meetings" in (await ask_design("How often was Talk Back mentioned?"))["answer"]
    about = await ask_design("How many meetings have there been about Talk Back?")
    assert (about["answer"][:18], len(about["citations"])) == ("3 turns of 2 meeti", 2)


async def test_what_a_person_said_of_a_thing_is_in_their_own_words(ask_design: Ask) -> None:
    output = await ask_design("What did the Designer say about Talk Back?")
    assert output["known"]
    assert {citation["speaker"] for citation in output["citations"]} == {"Designer"}
    every = await ask_design("Summarise what was said about Talk Back")
    assert len(every["citations"]) == 3


async def test_the_topic_of_the_question_before_is_what_it_is(design: Workspace) -> None:
    ask = conversation(design.name)
    await ask("Who spoke about Talk Back?", follow_up=True)
    assert (await ask("thanks", follow_up=True))["answer"] == "You are welcome."
    last = await ask("when did we last talk about it?", follow_up=True)
    assert last["answer"].startswith("Talk Back: last spoken of in D101b")


async def test_meetings_are_listed_and_who_was_there(ask_design: Ask) -> None:
    listed = await ask_design("list the meetings")
    assert listed["answer"].startswith("2 meetings on record:\n- D101a, 3 Feb 2026: 3 people, 6 turns.")
    assert (await ask_design("When was the last meeting?"))["answer"] == "D101b was held on 10 Feb 2026."
    there = await ask_design("Who attended D101b?")
    assert there["answer"].startswith(
        "2 people took part in D101b (10 Feb 2026), most active first: Designer and Project Manager."
    )
    many = await ask_design("How many people attended D101b?")
    assert many["answer"].startswith("2 people took part in D101b")
    assert (await ask_design("How many people were in D101b?"))["answer"] == many["answer"]
    assert (await ask_design("Who talked most in D101b?"))["answer"].startswith(
        "Designer spoke in 2 of the 3 turns of D101b"
    )


async def test_what_a_meeting_was_about(ask_design: Ask) -> None:
    output = await ask_design("What topics were discussed in D101a?")
    assert output["answer"].startswith("Most spoken of in D101a:\n- Talk Back (2 turns): “")
    assert "Decision: We decided to make it of rubber" in (await ask_design("Summarise D101b"))["answer"]


async def test_who_bears_a_role_is_told_by_how_they_introduced_themselves(ask_design: Ask) -> None:
    output = await ask_design("Who is the project manager?")
    assert output["known"]
    assert [citation["quote"] for citation in output["citations"]] == [
        "Um so first of all, I'm Laura and I'm the project manager."
    ]


async def test_who_says_nothing_of_themselves_is_known_by_what_they_do(ask: Ask) -> None:
    output = await ask("Who is Priya?")
    assert output["answer"].startswith("Priya Raman owns Ticket Shop (since 24 Feb 2026). [1]")
    assert "took part in 3 meetings, last in Planning on 24 Mar 2026" in output["answer"]


@pytest.mark.parametrize(
    "question",
    ["What colour will the remote control be?", "What is the meaning of life?", "Who designed the slogan?"],
)
async def test_a_passage_without_the_telling_word_is_no_answer(ask_design: Ask, question: str) -> None:
    output = await ask_design(question)
    assert (output["known"], output["citations"]) == (False, [])
    assert output["answer"] == "Not known: nothing that was said in the meetings answers this."


async def test_the_nearest_evidence_is_about_what_was_asked(ask_design: Ask) -> None:
    output = await ask_design("What did the group decide about the price?")
    assert not output["known"]
    assert [citation["quote"] for citation in output["citations"]] == [
        "We should sell it for twenty-five euros, that price is settled."
    ]


async def test_an_answer_is_what_states_it_and_not_who_asks_or_leaves_it_open(stores: Stores) -> None:
    workspace = Workspace(stores, "open", types={"Mainnet": "system", "remote control": "project"})
    await workspace.meeting(
        "Launch",
        "2026-02-03",
        Said("Ann Lee", "Like how much does a remote control cost?", about=["remote control"]),
        Said("Bob Ray", "The production cost is twelve euros.", about=["remote control"]),
        Said("Ann Lee", "We have to decide who our target audience is."),
        Said("Bob Ray", "Mainnet comes four weeks after the devnets.", about=["Mainnet"]),
        Said("Bob Ray", "peer-das has priority on testing."),
        Said("Ann Lee", "My concern is the date.", kind="risk"),
        Said("Ann Lee", "I'm Trent, you had a comment."),
    )
    ask = conversation("open")
    cost = await ask("How much should the remote control cost?")
    assert [citation["quote"] for citation in cost["citations"]] == ["The production cost is twelve euros."]
    audience = await ask("What is the target audience?")
    assert not audience["known"]
    assert "have to decide" in audience["citations"][0]["quote"]
    fork = await ask("When is the Pectra mainnet fork?")
    assert fork["answer"].startswith("Not known: no meeting says when Pectra mainnet fork is due.")
    assert "four weeks after" in fork["citations"][0]["quote"]
    das = await ask("What is the status of PeerDAS?")
    assert das["answer"].startswith("Not known: “PeerDAS” is spoken of, but no meeting tracks it")
    assert "My concern" in (await ask("What are the open issues?"))["answer"]
    assert not (await ask("What are the open issues with blob fees?"))["known"]
    assert "took part in 1 meeting" in (await ask("Who is Ann Lee?"))["answer"]
    assert not (await ask("How long was the last call?"))["known"]
    power = await ask("What was decided about the remote control's energy source?")
    assert power["answer"].startswith("Not known: no decision about “remote control energy source”")


async def test_of_passages_that_may_hold_a_task_only_commitments_are_told(stores: Stores) -> None:
    workspace = Workspace(stores, "tasks")
    await workspace.meeting(
        "Close",
        "2026-02-03",
        Said("Ann Lee", "Okay, welcome everybody to our meeting, let us begin with the slides."),
        *[Said("Bob Ray", "You can see that you have to press it if you want to go on.")] * 9,
        Said("Bob Ray", "Could you maybe look into it, do you think we should do that next time?"),
        Said(
            "Ann Lee", "Until the next meeting you're going to work on the design, Bob, and write a report."
        ),
    )
    output = await conversation("tasks")("What action items came out of the last meeting?")
    assert output["answer"].startswith("No action item was noted as such in Close (3 Feb 2026); passages")
    assert [citation["speaker"] for citation in output["citations"]] == ["Ann Lee"]


@pytest.mark.parametrize("words", ["thanks!", "hello", "ok", "Thank you very much"])
async def test_courtesies_are_answered_in_a_line_without_evidence(ask_design: Ask, words: str) -> None:
    output = await ask_design(words)
    assert (output["known"], output["citations"], output["relevant_entities"]) == (True, [], [])
    assert "\n" not in output["answer"]


async def test_a_long_turn_is_quoted_in_whole_sentences(stores: Stores) -> None:
    workspace = Workspace(stores, "long")
    before = "We went through the minutes of the other day and nobody had anything to add to them. " * 3
    after = "Then there was lunch, and after lunch we had a look at the shop floor together. " * 3
    await workspace.meeting(
        "Long", "2026-02-03", Said("Ann Lee", f"{before}The turbine needs a new bearing. {after}")
    )
    output = await conversation(workspace.name)("What does the turbine need?")
    quote = output["citations"][0]["quote"]
    assert quote.startswith("The turbine needs a new bearing.")
    assert len(quote) <= 200
    assert quote.endswith(".")


async def test_one_long_sentence_is_cut_at_a_clause_and_marked_outside_the_quote(stores: Stores) -> None:
    workspace = Workspace(stores, "clauses")
    long = "the turbine needs a new bearing, " + "which we ordered from the usual place, " * 12 + "I hope"
    await workspace.meeting("Long", "2026-02-03", Said("Ann Lee", long))
    output = await conversation(workspace.name)("Who owns the turbine?")
    quote = output["citations"][0]["quote"]
    assert quote in long
    assert len(quote) <= 200
    assert f"“{quote}” …" in output["answer"]


async def test_what_is_over_is_not_told_as_if_it_went_on(series: Workspace) -> None:
    await series.meeting(
        "Done",
        "2026-04-28",
        Said(
            "Daniel Osei",
            "The Billing API is done, it is at 100 percent.",
            [("Billing API", "status", "done"), ("Billing API", "progress", "100%")],
        ),
        Said("Daniel Osei", "I own the Billing API.", [("Billing API", "owner", "Daniel Osei")]),
    )
    output = await conversation(series.name)("What is the status of the Billing API?")
    assert output["answer"].startswith(
        "Billing API is completed (since 28 Apr 2026), 100% done, owned by Daniel Osei "
        "(since 28 Apr 2026), due on 8 May 2026."
    )


async def test_how_long_a_status_lasted_is_counted_in_days(ask: Ask) -> None:
    output = await ask("How long was the Ticket Shop blocked?")
    assert "28 days after 24 Feb 2026" in output["answer"]


async def test_every_quote_of_an_answer_was_spoken(ask_design: Ask) -> None:
    for question in (
        "Who spoke about Talk Back?",
        "What topics were discussed in D101a?",
        "Who attended D101a?",
    ):
        output = await ask_design(question)
        spoken = " ".join(citation["quote"] for citation in output["citations"])
        assert all(quote in spoken for quote in re.findall("“([^”]+)”", output["answer"]))
