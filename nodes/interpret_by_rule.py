"""interpret_by_rule: the plan of a plain question, its names resolved through the alias index by SQL."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from langgraph.runtime import Runtime

from nodes.context import Context, context_of
from nodes.names import normalised_name
from nodes.query_state import Plan, PlanEntity, QueryState, RelationAsked
from nodes.questions import follow_up
from nodes.questions.courtesies import reply_to
from nodes.questions.drafting import ids
from nodes.questions.forms import ABOUT_A_TOPIC, Form, read_form
from nodes.questions.leaning import following_up, within_the_span
from nodes.questions.parts import are_apart, parts_of
from nodes.questions.plan import (
    Reading,
    asks_what_it_brought,
    codes,
    grams,
    is_empty_of_content,
    is_function_word,
    part_of,
    read_question,
    subjects,
)
from nodes.questions.related import asks_what_it_blocks, read_relation
from nodes.questions.times import Times, instant, read_times, refers_to_a_meeting
from nodes.tracked_plan import names_asked, plan_of_tracked, tracked_in, without_asking_when
from stores.database import Database
from stores.ids import derived_id
from stores.moments import Moment, iso
from stores.opening import open_stores
from stores.readings import NamedEntity, entities_like, entities_named, meeting_names, people_called

_TOKEN = re.compile(r"[^\W_](?:[\w'’.\-/#+&]*[\w'’#+])?")
_ONE_MEETING = re.compile(
    r"\b(?:last|latest|most recent|first) (?:meeting|call|sync|session|stand-?up)\b", re.IGNORECASE
)
_ABOUT = re.compile(r"\b(?:about|on|regarding|concerning)\b", re.IGNORECASE)
_OF_WHAT = re.compile(r"\b(?:about|with|of|on|regarding|concerning|around|for) (.+)", re.IGNORECASE)
_AFTER = re.compile(r"after\b", re.IGNORECASE)
_SURE_SUGGESTION = 0.45
# Whatever a question holds beyond this is not its subject.
_MOST_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a question: which entities they are, and the question without them."""

    entities: tuple[PlanEntity, ...]
    remainder: str


async def interpret_by_rule(state: QueryState, runtime: Runtime[Context]) -> QueryState:
    """Plan the answer to a plain question, alone or following up on the plan before it."""
    return await planned_by_rule(state.get("question", ""), context_of(runtime), previous_plan(state))


def previous_plan(state: QueryState) -> Plan | None:
    """The plan that a follow-up leans on: that of the last part of the question before."""
    last = [state, *state.get("further", [])][-1]
    plan = last.get("plan")
    if plan is None or plan["people"] or not follow_up.refers_to_one_person(state.get("question", "")):
        return plan
    named = ids(plan["entities"])
    owners: list[PlanEntity] = [
        {"id": one["normalised"], "name": one["after"], "type": "person", "given": one["after"]}
        for one in last.get("states", [])
        if one["field"] == "owner" and one["entity_id"] in named and one["normalised"] and one["after"]
    ]
    return {**plan, "people": owners}  # "what did he promise?", after who owns it


async def planned_by_rule(question: str, context: Context, previous: Plan | None = None) -> QueryState:
    """The plan of a plain question, and the plans of its further parts where it asks several things."""
    plans: list[Plan] = []
    parts = parts_of(question)
    for part in parts if len(parts) > 1 else []:
        plan = await plan_by_rule(part, context, plans[-1] if plans else previous)
        plans.append(within_the_span(plan, plans[-1]) if plans else plan)
    if not plans or not are_apart(plans):
        return {"plan": await plan_by_rule(question, context, previous), "further": []}
    return {"plan": {**plans[0], "question": question}, "further": [{"plan": plan} for plan in plans[1:]]}


