"""What folding makes of observations: states, transitions, and how far each series is folded."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypedDict, cast

from psycopg.types.json import Jsonb

from stores.database import Connection, Database, fetch, write_many
from stores.queries import queries
from stores.records import StateValue, Transition

_SQL = queries("folding")


class HeadRow(TypedDict):
    """How far the series of an entity's field and key is folded.

    Attributes:
        last_observation_id: the last of the series, of a meeting of `last_date`.
        standing: the observations that its value, or its items, stand on.
        is_plain: whether it can be gone on from there.
    """

    entity_id: str
    field: str
    key: str
    last_observation_id: str
    last_date: datetime
    standing: list[str]
    is_plain: bool


async def heads_of(connection: Connection, scope: str, entities: Collection[str]) -> list[HeadRow]:
    """How far the series of these entities are folded; none of those folded by an earlier release."""
    rows = await fetch(connection, _SQL["heads"], {"workspace_id": scope, "entities": list(entities)})
    return [cast(HeadRow, row) for row in rows]


async def all_workspaces(database: Database) -> dict[str, str]:
    """The names of all workspaces, by id."""
    return {row["id"]: row["name"] for row in await database.rows(_SQL["workspaces"])}


async def all_entities(connection: Connection, scope: str) -> dict[str, str]:
    """The names of all entities of a workspace, retracted ones included, by id."""
    rows = await fetch(connection, _SQL["all_entities"], {"workspace_id": scope})
    return {row["id"]: row["name"] for row in rows}


async def history_of(
    connection: Connection, scope: str, entities: Collection[str]
) -> tuple[list[StateValue], list[Transition]]:
    """The states and transitions of these entities as they stand."""
    place = {"workspace_id": scope, "entities": list(entities)}
    states = [
        StateValue(**cast(dict[str, Any], row)) for row in await fetch(connection, _SQL["states"], place)
    ]
    rows = await fetch(connection, _SQL["transitions"], place)
    return states, [Transition(**cast(dict[str, Any], row)) for row in rows]


async def replace_history(
    connection: Connection,
    scope: str,
    entities: Collection[str],
    states: Iterable[StateValue],
    transitions: Iterable[Transition],
    heads: Iterable[HeadRow],
) -> None:
    """Write the states and transitions of these entities anew."""
    place = {"workspace_id": scope, "entities": list(entities)}
    await fetch(connection, _SQL["clear_states"], place)
    await fetch(connection, _SQL["clear_transitions"], place)
    await fetch(connection, _SQL["clear_heads"], place)
    await _write(connection, scope, states, transitions, heads)


async def continue_history(
    connection: Connection,
    scope: str,
    states: Iterable[StateValue],
    transitions: Iterable[Transition],
    heads: Iterable[HeadRow],
) -> None:
    """Put these states and heads in the place of those of the same series, and add these transitions."""
    places = [head | {"workspace_id": scope} for head in heads]
    await write_many(connection, _SQL["clear_standing"], places)
    await _write(connection, scope, states, transitions, heads)


async def _write(
    connection: Connection,
    scope: str,
    states: Iterable[StateValue],
    transitions: Iterable[Transition],
    heads: Iterable[HeadRow],
) -> None:
    def rows(items: Iterable[StateValue] | Iterable[Transition]) -> list[dict[str, Any]]:
        made = [{**asdict(item), "workspace_id": scope} for item in items]
        for row in made:
            row["normalised"] = None if row["normalised"] is None else Jsonb(row["normalised"])
        return made

    await write_many(connection, _SQL["insert_state"], rows(states))
    await write_many(connection, _SQL["insert_transition"], rows(transitions))
    await write_many(connection, _SQL["put_head"], [head | {"workspace_id": scope} for head in heads])
