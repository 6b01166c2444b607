"""The profile of a workspace: what it keeps, else the default. Each version is read once in a process."""

from nodes.profiles.profile import Profile
from nodes.profiles.reading import content_of, profile_of_content, shipped_profile, shipped_source
from stores.database import Connection, Database
from stores.moments import NOW, Moment
from stores.profiles import KeptProfile, keep_profile, profile_at

_read: dict[str, Profile] = {}


async def profile_in(connection: Connection, scope: str, moment: Moment = NOW) -> Profile:
    """The workspace's profile, inside a transaction; as of a time of ingestion where the moment has one."""
    kept = await profile_at(connection, scope, moment, known_versions=_read)
    if kept is None:
        return shipped_profile()
    if kept.content is not None:
        _read[kept.version] = profile_of_content(kept.name, kept.version, kept.content)
    return _read[kept.version]


async def settle_profile(connection: Connection, scope: str) -> Profile:
    """The workspace's profile, which it has from now on: one that nobody set stays the default of today."""
    profile = await profile_in(connection, scope)
    await keep_profile(connection, scope, kept(profile), shipped_source())  # unless it has one
    return profile


def kept(profile: Profile) -> KeptProfile:
    """A profile as the store keeps it."""
    return KeptProfile(profile.version, profile.name, content_of(profile))


async def profile_of(database: Database, scope: str, moment: Moment = NOW) -> Profile:
    """The workspace's profile, in a transaction of its own."""
    async with database.transaction() as connection:
        return await profile_in(connection, scope, moment)
