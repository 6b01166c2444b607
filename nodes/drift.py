"""Whether what stands is what was observed: every history is folded from the beginning and compared.

States, transitions and heads are a pure function of observations, links and verdicts, and a commit goes on
from where they stand. Should they differ after all, they are folded again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nodes.refolding import fresh, refold
from nodes.unfolded import head_rows
from stores import folding, workspaces
from stores.archive import begin_snapshot
from stores.database import Connection, Database
from stores.folding import HeadRow
from stores.records import StateValue, Transition

_AT_ONCE = 200  # entities


@dataclass(frozen=True, slots=True)
class Drift:
    """A thing of which states, transitions or heads are not what was observed of it."""

    scope: str
    workspace: str
    entity_id: str
    name: str


async def drifted(database: Database) -> list[Drift]:
    """All such things, of every workspace, each as of one moment; changes nothing."""
    found: list[Drift] = []
    for scope, workspace in (await folding.all_workspaces(database)).items():
        async with database.transaction() as connection:
            await begin_snapshot(connection)
            names = await folding.all_entities(connection, scope)
            ids = list(names)
            for start in range(0, len(names), _AT_ONCE):
                different = await _different(connection, scope, ids[start : start + _AT_ONCE])
                found += [Drift(scope, workspace, one, names[one]) for one in different]
    return found


async def fold_again(database: Database, found: Iterable[Drift]) -> None:
    """Fold the histories of these things from the beginning, a workspace at a time."""
    entities: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        entities[one.scope].add(one.entity_id)
    for scope, touched in entities.items():
        async with database.transaction() as connection:
            await workspaces.lock_workspace(connection, scope)
            await refold(connection, scope, touched)
            await workspaces.advance_workspace(connection, scope)


async def _different(connection: Connection, scope: str, entities: Sequence[str]) -> list[str]:
    history = await fresh(connection, scope, entities)
    states, transitions = await folding.history_of(connection, scope, entities)
    expected = _by_entity(history.states, history.transitions)
    stand = _by_entity(states, transitions)
    # a series without a head is folded from the beginning when it goes on: that is no drift
    heads = {_place(row): _head(row) for row in head_rows(history.heads)}
    wrong = {
        row["entity_id"]
        for row in await folding.heads_of(connection, scope, entities)
        if heads.get(_place(row)) != _head(row)
    }
    return [one for one in entities if one in wrong or expected[one] != stand[one]]


def _by_entity(
    states: Iterable[StateValue], transitions: Iterable[Transition]
) -> defaultdict[str, list[dict[str, Any]]]:
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for state in sorted(states, key=lambda one: (one.field, one.key)):
        rows[state.entity_id].append(asdict(state))
    for transition in sorted(transitions, key=lambda one: one.id):
        rows[transition.entity_id].append(asdict(transition))
    return rows


def _place(row: HeadRow) -> tuple[str, str, str]:
    return row["entity_id"], row["field"], row["key"]


def _head(row: HeadRow) -> tuple[Any, ...]:
    return row["last_observation_id"], row["last_date"], sorted(row["standing"]), row["is_plain"]
