"""The frame of every command that decides: its options, the run of the graph, and what became of it."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, By, Workspace, person
from app.running import DONE, perform

Number = Annotated[int, typer.Argument(help="The number that `list` shows.")]
_Why = Annotated[str | None, typer.Option("--why", metavar="WORDS", help="The reason; it is cited.")]
_TOLD = {"decided": "decided", "known": "known already, nothing to do", "undone": "undone"}


def _signed(
    why: _Why = None, by: By = None, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE
) -> None:
    """What all of them take beside their own."""


def deciding(asked: Callable[..., dict[str, Any]], *, reasoned: bool = True) -> Callable[..., None]:
    """A command that decides what a function makes of its arguments, as `nodes.correct_state` has it.

    Args:
        reasoned: whether a reason can be given.
    """
    own = inspect.signature(asked).parameters
    common = [one for one in inspect.signature(_signed).parameters.values() if reasoned or one.name != "why"]
    taken = [*own.values(), *common]

    @wraps(asked)
    def command(**given: Any) -> None:
        decision = asked(**{name: given[name] for name in own})
        decision |= {"by": given["by"] or person(), "why": given.get("why")}
        perform(_decided(decision, given["as_json"], given["workspace"]))

    # typer reads the options from these
    vars(command)["__signature__"] = inspect.Signature(taken)
    command.__annotations__ = {one.name: one.annotation for one in taken}
    return command


async def _decided(decision: dict[str, Any], as_json: bool, workspace: str) -> int:
    from app.rendering import out, print_json, text
    from app.tables import moves_lines
    from graphs.correct import graph
    from nodes.context import Context

    done = await graph.ainvoke({"decision": decision}, context=Context(workspace=workspace))  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
    if as_json:
        print_json(done)
        return DONE
    name = "" if done["number"] is None else f"{done['number']} "
    out().print(text(f"{name}{_TOLD[done['status']]}: {done['told']}"), soft_wrap=True)
    for line in moves_lines(done["moved"]):
        out().print(line, soft_wrap=True)
    return DONE
