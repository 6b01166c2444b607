"""Answers of the model that a run has paid: staged before they are used, and entered into the ledger."""

import json
from dataclasses import asdict, dataclass
from typing import TypeVar

from pydantic import BaseModel

from stores import sources
from stores.answering import strict_schema
from stores.chat import Reply, Span, configured_model, reply_of
from stores.database import Database
from stores.errors import ModelFailedError
from stores.ids import derived_id
from stores.ledger import Piece, enter, enter_failure, enter_question
from stores.records import Spent

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told to do. The version is kept with what it decides and changes with the words."""

    version: str
    instructions: str


async def paid_answer(
    database: Database, piece: Piece, schema: type[Answer], prompt: Prompt, content: str
) -> Reply[Answer]:
    """The model's answer, asked for once: what was asked before of this source is read from staging.

    It is staged with what it took before it is used, so that whoever goes on after a kill pays nothing for
    it and enters the same line into the ledger.

    Raises:
        ModelUnavailableError: no chat model is configured.
        ModelFailedError: the endpoint failed for good; what the failed tries took is in the ledger.
    """
    model = configured_model()
    shape = json.dumps(strict_schema(schema))
    item = derived_id("answer", model, prompt.version, schema.__name__, shape, prompt.instructions, content)
    line = item[:8]  # another prompt for the same piece, as when the workspace has moved, is another line
    place = (database, piece.scope, piece.source_id)
    staged = await sources.read_item(*place, "answer", item)
    if staged is None:
        try:
            about = {"node": piece.node, "item": piece.item, "prompt": prompt.version}
            span = Span(f"{piece.node} {piece.item}", about | {"source_id": piece.source_id})
            reply = await reply_of(schema, prompt.instructions, content, span)
        except ModelFailedError as error:
            await enter_failure(database, piece, error)
            raise
        kept = {
            "answer": json.loads(reply.answer.model_dump_json()),
            "dropped": reply.dropped,
            "spent": asdict(reply.spent),
            "run_id": piece.run_id,
        }
        await sources.put_items(*place, "answer", {item: kept})
        await enter(database, piece, line, model, reply.spent)
        return reply
    if staged["run_id"] == piece.run_id:  # the line may have been cut off by a kill
        await enter(database, piece, line, model, Spent(**staged["spent"]))
    else:
        await enter(database, piece, line, model, Spent(), cached=1)
    answer = schema.model_validate(staged["answer"])
    return Reply(answer, staged["dropped"], model, Spent(**staged["spent"]))


async def answer_to_question(
    database: Database, scope: str, node: str, schema: type[Answer], instructions: str, content: str
) -> Answer:
    """The model's answer in the shape of a schema, entered into the ledger of questions.

    Args:
        node: the step of the query graph that asks.

    Raises:
        ModelUnavailableError: no chat model is configured.
        ModelFailedError: the endpoint failed for good; what the failed tries took is in the ledger.
    """
    try:
        reply = await reply_of(schema, instructions, content, Span(node, {"node": node}))
    except ModelFailedError as error:
        spent = Spent(error.calls, error.prompt_tokens, error.completion_tokens)
        await enter_question(database, scope, node, error.model, spent)
        raise
    await enter_question(database, scope, node, reply.model, reply.spent)
    return reply.answer
