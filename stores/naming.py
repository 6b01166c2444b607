"""Who and what bears a name: the entities that a name may mean, and what meetings say of names. Only reads.

Functions take a connection, so that what a commit binds is read under its lock.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from stores.database import Connection, Row, fetch
from stores.queries import queries

_SQL = queries("naming")
# From which similarity on a name may be another, and how likely it is one that sounds alike (both of at most
# `word` letters), whose initials it is, or in whose number it ends.
_LIKE = {"spelling": 0.3, "sound": 0.6, "initials": 0.7, "number": 0.7, "word": 24}
_NAMES_AT_ONCE = 250  # compared with all that are known, so that what the server holds meanwhile is bounded


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """A current entity found by one of its names; score 1.0 for the same name, less for a similar one.

    Attributes:
        alias: the normalised name by which it was found.
        called: a form in which that name was used, where it is the same name.
    """

    id: str
    name: str
    type: str
    alias: str
    score: float
    called: str = ""


async def names_explained(
    connection: Connection, scope: str, names: Collection[str], *, without: Sequence[str]
) -> set[str]:
    """Of these normalised names those that current meetings explain by other names, or other names by them,
    and all these others, with what they are said to be, and so on.

    From neighbour to neighbour, mostly none: PostgreSQL, asked for all of it at once, expects as much as the
    workspace holds, and prepares for it. `without` are meeting versions that do not count.
    """
    explained, asked, front = set[str](), set(names), sorted(names)
    while front:
        parameters = {"workspace_id": scope, "names": front, "without": list(without)}
        for row in await fetch(connection, _SQL["names_said_of"], parameters):
            explained |= {row["name"], row["other"]}
        front = sorted(explained - asked)
        asked |= explained
    return explained


async def callings_of(
    connection: Connection, scope: str, names: Collection[str], *, without: Sequence[str], once: bool
) -> list[Row]:
    """What current meetings say of these normalised names; to be bound, a name needs all that explains it.

    A row each: name, normalised, bearer and source as in `AliasRow`; of the mention that says so mention_id,
    mention (the name as used), mentioned (normalised), type, link_id, entity_id, decided_by and score; and
    date, meeting_id and version_id.
    `without` are meeting versions that do not count. With `once`, of the meetings that use a name alike and
    explain nothing about it only the first is given.
    """
    if not names:  # which PostgreSQL does not notice
        return []
    parameters = {"workspace_id": scope, "names": list(names), "without": list(without), "once": once}
    return await fetch(connection, _SQL["callings_of"], parameters)


async def names_of_meetings(connection: Connection, scope: str, meetings: Sequence[str]) -> set[str]:
    """All normalised names that meetings use or explain, or did in an earlier version."""
    parameters = {"workspace_id": scope, "meetings": list(meetings)}
    rows = await fetch(connection, _SQL["names_of_meetings"], parameters)
    return {row["name"] for row in rows}


async def entities_named(
    connection: Connection, scope: str, names: Collection[str], *, without: Sequence[str]
) -> dict[str, list[KnownEntity]]:
    """Current entities by normalised name or alias; `without` are meeting versions that do not count."""
    found: defaultdict[str, list[KnownEntity]] = defaultdict(list)
    parameters = {"workspace_id": scope, "names": list(names), "without": list(without)}
    for row in await fetch(connection, _SQL["entities_named"], parameters):
        known = KnownEntity(row["id"], row["name"], row["type"], row["normalised"], 1.0, row["called"])
        found[row["normalised"]].append(known)
    return dict(found)


async def entities_like(
    connection: Connection, scope: str, names: Collection[str], *, without: Sequence[str]
) -> dict[str, list[KnownEntity]]:
    """For each normalised name up to three current entities that it may be, the likeliest first.

    By spelling, by sound ("fossil", "focil"), as an acronym or what it stands for, or by the number that it
    ends in.
    """
    found: defaultdict[str, list[KnownEntity]] = defaultdict(list)
    asked = list(names)
    for start in range(0, len(asked), _NAMES_AT_ONCE):
        some = asked[start : start + _NAMES_AT_ONCE]
        parameters = {"workspace_id": scope, "names": some, "without": list(without), **_LIKE}
        for row in await fetch(connection, _SQL["entities_like"], parameters):
            known = KnownEntity(row["id"], row["name"], row["type"], row["alias"], row["score"])
            found[row["normalised"]].append(known)
    return dict(found)


async def existing(connection: Connection, scope: str, entities: Collection[str]) -> set[str]:
    """Which of these entity ids are current entities."""
    rows = await fetch(connection, _SQL["entities_existing"], {"workspace_id": scope, "ids": list(entities)})
    return {row["id"] for row in rows}


async def series_participants(
    connection: Connection, scope: str, series: str, *, without: Sequence[str]
) -> list[str]:
    """Everybody who took part in a meeting of the series, `without` some meeting versions."""
    parameters = {"workspace_id": scope, "series": series, "without": list(without)}
    return [row["name"] for row in await fetch(connection, _SQL["series_participants"], parameters)]


async def bare_named(connection: Connection, scope: str, names: Collection[str]) -> list[Row]:
    """Mentions of people by one of these normalised names: mention_id, name, link_id, entity_id, and of the
    meeting series, key and participants."""
    parameters = {"workspace_id": scope, "names": list(names)}
    return await fetch(connection, _SQL["bare_named"], parameters)


async def bare_people(connection: Connection, scope: str, series: str) -> list[Row]:
    """Mentions of people by one word in a series: mention_id, name, link_id, entity_id."""
    return await fetch(connection, _SQL["bare_people"], {"workspace_id": scope, "series": series})
