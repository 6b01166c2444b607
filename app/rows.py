"""What people read, whatever way they come: the same rows for the command line and the server's routes."""

from collections.abc import Sequence
from datetime import datetime

from nodes.errors import InputError
from nodes.names import normalised_name
from nodes.wording import LONGEST_QUESTION, storable
from stores import histories, readings
from stores.errors import NotFoundError
from stores.histories import ChangeRow, StatusRow
from stores.ids import is_id
from stores.ledger import vector_of_question
from stores.moments import Moment
from stores.opening import Stores
from stores.readings import EntityRow
from stores.recall import SearchRow, search_rows
from stores.reindexing import comparing


async def found_by(
    stores: Stores, scope: str, query: str, limit: int, as_of: datetime | None = None
) -> Sequence[SearchRow]:
    """The memories nearest to a query, best first.

    Raises:
        InputError: it is longer than any question.
    """
    if len(query) > LONGEST_QUESTION:
        raise InputError(
            f"{len(query):,} characters are searched for, and {LONGEST_QUESTION:,} at most: give fewer words"
        )
    query = storable(query)
    vector = await vector_of_question(stores.database, scope, "search", stores.embedding, query)
    async with comparing(stores.database, stores.embedding):
        return await search_rows(stores.database, scope, query, vector, k=limit, moment=Moment(as_of))


async def status_of(
    stores: Stores, scope: str, named: str, as_of: datetime | None = None
) -> Sequence[StatusRow]:
    """The states of what bears a name or id; raises as `find_entities`."""
    found = await find_entities(stores, scope, named, as_of)
    return await histories.status_rows(stores.database, scope, found, Moment(as_of))


async def status_of_all(stores: Stores, scope: str, as_of: datetime | None = None) -> Sequence[StatusRow]:
    """The states of everything that has one, by name."""
    everything = await readings.entities(stores.database, scope, Moment(as_of))
    rows = await histories.status_rows(stores.database, scope, everything, Moment(as_of))
    return [row for row in rows if row["state"]]


async def timeline_of(
    stores: Stores, scope: str, named: str, as_of: datetime | None = None
) -> Sequence[ChangeRow]:
    """All that happened to what bears a name or id, oldest first; raises as `find_entities`."""
    return [
        row
        for found in await find_entities(stores, scope, named, as_of)
        for row in await histories.timeline_rows(stores.database, scope, found["id"], Moment(as_of))
    ]


async def find_entities(
    stores: Stores, scope: str, named: str, as_of: datetime | None = None
) -> list[EntityRow]:
    """The entities that bear a name, or the one with an id; several when several bear it.

    Raises:
        NotFoundError: none does; the message says who nearly does.
    """
    moment, named = Moment(as_of), storable(named)
    if is_id(named):
        ids, nearly = [named], ()
    else:
        found = await readings.lookup(stores.database, scope, normalised_name(named), moment)
        ids, nearly = [one.id for one in found.bearers], found.suggestions
    rows = await readings.entities(stores.database, scope, moment, ids=ids) if ids else []
    if not rows:
        names = ", ".join(dict.fromkeys(one.name for one in nearly))
        known = f"did you mean: {names}?" if names else "`smart-meet entities` lists what is known"
        when = f" by {as_of:%Y-%m-%d}" if as_of else ""
        raise NotFoundError(f'nothing is called "{named}" in this workspace{when}; {known}')
    return rows
