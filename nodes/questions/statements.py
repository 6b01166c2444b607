"""Answers listed from statements: decisions, risks, questions, action items, meetings' outcomes, counts."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from nodes.names import normalised_name
from nodes.query_state import Draft, Plan, PlanEntity, QueryState
from nodes.questions.changes import say_change
from nodes.questions.drafting import (
    Drafting,
    count_claim,
    day,
    is_said,
    listed,
    numbered,
    of_exchange,
    of_reading,
    of_statement,
    say_states,
    since_said,
)
from nodes.questions.gatherings import gathering_answer, say_themes
from nodes.questions.moments import kind_of_moments, quote_of
from nodes.questions.plan import subjects
from nodes.questions.stems import stems
from stores.histories import TransitionReading
from stores.readings import StatementRow

_MOST_LINES = 12
_MOST_THEMES = 5
_SOUNDING = {
    "decision": "passages that sound like one",
    "action_item": "passages that speak of what is to be done",
    "problem": "passages that speak of one",
}
_REVERSES = re.compile(
    r"\b(?:revers\w*|overturn\w*|instead of|no longer|revok\w*|withdraw\w*|undo|scrap\w*)\b", re.IGNORECASE
)


def decisions_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The decisions asked for, latest first, reversed ones labelled; None when there are none."""
    found = about_topic(state.get("statements", []), plan)
    if not found:
        return exchanges_answer(state, plan)
    drafting = Drafting()
    overruled = superseded(found)
    shown = found[::-1][:_MOST_LINES]
    _say_headline(drafting, found, shown, "decision")
    for statement in shown:
        later = overruled.get(statement["memory_id"])
        mark = f" — superseded on {day(later['date'])} ({later['title']})" if later else ""
        why = f" Reason given: {statement['rationale']}." if statement["rationale"] else ""
        drafting.say(
            f"{_said(statement)} ({day(statement['date'])}, {statement['title']}){mark}.{why}",
            [of_statement(statement), *([of_statement(later)] if later else [])],
        )
    return drafting.draft("high")


def listed_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The risks or the questions on record, latest first; None when it is not these that are asked for."""
    found = about_topic(state.get("statements", []), plan)
    if plan["aggregation"] not in ("risk", "question", "problem"):
        return None
    if not found:
        return exchanges_answer(state, plan)
    drafting = Drafting()
    shown = found[::-1][:_MOST_LINES]
    _say_headline(drafting, found, shown, plan["aggregation"])
    for statement in shown:
        drafting.say(
            f"{_said(statement)} ({day(statement['date'])}, {statement['title']}).", [of_statement(statement)]
        )
    return drafting.draft("high")


def action_items_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The action items asked for, by due date; whether they were done is not on record."""
    today = datetime.fromisoformat(plan["as_of"] or plan["now"]).date()
    found = [
        statement
        for statement in about_topic(state.get("statements", []), plan)
        if not plan["people"] or is_of(statement, plan["people"])
    ]
    if plan["aggregation"] == "overdue":
        found = [statement for statement in found if _is_overdue(statement, today)]
    late = _overdue_things(state, plan, today)
    drafting = Drafting()
    if plan["aggregation"] == "overdue" and not found and not late:
        drafting.say("Nothing on record is overdue.", [], [count_claim("none", 0)])
    elif not found and not late:
        return exchanges_answer(state, plan)
    shown = sorted(found, key=lambda item: (item["due_date"] is None, item["due_date"] or "", item["date"]))
    shown = shown[-_MOST_LINES:] if len(shown) > _MOST_LINES else shown
    _say_headline(drafting, found, shown, "action item")
    for statement in shown:
        due = f", due {day(statement['due_date'])}" if statement["due_date"] else ""
        if not due and statement["due"]:
            due = f", due “{statement['due']}”"
        passed = " (the date has passed)" if _is_overdue(statement, today) else ""
        said = _said(statement)
        owner = statement["owner"] or ""
        owner = "" if said.startswith(owner) else f"{owner}: "
        drafting.say(
            f"{owner}{said}{due}{passed} ({day(statement['date'])}, {statement['title']}).",
            [of_statement(statement)],
        )
    for reading in late[:_MOST_LINES]:
        say_states(drafting, f"{reading['entity']} {is_said(reading)} ({since_said(reading)})", [reading])
    return drafting.draft("high")


