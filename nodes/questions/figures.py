"""Numbers computed from the states and their history: counts in groups, shares, how long things lasted."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from statistics import fmean, median

from nodes.query_state import Figure, Measure, MeasureBy, Plan
from nodes.questions.drafting import day, value_shown
from nodes.wording import plain_words
from stores.histories import TransitionReading
from stores.readings import MeetingRow, StatementRow

Found = StatementRow | TransitionReading | MeetingRow
_MONTHS = "January February March April May June July August September October November December".split()
STATEMENTS = frozenset(("decision", "action_item", "risk", "question"))
IN_TIME = frozenset(("meeting", "day", "week", "month", "quarter", "year"))
NOBODY = "nobody"
AVERAGE, MEDIAN, PERIODS, ALL, PERCENT = "average", "median", "periods", "all", "percent"


def figures_of(
    plan: Plan,
    states: Sequence[TransitionReading],
    changed: Sequence[TransitionReading],
    statements: Sequence[StatementRow],
    meetings: Sequence[MeetingRow],
) -> list[Figure]:
    """The figures that a plan's measure asks for, the largest first, or in their order in time.

    Args:
        plan: with its measure.
        states: how things stand at the time asked.
        changed: the history of these things; without first sights where changes are counted.
        statements: of the kind that is counted, of the people asked about.
        meetings: those that count.
    """
    measure = plan["measure"]
    if measure is None:
        return []
    if measure["kind"] == "duration":
        return _durations(plan, changed)
    if measure["kind"] == "share":
        return _share(plan, of_type(plan, states))
    if measure["what"] == "meeting":
        return _grouped(measure, meetings)
    if measure["what"] in STATEMENTS:
        return _grouped(measure, statements)
    return _grouped(measure, counted_readings(plan, measure, states, changed))


def counted_readings(
    plan: Plan,
    measure: Measure,
    states: Sequence[TransitionReading],
    changed: Sequence[TransitionReading],
) -> list[TransitionReading]:
    """The states or transitions that a measure counts, one each."""
    match measure["what"]:
        case "blockers":
            return [one for one in states if one["field"] == "blockers"]
        case "blockers_raised":
            return [one for one in changed if one["field"] == "blockers" and one["after"]]
        case "blockers_resolved":
            return [one for one in changed if one["field"] == "blockers" and not one["after"]]
        case "changes" if plan["asked"]:
            return [one for one in changed if one["field"] == "status" and one["normalised"] == plan["asked"]]
        case "changes":
            return [one for one in changed if not one["first_sight"]]
        case _:
            return _things(plan, measure, of_type(plan, states)) or _things(plan, measure, states)


def periods(
    history: Iterable[TransitionReading], asked: str
) -> list[tuple[TransitionReading, TransitionReading | None]]:
    """When things had a status: from the transition to it to the one that ended it, None when it still holds.

    What was blocked by something was blocked, where its status never said so.
    """
    found = _periods(
        (one for one in history if one["field"] == "status"), lambda one: one["normalised"] == asked
    )
    if asked != "blocked":
        return found
    named = {began["entity_id"] for began, _ in found}
    items = (one for one in history if one["field"] == "blockers" and one["entity_id"] not in named)
    return [*found, *_periods(items, lambda one: one["after"] is not None)]


def of_type(plan: Plan, states: Sequence[TransitionReading]) -> list[TransitionReading]:
    """The states of the types of things that the question names; all where there are no such things."""
    words = set(plain_words(plan["standalone_question"]))
    named = [
        one for one in states if {one["type"].replace("_", " "), f"{one['type'].replace('_', ' ')}s"} & words
    ]
    return named or list(states)


def _periods(
    history: Iterable[TransitionReading], begins: Callable[[TransitionReading], bool]
) -> list[tuple[TransitionReading, TransitionReading | None]]:
    found: list[tuple[TransitionReading, TransitionReading | None]] = []
    open_since: dict[tuple[str, str, str], TransitionReading] = {}
    for one in history:
        series = (one["entity_id"], one["field"], one["key"])
        began = open_since.get(series)
        if begins(one):
            open_since.setdefault(series, one)
        elif began is not None:
            found.append((open_since.pop(series), one))
    return [*found, *((began, None) for began in open_since.values())]


def _things(plan: Plan, measure: Measure, states: Sequence[TransitionReading]) -> list[TransitionReading]:
    """One state for each thing that is counted: the one that it is counted for."""
    people = {person["id"] for person in plan["people"]}
    field = "owner" if people or measure["by"] == "owner" else "status"
    chosen = {
        one["entity_id"]: one
        for one in states
        if one["field"] == field
        and (not people or one["normalised"] in people)
        and (field == "owner" or not plan["asked"] or one["normalised"] == plan["asked"])
    }
    if plan["asked"] and field == "owner":
        has_it = {
            one["entity_id"]
            for one in states
            if one["field"] == "status" and one["normalised"] == plan["asked"]
        }
        return [one for one in chosen.values() if one["entity_id"] in has_it]
    return list(chosen.values())


def _share(plan: Plan, states: Sequence[TransitionReading]) -> list[Figure]:
    asked = plan["asked"] or "completed"
    status = [one for one in states if one["field"] == "status"]
    held = sum(one["normalised"] == asked for one in status)
    percent = round(100 * held / len(status)) if status else 0
    return [
        {"label": asked, "number": held},
        {"label": ALL, "number": len(status)},
        {"label": PERCENT, "number": percent},
    ]


def _durations(plan: Plan, history: Sequence[TransitionReading]) -> list[Figure]:
    """Whole days that each thing had the status in all, then the average, the median and the periods."""
    now = datetime.fromisoformat(plan["as_of"] or plan["now"])
    days: Counter[str] = Counter()
    each: list[int] = []
    for began, ended in _spans(plan, history):
        until = datetime.fromisoformat(ended["at"]) if ended else now
        lasted = (until.date() - datetime.fromisoformat(began["at"]).date()).days
        days[began["entity"]] += lasted
        each.append(lasted)
    figures: list[Figure] = [{"label": name, "number": number} for name, number in days.most_common()]
    if not each:
        return []
    return [
        *figures,
        {"label": AVERAGE, "number": round(fmean(each))},
        {"label": MEDIAN, "number": round(median(each))},
        {"label": PERIODS, "number": len(each)},
    ]


def _spans(
    plan: Plan, history: Sequence[TransitionReading]
) -> list[tuple[TransitionReading, TransitionReading | None]]:
    """The periods of the status asked about; for how long things take, from their first status to the end."""
    if plan["asked"] not in (None, "completed"):
        return periods(history, plan["asked"])
    first: dict[str, TransitionReading] = {}
    spans: list[tuple[TransitionReading, TransitionReading | None]] = []
    for one in history:
        if one["field"] != "status":
            continue
        began = first.setdefault(one["entity_id"], one)
        if one["normalised"] == "completed" and began is not one:
            spans.append((began, one))
    return spans


def _grouped(measure: Measure, records: Sequence[Found]) -> list[Figure]:
    by = measure["by"]
    if by is None:
        return [{"label": "", "number": len(records)}]
    numbers: Counter[str] = Counter()
    for one in sorted(records, key=_when) if by in IN_TIME else records:
        numbers[_label(one, by)] += 1
    ordered = (
        list(numbers.items())
        if by in IN_TIME and not measure["is_top"]
        else sorted(numbers.items(), key=lambda pair: -pair[1])
    )
    figures: list[Figure] = [{"label": label, "number": number} for label, number in ordered]
    return [{"label": "", "number": len(records)}, *figures]


def _label(one: Found, by: MeasureBy) -> str:
    at = datetime.fromisoformat(_when(one))
    match by:
        case "meeting":
            return f"{one['title']} ({day(one['date'])})"
        case "day":
            return day(at.isoformat())
        case "week":
            year, week, _ = at.isocalendar()
            return f"week {week} of {year}"
        case "month":
            return f"{_MONTHS[at.month - 1]} {at.year}"
        case "quarter":
            return f"Q{(at.month + 2) // 3} {at.year}"
        case "year":
            return str(at.year)
        case _:
            return _of_state(one, by)


def _of_state(one: Mapping[str, object], by: MeasureBy) -> str:
    """The group of a record by what it is, not by when."""
    if by == "owner":
        owner = one.get("owner") or (one.get("after") if one.get("field") == "owner" else None)
        return str(owner or NOBODY)
    if by == "thing":
        return str(one.get("entity") or NOBODY)
    found = one.get({"status": "after", "type": "type", "field": "field"}.get(by, by))
    return value_shown(str(found)).replace("_", " ") if found else NOBODY


def _when(one: Found) -> str:
    return one["at"] if "at" in one else one["date"]
