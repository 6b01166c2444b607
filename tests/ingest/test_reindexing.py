"""Another embedding model takes the place of the one that filled the database, and nothing else changes."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.ingestion import Ingestions
from app.questioning import answer
from app.rows import found_by
from nodes.context import Context
from nodes.hand.importing import import_file
from nodes.intake import accept
from nodes.reindexing import reindex
from stores import settings as settings_module
from stores.errors import EmbeddingMismatchError
from stores.opening import Stores, close_stores, open_stores
from stores.sources import put_vectors, workspace_id
from tests.ingest.knowing import ingest, known
from tests.ingest.meetings import meeting
from tests.models.openai_server import vector_of

_VECTORS = b"select content, embedding::text as vector from memories order by id"
_OTHER = "other-scripted"
SCOPE = workspace_id("default")


@pytest.fixture
def with_model(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From the next opening of the stores on another embedding model is configured, asked call by call."""
    monkeypatch.setenv("SMART_MEET_MODEL_CALLS_AT_ONCE", "1")

    def use(name: str) -> None:
        monkeypatch.setenv("SMART_MEET_EMBEDDING_MODEL", name)
        settings_module.settings.cache_clear()

    return use


def _is_embedded(rows: list[Any], dimensions: int) -> bool:
    return all(
        [float(one) for one in row["vector"].strip("[]").split(",")]
        == pytest.approx(vector_of(row["content"], dimensions), abs=1e-5)
        for row in rows
    )


async def test_a_reindexing_that_is_interrupted_goes_on_and_embeds_nothing_twice(
    ingestions: Ingestions, with_model: Callable[[str], None], endpoint: Any
) -> None:
    speakers = ("Ada Nilsson", "Ben Okafor")
    turns = [f"{speakers[number % 2]}: Tide Gauge {number} is planned." for number in range(40)]
    await ingest(ingestions, [meeting(1, *turns)])
    before = await known(ingestions.stores)
    await close_stores()
    with_model(_OTHER)
    with pytest.raises(EmbeddingMismatchError, match="smart-meet reindex"):
        await open_stores()
    stores = await open_stores(to_look=True)
    asked = len(endpoint.requests)

    def stop(event: dict[str, Any]) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await reindex(stores, stop)
    assert await _model(stores) == "scripted"
    half = [text for one in endpoint.requests[asked:] for text in one.body["input"]]
    done = await reindex(stores, lambda event: None)
    texts = [text for one in endpoint.requests[asked:] for text in one.body["input"] if text != "meeting"]
    assert done == len(texts) == len(set(texts))
    assert 0 < len(half) < len(texts)
    assert await _model(stores) == _OTHER
    assert _is_embedded(await stores.database.rows(_VECTORS), endpoint.dimensions)  # pyright: ignore[reportArgumentType]
    assert await known(stores) == before
    assert await reindex(stores, lambda event: None) is None


async def test_a_process_that_still_has_the_former_model_can_neither_write_nor_ask(
    ingestions: Ingestions, with_model: Callable[[str], None], endpoint: Any
) -> None:
    await ingest(ingestions, [meeting(1, "Ada Nilsson: Tide Gauge is planned.")])
    waiting = await accept(ingestions.stores, "default", meeting(2, "Ada Nilsson: Tide Gauge is blocked."))
    assert waiting.source is not None
    with_model(_OTHER)
    await asyncio.to_thread(_reindexed)
    assert await _model(ingestions.stores) == _OTHER
    before = await known(ingestions.stores)
    line = {"entity": "Tide Gauge", "type": "project", "field": "owner", "value": "Ben", "date": "2026-02-01"}
    states = json.dumps(line).encode()
    vectors = {"one": [0.0] * endpoint.dimensions}
    for work in (
        ingest(ingestions, [meeting(3, "Ada Nilsson: Tide Gauge is at risk.")]),
        put_vectors(
            ingestions.stores.database, SCOPE, waiting.source.id, vectors, ingestions.stores.embedding
        ),
        import_file(ingestions.stores, "default", "states.jsonl", states, by="Dee"),
        answer(Context(cache=False), "what did Ada say about the gauge?"),
        found_by(ingestions.stores, SCOPE, "gauge", 3),
    ):
        with pytest.raises(EmbeddingMismatchError, match=f"searched with the embedding model {_OTHER} now"):
            await work
    assert await known(ingestions.stores) == before


def _reindexed() -> None:
    """Reindex as another process does, with stores of its own."""

    async def work() -> None:
        await reindex(await open_stores(to_look=True), lambda event: None)
        await close_stores()

    asyncio.run(work())


async def _model(stores: Stores) -> str:
    row = await stores.database.row(b"select value ->> 'name' as name from installation")
    assert row is not None
    return row["name"]