async def plan_by_rule(question: str, context: Context, previous: Plan | None = None) -> Plan:
    """The plan of a plain question.

    Args:
        question: as asked.
        context: the workspace, and the time that "last week" is relative to.
        previous: the plan of the question before it in the conversation.
    """
    database = (await open_stores()).database
    workspace_id = derived_id("workspace", context.workspace)
    moment = moment_of(context)
    now = moment.as_of or datetime.now(UTC)
    if reply_to(question) is not None:
        return _courtesy(question, previous, now)
    tracked = await tracked_in(database, workspace_id, question, previous)
    asked = without_asking_when(question) if tracked else question
    times = await _times(database, workspace_id, asked, now, moment)
    if previous is not None and times.said is None and follow_up.switches_subject(asked):
        timed = await _times(database, workspace_id, follow_up.as_time(asked), now, moment)
        times = timed if is_empty_of_content(timed.remainder) and timed.said else times
    names = await resolved_names(database, workspace_id, times.remainder, moment)
    if tracked:
        reading = Reading("status", (), None, None)
        plan = _plan(question, reading, times, names, as_of=context.as_of, now=now)
        plan = plan_of_tracked(plan, *tracked, previous)
        return await _with_unknown(
            database, workspace_id, plan, names_asked(names.remainder, plan, *tracked), moment
        )
    reading = read_question(names.remainder, names_something=bool(names.entities))
    if reading.intent == "blockers" and names.entities and asks_what_it_blocks(times.remainder):
        reading = Reading("relationship", (), None, None)
    form = _form(times, names) if reading.aggregation not in ("problem", "agenda") else None
    plan = _plan(question, reading, times, names, as_of=context.as_of, now=now)
    if plan["intent"] == "action_items" and plan["since_meeting"] and _AFTER.match(plan["span"] or ""):
        # what is to be done after a meeting was said in it
        in_it: Plan = {**plan, "meetings": [plan["since_meeting"]], "start": None, "since_meeting": None}
        plan = in_it
    if form is not None:
        formed: Plan = {
            **plan,
            "intent": form.intent,
            "aggregation": form.kind,
            "fields": [],
            "asked": None,
            "measure": None,
        }
        plan = formed
    if previous is not None:
        plan = following_up(plan, previous, names.remainder)
    plan = await _of_its_meetings(database, workspace_id, plan, names.remainder, moment)
    if form is not None:
        return await _of_form(database, workspace_id, plan, form, previous, moment)
    return await _with_unknown(database, workspace_id, plan, names.remainder, moment)


def _form(times: Times, names: Names) -> Form | None:
    return read_form(
        times.remainder,
        names.remainder,
        names_a_meeting=bool(times.meetings),
        names_a_person=any(entity["type"] == "person" for entity in names.entities),
    )


def _courtesy(question: str, previous: Plan | None, now: datetime) -> Plan:
    """The plan of a question that only is polite: what was talked of before stays what is talked of."""
    plan = previous or _plan(
        question,
        Reading("search", (), None, None),
        Times(),
        Names(entities=(), remainder=""),
        as_of=None,
        now=now,
    )
    return {**plan, "intent": "search", "question": question, "aggregation": "courtesy", "now": iso(now)}


async def _of_form(
    database: Database,
    workspace_id: str,
    plan: Plan,
    form: Form,
    previous: Plan | None,
    moment: Moment,
) -> Plan:
    """The plan of a question about the talk itself: what was spoken of, by whom, in which meetings."""
    if form.kind in ("attendance", "most", "themes") and not plan["meetings"]:
        before = previous["meetings"] if previous else []
        if before and previous:
            return {**plan, "meetings": before, "span": previous["span"]}
        if form.kind == "themes" and (plan["start"] or plan["end"]):
            return plan
        newest = (await meeting_names(database, workspace_id, moment))[:1]
        return {**plan, "meetings": [meeting.id for meeting in newest]}
    if form.kind == "meeting_list" and not plan["meetings"] and _ONE_MEETING.search(plan["question"]):
        known = await meeting_names(database, workspace_id, moment)
        first = re.search(r"\bfirst\b", plan["question"], re.IGNORECASE)
        return {**plan, "meetings": [meeting.id for meeting in (known[-1:] if first else known[:1])]}
    if form.kind not in ABOUT_A_TOPIC:
        return plan
    named = [
        entity
        for entity in (*plan["entities"], *plan["people"])
        if normalised_name(entity["given"]) in normalised_name(form.topic)
    ]
    rest = form.topic
    for entity in named:
        rest = rest.replace(entity["given"], " ")
    if not is_empty_of_content(rest):
        named, topics = [], [form.topic]
    elif named:
        topics = list(dict.fromkeys(entity["given"] for entity in named))
    else:  # "who spoke about it?"
        named = plan["entities"] or (previous["entities"] if previous else [])
        names = list(dict.fromkeys(entity["name"] for entity in named))
        topics = names or (previous["topics"] if previous else [])
    return {
        **plan,
        "entities": named,
        "people": [person for person in plan["people"] if person not in named],
        "topics": topics or [form.topic],
    }


