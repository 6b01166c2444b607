"""Answers of the model that a run has paid: staged before they are used, and entered into the ledger."""

import json
from asyncio import to_thread
from dataclasses import asdict, dataclass
from typing import TypeVar

from pydantic import BaseModel

from stores import runs, sources
from stores.answering import strict_schema
from stores.chat import Reply, Spent, configured_model, reply_of
from stores.database import Database
from stores.errors import ModelFailedError
from stores.ids import derived_id
from stores.prices import cost_of

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told to do. The version is kept with what it decides and changes with the words."""

    version: str
    instructions: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a run's work on a staged source: which node asks, about which item."""

    scope: str
    source_id: str
    run_id: str
    node: str
    item: str


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
    place = (database, piece.scope, piece.source_id)
    staged = await sources.read_item(*place, "answer", item)
    if staged is None:
        try:
            reply = await reply_of(schema, prompt.instructions, content)
        except ModelFailedError as error:
            spent = Spent(error.calls, error.prompt_tokens, error.completion_tokens)
            await _enter(database, piece, item, model, spent)
            raise
        kept = {
            "answer": json.loads(reply.answer.model_dump_json()),
            "dropped": reply.dropped,
            "spent": asdict(reply.spent),
            "run_id": piece.run_id,
        }
        await sources.put_items(*place, "answer", {item: kept})
        await _enter(database, piece, item, model, reply.spent)
        return reply
    if staged["run_id"] == piece.run_id:  # the line may have been cut off by a kill
        await _enter(database, piece, item, model, Spent(**staged["spent"]))
    else:
        await _enter(database, piece, item, model, Spent(), cached=1)
    answer = schema.model_validate(staged["answer"])
    return Reply(answer, staged["dropped"], model, Spent(**staged["spent"]))


async def _enter(
    database: Database, piece: Piece, item: str, model: str, spent: Spent, *, cached: int = 0
) -> None:
    cost = await to_thread(
        cost_of, model, prompt_tokens=spent.prompt_tokens, completion_tokens=spent.completion_tokens
    )
    usage = runs.Usage(**asdict(spent), cost=cost, cached=cached)
    # another prompt for the same item, as when the workspace has moved, is another line
    line = f"{piece.item} {item[:8]}"
    await runs.add_usage(
        database, piece.scope, piece.run_id, node=piece.node, item=line, model=model, usage=usage
    )
