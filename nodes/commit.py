"""commit: make the meeting visible, all at once, and fold the histories that it touches."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context
from nodes.failures import failures
from nodes.fold import History
from nodes.ingest_state import Resolved, check_workspace
from nodes.known import end_run, known_output
from nodes.matching import (
    Matched,
    Reading,
    match,
    read_readings,
    relink_bare_names,
    touched_entities,
)
from nodes.refolding import refold
from nodes.resolution import GreyPair, relink
from stores import knowledge, meetings, runs, sources
from stores.chat import model_is_configured
from stores.database import Connection
from stores.knowledge import Resolution, VerdictRow
from stores.opening import open_stores
from stores.records import Source

ROUNDS = 2  # how often a run matches again because others committed; then it decides under the lock
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class _Outcome:
    reading: Reading
    resolution: Resolution
    verdicts: list[VerdictRow]
    grey: list[GreyPair]
    history: History
    known_before: set[str]
    replaced: str | None


async def commit(state: Resolved, runtime: Runtime[Context]) -> Command[Literal["resolve", "__end__"]]:
    """Write the version in one transaction under the workspace's lock.

    When others have committed since resolve, nothing is written and the run matches again, at most ROUNDS
    times; after that it matches under the lock, where only rules decide. When one of them committed this
    very version, the run comes back and ends.
    """
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    scope, source_id = state["scope"], state["source_id"]
    done = await meetings.version_result(stores.database, scope, source_id)
    if done is not None:
        ended = await end_run(stores, scope, state["run_id"], source_id, done["result"])
        # by this run just before a kill, or by another that read the same content
        output = known_output if ended else _output
        return Command(update=output(done["meeting_id"], done["result"]), goto="__end__")
    place = (stores.database, scope, source_id)
    source = await sources.read_source(*place)
    reading = await read_readings(stores, scope, source_id)
    staged = (await sources.read_items(*place, "resolution"))["current"]
    decided = await sources.read_items(*place, "link")
    apart = await sources.read_items(*place, "apart")
    failed = await failures(stores, scope, source_id)
    judged = await sources.read_items(*place, "verdict")
    async with stores.database.transaction() as connection:
        moved = await knowledge.lock_workspace(connection, scope) != state["revision"]
        twin = await knowledge.current_version(connection, scope, source.meeting_id) == source_id
        if twin or (moved and state["rounds"] < ROUNDS):
            return Command(update={"rounds": state["rounds"] + 1}, goto="resolve")
        matched = Matched(staged["resolution"], staged["grey"], state["revision"])
        if moved:
            matched = await match(connection, scope, source, reading)
        resolution = relink(matched.resolution, decided)
        settled = {*decided, *apart}
        grey = [pair for pair in matched.grey if pair["mention_id"] not in settled]
        outcome = await _write(connection, scope, source, reading, resolution, grey, judged)
        usage = asdict(await runs.usage_of(connection, scope, state["run_id"]))
        result = _result(source, outcome, usage, failed)
        await knowledge.set_result(connection, scope, source_id, result)
        await runs.finish(connection, scope, state["run_id"], source_id, result)
        await sources.clear(connection, scope, source_id)
        await knowledge.advance_workspace(connection, scope)
    runtime.stream_writer({"stage": "commit", "done": 1, "total": 1})
    return Command(update=_output(source.meeting_id, result), goto="__end__")


async def _write(
    connection: Connection,
    scope: str,
    source: Source,
    reading: Reading,
    resolution: Resolution,
    grey: Any,
    judged: Mapping[str, Any],
) -> _Outcome:
    """Write everything and fold what it touches; the observations are read back as they now stand."""
    touched = await touched_entities(connection, scope, source, resolution)
    known_before = await knowledge.existing(connection, scope, touched)
    replaced = await knowledge.current_version(connection, scope, source.meeting_id)
    if replaced is not None:
        await knowledge.retract_version(connection, scope, replaced)
    await knowledge.insert_version(connection, scope, source)
    await knowledge.insert_resolution(connection, scope, source.id, resolution)
    touched |= await relink_bare_names(connection, scope, source)
    folded = await refold(connection, scope, touched, judged)
    verdicts, history = folded.verdicts, folded.history
    return _Outcome(reading, resolution, verdicts, list(grey), history, known_before, replaced)


def _result(
    source: Source, outcome: _Outcome, usage: dict[str, Any], failed: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """What the ingestion says, kept with the version."""
    linked = {link["entity_id"] for link in outcome.resolution["links"]}
    changes = [
        one
        for one in outcome.history.transitions
        if one.meeting_id == source.meeting_id and not one.first_sight
    ]
    fallbacks = sum(row["decided_by"] == "fallback" for row in outcome.verdicts)
    told = _by_rule_though_configured(outcome, fallbacks, failed)
    status = "ingested" if outcome.replaced is None else "replaced"
    return {
        "status": "degraded" if told else status,
        "counts": {
            "utterances": len(source.utterances),
            "memories": outcome.reading.memories,
            "entities_new": len(linked - outcome.known_before),
            "entities_matched": len(linked & outcome.known_before),
            "observations": len(outcome.resolution["observations"]),
            "transitions": len(changes),
            "relations": len(outcome.resolution["relations"]),
            "discarded_quotes": outcome.reading.discarded,
        },
        "usage": usage | {"fallbacks": fallbacks},
        "warnings": [*source.warnings, *told, *_warnings(outcome, fallbacks)],
        "kept_apart": outcome.grey,
    }


def _by_rule_though_configured(
    outcome: _Outcome, fallbacks: int, failed: Mapping[tuple[str, str], str]
) -> list[str]:
    """What the rules had to do because the model failed; nothing where no model is configured."""
    if not model_is_configured():
        return []
    reading = outcome.reading
    pieces: list[str] = []
    windows = [window for window in reading.by_rule if ("extract", window) in failed]
    if windows:
        pieces.append(f"{len(windows)} of {len(reading.extractions)} windows were read by rule")
    if outcome.grey and ("adjudicate", "names") in failed:
        pieces.append("similar names were kept apart")
    if fallbacks:
        pieces.append(f"{fallbacks} pairs of values were compared by their wording")
    if not pieces:
        return []
    reason = next(iter(failed.values()), "what it answered could not be used for every piece")
    return [f"degraded: {', '.join(pieces)}; {reason}"]


def _warnings(outcome: _Outcome, fallbacks: int) -> list[str]:
    warnings: list[str] = []
    if outcome.reading.dropped:
        warnings.append(f"{outcome.reading.dropped} claims were dropped: they had no usable field or value")
    if outcome.reading.discarded:
        warnings.append(f"{outcome.reading.discarded} claims were discarded: their quotes were not spoken")
    if fallbacks:
        warnings.append(f"{fallbacks} pairs of values were compared by their wording alone")
    if outcome.grey:
        shown = ", ".join(f"{pair['name']} / {pair['entity']}" for pair in outcome.grey[:_EXAMPLES])
        more = ", ..." if len(outcome.grey) > _EXAMPLES else ""
        warnings.append(f"{len(outcome.grey)} names look alike and were kept apart: {shown}{more}")
    return warnings


def _output(meeting_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
    return {"meeting_id": meeting_id} | {
        name: result[name] for name in ("status", "counts", "usage", "warnings")
    }
