"""What goes when something is forgotten: the decisions about it, and the pairs of its names."""

from collections.abc import Sequence

from nodes.matching import relink_bare_named, relink_names
from stores import decisions, forgetting, naming
from stores.database import Connection


async def before_forgetting(connection: Connection, scope: str, meetings: Sequence[str]) -> None:
    """Keep the pairs of names that other meetings use too; to be called before meetings are deleted."""
    await decisions.rehome_pairs(connection, scope, meetings)


async def forget_vanished(connection: Connection, scope: str) -> set[str]:
    """Delete what was decided by hand about meetings and names that are gone; gives the touched entities.

    Decisions about what is left stay.
    """
    await decisions.delete_vanished_pairs(connection, scope)
    gone = await decisions.vanished(connection, scope)
    if not gone:
        return set()
    meetings = [one["meeting_id"] for one in gone]
    touched = await forgetting.entities_in(connection, scope, meetings)
    touched |= await forgetting.told_of(connection, scope, touched)
    names = await naming.names_of_meetings(connection, scope, meetings)
    names |= {name for one in gone for name in one["details"].get("names", ())}
    await forgetting.delete_meetings(connection, scope, meetings)
    await decisions.restore_aliases(connection, scope, names)
    touched |= await relink_names(connection, scope, names)
    return touched | await relink_bare_named(connection, scope, names)
