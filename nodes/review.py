"""review: a person decides on the names that look alike."""

from collections.abc import Sequence
from typing import Any, NotRequired

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from nodes.context import Context
from nodes.errors import InputError
from nodes.hand.reviewing import Asked, PairDecision, drafts_of
from nodes.ingest_state import Started, check_workspace
from nodes.resolution import GreyPair, known_as
from stores import sources
from stores.opening import Stores, open_stores

SOMEBODY = "a reviewer"


class Review(TypedDict):
    """The answer; what it leaves out stays apart and is listed by `smart-meet review`.

    Attributes:
        decisions: on pairs that were offered.
        same_entity: {mention_id: entity_id} of the pairs that are one, the short form of accepting.
        rename: {mention_id: name}, what the thing is called that a name means.
        by: who decides; it is signed with this name.
    """

    decisions: NotRequired[list[PairDecision]]
    same_entity: NotRequired[dict[str, str]]
    rename: NotRequired[dict[str, str]]
    by: NotRequired[str]


_REVIEW = TypeAdapter(Review)
_FORM = (
    'answer with {"same_entity": {mention_id: entity_id}} or {"decisions": [{"mention_id": ..., "entity_id": '
    '..., "decision": "accept", "reject" or "split"}]}; and "rename": {mention_id: name}, "by": who decides'
)


async def review(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Pause with the unclear pairs as {"same_entity": [pair]}, and go on with the answer, a `Review`.

    An answer that cannot be used is asked for again, with the reason as "refused". What is decided is staged
    and written as decisions by hand when the meeting is committed.
    """
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    current = (await sources.read_items(*place, "resolution"))["current"]
    settled = {item.partition(" ")[0] for item in await sources.read_items(*place, "decision")}
    grey = [pair for pair in current["grey"] if pair["mention_id"] not in settled]
    if not grey:
        return {}
    source = await sources.read_source(*place)
    asked = Asked(state["scope"], source, current["resolution"], grey)
    said, drafts = await _answered(stores, asked)
    links = {
        one["mention_id"]: {
            "entity_id": one["entity_id"],
            "decided_by": "human",
            "alias": known_as(grey, one["mention_id"], one["entity_id"]),
        }
        for one in said
        if one["decision"] == "accept"
    }
    rejected = {one["mention_id"] for one in said if one["decision"] == "reject"} - links.keys()
    left = {pair["mention_id"] for pair in grey if not _is_rejected(pair, said)}
    await sources.put_items(*place, "link", links, replace=True)
    await sources.put_items(
        *place, "apart", {mention: {"decided_by": "human"} for mention in rejected - left}, replace=True
    )
    await sources.put_items(*place, "decision", drafts)
    return {}


async def _answered(stores: Stores, asked: Asked) -> tuple[list[PairDecision], dict[str, dict[str, Any]]]:
    """What a person says of the pairs, and the decisions that it comes to."""
    question: dict[str, Any] = {"same_entity": asked.grey}
    while True:  # resumed, it gets here with all earlier answers in their order
        try:
            answer = _checked(interrupt(question))
            said = [*answer.get("decisions", ()), *_short(answer)]
            async with stores.database.transaction() as connection:
                drafts = await drafts_of(
                    connection, asked, said, answer.get("rename", {}), by=answer.get("by") or SOMEBODY
                )
        except InputError as error:
            question = {"same_entity": asked.grey, "refused": str(error)}
        else:
            return said, drafts


def _checked(answer: object) -> Review:
    try:
        return _REVIEW.validate_python(answer)
    except ValidationError as error:
        raise InputError(_FORM) from error


def _short(answer: Review) -> list[PairDecision]:
    return [
        PairDecision(mention_id=mention, entity_id=entity, decision="accept")
        for mention, entity in answer.get("same_entity", {}).items()
    ]


def _is_rejected(pair: GreyPair, said: Sequence[PairDecision]) -> bool:
    place = pair["mention_id"], pair["entity_id"]
    return any((one["mention_id"], one["entity_id"]) == place and one["decision"] == "reject" for one in said)
