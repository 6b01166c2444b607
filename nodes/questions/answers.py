"""Answers worded from states, transitions and relations; every sentence names what it is about."""

from collections import defaultdict
from collections.abc import Sequence

from nodes.query_state import Claim, Draft, Plan, PlanEntity, QueryState
from nodes.questions.drafting import (
    Drafting,
    claim,
    count_claim,
    day,
    days_since,
    is_said,
    listed,
    numbered,
    of_reading,
    of_relation,
    of_utterance,
    value_shown,
)
from stores.histories import TransitionReading, field_name

_MOST_LINES = 15
_MOST_THINGS = 8
_FIRST_FIELDS = ("status", "progress", "owner", "due", "priority", "health", "blockers")
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
    states = _by_entity(state.get("states", []))
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
        _say(drafting, f"{reading['entity']} {is_said(reading)} ({_since(reading)})", [reading])
    if not due:
        drafting.say(
            f"Nothing is due{_span(plan)}, as far as the meetings say.", [], [count_claim("none", 0)]
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
                prefix = "Yes: " if reading["normalised"] in _ids(plan["people"]) else "No: "
            _say(drafting, f"{prefix}{reading['entity']} {is_said(reading)} ({_since(reading)})", [reading])
            _say_superseded(drafting, state.get("transitions", []), reading["entity_id"], ["owner"])
        return None if drafting.is_empty else drafting.draft("high")
    by_owner: dict[str, list[TransitionReading]] = defaultdict(list)
    for reading in owners:
        by_owner[reading["after"] or ""].append(reading)
    for owner, owned in list(by_owner.items())[:_MOST_LINES]:
        shown = owned[:_MOST_THINGS]
        things = listed([f"{reading['entity']} ({_since(reading)})" for reading in shown])
        _say(drafting, f"{owner} owns {things}", shown)
    return None if drafting.is_empty else drafting.draft("high")


def _unowned_answer(state: QueryState, plan: Plan) -> Draft:
    """The things whose state is known, and no owner."""
    drafting = Drafting()
    unowned = [
        readings[0]
        for readings in _by_entity(state.get("states", [])).values()
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


def timeline_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How things came to be as they are; for a status asked about, when it began and ended."""
    drafting = Drafting()
    history = _by_entity(state.get("transitions", []))
    for readings in list(history.values())[:_MOST_THINGS]:
        if plan["asked"] and _say_when(drafting, readings, plan["asked"]):
            continue
        by_field: dict[tuple[str, str], list[TransitionReading]] = defaultdict(list)
        for reading in readings:
            if not plan["fields"] or reading["field"] in plan["fields"]:
                by_field[reading["field"], reading["key"]].append(reading)
        for series in sorted(by_field.values(), key=lambda series: _rank(series[0])):
            _say_series(drafting, series)
    return None if drafting.is_empty else drafting.draft("high")


def changes_answer(state: QueryState, plan: Plan) -> Draft:
    """What changed in the span asked, latest last; the answer is known when nothing did."""
    drafting = Drafting()
    changed = state.get("transitions", [])
    shown = changed[-_MOST_LINES:]
    span = _span(plan)
    about = f" for {listed([entity['name'] for entity in plan['entities']])}" if plan["entities"] else ""
    if not changed:
        drafting.say(f"No change is on record{about}{span}.", [], [count_claim("transitions", 0)])
        return drafting.draft("high")
    touched = len({reading["entity_id"] for reading in changed})
    things = numbered(touched, "thing")
    latest = "; the latest are" if len(shown) < len(changed) else ""
    drafting.say(
        f"{numbered(len(changed), 'change')} to {things}{about}{span}{latest}:",
        [of_reading(reading) for reading in shown],
        [
            count_claim("transitions", len(changed)),
            count_claim("things", touched),
        ],
    )
    for reading in shown:
        say_change(drafting, reading)
    return drafting.draft("high")


def blockers_answer(state: QueryState, plan: Plan) -> Draft:
    """What is blocked now, by what, and for how long; for a named thing also what blocked it before."""
    drafting = Drafting()
    states = state.get("states", [])
    named = _ids(plan["entities"])
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
        _say(drafting, f"{prefix}{reading['entity']} {is_said(reading)} ({lasting})", [reading])
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
            _say(drafting, f"{reading['entity']} {is_said(reading)} ({_since(reading)})", [reading])
    return drafting.draft("high")


def relationship_answer(state: QueryState, plan: Plan) -> Draft | None:
    """Who or what is related to the things named, in both directions, owners among them."""
    drafting = Drafting()
    for relation in state.get("relations", [])[:_MOST_LINES]:
        words = _RELATION_WORDS[relation["type"]]
        drafting.say(
            f"{relation['source']} {words} {relation['target']} (since {day(relation['since'])}).",
            [of_relation(relation)],
        )
    for reading in state.get("states", []):
        if reading["field"] == "owner":
            _say(drafting, f"{reading['entity']} {is_said(reading)} ({_since(reading)})", [reading])
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


def why_answer(state: QueryState, plan: Plan) -> Draft | None:
    """What made a thing as it is, or as it was said to be, and the words around; None when nothing tells.

    The reason is rarely in the sentence that gives the state; mostly it is said right before or after.
    """
    drafting = Drafting()
    telling = telling_readings(state, plan)
    for reading in telling:
        past = not any(_is_same(reading, current) for current in state.get("states", []))
        said = (
            f"became {value_shown(reading['after'] or '')} on {day(reading['at'])}"
            if past and reading["field"] == "status"
            else f"{is_said(reading, past=past)} ({_since(reading)})"
        )
        drafting.say(
            f"{reading['entity']} {said}.",
            [of_reading(reading)],
            [claim("became" if past else "is", reading)],
        )
    for reading in telling[:1]:
        for utterance in state.get("surroundings", []):
            if utterance["version_id"] == reading["version_id"] and utterance["text"] != reading["quote"]:
                drafting.say(
                    f"{utterance['speaker'] or 'Someone'} said: “{utterance['text']}”",
                    [of_utterance(utterance, reading)],
                )
    return None if drafting.is_empty else drafting.draft("high")


def telling_readings(state: QueryState, plan: Plan) -> list[TransitionReading]:
    """The transitions that a "why" is about: to the status asked about, else those of the latest states."""
    named = _ids(plan["entities"])
    history = [reading for reading in state.get("transitions", []) if reading["entity_id"] in named]
    if plan["asked"]:
        began = [
            reading
            for reading in history
            if reading["field"] == "status" and reading["normalised"] == plan["asked"] and reading["after"]
        ][-1:]
        meetings = {reading["meeting_id"] for reading in began}
        items = [
            reading
            for reading in history
            if plan["asked"] == "blocked"
            and reading["field"] == "blockers"
            and reading["after"]
            and (not began or reading["meeting_id"] in meetings)
        ][-2:]
        if began or items:
            return [*began, *items]
    fields = plan["fields"] or ["blockers", "status"]
    current = [
        reading
        for reading in state.get("states", [])
        if reading["entity_id"] in named and reading["field"] in fields
    ]
    return sorted(current, key=lambda reading: reading["at"])[-2:]


def _is_same(reading: TransitionReading, other: TransitionReading) -> bool:
    return all(reading[part] == other[part] for part in ("entity_id", "field", "key", "at"))


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
        (reading for reading in readings if fields is None or reading["field"] in fields), key=_rank
    )
    if not wanted:
        return
    prefix = _prefix(plan, wanted)
    name = wanted[0]["entity"]
    completed = any(
        reading["field"] == "status" and reading["normalised"] in ("completed", "cancelled")
        for reading in wanted
    )
    groups = [
        [reading for reading in wanted if reading["field"] in ("status", "progress")],
        [reading for reading in wanted if reading["field"] not in ("status", "progress", "blockers")],
        [reading for reading in wanted if reading["field"] == "blockers"],
    ]
    if brief:
        groups = [[reading for group in groups[:2] for reading in group], groups[2]]
    for group in groups:
        if group:
            said = [
                f"{is_said(reading, past=completed and reading['field'] in ('progress', 'due'))}"
                f" ({_since(reading, last=completed and reading['field'] in ('progress', 'due'))})"
                for reading in group
            ]
            _say(drafting, f"{prefix}{name} {listed(said)}", group)
            prefix = ""


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


def _say_when(drafting: Drafting, readings: Sequence[TransitionReading], asked: str) -> bool:
    """When a status began and ended; False when it never was."""
    said = False
    series = [reading for reading in readings if reading["field"] == "status"]
    for place, reading in enumerate(series):
        if reading["normalised"] != asked or reading["after"] is None:
            continue
        said = True
        name, value = reading["entity"], value_shown(reading["after"])
        verb = "was first said to be" if reading["first_sight"] else "became"
        drafting.say(
            f"{name} {verb} {value} on {day(reading['at'])} ({reading['title']}).",
            [of_reading(reading)],
            [claim("became", reading)],
        )
        if place + 1 < len(series):
            ending = series[place + 1]
            became = f" and became {value_shown(ending['after'])}" if ending["after"] else ""
            drafting.say(
                f"{name} stopped being {value}{became} on {day(ending['at'])} ({ending['title']}).",
                [of_reading(ending)],
                [claim("ended", ending, reading["after"])],
            )
    return said


def _say_series(drafting: Drafting, series: Sequence[TransitionReading]) -> None:
    name = series[0]["entity"]
    field = series[0]["field"].replace("_", " ")
    if series[0]["field"] == "blockers":
        for reading in series:
            say_change(drafting, reading)
        return
    key = f" for {series[0]['key']}" if series[0]["key"] else ""
    steps = " → ".join(
        f"{value_shown(reading['after']) if reading['after'] else 'cleared'} ({day(reading['at'])})"
        for reading in series
    )
    drafting.say(
        f"{name}, {field}{key}: {steps}.",
        [of_reading(reading) for reading in series],
        [_change_claim(reading) for reading in series],
    )


def say_change(drafting: Drafting, reading: TransitionReading) -> None:
    """One transition as a sentence."""
    drafting.say(
        f"{reading['entity']}: {_moved(reading)} ({day(reading['at'])}, {reading['title']}).",
        [of_reading(reading)],
        [_change_claim(reading)],
    )


def _moved(reading: TransitionReading) -> str:
    before, after = reading["before"], reading["after"]
    if reading["field"] == "blockers":
        return f"blocker “{after}” appeared" if after else f"blocker “{before}” was resolved"
    field = field_name(reading["field"], reading["key"]).replace("_", " ")
    if after is None:
        return f"{field} {value_shown(before or '')} was cleared"
    return (
        f"{field} {value_shown(before)} → {value_shown(after)}" if before else f"{field} {value_shown(after)}"
    )


def _change_claim(reading: TransitionReading) -> Claim:
    if reading["after"] is None:
        return claim("ended", reading, reading["before"] or "")
    return claim("became", reading)


def _say(drafting: Drafting, text: str, readings: Sequence[TransitionReading]) -> None:
    drafting.say(
        f"{text}.",
        [of_reading(reading) for reading in readings],
        [claim("is", reading) for reading in readings],
    )


def _since(reading: TransitionReading, *, last: bool = False) -> str:
    return f"last said {day(reading['at'])}" if last else f"since {day(reading['at'])}"


def _lasting(start: str, plan: Plan) -> str:
    days = days_since(start, plan)
    return "under a day" if days < 1 else f"for {numbered(days, 'day')}"


def _span(plan: Plan) -> str:
    start, end = plan["start"], plan["end"]
    if plan["meetings"] or plan["since_meeting"]:
        return f" {plan['span']}"
    if start and end and day(start) == day(end):
        return f" on {day(start)}"
    if start and end:
        return f" from {day(start)} to {day(end)}"
    if start:
        return f" since {day(start)}"
    return f" until {day(end)}" if end else ""


def _by_entity(readings: Sequence[TransitionReading]) -> dict[str, list[TransitionReading]]:
    grouped: dict[str, list[TransitionReading]] = defaultdict(list)
    for reading in readings:
        grouped[reading["entity_id"]].append(reading)
    return dict(grouped)


def _rank(reading: TransitionReading) -> int:
    return _FIRST_FIELDS.index(reading["field"]) if reading["field"] in _FIRST_FIELDS else len(_FIRST_FIELDS)


def _ids(entities: Sequence[PlanEntity]) -> set[str]:
    return {entity["id"] for entity in entities}