def exchanges_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The passages of a meeting that sound like what is asked for, labelled as such; None without any."""
    exchanges, kind = state.get("exchanges", []), kind_of_moments(plan)
    if not exchanges or kind is None:
        return None
    drafting = Drafting()
    titles = list(dict.fromkeys(f"{one['title']} ({day(one['date'])})" for one in exchanges))
    whose = f" of {listed([person['name'] for person in plan['people']])}" if plan["people"] else ""
    drafting.say(
        f"No {kind.replace('_', ' ')}{whose} was noted as such in {listed(titles)}; {_SOUNDING[kind]}:",
        [of_exchange(one, quote_of(one, kind)) for one in exchanges],
    )
    for one in exchanges:
        quote = quote_of(one, kind)
        drafting.say(f"{one['speaker'] or 'Someone'}: “{quote}”", [of_exchange(one, quote)])
    return drafting.draft("medium")


def _overdue_things(state: QueryState, plan: Plan, today: date) -> list[TransitionReading]:
    """The tracked things whose date has passed, and that are neither completed nor cancelled."""
    if plan["aggregation"] != "overdue" or plan["people"]:
        return []
    states = state.get("states", [])
    over = {
        reading["entity_id"]
        for reading in states
        if reading["field"] == "status" and reading["normalised"] in ("completed", "cancelled")
    }
    return [
        reading
        for reading in states
        if reading["field"] == "due"
        and reading["entity_id"] not in over
        and (reading["normalised"] or "9999") < today.isoformat()
    ]


def recap_answer(state: QueryState, plan: Plan) -> Draft | None:
    """What meetings brought: their decisions, the changes they made, who took what on; None for nothing."""
    drafting = Drafting()
    statements, changed = state.get("statements", []), state.get("transitions", [])
    if not statements and not changed:
        return gathering_answer(state, {**plan, "aggregation": "themes"})
    decisions = sum(statement["kind"] == "decision" for statement in statements)
    items = len(statements) - decisions
    what = [
        numbered(decisions, "decision"),
        numbered(len(changed), "change"),
        numbered(items, "action item"),
    ]
    drafting.say(
        f"{listed(what)} {plan['span']}:",
        [
            *(of_statement(statement) for statement in statements),
            *(of_reading(reading) for reading in changed),
        ],
        [
            count_claim("transitions", len(changed)),
            count_claim("statements", decisions),
            count_claim("statements", items),
        ],
    )
    for statement in statements[:_MOST_LINES]:
        drafting.say(
            f"{statement['kind'].replace('_', ' ').capitalize()}: {_said(statement)}.",
            [of_statement(statement)],
        )
    for reading in changed[:_MOST_LINES]:
        say_change(drafting, reading)
    if len(statements) + len(changed) < _MOST_LINES:
        say_themes(drafting, state, most=_MOST_THEMES)
    return drafting.draft("high")


def counted_statements_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How many decisions, action items or risks; or meetings, things, people, changes."""
    drafting = Drafting()
    what = plan["aggregation"] or ""
    span = f" {plan['span']}" if plan["span"] else ""
    if what in ("decision", "action_item", "risk"):
        found = [
            statement
            for statement in about_topic(state.get("statements", []), plan)
            if not plan["people"] or is_of(statement, plan["people"])
        ]
        noun = what.replace("_", " ")
        verb = "is" if len(found) == 1 else "are"
        drafting.say(
            f"{numbered(len(found), noun)} {verb} on record{span}.",
            [of_statement(statement) for statement in found[-_MOST_LINES:]],
            [count_claim("statements" if found else "none", len(found))],
        )
        return drafting.draft("high")
    if what == "changes":
        changed = state.get("transitions", [])
        about = f" of {listed([entity['name'] for entity in plan['entities']])}" if plan["entities"] else ""
        drafting.say(
            f"{numbered(len(changed), 'change')}{about} on record{span}.",
            [],
            [count_claim("transitions", len(changed))],
        )
        return drafting.draft("high")
    rows = [
        row for row in state.get("counts", []) if row["counted"] == ("entity" if what == "person" else what)
    ]
    if what == "meeting":
        total = sum(row["number"] for row in rows)
        drafting.say(f"{numbered(total, 'meeting')} on record{span}.", [], [count_claim("counts", total)])
    elif what == "person":
        total = sum(row["number"] for row in rows if row["label"] == "person")
        drafting.say(
            f"{numbered(total, 'person', 'people')} on record{span}.", [], [count_claim("counts", total)]
        )
    else:
        kinds = [row for row in rows if row["label"] != "person"]
        total = sum(row["number"] for row in kinds)
        each = listed([f"{row['number']} {row['label']}" for row in kinds]) if kinds else "none"
        drafting.say(
            f"{numbered(total, 'thing')} {'is' if total == 1 else 'are'} tracked{span}: {each}.",
            [],
            [count_claim("counts", total)],
        )
    return drafting.draft("high")


