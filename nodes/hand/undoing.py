"""Taking a decision back."""

from nodes.errors import InputError
from nodes.hand.copying import make_as_decided
from nodes.hand.deciding import Decided, Desk
from nodes.judged import judged_of
from stores import decisions, knowledge
from stores.database import Connection
from stores.decisions import Decision
from stores.errors import NotFoundError


async def undo(desk: Desk, number: int, *, by: str) -> Decided:
    """Take a decision back: all is as if it had never been made.

    Raises:
        NotFoundError: there is none of this number.
        InputError: others rest on it.
    """
    found = await decisions.all_of(desk.connection, desk.scope, number)
    if not found:
        raise NotFoundError(
            f"there is no decision {number} in this workspace; `smart-meet correct list` shows them"
        )
    (decision,) = found
    if decision.retracted_at is not None:
        return Decided(number, decision.kind, "known", decision.told, decision.by)
    return await _undo(desk, decision, by)


async def _undo(desk: Desk, decision: Decision, by: str) -> Decided:
    connection, scope = desk.connection, desk.scope
    await _check_without(connection, scope, decision)
    touched = await knowledge.entities_of_version(connection, scope, decision.version_id)
    await knowledge.retract_version(connection, scope, decision.version_id)
    await decisions.retract(connection, scope, decision.number, by)
    meetings = [decision.meeting_id]
    if decision.kind in ("date", "speaker"):
        meetings.append(decision.details["meeting_id"])
        touched |= await make_as_decided(desk, decision.details["meeting_id"])
    moved = await desk.settle(meetings, decision.details.get("names", ()), touched)
    return Decided(decision.number, decision.kind, "undone", decision.told, decision.by, moved)


async def _check_without(connection: Connection, scope: str, decision: Decision) -> None:
    """Refuse to undo what alone keeps two names from being one that were said to be two since."""
    left = judged_of(
        one for one in await decisions.in_force(connection, scope) if one.number != decision.number
    )
    for pair, number in left.apart.items():
        joined = left.joined(*pair) if len(pair) > 1 else []
        if joined:
            numbers = ", ".join(map(str, joined))
            raise InputError(
                f"without decision {decision.number} the names of decision {number} would be one by decision "
                f"{numbers}, and decision {number} says that they are two: undo that one first"
            )
