"""What the model failed at: noted while a run goes on, told when it ends."""

from typing import Literal

from stores import sources
from stores.errors import ModelFailedError, ModelUnavailableError
from stores.opening import Stores

Step = Literal["extract", "summarise", "adjudicate", "compare"]


async def note_failure(
    stores: Stores, scope: str, source_id: str, step: Step, item: str, error: ModelUnavailableError
) -> None:
    """Keep why a piece of the work went to the rules. Where no model is configured, nothing has failed."""
    if isinstance(error, ModelFailedError):
        noted = {f"{step} {item}": {"reason": str(error)}}
        await sources.put_items(stores.database, scope, source_id, "failure", noted, replace=True)


async def failures(stores: Stores, scope: str, source_id: str) -> dict[tuple[str, str], str]:
    """Why pieces went to the rules, by step and item."""
    noted = await sources.read_items(stores.database, scope, source_id, "failure")
    return {_piece(item): payload["reason"] for item, payload in noted.items()}


def _piece(item: str) -> tuple[str, str]:
    step, _, name = item.partition(" ")
    return step, name
