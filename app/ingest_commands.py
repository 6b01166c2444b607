"""Commands that take meetings in: ingest, resume."""

from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DEGRADED, DONE, FAILED, complain, perform
from nodes.errors import InputError
from stores.errors import EmbeddingMismatchError, ServerUnavailableError, SettingError, StoreError

if TYPE_CHECKING:
    from app.files import Handed
    from app.ingestion import Ingestions
    from app.progress import Progress

_ENDS_ALL = (ServerUnavailableError, SettingError, EmbeddingMismatchError)
_GO_ON = "interrupted; what is done is kept: the same command again, or `smart-meet resume --all`, goes on"


def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Transcripts, or folders or archives of them; - reads text from standard input."),
    ],
    title: Annotated[
        str | None, typer.Option(help="Of one meeting; default: from the file or its name.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(help="When it was, for example 2026-03-31T10:00+02:00; default: from the file."),
    ] = None,
    series: Annotated[str | None, typer.Option(help="What it recurs as; default: from the title.")] = None,
    key: Annotated[
        str | None, typer.Option(help="Its stable key; new content under it replaces the old.")
    ] = None,
    participant: Annotated[
        list[str] | None, typer.Option(help="Somebody who was there; may be given several times.")
    ] = None,
    format: Annotated[str | None, typer.Option(help="Name of the layout; default: recognise it.")] = None,
    chat: Annotated[
        list[Path] | None, typer.Option(help="Its chat file; one beside it is found by its name.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say what it would cost: nothing is asked or stored.")
    ] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Take meetings in: files, folders or archives, in any order. What is known already costs nothing."""
    from app.files import Labels, find

    labels = Labels(
        title=title,
        date=date,
        series=series,
        key=key,
        participants=tuple(participant or ()),
        format=format,
        chats=tuple(chat or ()),
    )
    if labels.are_of_one_meeting and (len(paths) > 1 or paths[0].is_dir()):
        raise typer.BadParameter("--title, --date, --key and --chat are for a single file")
    results = Results(as_json)
    files: list[Handed] = []
    for path in paths:  # before anything is started: a wrong path, or standard input, takes no server
        try:
            files += find(path, labels, results.failed)
        except InputError as error:
            results.failed(str(path), error)
    if estimate:
        from app.estimating import estimate_files

        refused = results.code == FAILED
        perform(estimate_files(files, workspace, as_json=as_json, failed=refused))
    perform(_ingest(files, results, workspace), interrupted=_GO_ON)


def resume(
    run: Annotated[str | None, typer.Argument(help="Its id, as `smart-meet runs` shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are unfinished.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Go on with ingestions that were killed or failed; nothing is done or paid twice."""
    if (run is None) != everything:
        raise typer.BadParameter("give the id of one run, or --all")
    perform(_resume(run, as_json, workspace), interrupted=_GO_ON)


class Results:
    """Says what became of each meeting as it ends, and gives the exit code for all."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._statuses: list[str] = []

    def done(self, path: str, output: dict[str, Any], seconds: float) -> None:
        """One meeting has ended."""
        from app.rendering import err, out, print_json, text

        self._statuses.append(output["status"])
        if self._as_json:
            print_json({"path": path, **output, "seconds": round(seconds, 3)})
            return
        out().print(text(f"{path}: {_summary(output)} ({seconds:.1f} s)"), soft_wrap=True)
        for warning in output["warnings"]:
            err().print(text(f"  note: {warning}", "yellow"), soft_wrap=True)

    def failed(self, path: str, error: Exception, seconds: float = 0.0) -> None:
        """One meeting could not be used; nothing of it was stored."""
        from app.rendering import print_json

        self._statuses.append("failed")
        complain(str(error))
        if self._as_json:
            row: dict[str, Any] = {"path": path, "meeting_id": None, "status": "failed", "counts": {}}
            row |= {"usage": {}, "warnings": [str(error)], "seconds": round(seconds, 3)}
            print_json(row)

    def total(self) -> None:
        """Sum up, where there was more than one, and say what heals those that are degraded."""
        from app.rendering import err, out

        if len(self._statuses) > 1 and not self._as_json:
            kinds = ", ".join(
                f"{self._statuses.count(status)} {status}" for status in dict.fromkeys(self._statuses)
            )
            out().print(f"{len(self._statuses)} meetings: {kinds}")
        if "degraded" in self._statuses and not self._as_json:
            err().print("with the model back, `smart-meet recheck` does again what was done without it")

    @property
    def code(self) -> int:
        """FAILED when one failed, DEGRADED when one is degraded, else DONE."""
        if "failed" in self._statuses:
            return FAILED
        return DEGRADED if "degraded" in self._statuses else DONE


async def ingest_one(
    ingestions: "Ingestions", workspace: str, handed: "Handed", name: str, shown: "Progress", results: Results
) -> None:
    """Ingest one file and say what became of it; a file that cannot be used stops nothing."""
    await _settle(
        ingestions.ingest(workspace, handed.given, shown.following(name)), handed.shown, shown, results
    )


async def _settle(
    work: Coroutine[Any, Any, dict[str, Any]], path: str, shown: "Progress", results: Results
) -> None:
    """Wait for one ingestion and say how it ended; raises only what would end every other one too."""
    begun = perf_counter()
    try:
        output = await work
    except _ENDS_ALL:
        raise
    except (InputError, StoreError) as error:
        with shown.aside():
            results.failed(path, error, perf_counter() - begun)
    else:
        with shown.aside():
            results.done(path, output, perf_counter() - begun)


async def _ingest(files: "Sequence[Handed]", results: Results, workspace: str) -> int:
    if files:
        async with opened() as (ingestions, shown):
            for number, handed in enumerate(files, 1):
                name = f"[{number}/{len(files)}] {handed.name}" if len(files) > 1 else handed.name
                await ingest_one(ingestions, workspace, handed, name, shown, results)
    results.total()
    return results.code


async def _resume(run: str | None, as_json: bool, workspace: str) -> int:
    from app.rendering import err, text
    from stores import runs as registry
    from stores.sources import workspace_id

    results = Results(as_json)
    async with opened() as (ingestions, shown):
        scope = workspace_id(workspace)
        if run is None:
            waiting = await registry.unfinished(ingestions.stores.database, scope)
        else:
            waiting = [await registry.unfinished_run(ingestions.stores.database, scope, run)]
        if not waiting:
            with shown.aside():
                err().print(text(f'no unfinished run in the workspace "{workspace}"'))
        for one in waiting:
            work = ingestions.resume(workspace, one["id"], shown.following(one["title"]))
            await _settle(work, one["title"], shown, results)
    results.total()
    return results.code


@asynccontextmanager
async def opened() -> "AsyncGenerator[tuple[Ingestions, Progress]]":
    """Ingestions over the configured servers, with progress shown from their start on."""
    from app.progress import progress

    with progress() as shown:
        shown.say("starting")
        from app.ingestion import open_ingestions

        async with open_ingestions() as ingestions:
            yield ingestions, shown


def _summary(output: dict[str, Any]) -> str:
    from app.rendering import count

    counts = output["counts"]
    if output["status"] == "known":
        return "known already, nothing to do"
    told = [output["status"], count(counts["utterances"], "turn"), count(counts["memories"], "memory")]
    for name, noun in (("entities_new", "new thing"), ("transitions", "change")):
        if counts[name]:
            told.append(count(counts[name], noun))
    return ", ".join(told)
