"""Whose a statement is."""

from collections.abc import Sequence

from nodes.names import normalised_name
from nodes.query_state import PlanEntity
from stores.readings import StatementRow


def is_of(statement: StatementRow, people: Sequence[PlanEntity]) -> bool:
    """Whether a statement is owned by one of these people; a first name alone is enough."""
    owner = normalised_name(statement["owner"] or "").split()
    return any(
        owner == normalised_name(person["name"]).split() or (len(owner) == 1 and owner[0] in _names(person))
        for person in people
    )


def _names(person: PlanEntity) -> set[str]:
    """The full name's words, of which a first name alone is one."""
    return set(normalised_name(person["name"]).split()[:1]) | set(normalised_name(person["given"]).split())
