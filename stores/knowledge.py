"""What the meetings of a workspace told: mentions, observations, relations, verdicts. Only commits write.

Functions take a connection, so that the reads and the writes of a commit share its transaction and lock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypedDict, cast

from psycopg.types.json import Jsonb

from stores.database import Connection, fetch, write_many
from stores.ids import derived_id
from stores.queries import queries
from stores.records import Normalised, Observation, Source, Verdict

_SQL = queries("knowledge")


class EntityRow(TypedDict):
    """An entity that a meeting names, known before or not."""

    id: str
    name: str
    type: str


class MentionRow(TypedDict):
    """A name as one meeting used it, and the ordinals of the utterances that do."""

    id: str
    name: str
    normalised: str
    type: str
    utterances: list[int]


class LinkRow(TypedDict):
    """The judgement that a mention is an entity; score from 0 to 1."""

    id: str
    mention_id: str
    entity_id: str
    decided_by: str
    score: float


class AliasRow(TypedDict):
    """A name of an entity, with where it came from, and the normalised name that it is said to be another
    name of: itself where the meeting just uses it."""

    entity_id: str
    normalised: str
    name: str
    source: str
    bearer: str


class ObservationRow(TypedDict):
    """An observation before it is bound to an entity: it points at mentions. `at` is ISO 8601."""

    id: str
    mention_id: str
    field: str
    key: str
    op: str
    value: str | None
    normalised: Normalised
    value_mention_id: str | None
    stance: str
    utterance: int
    sequence: int
    at: str
    speaker: str | None
    quote: str
    made_by: str


class RelationRow(TypedDict):
    """A typed, directed link between two mentions. `at` is ISO 8601."""

    id: str
    source_mention_id: str
    target_mention_id: str
    type: str
    ended: bool
    utterance: int
    at: str
    speaker: str | None
    quote: str
    made_by: str


class SummaryRow(TypedDict):
    """What a meeting was about; no summary where the rules made it."""

    summary: str | None
    topics: list[str]
    made_by: str


class Resolution(TypedDict):
    """Everything that a meeting version adds, by row, ready to be written."""

    entities: list[EntityRow]
    mentions: list[MentionRow]
    links: list[LinkRow]
    aliases: list[AliasRow]
    observations: list[ObservationRow]
    relations: list[RelationRow]
    memory_mentions: list[tuple[str, str]]


class VerdictRow(TypedDict):
    """A verdict with the values it judges, as words; of a model's also which, and what it was told."""

    pair_id: str
    field: str
    before_value: str | None
    after_value: str | None
    differs: bool
    reason: str
    decided_by: str
    model: str | None
    prompt_version: str | None


async def entities_told_of(connection: Connection, scope: str, mentions: Collection[str]) -> set[str]:
    """The entities of which something was said that names these people, such as their owner."""
    parameters = {"workspace_id": scope, "mentions": list(mentions)}
    return {row["entity_id"] for row in await fetch(connection, _SQL["entities_told_of"], parameters)}


class Move(TypedDict):
    """A mention to link to another entity; `before` is the one it was, name and type are the mention's."""

    mention_id: str
    link_id: str
    before: str
    entity_id: str
    name: str
    type: str
    decided_by: str


async def move_links(connection: Connection, scope: str, moves: Sequence[Move]) -> None:
    """Retract mentions' links and link them to other entities, which come to be if they are new."""
    rows = [
        move
        | {
            "workspace_id": scope,
            "id": derived_id("link", move["mention_id"], move["entity_id"], move["link_id"]),
            "score": 1.0,
        }
        for move in moves
    ]
    await write_many(connection, _SQL["insert_entity"], [row | {"id": row["entity_id"]} for row in rows])
    # one after the other: a mention is one entity at a time
    await write_many(connection, _SQL["retract_link"], [row | {"id": row["link_id"]} for row in rows])
    await write_many(connection, _SQL["insert_link"], rows)
    await write_many(connection, _SQL["move_alias"], rows)


async def observations_of(
    connection: Connection,
    scope: str,
    entities: Collection[str],
    *,
    ids: Collection[str] = (),
    without: Sequence[str] = (),
) -> list[Observation]:
    """Everything current that was said about these entities, and current observations with these ids."""
    parameters = {
        "workspace_id": scope,
        "entities": list(entities),
        "ids": list(ids),
        "without": list(without),
    }
    rows = await fetch(connection, _SQL["observations_of"], parameters)
    return [Observation(**cast(dict[str, Any], row)) for row in rows]


async def verdicts(
    connection: Connection, scope: str, profile_version: str, pairs: Collection[str]
) -> dict[str, Verdict]:
    """The current verdicts on these pairs of values."""
    parameters = {"workspace_id": scope, "profile_version": profile_version, "pairs": list(pairs)}
    rows = await fetch(connection, _SQL["verdicts"], parameters)
    return {row["pair_id"]: Verdict(**cast(dict[str, Any], row)) for row in rows}


async def current_version(connection: Connection, scope: str, meeting_id: str) -> str | None:
    """The version of a meeting that is current, None for a meeting that is not known."""
    rows = await fetch(connection, _SQL["current_version"], {"workspace_id": scope, "meeting_id": meeting_id})
    return rows[0]["id"] if rows else None


