"""What people have decided on names: which are one thing, and which are two.

Decisions are about names, not about the entities that names are bound to at the time, so that they bind
later meetings too, and hold in whatever order meetings arrive. A name has one bearer by hand or none; what
was decided later about the same name holds.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stores import decisions
from stores.database import Connection
from stores.decisions import Decision


@dataclass(frozen=True, slots=True)
class Join:
    """A name that is another name of its bearer; of itself where it is a thing of its own.

    Attributes:
        key: of the name, of `nodes.names.entity_key`; `bearer` likewise.
        names: of both, normalised.
        number: of the decision.
    """

    key: str
    bearer: str
    names: frozenset[str]
    number: int


@dataclass(frozen=True, slots=True)
class Judged:
    """All decisions on names that are in force.

    Attributes:
        parents: for every name decided on its bearer, itself for a thing of its own.
        apart: pairs of names that are two things, each with the decision that says so.
    """

    joins: tuple[Join, ...] = ()
    parents: Mapping[str, str] = field(default_factory=dict[str, str])
    apart: Mapping[frozenset[str], int] = field(default_factory=dict[frozenset[str], int])

    def root(self, key: str) -> str:
        """The name under which a name goes by hand."""
        while self.parents.get(key, key) != key:
            key = self.parents[key]
        return key

    def parted(self, key: str, other: str) -> int | None:
        """The decision by which two names, or what they are by hand, are two things; None for no such."""
        if not self.apart or key == other:
            return None
        roots = frozenset((self.root(key), self.root(other)))
        for pair, number in self.apart.items():
            if frozenset(map(self.root, pair)) == roots:
                return number
        return None

    def joined(self, key: str, other: str) -> list[int]:
        """The decisions that make two names one thing; none where they are not one by hand."""
        root = self.root(key)
        if root != self.root(other):
            return []
        group = (join for join in self.joins if join.key != join.bearer and self.root(join.key) == root)
        return sorted({join.number for join in group if self.parents[join.key] == join.bearer})

    def near(self, names: Iterable[str]) -> set[str]:
        """These normalised names with all that are joined to them by hand, directly or not."""
        found = set(names)
        waiting = [join.names for join in self.joins]
        while reached := [group for group in waiting if not found.isdisjoint(group)]:
            found.update(*reached)
            waiting = [group for group in waiting if group not in reached]
        return found


NOTHING = Judged()


def judged_of(made: Iterable[Decision]) -> Judged:
    """What decisions in force come to, in their order.

    A join that would close a circle says nothing new: the two are one already.
    """
    joins: list[Join] = []
    parents: dict[str, str] = {}
    apart: dict[frozenset[str], int] = {}
    for decision in made:
        details: Mapping[str, Any] = decision.details
        for join in details.get("joins", ()):
            key, bearer = join["key"], join["bearer"]
            joins.append(Join(key, bearer, frozenset(join["names"]), decision.number))
            if key == bearer or key not in _path(bearer, parents):
                parents[key] = bearer
        for pair in details.get("apart", ()):
            apart.setdefault(frozenset(pair), decision.number)
    return Judged(tuple(joins), parents, apart)


async def judged_in(connection: Connection, scope: str) -> Judged:
    """What is decided on the names of a workspace."""
    return judged_of(await decisions.in_force(connection, scope))


def words_of(key: str) -> str:
    """The words of a key: the form in which names that are spelled differently are one."""
    return key.partition(":")[2].partition("@")[0]


def _path(key: str, parents: Mapping[str, str]) -> Collection[str]:
    path = [key]
    while parents.get(path[-1], path[-1]) != path[-1]:
        path.append(parents[path[-1]])
    return path