def about_topic(statements: Sequence[StatementRow], plan: Plan) -> list[StatementRow]:
    """The statements about the topic of a question that names no known thing; all when it has no topic."""
    if plan["entities"] or not plan["unknown"]:
        return list(statements)
    topic = stems(plan["unknown"][0])
    return [
        statement
        for statement in statements
        if topic & stems(f"{statement['content']} {statement['quote']} {statement['rationale'] or ''}")
    ]


def superseded(decisions: Sequence[StatementRow]) -> dict[str, StatementRow]:
    """Which decisions a later one took back, by memory id: it says so, and shares its telling words."""
    overruled: dict[str, StatementRow] = {}
    for place, later in enumerate(decisions):
        if not (later["supersedes"] or _REVERSES.search(later["quote"])):
            continue
        words = _telling_words(f"{later['content']} {later['supersedes'] or ''}")
        shared = [
            (len(words & _telling_words(earlier["content"])), at, earlier)
            for at, earlier in enumerate(decisions[:place])
        ]
        if shared and max(shared)[0] >= 2:
            overruled[max(shared)[2]["memory_id"]] = later
    return overruled


def _say_headline(
    drafting: Drafting, found: Sequence[StatementRow], shown: Sequence[StatementRow], noun: str
) -> None:
    if len(found) == 1:
        return
    latest = "; the latest are" if len(shown) < len(found) else ""
    drafting.say(
        f"{numbered(len(found), noun)} on record{latest}:",
        [of_statement(statement) for statement in shown],
        [count_claim("statements", len(found))],
    )


def _said(statement: StatementRow) -> str:
    return statement["content"].strip().rstrip(".!")


def is_of(statement: StatementRow, people: Sequence[PlanEntity]) -> bool:
    """Whether a statement is owned by one of these people."""
    owner = normalised_name(statement["owner"] or "").split()
    return any(
        owner == normalised_name(person["name"]).split() or (len(owner) == 1 and owner[0] in _names(person))
        for person in people
    )


def _names(person: PlanEntity) -> set[str]:
    """The full name's words, of which a first name alone is one."""
    return set(normalised_name(person["name"]).split()[:1]) | set(normalised_name(person["given"]).split())


def _is_overdue(statement: StatementRow, today: date) -> bool:
    return bool(statement["due_date"] and date.fromisoformat(statement["due_date"]) < today)


def _telling_words(text: str) -> set[str]:
    return stems(" ".join(subjects(text)))
