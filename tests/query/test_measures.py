"""Numbers, links, what to follow up on, and meetings in which nothing was noted as such."""

from typing import Any

import pytest

from nodes.query_state import Plan, QueryState
from nodes.questions.measures import read_measure
from nodes.questions.related import read_relation, relationship_answer
from tests.query.builder import Said, Workspace
from tests.query.conftest import Ask, conversation


@pytest.mark.parametrize(
    ("question", "asked", "measure"),
    [
        ("How many decisions were made per meeting?", None, ("count", "decision", "meeting", False)),
        ("How many changes were there each month?", None, ("count", "changes", "month", False)),
        ("How many things does everyone own?", None, ("count", "entity", "owner", False)),
        ("Who owns the most things?", None, ("count", "entity", "owner", True)),
        ("Which project changed most?", None, ("count", "changes", "thing", True)),
        ("What percentage of the work is done?", "completed", ("share", "entity", None, False)),
        ("How long were things blocked on average?", "blocked", ("duration", "entity", "thing", False)),
        ("How many blockers did we have in total?", None, ("count", "blockers_raised", None, False)),
        ("How many blockers are there?", None, ("count", "blockers", None, False)),
        ("How many boats does the harbour have?", None, None),
        ("What is the most important risk?", None, None),
        ("What do most people want?", None, None),
    ],
)
def test_a_question_for_a_number_is_read(question: str, asked: str | None, measure: Any) -> None:
    found = read_measure(question, asked, names_something=False)
    assert (found and (found["kind"], found["what"], found["by"], found["is_top"])) == measure


async def test_numbers_are_grouped_shared_and_timed(ask: Ask) -> None:
    per_month = await ask("How many changes were there per month?", as_of="2026-04-01")
    assert per_month["answer"].startswith("6 changes as of 1 Apr 2026, by month:\n- February 2026: 4.")
    most = await ask("Which project had the most changes?")
    assert most["answer"].startswith("Most changes: Ticket Shop, with 5 changes of 6 in all.")
    owners = await ask("How many things does each person own?")
    assert owners["answer"].startswith("1 thing owned, by owner:\n- Priya Raman: 1.")
    share = await ask("What percentage of things is in progress?")
    assert share["answer"].startswith("1 of 1 thing whose status is on record (100 percent) is in progress")
    blocked = await ask("How long were things blocked on average?")
    assert blocked["answer"].startswith("On average 28 days blocked, the median being 28, over 1 period")
    assert blocked["citations"]


async def test_how_long_a_status_lasts(ask: Ask) -> None:
    output = await ask("How long has the Ticket Shop been blocked?", as_of="2026-03-06")
    assert "Ticket Shop is blocked since 24 Feb 2026, for 10 days as of 6 Mar 2026." in output["answer"]
    never = await ask("How long was the Ticket Shop on hold?")
    assert never["answer"].startswith("Nothing on record says that Ticket Shop was on hold.")


async def test_what_to_follow_up_on(ask: Ask, series: Workspace) -> None:
    await series.meeting(
        "Slip",
        "2026-04-14",
        Said("Nora Lind", "The Billing API slips to 2026-06-30.", [("Billing API", "due", "2026-06-30")]),
        Said("Tom Becker", "The Ticket Shop is at risk.", [("Ticket Shop", "status", "at risk")]),
        Said("Tom Becker", "Is the harbour open at Easter?", kind="question"),
        Said("Tom Becker", "I'll ask.", kind="action_item", owner="Tom Becker", due_date="2026-04-20"),
    )
    agenda = (await ask("What should we follow up on in the next meeting?", as_of="2026-04-21"))["answer"]
    for point in (
        "- Ticket Shop is at risk (since 14 Apr 2026).",
        "- Billing API: due 8 May 2026 → 30 Jun 2026, later (14 Apr 2026, Slip).",
        "- Promised: I'll ask, due 20 Apr 2026 (the date has passed)",
        "- Question: Is the harbour open at Easter",
    ):
        assert point in agenda
    assert "endpoint list" not in agenda  # promised long ago
    slipped = await ask("Which due dates have moved?")
    assert slipped["answer"].startswith("Billing API: due 8 May 2026 → 30 Jun 2026, later")


async def test_two_fields_asked_for_at_once_are_both_answered(ask: Ask) -> None:
    output = await ask("Who owns the Billing API and when is it due?")
    assert "Billing API is due on 8 May 2026 (since 24 Mar 2026)." in output["answer"]
    assert "Nothing on record gives Billing API an owner." in output["answer"]


async def test_where_no_decision_was_noted_the_passages_that_sound_like_one_are_told_as_such(
    series: Workspace,
) -> None:
    talk = [Said("Eve Stone", f"Number {number} of the lamps is on the pier.") for number in range(9)]
    await series.meeting(
        "Lamp workshop",
        "2026-04-20",
        *talk,
        Said("Ada Holm", "So we agreed to go with green lamps on the pier."),
        *talk,
    )
    output = await conversation(series.name)("What was decided in the lamp workshop?")
    lead, _, passages = output["answer"].partition("\n")
    assert lead == (
        "No decision was noted as such in Lamp workshop (20 Apr 2026); passages that sound like one:"
    )
    assert "- Ada Holm: “So we agreed to go with green lamps on the pier.”" in passages
    assert output["confidence"] == "medium"


def link(source: str, kind: str, target: str) -> Any:
    return {
        "source_id": source,
        "source": source,
        "type": kind,
        "target_id": target,
        "target": target,
        "since": "2026-03-02T10:00:00+00:00",
        "meeting_id": "m",
        "version_id": "v",
        "title": "Sync",
        "date": "2026-03-02T10:00:00+00:00",
        "utterance": 0,
        "start": None,
        "speaker": None,
        "quote": f"{source} {kind} {target}",
    }


@pytest.mark.parametrize(
    ("question", "about", "told"),
    [
        ("What depends on?", "Gateway", ["App depends on Gateway"]),
        ("What does depend on?", "Gateway", ["Gateway depends on Login"]),
        (
            "What depends on indirectly?",
            "Login",
            ["Gateway depends on Login", "Indirectly: App depends on Gateway"],
        ),
        (
            "What does depend on indirectly?",
            "App",
            ["App depends on Gateway", "Indirectly: Gateway depends on Login"],
        ),
        ("What does depend on?", "Login", ["Vault blocks Login"]),
        ("Who works on?", "App", ["Bob works on App"]),
    ],
)
def test_links_are_followed_in_the_direction_asked(question: str, about: str, told: list[str]) -> None:
    links = [
        link("App", "depends_on", "Gateway"),
        link("Gateway", "depends_on", "Login"),
        link("Vault", "blocks", "Login"),
        link("Bob", "works_on", "App"),
    ]
    entity = {"id": about, "name": about, "type": "system", "given": about}
    plan: Any = {"entities": [entity], "people": [], "relation": read_relation(question, ends_with_name=True)}
    asked: Plan = plan
    draft = relationship_answer(QueryState(relations=links), asked)
    assert draft is not None
    said = [sentence["text"].split(" (since")[0] for sentence in draft["sentences"]]
    assert said == told
