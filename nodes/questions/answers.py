"""Answers worded from states and relations; every sentence names what it is about."""

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
)
from nodes.questions.measured import measured_answer
from nodes.questions.saying_when import as_of_begun, as_of_said
from stores.histories import TransitionReading

_MOST_LINES = 15
_MOST_THINGS = 8
_FIELD_SAID = {"owner": "an owner", "due": "a due date", "priority": "a priority"}


def status_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How things stand: of the things named, else of all; None when nothing is on record."""
    if plan["asked"] and not plan["fields"] and not plan["entities"] and not plan["people"]:
        return measured_answer(state, plan)
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
            _say_missing(drafting, readings, fields or [])
            shown = fields or ["status"]
            _say_superseded(drafting, state.get("transitions", []), readings[0]["entity_id"], shown)
    return None if drafting.is_empty else drafting.draft("high")


def _say_missing(drafting: Drafting, readings: Sequence[TransitionReading], fields: Sequence[str]) -> None:
    """Which of several fields that were asked for nobody has stated."""
    held = {reading["field"] for reading in readings}
    for field in fields:
        if field not in held and len(fields) > 1:
            drafting.say(
                f"Nothing on record gives {readings[0]['entity']} {_FIELD_SAID.get(field, field)}.",
                [],
                [count_claim("none", 0)],
            )


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
        if plan["as_of"] and drafting.is_empty:
            prefix = f"Yes,{as_of_said(plan)}: " if prefix else as_of_begun(plan)
        said = is_said(reading, past=bool(plan["as_of"]))
        say_states(drafting, f"{prefix}{reading['entity']} {said} ({lasting})", [reading])
    for one in state.get("relations", []) if named else []:
        if one["type"] == "blocks":
            drafting.say(
                f"{one['source']} blocks {one['target']} (since {day(one['since'])}).", [of_relation(one)]
            )
    if not drafting.is_empty:
        return drafting.draft("high")
    at = as_of_said(plan)
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
            at = f",{as_of_said(plan)}" if plan["as_of"] else ""
            return f"Yes{at}: " if status["normalised"] == plan["asked"] else f"No{at}: "
    return as_of_begun(plan)


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
