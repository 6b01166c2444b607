"""The pairs of names that look alike and that nobody has decided on."""

from collections.abc import Sequence
from typing import Any

from nodes.errors import InputError
from nodes.judged import judged_in
from nodes.resolution import GreyPair
from stores import decisions, sources
from stores.database import Connection, Row
from stores.decisions import PairRow
from stores.ids import derived_id
from stores.knowledge import MentionRow
from stores.moments import iso
from stores.opening import Stores


async def keep_pairs(
    connection: Connection,
    scope: str,
    meeting_id: str,
    grey: Sequence[GreyPair],
    mentions: Sequence[MentionRow],
) -> None:
    """Keep the names of a meeting that look alike and were kept apart, for a person to decide."""
    named = {mention["id"]: mention for mention in mentions}
    rows = [
        PairRow(
            name=pair["name"],
            normalised=named[pair["mention_id"]]["normalised"],
            type=named[pair["mention_id"]]["type"],
            other_name=pair["entity"],
            other_normalised=pair["alias"],
            other_type=named[pair["mention_id"]]["type"],
            score=pair["score"],
        )
        for pair in grey
        if pair["mention_id"] in named
    ]
    await decisions.insert_pairs(connection, scope, meeting_id, rows)


async def open_pairs(stores: Stores, workspace: str) -> list[dict[str, Any]]:
    """The pairs that are two things now and that nobody has decided on, the likeliest first."""
    async with stores.database.transaction() as connection:
        found = await _undecided(connection, sources.workspace_id(workspace))
    return [{**row, "score": round(row["score"], 3), "date": iso(row["date"])} for row in found]


async def pair_called(connection: Connection, scope: str, id: str) -> tuple[str, str]:
    """The ids of the two entities of the one open pair whose id begins so.

    Raises:
        InputError: none does, or several.
    """
    found = [row for row in await _undecided(connection, scope) if row["id"].startswith(id.lower())]
    if len(found) != 1:
        how = "several pairs begin" if found else "no open pair has an id that begins"
        raise InputError(f'{how} with "{id}": give two names, or an id of `smart-meet review`')
    return found[0]["entity_id"], found[0]["other_entity_id"]


async def _undecided(connection: Connection, scope: str) -> list[Row]:
    judged = await judged_in(connection, scope)
    apart = [frozenset(map(judged.root, pair)) for pair in judged.apart]
    strangers = [{derived_id("entity", scope, key) for key in pair} for pair in apart]
    return [
        row
        for row in await decisions.pairs(connection, scope)
        if {row["entity_id"], row["other_entity_id"]} not in strangers
    ]
