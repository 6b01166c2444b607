"""`smart-meet export`: a workspace in one file, which `smart-meet import` restores."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, perform


def export(
    file: Annotated[Path, typer.Argument(help="Where to write it, for example smart-meet.jsonl.gz.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Write all of a workspace into one file; `smart-meet import FILE` restores it."""
    perform(_export(file, force, as_json, workspace), interrupted="interrupted; no file was written")


async def _export(file: Path, force: bool, as_json: bool, workspace: str) -> int:
    from app.progress import progress
    from app.rendering import count, err, out, print_json, text

    with progress() as shown:
        shown.say("starting")
        from nodes.archive.exporting import export
        from stores.opening import open_stores

        stores = await open_stores()
        done = await export(stores.database, workspace, file, shown.following(workspace), replace=force)
    if as_json:
        print_json(asdict(done))
        return DONE
    told = f"{count(done.rows['utterances'], 'utterance')}, {count(done.rows['memories'], 'memory')}"
    size = f"{done.bytes / 1_000_000:.1f} MB"
    out().print(text(f'{file}: the workspace "{workspace}", {told}, {size}'), soft_wrap=True)
    if done.left_out:
        left = f"{count(done.left_out, 'unfinished run')} left out; `smart-meet resume --all` ends them"
        err().print(text(f"  note: {left}", "yellow"), soft_wrap=True)
    return DONE
