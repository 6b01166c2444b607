"""What was done without the model, found again, and staged once more to be done with it."""

from collections.abc import Collection, Iterable
from typing import Any

from stores.database import Connection, Database, Row, fetch
from stores.queries import queries

_SQL = queries("rechecks")
Json = dict[str, Any]
Kept = dict[str, dict[str, Json]]


async def keep_items(connection: Connection, scope: str, source_id: str) -> None:
    """Keep what recheck needs of a version, in the transaction that commits it and clears its staging."""
    await fetch(connection, _SQL["keep_items"], {"workspace_id": scope, "source_id": source_id})


async def versions(database: Database, scope: str, *, everything: bool) -> list[Row]:
    """The degraded meeting versions, as they came: id, meeting_id, title, content_hash, result, times, and
    current_id, which is another where a person has put the meeting right.

    `times` counts how often this content has been a version of its meeting.

    Args:
        everything: also those with windows that were read by rule because no model was configured.
    """
    return await database.rows(_SQL["versions_to_recheck"], workspace_id=scope, everything=everything)


async def kept_items(database: Database, scope: str, version_id: str) -> Kept:
    """What was kept of a version, by stage and item; nothing for one that was not degraded."""
    kept: Kept = {"window": {}, "extraction": {}, "apart": {}, "summary": {}}
    for row in await database.rows(_SQL["kept_items"], workspace_id=scope, version_id=version_id):
        kept[row["stage"]][row["item"]] = row["payload"]
    return kept


async def stage_again(database: Database, scope: str, version_id: str, source_id: str) -> None:
    """Stage a committed version as a source of another id. Twice is once."""
    row = {"workspace_id": scope, "version_id": version_id, "source_id": source_id}
    await database.rows(_SQL["stage_again"], **row)


async def copy_vectors(database: Database, scope: str, version_id: str, source_id: str) -> None:
    """Give the staged memories that the version has too its vectors."""
    row = {"workspace_id": scope, "version_id": version_id, "source_id": source_id}
    await database.rows(_SQL["copy_vectors"], **row)


async def version_mentions(database: Database, scope: str, version_id: str) -> list[Row]:
    """The names of a version: id, name, type, entity_id, decided_by, and the entity's `alias` then."""
    return await database.rows(_SQL["version_mentions"], workspace_id=scope, version_id=version_id)


async def fallback_verdicts(connection: Connection, scope: str, profile_version: str) -> set[str]:
    """The pairs on which a fallback has decided."""
    row = {"workspace_id": scope, "profile_version": profile_version}
    return {found["pair_id"] for found in await fetch(connection, _SQL["fallback_verdicts"], row)}


async def entities_compared_by_wording(connection: Connection, scope: str, profile_version: str) -> set[str]:
    """Entities among whose pairs are all those on which a fallback has decided."""
    row = {"workspace_id": scope, "profile_version": profile_version}
    rows = await fetch(connection, _SQL["entities_compared_by_wording"], row)
    return {found["entity_id"] for found in rows}


async def retract_fallbacks(
    connection: Connection, scope: str, profile_version: str, pairs: Iterable[str]
) -> None:
    """Take back what a fallback said of these pairs."""
    row = {"workspace_id": scope, "profile_version": profile_version, "pairs": list(pairs)}
    await fetch(connection, _SQL["retract_fallbacks"], row)


async def states_of(connection: Connection, scope: str, entities: Collection[str]) -> list[Row]:
    """The current states of these entities: entity (its name), entity_id, field, key, value."""
    return await fetch(connection, _SQL["states_of"], {"workspace_id": scope, "entities": list(entities)})


async def degraded_results(connection: Connection, scope: str) -> list[Row]:
    """The degraded current versions: id, meeting_id, result."""
    return await fetch(connection, _SQL["degraded_results"], {"workspace_id": scope})
