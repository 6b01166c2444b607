"""The commands that take things out for good: forget, and retention, which forgets meetings by age."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, FAILED, complain, perform

if TYPE_CHECKING:
    from nodes.forget_state import ForgetOutput


def forget(
    meeting: Annotated[
        str | None,
        typer.Argument(help="Id, key or title of a meeting, as `smart-meet meetings --json` shows it."),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Every meeting that was held before then.")
    ] = None,
    expired: Annotated[
        bool, typer.Option("--expired", help="Every meeting older than `smart-meet retention` allows.")
    ] = False,
    words_of: Annotated[
        str | None, typer.Option(metavar="PERSON", help="What a person said, in all meetings.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(metavar="NAME", help="A tracked thing or person; the transcripts stay.")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="The whole workspace.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show how much would be gone; nothing changes.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Take something out for good, with everything drawn from it, and show a receipt. There is no undo."""
    given: dict[str, str | bool | None] = {"meeting": meeting, "before": before, "expired": expired}
    given |= {"words_of": words_of, "entity": entity, "everything": everything}
    wanted = {name: value for name, value in given.items() if value}
    if len(wanted) != 1:
        raise typer.BadParameter(
            "name one thing: a meeting, --before, --expired, --words-of, --entity or --everything"
        )
    question = f'Forget {_named(wanted)} in the workspace "{workspace}" for good?'
    _make_sure(question, yes=yes or dry_run)
    perform(_forget({**wanted, "dry_run": dry_run}, as_json, workspace))


def retention(
    days: Annotated[
        str | None,
        typer.Argument(metavar="[DAYS|off]", help="How many days; off: for ever. Without it: show."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show or set how many days a workspace keeps its meetings.

    What is older is forgotten at once, with everything drawn from it, and from then on whenever a new meeting
    comes in, by `smart-meet forget --expired` and by `smart-meet doctor --mend`. Nothing runs by itself.
    """
    if days is not None and days != "off":
        if not days.isdecimal():
            raise typer.BadParameter(f"{days!r} is no number of days: give one, such as 365, or off")
        question = f'Forget all meetings of "{workspace}" older than {days} days, now and from now on?'
        _make_sure(question, yes=yes)
    perform(_retention(days, as_json, workspace))


def _make_sure(question: str, *, yes: bool) -> None:
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("this cannot be undone: say --yes")
        typer.confirm(question, abort=True)


def _named(wanted: dict[str, str | bool]) -> str:
    ((choice, name),) = wanted.items()
    if choice == "expired":
        return "every meeting past the retention"
    return "everything" if choice == "everything" else f"{choice.replace('_', ' ')} {name}"


async def _forget(wanted: dict[str, str | bool], as_json: bool, workspace: str) -> int:
    from app.rendering import print_json
    from graphs.forget import graph
    from nodes.context import Context

    receipt = await graph.ainvoke(wanted, context=Context(workspace=workspace))  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
    if as_json:
        print_json(receipt)
        return DONE
    _show(receipt, "would be forgotten" if wanted["dry_run"] else "forgotten")
    if not any(receipt["counts"].values()) and "expired" not in wanted:
        complain("nothing in this workspace was touched")
        return FAILED
    return DONE


async def _retention(days: str | None, as_json: bool, workspace: str) -> int:
    from app.rendering import out, print_json, text
    from nodes.retention import forget_expired, limit_of, set_limit
    from stores.opening import open_stores

    stores = await open_stores()
    receipt = None
    if days is not None:
        await set_limit(stores, workspace, None if days == "off" else int(days))
        receipt = await forget_expired(stores, workspace)
    limit = await limit_of(stores, workspace)
    if as_json:
        kept = limit.days if limit else None
        print_json({"workspace": workspace, "days": kept, "forgotten": receipt})
        return DONE
    if receipt is not None:
        _show(receipt)
    told = f"for {limit.days} days" if limit else "for ever"
    out().print(text(f'the workspace "{workspace}" keeps its meetings {told}'), soft_wrap=True)
    return DONE


def _show(receipt: "ForgetOutput | dict[str, Any]", told: str = "forgotten") -> None:
    from app.rendering import out, text

    gone = ", ".join(f"{count} {kind}" for kind, count in receipt["counts"].items() if count)
    out().print(text(f"{told}: {receipt['forgotten']} ({gone or 'nothing was left of it'})"), soft_wrap=True)
    out().print(f"{receipt['folded_again']} things folded again", soft_wrap=True)
