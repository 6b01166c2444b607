"""`smart-meet correct`: what meetings got wrong, put right by hand; every decision can be undone."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, By, Workspace, person
from app.running import DONE, perform

if TYPE_CHECKING:
    from nodes.hand.deciding import Decided
    from stores.opening import Stores

correct = typer.Typer(
    help="Put right what meetings, or their reading, got wrong: a state, a name, a type, a date, a speaker.",
    no_args_is_help=True,
)
Entity = Annotated[str, typer.Argument(help="Its name or id.")]
Field = Annotated[str, typer.Argument(help="A field of the profile, such as status or owner.")]
Key = Annotated[str | None, typer.Option("--key", help="Of a keyed field: what the value holds for.")]
Date = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DATE",
        help="From when it holds; a date alone: in place of what that day's meetings said. Default: now.",
    ),
]
Meeting = Annotated[
    str | None,
    typer.Option("--meeting", help="In place of what this meeting said: its id, key or title."),
]
Why = Annotated[str | None, typer.Option("--why", metavar="WORDS", help="The reason; it is cited.")]
Number = Annotated[int, typer.Argument(help="The number that `list` shows.")]
Decide = Callable[["Stores", str], Awaitable["Decided"]]


@correct.command()
def state(
    entity: Entity,
    field: Field,
    value: Annotated[str, typer.Argument(help="The right value; of blockers, the item.")],
    key: Key = None,
    date: Date = None,
    meeting: Meeting = None,
    resolve: Annotated[bool, typer.Option("--resolve", help="Of blockers: it is none any more.")] = False,
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say how something stands. A later meeting that says something new moves it on."""
    from nodes.hand.states import Correction, correct_state

    given = Correction(entity, field, value, key, resolve, date, meeting, why)
    decide(lambda stores, scope: correct_state(stores, scope, given, by=by or person()), as_json, workspace)


@correct.command()
def clear(
    entity: Entity,
    field: Field,
    key: Key = None,
    date: Date = None,
    meeting: Meeting = None,
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say that a field of something has no value."""
    from nodes.hand.states import Correction, correct_state

    given = Correction(entity, field, None, key, date=date, meeting=meeting, why=why)
    decide(lambda stores, scope: correct_state(stores, scope, given, by=by or person()), as_json, workspace)


@correct.command(name="type")
def type_(
    entity: Entity,
    type: Annotated[str, typer.Argument(help="A type of the profile, such as feature or person.")],
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say of what type a thing is."""
    from nodes.hand import names

    decide(
        lambda stores, scope: names.retype(stores, scope, entity, type, by=by or person(), why=why),
        as_json,
        workspace,
    )


@correct.command()
def date(
    meeting: Annotated[str, typer.Argument(help="Its id, key or title.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="When it was, with or without a time of day.")],
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say when a meeting was; all that was said in it is dated and ordered by that."""
    from nodes.hand.meetings import correct_date

    decide(
        lambda stores, scope: correct_date(stores, scope, meeting, day, by=by or person(), why=why),
        as_json,
        workspace,
    )


@correct.command()
def speaker(
    meeting: Annotated[str, typer.Argument(help="Its id, key or title.")],
    label: Annotated[str, typer.Argument(help="The name under which the words stand, such as Speaker 1.")],
    name: Annotated[str, typer.Argument(help="Who it was.")],
    utterance: Annotated[
        int | None, typer.Option(min=0, help="Only the turn with this number, from 0; default: all.")
    ] = None,
    why: Why = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Say who spoke in a meeting: all turns under a label, or one of them."""
    from nodes.hand.meetings import correct_speaker

    def made(stores: "Stores", scope: str) -> "Awaitable[Decided]":
        given = (meeting, label, name)
        return correct_speaker(stores, scope, *given, by=by or person(), utterance=utterance, why=why)

    decide(made, as_json, workspace)


@correct.command(name="list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also what was undone.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List what was decided by hand: corrections, and names that were joined, parted or changed."""
    perform(_list(everything, as_json, workspace))


@correct.command()
def undo(
    number: Number, by: By = None, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE
) -> None:
    """Take a decision back; all is as it was without it."""
    from nodes.hand.undoing import undo as take_back

    decide(lambda stores, scope: take_back(stores, scope, number, by=by or person()), as_json, workspace)


def decide(made: Decide, as_json: bool, workspace: str) -> None:
    """Make a decision, and say what became of it."""
    perform(_decided(made, as_json, workspace))


async def _decided(made: Decide, as_json: bool, workspace: str) -> int:
    from app.rendering import out, print_json, text
    from app.tables import moves_lines
    from stores.opening import open_stores

    done = await made(await open_stores(), workspace)
    if as_json:
        print_json(done.row())
        return DONE
    name = "" if done.number is None else f"{done.number} "
    out().print(text(f"{name}{_STATUSES[done.status]}: {done.told}"), soft_wrap=True)
    for line in moves_lines(done.moved):
        out().print(line, soft_wrap=True)
    return DONE


_STATUSES = {"decided": "decided", "known": "known already, nothing to do", "undone": "undone"}


async def _list(everything: bool, as_json: bool, workspace: str) -> int:
    from app.rendering import err, out, print_json
    from app.tables import decisions_table
    from nodes.hand.listing import decision_rows
    from stores.opening import open_stores

    rows = await decision_rows(await open_stores(), workspace, undone=everything)
    if as_json:
        print_json(rows)
    elif rows:
        out().print(decisions_table(rows))
    else:
        err().print(f'nothing is decided by hand in the workspace "{workspace}"')
    return DONE
