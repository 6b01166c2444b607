"""Answers that are numbers: how many there are, in all or in groups, which share, and for how long."""

from nodes.query_state import Claim, Draft, Evidence, Measure, Plan, QueryState
from nodes.questions.drafting import (
    Drafting,
    claim,
    count_claim,
    listed,
    numbered,
    of_reading,
    of_statement,
    value_shown,
)
from nodes.questions.figures import (
    ALL,
    AVERAGE,
    MEDIAN,
    PERCENT,
    PERIODS,
    STATEMENTS,
    counted_readings,
    of_type,
    periods,
)
from nodes.questions.owned import is_of
from nodes.questions.saying_when import as_of_said
from nodes.questions.topics import about_topic
from stores.histories import TransitionReading

_MOST_LINES = 15
_MOST_CITED = 8
_NOUNS = {
    "decision": ("decision", "decisions"),
    "action_item": ("action item", "action items"),
    "risk": ("risk", "risks"),
    "question": ("question", "questions"),
    "changes": ("change", "changes"),
    "meeting": ("meeting", "meetings"),
    "person": ("person", "people"),
    "blockers": ("open blocker", "open blockers"),
    "blockers_raised": ("blocker raised", "blockers raised"),
    "blockers_resolved": ("blocker resolved", "blockers resolved"),
}


