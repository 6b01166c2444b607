"""What people decided by hand: numbered, signed, dated, with the words that say so, and taken back again.

Functions take a connection, so that a decision shares the transaction and the lock of what it changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

from psycopg.types.json import Jsonb

from stores.database import Connection, Row, fetch, write_many
from stores.ids import derived_id
from stores.queries import queries

_SQL = queries("decisions")
_MOST_ALIKE = 10  # names that resemble a name in one way
Kind = Literal["state", "date", "speaker", "name", "type", "merge", "split", "apart"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        number: what people call it by, in the order of deciding.
        version_id: of the words that say so, a version of the meeting `meeting_id` of kind correction.
        series: in which its bare first names are known.
        date: from when it holds, in meeting time; without `date_has_time` all of that day.
        told: what was decided, in words.
        details: the same for programs; depends on the kind.
        by: who decided it.
        retracted_at: when it was undone, by `retracted_by`; None where it is in force.
    """

    number: int
    kind: Kind
    version_id: str
    meeting_id: str
    series: str | None
    date: datetime
    date_has_time: bool
    told: str
    details: Mapping[str, Any]
    by: str
    recorded_at: datetime
    retracted_at: datetime | None
    retracted_by: str | None


class PairRow(TypedDict):
    """Two names that look alike; score from 0 to 1."""

    name: str
    normalised: str
    type: str
    other_name: str
    other_normalised: str
    other_type: str
    score: float


async def next_number(connection: Connection, scope: str) -> int:
    """The number of the decision to be made; under the workspace's lock."""
    return int((await fetch(connection, _SQL["next_number"], {"workspace_id": scope}))[0]["number"])


async def insert(
    connection: Connection,
    scope: str,
    *,
    number: int,
    kind: Kind,
    version_id: str,
    details: Mapping[str, Any],
    by: str,
) -> None:
    """Write a decision, whose words are a version already."""
    row = {
        "workspace_id": scope,
        "id": derived_id("decision", scope, number),
        "number": number,
        "kind": kind,
        "version_id": version_id,
        "details": Jsonb(dict(details)),
        "decided_by": by,
    }
    await fetch(connection, _SQL["insert_decision"], row)


async def in_force(connection: Connection, scope: str) -> list[Decision]:
    """The decisions that nobody has undone, in their order."""
    return await _decisions(connection, scope, undone=False)


async def all_of(connection: Connection, scope: str, number: int | None = None) -> list[Decision]:
    """All decisions, undone ones too, in their order; or the one with a number."""
    return await _decisions(connection, scope, undone=True, number=number)


async def retract(connection: Connection, scope: str, number: int, by: str) -> None:
    """Note that a decision is undone; its words are taken back by `knowledge.retract_version`."""
    row = {"workspace_id": scope, "number": number, "by": by}
    await fetch(connection, _SQL["retract_decision"], row)


async def place_observations(connection: Connection, scope: str, version_id: str, meeting_id: str) -> None:
    """Let what a correction says stand in the place of what a meeting said."""
    row = {"workspace_id": scope, "version_id": version_id, "meeting_id": meeting_id}
    await fetch(connection, _SQL["place_observations"], row)


async def names_of_entity(connection: Connection, scope: str, entity_id: str) -> list[Row]:
    """The names that mean an entity, its own first, then the most used: name, type, the series and key of a
    meeting that uses it, and is_said: whether anything but a correction has it."""
    return await fetch(connection, _SQL["names_of_entity"], {"workspace_id": scope, "entity_id": entity_id})


async def meetings_called(connection: Connection, scope: str, name: str) -> list[Row]:
    """The current meetings that an id, a key or a title names: id, key, title, series, date, date_has_time,
    version_id."""
    return await fetch(connection, _SQL["meetings_called"], {"workspace_id": scope, "name": name})


async def states_of_field(connection: Connection, scope: str, entity_id: str, field: str) -> list[Row]:
    """The current values of a field of an entity: key, value, version_id of the words that say so."""
    row = {"workspace_id": scope, "entity_id": entity_id, "field": field}
    return await fetch(connection, _SQL["states_of_field"], row)


async def hide_aliases(connection: Connection, scope: str, aliases: Iterable[Row]) -> None:
    """Take back names that meetings gave to things: version_id, normalised, bearer of each."""
    rows = [
        {name: row[name] for name in ("version_id", "normalised", "bearer")} | {"workspace_id": scope}
        for row in aliases
    ]
    await write_many(connection, _SQL["hide_alias"], rows)


async def restore_aliases(connection: Connection, scope: str, names: Iterable[str]) -> None:
    """Let these normalised names be again what current meetings gave them to."""
    await fetch(connection, _SQL["restore_aliases"], {"workspace_id": scope, "names": list(names)})


async def insert_pairs(connection: Connection, scope: str, meeting_id: str, pairs: Iterable[PairRow]) -> None:
    """Keep names of a meeting that look alike, for a person to decide; a pair that is kept stays as it is."""
    rows = [
        {**pair, "workspace_id": scope, "meeting_id": meeting_id, "id": _pair_id(scope, pair)}
        for pair in pairs
    ]
    await write_many(connection, _SQL["insert_pair"], rows)


async def names_alike(connection: Connection, scope: str, meeting_id: str, names: Iterable[str]) -> list[Row]:
    """For those of a meeting's normalised names that no other meeting has, the current names of things that
    resemble them: normalised, entity_id, type, name, alias (normalised), score from 0 to 1."""
    row = {"workspace_id": scope, "meeting_id": meeting_id, "names": list(names), "most": _MOST_ALIKE}
    return await fetch(connection, _SQL["names_alike"], row)


async def pairs(connection: Connection, scope: str) -> list[Row]:
    """Names that look alike and mean two things now, decided on or not, the likeliest first: id; name, type,
    entity_id and entity; other_name, other_type, other_entity_id and other_entity; score, meeting_id, title,
    date."""
    return await fetch(connection, _SQL["pairs"], {"workspace_id": scope})


async def vanished(connection: Connection, scope: str) -> list[Row]:
    """The decisions about a meeting or a name that is nowhere any more: number, meeting_id of their words,
    details."""
    return await fetch(connection, _SQL["vanished"], {"workspace_id": scope})


async def rehome_pairs(connection: Connection, scope: str, meetings: Iterable[str]) -> None:
    """Let pairs of names be of other meetings that use the name, before these are forgotten."""
    await fetch(connection, _SQL["rehome_pairs"], {"workspace_id": scope, "meetings": list(meetings)})


async def delete_vanished_pairs(connection: Connection, scope: str) -> None:
    """Forget the pairs of which a name is nowhere any more."""
    await fetch(connection, _SQL["delete_vanished_pairs"], {"workspace_id": scope})


def _pair_id(scope: str, pair: PairRow) -> str:
    sides = sorted((pair["normalised"], pair["other_normalised"]))
    return derived_id("pair", scope, *sides)


async def _decisions(
    connection: Connection, scope: str, *, undone: bool, number: int | None = None
) -> list[Decision]:
    parameters = {"workspace_id": scope, "undone": undone, "number": number}
    return [Decision(**row) for row in await fetch(connection, _SQL["decisions"], parameters)]
