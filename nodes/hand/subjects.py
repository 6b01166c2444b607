"""What a person means by the name that a decision is about: an entity, or a meeting, of this workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from nodes.errors import InputError
from nodes.names import normalised_name
from stores import decisions, readings
from stores.database import Connection, Database, Row
from stores.errors import NotFoundError
from stores.ids import is_id

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity that a decision is about.

    Attributes:
        given: the name by which it was asked for; its own where an id was given.
        names: by which meetings mention it, each with a type and a series, its own first.
    """

    id: str
    name: str
    type: str
    given: str
    names: Sequence[Row]


async def entity_called(database: Database, connection: Connection, scope: str, name: str) -> Subject:
    """The one current entity that bears a name or has an id.

    Raises:
        NotFoundError: none does; the message says who nearly does.
        InputError: several do.
    """
    if is_id(name):
        rows = await readings.entities(database, scope, ids=[name])
        found = {row["id"]: (row["name"], row["type"]) for row in rows}
        nearly: list[str] = []
    else:
        looked = await readings.lookup(database, scope, normalised_name(name))
        found = {one.id: (one.name, one.type) for one in looked.bearers}
        nearly = list(dict.fromkeys(one.name for one in looked.suggestions))
    if not found:
        hint = (
            f"did you mean: {', '.join(nearly)}?" if nearly else "`smart-meet entities` lists what is known"
        )
        raise NotFoundError(f'nothing is called "{name}" in this workspace; {hint}')
    if len(found) > 1:
        which = ", ".join(
            f"{called} ({type}, {id})" for id, (called, type) in list(found.items())[:_MOST_SHOWN]
        )
        raise InputError(f'"{name}" may be {which}: give the id')
    ((id, (called, type)),) = found.items()
    names = await decisions.names_of_entity(connection, scope, id)
    return Subject(id, called, type, called if is_id(name) else name, names)


async def meeting_called(connection: Connection, scope: str, name: str) -> Row:
    """The one current meeting that an id, a key or a title names: id, key, title, series, date,
    date_has_time, version_id.

    Raises:
        NotFoundError: none.
        InputError: several bear the title.
    """
    found = await decisions.meetings_called(connection, scope, name)
    if not found:
        raise NotFoundError(f'no meeting "{name}" in this workspace; `smart-meet meetings --json` lists them')
    if len(found) > 1:
        which = "; ".join(f"{row['date']:%Y-%m-%d}: {row['id']}" for row in found[:_MOST_SHOWN])
        raise InputError(f'"{name}" is the title of {len(found)} meetings: give the id of one ({which})')
    return found[0]
