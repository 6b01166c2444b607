"""Answers worded from states and relations; every sentence names what it is about."""

import re
from collections import defaultdict
from collections.abc import Sequence

from nodes.query_state import Draft, Plan, QueryState
from nodes.questions.drafting import (
    Drafting,
    by_entity,
    claim,
    count_claim,
    day,
    days_since,
    ids,
    is_attribute,
    is_said,
    listed,
    numbered,
    of_reading,
    of_relation,
    rank,
    say_states,
    since_said,
    span_said,
    state_said,
    value_shown,
)
from stores.histories import TransitionReading

_MOST_LINES = 15
_WORKS = re.compile(r"\bwork(?:s|ing|ed)?\b", re.IGNORECASE)
_MOST_THINGS = 8
_RELATION_WORDS = {
    "works_on": "works on",
    "reports_to": "reports to",
    "depends_on": "depends on",
    "blocks": "blocks",
    "includes": "includes",
    "responsible_for": "is responsible for",
    "collaborates_with": "collaborates with",
    "relates_to": "is related to",
}


def status_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How things stand: of the things named, else of all; None when nothing is on record."""
    if plan["asked"] and not plan["fields"] and not plan["entities"] and not plan["people"]:
        return counted_states_answer(state, plan)
    drafting = Drafting()
    if plan["fields"] == ["due"] and plan["start"] and plan["end"] and not plan["entities"]:
        return _due_answer(state, plan)
    states = by_entity(state.get("states", []))
    for readings in list(states.values())[: _MOST_THINGS if plan["entities"] else _MOST_LINES]:
        fields = [field for field in plan["fields"] if field not in ("status",)] or None
        if plan["asked"] and not plan["fields"]:
            fields = ["status"]
        _say_states(drafting, plan, readings, fields, brief=not plan["entities"])
        if plan["entities"]:
            shown = fields or ["status"]
            _say_superseded(drafting, state.get("transitions", []), readings[0]["entity_id"], shown)
    return None if drafting.is_empty else drafting.draft("high")


def _due_answer(state: QueryState, plan: Plan) -> Draft:
    """What is due in a span of time."""
    drafting = Drafting()
    start, end = (plan["start"] or "")[:10], (plan["end"] or "")[:10]
    due = [
        reading
        for reading in state.get("states", [])
        if reading["field"] == "due" and start <= (reading["normalised"] or "") <= end
    ]
    for reading in sorted(due, key=lambda reading: reading["normalised"] or "")[:_MOST_LINES]:
        say_states(drafting, f"{reading['entity']} {is_said(reading)} ({since_said(reading)})", [reading])
    if not due:
        drafting.say(
            f"Nothing is due{span_said(plan)}, as far as the meetings say.", [], [count_claim("none", 0)]
        )
    return drafting.draft("high")


def ownership_answer(state: QueryState, plan: Plan) -> Draft | None:
    """Who owns a thing, and before; what a person owns; or who owns what."""
    if plan["aggregation"] == "unowned":
        return _unowned_answer(state, plan)
    drafting = Drafting()
    owners = [reading for reading in state.get("states", []) if reading["field"] == "owner"]
    if plan["entities"]:
        for reading in owners:
            prefix = ""
            if plan["people"]:
                prefix = "Yes: " if reading["normalised"] in ids(plan["people"]) else "No: "
            say_states(
                drafting, f"{prefix}{reading['entity']} {is_said(reading)} ({since_said(reading)})", [reading]
            )
            _say_superseded(drafting, state.get("transitions", []), reading["entity_id"], ["owner"])
        return None if drafting.is_empty else drafting.draft("high")
    by_owner: dict[str, list[TransitionReading]] = defaultdict(list)
    for reading in owners:
        by_owner[reading["after"] or ""].append(reading)
    for owner, owned in list(by_owner.items())[:_MOST_LINES]:
        shown = owned[:_MOST_THINGS]
        things = listed([f"{reading['entity']} ({since_said(reading)})" for reading in shown])
        say_states(drafting, f"{owner} owns {things}", shown)
    return None if drafting.is_empty else drafting.draft("high")


def _unowned_answer(state: QueryState, plan: Plan) -> Draft:
    """The things whose state is known, and no owner."""
    drafting = Drafting()
    unowned = [
        readings[0]
        for readings in by_entity(state.get("states", [])).values()
        if all(reading["field"] != "owner" for reading in readings)
    ]
    if unowned:
        things = listed([reading["entity"] for reading in unowned[:_MOST_LINES]])
        drafting.say(
            f"No owner is on record for {things}.",
            [of_reading(reading) for reading in unowned[:_MOST_LINES]],
        )
    else:
        drafting.say("Everything whose state is on record has an owner.", [], [count_claim("none", 0)])
    return drafting.draft("high")


def blockers_answer(state: QueryState, plan: Plan) -> Draft:
    """What is blocked now, by what, and for how long; for a named thing also what blocked it before."""
    drafting = Drafting()
    states = state.get("states", [])
    named = ids(plan["entities"])
    open_items = [reading for reading in states if reading["field"] == "blockers"]
    explained = {reading["entity_id"] for reading in open_items}
    blocked = [
        reading
        for reading in states
        if reading["field"] == "status"
        and reading["normalised"] == "blocked"
        and reading["entity_id"] not in explained
    ]
    for reading in [*open_items, *blocked][:_MOST_LINES]:
        prefix = "Yes: " if named and plan["asked"] == "blocked" and drafting.is_empty else ""
        lasting = f"since {day(reading['at'])}, {_lasting(reading['at'], plan)}"
        say_states(drafting, f"{prefix}{reading['entity']} {is_said(reading)} ({lasting})", [reading])
    if not drafting.is_empty:
        return drafting.draft("high")
    at = f" as of {day(plan['as_of'])}" if plan["as_of"] else ""
    about = f" of {listed([entity['name'] for entity in plan['entities']])}" if named else ""
    prefix = "No: no" if named and plan["asked"] == "blocked" else "No"
    drafting.say(f"{prefix} open blocker{about} is on record{at}.", [], [count_claim("blockers", 0)])
    for reading in state.get("transitions", []) if named else []:
        if reading["field"] == "blockers" and reading["after"] is None and reading["before"]:
            drafting.say(
                f"{reading['entity']} stopped being blocked by “{reading['before']}” "
                f"on {day(reading['at'])}.",
                [of_reading(reading)],
                [claim("ended", reading, reading["before"])],
            )
    for reading in states:
        if named and reading["field"] == "status":
            say_states(drafting, f"{reading['entity']} {is_said(reading)} ({since_said(reading)})", [reading])
    return drafting.draft("high")


def relationship_answer(state: QueryState, plan: Plan) -> Draft | None:
    """Who or what is related to the things named, in both directions, owners among them."""
    drafting = Drafting()
    if not state.get("relations") and not _WORKS.search(plan["standalone_question"]):
        return None
    for relation in state.get("relations", [])[:_MOST_LINES]:
        words = _RELATION_WORDS[relation["type"]]
        drafting.say(
            f"{relation['source']} {words} {relation['target']} (since {day(relation['since'])}).",
            [of_relation(relation)],
        )
    for reading in state.get("states", []):
        if reading["field"] == "owner":
            say_states(drafting, f"{reading['entity']} {is_said(reading)} ({since_said(reading)})", [reading])
    return None if drafting.is_empty else drafting.draft("high")


def counted_states_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How many things have a status, are owned by a person, or are blocked."""
    drafting = Drafting()
    states = state.get("states", [])
    if plan["people"]:
        counted = [reading for reading in states if reading["field"] == "owner"]
        said = f"owned by {listed([person['name'] for person in plan['people']])}"
    elif plan["aggregation"] == "blockers":
        counted = [reading for reading in states if reading["field"] == "blockers"]
        said = "open blockers"
    elif plan["asked"]:
        counted = [
            reading
            for reading in states
            if reading["field"] == "status" and reading["normalised"] == plan["asked"]
        ]
        said = value_shown(plan["asked"])
    else:
        return None
    at = f" as of {day(plan['as_of'])}" if plan["as_of"] else ""
    subject = "" if plan["aggregation"] == "blockers" else "thing is " if len(counted) == 1 else "things are "
    if not counted:
        nothing = "No blocker is open" if plan["aggregation"] == "blockers" else f"Nothing is {said}"
        drafting.say(f"{nothing}{at}, as far as the meetings say.", [], [count_claim("none", 0)])
        return drafting.draft("high")
    shown = counted[:_MOST_LINES]
    what = "blocker is open" if len(counted) == 1 else "blockers are open"
    headline = (
        f"{len(counted)} {what}" if plan["aggregation"] == "blockers" else f"{len(counted)} {subject}{said}"
    )
    drafting.say(
        f"{headline}{at}: {listed([reading['entity'] for reading in shown])}.",
        [of_reading(reading) for reading in shown],
        [claim("is", reading) for reading in shown],
    )
    return drafting.draft("high")


