"""What a person means by the name that a decision is about: an entity, or a meeting, of this workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from nodes.errors import InputError
from nodes.names import entity_key, normalised_name
from nodes.resolution import circle_named
from stores import decisions, readings
from stores.database import Connection, Database, Row
from stores.errors import NotFoundError
from stores.ids import derived_id, is_id

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity that a decision is about.

    Attributes:
        scope: of its workspace.
        given: the name by which it was asked for; its own where an id was given.
        names: by which meetings mention or explain it, each with its type, and the series or meeting in which
            it counts where it is a bare first name; its own first.
    """

    scope: str
    id: str
    name: str
    type: str
    given: str
    names: Sequence[Row]

    def key_of(self, row: Row) -> str:
        """The key of one of the names."""
        return entity_key(row["name"], row["type"], scope=circle_named(row["series"], row["key"]))

    @property
    def keyed(self) -> list[tuple[str, frozenset[str]]]:
        """The keys of all its names, each with the normalised names that have it."""
        found: dict[str, set[str]] = {}
        for row in self.names:
            found.setdefault(self.key_of(row), set()).add(normalised_name(row["name"]))
        return [(key, frozenset(names)) for key, names in found.items()]

    @property
    def keys(self) -> list[str]:
        """The keys of the name by which it was asked for; several where that has been of several kinds."""
        given, keyed = normalised_name(self.given), self.keyed
        return [key for key, names in keyed if given in names] or [keyed[0][0]]

    @property
    def key(self) -> str:
        """The first of them."""
        return self.keys[0]

    @property
    def anchor(self) -> Row | None:
        """The name that a decision stands and falls with: the one given where meetings use it, else the one
        that all others follow; None where no meeting uses any."""
        said = [row for row in self.names if row["is_said"]]
        given, root = normalised_name(self.given), self.root
        ranked = sorted(
            said, key=lambda row: (normalised_name(row["name"]) != given, self.key_of(row) != root)
        )
        return ranked[0] if ranked else None

    @property
    def stands_with(self) -> str:
        """The same, normalised."""
        return normalised_name(self.name if self.anchor is None else self.anchor["name"])

    @property
    def root(self) -> str | None:
        """The key that all its names follow; None where no name has it any more."""
        return next((key for key, _ in self.keyed if derived_id("entity", self.scope, key) == self.id), None)

    @property
    def own_keys(self) -> list[str]:
        """The key of the name given, and the one that all others follow; all keys where that is not known."""
        if self.root is None:
            return [key for key, _ in self.keyed]
        return list(dict.fromkeys((*self.keys, self.root)))

    @property
    def normalised(self) -> frozenset[str]:
        """All its names, normalised."""
        return frozenset(name for _, names in self.keyed for name in names)


async def entity_called(database: Database, connection: Connection, scope: str, name: str) -> Subject:
    """The one current entity that bears a name or has an id.

    Raises:
        NotFoundError: none does; the message says who nearly does.
        InputError: several do.
    """
    if is_id(name):
        rows = await readings.entities(database, scope, ids=[name])
        found = {row["id"]: (row["name"], row["type"]) for row in rows}
        nearly: list[str] = []
    else:
        looked = await readings.lookup(database, scope, normalised_name(name))
        found = {one.id: (one.name, one.type) for one in looked.bearers}
        nearly = list(dict.fromkeys(one.name for one in looked.suggestions))
    if not found:
        hint = (
            f"did you mean: {', '.join(nearly)}?" if nearly else "`smart-meet entities` lists what is known"
        )
        raise NotFoundError(f'nothing is called "{name}" in this workspace; {hint}')
    if len(found) > 1:
        which = ", ".join(
            f"{called} ({type}, {id})" for id, (called, type) in list(found.items())[:_MOST_SHOWN]
        )
        raise InputError(f'"{name}" may be {which}: give the id')
    ((id, (called, type)),) = found.items()
    names = await decisions.names_of_entity(connection, scope, id)
    return Subject(scope, id, called, type, called if is_id(name) else name, names)


async def meeting_called(connection: Connection, scope: str, name: str) -> Row:
    """The one current meeting that an id, a key or a title names: id, key, title, series, date,
    date_has_time, version_id.

    Raises:
        NotFoundError: none.
        InputError: several bear the title.
    """
    found = await decisions.meetings_called(connection, scope, name)
    if not found:
        raise NotFoundError(f'no meeting "{name}" in this workspace; `smart-meet meetings --json` lists them')
    if len(found) > 1:
        which = "; ".join(f"{row['date']:%Y-%m-%d}: {row['id']}" for row in found[:_MOST_SHOWN])
        raise InputError(f'"{name}" is the title of {len(found)} meetings: give the id of one ({which})')
    return found[0]
