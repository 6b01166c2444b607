"""Questions that ask two things at once: "What did Ana say about the pier, and who owns the Gateway?"."""

import re
from itertools import pairwise
from typing import get_args

from nodes.query_state import Plan
from nodes.questions.forms import ABOUT_A_TOPIC
from nodes.questions.plan import subjects
from nodes.schemas import Intent

_MOST_PARTS = 3
_ASKS = (
    r"(?:what|who|whom|whose|when|where|why|how|which|is|are|was|were|did|does|do|has|have|had|can|could"
    r"|tell me|show me|list|summari[sz]e)\b"
)
_JOINT = re.compile(
    rf"\s*(?:[,;?]\s*(?:and|also|plus|then)?|\b(?:and|plus))(?: also)?\s+(?={_ASKS})", re.IGNORECASE
)
_OPENED = re.compile(rf"^\W*{_ASKS}", re.IGNORECASE)
_LISTS = frozenset(("action_items", "decisions", "relationship"))
_COMPUTED = frozenset(get_args(Intent)) - {"search"}


def parts_of(question: str) -> list[str]:
    """The questions that a question may be made of, each with its question mark; one where it is one."""
    if not _OPENED.search(question):
        return [question]
    found = [part.strip(" ,;?.!") for part in _JOINT.split(question.strip())]
    parts = [part for part in found if len(part.split()) > 1]
    return [f"{part}?" for part in parts] if 1 < len(parts) <= _MOST_PARTS else [question]


def are_apart(plans: list[Plan]) -> bool:
    """Whether the plans of the parts of a question are questions of their own.

    They are where each has a subject, and the later one names another thing than the one before it, or wants
    something of another kind: what was said, or promised, beside how things stand.
    """
    if not all(_has_subject(plan) for plan in plans):
        return False
    return all(
        wants_words(one) != wants_words(other) or _names(other) - _names(one) or _are_others(one, other)
        for one, other in pairwise(plans)
    )


def _are_others(one: Plan, other: Plan) -> bool:
    """Whether two questions about the same thing are of other times, or of another kind: owned, and promised.

    The fields of one thing are told together, without this.
    """
    if (one["start"], one["as_of"]) != (other["start"], other["as_of"]):
        return True
    return one["intent"] != other["intent"] and bool(_LISTS & {one["intent"], other["intent"]})


def wants_words(plan: Plan) -> bool:
    """Whether a question is answered with what was said, and not from states."""
    if plan["aggregation"] in ABOUT_A_TOPIC:
        return True
    return plan["intent"] not in _COMPUTED and plan["tracked"] is None


def _has_subject(plan: Plan) -> bool:
    parts = ("entities", "people", "meetings", "topics", "unknown", "tracked", "span", "asked")
    if any(plan[part] for part in parts):
        return True
    return wants_words(plan) and bool(subjects(plan["question"]))


def _names(plan: Plan) -> set[str]:
    """What a question names itself: ids of things and people, and words that nothing bears."""
    return {entity["id"] for entity in plan["entities"]} | set(plan["unknown"])
