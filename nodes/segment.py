"""segment: cut the meeting into windows for readers and turns to remember."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Send

from nodes.context import Context
from nodes.ingest_state import Segmented, Started, WindowTask, check_workspace
from nodes.windows import discussion_memories, windows
from stores import sources
from stores.opening import open_stores


async def segment(state: Started, runtime: Runtime[Context]) -> dict[str, Any]:
    """Stage the windows and one memory for every turn."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    source = await sources.read_source(*place)
    cut = windows(source.utterances)
    await sources.put_items(*place, "window", {window.id: asdict(window) for window in cut})
    await sources.put_items(*place, "memory", dict(discussion_memories(source)))
    runtime.stream_writer({"stage": "segment", "done": len(cut), "total": len(cut)})
    return {"windows": [window.id for window in cut]}


def to_windows(state: Segmented) -> list[Send | str]:
    """One reader for every window, all at once, beside the embedding and the summary."""
    return [*window_readers(state, state["windows"]), "embed", "summarise"]


def window_readers(state: Started, windows: Sequence[str]) -> list[Send]:
    """One reader for each of these windows."""
    return [
        Send(
            "extract",
            WindowTask(
                workspace=state["workspace"],
                scope=state["scope"],
                run_id=state["run_id"],
                source_id=state["source_id"],
                window=window,
            ),
        )
        for window in windows
    ]
