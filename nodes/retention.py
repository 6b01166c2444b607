"""How long a workspace keeps its meetings: set, and kept to by everything that takes meetings in.

Nothing runs by itself. What is past the limit is forgotten when the next new meeting comes in, by
`smart-meet forget --expired` and by `smart-meet doctor --mend`.
"""

from dataclasses import replace

from nodes.errors import InputError
from nodes.forget_state import ForgetOutput
from stores import retention, sources, workspaces
from stores.opening import Stores
from stores.records import Source
from stores.retention import Limit

LONGEST = 36500  # days


async def limit_of(stores: Stores, workspace: str) -> Limit | None:
    """How long a workspace keeps its meetings; None for ever."""
    async with stores.database.transaction() as connection:
        return await retention.limit(connection, sources.workspace_id(workspace))


async def set_limit(stores: Stores, workspace: str, days: int | None) -> None:
    """Keep the meetings of a workspace so many days, or for ever; forgets nothing yet.

    Raises:
        InputError: no such number of days.
    """
    if days is not None and not 1 <= days <= LONGEST:
        raise InputError(f"meetings are kept for 1 to {LONGEST} days, or with `off` for ever")
    scope = sources.workspace_id(workspace)
    await sources.ensure_workspace(stores.database, workspace)
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        await retention.set_days(connection, scope, days)


async def forget_expired(stores: Stores, workspace: str) -> ForgetOutput | None:
    """Forget what is past the limit; None where nothing is."""
    if not await retention.expired(stores.database, sources.workspace_id(workspace)):
        return None
    from nodes.forget import take_out  # langgraph takes seconds to import, and there is seldom anything

    return await take_out(stores, workspace, "expired")


async def refuse_expired(stores: Stores, workspace: str, source: Source) -> None:
    """Let no meeting in that would be forgotten again at once.

    Raises:
        InputError: it was held longer ago than the workspace keeps its meetings.
    """
    limit = await limit_of(stores, workspace)
    if limit is not None and source.date < limit.oldest:
        raise InputError(
            f"{source.name}: it was held on {source.date:%Y-%m-%d}, and the workspace {workspace} keeps its "
            f"meetings for {limit.days} days: nothing of it is stored (`smart-meet retention` changes that)"
        )


async def admit(stores: Stores, workspace: str, source: Source) -> Source:
    """A meeting that is about to be staged, once what is past the limit is forgotten; it says so.

    Raises:
        InputError: it is past the limit itself.
    """
    await refuse_expired(stores, workspace, source)
    forgotten = await forget_expired(stores, workspace)
    if forgotten is None:
        return source
    return replace(source, warnings=(*source.warnings, f"forgotten: {forgotten['forgotten']}"))
