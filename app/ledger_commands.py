"""The command `runs`: ingestions that were started, how they ended, and what they asked of models."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, Workspace
from app.running import DONE, perform

if TYPE_CHECKING:
    from stores.database import Row
    from stores.opening import Stores

_QUESTIONS = "questions"


def runs(
    run: Annotated[
        str | None,
        typer.Argument(help="The id of one: what it asked of which model. Or `questions`: what they asked."),
    ] = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List ingestions that were started, newest first: how they ended and what they cost.

    Calls, tokens and cost (US dollars) are of models behind an endpoint; the bundled one costs nothing.
    """
    perform(_runs(run, as_json, workspace))


async def _runs(run: str | None, as_json: bool, workspace: str) -> int:
    from app.rendering import print_json
    from stores import runs as registry
    from stores.opening import open_stores
    from stores.sources import workspace_id

    stores, scope = await open_stores(), workspace_id(workspace)
    if run == _QUESTIONS:
        return await _questions(stores, scope, as_json)
    if run is not None:
        return await _one(stores, scope, run, as_json)
    rows = [_run_row(one) for one in await registry.recent(stores.database, scope)]
    if as_json:
        print_json(rows)
    else:
        _show_runs(rows, workspace)
    return DONE


async def _one(stores: "Stores", scope: str, run_id: str, as_json: bool) -> int:
    from app.rendering import print_json
    from stores import ledger, runs

    row = _run_row(await runs.run(stores.database, scope, run_id))
    lines = [dict(line) for line in await ledger.lines_of_run(stores.database, scope, run_id)]
    if as_json:
        print_json(row | {"ledger": lines})
    else:
        _show_runs([row], "")
        _show_ledger(lines, "this run asked no model")
    return DONE


async def _questions(stores: "Stores", scope: str, as_json: bool) -> int:
    from app.rendering import print_json
    from stores import ledger

    lines = [
        {**line, "day": line["day"].isoformat()}
        for line in await ledger.lines_of_questions(stores.database, scope)
    ]
    if as_json:
        print_json(lines)
    else:
        _show_ledger(lines, "no question has asked a model")
    return DONE


def _show_runs(rows: Sequence[Mapping[str, Any]], workspace: str) -> None:
    from app.rendering import err, out, text
    from app.tables import runs_table

    if rows:
        out().print(runs_table(rows))
    else:
        err().print(text(f'no run in the workspace "{workspace}"'))


def _show_ledger(lines: Sequence[Mapping[str, Any]], nothing: str) -> None:
    from app.rendering import err, out
    from app.tables import ledger_table

    if lines:
        out().print(ledger_table(lines))
    else:
        err().print(nothing)


def _run_row(run: "Row") -> dict[str, Any]:
    from stores.moments import iso

    names = ("calls", "prompt_tokens", "completion_tokens", "cost", "cached", "fallbacks")
    output: dict[str, Any] = run["output"] or {}
    return {
        "id": run["id"],
        "title": run["title"],
        "status": run["status"],
        "attempts": run["attempts"],
        "error": run["error"],
        "started_at": iso(run["started_at"]),
        "updated_at": iso(run["updated_at"]),
        "counts": output.get("counts", {}),
        "usage": {name: run[name] for name in names},
    }
