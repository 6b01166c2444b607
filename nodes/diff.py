"""diff: find the neighbouring values that no rule and no earlier verdict compares."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Send

from nodes.comparison import stage_verdicts
from nodes.context import Context, context_of
from nodes.ingest_state import Batched, BatchTask, Resolved, check_workspace
from nodes.kept_verdicts import kept_verdicts
from nodes.matching import Pair, ahead, unclear_pairs
from nodes.profiles.current import profile_in
from nodes.profiles.profile import Profile
from nodes.prompts import COMPARE
from nodes.rechecking import pairs_by_fallback
from nodes.resolution import relink
from stores import knowledge, sources
from stores.chat import configured_model
from stores.ledger import Piece, enter
from stores.opening import Stores, open_stores
from stores.records import Spent


async def diff(state: Resolved, runtime: Runtime[Context]) -> dict[str, Any]:
    """Stage what a model said before, and the pairs left to judge in batches, each under its own id."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    profile, unclear = await _unclear(stores, state)
    for pair in await sources.read_items(*place, "verdict"):  # of a round before others committed
        unclear.pop(pair, None)
    kept = await kept_verdicts(stores, state["scope"], profile.version, unclear)
    if kept:
        said = [(unclear.pop(pair), verdict) for pair, verdict in kept.items()]
        told = {"model": configured_model(), "prompt_version": COMPARE.version}
        await stage_verdicts(stores, state["scope"], state["source_id"], said, **told)
        piece = Piece(state["scope"], state["source_id"], state["run_id"], "compare", "kept verdicts")
        await enter(stores.database, piece, f"r{state['rounds']}", told["model"], Spent(), cached=len(kept))
    open_pairs = await _unjudged(stores, state, profile, unclear)
    batches = _batches(open_pairs, f"r{state['rounds']}", context_of(runtime).compare_batch_size)
    await sources.put_items(*place, "batch", batches, replace=True)
    runtime.stream_writer({"stage": "compare", "done": 0, "total": len(open_pairs)})
    return {"batches": list(batches)}


async def _unclear(stores: Stores, state: Resolved) -> tuple[Profile, dict[str, Pair]]:
    """The neighbours that no rule decides; for recheck those on which a fallback did."""
    again = state.get("recheck")
    if again is not None and again["version_id"] is None:
        async with stores.database.transaction() as connection:
            profile = await profile_in(connection, state["scope"])
            in_use = await pairs_by_fallback(connection, state["scope"])
        return profile, {pair: values[0] for pair, values in in_use.items()}
    place = (stores.database, state["scope"], state["source_id"])
    source = await sources.read_source(*place)
    staged = (await sources.read_items(*place, "resolution"))["current"]["resolution"]
    resolution = relink(staged, await sources.read_items(*place, "link"))
    async with stores.database.transaction() as connection:
        profile = await profile_in(connection, state["scope"])
        work = await ahead(connection, state["scope"], profile, source, resolution)
    return profile, unclear_pairs(profile, work)


async def _unjudged(
    stores: Stores, state: Resolved, profile: Profile, pairs: Mapping[str, Pair]
) -> dict[str, Pair]:
    """Those of the pairs on which there is no verdict; a fallback's is none for recheck."""
    again = state.get("recheck")
    if again is not None and again["version_id"] is None:
        return dict(pairs)
    async with stores.database.transaction() as connection:
        known = await knowledge.verdicts(connection, state["scope"], profile.version, list(pairs))
    return {pair: values for pair, values in pairs.items() if pair not in known}


def to_batches(state: Batched) -> list[Send | str]:
    """One judge for every batch; with nothing to judge straight to commit."""
    judges = [
        Send(
            "compare",
            BatchTask(
                workspace=state["workspace"],
                scope=state["scope"],
                run_id=state["run_id"],
                source_id=state["source_id"],
                batch=batch,
            ),
        )
        for batch in state["batches"]
    ]
    return [*judges] or ["commit"]  # an empty list would end the run without a word


def _batches(open_pairs: Mapping[str, Pair], prefix: str, size: int) -> dict[str, dict[str, Any]]:
    waiting = iter(sorted(open_pairs.items()))
    batches: dict[str, dict[str, Any]] = {}
    while portion := list(islice(waiting, max(1, size))):
        batches[f"{prefix}-{len(batches):04d}"] = {
            "pairs": [
                {"pair_id": pair_id, "before": _plain(asdict(before)), "after": _plain(asdict(after))}
                for pair_id, (before, after) in portion
            ]
        }
    return batches


def _plain(observation: dict[str, Any]) -> dict[str, Any]:
    dates = {name: observation[name].isoformat() for name in ("meeting_date", "at")}
    return observation | dates
