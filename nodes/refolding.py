"""Folding the histories of some entities again, from their observations as they now stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from nodes.fold import History, fold
from nodes.matching import Pair, judged_pairs, verdict_row
from nodes.profiles.current import settle_profile
from nodes.profiles.profile import Profile
from nodes.verdicts import by_fallback
from stores import knowledge
from stores.database import Connection
from stores.knowledge import VerdictRow
from stores.records import Verdict


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
) -> Refolded:
    """Name, type and fold these entities anew; to be called under the workspace's lock.

    Args:
        touched: entities of which observations or links have changed.
        judged: verdicts that are staged, by pair id; an open pair without one is judged by its wording.
    """
    await knowledge.refresh_entities(connection, scope, touched)
    observations = await knowledge.observations_of(connection, scope, touched)
    profile = await settle_profile(connection, scope)
    verdicts, open_pairs = await judged_pairs(connection, scope, profile, observations)
    new = _verdicts(profile, open_pairs, judged or {})
    await knowledge.insert_verdicts(connection, scope, profile.version, new)
    history = fold(profile, observations, {**verdicts, **{row["pair_id"]: _verdict(row) for row in new}})
    await knowledge.replace_history(connection, scope, touched, history.states, history.transitions)
    return Refolded(history, new)


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
