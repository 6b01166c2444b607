"""A plan made stand-alone from the plan of the question before it, where the question leans on that."""

import re

from nodes.query_state import Plan
from nodes.questions import follow_up
from nodes.questions.plan import asks_why, is_empty_of_content

_WHAT_IS_IT = re.compile(
    r"^\W*(?:and |but )?(?:what (?:is|was|are|were) (?:it|that|they)|how is it|where is it)\b"
    r"(?: (?:now|today|then|currently|like))*\W*$",
    re.IGNORECASE,
)
_OF_A_SPAN = frozenset(("changes", "decisions", "action_items"))
_NOW = re.compile(r"\b(?:now|today|currently|at present|these days)\b", re.IGNORECASE)


def following_up(plan: Plan, previous: Plan, remainder: str) -> Plan:
    """The plan made stand-alone from the plan before it, where it leans on that; else as it is.

    Args:
        plan: of the question alone.
        previous: of the question before.
        remainder: the question without the names and times it gives itself.
    """
    names_itself = bool(plan["entities"] or plan["people"] or plan["meetings"])
    if names_itself and follow_up.switches_subject(plan["question"]) and is_empty_of_content(remainder):
        return _asked_again(plan, previous)
    if names_itself and not _leans_with_pronoun(plan, remainder):
        return plan
    empty = is_empty_of_content(remainder)
    pronoun = follow_up.refers_to_a_thing(remainder) or follow_up.refers_to_a_person(remainder)
    is_opened = follow_up.is_opened_as_follow_up(plan["question"])
    # "what changed in March?" is whole, "why?" is not
    is_bare = _is_bare(remainder) and not (plan["span"] and plan["intent"] == "changes")
    if not (empty and (pronoun or is_opened or is_bare)):
        return plan
    entities = [] if follow_up.refers_to_a_person(remainder) and previous["people"] else previous["entities"]
    people = [] if entities and not names_itself else previous["people"]
    only_times = plan["span"] is not None and plan["intent"] == "search" and not asks_why(remainder)
    is_of_all = only_times and previous["intent"] != "search"  # "what changed in March?", "what about April?"
    if not (entities or people or previous["meetings"] or is_of_all):
        return plan
    is_what = plan["intent"] == "search" and bool(_WHAT_IS_IT.search(plan["question"]))
    intent = previous["intent"] if only_times or is_what or _is_when(remainder) else plan["intent"]
    standalone = (
        previous["standalone_question"]
        if only_times
        else follow_up.with_names(
            plan["question"],
            list(dict.fromkeys(entity["name"] for entity in entities)),
            list(dict.fromkeys(person["name"] for person in people)),
        )
    )
    same = intent == previous["intent"]
    leaning: Plan = {
        **plan,
        "intent": "timeline" if _is_when(remainder) else intent,
        "entities": plan["entities"] or entities,
        "people": plan["people"] or people,
        "meetings": plan["meetings"] or (previous["meetings"] if not (entities or people) else []),
        "fields": plan["fields"]
        or (previous["fields"] if not plan["asked"] and (same or asks_why(remainder)) else []),
        "asked": plan["asked"]
        or (previous["asked"] if only_times or _is_when(remainder) or asks_why(remainder) else None),
        "aggregation": plan["aggregation"] or (previous["aggregation"] if only_times else None),
        "measure": plan["measure"] or (previous["measure"] if only_times else None),
        "relation": plan["relation"] or (previous["relation"] if only_times else None),
        "topics": plan["topics"] or (previous["topics"] if only_times else []),
        "standalone_question": standalone,
    }
    is_now = bool(_NOW.search(plan["question"]))
    return leaning if plan["span"] or is_now else _at_the_times_of(leaning, previous)


def within_the_span(plan: Plan, previous: Plan) -> Plan:
    """A later part of one question, at the times of the part before it where it lists and gives none.

    "What changed since May and what decisions were made?" asks for the decisions since May.
    """
    is_of_all = not (plan["entities"] or plan["people"] or plan["meetings"] or plan["span"])
    if plan["intent"] not in _OF_A_SPAN or not is_of_all or _NOW.search(plan["question"]):
        return plan
    return {**_at_the_times_of(plan, previous), "meetings": previous["meetings"]}


def _at_the_times_of(plan: Plan, previous: Plan) -> Plan:
    return {
        **plan,
        "start": previous["start"],
        "end": previous["end"],
        "as_of": previous["as_of"],
        "since_meeting": previous["since_meeting"],
        "span": previous["span"],
    }


def _leans_with_pronoun(plan: Plan, remainder: str) -> bool:
    """Whether a question names a person but its thing by a pronoun: "did Tom own it before?"."""
    return bool(plan["people"] and not plan["entities"] and re.search(r"\bit\b", remainder, re.IGNORECASE))


def _is_bare(remainder: str) -> bool:
    return len(remainder.split()) <= 3


def _is_when(remainder: str) -> bool:
    return bool(
        re.fullmatch(r"(?:and )?(?:(?:since )?when|(?:for )?how long)\??", remainder.strip(), re.IGNORECASE)
    )


def _asked_again(plan: Plan, previous: Plan) -> Plan:
    """The question before, of what this one names instead."""
    standalone = previous["standalone_question"]
    before = [*previous["entities"], *previous["people"]]
    now = [*plan["entities"], *plan["people"]]
    for old in before:
        for said in (old["name"], old["given"]):
            if now and said in standalone:
                standalone = standalone.replace(said, now[0]["name"])
                break
    if standalone == previous["standalone_question"]:
        names = ", ".join(dict.fromkeys(entity["name"] for entity in now))
        standalone = f"{standalone.rstrip(' ?.!')} ({names})?" if names else standalone
    again: Plan = {
        **plan,
        "intent": previous["intent"],
        "fields": previous["fields"],
        "asked": previous["asked"],
        "topics": [entity["given"] for entity in now] if previous["topics"] else [],
        "tracked": previous.get("tracked"),
        "aggregation": None if previous["aggregation"] == "courtesy" else previous["aggregation"],
        "measure": previous["measure"],
        "relation": previous["relation"],
        "standalone_question": standalone,
    }
    return again if plan["span"] else _at_the_times_of(again, previous)
