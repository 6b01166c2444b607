"""How a piece of recheck's work ends that adds no version: verdicts alone, or nothing gained."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from nodes.failures import failures
from nodes.ingest_state import Recheck, Resolved
from nodes.matching import Pair, Reading
from nodes.outcome import healed, only_pairs_were_wanting
from nodes.profiles.current import profile_in
from nodes.rechecking import moves, pairs_by_fallback
from nodes.refolding import refold
from stores import knowledge, ledger, rechecks, runs, sources, workspaces
from stores.database import Connection
from stores.knowledge import VerdictRow
from stores.opening import Stores
from stores.records import Source

_NO_REASON = "what the model answered could not be used"


async def nothing_to_gain(
    stores: Stores, state: Resolved, again: Recheck, source: Source, reading: Reading
) -> bool:
    """Whether the model failed again at all that was to be done, or the version is not the current one."""
    place = (stores.database, state["scope"], source.id)
    async with stores.database.transaction() as connection:
        current = await knowledge.current_version(connection, state["scope"], source.meeting_id)
    if current != again["version_id"]:
        return True
    settled = {*await sources.read_items(*place, "link"), *await sources.read_items(*place, "apart")}
    names = any(pair["mention_id"] in settled for pair in again["apart"])
    summary = again["summary"] and await sources.read_item(*place, "summary", "meeting") is not None
    wanted = again["windows"] or again["apart"] or again["summary"]
    return bool(wanted) and not names and not summary and set(again["windows"]) <= set(reading.by_rule)


async def give_up(
    stores: Stores, state: Resolved, source: Source, failed: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """End the run and leave everything as it is."""
    reason = next(iter(failed.values()), _NO_REASON)
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, state["scope"])
        told = [f"{source.title} stays degraded: {reason}"]
        return {"meeting_id": source.meeting_id} | await _end(connection, state, told, [])


async def settle_pairs(stores: Stores, state: Resolved) -> dict[str, Any]:
    """Put the model's verdicts in the place of the fallback's, and fold again what they decide."""
    scope, source_id = state["scope"], state["source_id"]
    staged = await sources.read_items(stores.database, scope, source_id, "verdict")
    judged = {pair: VerdictRow(**row) for pair, row in staged.items() if row["decided_by"] == "llm"}
    failed = await failures(stores, scope, source_id)
    moved: list[dict[str, Any]] = []
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        in_use = await pairs_by_fallback(connection, scope)
        decided = in_use.keys() & judged.keys()
        if decided:
            touched = {after.entity_id for pair in decided for _, after in in_use[pair]}
            before = await rechecks.states_of(connection, scope, touched)
            profile = await profile_in(connection, scope)
            await rechecks.retract_fallbacks(connection, scope, profile.version, decided)
            await refold(connection, scope, touched, judged)
            moved = moves(before, await rechecks.states_of(connection, scope, touched))
            await workspaces.advance_workspace(connection, scope)
        left = {pair: values for pair, values in in_use.items() if pair not in decided}
        await _heal(connection, scope, left)
        reason = next(iter(failed.values()), _NO_REASON)
        told = [f"{len(left)} pairs of values are still compared by their wording: {reason}"] if left else []
        return await _end(connection, state, told, moved)


async def _heal(connection: Connection, scope: str, left: Mapping[str, Sequence[Pair]]) -> None:
    """Lift what only those pairs had degraded, where none is left."""
    wanting = {one.meeting_id for pairs in left.values() for pair in pairs for one in pair}
    for version in await rechecks.degraded_results(connection, scope):
        if version["meeting_id"] not in wanting and only_pairs_were_wanting(version["result"]):
            await knowledge.set_result(connection, scope, version["id"], healed(version["result"]))


async def _end(
    connection: Connection, state: Resolved, warnings: list[str], moved: list[dict[str, Any]]
) -> dict[str, Any]:
    scope, source_id, run_id = state["scope"], state["source_id"], state["run_id"]
    output: dict[str, Any] = {
        "status": "degraded" if warnings else "healed",
        "counts": {},
        "usage": asdict(await ledger.usage_of(connection, scope, run_id)),
        "warnings": warnings,
    }
    await runs.finish(connection, scope, run_id, source_id, output)
    await sources.clear(connection, scope, source_id)
    return output | {"moved": moved}  # not kept: it holds what was said
