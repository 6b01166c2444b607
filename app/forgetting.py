"""The command that takes things out for good: forget."""

import sys
from typing import Annotated

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, FAILED, complain, perform


def forget(
    meeting: Annotated[
        str | None,
        typer.Argument(help="Id, key or title of a meeting, as `smart-meet meetings --json` shows it."),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Every meeting that was held before then.")
    ] = None,
    words_of: Annotated[
        str | None, typer.Option(metavar="PERSON", help="What a person said, in all meetings.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(metavar="NAME", help="A tracked thing or person; the transcripts stay.")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="The whole workspace.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Take something out for good, with everything drawn from it, and show a receipt. There is no undo."""
    given = {"meeting": meeting, "before": before, "words_of": words_of, "entity": entity}
    wanted = {name: value for name, value in given.items() if value} | (
        {"everything": True} if everything else {}
    )
    if len(wanted) != 1:
        raise typer.BadParameter("name one thing: a meeting, --before, --words-of, --entity or --everything")
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("this cannot be undone: say --yes")
        typer.confirm(f'Forget {_named(wanted)} in the workspace "{workspace}" for good?', abort=True)
    perform(_forget(wanted, as_json, workspace))


def _named(wanted: dict[str, str | bool]) -> str:
    ((choice, name),) = wanted.items()
    return "everything" if choice == "everything" else f"{choice.replace('_', ' ')} {name}"


async def _forget(wanted: dict[str, str | bool], as_json: bool, workspace: str) -> int:
    from app.rendering import out, print_json, text
    from graphs.forget import graph
    from nodes.context import Context

    receipt = await graph.ainvoke(wanted, context=Context(workspace=workspace))  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
    if as_json:
        print_json(receipt)
        return DONE
    gone = ", ".join(f"{count} {kind}" for kind, count in receipt["counts"].items() if count)
    out().print(
        text(f"forgotten: {receipt['forgotten']} ({gone or 'nothing was left of it'})"), soft_wrap=True
    )
    out().print(f"{receipt['folded_again']} things were folded again", soft_wrap=True)
    if not any(receipt["counts"].values()):
        complain("nothing in this workspace was touched")
        return FAILED
    return DONE
