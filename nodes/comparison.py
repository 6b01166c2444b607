"""What both judges of a batch share: reading it, and staging verdicts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from nodes.matching import Pair, verdict_row
from stores import sources
from stores.opening import Stores
from stores.records import Observation, Verdict


async def read_batch(stores: Stores, scope: str, source_id: str, batch: str) -> dict[str, Pair]:
    """The pairs of a batch by id."""
    staged = (await sources.read_items(stores.database, scope, source_id, "batch"))[batch]
    return {
        pair["pair_id"]: (_observation(pair["before"]), _observation(pair["after"]))
        for pair in staged["pairs"]
    }


async def stage_verdicts(
    stores: Stores,
    scope: str,
    source_id: str,
    judged: Iterable[tuple[Pair, Verdict]],
    *,
    model: str | None = None,
    prompt_version: str | None = None,
) -> None:
    """Stage verdicts under their pairs' ids; the first verdict on a pair stays.

    Args:
        model: the model that gave those that are a model's, and `prompt_version` of what it was told.
    """
    rows = {
        verdict.pair_id: dict(verdict_row(*pair, verdict, model=model, prompt_version=prompt_version))
        for pair, verdict in judged
    }
    await sources.put_items(stores.database, scope, source_id, "verdict", rows)


def _observation(staged: dict[str, Any]) -> Observation:
    plain: dict[str, Any] = dict(staged)
    for name in ("meeting_date", "at"):
        plain[name] = datetime.fromisoformat(staged[name])
    return Observation(**plain)
