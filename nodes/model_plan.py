"""What a model's plan of a question comes to in this workspace: its names, times and counts, each checked.

The rules read the question that the model made stand-alone; what they compute (forms of question, times,
codes) is theirs. What the model gives beside that is taken where it is sound. A part that is not falls back
to what the rules read, for that part alone, and the plan is marked degraded.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from nodes.context import Context
from nodes.errors import InputError
from nodes.interpret_by_rule import bearers_of, moment_of, planned_by_rule
from nodes.names import normalised_name
from nodes.query_state import Plan, PlanEntity, QueryState
from nodes.questions.drafting import day
from nodes.questions.measures import read_measure
from nodes.questions.plan import asked_status, subjects
from nodes.questions.stems import stem
from nodes.questions.times import beginning, instant
from nodes.schemas import Intent, QueryPlan
from nodes.wording import plain_words
from stores.ids import derived_id
from stores.moments import iso
from stores.opening import open_stores

_LONGEST_QUESTION = 2_000
_MOST_NAMES = 20
_NOTHING = frozenset(("", "none", "null", "n/a", "no"))
_INTENTS: tuple[Intent, ...] = get_args(Intent)
# what is counted or listed, and the intent that it belongs to
_AGGREGATIONS: dict[str, Intent] = {
    "open": "action_items",
    "overdue": "action_items",
    "agenda": "action_items",
    "unowned": "ownership",
    "superseded": "decisions",
    "slipped": "changes",
    "risk": "search",
    "question": "search",
    "problem": "search",
}


@dataclass(frozen=True, slots=True)
class _Times:
    """The times that a model gave, as the plan holds them."""

    start: str | None = None
    end: str | None = None
    as_of: str | None = None

    @property
    def span(self) -> str | None:
        """The span as an answer says it."""
        if self.start and self.end:
            return f"from {day(self.start)} to {day(self.end)}"
        return f"since {day(self.start)}" if self.start else f"until {day(self.end)}" if self.end else None


async def resolved_plan(
    planned: QueryPlan, turns: Sequence[str], context: Context, previous: Plan | None
) -> QueryState:
    """A model's plan with its names resolved, as the channels `plan`, `further` and `degraded`.

    Args:
        planned: as the model gave it.
        turns: what was said in the conversation, the question last: names that are in none were made up.
        context: the workspace and the point of view.
        previous: the plan of the question before, to lean on where the model gave no stand-alone question.
    """
    question = turns[-1]
    named, is_named_soundly = await _named(planned, [*turns, planned.standalone_question], context)
    standalone = planned.standalone_question.replace("\0", " ").strip()[:_LONGEST_QUESTION]
    if not _is_of_conversation(standalone, turns, named):
        standalone = ""
    read = await planned_by_rule(standalone or question, context, None if standalone else previous)
    plans = [part["plan"] for part in (read, *read.get("further", [])) if "plan" in part]
    sound = [bool(standalone), planned.intent in _INTENTS]
    times, are_times_sound = _times(planned)
    plans = [_with_times(plan, times) for plan in _with_names(plans, named)]
    if len(plans) == 1:
        plans[0], is_counted_soundly = _with_aggregation(_with_intent(plans[0], planned), planned)
        sound.append(is_counted_soundly)
    first: Plan = {**plans[0], "question": question}
    return {
        "plan": first,
        "further": [{"plan": plan} for plan in plans[1:]],
        "degraded": not all((*sound, is_named_soundly, are_times_sound)),
    }


def _is_of_conversation(standalone: str, turns: Sequence[str], named: Sequence[PlanEntity]) -> bool:
    """Whether a stand-alone question asks what the conversation does: its words are from there, mostly."""
    said = {stem(word) for words in (*turns, *(one["name"] for one in named)) for word in plain_words(words)}
    told = {stem(word) for run in subjects(standalone) for word in plain_words(run)}
    return len(told & said) >= len(told) / 2


async def _named(planned: QueryPlan, said: Sequence[str], context: Context) -> tuple[list[PlanEntity], bool]:
    """Who bears the names that the model gave, through the alias index; and whether it made none up."""
    names = list(dict.fromkeys([*planned.entities, *planned.people]))[:_MOST_NAMES]
    looked_up = {name: normalised_name(name.replace("\0", " ")) for name in names}
    wanted = [name for name in looked_up.values() if name]
    database = (await open_stores()).database
    bearers = await bearers_of(
        database, derived_id("workspace", context.workspace), wanted, moment_of(context)
    )
    spoken = f" {normalised_name(' '.join(said))} "
    found: list[PlanEntity] = []
    is_sound = True
    for given, name in looked_up.items():
        for entity in bearers.get(name, []):
            found.append({"id": entity.id, "name": entity.name, "type": entity.type, "given": given})
        is_sound = is_sound and (name in bearers or (bool(name) and f" {name} " in spoken))
    return found, is_sound


def _with_names(plans: Sequence[Plan], named: Sequence[PlanEntity]) -> list[Plan]:
    """The plans with the model's names beside those that the rules found.

    Where the model named anything, an ordinary word in lower case ("orange") is a name only if the model says
    so too. A name that the rules did not find belongs to the first part that names nothing, else the first.
    """
    if not named:
        return list(plans)
    ids = {entity["id"] for entity in named}
    kept = [
        cast(
            Plan,
            {
                **plan,
                "entities": [one for one in plan["entities"] if one["id"] in ids or not _is_a_word(one)],
                "people": [one for one in plan["people"] if one["id"] in ids or not _is_a_word(one)],
            },
        )
        for plan in plans
    ]
    known = {one["id"] for plan in plans for one in (*plan["entities"], *plan["people"])}
    more = [entity for entity in named if entity["id"] not in known]
    if not more:
        return kept
    place = next((at for at, plan in enumerate(kept) if not (plan["entities"] or plan["people"])), 0)
    plan = kept[place]
    things = [*plan["entities"], *(one for one in more if one["type"] != "person")]
    kept[place] = {
        **plan,
        "entities": things,
        "people": [*plan["people"], *(one for one in more if one["type"] == "person")],
        # what nothing bears by the rules is what the model found
        "unknown": [],
        "suggestions": [],
    }
    return kept


def _is_a_word(entity: PlanEntity) -> bool:
    return entity["given"].isalpha() and entity["given"].islower() and entity["type"] != "person"


def _times(planned: QueryPlan) -> tuple[_Times, bool]:
    """The model's times, and whether they are sound; an impossible one is none, a span backwards no span."""
    start, is_start_sound = _time(planned.start, is_start=True)
    end, is_end_sound = _time(planned.end)
    as_of, is_as_of_sound = _time(planned.as_of)
    is_sound = is_start_sound and is_end_sound and is_as_of_sound
    if start and end and start > end:
        return _Times(as_of=as_of), False
    return _Times(start, end, as_of or end), is_sound


