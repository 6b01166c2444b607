"""answer_by_rule: the answer worded from what SQL gave, else the best passages quoted, else not known."""

from nodes.query_state import Draft, Plan, PlanEntity, QueryState
from nodes.questions import agenda, answers, changes, passages, statements
from nodes.questions.courtesies import reply_to
from nodes.questions.drafting import joined, listed
from nodes.questions.forms import ABOUT_A_TOPIC
from nodes.questions.gatherings import gathering_answer, polite_draft
from nodes.questions.measured import measured_answer
from nodes.questions.plan import asks_why, phrase_around
from nodes.questions.related import relationship_answer
from nodes.questions.spoken_of import spoken_of_answer
from nodes.questions.tracked_answers import missing_tracked, tracked_answer

_MISSING = {
    "status": "says how {about} stands",
    "ownership": "says who owns {about}",
    "timeline": "says how {about} changed",
    "relationship": "relates {about} to anything else",
    "due": "says when {about} is due",
    "progress": "says how far {about} is",
    "priority": "gives {about} a priority",
    "health": "speaks of the health of {about}",
}


async def answer_by_rule(state: QueryState) -> QueryState:
    """Draft the answer to the plan, and to those of the further parts of the question."""
    return {"draft": joined([drafted_of(part) for part in [state, *state.get("further", [])]])}


def drafted_of(part: QueryState) -> Draft:
    """The answer to one part of a question."""
    plan = part.get("plan")
    assert plan is not None
    return drafted(part, plan)


def drafted(state: QueryState, plan: Plan) -> Draft:
    """The answer to a plan from what was recalled for it."""
    reply = reply_to(plan["question"]) if plan["aggregation"] == "courtesy" else None
    if reply is not None:
        return polite_draft(reply)
    if _is_unknown(plan):
        return passages.not_known(state, plan, _unknown(state, plan))
    if plan["tracked"]:
        return tracked_answer(state, plan) or passages.not_known(state, plan, missing_tracked(plan))
    answer = _of_talk(state, plan) or _why(state, plan) or _by_intent(state, plan)
    is_of_people = bool(plan["people"]) and not plan["entities"]
    if answer is None and (is_of_people or (not plan["fields"] and plan["intent"] in ("status", "timeline"))):
        # no state, but perhaps said in passing; people do more than what is tracked
        answer = passages.search_answer(state, plan)
    return answer or passages.not_known(state, plan, _missing(plan))


def _of_talk(state: QueryState, plan: Plan) -> Draft | None:
    """The answer to a question about the talk itself."""
    if plan["aggregation"] in ABOUT_A_TOPIC:
        return spoken_of_answer(state, plan) or passages.not_known(state, plan, _unspoken(plan))
    return gathering_answer(state, plan)


def _unspoken(plan: Plan) -> str:
    if plan["aggregation"] == "askers":
        return f"Not known: no question about {listed(plan['topics'])} is on record."
    who = (
        f" by {listed(list(dict.fromkeys(person['name'] for person in plan['people'])))}"
        if plan["people"]
        else ""
    )
    return f"Not known: no turn{who} on record speaks of {listed(plan['topics'])}."


def _by_intent(state: QueryState, plan: Plan) -> Draft | None:
    if plan["aggregation"] == "agenda":
        return agenda.agenda_answer(state, plan)
    if plan["aggregation"] == "slipped":
        return agenda.slipped_answer(state, plan)
    match plan["intent"]:
        case "status":
            return answers.status_answer(state, plan)
        case "ownership":
            return answers.ownership_answer(state, plan)
        case "timeline":
            # of a time at which nothing moved: how it stood
            return changes.timeline_answer(state, plan) or (
                answers.status_answer(state, plan) if plan["as_of"] and plan["entities"] else None
            )
        case "changes":
            return changes.changes_answer(state, plan) if not _is_recap(plan) else _recap(state, plan)
        case "blockers":
            return answers.blockers_answer(state, plan)
        case "decisions":
            return statements.decisions_answer(state, plan)
        case "action_items":
            return statements.action_items_answer(state, plan)
        case "relationship":
            return relationship_answer(state, plan)
        case "analytics":
            return measured_answer(state, plan)
        case "search":
            return statements.listed_answer(state, plan) or passages.search_answer(state, plan)


def _is_recap(plan: Plan) -> bool:
    return bool(plan["meetings"]) and not plan["entities"]


def _recap(state: QueryState, plan: Plan) -> Draft | None:
    """What a meeting brought: decisions, what changed, and who does what."""
    return statements.recap_answer(state, plan) or changes.changes_answer(state, plan)


def _why(state: QueryState, plan: Plan) -> Draft | None:
    """The reason, where the question wants one and names a thing whose state tells it."""
    return (
        changes.why_answer(state, plan)
        if asks_why(plan["standalone_question"]) and plan["entities"]
        else None
    )


def _is_unknown(plan: Plan) -> bool:
    """Whether the question is about the state of something that no meeting names."""
    return bool(plan["unknown"]) and plan["intent"] in (
        "status",
        "ownership",
        "timeline",
        "blockers",
        "relationship",
        "changes",
    )


def _unknown(state: QueryState, plan: Plan) -> str:
    name = plan["unknown"][0]
    maybe = f" Did you mean {_either(plan['suggestions'])}?" if plan["suggestions"] else ""
    if passages.is_spoken_of(state, name):
        return f"Not known: “{name}” is spoken of, but no meeting tracks it as a thing of its own.{maybe}"
    return f"Not known: no meeting tracks anything named “{name}”.{maybe}"


def _missing(plan: Plan) -> str:
    """What it is that no meeting says."""
    if plan["aggregation"] == "meeting_list" and plan["span"]:
        return f"Not known: no meeting {plan['span']} is on record."
    at = f" as of {plan['as_of'][:10]}" if plan["as_of"] and plan["intent"] != "search" else ""
    # a first name may be borne by somebody else in every meeting
    things = [_as_asked(plan, entity) for entity in plan["entities"]]
    names = list(dict.fromkeys([*things, *(person["name"] for person in plan["people"])]))
    field = next((field for field in plan["fields"] if field in _MISSING), plan["intent"])
    tracks = bool(plan["entities"]) or field not in ("due", "progress", "priority", "health")
    if names and field in _MISSING and tracks:
        return f"Not known: no meeting{at} {_MISSING[field].format(about=listed(names))}."
    if plan["intent"] in ("decisions", "action_items"):
        about = names or plan["unknown"][:1]
        said = f" about {listed([f'“{name}”' for name in about])}" if about else ""
        what = plan["intent"].replace("_items", " item").rstrip("s")
        span = f" ({plan['span']})" if plan["span"] else at
        return f"Not known: no {what}{said} is on record{span}."
    return f"Not known: nothing that was said in the meetings{at} answers this."


def _as_asked(plan: Plan, entity: PlanEntity) -> str:
    """A thing by its name, or by the longer one that the question gives it."""
    asked = phrase_around(plan["question"], entity["given"])
    return asked if len(asked.split()) > len(entity["given"].split()) else entity["name"]


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
