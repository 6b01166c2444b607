"""How a command runs: its work to the end, one sentence for what goes wrong, and an exit code."""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from typing import Any

import typer

from nodes.errors import InputError
from stores.errors import StoreError, shown

DONE = 0
FAILED = 1
DEGRADED = 3
INTERRUPTED = 130

DEBUG_SETTING = "SMART_MEET_DEBUG"


def perform(work: Coroutine[Any, Any, int], *, interrupted: str = "interrupted") -> None:
    """Run a command's work and leave with the exit code that it gives.

    Args:
        work: gives one of DONE, FAILED, DEGRADED.
        interrupted: what to say when the person stops it with Ctrl-C.
    """
    if not debugging():
        # what libraries log of a server that is away comes as one sentence in the end
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        code = asyncio.run(_and_close(work))
    except (StoreError, InputError) as error:
        if debugging():
            raise
        complain(str(error))
        code = FAILED
    except KeyboardInterrupt:
        complain(interrupted)
        code = INTERRUPTED
    raise typer.Exit(code)


def complain(sentence: str) -> None:
    """Say on standard error, in one line, what is wrong and what to do."""
    from app.rendering import printable

    sys.stdout.flush()
    print(f"smart-meet: {printable(shown(sentence))}", file=sys.stderr, flush=True)


def debugging() -> bool:
    """Whether a person wants to see where an error came from."""
    return os.environ.get(DEBUG_SETTING, "") not in ("", "0")


async def _and_close(work: Coroutine[Any, Any, int]) -> int:
    try:
        return await work
    finally:
        if (
            "stores.opening" in sys.modules
        ):  # else nothing was opened, and importing it takes most of a second
            from stores.opening import close_stores

            await close_stores()
