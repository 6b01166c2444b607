"""The ledger: what each piece of work, and each question, asked of models and what that cost."""

from asyncio import to_thread
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from uuid import uuid4

from stores.database import Connection, Database, Row, fetch
from stores.embeddings import EmbeddingModel, counted
from stores.errors import ModelFailedError
from stores.prices import cost_of
from stores.queries import queries
from stores.records import Spent

_SQL = queries("ledger")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a run's work on a staged source: which node asks, about which item."""

    scope: str
    source_id: str
    run_id: str
    node: str
    item: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a whole run asked of models. Cost in US dollars, of the models whose price is known."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    cached: int = 0


async def enter(
    database: Database, piece: Piece, line: str, model: str, spent: Spent, *, cached: int = 0
) -> None:
    """Enter one line of a piece; the same line again replaces it, so that nothing is counted twice.

    Args:
        line: tells apart what was asked for the same piece, as when the workspace had moved.
        cached: how many answers were at hand.
    """
    await database.rows(
        _SQL["enter"],
        workspace_id=piece.scope,
        run_id=piece.run_id,
        node=piece.node,
        item=f"{piece.item} {line}",
        model=model,
        cached=cached,
        cost=await _cost(model, spent),
        **asdict(spent),
    )


async def enter_failure(database: Database, piece: Piece, error: ModelFailedError) -> None:
    """Enter what tries took that came to nothing, on a line of its own: a later answer adds to it."""
    spent = Spent(error.calls, error.prompt_tokens, error.completion_tokens)
    await enter(database, piece, f"failed {uuid4().hex[:8]}", error.model, spent)


@asynccontextmanager
async def embedding_for(
    database: Database, piece: Piece, line: str, model: EmbeddingModel
) -> AsyncGenerator[None]:
    """Enter what is embedded inside, also when it fails; the bundled model asks nobody."""
    with counted() as spent:
        try:
            yield
        finally:
            if spent.calls:
                await enter(database, piece, line, model.name, spent)


async def enter_question(database: Database, scope: str, node: str, model: str, spent: Spent) -> None:
    """Add what a question took to its day; nothing for a workspace that holds nothing."""
    await database.rows(
        _SQL["enter_question"],
        workspace_id=scope,
        node=node,
        model=model,
        cost=await _cost(model, spent),
        **asdict(spent),
    )


async def vector_of_question(
    database: Database, scope: str, node: str, model: EmbeddingModel, text: str
) -> list[float]:
    """The vector of a question, with what it took entered; raises as the model's `aembed_query`."""
    with counted() as spent:
        try:
            return await model.embeddings.aembed_query(text)
        finally:
            if spent.calls:
                await enter_question(database, scope, node, model.name, spent)


async def usage_of(connection: Connection, scope: str, run_id: str) -> Usage:
    """What a run has asked of models so far."""
    rows = await fetch(connection, _SQL["usage"], {"workspace_id": scope, "run_id": run_id})
    return Usage(**rows[0])


async def lines_of_run(database: Database, scope: str, run_id: str) -> list[Row]:
    """What a run asked of models, by node and model; `cost` is None where the price is not known."""
    return await database.rows(_SQL["lines_of_run"], workspace_id=scope, run_id=run_id)


async def lines_of_questions(database: Database, scope: str) -> list[Row]:
    """What questions asked of models, by day, node and model, the newest day first."""
    return await database.rows(_SQL["lines_of_questions"], workspace_id=scope)


async def _cost(model: str, spent: Spent) -> float | None:
    return await to_thread(
        cost_of, model, prompt_tokens=spent.prompt_tokens, completion_tokens=spent.completion_tokens
    )
