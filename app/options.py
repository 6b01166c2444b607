"""Arguments that commands share, and how their texts are read."""

import getpass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from nodes.errors import InputError

_LAST_TICK_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


def start_of(text: str) -> datetime:
    """The first moment that a date or time means."""
    return _read(text)[0]


def end_of(text: str) -> datetime:
    """The last moment that a date or time means: of a date alone, the end of that day."""
    moment, has_time = _read(text)
    return moment if has_time else moment + _LAST_TICK_OF_DAY


def _read(text: str) -> tuple[datetime, bool]:
    from nodes.transcripts import parse_date

    try:
        return parse_date(text)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


def _workspace(name: str) -> str:
    from nodes.wording import storable

    if not name or storable(name) != name:
        raise typer.BadParameter(f"{name!r} is no name of a workspace: give one in text")
    return name


Workspace = Annotated[
    str,
    typer.Option(
        "--workspace",
        "-w",
        envvar="SMART_MEET_WORKSPACE",
        help="Whose memory: nothing crosses workspaces.",
        callback=_workspace,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=end_of,
        help="As things stood then, for example 2026-03-15 (a date alone: the end of that day, UTC).",
    ),
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who decides; default: the user of this computer."),
]
DEFAULT_WORKSPACE = "default"


def person() -> str:
    """The name of whoever uses this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "somebody"
