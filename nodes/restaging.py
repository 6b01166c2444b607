"""Staging what is committed once more, with all that a model has read and decided, to do the rest again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from nodes.extraction import statements_of
from nodes.ingest_state import Recheck
from nodes.profiles.current import profile_in
from nodes.rechecking import pairs_by_fallback
from nodes.resolution import mention_of
from nodes.windows import discussion_memories, windows
from stores import knowledge, rechecks, sources, workspaces
from stores.database import Row
from stores.ids import derived_id
from stores.opening import Stores
from stores.rechecks import Kept
from stores.records import Source

_UNTOUCHED = "ingested"


class Restaged(NamedTuple):
    """What is staged again.

    Attributes:
        source_id: under which it is staged.
        again: what is to be done.
        memories: ids of those that are committed; the others are of those who read.
    """

    source_id: str
    again: Recheck
    memories: frozenset[str] = frozenset()


async def stage_version(stores: Stores, scope: str, version: Row) -> Restaged | None:
    """Stage a degraded version again.

    None when its windows and names are all right, and only pairs of values were judged without a model.
    """
    kept = await rechecks.kept_items(stores.database, scope, version["id"])
    result: Mapping[str, Any] = version["result"]
    wanting: Mapping[str, Any] = result.get("for_recheck") or {"names": bool(result.get("kept_apart"))}
    unsaid = not kept["summary"]
    unread = [name for name, one in kept["extraction"].items() if one["made_by"] == "rule"]
    if kept["extraction"] and not unread and not unsaid and not wanting["names"]:
        return None
    first = derived_id("source", scope, version["meeting_id"], version["content_hash"])
    source_id = derived_id("source", first, version["times"])
    await rechecks.stage_again(stores.database, scope, version["id"], source_id)
    source = await sources.read_source(stores.database, scope, source_id)
    cut = kept["window"] or {window.id: asdict(window) for window in windows(source.utterances)}
    await sources.put_items(stores.database, scope, source_id, "window", cut)
    memories = await _stage_readings(stores, scope, source, version["id"], kept)
    earlier: Sequence[Mapping[str, Any]] = result.get("kept_apart", []) if wanting["names"] else []
    apart = await _stage_decisions(stores, scope, source, version["id"], kept, earlier)
    again = Recheck(
        version_id=version["current_id"],
        windows=unread if kept["extraction"] else list(cut),
        summary=unsaid,
        apart=apart,
        status=wanting.get("status", _UNTOUCHED),
    )
    return Restaged(source_id, again, memories)


async def stage_pairs(stores: Stores, scope: str) -> Restaged | None:
    """A place to stage the pairs on which a fallback decided, wherever they were said; None without any.

    What a fallback said of values that are no neighbours any more is taken back: should they meet again, they
    are judged anew.
    """
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        in_use = await pairs_by_fallback(connection, scope)
        profile = await profile_in(connection, scope)
        unused = await rechecks.fallback_verdicts(connection, scope, profile.version) - in_use.keys()
        await rechecks.retract_fallbacks(connection, scope, profile.version, unused)
        if not in_use:
            return None
        (_, said), *_ = in_use[min(in_use)]
        version_id = await knowledge.current_version(connection, scope, said.meeting_id)
    assert version_id is not None  # what is said now is said in a current version
    source_id = derived_id("recheck", scope, *sorted(in_use))
    await rechecks.stage_again(stores.database, scope, version_id, source_id)
    again = Recheck(version_id=None, windows=[], summary=False, apart=[], status=_UNTOUCHED)
    return Restaged(source_id, again)


async def _stage_readings(
    stores: Stores, scope: str, source: Source, version_id: str, kept: Kept
) -> frozenset[str]:
    """What a model has read, and all memories with the vectors that they have; gives the ids of these."""
    place = (stores.database, scope, source.id)
    read = {name: one for name, one in kept["extraction"].items() if one["made_by"] != "rule"}
    memories = dict(discussion_memories(source))
    for one in read.values():
        memories |= statements_of(source, one)
    await sources.put_items(*place, "extraction", read)
    await sources.put_items(*place, "summary", kept["summary"])
    await sources.put_items(*place, "memory", memories)
    await rechecks.copy_vectors(stores.database, scope, version_id, source.id)
    return frozenset(memories)


async def _stage_decisions(
    stores: Stores,
    scope: str,
    source: Source,
    version_id: str,
    kept: Kept,
    earlier: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """What a model or a person has decided on names; gives the pairs that are still open, `earlier`."""
    rows = await rechecks.version_mentions(stores.database, scope, version_id)
    mention = {row["id"]: mention_of(source, row["name"], row["type"]) for row in rows}
    links = {
        mention[row["id"]]: {name: row[name] for name in ("entity_id", "decided_by", "alias")}
        for row in rows
        if row["decided_by"] in ("llm", "human")
    }
    apart = {mention[item]: payload for item, payload in kept["apart"].items() if item in mention}
    place = (stores.database, scope, source.id)
    await sources.put_items(*place, "link", links)
    await sources.put_items(*place, "apart", apart)
    return [
        {**pair, "mention_id": mention[pair["mention_id"]]}
        for pair in earlier
        if pair["mention_id"] in mention
    ]
