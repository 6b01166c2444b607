"""The bundled model's vectors, kept in a file between runs: the same text has the same vector."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stores.embeddings import BUNDLED_MODEL, EmbeddingModel

_PORTION = 256


class KeptVectors:
    """Vectors of texts by the hash of the text; without a folder nothing outlives the process."""

    def __init__(self, folder: Path | None, model: EmbeddingModel) -> None:
        """Open or make the file in `folder`."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        file = ":memory:" if folder is None else str(folder / f"{BUNDLED_MODEL}.sqlite")
        self._file = sqlite3.connect(file, timeout=60)
        self._file.execute("create table if not exists vectors (key blob primary key, vector blob not null)")
        self._model = model

    async def of(self, texts: Mapping[str, str]) -> dict[str, list[float]]:
        """The vector of each text, by the text's id."""
        keys = {item: hashlib.sha256(text.encode()).digest() for item, text in texts.items()}
        missing = {keys[item]: text for item, text in texts.items() if self._kept(keys[item]) is None}
        pending = list(missing.items())
        for start in range(0, len(pending), _PORTION):
            await self._add(pending[start : start + _PORTION])
        kept = {item: self._kept(key) for item, key in keys.items()}
        return {item: vector.tolist() for item, vector in kept.items() if vector is not None}

    async def _add(self, portion: Sequence[tuple[bytes, str]]) -> None:
        vectors = await self._model.embeddings.aembed_documents([text for _, text in portion])
        with self._file:
            self._file.executemany(
                "insert or ignore into vectors values (?, ?)",
                [
                    (key, np.asarray(vector, dtype=np.float32).tobytes())
                    for (key, _), vector in zip(portion, vectors, strict=True)
                ],
            )

    def _kept(self, key: bytes) -> NDArray[np.float32] | None:
        row = self._file.execute("select vector from vectors where key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float32)
