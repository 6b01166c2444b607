"""review: a person decides on the names that look alike."""

from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from nodes.context import Context
from nodes.errors import InputError
from nodes.ingest_state import Started, check_workspace
from nodes.resolution import GreyPair, known_as
from stores import sources
from stores.opening import open_stores


class Review(TypedDict):
    """The answer: {mention_id: entity_id} of the pairs that are the same; what it leaves out stays apart."""

    same_entity: dict[str, str]


_REVIEW = TypeAdapter(Review)


async def review(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Pause with the unclear pairs as {"same_entity": [pair]}, and go on with the answer, a `Review`.

    An answer that cannot be used is asked for again, with the reason as "refused".
    """
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    grey = (await sources.read_items(*place, "resolution"))["current"]["grey"]
    if not grey:
        return {}
    accepted = _asked(grey)
    decided = {
        mention: {"entity_id": entity, "decided_by": "human", "alias": known_as(grey, mention, entity)}
        for mention, entity in accepted.items()
    }
    await sources.put_items(*place, "link", decided, replace=True)
    return {}


def _asked(grey: Sequence[GreyPair]) -> dict[str, str]:
    question: dict[str, Any] = {"same_entity": grey}
    while True:  # resumed, it gets here with all earlier answers in their order
        try:
            return _accepted(interrupt(question), grey)
        except InputError as error:
            question = {"same_entity": grey, "refused": str(error)}


def _accepted(answer: object, grey: Sequence[GreyPair]) -> dict[str, str]:
    try:
        accepted = _REVIEW.validate_python(answer)["same_entity"]
    except ValidationError as error:
        raise InputError('answer with {"same_entity": {mention_id: entity_id}}') from error
    offered = {(pair["mention_id"], pair["entity_id"]) for pair in grey}
    unknown = [pair for pair in accepted.items() if pair not in offered]
    if unknown:
        raise InputError(f"{unknown[0]} was not offered: answer with pairs from same_entity")
    return accepted
