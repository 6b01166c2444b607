"""How things stood and how they changed: states, transitions and relations as of any time.

A state is read as the transition that made it, so every state has since when, from which meeting, and the
words. All records are plain JSON, dates ISO 8601 in UTC, `start` seconds from the start of the recording.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, cast

from stores.database import Database, Row
from stores.moments import NOW, Moment, iso
from stores.queries import queries
from stores.readings import EntityRow
from stores.records import Observation, Verdict


class TransitionReading(TypedDict):
    """One transition with its evidence; the latest one of a field that left a value is its state."""

    entity_id: str
    entity: str
    type: str
    field: str
    key: str
    before: str | None
    after: str | None
    normalised: str | None
    reason: str
    at: str
    meeting_id: str
    version_id: str
    title: str
    date: str
    utterance: int
    start: float | None
    speaker: str | None
    quote: str
    decided_by: str
    first_sight: bool


class RelationReading(TypedDict):
    """A relation that holds, since when, and the words that say so."""

    source_id: str
    source: str
    type: str
    target_id: str
    target: str
    since: str
    meeting_id: str
    version_id: str
    title: str
    date: str
    utterance: int
    start: float | None
    speaker: str | None
    quote: str


class StateCell(TypedDict):
    """The value of one field, since when, and from whose words."""

    value: str
    since: str
    meeting_id: str
    quote: str
    speaker: str | None


class RelationCell(TypedDict):
    """A relation of an entity, in its direction."""

    source: str
    type: str
    target: str
    since: str
    meeting_id: str
    quote: str
    speaker: str | None


class StatusRow(TypedDict):
    """All that is known of one entity as of a time; keyed fields are named `field[key]`."""

    id: str
    name: str
    type: str
    as_of: str | None
    state: dict[str, StateCell]
    relations: list[RelationCell]


# the functional form, because `from` is a keyword
ChangeRow = TypedDict(
    "ChangeRow",
    {
        "date": str,
        "meeting_id": str,
        "title": str,
        "entity": str,
        "field": str,
        "from": str | None,
        "to": str | None,
        "reason": str,
        "quote": str,
        "speaker": str | None,
        "utterance": int,
        "decided_by": str,
    },
)


@dataclass(frozen=True, slots=True)
class Known:
    """Observations and verdicts as known at a time, with the names that readings of them need.

    Attributes:
        observations: in the order of the history.
        verdicts: by pair id.
        places: by observation id: entity, type, version_id, title, start.
    """

    observations: tuple[Observation, ...]
    verdicts: Mapping[str, Verdict]
    places: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Place:
    """A range of utterances of a meeting version (both inclusive), and the words quoted from it."""

    version_id: str
    first: int
    last: int
    quote: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was really said at a place, and the memory that covers it; None when none does."""

    text: str
    memory_id: str | None


def field_name(field: str, key: str) -> str:
    """How a field is shown: `status`, or `inclusion_status[Fusaka]` for a keyed one."""
    return f"{field}[{key}]" if key else field


async def transitions(
    database: Database,
    workspace_id: str,
    moment: Moment = NOW,
    *,
    after: datetime | None = None,
    entities: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
    meetings: Sequence[str] | None = None,
    changes_only: bool = False,
    latest: int | None = None,
) -> list[TransitionReading]:
    """Transitions after a time, up to the moment, oldest first; of all entities when none are given.

    Args:
        after: only later than this.
        entities: only of these entities.
        fields: only of these fields.
        meetings: only made by these meetings.
        changes_only: without first sights.
        latest: only so many, the latest.
    """
    rows = await database.rows(
        queries("histories")["transitions"],
        workspace_id=workspace_id,
        after=after or "-infinity",
        entities=None if entities is None else list(entities),
        fields=None if fields is None else list(fields),
        meetings=None if meetings is None else list(meetings),
        changes_only=changes_only,
        latest=latest,
        as_of=moment.bounds["as_of"],
    )
    found = [_transition(row) for row in rows]
    return found if latest is None else found[-latest:]


async def states_as_of(
    database: Database,
    workspace_id: str,
    moment: Moment = NOW,
    *,
    entities: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
    values: Sequence[str] | None = None,
) -> list[TransitionReading]:
    """The states as of the moment, each as the transition that made it, by entity and field.

    Args:
        entities: only of these entities; None is all.
        fields: only of these fields.
        values: only where the typed value is one of these (canonical values, entity ids of persons).
    """
    rows = await database.rows(
        queries("histories")["states"],
        workspace_id=workspace_id,
        entities=None if entities is None else list(entities),
        fields=None if fields is None else list(fields),
        values=None if values is None else list(values),
        as_of=moment.bounds["as_of"],
    )
    return [_transition(row) for row in rows]


async def relations(
    database: Database, workspace_id: str, moment: Moment = NOW, *, entities: Sequence[str] | None = None
) -> list[RelationReading]:
    """The relations that hold at the moment and have one of the entities at either end."""
    rows = await database.rows(
        queries("histories")["relations"],
        workspace_id=workspace_id,
        entities=None if entities is None else list(entities),
        **moment.bounds,
    )
    return [
        cast(RelationReading, {**row, "since": iso(row["since"]), "date": iso(row["date"])}) for row in rows
    ]


