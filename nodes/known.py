"""What a run says and does when another has committed its very content before it."""

from collections.abc import Mapping
from typing import Any

from stores import runs, sources, workspaces
from stores.opening import Stores


def known_output(meeting_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """The output for content that the workspace knows: nothing was done and nothing paid."""
    return {
        "meeting_id": meeting_id,
        "status": "known",
        "counts": result["counts"],
        "usage": dict.fromkeys(result["usage"], 0),
        "warnings": [],
    }


async def end_run(stores: Stores, scope: str, run_id: str, source_id: str, result: Mapping[str, Any]) -> bool:
    """End a run whose version is committed and drop what is still staged; False when it had ended."""
    async with stores.database.transaction() as connection:
        # of two runs that end at once, each would see the other as still reading what is staged
        await workspaces.lock_workspace(connection, scope)
        ended = await runs.finish(connection, scope, run_id, source_id, result)
        await sources.clear(connection, scope, source_id)
    return ended
