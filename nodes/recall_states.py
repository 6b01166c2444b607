"""recall_states: how the things in question stand and stood, at the time asked, by SQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from langgraph.runtime import Runtime

from nodes.context import Context, context_of
from nodes.interpret_by_rule import moment_of
from nodes.profiles.current import profile_of
from nodes.query_state import Plan, QueryState
from nodes.questions.changes import telling_readings
from nodes.questions.figures import STATEMENTS, counted_readings, figures_of
from nodes.questions.known import history_known, states_within, transitions_within
from nodes.questions.owned import is_of
from nodes.questions.plan import asks_why
from nodes.questions.points import TICK
from nodes.questions.related import along, other_ends
from nodes.questions.talk import exchanges_recalled, talk_recalled
from nodes.questions.topics import about_topic
from stores.database import Database
from stores.histories import (
    RelationReading,
    TransitionReading,
    known_at,
    relations,
    states_as_of,
    transitions,
)
from stores.ids import derived_id
from stores.moments import Moment
from stores.opening import open_stores
from stores.readings import CountRow, StatementRow, counts, statements
from stores.recall import UtteranceReading, utterances_around

# What an answer about everything can hold; more would only fill the checkpoint.
_MOST_READINGS = 200
_KINDS = {
    "decisions": ["decision"],
    "action_items": ["action_item"],
    "decision": ["decision"],
    "action_item": ["action_item"],
    "agenda": ["action_item", "question"],
    "problem": ["risk", "question"],
    "risk": ["risk"],
    "question": ["question"],
}
NOTHING: QueryState = {
    "states": [],
    "transitions": [],
    "surroundings": [],
    "relations": [],
    "statements": [],
    "counts": [],
    "figures": [],
    "frequencies": {},
    "sayings": [],
    "attendance": [],
    "themes": [],
    "introductions": [],
    "exchanges": [],
    "meeting_rows": [],
}
"""What is recalled for a question that asks for nothing; a conversation keeps none of the question before."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where and when to look for one plan."""

    database: Database
    workspace_id: str
    plan: Plan
    moment: Moment
    start: datetime | None
    named: tuple[str, ...]


async def recall_states(state: QueryState, runtime: Runtime[Context]) -> QueryState:
    """Read what the plan needs: states, transitions, relations, statements, counts."""
    context = context_of(runtime)
    found = await _read(state, context)
    further: list[QueryState] = [{**part, **await _read(part, context)} for part in state.get("further", [])]
    return {**found, "further": further}


async def _read(state: QueryState, context: Context) -> QueryState:
    """What one part of the question needs."""
    plan = state.get("plan")
    assert plan is not None
    if plan["aggregation"] == "courtesy":
        return NOTHING
    moment = moment_of(context)
    stores = await open_stores()
    limits = [datetime.fromisoformat(at) for at in (plan["as_of"],) if at]
    asked = _Asked(
        database=stores.database,
        workspace_id=derived_id("workspace", context.workspace),
        plan=plan,
        moment=Moment(
            as_of=min([*limits, *([moment.as_of] if moment.as_of else [])], default=None),
            known_as_of=moment.known_as_of,
        ),
        start=datetime.fromisoformat(plan["start"]) if plan["start"] else None,
        named=tuple(entity["id"] for entity in (*plan["entities"], *plan["people"])),
    )
    wanted = _KINDS.get(plan["aggregation"] or "") or _KINDS.get(plan["intent"])
    if plan["intent"] == "changes" and plan["meetings"]:
        wanted = ["decision", "action_item"]
    (states, changed), said, talk, related, counted = await asyncio.gather(
        _history(asked, [entity["id"] for entity in state.get("entities", [])]),
        _statements(asked, wanted),
        talk_recalled(stores, context, plan, asked.moment, state.get("memories", [])),
        _relations(asked),
        _counts(asked),
    )
    of_people = [one for one in said if not plan["people"] or is_of(one, plan["people"])]
    found: QueryState = {
        "states": _telling_first(plan, states, changed)[:_MOST_READINGS],
        "transitions": changed[-_MOST_READINGS:],
    }
    return {
        **found,
        **talk,
        "surroundings": await _surroundings(asked, found) if asks_why(plan["standalone_question"]) else [],
        "relations": related,
        "statements": said[-_MOST_READINGS:],
        "exchanges": await exchanges_recalled(
            asked.database, asked.workspace_id, plan, asked.moment, noted=len(of_people)
        ),
        # of everything that was read, before the channels are shortened
        "figures": figures_of(
            plan, states, changed, about_topic(of_people, plan), talk.get("meeting_rows", [])
        ),
        "counts": counted,
    }


