"""`smart-meet backup` and `smart-meet restore`: everything that the servers hold, in one file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.options import AsJson
from app.running import DONE, perform


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it, for example smart-meet.backup.zip.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write all workspaces, unfinished runs and conversations into one file; others go on meanwhile."""
    perform(_backup(file, force, as_json), interrupted="interrupted; no file was written")


def restore(
    file: Annotated[Path, typer.Argument(help="What `smart-meet backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of what is there, which is lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore what `smart-meet backup` wrote, all of it or nothing, where there is nothing yet."""
    perform(_restore(file, replace, as_json), interrupted="interrupted; the same command again restores it")


async def _backup(file: Path, force: bool, as_json: bool) -> int:
    from app.progress import progress
    from app.rendering import count, out, print_json, text

    with progress() as shown:
        shown.say("starting")
        from nodes.archive.backup import back_up

        done = await back_up(file, shown.following(file.name), replace=force)
    if as_json:
        print_json(asdict(done))
        return DONE
    meetings = count(sum(done.workspaces.values()), "meeting")
    told = f"{meetings} of {count(len(done.workspaces), 'workspace')}"
    kept = f"{count(done.unfinished, 'unfinished run')}, {count(done.threads, 'thread')} of Redis"
    size = f"{done.bytes / 1_000_000:.1f} MB"
    out().print(text(f"{file}: {told}, {kept}, {size}"), soft_wrap=True)
    return DONE


async def _restore(file: Path, replace: bool, as_json: bool) -> int:
    from app.progress import progress
    from app.rendering import count, err, out, print_json, text

    with progress() as shown:
        shown.say("starting")
        from nodes.archive.backup import restore_backup

        done = await restore_backup(file, shown.following(file.name), replace=replace)
    if as_json:
        print_json(asdict(done))
        return DONE
    meetings = count(sum(done.workspaces.values()), "meeting")
    out().print(
        text(f"{file}: restored {meetings} of {count(len(done.workspaces), 'workspace')}"), soft_wrap=True
    )
    for note in done.notes:
        err().print(text(f"  note: {note}", "yellow"), soft_wrap=True)
    if done.unfinished:
        left = (
            f"{count(done.unfinished, 'unfinished run')}: `smart-meet resume --all --workspace NAME` goes on"
        )
        err().print(text(f"  note: {left}", "yellow"), soft_wrap=True)
    return DONE
