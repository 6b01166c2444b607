"""Folding the histories of some entities again, from their observations as they now stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from nodes.appending import Anchors, Appended, fitting, last_observations
from nodes.fold import History, fold
from nodes.matching import Pair, judged_pairs, verdict_row
from nodes.profiles.current import settle_profile
from nodes.profiles.profile import Profile
from nodes.verdicts import by_fallback
from stores import forgetting, knowledge
from stores.database import Connection
from stores.knowledge import VerdictRow
from stores.records import Observation, Verdict


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
    appended: Appended | None = None,
) -> Refolded:
    """Name, type and fold these entities anew; to be called under the workspace's lock.

    Args:
        touched: entities of which observations or links have changed.
        judged: verdicts that are staged, by pair id; an open pair without one is judged by its wording.
        appended: the version that has changed them, and the entities whose histories it only goes on with;
            nothing but its own observations is folded on those.
    """
    renamed = await knowledge.refresh_entities(connection, scope, touched)
    # an owner is shown by name in the history of what is owned
    told_by_name = await forgetting.told_of(connection, scope, renamed) if renamed else set[str]()
    touched = {*touched, *told_by_name}
    profile = await settle_profile(connection, scope)
    anchors: Anchors = {}
    added: list[Observation] = []
    if appended is not None:
        anchors = {one: places for one, places in appended.anchors.items() if one not in told_by_name}
        new = await knowledge.observations_in(connection, scope, anchors, appended.version_id)
        anchors = fitting(profile, anchors, new)
        added = [one for one in new if one.entity_id in anchors]
    whole = touched - anchors.keys()
    observations = [*await knowledge.observations_of(connection, scope, whole), *added]
    compared = [*observations, *last_observations(anchors)]
    verdicts, open_pairs = await judged_pairs(connection, scope, profile, compared)
    new_verdicts = _verdicts(profile, open_pairs, judged or {})
    await knowledge.insert_verdicts(connection, scope, profile.version, new_verdicts)
    verdicts |= {row["pair_id"]: _verdict(row) for row in new_verdicts}
    places = {place: anchor for entity in anchors.values() for place, anchor in entity.items()}
    history = fold(profile, observations, verdicts, places)
    await knowledge.replace_history(
        connection, scope, touched, history.states, history.transitions, gone_on_with=anchors.keys()
    )
    return Refolded(history, new_verdicts)


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
