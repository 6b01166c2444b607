"""What goes when something is forgotten: rows are deleted here and nowhere else."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypedDict, cast

from psycopg.types.json import Jsonb

from stores.database import Connection, Database, Row, fetch
from stores.queries import queries
from stores.records import Source, Utterance

_SQL = queries("forgetting")


class Counts(TypedDict):
    """How many rows of each kind there are, or were deleted. `utterances` are those with words."""

    meetings: int
    utterances: int
    memories: int
    entities: int
    mentions: int
    observations: int
    links: int
    aliases: int
    verdicts: int
    transitions: int
    relations: int
    decisions: int
    runs: int
    staged: int


async def counts(connection: Connection, scope: str) -> Counts:
    """How many rows of each kind a workspace has, current or retracted."""
    return cast(Counts, dict((await fetch(connection, _SQL["counts"], {"workspace_id": scope}))[0]))


async def meetings_called(connection: Connection, scope: str, name: str) -> list[Row]:
    """The meetings that an id, a key or a title names: id, key, title, date."""
    return await fetch(connection, _SQL["meetings_called"], {"workspace_id": scope, "name": name})


async def meetings_before(connection: Connection, scope: str, before: datetime) -> list[str]:
    """The ids of the meetings, committed or staged, that were held before a moment."""
    rows = await fetch(connection, _SQL["meetings_before"], {"workspace_id": scope, "before": before})
    return [row["id"] for row in rows]


async def entities_called(connection: Connection, scope: str, normalised: str) -> list[Row]:
    """The current entities that bear a name: id, name, type."""
    return await fetch(connection, _SQL["entities_called"], {"workspace_id": scope, "normalised": normalised})


async def entities_in(connection: Connection, scope: str, meetings: Collection[str]) -> set[str]:
    """The entities that any version of these meetings names."""
    return await _ids(connection, "entities_in", scope, meetings=list(meetings))


async def told_of(connection: Connection, scope: str, entities: Collection[str]) -> set[str]:
    """The entities of which something was said that names one of these, such as their owner."""
    return await _ids(connection, "told_of", scope, entities=list(entities))


async def companions(connection: Connection, scope: str, meetings: Collection[str]) -> list[str]:
    """Of each series that these meetings belong to a current version of another meeting."""
    place = {"workspace_id": scope, "meetings": list(meetings)}
    return [row["id"] for row in await fetch(connection, _SQL["companions"], place)]


async def delete_meetings(connection: Connection, scope: str, meetings: Collection[str]) -> list[str]:
    """Delete all versions of meetings, with everything drawn from them, staged for them, and run on them.

    Gives the threads of those runs.
    """
    place = {"workspace_id": scope, "meetings": list(meetings)}
    runs = [row["id"] for row in await fetch(connection, _SQL["runs_of"], place)]
    await fetch(connection, _SQL["delete_runs"], {"workspace_id": scope, "runs": runs})
    await fetch(connection, _SQL["delete_sources"], place)
    await fetch(connection, _SQL["delete_meetings"], place)
    return runs


async def delete_entities(connection: Connection, scope: str, entities: Collection[str]) -> None:
    """Delete entities with every mention of them and all that was said of them; the transcripts stay."""
    place = {"workspace_id": scope, "entities": list(entities)}
    await fetch(connection, _SQL["delete_readings_of"], place)
    await fetch(connection, _SQL["blank_summaries_of"], place)
    await fetch(connection, _SQL["delete_mentions"], place)
    await fetch(connection, _SQL["delete_entities"], place)


async def delete_words(connection: Connection, scope: str, version_id: str, names: Collection[str]) -> None:
    """Delete what these speakers said in a version, and everything that rests on it; their turns stay empty.

    Args:
        names: in lower case.
    """
    place = {"workspace_id": scope, "id": version_id, "names": list(names)}
    for query in ("memories", "observations", "relations"):
        await fetch(connection, _SQL[f"delete_spoken_{query}"], place)
    await fetch(connection, _SQL["delete_readings"], place)
    await fetch(connection, _SQL["blank_summary"], place)
    await fetch(connection, _SQL["blank_utterances"], place)


async def delete_leftovers(connection: Connection, scope: str, entities: Collection[str]) -> None:
    """Delete those of these entities that nothing names any more, and what was kept of words now gone."""
    place = {"workspace_id": scope, "entities": list(entities)}
    await fetch(connection, _SQL["delete_unnamed"], place)
    await fetch(connection, _SQL["delete_unsaid_verdicts"], place)
    await fetch(connection, _SQL["delete_uncounted_words"], place)


async def delete_workspace(connection: Connection, scope: str) -> list[str]:
    """Delete a workspace with everything in it; gives the threads of its runs."""
    runs = [row["id"] for row in await fetch(connection, _SQL["runs_of_workspace"], {"workspace_id": scope})]
    await fetch(connection, _SQL["delete_workspace"], {"workspace_id": scope})
    return runs


async def note_threads(connection: Connection, workspace: str, runs: Sequence[str]) -> None:
    """Write down, in the transaction that forgets, what Redis is to be cleared of once it is committed."""
    value = Jsonb({"workspace": workspace, "runs": list(runs)})
    await fetch(connection, _SQL["note_threads"], {"value": value})


async def noted_threads(database: Database) -> dict[str, Row]:
    """What Redis is still to be cleared of, by note: the `workspace` and the threads of its `runs`."""
    return {row["key"]: row["value"] for row in await database.rows(_SQL["noted_threads"])}


async def drop_notes(database: Database, notes: Collection[str]) -> None:
    """Redis has been cleared of what these notes say."""
    await database.rows(_SQL["drop_notes"], keys=list(notes))


async def refresh_statistics(database: Database) -> None:
    """Let PostgreSQL gather anew what its planner knows of the values in each column: it quotes them."""
    if await database.row(_SQL["can_clear_statistics"]):
        await database.rows(_SQL["clear_statistics"])
    await database.rows(_SQL["analyze"])


async def spoken_by(
    connection: Connection, scope: str, names: Collection[str], people: Collection[str]
) -> dict[str, list[str]]:
    """The versions, current or former, in which people speak: of each the names under which they do.

    Args:
        names: under which they speak anywhere (lower case).
        people: entities; they speak also under what a meeting calls them.
    """
    place = {"workspace_id": scope, "names": list(names), "entities": list(people)}
    return {row["version_id"]: row["names"] for row in await fetch(connection, _SQL["words_of"], place)}


async def staged_words_of(connection: Connection, scope: str, names: Collection[str]) -> list[str]:
    """The titles of what is staged in which somebody speaks under one of these names (lower case)."""
    place = {"workspace_id": scope, "names": list(names)}
    return [row["title"] for row in await fetch(connection, _SQL["staged_words_of"], place)]


async def names_unsaid(
    connection: Connection, scope: str, version_id: str
) -> tuple[dict[str, str], set[str]]:
    """Names of a version, normalised, that may have stood in none but words that were deleted: of mentions on
    which nothing else rests, by id; and all other names that it gives to what it mentions."""
    place = {"workspace_id": scope, "id": version_id}
    mentions = await fetch(connection, _SQL["mentions_unsaid"], place)
    others = await fetch(connection, _SQL["other_names"], place)
    return {row["id"]: row["normalised"] for row in mentions}, {row["normalised"] for row in others}


async def delete_names(
    connection: Connection, scope: str, version_id: str, mentions: Collection[str], names: Collection[str]
) -> None:
    """Delete mentions and names (normalised) of a version; those that stay stand where there are words."""
    place = {"workspace_id": scope, "id": version_id, "mentions": list(mentions), "names": list(names)}
    for query in ("delete_mentions_unsaid", "delete_names", "unplace_names"):
        await fetch(connection, _SQL[query], place)


async def version(connection: Connection, scope: str, version_id: str) -> Source:
    """A committed version as it was handed in."""
    row = (await fetch(connection, _SQL["version"], {"workspace_id": scope, "id": version_id}))[0]
    kept = {name: value for name, value in row.items() if name not in ("participants", "utterances")}
    return Source(
        **kept,
        participants=tuple(row["participants"]),
        warnings=(),
        utterances=tuple(Utterance(**one) for one in row["utterances"] or ()),
    )


async def _ids(connection: Connection, query: str, scope: str, **given: list[str]) -> set[str]:
    rows = await fetch(connection, _SQL[query], {"workspace_id": scope, **given})
    return {row["entity_id"] for row in rows}
