"""What generated meetings track: things and people, how they stand, what is decided and promised.

Of the turns of a meeting the first few say so, in sentences like those that the rules read; further turns
name the same things in passing. Beside the turns stands what an ingestion would have made of them, as rows.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from stores.ids import derived_id

A_TURN = timedelta(seconds=10)
_TOUCHED = 4  # things whose state a meeting speaks of
_IN_PASSING = 10  # further turns that name one of them
_PRESENT = 6
_STATUSES = "planned in_progress blocked in_progress at_risk on_hold in_progress completed".split()

COLUMNS = {
    "entities": "workspace_id id name type",
    "mentions": "workspace_id id version_id name normalised type utterances",
    "links": "workspace_id id mention_id entity_id decided_by score",
    "aliases": "workspace_id entity_id normalised name source version_id bearer",
    "observations": "workspace_id id version_id mention_id field key op value normalised value_mention_id "
    "stance utterance sequence at speaker quote made_by",
    "transitions": "workspace_id id entity_id field key before after normalised reason at meeting_id "
    "observation_id decided_by first_sight",
    "states": "workspace_id entity_id field key value normalised since meeting_id observation_id",
}
"""The tables filled here, in an order that their references allow; `memory_mentions` follows the memories."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said in one turn, and the names in it, by their mentions."""

    text: str
    speaker: str
    kind: str = "discussion"
    owner: str | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a thing."""

    id: str
    name: str
    type: str


@dataclass(slots=True)
class Histories:
    """Who and what a workspace knows, the special turns of each meeting, and the rows beside them."""

    scope: str
    people: list[Named]
    things: list[Named]
    turns: dict[str, dict[int, Turn]] = field(default_factory=dict[str, dict[int, Turn]])
    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(list))


def people_and_things(scope: str, meetings: int, word: Callable[[int], str]) -> Histories:
    """Those of a workspace of so many meetings, without anything said yet; the same names in every workspace.

    Args:
        word: one of any number of words.
    """
    people = [
        f"{word(2_001 + 13 * place).title()} {word(40_001 + 7 * place).title()}"
        for place in range(min(6 + meetings // 5, 150))
    ]
    things = [f"Project {word(60_000 + place).title()}" for place in range(max(_TOUCHED, 2 * meetings))]
    return Histories(
        scope,
        [Named(derived_id("benchmark", scope, name), name, "person") for name in people],
        [Named(derived_id("benchmark", scope, name), name, "project") for name in things],
    )


def histories(
    scope: str,
    meetings: Sequence[tuple[str, datetime]],
    word: Callable[[int], str],
    random: np.random.Generator,
) -> Histories:
    """What the meetings of a workspace, given oldest first by id and date, have said."""
    found = people_and_things(scope, len(meetings), word)
    telling = _Telling(found, random)
    for place, (meeting, date) in enumerate(meetings):
        telling.tell(place, meeting, date)
    found.rows["entities"] += [(scope, one.id, one.name, one.type) for one in (*found.people, *found.things)]
    found.rows["states"] += [(scope, *key, *value) for key, value in telling.states.items()]
    return found


class _Telling:
    """Has one meeting after the other speak of a few things, those that came first most often."""

    def __init__(self, found: Histories, random: np.random.Generator) -> None:
        self._found, self._random = found, random
        self.states: dict[tuple[str, str, str], tuple[object, ...]] = {}
        self._told: dict[str, int] = defaultdict(int)

    def tell(self, place: int, meeting: str, date: datetime) -> None:
        """The special turns of a meeting."""
        found, random = self._found, self._random
        known = min(len(found.things), 2 * place + _TOUCHED)
        chances = 1 / np.arange(1, known + 1)
        drawn = random.choice(known, _TOUCHED, replace=False, p=chances / chances.sum())
        touched = [found.things[int(one)] for one in drawn]
        there = random.choice(len(found.people), min(_PRESENT, len(found.people)), replace=False)
        present = [found.people[int(one)] for one in there]
        saying = _Saying(found, meeting, date, self.states, present)
        for thing in touched:
            times = self._told[thing.id]
            self._told[thing.id] += 1
            saying.status(thing, _STATUSES[times % len(_STATUSES)])
            (saying.owner, saying.due, saying.blocker)[times % 3](thing, times)
        for thing in touched[:2]:
            saying.statement("decision", thing, f"We decided to move {thing.name} to the {{}} {{}}.")
            saying.statement(
                "action_item", thing, f"{saying.speaker} will check the {{}} {{}} of {thing.name}."
            )
        for step in range(_TOUCHED * _IN_PASSING):
            saying.in_passing(touched[step % _TOUCHED])
        saying.end()


class _Saying:
    """The turns of one meeting, one after the other."""

    def __init__(
        self,
        found: Histories,
        meeting: str,
        date: datetime,
        states: dict[tuple[str, str, str], tuple[object, ...]],
        present: list[Named],
    ) -> None:
        self._found, self._meeting, self._date, self._states = found, meeting, date, states
        self._present = present
        self._turns: dict[int, Turn] = {}
        self._uses: dict[str, tuple[Named, list[int]]] = {}

    @property
    def speaker(self) -> str:
        """Whose turn it is."""
        return self._present[len(self._turns) % len(self._present)].name

    def status(self, thing: Named, status: str) -> None:
        """It has this status now."""
        self._set(thing, "status", status, f"{thing.name} is {status.replace('_', ' ')}.", json.dumps(status))

    def owner(self, thing: Named, times: int) -> None:
        """One of those present owns it now."""
        person = self._present[times % len(self._present)]
        said = f"{person.name} owns {thing.name}."
        self._set(thing, "owner", person.name, said, json.dumps(person.id), person)

    def due(self, thing: Named, times: int) -> None:
        """It is due on another day now."""
        day = (self._date + timedelta(days=30 + times)).date().isoformat()
        self._set(thing, "due", day, f"{thing.name} is due on {day}.", json.dumps(day))

    def blocker(self, thing: Named, times: int) -> None:
        """It waits for another answer now, and no more for the one that it waited for."""
        for key in [key for key in self._states if key[:2] == (thing.id, "blockers")]:
            before = str(self._states.pop(key)[0])
            self._moved(
                thing, "blockers", key[2], before, None, None, f"{thing.name} has got {before}.", "resolve"
            )
        value = f"the signature of audit {times}"
        said = f"{thing.name} waits for {value}."
        self._moved(thing, "blockers", f"signature audit {times}", None, value, None, said, "add")

    def statement(self, kind: str, thing: Named, said: str) -> None:
        """Something decided or promised about it; words are filled in where its braces are."""
        owner = self.speaker if kind == "action_item" else None
        self._turn(said, thing, kind=kind, owner=owner)

    def in_passing(self, thing: Named) -> None:
        """A turn that names it."""
        self._turn(f"{thing.name} {{}} {{}} {{}} {{}} {{}} {{}} {{}} {{}}.", thing)

    def end(self) -> None:
        """Write down who and what was named."""
        rows, scope = self._found.rows, self._found.scope
        for person in self._present:
            spoke = [at for at, turn in self._turns.items() if turn.speaker == person.name]
            self._uses.setdefault(person.id, (person, []))[1].extend(spoke)
        for one, utterances in self._uses.values():
            mention, name = self._mention(one), one.name.lower()
            used = "{" + ",".join(map(str, sorted(set(utterances)))) + "}"
            source = "participant" if one.type == "person" else "mention"
            rows["mentions"].append((scope, mention, self._meeting, one.name, name, one.type, used))
            link = derived_id("link", mention, one.id)
            rows["links"].append((scope, link, mention, one.id, "name", "1"))
            rows["aliases"].append((scope, one.id, name, one.name, source, self._meeting, name))
        self._found.turns[self._meeting] = self._turns

    def _set(
        self, thing: Named, name: str, value: str, said: str, normalised: str, person: Named | None = None
    ) -> None:
        held = self._states.get((thing.id, name, ""))
        if held is not None and held[0] == value:
            self._turn(said, thing)
            return
        self._moved(thing, name, "", str(held[0]) if held else None, value, normalised, said, "set", person)

    def _moved(
        self,
        thing: Named,
        name: str,
        key: str,
        before: str | None,
        after: str | None,
        normalised: str | None,
        said: str,
        op: str,
        person: Named | None = None,
    ) -> None:
        rows, scope = self._found.rows, self._found.scope
        speaker, ordinal = self.speaker, self._turn(said, thing, *([person] if person else []))
        at = (self._date + ordinal * A_TURN).isoformat()
        observation = derived_id("observation", self._meeting, ordinal)
        value, mention = after or before, self._mention(thing)
        of_person = self._mention(person) if person else None
        meant = None if person else normalised
        said_of = (mention, name, key if op == "set" else "", op, value, meant, of_person, "stated")
        told = (str(ordinal), "0", at, speaker, said, "rule")
        rows["observations"].append((scope, observation, self._meeting, *said_of, *told))
        reason = f"{name} moved from {before} to {after}" if before and after else "first mentioned"
        is_first = str(before is None and op == "set").lower()
        moved = (thing.id, name, key, before, after, normalised, reason, at, self._meeting, observation)
        rows["transitions"].append((scope, derived_id("transition", observation), *moved, "rule", is_first))
        if after is not None:
            self._states[thing.id, name, key] = (after, normalised, at, self._meeting, observation)

    def _turn(self, said: str, *names: Named, kind: str = "discussion", owner: str | None = None) -> int:
        ordinal = len(self._turns)
        for one in names:
            self._uses.setdefault(one.id, (one, []))[1].append(ordinal)
        mentions = tuple(self._mention(one) for one in names)
        self._turns[ordinal] = Turn(said, self.speaker, kind, owner, mentions)
        return ordinal

    def _mention(self, one: Named) -> str:
        return derived_id("mention", self._meeting, one.id)
