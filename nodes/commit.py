"""commit: make the meeting visible, all at once, and fold the histories that it touches."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from langgraph.runtime import Runtime

from nodes.context import Context, hold_the_thread
from nodes.failures import failures
from nodes.hand.copying import is_put_right, make_as_decided
from nodes.hand.deciding import Desk
from nodes.hand.pairs import keep_pairs
from nodes.hand.reviewing import write_staged
from nodes.ingest_state import Committed, Recheck, Resolved, check_workspace
from nodes.known import end_run, known_output
from nodes.matching import (
    Reading,
    brings_new_people,
    match,
    read_readings,
    relink_bare_named,
    relink_bare_names,
    relink_names,
    touched_entities,
)
from nodes.outcome import Outcome, output_of, result_of
from nodes.profiles.current import profile_in
from nodes.rechecking import moves, still_grey, wording_decides
from nodes.refolding import Grown, refold
from nodes.resolution import GreyPair, relink
from nodes.settling import give_up, nothing_to_gain, settle_pairs
from nodes.summary import summary_by_rule
from stores import knowledge, ledger, meetings, naming, rechecks, runs, sources, workspaces
from stores.knowledge import Resolution, SummaryRow
from stores.opening import Stores, open_stores
from stores.records import Source
from stores.reindexing import hold_model

_AS_MANY = 2_000  # utterances and names: more than a day of meetings has
ROUNDS = 2  # how often a run matches again because others committed; then it decides under the lock


async def commit(state: Resolved, runtime: Runtime[Context]) -> dict[str, Any]:
    """Write the version in one transaction under the workspace's lock.

    When others have committed since resolve, nothing is written and the run matches again, at most ROUNDS
    times; after that it matches under the lock, where only rules decide. When one of them committed this
    very version, the run comes back and ends.

    A recheck ends here too: its version replaces the degraded one, unless the model has failed again at all
    that was to be done, or somebody has replaced that version meanwhile; and verdicts alone add no version.
    """
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    scope, source_id = state["scope"], state["source_id"]
    done = await meetings.version_result(stores.database, scope, source_id)
    if done is not None:
        ended = await end_run(stores, scope, state["run_id"], source_id, done["result"])
        # by this run just before a kill, or by another that read the same content
        output = known_output if ended else output_of
        return {"overtaken": False} | output(done["meeting_id"], done["result"])
    await hold_the_thread(runtime)
    again = state.get("recheck")
    if again is not None and again["version_id"] is None:
        return {"overtaken": False} | await settle_pairs(stores, state)
    work = await _staged(stores, scope, source_id, again)
    if again is not None and await nothing_to_gain(stores, state, again, work.source, work.reading):
        return {"overtaken": False} | await give_up(stores, state, work.source, work.failed)
    committed = await _committed(stores, state, work)
    if committed is None:
        return {"overtaken": True, "rounds": state["rounds"] + 1}
    result, moved = committed
    runtime.stream_writer({"stage": "commit", "done": 1, "total": 1})
    return {"overtaken": False, "moved": moved} | output_of(work.source.meeting_id, result)


def after_commit(state: Committed) -> Literal["resolve", "done"]:
    """Match again when others have committed meanwhile."""
    return "resolve" if state["overtaken"] else "done"


@dataclass(frozen=True, slots=True)
class _Work:
    """All that is staged of a version; `matched` rests on the revision that `resolve` saw."""

    source: Source
    reading: Reading
    resolution: Resolution
    grey: Sequence[GreyPair]
    decided: Mapping[str, Any]
    apart: Mapping[str, Any]
    by_hand: Mapping[str, Any]
    failed: Mapping[tuple[str, str], str]
    judged: Mapping[str, Any]
    summary: SummaryRow | None
    again: Recheck | None


async def _staged(stores: Stores, scope: str, source_id: str, again: Recheck | None) -> _Work:
    place = (stores.database, scope, source_id)
    told = await sources.read_item(*place, "summary", "meeting")
    matched = (await sources.read_items(*place, "resolution"))["current"]
    return _Work(
        source=await sources.read_source(*place),
        reading=await read_readings(stores, scope, source_id),
        resolution=matched["resolution"],
        grey=matched["grey"],
        decided=await sources.read_items(*place, "link"),
        apart=await sources.read_items(*place, "apart"),
        by_hand=await sources.read_items(*place, "decision"),
        failed=await failures(stores, scope, source_id),
        judged=await sources.read_items(*place, "verdict"),
        summary=SummaryRow(**told) if told else None,
        again=again,
    )


async def _committed(
    stores: Stores, state: Resolved, work: _Work
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Write everything; gives what the run says, and what recheck moved, which is not kept.

    None, and nothing written, when the run must match again.
    """
    scope, source, again = state["scope"], work.source, work.again
    settled = {*work.decided, *work.apart}
    async with stores.database.transaction() as connection:
        moved = await workspaces.lock_workspace(connection, scope) != state["revision"]
        await hold_model(connection, stores.embedding)
        current = await knowledge.current_version(connection, scope, source.meeting_id)
        outdated = again is not None and current != again["version_id"]
        is_done = await knowledge.is_version(connection, scope, source.id)
        if is_done or outdated or (moved and state["rounds"] < ROUNDS):
            return None
        await sources.check_staged(connection, scope, source.id)
        if moved:
            matched = await match(connection, scope, source, work.reading)
            grey = matched.grey if again is None else still_grey(again, matched, settled)
            work = replace(work, resolution=matched.resolution, grey=grey)
        open_pairs = [
            pair
            for pair in work.grey
            if pair["mention_id"] not in settled
            and f"{pair['mention_id']} {pair['entity_id']}" not in work.by_hand
        ]
        desk = Desk(stores.database, connection, scope, await profile_in(connection, scope))
        outcome, changed = await _write(desk, replace(work, grey=open_pairs))
        usage = asdict(await ledger.usage_of(connection, scope, state["run_id"]))
        result = result_of(source, outcome, usage, work.failed, again)
        await knowledge.set_result(connection, scope, source.id, result)
        current = await knowledge.current_version(connection, scope, source.meeting_id)
        if current is not None and current != source.id:  # as people have put it right
            await knowledge.set_result(connection, scope, current, result)
        if result["status"] == "degraded":
            await rechecks.keep_items(connection, scope, source.id)
        await runs.finish(connection, scope, state["run_id"], source.id, result)
        await sources.clear(connection, scope, source.id)
        await workspaces.take_statistics(connection, state["revision"] + 1)
        await workspaces.advance_workspace(connection, scope)
    return result, changed


