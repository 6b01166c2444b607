"""Importing starting states and a glossary of names: each line is the words that its claim rests on.

A file becomes versions of its own, one for its glossary and one for the states of each date, so that what it
says goes through the same resolution, observations and fold as what is said in a meeting, is dated, cited and
taken back alike. The same file again adds nothing, and another file of the same name replaces the first.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from nodes.hand.lines import NameLine, Part, Said, StateLine, operation, read_parts
from nodes.matching import Reading, match, relink_names
from nodes.profiles.current import profile_of
from nodes.profiles.profile import Profile
from nodes.refolding import refold
from nodes.schemas import ExtractedEntity, ExtractedObservation, MeetingExtraction
from nodes.wording import storable
from stores import hand, knowledge, naming, sources, workspaces
from stores.database import Connection
from stores.errors import NotFoundError
from stores.hand import Fact, ImportedVersion
from stores.ids import derived_id
from stores.opening import Stores
from stores.records import Source, Utterance
from stores.reindexing import hold_model


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        status: imported, known, replaced or taken_back.
        lines: how many it has; 0 for one that was taken back.
        written: parts (the glossary, the states of one date) that are new.
        retracted: parts that are so no longer.
        entities: how many things they are about.
    """

    file: str
    status: str
    lines: int
    written: int
    retracted: int
    entities: int


@dataclass(frozen=True, slots=True)
class _Written:
    source: Source
    part: Part
    vectors: Sequence[Sequence[float]]


async def import_file(
    stores: Stores, workspace: str, name: str, content: bytes, *, by: str, series: str | None = None
) -> Imported:
    """Write what a file says, in one transaction, and fold what it touches once.

    Args:
        name: of the file; it is the title under which its lines are cited.
        by: who imports it.
        series: of the meetings in which its bare first names are known; default: of this file alone.

    Raises:
        InputError: a line is wrong; nothing was stored.
    """
    scope, name = sources.workspace_id(workspace), storable(name)
    profile = await profile_of(stores.database, scope)
    parts = read_parts(name, content, profile)
    await sources.ensure_workspace(stores.database, workspace)
    given = [_source(scope, name, part, series) for part in parts]
    vectors = [await _vectors(stores, part) for part in parts]
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        await hold_model(connection, stores.embedding)
        before = {one.key: one for one in await hand.imported(connection, scope, name)}
        kept = {
            one.key for one in given if one.key in before and before[one.key].content_hash == one.content_hash
        }
        fresh = [
            _Written(one, part, found)
            for one, part, found in zip(given, parts, vectors, strict=True)
            if one.key not in kept
        ]
        gone = [one for key, one in before.items() if key not in kept]
        touched = await _retract(connection, scope, gone)
        about: set[str] = set()
        for one in fresh:
            about |= await _write(connection, scope, one, by, profile)
        if fresh or gone:
            told = [one.meeting_id for one in gone] + [one.source.meeting_id for one in fresh]
            names = await naming.names_of_meetings(connection, scope, told)
            touched |= await relink_names(connection, scope, names)
            await refold(connection, scope, touched | about)
            await workspaces.advance_workspace(connection, scope)
    status = "known" if not fresh and not gone else "replaced" if before else "imported"
    lines = sum(len(part.lines) for part in parts)
    return Imported(name, status, lines, len(fresh), len(gone), len(about))


async def take_back(stores: Stores, workspace: str, name: str) -> Imported:
    """Take back all that a file said; its lines stay, for "as we knew it on".

    Raises:
        NotFoundError: nothing is imported under this name.
    """
    scope, name = sources.workspace_id(workspace), storable(name)
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        gone = await hand.imported(connection, scope, name)
        if not gone:
            raise NotFoundError(
                f'nothing is imported from "{name}" in the workspace "{workspace}"; '
                "`smart-meet import --list` shows what is"
            )
        touched = await _retract(connection, scope, gone)
        names = await naming.names_of_meetings(connection, scope, [one.meeting_id for one in gone])
        touched |= await relink_names(connection, scope, names)
        await refold(connection, scope, touched)
        await workspaces.advance_workspace(connection, scope)
    return Imported(name, "taken_back", 0, 0, len(gone), len(touched))


