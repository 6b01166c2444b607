"""`smart-meet correct`: what meetings got wrong, put right by hand; every decision can be undone."""

from functools import partial
from typing import Annotated, Any

import typer

from app.deciding import Number, deciding
from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, perform

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
Instead = Annotated[
    str | None,
    typer.Option("--meeting", help="In place of what this meeting said: its id, key or title."),
]
Meeting = Annotated[str, typer.Argument(help="Its id, key or title.")]


@correct.command()
@deciding
def state(
    entity: Entity,
    field: Field,
    value: Annotated[str, typer.Argument(help="The right value; of blockers, the item.")],
    key: Key = None,
    date: Date = None,
    meeting: Instead = None,
    resolve: Annotated[bool, typer.Option("--resolve", help="Of blockers: it is none any more.")] = False,
) -> dict[str, Any]:
    """Say how something stands. A later meeting that says something new moves it on."""
    placed = {"entity": entity, "field": field, "key": key, "date": date, "meeting": meeting}
    return {"action": "state", **placed, "value": value, "resolve": resolve}


@correct.command()
@deciding
def clear(
    entity: Entity, field: Field, key: Key = None, date: Date = None, meeting: Instead = None
) -> dict[str, Any]:
    """Say that a field of something has no value."""
    placed = {"entity": entity, "field": field, "key": key, "date": date, "meeting": meeting}
    return {"action": "clear", **placed}


def rename(entity: Entity, name: Annotated[str, typer.Argument(help="What it is called.")]) -> dict[str, Any]:
    """Say what a thing is called; it keeps its other names."""
    return {"action": "name", "entity": entity, "name": name}


correct.command(name="name")(deciding(rename))


@correct.command(name="type")
@deciding
def type_(
    entity: Entity,
    type: Annotated[str, typer.Argument(help="A type of the profile, such as feature or person.")],
) -> dict[str, Any]:
    """Say of what type a thing is."""
    return {"action": "type", "entity": entity, "type": type}


@correct.command()
@deciding
def date(
    meeting: Meeting,
    day: Annotated[str, typer.Argument(metavar="DATE", help="When it was, with or without a time of day.")],
) -> dict[str, Any]:
    """Say when a meeting was; all that was said in it is dated and ordered by that."""
    return {"action": "date", "meeting": meeting, "date": day}


@correct.command()
@deciding
def speaker(
    meeting: Meeting,
    label: Annotated[str, typer.Argument(help="The name under which the words stand, such as Speaker 1.")],
    name: Annotated[str, typer.Argument(help="Who it was.")],
    utterance: Annotated[
        int | None, typer.Option(min=0, help="Only the turn with this number, from 0; default: all.")
    ] = None,
) -> dict[str, Any]:
    """Say who spoke in a meeting: all turns under a label, or one of them."""
    place = {"meeting": meeting, "label": label, "name": name}
    return {"action": "speaker", **place, "utterance": utterance}


@correct.command()
@partial(deciding, reasoned=False)
def undo(number: Number) -> dict[str, Any]:
    """Take a decision back; all is as it was without it. `smart-meet correct list` shows all."""
    return {"action": "undo", "number": number}


@correct.command(name="list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also what was undone.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List what was decided by hand: corrections, and names that were joined, parted or changed."""
    perform(_list(everything, as_json, workspace))


async def _list(everything: bool, as_json: bool, workspace: str) -> int:
    from app.rendering import err, out, print_json, text
    from app.tables import decisions_table
    from nodes.hand.listing import decision_rows
    from stores.opening import open_stores

    rows = await decision_rows(await open_stores(), workspace, undone=everything)
    if as_json:
        print_json(rows)
    elif rows:
        out().print(decisions_table(rows))
    else:
        err().print(text(f'nothing is decided by hand in the workspace "{workspace}"'))
    return DONE
