"""`smart-meet review`: names that look alike, joined or kept apart by hand; every decision can be undone."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.correct_commands import Number, Why, decide
from app.options import DEFAULT_WORKSPACE, AsJson, By, Workspace, person
from app.running import DONE, perform

if TYPE_CHECKING:
    from nodes.hand.deciding import Decided
    from stores.opening import Stores

review = typer.Typer(
    help="Names that look alike and were kept apart: say which are one. Without a command, list them.",
    invoke_without_command=True,
)
Pair = Annotated[str, typer.Argument(metavar="PAIR_OR_NAME", help="The id of a pair, or its first name.")]
Other = Annotated[str | None, typer.Argument(metavar="[OTHER]", help="The other name, beside the first.")]
Name = Annotated[str, typer.Argument(help="Its name or id.")]


@review.callback()
def pairs(context: typer.Context, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """Names that look alike and were kept apart: say which are one. Without a command, list them."""
    if context.invoked_subcommand is None:
        perform(_list(as_json, workspace))


@review.command()
def accept(
    pair: Pair,
    other: Other = None,
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """They are one thing."""
    from nodes.hand import names

    async def made(stores: "Stores", scope: str) -> "Decided":
        one, two = await _sides(stores, scope, pair, other)
        return await names.accept(stores, scope, one, two, by=by or person(), why=why)

    decide(made, as_json, workspace)


@review.command()
def reject(
    pair: Pair,
    other: Other = None,
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """They are two things, and are never proposed nor joined again."""
    from nodes.hand import names

    async def made(stores: "Stores", scope: str) -> "Decided":
        one, two = await _sides(stores, scope, pair, other)
        return await names.reject(stores, scope, one, two, by=by or person(), why=why)

    decide(made, as_json, workspace)


@review.command()
def merge(
    kept: Name,
    other: Annotated[str, typer.Argument(help="What is the same thing: its name or id.")],
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Join two things that do not look alike, under the name of the first."""
    from nodes.hand import names

    decide(
        lambda stores, scope: names.merge(stores, scope, kept, other, by=by or person(), why=why),
        as_json,
        workspace,
    )


@review.command()
def split(
    name: Annotated[str, typer.Argument(help="One of the names of a thing, with what was said under it.")],
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Take a name out of the thing that it means, into a thing of its own."""
    from nodes.hand import names

    decide(
        lambda stores, scope: names.split(stores, scope, name, by=by or person(), why=why), as_json, workspace
    )


def rename(
    name: Name,
    new: Annotated[str, typer.Argument(help="What it is called.")],
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say what a thing is called; it keeps its other names."""
    from nodes.hand import names

    decide(
        lambda stores, scope: names.rename(stores, scope, name, new, by=by or person(), why=why),
        as_json,
        workspace,
    )


review.command()(rename)


@review.command()
def undo(
    number: Number, by: By = None, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE
) -> None:
    """Take a decision back; `smart-meet correct list` shows all."""
    from nodes.hand.undoing import undo as take_back

    decide(lambda stores, scope: take_back(stores, scope, number, by=by or person()), as_json, workspace)


async def _sides(stores: "Stores", workspace: str, pair: str, other: str | None) -> tuple[str, str]:
    from nodes.hand.pairs import pair_called

    return (pair, other) if other is not None else await pair_called(stores, workspace, pair)


async def _list(as_json: bool, workspace: str) -> int:
    from app.rendering import err, out, print_json
    from app.tables import pairs_table
    from nodes.hand.pairs import open_pairs
    from stores.opening import open_stores

    rows = await open_pairs(await open_stores(), workspace)
    if as_json:
        print_json(rows)
    elif rows:
        out().print(pairs_table(rows))
    else:
        err().print(f'no names look alike that nobody has decided on in the workspace "{workspace}"')
    return DONE
