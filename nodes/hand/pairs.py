"""The pairs of names that look alike and that nobody has decided on."""

from collections.abc import Collection, Sequence
from typing import Any

from nodes.errors import InputError
from nodes.judged import judged_in
from nodes.names import look_alike
from nodes.resolution import GreyPair
from stores import decisions, sources
from stores.database import Connection, Row
from stores.decisions import PairRow
from stores.ids import derived_id
from stores.knowledge import Resolution
from stores.moments import iso
from stores.opening import Stores

MOST_COMPARED = 300  # names of one meeting


async def keep_pairs(
    connection: Connection,
    scope: str,
    meeting_id: str,
    grey: Sequence[GreyPair],
    resolution: Resolution,
    settled: Collection[str],
) -> None:
    """Keep the names of a meeting that look alike and were kept apart, for a person to decide.

    These are the pairs that a model would be asked about, and others that only a person is: names of one
    meeting, first names, slips of a letter. To be called when the meeting is written and its names are bound.

    Args:
        settled: mentions on which a model or a person has decided.
    """
    named = {mention["id"]: mention for mention in resolution["mentions"]}
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
    alike = await _alike(connection, scope, meeting_id, resolution, settled)
    await decisions.insert_pairs(connection, scope, meeting_id, [*rows, *alike])


async def _alike(
    connection: Connection, scope: str, meeting_id: str, resolution: Resolution, settled: Collection[str]
) -> list[PairRow]:
    """The names that only this meeting has beside the names of other things that resemble them.

    Each is compared with all that are known; of a meeting of thousands, MOST_COMPARED are, which is more than
    a person reviews.
    """
    linked = {link["mention_id"]: link["entity_id"] for link in resolution["links"]}
    named = {one["normalised"]: one for one in resolution["mentions"] if one["id"] not in settled}
    compared = sorted(named)[:MOST_COMPARED]
    pairs: dict[tuple[str, str], PairRow] = {}
    for row in await decisions.names_alike(connection, scope, meeting_id, compared):  # the likeliest first
        mention, score = named[row["normalised"]], row["score"]
        types = {"type_a": mention["type"], "type_b": row["type"]}
        if row["entity_id"] == linked[mention["id"]]:
            continue
        if look_alike(mention["name"], row["name"], **types, score=score):
            pair = PairRow(
                name=mention["name"],
                normalised=mention["normalised"],
                type=mention["type"],
                other_name=row["name"],
                other_normalised=row["alias"],
                other_type=row["type"],
                score=score,
            )
            pairs.setdefault((mention["id"], row["entity_id"]), pair)
    return list(pairs.values())


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
