"""Which names are one entity, as a pure function of how all meetings use and explain them.

A name that a meeting explains ("EIP-7805 (FOCIL)") is bound to what it is another name of, and follows it.
It has one bearer or none: what several things are called is nobody's other name, so that no link joins two
things by way of a third. What a person has decided on names outweighs all that meetings say, and names that a
person keeps apart are never one. The order in which meetings arrive does not matter.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nodes.judged import NOTHING, Judged
from nodes.names import (
    bare_number,
    code_of,
    entity_key,
    is_bare_person,
    is_title_of,
    marks_of,
    may_call,
)

_PERSON = "person"
_ROUNDS = 5  # of binding; chains of names of names are shorter
_WEIGHT = {"extraction": 1, "llm": 1_000, "human": 1_000_000}


@dataclass(frozen=True, slots=True)
class Calling:
    """What one meeting says of a name: that it uses it, or that it is another name of the bearer.

    Attributes:
        type: of the bearer.
        bearer: the name that it belongs to; the name itself where it is just used.
        said_by: extraction, llm or human; a person's word outweighs a model's, and that the meetings'.
        meeting: sorts by date.
    """

    name: str
    type: str
    bearer: str
    said_by: str
    meeting: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The key from which an entity's id derives, and what decides that a name means it."""

    key: str
    decided_by: str


