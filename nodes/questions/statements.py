"""Answers listed from statements: decisions, risks, questions, action items, meetings' outcomes."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from nodes.query_state import Draft, Plan, QueryState
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
    without_numbers,
)
from nodes.questions.gatherings import say_most_spoken_of, say_summaries, say_themes
from nodes.questions.moments import kind_of_moments, quote_of
from nodes.questions.owned import is_of
from nodes.questions.plan import subjects
from nodes.questions.stems import stems
from nodes.questions.topics import about_topic
from stores.histories import TransitionReading
from stores.readings import StatementRow

_MOST_LINES = 12
_MOST_THEMES = 5
_WHICH = {
    "overdue": " whose date has passed (some may be done by now)",
    "open": " (some may be done by now)",
}
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
    overruled = superseded(found)
    if plan["aggregation"] == "superseded":
        found = [statement for statement in found if statement["memory_id"] in overruled]
    if not found:
        return exchanges_answer(state, plan)
    drafting = Drafting()
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
    _say_exchanges(drafting, state, plan)
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
    _say_exchanges(drafting, state, plan)
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
    _say_headline(drafting, found, shown, "action item", _WHICH.get(plan["aggregation"] or "", ""))
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
    _say_exchanges(drafting, state, plan)
    return drafting.draft("high")


def exchanges_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The passages of a meeting that sound like what is asked for, labelled as such; None without any."""
    drafting = Drafting()
    _say_exchanges(drafting, state, plan)
    return None if drafting.is_empty else drafting.draft("medium")


def _say_exchanges(drafting: Drafting, state: QueryState, plan: Plan) -> None:
    kind = kind_of_moments(plan)
    noted = {
        (one["version_id"], ordinal)
        for one in state.get("statements", [])
        for ordinal in range(one["utterances"][0], one["utterances"][1] + 1)
    }
    exchanges = [
        one
        for one in state.get("exchanges", [])
        if drafting.is_empty or (one["version_id"], one["utterance"]) not in noted
    ]
    if not exchanges or kind is None:
        return
    titles = listed(list(dict.fromkeys(f"{one['title']} ({day(one['date'])})" for one in exchanges)))
    whose = f" of {listed([person['name'] for person in plan['people']])}" if plan["people"] else ""
    noted = f"No {kind.replace('_', ' ')}{whose} was noted as such in {titles}"
    sounding = _SOUNDING[kind] if plan["intent"] != "changes" else "passages that sound like a decision"
    drafting.say(
        f"{noted if drafting.is_empty else f'Not noted as such in {titles}'}; {sounding}:",
        [of_exchange(one, quote_of(one, kind)) for one in exchanges],
    )
    for one in exchanges:
        quote = quote_of(one, kind)
        drafting.say(f"{one['speaker'] or 'Someone'}: “{quote}”", [of_exchange(one, quote)])


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
    say_summaries(drafting, state)
    if not statements and not changed:
        if drafting.is_empty:
            say_most_spoken_of(drafting, state)
        else:
            say_themes(drafting, state, most=_MOST_THEMES)
        _say_exchanges(drafting, state, plan)
        return None if drafting.is_empty else drafting.draft("medium")
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
    _say_exchanges(drafting, state, plan)
    return drafting.draft("high")


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
    drafting: Drafting,
    found: Sequence[StatementRow],
    shown: Sequence[StatementRow],
    noun: str,
    which: str = "",
) -> None:
    if len(found) < 2:
        return
    latest = "; the latest are" if len(shown) < len(found) else ""
    drafting.say(
        f"{numbered(len(found), noun)} on record{which}{latest}:",
        [of_statement(statement) for statement in shown],
        [count_claim("statements", len(found))],
    )


def _said(statement: StatementRow) -> str:
    return without_numbers(statement["content"]).strip().rstrip(".!")


def _is_overdue(statement: StatementRow, today: date) -> bool:
    return bool(statement["due_date"] and date.fromisoformat(statement["due_date"]) < today)


def _telling_words(text: str) -> set[str]:
    return stems(" ".join(subjects(text)))
