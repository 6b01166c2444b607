"""correct: write what a person decides, or take it back."""

from typing import Any, cast

from langgraph.runtime import Runtime
from pydantic import TypeAdapter, ValidationError

from nodes.context import Context, context_of, hold_the_thread
from nodes.correct_state import CorrectState, Decision, SayPair
from nodes.errors import InputError
from nodes.hand import names
from nodes.hand.deciding import Decided, Desk, desk_of
from nodes.hand.meetings import correct_date, correct_speaker
from nodes.hand.pairs import pair_called
from nodes.hand.states import Correction, correct_field
from nodes.hand.undoing import undo
from nodes.wording import storable
from stores.opening import open_stores

SOMEBODY = "somebody"
_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)


async def correct(state: CorrectState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Decide in one transaction under the workspace's lock, and fold again what it touches.

    A run that is killed and resumed decides once: its task is written with the decision.

    Raises:
        InputError: the decision cannot be used; nothing is written.
        NotFoundError: what it is about is not in this workspace.
    """
    workspace = context_of(runtime).workspace
    asked = _checked(state.get("decision"))
    await hold_the_thread(runtime)
    task = runtime.execution_info.task_id if runtime.execution_info else None
    async with desk_of(await open_stores(), workspace, task=task) as desk:
        done = await desk.made_before() or await _made(desk, asked)
    return {**done.row(), "workspace": workspace}


def _checked(given: object) -> Decision:
    """The decision without what is null; the graph server lets any JSON through."""
    if isinstance(given, dict):
        told = cast(dict[str, Any], given)
        given = {
            name: storable(value) if isinstance(value, str) else value
            for name, value in told.items()
            if value is not None
        }
    try:
        return _DECISION.validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, ("decision", *first["loc"])))
        raise InputError(f"{place}: {first['msg']}") from error


async def _made(desk: Desk, asked: Decision) -> Decided:
    by, why = asked.get("by") or SOMEBODY, None if asked["action"] == "undo" else asked.get("why")
    match asked:
        case {"action": "state" | "clear"}:
            placed = {name: asked.get(name) for name in ("key", "date", "meeting")}
            given = Correction(
                asked["entity"],
                asked["field"],
                asked.get("value"),
                resolve=asked.get("resolve", False),
                why=why,
                **placed,
            )
            return await correct_field(desk, given, by=by)
        case {"action": "name"}:
            return await names.rename(desk, asked["entity"], asked["name"], by=by, why=why)
        case {"action": "type"}:
            return await names.retype(desk, asked["entity"], asked["type"], by=by, why=why)
        case {"action": "date"}:
            return await correct_date(desk, asked["meeting"], asked["date"], by=by, why=why)
        case {"action": "speaker"}:
            place = asked["meeting"], asked["label"], asked["name"]
            return await correct_speaker(desk, *place, by=by, utterance=asked.get("utterance"), why=why)
        case {"action": "merge"}:
            return await names.merge(desk, asked["name"], asked["other"], by=by, why=why)
        case {"action": "split"}:
            return await names.split(desk, asked["name"], by=by, why=why)
        case {"action": "undo"}:
            return await undo(desk, asked["number"], by=by)
        case _:
            decide = names.accept if asked["action"] == "accept" else names.reject
            return await decide(desk, *await _sides(desk, asked), by=by, why=why)


async def _sides(desk: Desk, asked: SayPair) -> tuple[str, str]:
    other = asked.get("other")
    if other:
        return asked["name"], other
    return await pair_called(desk.connection, desk.scope, asked["name"])
