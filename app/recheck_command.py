"""The command `recheck`: what was done without the model is done again with it."""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DEGRADED, DONE, perform

if TYPE_CHECKING:
    from stores.opening import Stores

_GO_ON = "interrupted; what is done is kept, and `smart-meet recheck` goes on"
# two processes that recheck a workspace at once would ask the model the same things
_ALONE = b"select pg_advisory_xact_lock(hashtextextended('recheck ' || %(scope)s, 0))"


def recheck(
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="Also the meetings that the rules have read because no model was configured."
        ),
    ] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Do again, with the model, what was done without it; says what that moved. Twice costs once."""
    perform(_recheck(everything, as_json, workspace), interrupted=_GO_ON)


async def recheck_all(
    stores: "Stores", workspace: str, progress: Callable[[dict[str, Any]], None], *, everything: bool = False
) -> dict[str, Any]:
    """Run the recheck graph to the end; gives its output.

    What it does is found in the database, and what was paid is staged there: it needs no thread to go on.

    Raises:
        ModelUnavailableError: no model is configured.
    """
    from graphs.recheck import graph
    from nodes.context import Context
    from nodes.recheck_state import RecheckInput, RecheckOutput
    from stores.database import fetch
    from stores.sources import workspace_id

    output: dict[str, Any] = {}
    async with stores.database.transaction() as connection:
        await fetch(connection, _ALONE, {"scope": workspace_id(workspace)})
        async for mode, event in graph.astream(
            RecheckInput(everything=everything),
            {"run_name": "recheck", "tags": ["smart-meet", "recheck"], "metadata": {"workspace": workspace}},
            context=Context(workspace=workspace),
            stream_mode=["custom", "values"],
        ):
            if mode == "custom":
                progress(cast(dict[str, Any], event))
            else:
                output = cast(dict[str, Any], event)
    return {name: output[name] for name in RecheckOutput.__annotations__}


async def _recheck(everything: bool, as_json: bool, workspace: str) -> int:
    from app.progress import progress
    from app.rendering import print_json

    with progress() as shown:
        shown.say("starting")
        from stores.opening import open_stores

        stores = await open_stores()
        output = await recheck_all(stores, workspace, shown.following("recheck"), everything=everything)
    if as_json:
        print_json(output)
    else:
        _tell(output)
    return DEGRADED if output["status"] == "degraded" else DONE


def _tell(output: dict[str, Any]) -> None:
    from app.rendering import count, err, out, text

    if output["status"] == "nothing":
        out().print("nothing was done without the model")
        return
    for piece in output["pieces"]:
        out().print(text(f"{piece['title']}: {piece['status']}"), soft_wrap=True)
    for moved in output["moved"]:
        before, after = (moved[side] or "nothing" for side in ("from", "to"))
        out().print(text(f"  {moved['entity']}: {moved['field']} was {before}, is {after}"), soft_wrap=True)
    if not output["moved"]:
        out().print("no state is other than before")
    usage = output["usage"]
    asked = f"{count(usage['calls'], 'call')}, {usage['prompt_tokens'] + usage['completion_tokens']:,} tokens"
    out().print(text(asked, "dim"))
    for warning in output["warnings"]:
        err().print(text(f"  note: {warning}", "yellow"), soft_wrap=True)