def _telling_first(
    plan: Plan, states: list[TransitionReading], changed: list[TransitionReading]
) -> list[TransitionReading]:
    """The states, those first that an answer about everything tells of, so that it may be cut."""
    if len(states) <= _MOST_READINGS:
        return states
    if plan["measure"]:
        told = {id(one) for one in counted_readings(plan, plan["measure"], states, changed)}
    elif plan["intent"] == "blockers":
        told = {id(one) for one in states if one["field"] == "blockers" or one["normalised"] == "blocked"}
    else:
        return states
    return sorted(states, key=lambda one: id(one) not in told)


async def _counts(asked: _Asked) -> list[CountRow]:
    plan, measure = asked.plan, asked.plan["measure"]
    is_of_all = measure is not None and measure["kind"] == "count" and not (plan["asked"] or plan["people"])
    if measure is None or (measure["what"] != "person" and not (is_of_all and measure["what"] == "entity")):
        return []
    return await counts(asked.database, asked.workspace_id, asked.moment, start=asked.start)


async def _relations(asked: _Asked) -> list[RelationReading]:
    """The links of what is named, and for a question about indirect ones those of its neighbours."""
    named = list(asked.named)
    if not named:
        return []
    found = await relations(asked.database, asked.workspace_id, asked.moment, entities=named)
    wanted = asked.plan["relation"]
    if wanted is None or wanted["steps"] == 1:
        return found
    between = other_ends(along(found, wanted, set(named)), set(named))
    if not between:
        return found
    further = await relations(asked.database, asked.workspace_id, asked.moment, entities=between)
    return [*found, *(one for one in further if one not in found)]


async def _surroundings(asked: _Asked, found: QueryState) -> list[UtteranceReading]:
    """What was said around the words that a "why" is about."""
    return await utterances_around(
        asked.database,
        asked.workspace_id,
        [
            (reading["version_id"], reading["utterance"], reading["utterance"])
            for reading in telling_readings(found, asked.plan)[:1]
        ],
        before=0,
        after=2,
    )


async def _history(
    asked: _Asked, about: Sequence[str]
) -> tuple[list[TransitionReading], list[TransitionReading]]:
    """The states, and the transitions, that the intent is about."""
    plan = asked.plan
    everything = (
        plan["intent"] in ("changes", "blockers", "ownership", "analytics", "status")
        or plan["aggregation"] in ("overdue", "agenda")
        or plan["tracked"] is not None
    )
    things = [entity["id"] for entity in plan["entities"]]
    people = [entity["id"] for entity in plan["people"]]
    scope = (list(asked.named) or list(about)) if not (everything and not things) else None
    if plan["unknown"] and not asked.named:
        return [], []
    measure = plan["measure"]
    if measure and measure["what"] in (*STATEMENTS, "meeting") and not asked.named:
        return [], []
    read = await _readers(asked, scope)
    # of all changes, how the things stand that changed is read below
    of_all = plan["intent"] == "changes" and scope is None
    states = [] if of_all else await read.states(None if scope is not None else _fields(plan))
    if people and not things:
        owned = await read.owned(people)
        states = owned if plan["intent"] != "timeline" else states
        if (plan["intent"] in ("status", "blockers") or plan["aggregation"] == "agenda") and owned:
            owns = {reading["entity_id"] for reading in owned}
            states = [
                *owned,
                *(
                    reading
                    for reading in await read.states(["status", "blockers", "progress", "due"])
                    if reading["entity_id"] in owns
                ),
            ]
    of_people = plan["intent"] == "changes" and bool(people) and not things
    in_span = plan["intent"] in ("changes", "timeline", "analytics")
    changed = await read.transitions(
        after=_before(asked) if in_span and not _lasts(plan) else None,
        meetings=(plan["meetings"] or None) if in_span else None,
        changes_only=plan["intent"] == "changes",
        latest=None if plan["since_meeting"] or of_people or _counts_moves(plan) else _MOST_READINGS,
    )
    if of_all and not states:
        moved = sorted({reading["entity_id"] for reading in changed})
        states = await read.states(_fields(plan), of=moved)
    if of_people:
        changed = [reading for reading in changed if reading["normalised"] in people]
    return states, [reading for reading in changed if reading["meeting_id"] != plan["since_meeting"]]


def _fields(plan: Plan) -> list[str] | None:
    """Of everything, only the fields that the intent is about."""
    if plan["tracked"]:
        return [plan["tracked"]["field"]]
    if plan["intent"] == "ownership" and plan["aggregation"] != "unowned":
        return ["owner"]
    if plan["intent"] == "blockers" or (plan["aggregation"] or "").startswith("blockers"):
        return ["blockers", "status"]
    if plan["aggregation"] == "agenda":
        return ["status", "blockers", "due"]
    return ["status", "owner", "due", "progress"]


