"""Answers about the fields of a workspace's own profile, from states and transitions."""

from collections import defaultdict
from collections.abc import Sequence

from nodes.profiles.profile import same_key
from nodes.query_state import Draft, Plan, QueryState, Tracked
from nodes.questions.changes import timeline_answer, why_answer
from nodes.questions.drafting import (
    Drafting,
    claim,
    count_claim,
    day,
    listed,
    of_reading,
    say_states,
    since_said,
    span_said,
    value_shown,
)
from nodes.questions.plan import asks_why
from stores.histories import TransitionReading

_MOST_THINGS = 40
_Series = dict[str, list[TransitionReading]]


def tracked_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The answer to a question about a field of the profile's own; None when nothing is on record."""
    tracked = plan["tracked"]
    assert tracked is not None
    history = [one for one in state.get("transitions", []) if _is_of(one, tracked)]
    states = [one for one in state.get("states", []) if _is_of(one, tracked)]
    if asks_why(plan["standalone_question"]) and plan["entities"] and _is_so(states, tracked):
        return why_answer({**state, "states": states, "transitions": history}, {**plan, "asked": None})
    if tracked["asks"] in ("history", "when") and not tracked["value"] and plan["entities"]:
        return timeline_answer({**state, "transitions": history}, {**plan, "asked": None, "fields": []})
    if tracked["value"] and (tracked["asks"] == "moved" and not plan["entities"]):
        return _moved_answer(history, plan, tracked, tracked["value"])
    if tracked["asks"] in ("when", "history"):
        return _when_answer(history, plan, tracked)
    if plan["entities"]:
        return _state_answer(states, plan, tracked)
    return _list_answer(states, plan, tracked)


def missing_tracked(plan: Plan) -> str:
    """What it is that no meeting says."""
    tracked = plan["tracked"]
    assert tracked is not None
    names = [entity["name"] for entity in plan["entities"]]
    of = f" of {listed(names)}" if names else ""
    at = f" as of {day(plan['as_of'])}" if plan["as_of"] else ""
    return f"Not known: no meeting{at} gives the {_field(tracked)}{of}{_for(tracked['key'])}."


def _is_of(reading: TransitionReading, tracked: Tracked) -> bool:
    is_of_key = not tracked["key"] or same_key(reading["key"]) == same_key(tracked["key"])
    return reading["field"] == tracked["field"] and is_of_key


def _is_so(states: Sequence[TransitionReading], tracked: Tracked) -> bool:
    """Whether something has the value that is asked about, or any where none is."""
    return any(tracked["value"] in (None, one["normalised"]) for one in states)


def _state_answer(states: Sequence[TransitionReading], plan: Plan, tracked: Tracked) -> Draft | None:
    drafting = Drafting()
    for reading in states:
        prefix = f"As of {day(plan['as_of'])}: " if plan["as_of"] else ""
        if tracked["value"]:
            is_so = reading["normalised"] == tracked["value"]
            at = f", as of {day(plan['as_of'])}" if plan["as_of"] else ""
            prefix = f"{'Yes' if is_so else 'No'}{at}: "
        value = value_shown(reading["after"] or "")
        what = f"{_field(tracked)} {value}{_for(reading['key'])}"
        say_states(drafting, f"{prefix}{reading['entity']} has {what} ({since_said(reading)})", [reading])
    return None if drafting.is_empty else drafting.draft("high")


def _when_answer(history: Sequence[TransitionReading], plan: Plan, tracked: Tracked) -> Draft | None:
    """On which days, and in which meetings, the value was reached."""
    drafting = Drafting()
    for reading in history:
        if reading["after"] is None or tracked["value"] not in (None, reading["normalised"]):
            continue
        verb = "was first said to be" if reading["first_sight"] else "became"
        drafting.say(
            f"{reading['entity']} {verb} {value_shown(reading['after'])}{_for(reading['key'])} "
            f"on {day(reading['at'])} ({reading['title']}).",
            [of_reading(reading)],
            [claim("became", reading)],
        )
    return None if drafting.is_empty else drafting.draft("high")


def _moved_answer(
    history: Sequence[TransitionReading], plan: Plan, tracked: Tracked, value: str
) -> Draft | None:
    """What reached the value in the span asked, by the key that it reached it for."""
    drafting = Drafting()
    reached = [one for one in history if one["normalised"] == value and one["after"] is not None]
    span = span_said(plan)
    for key, readings in _by_key(reached).items():
        shown = readings[:_MOST_THINGS]
        names = listed(list(dict.fromkeys(reading["entity"] for reading in shown)))
        more = f", of {len(readings)}" if len(shown) < len(readings) else ""
        drafting.say(
            f"{len(shown)}{more} became {value_shown(value)}{_for(key)}{span}: {names}.",
            [of_reading(reading) for reading in shown],
            [claim("became", reading, dated=False) for reading in shown],
        )
    if drafting.is_empty:
        what = f"became {value_shown(value)}{_for(tracked['key'])}{span}"
        drafting.say(f"Nothing {what}, as far as the meetings say.", [], [count_claim("none", 0)])
    return drafting.draft("high")


def _list_answer(states: Sequence[TransitionReading], plan: Plan, tracked: Tracked) -> Draft | None:
    """What has the value, or what has which value."""
    drafting = Drafting()
    at = f" as of {day(plan['as_of'])}" if plan["as_of"] else ""
    held: dict[tuple[str, str], list[TransitionReading]] = defaultdict(list)
    for reading in states:
        if tracked["value"] in (None, reading["normalised"]):
            held[reading["key"], reading["after"] or ""].append(reading)
    for (key, value), readings in sorted(held.items()):
        shown = readings[:_MOST_THINGS]
        more = f", of {len(readings)}" if len(shown) < len(readings) else ""
        verb = "is" if len(shown) == 1 else "are"
        drafting.say(
            f"{len(shown)}{more} {verb} {value_shown(value)}{_for(key)}{at}: "
            f"{listed([reading['entity'] for reading in shown])}.",
            [of_reading(reading) for reading in shown],
            [claim("is", reading, dated=False) for reading in shown],
        )
    if drafting.is_empty and tracked["value"]:
        what = f"{value_shown(tracked['value'])}{_for(tracked['key'])}{at}"
        drafting.say(f"Nothing is {what}, as far as the meetings say.", [], [count_claim("none", 0)])
    return None if drafting.is_empty else drafting.draft("high")


def _by_key(readings: Sequence[TransitionReading]) -> _Series:
    found: _Series = defaultdict(list)
    for reading in readings:
        found[reading["key"]].append(reading)
    return dict(sorted(found.items()))


def _field(tracked: Tracked) -> str:
    return tracked["field"].replace("_", " ")


def _for(key: str) -> str:
    return f" for {key}" if key else ""
