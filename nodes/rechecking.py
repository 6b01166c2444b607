"""What recheck does beside the steps of an ingestion: which names and pairs are open, and what follows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, cast

from nodes.fold import pairs
from nodes.ingest_state import Recheck
from nodes.matching import Matched, Pair
from nodes.profiles.current import profile_in
from nodes.resolution import GreyPair
from nodes.verdicts import by_rule, pair_id
from stores import knowledge, rechecks
from stores.database import Connection, Row
from stores.histories import field_name


def still_grey(again: Recheck, matched: Matched, settled: Collection[str]) -> list[GreyPair]:
    """The names that are unclear now, and those that were kept apart for want of a judge.

    A name that was kept apart is an entity of its own since, which other meetings may name too; it is asked
    about all the same. What a model or a person has settled is not.
    """
    linked = {link["mention_id"]: link["entity_id"] for link in matched.resolution["links"]}
    earlier = [
        cast(GreyPair, pair)
        for pair in again["apart"]
        if linked.get(pair["mention_id"], pair["entity_id"]) != pair["entity_id"]
    ]
    found = {(pair["mention_id"], pair["entity_id"]): pair for pair in (*matched.grey, *earlier)}
    return [
        pair
        for (mention, entity), pair in sorted(found.items())
        if mention not in settled and entity not in matched.apart.get(mention, ())
    ]


async def pairs_by_fallback(connection: Connection, scope: str) -> dict[str, list[Pair]]:
    """The neighbours on which a fallback decides, by the id of the pair, wherever they occur."""
    profile = await profile_in(connection, scope)
    fallback = await rechecks.fallback_verdicts(connection, scope, profile.version)
    if not fallback:
        return {}
    entities = await rechecks.entities_compared_by_wording(connection, scope, profile.version)
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    for before, after in pairs(profile, await knowledge.observations_of(connection, scope, entities)):
        pair = pair_id(profile, before, after)
        if pair in fallback and by_rule(profile, before, after) is None:
            found[pair].append((before, after))
    return dict(found)


async def wording_decides(connection: Connection, scope: str, meeting_id: str) -> set[str]:
    """The pairs with a value of this meeting on which a fallback decides."""
    return {
        pair
        for pair, values in (await pairs_by_fallback(connection, scope)).items()
        if any(meeting_id in (before.meeting_id, after.meeting_id) for before, after in values)
    }


def moves(before: Sequence[Row], after: Sequence[Row]) -> list[dict[str, Any]]:
    """What a change of mind has moved: entity, field, from, to; None where there is no value."""

    old, new = _by_place(before), _by_place(after)
    names = {place: row["entity"] for place, row in (*old.items(), *new.items())}
    moved = [
        {
            "entity": names[place],
            "field": field_name(place[1], place[2]),
            "from": old[place]["value"] if place in old else None,
            "to": new[place]["value"] if place in new else None,
        }
        for place in names
    ]
    return sorted(
        (one for one in moved if one["from"] != one["to"]), key=lambda one: (one["entity"], one["field"])
    )


def _by_place(states: Sequence[Row]) -> dict[tuple[str, str, str], Row]:
    return {(row["entity_id"], row["field"], row["key"]): row for row in states}
