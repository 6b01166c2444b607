"""What to take up next: promised tasks, what is blocked or late, dates that moved or are near, questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nodes.names import normalised_name
from nodes.query_state import Claim, Draft, Evidence, Plan, QueryState
from nodes.questions.drafting import (
    Drafting,
    claim,
    count_claim,
    day,
    is_said,
    of_reading,
    of_statement,
    since_said,
    value_shown,
    without_numbers,
)
from nodes.questions.owned import is_of
from stores.histories import TransitionReading
from stores.readings import StatementRow

_MOST_EACH = 5
_SOON = timedelta(days=14)
_LAST_MEETINGS = 2
_OVER = ("completed", "cancelled")


@dataclass(frozen=True, slots=True)
class _Point:
    """One thing to take up."""

    text: str
    evidence: Evidence
    claims: tuple[Claim, ...] = ()


def agenda_answer(state: QueryState, plan: Plan) -> Draft:
    """Everything that is open as far as the meetings say, the pressing first; of whom or what is named."""
    drafting = Drafting()
    points = [*_states(state, plan), *_moved(state, plan), *_tasks(state, plan), *_questions(state, plan)]
    if not points:
        drafting.say(
            "Nothing is left to follow up on, as far as the meetings say.", [], [count_claim("none", 0)]
        )
        return drafting.draft("high")
    whose = list(dict.fromkeys(entity["name"] for entity in (*plan["people"], *plan["entities"])))
    of = f" with {', '.join(whose)}" if plan["people"] else f" on {', '.join(whose)}" if whose else ""
    drafting.say(f"To follow up{of}:", [point.evidence for point in points])
    for point in points:
        drafting.say(point.text, [point.evidence], point.claims)
    return drafting.draft("high")


def slipped_answer(state: QueryState, plan: Plan) -> Draft:
    """Which due dates moved, and how."""
    drafting = Drafting()
    moved = _changes_of_due(state, later=False)
    span = f" {plan['span']}" if plan["span"] else ""
    if not moved:
        drafting.say(
            f"No due date has moved{span}, as far as the meetings say.", [], [count_claim("none", 0)]
        )
    for reading in moved[-3 * _MOST_EACH :]:
        point = _date_moved(reading)
        drafting.say(point.text, [point.evidence], point.claims)
    return drafting.draft("high")


def _today(plan: Plan) -> date:
    return datetime.fromisoformat(plan["as_of"] or plan["now"]).date()


def _last_meetings(state: QueryState) -> list[str]:
    """The ids of the last meetings, the latest last."""
    return [row["id"] for row in state.get("meeting_rows", [])][-_LAST_MEETINGS:]


def _states(state: QueryState, plan: Plan) -> Iterator[_Point]:
    """What is blocked, at risk, overdue or due soon."""
    states, today = state.get("states", []), _today(plan)
    over = {one["entity_id"] for one in states if one["field"] == "status" and one["normalised"] in _OVER}
    told: set[tuple[str, str]] = set()
    for wanted in ("blockers", "blocked", "at_risk"):
        for one in states:
            is_wanted = one["field"] == wanted or (one["field"] == "status" and one["normalised"] == wanted)
            if is_wanted and one["entity_id"] not in over and (one["entity_id"], one["field"]) not in told:
                told.add((one["entity_id"], one["field"]))
                yield _Point(
                    f"{one['entity']} {is_said(one)} ({since_said(one)}).",
                    of_reading(one),
                    (claim("is", one),),
                )
    due = sorted(
        (
            one
            for one in states
            if one["field"] == "due" and one["entity_id"] not in over and one["normalised"]
        ),
        key=lambda one: one["normalised"] or "",
    )
    for one in due:
        at = _as_date(one["normalised"])
        if at is None or at > today + _SOON:
            continue
        label = "Overdue" if at < today else "Due soon"
        yield _Point(
            f"{label}: {one['entity']}, due on {value_shown(one['after'] or '')}.",
            of_reading(one),
            (claim("is", one, dated=False),),
        )


def _moved(state: QueryState, plan: Plan) -> Iterator[_Point]:
    """The dates that the last meeting moved to a later day; of a person, those of what the person owns."""
    last = _last_meetings(state)[-1:]
    owned = {one["entity_id"] for one in state.get("states", []) if one["field"] == "owner"}
    for one in _changes_of_due(state, later=True):
        if one["meeting_id"] in last and (not plan["people"] or one["entity_id"] in owned):
            yield _date_moved(one)


def _tasks(state: QueryState, plan: Plan) -> Iterator[_Point]:
    """What was promised lately or is still to come, by its date; whether it was done is not on record."""
    today, last = _today(plan), _last_meetings(state)
    since = next((row["date"][:10] for row in state.get("meeting_rows", []) if row["id"] in last), "")
    items = [
        one
        for one in state.get("statements", [])
        if one["kind"] == "action_item"
        and (not plan["people"] or is_of(one, plan["people"]))
        and (one["meeting_id"] in last or (one["due_date"] or "") >= since)
    ]
    for one in sorted(items, key=_by_date)[:_MOST_EACH]:
        due = f", due {day(one['due_date'])}" if one["due_date"] else ""
        passed = (
            " (the date has passed)"
            if one["due_date"] and date.fromisoformat(one["due_date"]) < today
            else ""
        )
        yield _Point(
            f"Promised: {_said(one)}{due}{passed} ({day(one['date'])}, {one['title']}).", of_statement(one)
        )


def _by_date(one: StatementRow) -> tuple[bool, str, str]:
    return one["due_date"] is None, one["due_date"] or "", one["date"]


def _questions(state: QueryState, plan: Plan) -> Iterator[_Point]:
    """The questions that the last meetings left open; of a person, those asked by or of the person."""
    last, names = _last_meetings(state), {person["name"] for person in plan["people"]}
    found = [
        one
        for one in state.get("statements", [])
        if one["kind"] == "question"
        and one["meeting_id"] in last
        and (not names or one["speaker"] in names or _names_one(one, names))
    ]
    for one in found[-_MOST_EACH:]:
        yield _Point(f"Question: {_said(one)} ({day(one['date'])}, {one['title']}).", of_statement(one))


def _names_one(statement: StatementRow, names: set[str]) -> bool:
    words = f" {normalised_name(statement['content'])} "
    return any(f" {normalised_name(way)} " in words for name in names for way in (name, name.split()[0]))


def _changes_of_due(state: QueryState, *, later: bool) -> list[TransitionReading]:
    """The changes of due dates, only those to a later day if asked for."""
    changed: Sequence[TransitionReading] = state.get("transitions", [])
    return [
        one
        for one in changed
        if one["field"] == "due"
        and one["before"]
        and one["after"]
        and (not later or one["after"] > one["before"])
    ]


def _date_moved(one: TransitionReading) -> _Point:
    before, after = one["before"] or "", one["after"] or ""
    label = "earlier" if after < before else "later"
    return _Point(
        f"{one['entity']}: due {value_shown(before)} → {value_shown(after)}, {label} "
        f"({day(one['at'])}, {one['title']}).",
        of_reading(one),
        (claim("became", one),),
    )


def _said(statement: StatementRow) -> str:
    return without_numbers(statement["content"]).strip().rstrip(".!?")


def _as_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
