"""Meetings put right by hand: a version made of the one that was handed in, which stays.

Functions take a connection, so that a copy shares the transaction and the lock of the decision.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from stores.database import Connection, Row, fetch, write_many
from stores.knowledge import link_memories
from stores.queries import queries

_SQL = queries("corrected")
_COPIED = (
    "utterances",
    "memories",
    "mentions",
    "links",
    "aliases",
    "memory_mentions",
    "observations",
    "relations",
    "summary",
)


async def versions_of(connection: Connection, scope: str, meeting_id: str) -> tuple[str, str] | None:
    """The current version of a meeting, and the one that it was handed in as: the same where nobody has
    corrected it. None for a meeting that is not known."""
    row = {"workspace_id": scope, "meeting_id": meeting_id}
    found = await fetch(connection, _SQL["versions"], row)
    return (found[0]["id"], found[0]["base_id"]) if found else None


async def times_copied(connection: Connection, scope: str, base_id: str) -> int:
    """How often a version has been corrected."""
    row = {"workspace_id": scope, "base_id": base_id}
    return int((await fetch(connection, _SQL["times_copied"], row))[0]["times"])


async def copy_version(
    connection: Connection,
    scope: str,
    *,
    id: str,
    base_id: str,
    current_id: str,
    base_date: datetime,
    date: datetime,
    date_has_time: bool,
    participants: Sequence[str],
) -> None:
    """Copy a version with all that was drawn from it, at another time; speakers are as they were.

    The current version has been retracted.
    """
    row = {
        "workspace_id": scope,
        "id": id,
        "base_id": base_id,
        "current_id": current_id,
        "base_date": base_date,
        "date": date,
        "date_has_time": date_has_time,
        "participants": list(participants),
    }
    await fetch(connection, _SQL["copy_version"], row)
    for table in _COPIED:
        await fetch(connection, _SQL[f"copy_{table}"], row)


async def values_of(connection: Connection, scope: str, version_id: str) -> list[Row]:
    """The values that a version says: id, field, value, normalised, value_mention_id."""
    return await fetch(connection, _SQL["values_of"], {"workspace_id": scope, "id": version_id})


async def statements_of(connection: Connection, scope: str, version_id: str) -> list[Row]:
    """What was drawn from the words of a version: id, context, owner, due, first_utterance."""
    return await fetch(connection, _SQL["statements_of"], {"workspace_id": scope, "id": version_id})


async def set_statements(
    connection: Connection, scope: str, statements: Iterable[tuple[str, str, date | None]]
) -> None:
    """Write the context and the due date of statements, by memory id."""
    rows = [
        {"workspace_id": scope, "id": id, "context": context, "due_date": due}
        for id, context, due in statements
    ]
    await write_many(connection, _SQL["set_statement"], rows)


async def set_discussions(
    connection: Connection, scope: str, version_id: str, memories: Iterable[Mapping[str, Any]]
) -> None:
    """Write the words around turns: context, first_utterance and content of each."""
    rows = [
        {name: one[name] for name in ("context", "first_utterance", "content")}
        | {"workspace_id": scope, "id": version_id}
        for one in memories
    ]
    await write_many(connection, _SQL["set_discussion"], rows)


async def person_named(
    connection: Connection, scope: str, version_id: str, normalised: str
) -> tuple[str, list[int]] | None:
    """The mention of a person in a version, and its utterances; None where nobody is called so."""
    row = {"workspace_id": scope, "id": version_id, "normalised": normalised}
    found = await fetch(connection, _SQL["person_named"], row)
    return (found[0]["id"], list(found[0]["utterances"])) if found else None


async def set_speakers(
    connection: Connection, scope: str, version_id: str, changes: Iterable[Mapping[str, Any]]
) -> None:
    """Give turns to other speakers, with what was drawn from their words.

    Each change: ordinal; was, the former speaker, with `was_id`, the mention; speaker, with `mention_id`.
    """
    rows = [{**change, "workspace_id": scope, "id": version_id} for change in changes]
    for query in (
        "set_speaker",
        "set_speaker_of_memories",
        "unlink_speaker",
        "set_speaker_of_observations",
        "set_speaker_of_relations",
    ):
        await write_many(connection, _SQL[query], rows)


async def set_utterances(
    connection: Connection, scope: str, version_id: str, utterances: Mapping[str, Sequence[int]]
) -> None:
    """Write where people are named, by mention; those who are nowhere any more go."""
    rows = [
        {"workspace_id": scope, "mention_id": mention, "utterances": list(ordinals)}
        for mention, ordinals in utterances.items()
    ]
    await write_many(connection, _SQL["set_utterances"], rows)
    await fetch(connection, _SQL["unlink_discussions"], {"workspace_id": scope, "mentions": list(utterances)})
    await link_memories(connection, scope, version_id)
    await write_many(connection, _SQL["delete_unnamed"], rows)
    await fetch(connection, _SQL["delete_unnamed_aliases"], {"workspace_id": scope, "id": version_id})
