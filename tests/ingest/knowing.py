"""What a workspace knows now, in a form in which two databases can be compared, and how it comes to that."""

from collections.abc import Iterable
from typing import Any

from app.ingestion import Ingestions
from graphs.correct import graph as correcting
from nodes.context import Context
from nodes.hand.deciding import Decided
from nodes.ingest_state import IngestInput
from stores.opening import Stores

Known = dict[str, list[tuple[Any, ...]]]

_WHAT_IS_KNOWN = {
    "states": b"""
        select entity_id, field, key, value, normalised, since, meeting_id from states""",
    "transitions": b"""
        select id, entity_id, field, key, before, after, normalised, reason, at, meeting_id, decided_by,
            first_sight
        from transitions""",
    "entities": b"select id, name, type from entities where retracted_at is null",
    "aliases": b"""
        select a.entity_id, a.normalised, a.name, a.source, v.meeting_id
        from aliases a join meeting_versions v using (workspace_id)
        where v.id = a.version_id and a.retracted_at is null""",
    "links": b"""
        select v.meeting_id, m.normalised, l.entity_id
        from links l join mentions m using (workspace_id) join meeting_versions v using (workspace_id)
        where m.id = l.mention_id and v.id = m.version_id and l.retracted_at is null""",
    "utterances": b"""
        select v.meeting_id, u.ordinal, u.text
        from utterances u join meeting_versions v using (workspace_id)
        where v.id = u.version_id and v.retracted_at is null""",
    "memories": b"""
        select v.meeting_id, m.kind, m.content, m.context, m.first_utterance
        from memories m join meeting_versions v using (workspace_id)
        where v.id = m.version_id and m.retracted_at is null""",
    "about": b"""
        select v.meeting_id, m.kind, m.content, m.speaker, m.owner, m.due_date, n.normalised
        from memories m join meeting_versions v using (workspace_id)
        join memory_mentions x on x.memory_id = m.id join mentions n on n.id = x.mention_id
        where v.id = m.version_id and m.retracted_at is null""",
    "relations": b"""
        select v.meeting_id, r.type, r.ended, r.utterance, r.quote
        from relations r join meeting_versions v using (workspace_id)
        where v.id = r.version_id and r.retracted_at is null""",
}


async def known(stores: Stores) -> Known:
    """Everything current, without the ids of versions and of what hangs on them."""
    found = {name: await stores.database.rows(query) for name, query in _WHAT_IS_KNOWN.items()}
    return {name: sorted((tuple(row.values()) for row in rows), key=repr) for name, rows in found.items()}


async def ingest(ingestions: Ingestions, meetings: Iterable[IngestInput]) -> list[str]:
    """Ingest in this order; gives the statuses."""
    outputs = [await ingestions.ingest("default", one, lambda event: None) for one in meetings]
    return [output["status"] for output in outputs]


async def decide(action: str, *, by: str = "Dee", **decision: Any) -> Decided:
    """What a person decides by hand, through the graph."""
    given: Any = {"decision": {"action": action, "by": by, **decision}}
    return Decided(**await correcting.ainvoke(given, context=Context()))  # pyright: ignore[reportUnknownMemberType]


async def undone(number: int) -> Decided:
    """A decision is taken back."""
    return await decide("undo", by="Eve", number=number)