def _source(scope: str, name: str, part: Part, series: str | None) -> Source:
    """The version of a part. Its id is settled when it is written, since its content may have come before."""
    key = f"import {name} {part.date.isoformat() if part.date else part.format}"
    meeting_id = derived_id("meeting", scope, key)
    words = json.dumps([series, part.has_time, *(said.text for said in part.lines)], ensure_ascii=False)
    return Source(
        id=meeting_id,
        meeting_id=meeting_id,
        key=key,
        content_hash=hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest(),
        name=name,
        format=part.format,
        title=name,
        series=series or f"import {name}",
        date=part.date or datetime.now(UTC),
        date_has_time=part.has_time,
        participants=(),
        warnings=(),
        utterances=tuple(
            Utterance(ordinal, None, said.text, channel="chat") for ordinal, said in enumerate(part.lines)
        ),
    )


async def _vectors(stores: Stores, part: Part) -> list[list[float]]:
    told = [_description(said.line) for said in part.lines if _description(said.line)]
    return await stores.embedding.embeddings.aembed_documents(told) if told else []


async def _retract(connection: Connection, scope: str, gone: Sequence[ImportedVersion]) -> set[str]:
    touched: set[str] = set()
    for one in gone:
        touched |= await knowledge.entities_of_version(connection, scope, one.id)
        await knowledge.retract_version(connection, scope, one.id)
    return touched


async def _write(connection: Connection, scope: str, one: _Written, by: str, profile: Profile) -> set[str]:
    """Write one part; gives the entities that it is about."""
    times = await hand.times_written(connection, scope, one.source.meeting_id, one.source.content_hash)
    version = derived_id("source", scope, one.source.meeting_id, one.source.content_hash, times)
    source = replace(one.source, id=version)
    told = [ordinal for ordinal, said in enumerate(one.part.lines) if _description(said.line)]
    facts = [
        Fact(ordinal, _description(one.part.lines[ordinal].line), _quote(one.part.lines[ordinal]), vector)
        for ordinal, vector in zip(told, one.vectors, strict=True)
    ]
    await hand.insert_version(connection, scope, source, "import", {"by": by}, facts)
    reading = Reading((("human", _extraction(one.part, profile)),), {}, 0, 0, len(facts), ())
    matched = await match(connection, scope, source, reading)
    resolution = matched.resolution
    for alias in resolution["aliases"]:
        alias["source"] = "human"
    await knowledge.insert_resolution(connection, scope, version, resolution)
    return {link["entity_id"] for link in resolution["links"]}


def _extraction(part: Part, profile: Profile) -> MeetingExtraction:
    """What the lines say, in the form in which a reader says what a meeting said."""
    entities: list[ExtractedEntity] = []
    observations: list[ExtractedObservation] = []
    for ordinal, said in enumerate(part.lines):
        line = said.line
        if isinstance(line, NameLine):
            entities.append(_entity(line.name, line.type, ordinal, line.aliases))
        else:
            entities.append(_entity(line.entity, line.type, ordinal))
            observations.append(_observation(line, ordinal, _quote(said), profile))
    return MeetingExtraction(entities=entities, observations=observations)


def _entity(name: str, type: str, ordinal: int, aliases: Sequence[str] = ()) -> ExtractedEntity:
    return ExtractedEntity(name=name, type=type, aliases=list(aliases), utterances=[ordinal])


def _observation(line: StateLine, ordinal: int, quote: str, profile: Profile) -> ExtractedObservation:
    value: Any = line.value
    return ExtractedObservation(
        entity=line.entity,
        field=line.field,
        key=line.key,
        op=operation(line, profile),
        value=None if value is None else str(value),
        stance="decided",
        quote=quote,
        utterance=ordinal,
    )


def _quote(said: Said) -> str:
    """The words to cite: the note or the description where it stands in the line as it is, else the line."""
    line = said.line
    words = line.note if isinstance(line, StateLine) else line.description
    return words if words and words in said.text else said.text


def _description(line: StateLine | NameLine) -> str:
    if isinstance(line, NameLine) and (line.description or "").strip():
        return f"{line.name}: {line.description}"
    return ""
