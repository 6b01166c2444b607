"""`smart-meet import`: starting states and a glossary of names, from JSON Lines, or an archive."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, By, Workspace, person
from app.running import DONE, FAILED, complain, perform
from nodes.errors import InputError

if TYPE_CHECKING:
    from nodes.hand.importing import Imported

_NOT_HALF = "interrupted; of a file that was not finished nothing is stored"
_STATUSES = {"known": "known already, nothing to do", "taken_back": "taken back"}


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="JSON Lines: states, names, or both; see the README. Or what `smart-meet export` wrote."
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List what is imported.")] = False,
    take_back: Annotated[
        str | None, typer.Option("--take-back", metavar="NAME", help="Take back what a file said.")
    ] = None,
    series: Annotated[
        str | None, typer.Option(help="The meetings in which its bare first names are known.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Take in starting states and a glossary of names, or restore what was exported.

    The same states again add nothing. An archive restores the workspace that it was taken of, where there is
    nothing in it.
    """
    if sum((bool(files), listed, take_back is not None)) != 1:
        raise typer.BadParameter("give files to import, or --list, or --take-back NAME")
    if listed:
        perform(_list(as_json, workspace))
    elif take_back is not None:
        perform(_take_back(Path(take_back).name, as_json, workspace))
    else:
        source = context.get_parameter_source("workspace")
        target = _Target(workspace, is_chosen=source is not None and source.name != "DEFAULT")
        perform(_import(files or [], series, by or person(), as_json, target), interrupted=_NOT_HALF)


@dataclass(frozen=True, slots=True)
class _Target:
    """The workspace to import into; an archive brings its own, unless one is chosen."""

    name: str
    is_chosen: bool


async def _import(files: Sequence[Path], series: str | None, by: str, as_json: bool, target: _Target) -> int:
    from nodes.archive.format import is_archive
    from nodes.hand.importing import import_file
    from stores.opening import open_stores

    code = DONE
    for file in files:
        try:
            if is_archive(file):
                await _restore(file, target.name if target.is_chosen else None, as_json)
                continue
            content = _content(file)
            stores = await open_stores()
            done = await import_file(stores, target.name, file.name, content, by=by, series=series)
        except InputError as error:
            complain(str(error))
            code = FAILED
        else:
            _say(done, as_json)
    return code


async def _restore(file: Path, workspace: str | None, as_json: bool) -> None:
    from app.progress import progress
    from app.rendering import count, out, print_json, text
    from nodes.archive.restoring import restore
    from stores.opening import open_stores

    with progress() as shown:
        shown.say("starting")
        done = await restore(await open_stores(), file, workspace, shown.following(file.name))
    if as_json:
        print_json(asdict(done))
        return
    told = f"{count(done.rows['utterances'], 'utterance')}, {count(done.rows['memories'], 'memory')}"
    out().print(text(f'{file}: restored the workspace "{done.workspace}", {told}'), soft_wrap=True)


async def _take_back(name: str, as_json: bool, workspace: str) -> int:
    from nodes.hand.importing import take_back
    from stores.opening import open_stores

    _say(await take_back(await open_stores(), workspace, name), as_json)
    return DONE


async def _list(as_json: bool, workspace: str) -> int:
    from app.rendering import err, out, print_json, text
    from app.tables import imports_table
    from stores import hand
    from stores.moments import iso
    from stores.opening import open_stores
    from stores.sources import workspace_id

    async with (await open_stores()).database.transaction() as connection:
        found = await hand.imported(connection, workspace_id(workspace))
    rows: list[dict[str, Any]] = [
        {
            "file": one.name,
            "part": one.format,
            "date": None if one.format == "glossary" else iso(one.date),
            "lines": one.lines,
            "by": one.by,
            "imported_at": iso(one.recorded_at),
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
    elif rows:
        out().print(imports_table(rows))
    else:
        err().print(text(f'nothing is imported in the workspace "{workspace}"'))
    return DONE


def _say(done: "Imported", as_json: bool) -> None:
    from app.rendering import count, out, print_json, text

    if as_json:
        print_json(asdict(done))
        return
    told = [_STATUSES.get(done.status, done.status)]
    if done.lines and done.status != "known":
        told += [count(done.lines, "line"), f"about {count(done.entities, 'thing')}"]
    out().print(text(f"{done.file}: {', '.join(told)}"), soft_wrap=True)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
