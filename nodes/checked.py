"""Sentences held against what was really said and what was recalled, before they are released."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nodes.context import Context
from nodes.interpret_by_rule import moment_of, resolved_names
from nodes.profiles.current import profile_of
from nodes.query_state import Evidence, PlanEntity, QueryState, Sentence
from nodes.questions.checking import Wording, objections, together
from stores.database import Database
from stores.histories import Place, spoken, states_as_of, transitions
from stores.ids import derived_id
from stores.moments import Moment
from stores.opening import open_stores
from stores.readings import meeting_names


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        words: what was really said at each piece of evidence; None where there are no such words.
        memories: the memory there; None where there is none.
        objections: why each sentence may not be released; empty where it may.
    """

    words: list[str | None]
    memories: list[str | None]
    objections: list[list[str]]


async def checked_draft(
    sentences: Sequence[Sentence],
    evidence: Sequence[Evidence],
    parts: Sequence[QueryState],
    context: Context,
    *,
    passed: Callable[[Sentence], None] = lambda sentence: None,
) -> Checked:
    """Hold sentences against the words spoken at their citations, and what they say against the states.

    Args:
        sentences: as drafted; of those that a model worded, the names are looked up in the alias index.
        evidence: all that they cite.
        parts: what was recalled for each part of the question.
        context: the workspace and the point of view.
        passed: told of each sentence that may be released, as soon as that is known.
    """
    database, workspace_id = (await open_stores()).database, derived_id("workspace", context.workspace)
    moment = moment_of(context)
    said = await spoken(database, workspace_id, [_place(piece) for piece in evidence], moment)
    words = [None if place is None else place.text for place in said]
    found: list[list[str]] = []
    titles: list[str] = []
    if any(sentence.get("is_free") for sentence in sentences):
        titles = [meeting.title for meeting in await meeting_names(database, workspace_id, moment)]
    for sentence in sentences:
        if sentence.get("is_free"):
            names = await resolved_names(database, workspace_id, sentence["text"], moment)
            profile = await profile_of(database, workspace_id, moment)
            wording = Wording(names.entities, titles, profile)
            recalled = await _with_states_of(names.entities, together(parts), database, workspace_id, moment)
            found.append(objections(sentence, evidence, words, recalled, wording))
        else:
            found.append(objections(sentence, evidence, words, parts[sentence.get("part", 0)]))
        if not found[-1]:
            passed(sentence)
    memories = [None if place is None else place.memory_id for place in said]
    return Checked(words, memories, found)


async def _with_states_of(
    named: Sequence[PlanEntity],
    recalled: QueryState,
    database: Database,
    workspace_id: str,
    moment: Moment,
) -> QueryState:
    """What was recalled, and how the things stand that a sentence names and the question did not."""
    states, changed = recalled.get("states", []), recalled.get("transitions", [])
    known = {one["entity_id"] for one in (*states, *changed)}
    others = [entity["id"] for entity in named if entity["id"] not in known and entity["type"] != "person"]
    if not others or moment.known_as_of is not None:  # as known earlier, states are only folded for the plan
        return recalled
    plan = recalled.get("plan")
    limits = [datetime.fromisoformat(plan["as_of"])] if plan and plan["as_of"] else []
    at = Moment(as_of=min([*limits, *([moment.as_of] if moment.as_of else [])], default=None))
    return {
        **recalled,
        "states": [*states, *await states_as_of(database, workspace_id, at, entities=others)],
        "transitions": [*changed, *await transitions(database, workspace_id, at, entities=others)],
    }


def _place(evidence: Evidence) -> Place:
    first, last = evidence["utterances"]
    return Place(version_id=evidence["version_id"], first=first, last=last, quote=evidence["quote"])