async def known_at(
    database: Database,
    workspace_id: str,
    moment: Moment,
    *,
    profile_version: str,
    entities: Sequence[str] | None = None,
) -> Known:
    """What was known by `moment.known_as_of`, for a history that is folded again from it.

    Args:
        profile_version: under which verdicts count.
    """
    bounds = {"workspace_id": workspace_id, "known": moment.bounds["known"]}
    rows = await database.rows(
        queries("histories")["observations_known"],
        entities=None if entities is None else list(entities),
        **bounds,
    )
    judged = await database.rows(
        queries("histories")["verdicts_known"], profile_version=profile_version, **bounds
    )
    return Known(
        observations=tuple(_observation(row) for row in rows),
        verdicts={row["pair_id"]: Verdict(**row) for row in judged},
        places={row["id"]: row for row in rows},
    )


async def spoken(
    database: Database, workspace_id: str, places: Sequence[Place], moment: Moment = NOW
) -> list[Spoken | None]:
    """What was said at each place, in the order asked; None where this workspace has no such words."""
    if not places:
        return []
    rows = await database.rows(
        queries("histories")["spoken"],
        workspace_id=workspace_id,
        places=list(range(len(places))),
        versions=[place.version_id for place in places],
        firsts=[place.first for place in places],
        lasts=[place.last for place in places],
        quotes=[place.quote for place in places],
        known=moment.bounds["known"],
    )
    found = {row["place"]: Spoken(text=row["text"], memory_id=row["memory_id"]) for row in rows}
    return [found.get(number) for number in range(len(places))]


def change_row(reading: TransitionReading) -> ChangeRow:
    """A transition as `timeline` and `changes` show it."""
    return {
        "date": reading["at"],
        "meeting_id": reading["meeting_id"],
        "title": reading["title"],
        "entity": reading["entity"],
        "field": field_name(reading["field"], reading["key"]),
        "from": reading["before"],
        "to": reading["after"],
        "reason": reading["reason"],
        "quote": reading["quote"],
        "speaker": reading["speaker"],
        "utterance": reading["utterance"],
        "decided_by": reading["decided_by"],
    }


async def timeline_rows(
    database: Database, workspace_id: str, entity_id: str, moment: Moment = NOW
) -> list[ChangeRow]:
    """Everything that happened to one entity, first sights included, oldest first."""
    return [
        change_row(reading)
        for reading in await transitions(database, workspace_id, moment, entities=[entity_id])
    ]


async def change_rows(
    database: Database, workspace_id: str, since: datetime, moment: Moment = NOW
) -> list[ChangeRow]:
    """All changes after a time; a first sight is not a change and is left out."""
    found = await transitions(database, workspace_id, moment, after=since, changes_only=True)
    return [change_row(reading) for reading in found]


async def status_rows(
    database: Database, workspace_id: str, entities: Sequence[EntityRow], moment: Moment = NOW
) -> list[StatusRow]:
    """The full state of each of these entities as of the moment, in the order given."""
    ids = [entity["id"] for entity in entities]
    states: dict[str, list[TransitionReading]] = defaultdict(list)
    for reading in await states_as_of(database, workspace_id, moment, entities=ids):
        states[reading["entity_id"]].append(reading)
    held = await relations(database, workspace_id, moment, entities=ids)
    return [
        {
            "id": entity["id"],
            "name": entity["name"],
            "type": entity["type"],
            "as_of": iso(moment.as_of) if moment.as_of else None,
            "state": {
                field_name(reading["field"], reading["key"]): {
                    "value": reading["after"] or "",
                    "since": reading["at"],
                    "meeting_id": reading["meeting_id"],
                    "quote": reading["quote"],
                    "speaker": reading["speaker"],
                }
                for reading in states[entity["id"]]
            },
            "relations": [
                {
                    "source": relation["source"],
                    "type": relation["type"],
                    "target": relation["target"],
                    "since": relation["since"],
                    "meeting_id": relation["meeting_id"],
                    "quote": relation["quote"],
                    "speaker": relation["speaker"],
                }
                for relation in held
                if entity["id"] in (relation["source_id"], relation["target_id"])
            ],
        }
        for entity in entities
    ]


def _transition(row: Row) -> TransitionReading:
    return cast(TransitionReading, {**row, "at": iso(row["at"]), "date": iso(row["date"])})


def _observation(row: Row) -> Observation:
    return Observation(
        id=row["id"],
        entity_id=row["entity_id"],
        field=row["field"],
        key=row["key"],
        op=row["op"],
        value=row["value"],
        normalised=row["value_entity_id"] or row["normalised"],
        stance=row["stance"],
        meeting_id=row["meeting_id"],
        meeting_date=row["meeting_date"],
        at=row["at"],
        utterance=row["utterance"],
        sequence=row["sequence"],
        speaker=row["speaker"],
        quote=row["quote"],
        by_human=row["by_human"],
        corrects=row["corrects"],
        decision=row["decision"],
    )
