"""Answers worded from transitions: how things came to be as they are, what changed, and why."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from nodes.query_state import Claim, Draft, Plan, QueryState
from nodes.questions.drafting import (
    Drafting,
    by_entity,
    claim,
    count_claim,
    day,
    days_since,
    ids,
    is_said,
    listed,
    numbered,
    of_reading,
    of_utterance,
    rank,
    since_said,
    span_said,
    value_shown,
)
from nodes.questions.saying_when import as_of_said
from stores.histories import TransitionReading, field_name

_MOST_LINES = 15
_MOST_THINGS = 8


def timeline_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How things came to be as they are; for a status asked about, when it began and ended."""
    drafting = Drafting()
    history = by_entity(state.get("transitions", []))
    for readings in list(history.values())[:_MOST_THINGS]:
        if plan["asked"] and _say_when(drafting, plan, readings, plan["asked"]):
            continue
        if plan["asked"]:
            drafting.say(
                f"Nothing on record says that {readings[0]['entity']} was {value_shown(plan['asked'])}.",
                [],
                [count_claim("none", 0)],
            )
        by_field: dict[tuple[str, str], list[TransitionReading]] = defaultdict(list)
        for reading in readings:
            if reading["field"] in (plan["fields"] or (["status"] if plan["asked"] else [reading["field"]])):
                by_field[reading["field"], reading["key"]].append(reading)
        for series in sorted(by_field.values(), key=lambda series: rank(series[0])):
            _say_series(drafting, series)
    return None if drafting.is_empty else drafting.draft("high")


def changes_answer(state: QueryState, plan: Plan) -> Draft:
    """What changed in the span asked, latest last; the answer is known when nothing did."""
    drafting = Drafting()
    changed = state.get("transitions", [])
    shown = changed[-_MOST_LINES:]
    span = span_said(plan)
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
            else f"{is_said(reading, past=past)} ({since_said(reading)})"
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
    named = ids(plan["entities"])
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
        return []  # it never was
    fields = plan["fields"] or ["blockers", "status"]
    current = [
        reading
        for reading in state.get("states", [])
        if reading["entity_id"] in named and reading["field"] in fields
    ]
    return sorted(current, key=lambda reading: reading["at"])[-2:]


def say_change(drafting: Drafting, reading: TransitionReading) -> None:
    """One transition as a sentence."""
    drafting.say(
        f"{reading['entity']}: {_moved(reading)} ({day(reading['at'])}, {reading['title']}).",
        [of_reading(reading)],
        [_change_claim(reading)],
    )


def _say_when(drafting: Drafting, plan: Plan, readings: Sequence[TransitionReading], asked: str) -> bool:
    """When a status began and ended, or how long it lasts; False when it never was."""
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
            began, ended = (datetime.fromisoformat(one["at"]).date() for one in (reading, ending))
            lasted = (ended - began).days
            drafting.say(
                f"{name} stopped being {value}{became} on {day(ending['at'])} ({ending['title']}), "
                f"{numbered(lasted, 'day')} after {day(reading['at'])}.",
                [of_reading(ending), of_reading(reading)],
                [claim("ended", ending, reading["after"]), claim("became", reading)],
            )
        else:
            days = numbered(days_since(reading["at"], plan), "day")
            drafting.say(
                f"{name} is {value} since {day(reading['at'])}, for {days}{as_of_said(plan)}.",
                [of_reading(reading)],
                [claim("is", reading)],
            )
    items = [reading for reading in readings if reading["field"] == "blockers"]
    if not said and asked == "blocked":
        for reading in items:
            say_change(drafting, reading)
    return said or (asked == "blocked" and bool(items))


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


def _is_same(reading: TransitionReading, other: TransitionReading) -> bool:
    return all(reading[part] == other[part] for part in ("entity_id", "field", "key", "at"))
