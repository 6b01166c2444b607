"""`smart-meet review`: names that look alike, joined or kept apart by hand; every decision can be undone."""

from typing import Annotated, Any

import typer

from app import correct_commands
from app.deciding import deciding
from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, perform

review = typer.Typer(
    help="Names that look alike and were kept apart: say which are one. Without a command, list them.",
    invoke_without_command=True,
)
Pair = Annotated[str, typer.Argument(metavar="PAIR_OR_NAME", help="The id of a pair, or its first name.")]
Other = Annotated[str | None, typer.Argument(metavar="[OTHER]", help="The other name, beside the first.")]


@review.callback()
def pairs(context: typer.Context, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """Names that look alike and were kept apart: say which are one. Without a command, list them."""
    if context.invoked_subcommand is None:
        perform(_list(as_json, workspace))


@review.command()
@deciding
def accept(pair: Pair, other: Other = None) -> dict[str, Any]:
    """They are one thing."""
    return {"action": "accept", "name": pair, "other": other}


@review.command()
@deciding
def reject(pair: Pair, other: Other = None) -> dict[str, Any]:
    """They are two things, and are never proposed nor joined again."""
    return {"action": "reject", "name": pair, "other": other}


@review.command()
@deciding
def merge(
    kept: Annotated[str, typer.Argument(help="Its name or id.")],
    other: Annotated[str, typer.Argument(help="What is the same thing: its name or id.")],
) -> dict[str, Any]:
    """Join two things that do not look alike, under the name of the first."""
    return {"action": "merge", "name": kept, "other": other}


@review.command()
@deciding
def split(
    name: Annotated[str, typer.Argument(help="One of the names of a thing, with what was said under it.")],
) -> dict[str, Any]:
    """Take a name out of the thing that it means, into a thing of its own."""
    return {"action": "split", "name": name}


review.command()(deciding(correct_commands.rename))
review.command(name="undo")(correct_commands.undo)


async def _list(as_json: bool, workspace: str) -> int:
    from app.rendering import err, out, print_json, text
    from app.tables import pairs_table
    from nodes.hand.pairs import open_pairs
    from stores.opening import open_stores

    rows = await open_pairs(await open_stores(), workspace)
    if as_json:
        print_json(rows)
    elif rows:
        out().print(pairs_table(rows))
    else:
        err().print(text(f'no names look alike that nobody has decided on in the workspace "{workspace}"'))
    return DONE
