"""The known entities that the words of a window name, as they stood before the meeting."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from nodes.names import normalised_name
from nodes.profiles.profile import Profile
from nodes.windows import Window
from stores import knowledge, naming
from stores.histories import TransitionReading, field_name, states_as_of
from stores.moments import Moment
from stores.opening import Stores
from stores.records import Source

MOST = 60  # entities shown with one window
_LONGEST_NAME = 5  # words


@dataclass(slots=True)
class Known:
    """An entity that a window names: the names it uses, and the state as `field: value`."""

    name: str
    type: str
    names: set[str] = field(default_factory=set[str])
    state: dict[str, str] = field(default_factory=dict[str, str])


async def mentioned(
    stores: Stores, scope: str, source: Source, window: Window, profile: Profile
) -> list[Known]:
    """The entities that the window's words name, those with a state first, by name; at most MOST.

    They are looked up by the names that the words could be, and their states are those before the meeting
    begins; what this very meeting told in an earlier version does not count.
    """
    texts = [utterance.text for utterance in source.utterances[window.first : window.last + 1]]
    names = await to_thread(possible_names, texts)
    async with stores.database.transaction() as connection:
        current = await knowledge.current_version(connection, scope, source.meeting_id)
        without = [] if current is None else [current]
        found = await naming.entities_named(connection, scope, sorted(names), without=without)
    known: dict[str, Known] = {}
    for name, entities in found.items():
        for entity in entities:
            known.setdefault(entity.id, Known(entity.name, entity.type)).names.add(name)
    before = Moment(as_of=source.date - timedelta(microseconds=1))
    if known:
        states = await states_as_of(stores.database, scope, before, entities=sorted(known))
        _fill(known, states, profile)
    ordered = sorted(known.values(), key=lambda one: (not one.state, one.name))
    return ordered[:MOST]


def possible_names(texts: Iterable[str]) -> set[str]:
    """Every run of up to five words, in the form in which names are compared."""
    names: set[str] = set()
    for text in texts:
        words = normalised_name(text).split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LONGEST_NAME, len(words)) + 1):
                names.add(" ".join(words[start:end]))
    return names


def _fill(known: dict[str, Known], states: Iterable[TransitionReading], profile: Profile) -> None:
    items: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in states:
        if one["after"] is None:
            continue
        if profile.spec_of(one["field"]).kind == "set":
            items[one["entity_id"], one["field"]].append(one["after"])
        else:
            items[one["entity_id"], field_name(one["field"], one["key"])].append(one["after"])
    for (entity_id, name), values in items.items():
        known[entity_id].state[name] = "; ".join(values)