async def _of_its_meetings(
    database: Database, workspace_id: str, plan: Plan, remainder: str, moment: Moment
) -> Plan:
    """The plan of a question on what meetings brought, where it gives the time at which they were held."""
    start, end = plan["start"], plan["end"]
    if plan["meetings"] or plan["since_meeting"] or plan["entities"] or start is None or end is None:
        return plan
    recap = plan["intent"] == "changes" and asks_what_it_brought(remainder)
    if not recap and (plan["intent"] not in ("decisions", "action_items") or start[:10] != end[:10]):
        return plan
    known = await meeting_names(database, workspace_id, moment)
    held = [meeting.id for meeting in reversed(known) if start <= iso(meeting.date) <= end]
    if not held and recap:
        unheld: Plan = {**plan, "intent": "analytics", "aggregation": "meeting_list"}
        return unheld
    return {**plan, "meetings": held}


def moment_of(context: Context) -> Moment:
    """The point of view that a run's context asks for.

    Raises:
        InputError: a date in it is none.
    """
    return Moment(
        as_of=instant(context.as_of) if context.as_of else None,
        known_as_of=instant(context.known_as_of) if context.known_as_of else None,
    )


async def resolved_names(database: Database, workspace_id: str, question: str, moment: Moment) -> Names:
    """The entities that a question names: of all its runs of words those that are a name, longest first.

    A word alone can also be a person's first name. A run never matches a part of a longer name.
    """
    tokens = [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(question)][:_MOST_TOKENS]
    runs = [
        (first, last, normalised_name(words))
        for first, last, words in grams([token for token, _, _ in tokens])
        if _may_name(words, is_first=first == 0)
    ]
    bearers = await bearers_of(database, workspace_id, sorted({name for _, _, name in runs}), moment)
    taken: set[int] = set()
    found: list[tuple[int, PlanEntity]] = []
    for first, last, name in runs:
        if bearers.get(name) and taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            given = question[tokens[first][1] : tokens[last - 1][2]]
            found.extend((first, _plan_entity(entity, given)) for entity in bearers[name])
    remainder = "".join(
        " " if any(start <= place < end for at in taken for _, start, end in (tokens[at],)) else letter
        for place, letter in enumerate(question)
    )
    unique = {entity["id"]: entity for _, entity in sorted(found, key=lambda pair: pair[0])}
    return Names(entities=tuple(unique.values()), remainder=" ".join(remainder.split()))


def _may_name(words: str, *, is_first: bool) -> bool:
    """Whether a run of words may be a name: function words alone are none, but for a "Will" in the middle."""
    if not all(is_function_word(word) for word in words.split()):
        return True
    return not is_first and words.istitle() and len(words) > 1


async def bearers_of(
    database: Database, workspace_id: str, names: Sequence[str], moment: Moment
) -> dict[str, list[NamedEntity]]:
    """Who bears each of these normalised names, a person's first name included; only names that are borne."""
    bearers: dict[str, list[NamedEntity]] = defaultdict(list)
    if not names:
        return bearers
    known = Moment(known_as_of=moment.known_as_of)
    single = [name for name in names if " " not in name]
    by_name, by_first_name = await asyncio.gather(
        entities_named(database, workspace_id, names, known),
        people_called(database, workspace_id, single, known),
    )
    for entity in by_name:
        bearers[entity.given].append(entity)
    called = set(bearers)
    for entity in by_first_name:
        if entity.given not in called:
            bearers[entity.given].append(entity)
    return bearers