def _say_states(
    drafting: Drafting,
    plan: Plan,
    readings: Sequence[TransitionReading],
    fields: Sequence[str] | None,
    *,
    brief: bool,
) -> None:
    """One or two sentences on how one thing stands."""
    wanted = sorted(
        (reading for reading in readings if fields is None or reading["field"] in fields), key=rank
    )
    if not wanted:
        return
    over = any(
        reading["field"] == "status" and reading["normalised"] in ("completed", "cancelled")
        for reading in readings
    )
    if over and fields is None:
        # how far it was before it ended says nothing any more
        wanted = [
            reading for reading in wanted if reading["field"] != "progress" or reading["normalised"] == "100"
        ]
    name, prefix = wanted[0]["entity"], _prefix(plan, wanted)
    attributes = [reading for reading in wanted if is_attribute(reading)]
    verbs = [
        ("is", [reading for reading in attributes if reading["field"] != "blockers"]),
        ("has", [] if brief else [reading for reading in wanted if not is_attribute(reading)]),
        ("is", [reading for reading in attributes if reading["field"] == "blockers"]),
    ]
    for verb, held in verbs:
        if held:
            said = [
                state_said(reading) if _is_of_the_end(reading, over) else _state_since(reading)
                for reading in held
            ]
            drafting.say(
                f"{prefix}{name} {verb} {listed(said) if verb == 'has' else ', '.join(said)}.",
                [of_reading(reading) for reading in held],
                [claim("is", reading, dated=not _is_of_the_end(reading, over)) for reading in held],
            )
            prefix = ""