def _before(asked: _Asked) -> datetime | None:
    """The instant after which transitions count: the start of the span counts too, unless a meeting is it."""
    start = asked.start
    return start - TICK if start and not asked.plan["since_meeting"] else start


def _counts_moves(plan: Plan) -> bool:
    """Whether a number is asked for that is computed from the history."""
    moves = ("changes", "blockers_raised", "blockers_resolved")
    return plan["measure"] is not None and (_lasts(plan) or plan["measure"]["what"] in moves)


def _lasts(plan: Plan) -> bool:
    """Whether a question is about how long something lasted, which began whenever it began."""
    return plan["measure"] is not None and plan["measure"]["kind"] == "duration"


class _Readers:
    """One way to read a history, as it is known now, by SQL."""

    def __init__(self, asked: _Asked, scope: Sequence[str] | None) -> None:
        self._asked = asked
        self._scope = scope

    async def states(
        self, fields: Sequence[str] | None, of: Sequence[str] | None = None
    ) -> list[TransitionReading]:
        """The states of the scope, or `of` some entities in it."""
        asked, entities = self._asked, self._scope if of is None else of
        return await states_as_of(
            asked.database, asked.workspace_id, asked.moment, entities=entities, fields=fields
        )

    async def owned(self, people: Sequence[str]) -> list[TransitionReading]:
        asked = self._asked
        return await states_as_of(
            asked.database, asked.workspace_id, asked.moment, fields=["owner"], values=people
        )

    async def transitions(
        self,
        *,
        after: datetime | None,
        meetings: Sequence[str] | None,
        changes_only: bool,
        latest: int | None,
    ) -> list[TransitionReading]:
        asked = self._asked
        return await transitions(
            asked.database,
            asked.workspace_id,
            asked.moment,
            after=after,
            entities=self._scope,
            meetings=meetings,
            changes_only=changes_only,
            latest=latest,
        )


class _KnownReaders(_Readers):
    """The other: the history as known at an earlier time, folded again."""

    def __init__(self, asked: _Asked, scope: Sequence[str] | None, history: list[TransitionReading]) -> None:
        super().__init__(asked, scope)
        self._all = history
        self._scoped = [reading for reading in history if scope is None or reading["entity_id"] in scope]

    async def states(
        self, fields: Sequence[str] | None, of: Sequence[str] | None = None
    ) -> list[TransitionReading]:
        scoped = [one for one in self._scoped if of is None or one["entity_id"] in of]
        return states_within(scoped, until=self._asked.moment.as_of, fields=fields)

    async def owned(self, people: Sequence[str]) -> list[TransitionReading]:
        return states_within(self._all, until=self._asked.moment.as_of, fields=["owner"], values=people)

    async def transitions(
        self,
        *,
        after: datetime | None,
        meetings: Sequence[str] | None,
        changes_only: bool,
        latest: int | None,
    ) -> list[TransitionReading]:
        found = transitions_within(
            self._scoped,
            until=self._asked.moment.as_of,
            after=after,
            meetings=meetings,
            changes_only=changes_only,
        )
        return found if latest is None else found[-latest:]


async def _readers(asked: _Asked, scope: Sequence[str] | None) -> _Readers:
    if asked.moment.known_as_of is None:
        return _Readers(asked, scope)
    profile = await profile_of(asked.database, asked.workspace_id, asked.moment)
    known = await known_at(asked.database, asked.workspace_id, asked.moment, profile_version=profile.version)
    return _KnownReaders(asked, scope, history_known(profile, known))


async def _statements(asked: _Asked, kinds: Sequence[str] | None) -> list[StatementRow]:
    plan = asked.plan
    if not kinds:
        return []
    end = datetime.fromisoformat(plan["end"]) if plan["end"] else None
    found = await statements(
        asked.database,
        asked.workspace_id,
        kinds,
        Moment(
            as_of=min(filter(None, (asked.moment.as_of, end)), default=None),
            known_as_of=asked.moment.known_as_of,
        ),
        start=asked.start,
        entities=[entity["id"] for entity in plan["entities"]] or None,
        meetings=plan["meetings"] or None,
        latest=None if plan["measure"] or plan["since_meeting"] else _MOST_READINGS,
    )
    said = [statement for statement in found if statement["meeting_id"] != plan["since_meeting"]]
    return said if plan["measure"] else said[-_MOST_READINGS:]
