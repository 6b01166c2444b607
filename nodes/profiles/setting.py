"""Setting another profile: what is stored is read anew and folded again, at once and under the lock.

Observations keep the words as they were said, so that what they mean follows from the profile; states and
transitions follow from the observations. An ingestion that is under way notices, and matches again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from nodes.names import normalised_name
from nodes.profiles.current import kept, profile_in
from nodes.profiles.profile import Profile
from nodes.refolding import refold
from nodes.values import normalise
from stores import knowledge, profiles, sources, workspaces
from stores.database import Connection, Row
from stores.opening import Stores
from stores.profiles import RetypedValue


@dataclass(frozen=True, slots=True)
class ProfileSet:
    """What setting a profile did.

    Attributes:
        version: the version that is current now.
        replaced: the version before it; the same when nothing changed.
        values: how many stored values mean something else than before.
        entities: how many entities were folded again.
        transitions: how many transitions came, went or show another value.
        fallbacks: how many pairs of values were compared by their wording alone.
    """

    version: str
    replaced: str
    values: int
    entities: int
    transitions: int
    fallbacks: int


async def set_profile(stores: Stores, workspace: str, profile: Profile, source: str) -> ProfileSet:
    """Make a profile the workspace's own; readers see all of it or nothing.

    Args:
        source: the file that it was read from.
    """
    scope = sources.workspace_id(workspace)
    await sources.ensure_workspace(stores.database, workspace)
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        before = await profile_in(connection, scope)
        is_other = before.version != profile.version
        await profiles.keep_profile(connection, scope, kept(profile), source, instead=is_other)
        if not is_other:
            return ProfileSet(profile.version, before.version, 0, 0, 0, 0)
        values = await _read_anew(connection, scope, profile)
        carried = await profiles.verdicts_to_carry(connection, scope, before.version)
        await knowledge.insert_verdicts(connection, scope, profile.version, carried)
        entities = await profiles.current_entities(connection, scope)
        told = await profiles.transitions_now(connection, scope)
        folded = await refold(connection, scope, entities)
        moved = _series(told ^ await profiles.transitions_now(connection, scope))
        await workspaces.advance_workspace(connection, scope)
    return ProfileSet(profile.version, before.version, values, len(entities), moved, len(folded.verdicts))


async def _read_anew(connection: Connection, scope: str, profile: Profile) -> int:
    """Give every stored value its meaning under the profile; gives how many have another."""
    said = await profiles.values_said(connection, scope)
    values = [value for row in said if (value := retyped(row, profile)) is not None]
    await profiles.retype_values(connection, scope, values)
    return len(values)


def retyped(row: Row, profile: Profile) -> RetypedValue | None:
    """What a value means now; None where that is what it meant.

    Args:
        row: id, field, value, normalised, value_mention_id, meeting_date.
    """
    is_person = profile.spec_of(row["field"]).kind == "person"
    normalised = normalise(profile, row["field"], row["value"], meeting_date=row["meeting_date"])
    if normalised == row["normalised"] and is_person == (row["value_mention_id"] is not None):
        return None
    return RetypedValue(row["id"], normalised, normalised_name(row["value"]) if is_person else None)


def _series(transitions: Iterable[tuple[str | None, ...]]) -> int:
    """How many places in the histories are among these: an entity's field, with its key, in a meeting."""
    return len({transition[:4] for transition in transitions})