async def is_version(connection: Connection, scope: str, version_id: str) -> bool:
    """Whether a version is committed, current or not."""
    return bool(await fetch(connection, _SQL["is_version"], {"workspace_id": scope, "id": version_id}))


async def entities_of_version(connection: Connection, scope: str, version_id: str) -> set[str]:
    """The entities that a meeting version names."""
    rows = await fetch(
        connection, _SQL["entities_of_version"], {"workspace_id": scope, "version_id": version_id}
    )
    return {row["entity_id"] for row in rows}


async def retract_version(connection: Connection, scope: str, version_id: str) -> None:
    """Take back all that a meeting version told; the rows stay, for "as we knew it on"."""
    await fetch(connection, _SQL["retract_version"], {"workspace_id": scope, "version_id": version_id})


async def insert_meeting(connection: Connection, scope: str, meeting_id: str, key: str) -> None:
    """Let a meeting be, if it is new."""
    await fetch(connection, _SQL["insert_meeting"], {"workspace_id": scope, "id": meeting_id, "key": key})


async def insert_version(connection: Connection, scope: str, source: Source) -> None:
    """Make a staged meeting version, its utterances and its embedded memories visible."""
    place = {"workspace_id": scope, "id": source.id}
    await insert_meeting(connection, scope, source.meeting_id, source.key)
    version = {name: getattr(source, name) for name in Source.__dataclass_fields__ if name != "utterances"}
    version["participants"] = list(source.participants)
    version["words"] = sum(len(utterance.text.split()) for utterance in source.utterances)
    await fetch(connection, _SQL["insert_version"], version | {"workspace_id": scope})
    await fetch(connection, _SQL["insert_utterances"], place)
    await fetch(connection, _SQL["insert_memories"], place)


async def insert_resolution(
    connection: Connection, scope: str, version_id: str, resolution: Resolution
) -> None:
    """Write what a meeting version adds to what is known."""
    place = {"workspace_id": scope, "version_id": version_id}

    def rows(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{**place, **item} for item in items]

    def typed(item: ObservationRow) -> dict[str, Any]:
        return {**item, "normalised": None if item["normalised"] is None else Jsonb(item["normalised"])}

    await write_many(connection, _SQL["insert_entity"], rows(resolution["entities"]))
    await write_many(connection, _SQL["insert_mention"], rows(resolution["mentions"]))
    await write_many(connection, _SQL["insert_link"], rows(resolution["links"]))
    await write_many(connection, _SQL["insert_alias"], rows(resolution["aliases"]))
    await write_many(connection, _SQL["insert_observation"], rows(map(typed, resolution["observations"])))
    await write_many(connection, _SQL["insert_relation"], rows(resolution["relations"]))
    pairs = [
        {"memory_id": memory, "mention_id": mention} for memory, mention in resolution["memory_mentions"]
    ]
    await write_many(connection, _SQL["insert_memory_mention"], rows(pairs))
    await link_memories(connection, scope, version_id)


async def link_memories(connection: Connection, scope: str, version_id: str) -> None:
    """Let every memory of a version be about the things named in its utterances."""
    await fetch(connection, _SQL["link_memories"], {"workspace_id": scope, "version_id": version_id})


async def insert_summary(connection: Connection, scope: str, version_id: str, summary: SummaryRow) -> None:
    """Write what a meeting version was about."""
    row = {"workspace_id": scope, "version_id": version_id, **summary}
    await fetch(connection, _SQL["insert_summary"], row)


async def insert_verdicts(
    connection: Connection, scope: str, profile_version: str, judged: Iterable[VerdictRow]
) -> None:
    """Keep verdicts; a pair that has a current verdict keeps it."""
    rows = [
        {
            **verdict,
            "workspace_id": scope,
            "profile_version": profile_version,
            "id": derived_id("verdict", scope, profile_version, verdict["pair_id"], verdict["decided_by"]),
        }
        for verdict in judged
    ]
    await write_many(connection, _SQL["insert_verdict"], rows)


async def refresh_entities(connection: Connection, scope: str, entities: Collection[str]) -> set[str]:
    """Name and type entities from their current mentions; retract those that have none left.

    Gives those that have another name now.
    """
    if not entities:
        return set()
    parameters = {"workspace_id": scope, "entities": list(entities)}
    rows = await fetch(connection, _SQL["refresh_entities"], parameters)
    return {row["id"] for row in rows if row["name"] != row["former"]}


async def called_otherwise(connection: Connection, scope: str, version_id: str) -> set[str]:
    """The entities that a meeting version does not name as they are called: one more use of the name that is
    used most changes nothing."""
    place = {"workspace_id": scope, "version_id": version_id}
    return {row["id"] for row in await fetch(connection, _SQL["entities_called_otherwise"], place)}


async def entities_valued(connection: Connection, scope: str, people: Collection[str]) -> set[str]:
    """The entities of which something was said whose value is one of these people, such as their owner."""
    if not people:
        return set()
    parameters = {"workspace_id": scope, "entities": list(people)}
    return {row["entity_id"] for row in await fetch(connection, _SQL["entities_valued"], parameters)}


async def set_result(connection: Connection, scope: str, version_id: str, result: Mapping[str, Any]) -> None:
    """Keep what the ingestion of a version said, to say it again when the same content comes again."""
    row = {"workspace_id": scope, "id": version_id, "result": Jsonb(dict(result))}
    await fetch(connection, _SQL["set_result"], row)
