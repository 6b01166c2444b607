"""What is to be folded now that observations have come: from where a series stands, or from its beginning."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nodes.fold import Head, Series, goes_on, moves_state, series_of
from nodes.profiles.profile import Profile
from stores import folding, knowledge
from stores.database import Connection
from stores.folding import HeadRow
from stores.records import Observation


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What `fold` is to be given.

    Attributes:
        observations: all of the entities that are folded from the beginning, and what is new of the others.
        heads: of the others, by series, where to go on.
        anew: the entities that are folded from the beginning.
    """

    observations: list[Observation]
    heads: Mapping[Series, Head]
    anew: set[str]


async def unfolded(
    connection: Connection,
    scope: str,
    profile: Profile,
    new: Sequence[Observation],
    *,
    anew: Collection[str],
    without: Sequence[str] = (),
) -> Unfolded:
    """Gather it: what a meeting that comes last says is folded at the cost of what it says.

    Args:
        new: observations that were not folded yet, written or still to be written.
        anew: entities of which something else has changed.
        without: meeting versions that do not count.
    """
    moving = [one for one in new if moves_state(one)]
    entities = {one.entity_id for one in moving}.difference(anew)
    rows = {
        (row["entity_id"], row["field"], row["key"]): row
        for row in await folding.heads_of(connection, scope, entities)
    }
    wanted = {series_of(profile, one) for one in moving if one.entity_id in entities}
    heads = await _heads(connection, scope, profile, [rows[place] for place in wanted if place in rows])
    beginning = set(anew) | {
        one.entity_id
        for one in moving
        if (head := heads.get(series_of(profile, one))) is None or not goes_on(profile, head, one)
    }
    known = await knowledge.observations_of(connection, scope, beginning, without=without)
    return Unfolded(
        observations=[*known, *new],
        heads={place: head for place, head in heads.items() if place[0] not in beginning},
        anew=beginning,
    )


async def _heads(
    connection: Connection, scope: str, profile: Profile, rows: Sequence[HeadRow]
) -> dict[Series, Head]:
    """The heads with their observations, but for those whose observations are not what they were."""
    ids = {one for row in rows for one in (row["last_observation_id"], *row["standing"])}
    stood = {
        one.id: replace(one, key=profile.key_of(one.field, one.key))
        for one in await knowledge.observations_of(connection, scope, [], ids=ids)
    }
    heads: dict[Series, Head] = {}
    for row in rows:
        ids_of_row = (row["last_observation_id"], *row["standing"])
        found = [
            stood[one] for one in ids_of_row if one in stood and stood[one].entity_id == row["entity_id"]
        ]
        if len(found) == len(ids_of_row):
            place = (row["entity_id"], row["field"], row["key"])
            heads[place] = Head(found[0], tuple(found[1:]), row["is_plain"])
    return heads


def head_rows(heads: Mapping[Series, Head]) -> Iterable[HeadRow]:
    """Heads as they are kept."""
    return [
        HeadRow(
            entity_id=entity_id,
            field=field,
            key=key,
            last_observation_id=head.last.id,
            last_date=head.last.meeting_date,
            standing=[one.id for one in head.standing],
            is_plain=head.is_plain,
        )
        for (entity_id, field, key), head in heads.items()
    ]