class Callings:
    """The names of a neighbourhood, each bound to one entity's key."""

    def __init__(self, callings: Iterable[Calling], judged: Judged = NOTHING) -> None:
        self._judged = judged
        self._names: dict[str, str] = {}
        self._told: dict[str, dict[str, set[tuple[str, str]]]] = {}
        self._first: dict[str, str] = {}
        for calling in sorted(set(callings), key=lambda one: (one.meeting, one.name, one.bearer, one.type)):
            self._add(calling)
        self._numbered = self._codes_of_numbers()
        self._parents = self._bind()

    def _add(self, calling: Calling) -> None:
        if calling.type == _PERSON and (is_bare_person(calling.name) or is_bare_person(calling.bearer)):
            return
        name, bearer = calling.name, calling.bearer
        key, other = (entity_key(one, calling.type, scope=None) for one in (name, bearer))
        self._names.setdefault(key, name)
        self._names.setdefault(other, bearer)
        self._first.setdefault(other, calling.meeting)
        if key == other or not may_call(name, bearer, type=calling.type) or self._judged.parted(key, other):
            return
        if calling.type != _PERSON and _firmness(name) > _firmness(bearer):
            key, other = other, key  # a title belongs to its number, and that to its code
        told = self._told.setdefault(key, {})
        told.setdefault(other, set()).add((calling.said_by, calling.meeting))

    def bound(self, key: str, meeting: str | None = None) -> Bound:
        """What a name means, in a meeting that explains it what it explains, else what all meetings tell."""
        if key in self._judged.parents:
            return Bound(root_of(key, self._parents), "human")
        here = [
            parent
            for parent, said in self._told.get(key, {}).items()
            if any(when == meeting for _, when in said)
        ]
        if meeting is not None and len(here) == 1:
            root = root_of(here[0], self._parents)
            if not self._is_parted(key, root):
                return Bound(root, "alias" if root != key else "name")
        root = root_of(key, self._parents)
        if root == key:
            return Bound(key, "name")
        return Bound(root, "score" if key in self._numbered and key not in self._told else "alias")

    def _codes_of_numbers(self) -> dict[str, str]:
        """For every number that is read without its prefix the one code that has it."""
        codes: defaultdict[str, set[str]] = defaultdict(set)
        for key, name in self._names.items():
            code = None if _is_person(key) else code_of(name)
            if code is not None:
                codes[code[1]].add(key)
        numbers = {key: bare_number(name) for key, name in self._names.items() if not _is_person(key)}
        return {
            key: next(iter(codes[number]))
            for key, number in numbers.items()
            if number is not None and len(codes[number]) == 1
        }

    def _bind(self) -> dict[str, str]:
        """The one bearer of each name; what several roots claim alike has none."""
        parents: dict[str, str] = dict(self._numbered)
        for _ in range(_ROUNDS):
            bearers = {key: self._bearer_of(key, parents) for key in self._names}
            chosen = {key: bearer for key, bearer in bearers.items() if bearer is not None}
            chosen = self._without_siblings(self._without_circles(self._as_judged(chosen)))
            if chosen == parents:
                break
            parents = chosen
        return self._without_parted(parents)

    def _as_judged(self, parents: Mapping[str, str]) -> dict[str, str]:
        """With the bearers that people have decided on, whatever meetings say."""
        by_hand = self._judged.parents
        said = {key: parent for key, parent in parents.items() if key not in by_hand}
        return said | {key: parent for key, parent in by_hand.items() if key != parent}

    def _is_parted(self, key: str, root: str) -> bool:
        """Whether a name of what the root stands for was said to be another thing than this name."""
        return any(
            key in pair and root_of(other, self._parents) == root
            for pair in self._judged.apart
            for other in pair - {key}
        )

    def _without_parted(self, parents: dict[str, str]) -> dict[str, str]:
        """Names that a person keeps apart and that meetings make one: what meetings say is not followed."""
        kept = dict(parents)
        for pair in sorted(map(sorted, self._judged.apart)):
            paths = [_path(key, kept) for key in pair]
            while paths[0][-1] == paths[1][-1]:
                met = next(key for key in paths[0] if key in paths[1])
                ways = [path[: path.index(met)] for path in paths]
                said = [key for way in ways for key in self._said_on(way)[:1]]
                if not said:
                    break
                for key in said:
                    kept.pop(key, None)
                paths = [_path(key, kept) for key in pair]
        return kept

    def _said_on(self, way: Sequence[str]) -> list[str]:
        """The names on a way that follow the next because meetings say so."""
        return [key for key in way if key not in self._judged.parents]

    def _bearer_of(self, key: str, parents: Mapping[str, str]) -> str | None:
        told = self._told.get(key)
        if told is None:
            return self._numbered.get(key)
        weight: Counter[str] = Counter()
        for parent, said in told.items():
            root = root_of(parent, parents)
            weight[parent if root == key else root] += sum(_WEIGHT[by] for by, _ in said)
        (best, most), *others = weight.most_common()
        if others and others[0][1] == most:
            return None
        return min(p for p in told if best in (p, root_of(p, parents)))

    def _without_circles(self, parents: Mapping[str, str]) -> dict[str, str]:
        """Names that are said to be each other's: the one used first keeps its own."""
        kept = dict(parents)
        for start in sorted(parents):
            path = [start]
            while path[-1] in kept and kept[path[-1]] not in path:
                path.append(kept[path[-1]])
            if path[-1] in kept:
                circle = path[path.index(kept[path[-1]]) :]
                said = [key for key in circle if key not in self._judged.parents]
                del kept[min(said, key=lambda key: (self._first.get(key, "~"), key))]
        return kept

    def _without_siblings(self, parents: Mapping[str, str]) -> dict[str, str]:
        """Names of one thing that tell each other apart ("Phase 1", "Phase 2") are none of it.

        The title of a code is told apart from its other titles, not from the number of the code.
        """
        families: defaultdict[str, dict[str, Sequence[str]]] = defaultdict(dict)
        said = {key: parent for key, parent in parents.items() if key not in self._judged.parents}
        for key in said:
            families[root_of(key, said)][key] = marks_of(self._names[key], person=_is_person(key))
        apart: set[str] = set()
        for root, family in families.items():
            titles = {key for key in family if is_title_of(self._names[key], self._names[root])}
            own = marks_of(self._names[root], person=_is_person(root))
            for is_title, of_root in ((True, ()), (False, tuple(own))):
                marked = {
                    key: tuple(mark) for key, mark in family.items() if mark and (key in titles) == is_title
                }
                if len({mark for mark in (of_root, *marked.values()) if mark}) > 1:
                    apart |= {key for key, mark in marked.items() if mark != of_root}
        return {key: parent for key, parent in parents.items() if key not in apart}


def root_of(key: str, parents: Mapping[str, str]) -> str:
    """Where a name ends that follows its bearers."""
    return _path(key, parents)[-1]


def _path(key: str, parents: Mapping[str, str]) -> list[str]:
    """A name and the bearers that it follows."""
    path = [key]
    while path[-1] in parents and parents[path[-1]] not in path:
        path.append(parents[path[-1]])
    return path


def _firmness(name: str) -> int:
    if code_of(name) is not None:
        return 2
    return 1 if bare_number(name) is not None else 0


def _is_person(key: str) -> bool:
    return key.startswith(f"{_PERSON}:")