def _plan(
    question: str, reading: Reading, times: Times, names: Names, *, as_of: str | None, now: datetime
) -> Plan:
    return {
        "intent": reading.intent,
        "question": question,
        "standalone_question": question,
        "entities": [entity for entity in names.entities if entity["type"] != "person"],
        "people": [entity for entity in names.entities if entity["type"] == "person"],
        "meetings": list(times.meetings),
        "start": iso(times.start) if times.start else None,
        "end": iso(times.end) if times.end else None,
        "as_of": iso(times.as_of) if times.as_of else (iso(instant(as_of)) if as_of else None),
        "since_meeting": times.since_meeting,
        "span": times.said,
        "fields": list(reading.fields),
        "asked": reading.asked,
        "unknown": [],
        "suggestions": [],
        "aggregation": reading.aggregation,
        "topics": [],
        "measure": reading.measure,
        "relation": _relation(question, names) if reading.intent == "relationship" else None,
        "tracked": None,
        "now": iso(now),
    }


def _relation(question: str, names: Names) -> RelationAsked:
    ending = question.rstrip(" ?.!")
    return read_relation(
        names.remainder, ends_with_name=any(ending.endswith(entity["given"]) for entity in names.entities)
    )


async def _times(
    database: Database, workspace_id: str, question: str, now: datetime, moment: Moment
) -> Times:
    named = refers_to_a_meeting(question)
    meetings = await meeting_names(database, workspace_id, moment) if named else []
    return read_times(question, now, meetings)


async def _with_unknown(
    database: Database, workspace_id: str, plan: Plan, remainder: str, moment: Moment
) -> Plan:
    """The plan with the name in it that nothing bears, if its subject is one, and who nearly does.

    A code is always the subject, whatever else is named; any other words only where nothing is.
    """
    named = plan["entities"] or plan["people"] or plan["meetings"]
    if plan["intent"] in ("decisions", "action_items") and plan["entities"] and not plan["topics"]:
        parts = [part_of(plan["question"], entity["given"]) for entity in plan["entities"]]
        of_a_part: Plan = {**plan, "topics": [part for part in parts if part]}
        plan = of_a_part
    if plan["aggregation"] in ("problem", "risk", "question") and (about := _OF_WHAT.search(remainder)):
        of_a_topic: Plan = {**plan, "topics": plan["topics"] or subjects(about[1])[:1]}
        plan = of_a_topic
    unknown = (codes(remainder) or ([] if named else subjects(remainder)))[:1]
    if not unknown or plan["intent"] == "search" or (_is_about_all(plan) and not codes(remainder)):
        return plan
    nearly = await entities_like(database, workspace_id, [normalised_name(unknown[0])], moment)
    numbers = re.findall(r"\d+", unknown[0])
    suggestions = [
        entity.name
        for entity in nearly
        if entity.score >= _SURE_SUGGESTION
        # another number is another thing, never a slip of the pen
        and (not numbers or numbers == re.findall(r"\d+", entity.name))
    ]
    unresolved: Plan = {**plan, "unknown": unknown, "suggestions": list(dict.fromkeys(suggestions))[:3]}
    return {**unresolved, "entities": [], "people": []} if codes(remainder) else unresolved


def _is_about_all(plan: Plan) -> bool:
    """Whether what is left of a question is no name, since it asks about everything."""
    if plan["aggregation"] in ("agenda", "slipped", "superseded"):
        return True
    return plan["measure"] is not None and not _ABOUT.search(plan["question"])


def _plan_entity(entity: NamedEntity, given: str) -> PlanEntity:
    return {"id": entity.id, "name": entity.name, "type": entity.type, "given": given}
