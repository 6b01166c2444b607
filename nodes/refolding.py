"""Folding the histories of some entities again, from their observations as they now stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from nodes.fold import History, fold
from nodes.matching import Pair, judged_pairs, verdict_row
from nodes.profiles.current import profile_in, settle_profile
from nodes.profiles.profile import Profile
from nodes.unfolded import Unfolded, head_rows, unfolded
from nodes.verdicts import by_fallback
from stores import folding, knowledge
from stores.database import Connection
from stores.knowledge import VerdictRow
from stores.records import Observation, Verdict


@dataclass(frozen=True, slots=True)
class Grown:
    """A meeting version that adds to entities, and the ids of the observations that it adds."""

    version_id: str
    observations: Collection[str]


@dataclass(frozen=True, slots=True)
class Refolded:
    """The histories that were written, and the verdicts that they needed and nobody had given before."""

    history: History
    verdicts: list[VerdictRow]


async def refold(
    connection: Connection,
    scope: str,
    touched: Collection[str],
    judged: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    grown: Grown | None = None,
) -> Refolded:
    """Name, type and fold these entities anew; to be called under the workspace's lock.

    Args:
        touched: entities of which observations or links have changed.
        judged: verdicts that are staged, by pair id; an open pair without one is judged by its wording.
        grown: what a meeting adds to entities of which nothing else has changed.
    """
    named = set(touched)
    if grown is not None:
        named |= await knowledge.called_otherwise(connection, scope, grown.version_id)
    renamed = await knowledge.refresh_entities(connection, scope, named)
    touched = {*touched, *await knowledge.entities_valued(connection, scope, renamed)}  # they show the names
    profile = await settle_profile(connection, scope)
    new: list[Observation] = []
    if grown is not None:
        new = await knowledge.observations_of(connection, scope, [], ids=grown.observations)
    work = await unfolded(connection, scope, profile, new, anew=touched)
    verdicts, open_pairs = await judged_pairs(connection, scope, profile, work)
    given = _verdicts(profile, open_pairs, judged or {})
    await knowledge.insert_verdicts(connection, scope, profile.version, given)
    judgements = {**verdicts, **{row["pair_id"]: _verdict(row) for row in given}}
    history = fold(profile, work.observations, judgements, work.heads)
    await _write(connection, scope, work, history)
    return Refolded(history, given)


async def fresh(connection: Connection, scope: str, entities: Collection[str]) -> History:
    """What the observations of these entities come to, folded from the beginning; writes nothing."""
    profile = await profile_in(connection, scope)
    work = await unfolded(connection, scope, profile, [], anew=entities)
    verdicts, open_pairs = await judged_pairs(connection, scope, profile, work)
    given = {row["pair_id"]: _verdict(row) for row in _verdicts(profile, open_pairs, {})}
    return fold(profile, work.observations, {**verdicts, **given})


async def _write(connection: Connection, scope: str, work: Unfolded, history: History) -> None:
    """Write the histories that begin anew, and add to those that go on."""
    of_anew, going_on = _parts(history, work.anew)
    rows = (of_anew.states, of_anew.transitions, head_rows(of_anew.heads))
    await folding.replace_history(connection, scope, work.anew, *rows)
    rows = (going_on.states, going_on.transitions, head_rows(going_on.heads))
    await folding.continue_history(connection, scope, *rows)


def _parts(history: History, entities: Collection[str]) -> tuple[History, History]:
    """The part of a history that is of these entities, and the rest."""

    def part(inside: bool) -> History:
        return History(
            [one for one in history.states if (one.entity_id in entities) == inside],
            [one for one in history.transitions if (one.entity_id in entities) == inside],
            {place: head for place, head in history.heads.items() if (place[0] in entities) == inside},
        )

    return part(True), part(False)


def _verdicts(
    profile: Profile, open_pairs: Mapping[str, Pair], judged: Mapping[str, Mapping[str, Any]]
) -> list[VerdictRow]:
    """The staged verdicts on what is open; a pair that nobody judged is judged by its wording."""
    rows: list[VerdictRow] = []
    for pair_id, pair in open_pairs.items():
        staged = judged.get(pair_id)
        rows.append(VerdictRow(**staged) if staged else verdict_row(*pair, by_fallback(profile, *pair)))
    return rows


def _verdict(row: VerdictRow) -> Verdict:
    decided_by = row["decided_by"]
    return Verdict(row["pair_id"], row["differs"], row["reason"], decided_by)  # pyright: ignore[reportArgumentType]  # staged from a checked verdict
