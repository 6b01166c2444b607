"""Writing a file so that it is there whole or not at all."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nodes.errors import InputError


@contextmanager
def placed(path: Path, *, replace: bool) -> Generator[IO[bytes]]:
    """Write a file beside its place, and put it there when the block ends well; only its owner can read it.

    Args:
        replace: a file that is there; else it is refused.

    Raises:
        InputError: it cannot be written.
    """
    if os.path.exists(path) and not replace:
        raise InputError(f"{path} is there already: give another name, or --force to replace it")
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as raw:
            try:
                yield raw
                raw.flush()
                os.fsync(raw.fileno())
                os.replace(raw.name, path)
            except BaseException:
                os.unlink(raw.name)
                raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
