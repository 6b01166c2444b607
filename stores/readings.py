"""What is on record, for every reader alike: meetings, entities and their names, statements, counts.

Rows are plain JSON with the field names of the command line's `--json` (design.md section 8); the
histories of entities are read in `stores.histories`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, cast

from stores.database import Database
from stores.moments import NOW, Moment, iso
from stores.queries import queries

StatementKind = str


class MeetingRow(TypedDict):
    """One meeting as listed; `date` is ISO 8601, `status` how its ingestion ended.

    `summary` is a model's words, None without one; `topics` are then the things named most.
    """

    id: str
    key: str
    title: str
    date: str
    series: str | None
    format: str
    participants: list[str]
    utterances: int
    words: int
    memories: int
    summary: str | None
    topics: list[str]
    status: str


class EntityRow(TypedDict):
    """One tracked thing as listed; `mentions` counts the utterances that name it."""

    id: str
    name: str
    type: str
    aliases: list[str]
    first_seen: str
    last_seen: str
    mentions: int


class StatementRow(TypedDict):
    """A decision, action item, risk, question or fact, with its place in the meeting."""

    memory_id: str
    meeting_id: str
    version_id: str
    title: str
    date: str
    kind: str
    content: str
    quote: str
    speaker: str | None
    utterances: list[int]
    start: float | None
    owner: str | None
    due: str | None
    due_date: str | None
    rationale: str | None
    supersedes: str | None


class CountRow(TypedDict):
    """A number of meetings, of entities of one type, or of memories of one kind."""

    counted: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class MeetingName:
    """What a question can call a meeting by."""

    id: str
    key: str
    title: str
    date: datetime


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity that a name stands for.

    Attributes:
        given: the normalised name that was looked up.
        score: 1 when it bears the name, else how similar its nearest name is (trigrams, 0 to 1).
    """

    given: str
    id: str
    name: str
    type: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Lookup:
    """Who bears a name: nobody, one, or several; and, when nobody does, who nearly does."""

    bearers: tuple[NamedEntity, ...]
    suggestions: tuple[NamedEntity, ...]


async def meetings(database: Database, workspace_id: str, moment: Moment = NOW) -> list[MeetingRow]:
    """The meetings held by then, oldest first."""
    rows = await database.rows(queries("readings")["meetings"], workspace_id=workspace_id, **moment.bounds)
    return [cast(MeetingRow, {**row, "date": iso(row["date"])}) for row in rows]


async def meeting_names(database: Database, workspace_id: str, moment: Moment = NOW) -> list[MeetingName]:
    """What the newest 5,000 meetings are called, newest first."""
    rows = await database.rows(
        queries("readings")["meeting_names"], workspace_id=workspace_id, **moment.bounds
    )
    return [MeetingName(**row) for row in rows]


async def entities(
    database: Database,
    workspace_id: str,
    moment: Moment = NOW,
    *,
    ids: Sequence[str] | None = None,
    type: str | None = None,
    name: str | None = None,
) -> list[EntityRow]:
    """The entities that meetings had named by then, by name.

    Args:
        ids: only these.
        type: only of this type.
        name: only those whose name contains these letters, in any case; a filter for lists, not a lookup.
    """
    rows = await database.rows(
        queries("readings")["entities"],
        workspace_id=workspace_id,
        ids=None if ids is None else list(ids),
        type=type,
        name=name,
        **moment.bounds,
    )
    return [
        cast(
            EntityRow,
            {
                **row,
                "first_seen": iso(row["first_seen"]),
                "last_seen": iso(row["last_seen"]),
                "mentions": int(row["mentions"]),
            },
        )
        for row in rows
    ]


async def entities_named(
    database: Database, workspace_id: str, names: Sequence[str], moment: Moment = NOW
) -> list[NamedEntity]:
    """The entities that bear one of these normalised names exactly; all of them where several do."""
    rows = await database.rows(
        queries("readings")["entities_named"], workspace_id=workspace_id, names=list(names), **moment.bounds
    )
    return [NamedEntity(**row) for row in rows]


async def people_called(
    database: Database, workspace_id: str, first_names: Sequence[str], moment: Moment = NOW
) -> list[NamedEntity]:
    """The persons with one of these normalised first names; all of them where several share it."""
    rows = await database.rows(
        queries("readings")["people_called"],
        workspace_id=workspace_id,
        names=list(first_names),
        **moment.bounds,
    )
    return [NamedEntity(**row) for row in rows]


async def entities_like(
    database: Database, workspace_id: str, names: Sequence[str], moment: Moment = NOW
) -> list[NamedEntity]:
    """The entities whose names resemble these (for "did you mean"), best first for each name."""
    rows = await database.rows(
        queries("readings")["entities_like"], workspace_id=workspace_id, names=list(names), **moment.bounds
    )
    return [NamedEntity(**row) for row in rows]


async def lookup(database: Database, workspace_id: str, name: str, moment: Moment = NOW) -> Lookup:
    """Who bears this normalised name, a person's first name included, or else who nearly does."""
    bearers = await entities_named(database, workspace_id, [name], moment) or await people_called(
        database, workspace_id, [name], moment
    )
    nearly = [] if bearers else await entities_like(database, workspace_id, [name], moment)
    return Lookup(bearers=tuple(bearers), suggestions=tuple(nearly))


async def statements(
    database: Database,
    workspace_id: str,
    kinds: Sequence[StatementKind],
    moment: Moment = NOW,
    *,
    start: datetime | None = None,
    entities: Sequence[str] | None = None,
    meetings: Sequence[str] | None = None,
    owners: Sequence[str] | None = None,
    latest: int | None = None,
) -> list[StatementRow]:
    """Decisions, action items and other statements of meetings in a span of time, oldest first.

    Args:
        kinds: kinds of memory other than discussion.
        start: only meetings from then on.
        entities: only statements that mention one of these entities.
        meetings: only of these meetings.
        owners: only owned by one of these names, in lower case.
        latest: only so many, the latest.
    """
    rows = await database.rows(
        queries("readings")["statements"],
        workspace_id=workspace_id,
        kinds=list(kinds),
        start=start or "-infinity",
        entities=None if entities is None else list(entities),
        meetings=None if meetings is None else list(meetings),
        owners=None if owners is None else list(owners),
        latest=latest,
        **moment.bounds,
    )
    return [
        StatementRow(
            memory_id=row["memory_id"],
            meeting_id=row["meeting_id"],
            version_id=row["version_id"],
            title=row["title"],
            date=iso(row["date"]),
            kind=row["kind"],
            content=row["content"],
            quote=row["quote"],
            speaker=row["speaker"],
            utterances=[row["first_utterance"], row["last_utterance"]],
            start=row["start"],
            owner=row["owner"],
            due=row["due"],
            due_date=row["due_date"].isoformat() if row["due_date"] else None,
            rationale=row["rationale"],
            supersedes=row["supersedes"],
        )
        for row in rows
    ]


async def counts(
    database: Database, workspace_id: str, moment: Moment = NOW, *, start: datetime | None = None
) -> list[CountRow]:
    """How many meetings were held, and how many entities (by type) and memories (by kind) they gave."""
    rows = await database.rows(
        queries("readings")["counts"],
        workspace_id=workspace_id,
        start=start or "-infinity",
        **moment.bounds,
    )
    return [cast(CountRow, dict(row)) for row in rows]