def measured_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The answer to a question for a number; None when it asks for none."""
    measure = plan["measure"]
    if measure is None:
        return None
    if measure["kind"] == "duration":
        return _duration(state, plan, measure)
    if measure["kind"] == "share":
        return _share(state, plan)
    if measure["by"] is not None:
        return _by_group(state, plan, measure)
    return _in_all(state, plan, measure)


def _in_all(state: QueryState, plan: Plan, measure: Measure) -> Draft:
    what = measure["what"]
    if what == "person" or (what == "entity" and not (plan["asked"] or plan["people"])):
        return _tracked(state, plan, what)
    if what == "entity" or what.startswith("blockers"):
        return _states(state, plan, measure)
    number = _number(state, "")
    span = _span(plan)
    drafting = Drafting()
    if what == "changes" and plan["asked"]:
        things = listed([entity["name"] for entity in plan["entities"]]) if plan["entities"] else "Things"
        drafting.say(
            f"{things} became {value_shown(plan['asked'])} {numbered(number, 'time')}{span}.",
            [of_reading(one) for one in _counted(state, plan, measure)],
            [_claim(number)],
        )
        return drafting.draft("high")
    noun = numbered(number, *_noun(measure, plan))
    about = f" of {listed([entity['name'] for entity in plan['entities']])}" if plan["entities"] else ""
    verb = f" {'is' if number == 1 else 'are'}" if what in STATEMENTS else ""
    drafting.say(f"{noun}{about}{verb} on record{span}.", _evidence(state, plan, measure), [_claim(number)])
    return drafting.draft("high")


def _states(state: QueryState, plan: Plan, measure: Measure) -> Draft:
    """How many things have a status, are owned by a person, or are or were blocked; and which."""
    drafting = Drafting()
    number, at = _number(state, ""), as_of_said(plan)
    found = _counted(state, plan, measure)[:_MOST_LINES]
    what = measure["what"]
    if what == "blockers":
        said = "blocker is open" if number == 1 else "blockers are open"
        nothing = "No blocker is open"
    elif what.startswith("blockers"):
        done = "raised" if what == "blockers_raised" else "resolved"
        at = _span(plan)
        said = f"blocker {'was' if number == 1 else 's were'} {done}".replace("blocker s", "blockers")
        nothing = f"No blocker was {done}"
    else:
        held = [value_shown(plan["asked"])] if plan["asked"] else []
        owned = (
            [f"owned by {listed([person['name'] for person in plan['people']])}"] if plan["people"] else []
        )
        predicate = " and ".join([*held, *owned])
        said, nothing = f"thing{' is' if number == 1 else 's are'} {predicate}", f"Nothing is {predicate}"
    if not number:
        drafting.say(f"{nothing}{at}, as far as the meetings say.", [], [_claim(0)])
        return drafting.draft("high")
    names = list(dict.fromkeys(one["entity"] for one in found))
    more = number - len(found)
    shown = f"{', '.join(names)} and {more} more" if more > 0 else listed(names)
    claims = [claim("is", one) for one in found] if what in ("blockers", "entity") else []
    drafting.say(
        f"{number} {said}{at}: {shown}.",
        [of_reading(one) for one in found[:_MOST_CITED]],
        [_claim(number), *claims, *([_claim(more)] if more > 0 else [])],
    )
    return drafting.draft("high")


def _tracked(state: QueryState, plan: Plan, what: str) -> Draft:
    """How many people, or things of each type, the meetings have named."""
    drafting = Drafting()
    span = _span(plan)
    rows = [row for row in state.get("counts", []) if row["counted"] == "entity"]
    if what == "person":
        total = sum(row["number"] for row in rows if row["label"] == "person")
        people = numbered(total, "person", "people")
        drafting.say(f"{people} on record{span}.", [], [count_claim("counts", total)])
        return drafting.draft("high")
    kinds = [row for row in rows if row["label"] != "person"]
    total = sum(row["number"] for row in kinds)
    each = listed([f"{row['number']} {row['label']}" for row in kinds]) if kinds else "none"
    drafting.say(
        f"{numbered(total, 'thing')} {'is' if total == 1 else 'are'} tracked{span}: {each}.",
        [],
        [count_claim("counts", total)],
    )
    return drafting.draft("high")


def _by_group(state: QueryState, plan: Plan, measure: Measure) -> Draft:
    drafting = Drafting()
    figures = [figure for figure in state.get("figures", []) if figure["label"]]
    total, span = _number(state, ""), _span(plan)
    one, many = _noun(measure, plan)
    if not figures:
        drafting.say(f"No {one} is on record{span}.", [], [_claim(0)])
        return drafting.draft("high")
    evidence = _evidence(state, plan, measure)
    if measure["is_top"]:
        most = [figure for figure in figures if figure["number"] == figures[0]["number"]][:_MOST_LINES]
        names = listed([figure["label"] for figure in most])
        drafting.say(
            f"Most {many}{span}: {names}, with {numbered(most[0]['number'], one, many)}"
            f"{' each' if len(most) > 1 else ''} of {total} in all.",
            evidence,
            [_claim(most[0]["number"]), _claim(total)],
        )
        figures = figures[len(most) :][:5]
    else:
        by = (measure["by"] or "").replace("_", " ")
        drafting.say(f"{numbered(total, one, many)}{span}, by {by}:", evidence, [_claim(total)])
    for figure in figures[:_MOST_LINES]:
        drafting.say(f"{figure['label']}: {figure['number']}.", [], [_claim(figure["number"])])
    return drafting.draft("high")


def _share(state: QueryState, plan: Plan) -> Draft:
    asked = plan["asked"] or "completed"
    held, of, percent = (_number(state, label) for label in (asked, ALL, PERCENT))
    drafting = Drafting()
    if not of:
        drafting.say("No status is on record.", [], [_claim(0)])
        return drafting.draft("high")
    states = [
        one
        for one in of_type(plan, state.get("states", []))
        if one["field"] == "status" and one["normalised"] == asked
    ]
    names = f": {listed([one['entity'] for one in states[:_MOST_LINES]])}" if states else ""
    verb = "is" if of == 1 else "are"
    drafting.say(
        f"{held} of {numbered(of, 'thing')} whose status is on record ({percent} percent) {verb} "
        f"{value_shown(asked)}{as_of_said(plan)}{names}.",
        [of_reading(one) for one in states[:_MOST_CITED]],
        [_claim(held), _claim(of), _claim(percent)],
    )
    return drafting.draft("high")


def _duration(state: QueryState, plan: Plan, measure: Measure) -> Draft:
    """For how long things had a status, or took from their first status to their end."""
    figures = state.get("figures", [])
    things = [figure for figure in figures if figure["label"] not in (AVERAGE, MEDIAN, PERIODS)]
    takes = plan["asked"] in (None, "completed")
    said = "from the first status to the end" if takes else value_shown(plan["asked"] or "")
    drafting = Drafting()
    if not things:
        nothing = "Nothing on record has ended" if takes else f"Nothing on record was {said}"
        drafting.say(f"{nothing}{_span(plan)}.", [], [_claim(0)])
        return drafting.draft("high")
    evidence = _of_periods(state, plan)
    if measure["is_top"] or "longest" in plan["standalone_question"].lower():
        longest = things[0]
        drafting.say(
            f"Longest {said}: {longest['label']}, {numbered(longest['number'], 'day')}.",
            evidence,
            [_claim(longest["number"])],
        )
    average, middle, each = (_number(state, label) for label in (AVERAGE, MEDIAN, PERIODS))
    drafting.say(
        f"On average {numbered(average, 'day')} {said}, the median being {middle}, over "
        f"{numbered(each, 'period')} of {numbered(len(things), 'thing')}:",
        evidence,
        [_claim(average), _claim(middle), _claim(each), _claim(len(things))],
    )
    ongoing = {
        began["entity"]
        for began, ended in periods(state.get("transitions", []), plan["asked"] or "")
        if not ended
    }
    for figure in things[:_MOST_LINES]:
        so_far = " so far" if not takes and figure["label"] in ongoing else ""
        drafting.say(
            f"{figure['label']}: {numbered(figure['number'], 'day')}{so_far}.", [], [_claim(figure["number"])]
        )
    return drafting.draft("high")


def _of_periods(state: QueryState, plan: Plan) -> list[Evidence]:
    history = state.get("transitions", [])
    found = periods(history, plan["asked"] or "completed")
    readings = [one for began, ended in found for one in (began, ended) if one is not None]
    return [of_reading(one) for one in readings[:_MOST_CITED]]


def _counted(state: QueryState, plan: Plan, measure: Measure) -> list[TransitionReading]:
    return counted_readings(plan, measure, state.get("states", []), state.get("transitions", []))


def _evidence(state: QueryState, plan: Plan, measure: Measure) -> list[Evidence]:
    """The latest records that are counted; a meeting is its own evidence."""
    if measure["what"] == "meeting":
        return []
    if measure["what"] in STATEMENTS:
        found = about_topic(state.get("statements", []), plan)
        owned = [one for one in found if not plan["people"] or is_of(one, plan["people"])]
        return [of_statement(one) for one in owned[-_MOST_CITED:]]
    return [of_reading(one) for one in _counted(state, plan, measure)[-_MOST_CITED:]]


def _noun(measure: Measure, plan: Plan) -> tuple[str, str]:
    if measure["what"] != "entity":
        return _NOUNS[measure["what"]]
    held = f" {value_shown(plan['asked'])}" if plan["asked"] else " owned" if measure["by"] == "owner" else ""
    return f"thing{held}", f"things{held}"


def _number(state: QueryState, label: str) -> int:
    return next((figure["number"] for figure in state.get("figures", []) if figure["label"] == label), 0)


def _claim(number: int) -> Claim:
    return count_claim("figures", number)


def _span(plan: Plan) -> str:
    return f" {plan['span']}" if plan["span"] else as_of_said(plan)
