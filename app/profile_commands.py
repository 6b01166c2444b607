"""smart-meet profile: what a workspace tracks, shown, checked and set."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, FAILED, complain, perform

if TYPE_CHECKING:
    from rich.console import RenderableType

    from nodes.profiles.profile import Profile
    from nodes.profiles.setting import ProfileSet

profile = typer.Typer(
    help="What a workspace tracks: kinds of things, fields, allowed values and other words for them.",
    no_args_is_help=True,
)
Given = Annotated[
    str, typer.Argument(metavar="FILE_OR_NAME", help="A TOML file, or a name: default, standards.")
]


@profile.command()
def show(as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """Show the workspace's profile."""
    perform(_show(as_json, workspace))


@profile.command(name="set")
def set_(given: Given, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """Give the workspace a profile; all that is stored is read anew by it."""
    perform(_told(_set(given, as_json, workspace), as_json))


@profile.command()
def check(given: Given, as_json: AsJson = False) -> None:
    """Check a profile, and set nothing."""
    perform(_told(_check(given, as_json), as_json))


async def _show(as_json: bool, workspace: str) -> int:
    from app.rendering import out, print_json
    from nodes.profiles.current import profile_of
    from stores.opening import open_stores
    from stores.sources import workspace_id

    stores = await open_stores()
    current = await profile_of(stores.database, workspace_id(workspace))
    if as_json:
        print_json({"workspace": workspace, **_row(current)})
    else:
        out().print(_table(f"Profile of the workspace {workspace}: {current.version}", current))
    return DONE


async def _set(given: str, as_json: bool, workspace: str) -> int:
    from dataclasses import asdict

    from app.rendering import out, print_json, text
    from nodes.profiles.reading import read_profile, source_of_profile
    from nodes.profiles.setting import set_profile
    from stores.opening import open_stores

    source = source_of_profile(given)
    checked = read_profile(given, source)
    done = await set_profile(await open_stores(), workspace, checked, source)
    if as_json:
        print_json({"workspace": workspace, **asdict(done)})
    else:
        out().print(text(_sentence(workspace, done)))
    return DONE


async def _check(given: str, as_json: bool) -> int:
    from app.rendering import out, print_json
    from nodes.profiles.reading import read_profile, source_of_profile

    checked = read_profile(given, source_of_profile(given))
    if as_json:
        print_json({"profile": given, **_row(checked), "problems": []})
    else:
        out().print(_table(f"{given} is fine: {checked.version}", checked))
    return DONE


async def _told(work: Coroutine[Any, Any, int], as_json: bool) -> int:
    """Do the work; what is wrong with the profile is told a line each."""
    from app.rendering import print_json
    from nodes.errors import ProfileError

    try:
        return await work
    except ProfileError as error:
        problems = str(error).splitlines()
        if as_json:
            print_json({"problems": problems})
        for problem in problems if not as_json else []:
            complain(problem)
        return FAILED


def _sentence(workspace: str, done: "ProfileSet") -> str:
    from app.rendering import count

    if done.version == done.replaced:
        return f"The workspace {workspace} has the profile {done.version} already; nothing changed."
    values = f"{count(done.values, 'value')} {'means' if done.values == 1 else 'mean'} something else"
    entities = f"{count(done.entities, 'entity')} {'was' if done.entities == 1 else 'were'} folded again"
    moved = "no transition" if not done.transitions else count(done.transitions, "transition")
    unjudged = (
        f" {count(done.fallbacks, 'pair')} of values were compared by their wording alone."
        if done.fallbacks
        else ""
    )
    return (
        f"The workspace {workspace} has the profile {done.version} now, instead of {done.replaced}. "
        f"{values}, {entities}, and {moved} moved.{unjudged}"
    )


def _row(shown: "Profile") -> dict[str, Any]:
    return {
        "name": shown.name,
        "version": shown.version,
        "types": list(shown.types),
        "fields": {
            field: {
                "kind": spec.kind,
                "keyed_by": list(spec.keyed_by),
                "words": list(spec.words),
                "values": {value: list(synonyms) for value, synonyms in spec.values},
            }
            for field, spec in shown.fields.items()
        },
    }


def _table(title: str, shown: "Profile") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from app.rendering import table, text

    columns = {"field": "bold", "one for each": "", "kind": "", "value": "", "also called": "dim"}
    lines: list[list[str]] = []
    for field, spec in shown.fields.items():
        keyed = spec.keyed_by[0] if spec.keyed_by else ""
        first = [field, keyed, spec.kind]
        values = spec.values or (("", spec.words),)
        for value, synonyms in values:
            lines.append([*first, value, ", ".join(synonyms)])
            first = ["", "", ""]
    return Group(table(title, columns, lines), Text(), text(f"Kinds of things: {', '.join(shown.types)}"))
