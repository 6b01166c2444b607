"""What a person decides on the names of a meeting while its ingestion waits; written when it is committed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from nodes.errors import InputError
from nodes.hand.deciding import Desk, Draft
from nodes.hand.names import accepted, name_given, parted, rejected, renamed
from nodes.hand.subjects import Subject
from nodes.judged import judged_in
from nodes.names import entity_key, normalised_name
from nodes.resolution import GreyPair, circle_of
from nodes.schemas import ExtractedEntity
from stores import decisions
from stores.database import Connection
from stores.ids import derived_id
from stores.knowledge import MentionRow, Resolution
from stores.records import Source


class PairDecision(TypedDict):
    """What a person says of one pair that was offered.

    Attributes:
        decision: accept (the name is the entity), reject (it is not, and never will be), or split (the name
            of the entity that is like it is taken out of the entity, into a thing of its own).
    """

    mention_id: str
    entity_id: str
    decision: Literal["accept", "reject", "split"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a meeting's review is about."""

    scope: str
    source: Source
    resolution: Resolution
    grey: Sequence[GreyPair]

    def mention(self, mention_id: str) -> MentionRow:
        """A name of the meeting."""
        return next(one for one in self.resolution["mentions"] if one["id"] == mention_id)

    def pair(self, said: PairDecision) -> GreyPair:
        """The pair that a decision is about.

        Raises:
            InputError: it was not offered.
        """
        place = said["mention_id"], said["entity_id"]
        for pair in self.grey:
            if (pair["mention_id"], pair["entity_id"]) == place:
                return pair
        raise InputError(f"{place} was not offered: answer with pairs from same_entity")


async def drafts_of(
    connection: Connection,
    asked: Asked,
    said: Sequence[PairDecision],
    names: Mapping[str, str],
    *,
    by: str,
) -> dict[str, dict[str, Any]]:
    """The decisions that an answer comes to, as they are staged, by what they are about.

    Args:
        names: what things are called, by the mention that means them.

    Raises:
        InputError: one cannot be made; the message says why.
    """
    judged = await judged_in(connection, asked.scope)
    drafts: dict[str, Draft] = {}
    known: dict[str, Subject] = {}
    for one in said:
        pair = asked.pair(one)
        mention, entity = _of_mention(asked, pair), await _of_entity(connection, asked, pair)
        item = f"{one['mention_id']} {one['entity_id']}"
        if item in drafts:
            raise InputError(f"{item} is decided on twice: decide once")
        match one["decision"]:
            case "accept":
                if one["mention_id"] in known:
                    raise InputError(f'"{pair["name"]}" is accepted as two things: it can be one')
                drafts[item] = accepted(judged, mention, entity, by=by)
                known[one["mention_id"]] = entity
            case "reject":
                drafts[item] = rejected(mention, entity, by=by)
            case "split":
                drafts[item] = parted(entity, by=by)
    for mention_id, name in names.items():
        pair = next((pair for pair in asked.grey if pair["mention_id"] == mention_id), None)
        if pair is None:
            raise InputError(f"{mention_id} was not offered: rename mentions from same_entity")
        subject = known.get(mention_id) or _of_mention(asked, pair)
        drafts[f"{mention_id} name"] = renamed(subject, name_given(name), by=by)
    return {item: _staged(draft) for item, draft in drafts.items()}


async def write_staged(desk: Desk, staged: Iterable[Mapping[str, Any]]) -> tuple[set[str], list[str]]:
    """Write what was decided while the ingestion waited.

    Gives the normalised names that it is about, and what others have decided otherwise meanwhile, which
    stands.
    """
    names: set[str] = set()
    refused: list[str] = []
    for one in staged:
        draft = _draft(one)
        judged = await judged_in(desk.connection, desk.scope)
        number = next(
            (
                number
                for join in draft.details["joins"]
                if (number := judged.parted(join["key"], join["bearer"])) is not None
            ),
            None,
        )
        if number is not None and draft.kind == "merge":
            refused.append(f"not done: {draft.told}; decision {number} says that they are two")
            continue
        recorded = await desk.record(draft)
        names |= recorded.names
    return names, refused


def _of_mention(asked: Asked, pair: GreyPair) -> Subject:
    """A name of a meeting that is not committed yet, as a thing of its own."""
    mention = asked.mention(pair["mention_id"])
    name, type = mention["name"], mention["type"]
    row = {
        "name": name,
        "type": type,
        "series": asked.source.series,
        "key": asked.source.key,
        "is_said": True,
    }
    key = entity_key(name, type, scope=circle_of(asked.source))
    return Subject(asked.scope, derived_id("entity", asked.scope, key), name, type, name, [row])


async def _of_entity(connection: Connection, asked: Asked, pair: GreyPair) -> Subject:
    """The entity of a pair, by the name of it that is like the meeting's."""
    rows = await decisions.names_of_entity(connection, asked.scope, pair["entity_id"])
    if not rows:
        raise InputError(f'"{pair["entity"]}" is gone meanwhile: leave it out')
    given = next(
        (row["name"] for row in rows if normalised_name(row["name"]) == pair["alias"]), pair["entity"]
    )
    return Subject(asked.scope, pair["entity_id"], pair["entity"], rows[0]["type"], given, rows)


def _staged(draft: Draft) -> dict[str, Any]:
    """A decision on names as plain JSON. What a new name is joined to is settled when it is written."""
    subject = draft.subject
    return {
        "kind": draft.kind,
        "told": draft.told,
        "by": draft.by,
        "details": dict(draft.details),
        "about": [one.model_dump() for one in draft.about],
        "series": draft.series,
        "subject": None
        if subject is None
        else {**asdict(subject), "names": [dict(row) for row in subject.names]},
    }


def _draft(staged: Mapping[str, Any]) -> Draft:
    subject = staged["subject"]
    return Draft(
        kind=staged["kind"],
        told=staged["told"],
        by=staged["by"],
        details=cast(Mapping[str, Any], staged["details"]),
        about=[ExtractedEntity.model_validate(one) for one in staged["about"]],
        series=staged["series"],
        subject=None if subject is None else Subject(**subject),
    )