def _is_of_the_end(reading: TransitionReading, over: bool) -> bool:
    """Whether a state of a thing that has ended needs no day: it was true until then."""
    return over and reading["field"] in ("due", "progress")


def _state_since(reading: TransitionReading) -> str:
    return f"{state_said(reading)} ({since_said(reading)})"


def _prefix(plan: Plan, readings: Sequence[TransitionReading]) -> str:
    if plan["asked"] and not plan["fields"]:
        status = next((reading for reading in readings if reading["field"] == "status"), None)
        if status is not None:
            at = f", as of {day(plan['as_of'])}" if plan["as_of"] else ""
            return f"Yes{at}: " if status["normalised"] == plan["asked"] else f"No{at}: "
    return f"As of {day(plan['as_of'])}: " if plan["as_of"] else ""


def _say_superseded(
    drafting: Drafting, history: Sequence[TransitionReading], entity_id: str, fields: Sequence[str]
) -> None:
    """What the latest value of each field replaced, labelled so that it is not taken for the state."""
    for field in fields:
        series = [
            reading
            for reading in history
            if reading["entity_id"] == entity_id and reading["field"] == field and field != "blockers"
        ]
        if len(series) < 2 or series[-2]["after"] is None:
            continue
        old, new = series[-2], series[-1]
        drafting.say(
            f"{old['entity']} {is_said(old, past=True)} "
            f"from {day(old['at'])} to {day(new['at'])} (superseded).",
            [of_reading(old)],
            [claim("was", old)],
        )


def _lasting(start: str, plan: Plan) -> str:
    days = days_since(start, plan)
    return "under a day" if days < 1 else f"for {numbered(days, 'day')}"