def _time(given: str | None, *, is_start: bool = False) -> tuple[str | None, bool]:
    text = (given or "").strip()
    if text.lower() in _NOTHING:
        return None, True
    try:
        at: datetime = beginning(text) if is_start else instant(text)
        return iso(at), True
    except (InputError, OverflowError):
        return None, False


def _with_times(plan: Plan, times: _Times) -> Plan:
    """The plan at the model's times, where the rules read none."""
    if plan["span"] or plan["meetings"] or plan["since_meeting"] or times == _Times():
        return plan
    as_of = min(filter(None, (plan["as_of"], times.as_of)), default=None)
    return {**plan, "start": times.start, "end": times.end, "as_of": as_of, "span": times.span}


def _with_intent(plan: Plan, planned: QueryPlan) -> Plan:
    is_read = plan["aggregation"] is not None or plan["tracked"] is not None
    if is_read or planned.intent not in _INTENTS:
        return plan
    return {**plan, "intent": planned.intent}


def _with_aggregation(plan: Plan, planned: QueryPlan) -> tuple[Plan, bool]:
    """The plan with what the model wants counted or listed, where the rules read nothing of the kind."""
    given = (planned.aggregation or "").strip().lower()
    if given in _NOTHING or plan["aggregation"] or plan["measure"] or plan["tracked"]:
        return plan, True
    listed = re.sub(r"[\s_]*(?:items?|only)$", "", given)
    if listed in _AGGREGATIONS:
        return {**plan, "aggregation": listed, "intent": _AGGREGATIONS[listed]}, True
    names_something = bool(plan["entities"] or plan["people"])
    for wording in (
        given,
        f"how many {given}",
        f"how many {re.sub(r'^(?:count|number)(?: of)? ', '', given)}",
    ):
        measure = read_measure(wording, asked_status(wording), names_something=names_something)
        if measure is not None:
            asked = plan["asked"] or asked_status(wording)
            counted: Plan = {
                **plan,
                "intent": "analytics",
                "aggregation": measure["what"],
                "measure": measure,
                "asked": asked,
            }
            return counted, True
    return plan, False
