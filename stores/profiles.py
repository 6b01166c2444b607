"""The profiles of workspaces, and the values that have to be read anew when another one is set."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from stores.database import Connection, Database, Row, fetch
from stores.knowledge import VerdictRow
from stores.moments import NOW, Moment
from stores.queries import queries
from stores.records import Normalised

_SQL = queries("profiles")


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A profile as a workspace keeps it.

    Attributes:
        content: what it means; None when the caller said that it has this version.
    """

    version: str
    name: str
    content: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RetypedValue:
    """What a stored value means under another profile.

    Attributes:
        id: of the observation.
        person: the normalised name that the value is, for a field of persons; else None.
    """

    id: str
    normalised: Normalised
    person: str | None


async def profile_at(
    connection: Connection, scope: str, moment: Moment = NOW, *, known_versions: Collection[str] = ()
) -> KeptProfile | None:
    """The profile of a workspace, now or as of a time of ingestion; None when none was ever kept."""
    parameters = {
        "workspace_id": scope,
        "known": moment.bounds["known"],
        "known_versions": list(known_versions),
    }
    rows = await fetch(connection, _SQL["profile_at"], parameters)
    return KeptProfile(**rows[0]) if rows else None


async def profile_source(database: Database, scope: str) -> Row | None:
    """The workspace's profile as it was given: version, name, source, set_at; None when none was kept."""
    return await database.row(_SQL["profile_source"], workspace_id=scope)


async def keep_profile(
    connection: Connection, scope: str, kept: KeptProfile, source: str, *, instead: bool = False
) -> None:
    """Keep a profile for a workspace: its first one, or `instead` of the one that it has."""
    if instead:
        await fetch(connection, _SQL["retire_profile"], {"workspace_id": scope})
    row = {
        "workspace_id": scope,
        "version": kept.version,
        "name": kept.name,
        "source": source,
        "content": Jsonb(kept.content),
    }
    await fetch(connection, _SQL["keep_profile"], row)


async def values_said(connection: Connection, scope: str) -> list[Row]:
    """Every current value: id, field, value, normalised, value_mention_id, meeting_date."""
    return await fetch(connection, _SQL["values_said"], {"workspace_id": scope})


async def retype_values(connection: Connection, scope: str, values: Iterable[RetypedValue]) -> None:
    """Write what values mean now, in one statement."""
    retyped = list(values)
    parameters = {
        "workspace_id": scope,
        "ids": [value.id for value in retyped],
        "normalised": [None if value.normalised is None else Jsonb(value.normalised) for value in retyped],
        "people": [value.person for value in retyped],
    }
    await fetch(connection, _SQL["retype_values"], parameters)


async def current_entities(connection: Connection, scope: str) -> list[str]:
    """The ids of all current entities."""
    return [row["id"] for row in await fetch(connection, _SQL["current_entities"], {"workspace_id": scope})]


async def transitions_now(connection: Connection, scope: str) -> set[tuple[str | None, ...]]:
    """All transitions as entity_id, field, key, meeting_id, before, after."""
    rows = await fetch(connection, _SQL["transitions_now"], {"workspace_id": scope})
    return {tuple(row.values()) for row in rows}


async def verdicts_to_carry(connection: Connection, scope: str, profile_version: str) -> list[VerdictRow]:
    """What models and people judged under a profile, to hold under the next one."""
    parameters = {"workspace_id": scope, "profile_version": profile_version}
    rows = await fetch(connection, _SQL["verdicts_to_carry"], parameters)
    return [VerdictRow(**row) for row in rows]  # pyright: ignore[reportArgumentType]  # the columns are its keys


async def keys_of(database: Database, scope: str, fields: Collection[str]) -> dict[str, list[str]]:
    """The keys that these fields have values for, by field."""
    found: dict[str, list[str]] = {}
    for row in await database.rows(_SQL["keys_of"], workspace_id=scope, fields=list(fields)):
        found.setdefault(row["field"], []).append(row["key"])
    return found
