"""How an answer says at what time things stood: "as of 15 Mar 2026", "before Tideway sync 5"."""

from datetime import datetime, time

from nodes.query_state import Plan
from nodes.questions.drafting import day

_LAST_OF_DAY = time(23, 59, 59, 999999)


def as_of_said(plan: Plan) -> str:
    """The time at which states are told, with a space before it; "" for now.

    A time that is no day's end is told as the question says it ("before the review"), since the day alone
    would hide which half of it is meant.
    """
    if not plan["as_of"]:
        return ""
    if datetime.fromisoformat(plan["as_of"]).time() == _LAST_OF_DAY or not plan["span"]:
        return f" as of {day(plan['as_of'])}"
    return f" {plan['span']}"


def as_of_begun(plan: Plan) -> str:
    """The same as the beginning of a sentence: "As of 15 Mar 2026: "; "" for now."""
    said = as_of_said(plan).strip()
    return f"{said[:1].upper()}{said[1:]}: " if said else ""
