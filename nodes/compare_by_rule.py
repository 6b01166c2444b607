"""compare_by_rule: judge by their wording the pairs that no model judged."""

from typing import Any

from langgraph.runtime import Runtime

from nodes.comparison import read_batch, stage_verdicts
from nodes.context import Context
from nodes.ingest_state import PartlyJudged, check_workspace
from nodes.profiles.current import profile_of
from nodes.verdicts import by_fallback
from stores.opening import open_stores


async def compare_by_rule(state: PartlyJudged, runtime: Runtime[Context]) -> dict[str, Any]:
    """Judge the failed batches; every verdict is marked as a fallback, to be judged again later."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    profile = await profile_of(stores.database, state["scope"])
    for name in state["failed_batches"]:
        batch = await read_batch(stores, state["scope"], state["source_id"], name)
        judged = [(pair, by_fallback(profile, *pair)) for pair in batch.values()]
        await stage_verdicts(stores, state["scope"], state["source_id"], judged)
        runtime.stream_writer({"stage": "compare", "done": len(judged), "total": len(judged)})
    return {"judged": state["failed_batches"]}
