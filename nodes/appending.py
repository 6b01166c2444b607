"""Folding on: where a meeting is the latest that speaks of a thing, only what it adds is folded.

A history is a function of all that was said, and folding all of it at every commit costs the more the longer
it is. What a later meeting adds depends only on where each field stands and on its last observation. Wherever
that is not all there is to it, a meeting that comes late, a correction, a link that has moved, the history is
folded whole; the result is the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nodes.fold import Anchor, Place
from nodes.profiles.profile import Profile, same_key
from nodes.verdicts import is_clear
from stores import knowledge
from stores.database import Connection
from stores.knowledge import HistoryEnd, StateRow
from stores.records import Observation, Source

Anchors = dict[str, dict[Place, Anchor]]
"""Where the fields of entities stand, by entity."""


@dataclass(frozen=True, slots=True)
class Appended:
    """A version that was just written, and where the entities stood whose histories it goes on with."""

    version_id: str
    anchors: Anchors


async def anchors_of(
    connection: Connection, scope: str, profile: Profile, source: Source, entities: Collection[str]
) -> Anchors:
    """Where these entities stand before a meeting; without those of which it is not the latest to speak.

    To be asked before the meeting is written, for one that replaces no version.
    """
    ends = await knowledge.ends_of_histories(connection, scope, entities)
    closed = {end["entity_id"] for end in ends if end["latest"] >= source.date or not end["is_plain"]}
    states = await knowledge.states_of(connection, scope, set(entities) - closed)
    wanted = [end["id"] for end in ends if end["entity_id"] not in closed]
    wanted += [state["observation_id"] for state in states]
    rows = await knowledge.observations(connection, scope, set(entities) - closed, wanted)
    known = {row.id: row for row in rows}
    anchors: Anchors = {}
    for entity in sorted(set(entities) - closed):
        own = [end for end in ends if end["entity_id"] == entity]
        found = _anchors(profile, own, [state for state in states if state["entity_id"] == entity], known)
        if found is not None:
            anchors[entity] = found
    return anchors


def fitting(profile: Profile, anchors: Anchors, added: Iterable[Observation]) -> Anchors:
    """Without the entities of which a key is spelled in another way now: all its spellings count."""
    other: set[str] = set()
    for one in added:
        key = profile.key_of(one.field, one.key)
        anchor = anchors.get(one.entity_id, {}).get((one.entity_id, one.field, same_key(key)))
        if key and (anchor is None or anchor.current is None or anchor.current.key != key):
            other.add(one.entity_id)
    return {entity: places for entity, places in anchors.items() if entity not in other}


def last_observations(anchors: Anchors) -> list[Observation]:
    """Those that what comes next is compared with."""
    places = (anchor for entity in anchors.values() for anchor in entity.values())
    return [anchor.previous for anchor in places if anchor.previous is not None]


def _anchors(
    profile: Profile,
    ends: Sequence[HistoryEnd],
    states: Sequence[StateRow],
    known: Mapping[str, Observation],
) -> dict[Place, Anchor] | None:
    """Where the fields of one entity stand; None where that does not follow from its states and ends."""
    if not {state["observation_id"] for state in states} | {end["id"] for end in ends} <= known.keys():
        return None
    last: dict[Place, Observation] = {}
    for end in sorted(ends, key=lambda end: (end["date"], end["meeting_id"])):
        one = known[end["id"]]
        key = profile.key_of(one.field, one.key)
        if key and profile.spec_of(one.field).kind == "set":
            return None
        last[one.entity_id, one.field, same_key(key)] = one
    current: dict[Place, Observation] = {}
    items: dict[Place, dict[str, Observation]] = {}
    for state in states:
        one = known[state["observation_id"]]
        if profile.spec_of(one.field).kind == "set":
            items.setdefault((one.entity_id, one.field, ""), {})[state["key"]] = one
        else:
            current[one.entity_id, one.field, same_key(state["key"])] = replace(one, key=state["key"])
    if not {*current, *items} <= last.keys():
        return None
    anchors: dict[Place, Anchor] = {}
    for place, one in last.items():
        if profile.spec_of(place[1]).kind == "set":
            anchors[place] = Anchor(items=items.get(place, {}))
        elif place in current:
            anchors[place] = Anchor(current[place], replace(one, key=current[place].key))
        elif is_clear(one) and not place[2]:
            anchors[place] = Anchor(one, one)
        else:
            return None
    return anchors