async def _write(desk: Desk, work: _Work) -> tuple[Outcome, list[dict[str, Any]]]:
    """Write everything and fold what it touches; the observations are read back as they now stand."""
    connection, scope = desk.connection, desk.scope
    source, again = work.source, work.again
    resolution = relink(work.resolution, work.decided)
    touched = await touched_entities(connection, scope, source, resolution)
    known_before = await naming.existing(connection, scope, touched)
    replaced = await knowledge.current_version(connection, scope, source.meeting_id)
    if replaced is not None:
        await knowledge.retract_version(connection, scope, replaced)
    await knowledge.insert_version(connection, scope, source)
    await knowledge.insert_resolution(connection, scope, source.id, resolution)
    if len(source.utterances) + len(resolution["mentions"]) > _AS_MANY:
        await workspaces.take_all_statistics(connection)
    told = work.summary or summary_by_rule(resolution["mentions"])
    await knowledge.insert_summary(connection, scope, source.id, told)
    put_right = await is_put_right(desk, source.meeting_id)
    if put_right:
        touched |= await make_as_decided(desk, source.meeting_id)
    names = await naming.names_of_meetings(connection, scope, [source.meeting_id])
    by_hand, refused = await write_staged(desk, work.by_hand.values())
    names |= by_hand
    moved = await relink_names(connection, scope, names)
    if replaced is not None or await brings_new_people(connection, scope, source):
        moved |= await relink_bare_names(connection, scope, source)
    moved |= await relink_bare_named(connection, scope, by_hand)
    touched |= moved
    settled = {*work.decided, *work.apart}
    await keep_pairs(connection, scope, source.meeting_id, work.grey, resolution, settled)
    before = await rechecks.states_of(connection, scope, touched) if again is not None else []
    if replaced is None and not by_hand and not put_right:
        added = Grown(source.id, [row["id"] for row in resolution["observations"]])
        folded = await refold(connection, scope, moved, work.judged, grown=added)
    else:
        folded = await refold(connection, scope, touched, work.judged)
    fallbacks = sum(row["decided_by"] == "fallback" for row in folded.verdicts)
    changed: list[dict[str, Any]] = []
    if again is not None:
        changed = moves(before, await rechecks.states_of(connection, scope, touched))
        fallbacks = len(await wording_decides(connection, scope, source.meeting_id))
    outcome = Outcome(
        reading=work.reading,
        resolution=resolution,
        grey=work.grey,
        history=folded.history,
        known_before=known_before,
        replaced=replaced,
        fallbacks=fallbacks,
        refused=refused,
    )
    return outcome, changed
