"""Commands that read: search, status, timeline, changes, entities, meetings."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, AsOf, Workspace, end_of, start_of
from app.running import DONE, perform

if TYPE_CHECKING:
    from rich.console import RenderableType

    from stores.opening import Stores

Rows = Sequence[Any]


def search(
    query: Annotated[str, typer.Argument(help="Words or a sentence; meaning counts, not only the words.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many memories.")] = 10,
    as_of: AsOf = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Find what was said."""
    from app.tables import search_table

    async def read(stores: "Stores", scope: str) -> Rows:
        from app.rows import found_by

        return await found_by(stores, scope, query, limit, as_of)

    perform(_show(read, search_table, as_json, workspace, "nothing was found"))


def status(
    entity: Annotated[
        str | None, typer.Argument(help="Its name or id; without it, everything tracked.")
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show how things stand, since when, and who said so."""
    from app.tables import board, status_cards

    async def read(stores: "Stores", scope: str) -> Rows:
        from app.rows import status_of, status_of_all

        return await (
            status_of(stores, scope, entity, as_of) if entity else status_of_all(stores, scope, as_of)
        )

    perform(
        _show(
            read, status_cards if entity else board, as_json, workspace, "no meeting says how anything stands"
        )
    )


def timeline(
    entity: Annotated[str, typer.Argument(help="Its name or id.")],
    as_of: AsOf = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show everything that happened to one thing, oldest first."""
    from app.tables import timeline_table

    async def read(stores: "Stores", scope: str) -> Rows:
        from app.rows import timeline_of

        return await timeline_of(stores, scope, entity, as_of)

    perform(_show(read, timeline_table, as_json, workspace, f"no meeting says how {entity} stands"))


def changes(
    since: Annotated[
        datetime,
        typer.Option(
            "--since", metavar="DATE", parser=start_of, help="From then on, for example 2026-03-01."
        ),
    ],
    until: Annotated[
        datetime | None,
        typer.Option("--until", "--as-of", metavar="DATE", parser=end_of, help="Up to then; default: all."),
    ] = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """Show what changed, oldest first; a first sight is no change."""
    from app.tables import changes_table

    async def read(stores: "Stores", scope: str) -> Rows:
        from stores.histories import change_rows
        from stores.moments import Moment

        return await change_rows(stores.database, scope, since, Moment(until))

    perform(_show(read, changes_table, as_json, workspace, f"nothing changed since {since:%Y-%m-%d}"))


def entities(
    type: Annotated[str | None, typer.Option("--type", help="Only of this type, for example person.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List what meetings talk about: people, projects, features and the like."""
    from app.tables import entities_table

    async def read(stores: "Stores", scope: str) -> Rows:
        from stores import readings
        from stores.moments import Moment

        return await readings.entities(stores.database, scope, Moment(as_of), type=type)

    perform(_show(read, entities_table, as_json, workspace, "nothing is known"))


def meetings(as_of: AsOf = None, as_json: AsJson = False, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
    """List the meetings, oldest first."""
    from app.tables import meetings_table

    async def read(stores: "Stores", scope: str) -> Rows:
        from stores import readings
        from stores.moments import Moment

        return await readings.meetings(stores.database, scope, Moment(as_of))

    perform(_show(read, meetings_table, as_json, workspace, "no meeting is known"))


async def _show(
    read: "Callable[[Stores, str], Awaitable[Rows]]",
    render: "Callable[[Rows], RenderableType]",
    as_json: bool,
    workspace: str,
    nothing: str,
) -> int:
    """Read rows and print them, or say on standard error that there are none."""
    from app.rendering import err, out, print_json, text
    from stores.opening import open_stores
    from stores.sources import workspace_id

    rows = await read(await open_stores(), workspace_id(workspace))
    if as_json:
        print_json(list(rows))
    elif rows:
        out().print(render(rows))
    else:
        err().print(text(f'{nothing} in the workspace "{workspace}"'))
    return DONE
