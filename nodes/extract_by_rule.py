"""extract_by_rule: read by grammar the windows that no model read."""

from asyncio import to_thread
from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.extraction import owned_by, stage_reading
from nodes.ingest_state import PartlyRead, check_workspace
from nodes.profiles.current import profile_of
from nodes.rules.extracting import OwnFields
from nodes.rules.extracting import extract as read_by_rule
from nodes.windows import Window
from stores import hand, sources
from stores.ledger import Piece
from stores.opening import open_stores
from stores.profiles import keys_of


async def extract_by_rule(state: PartlyRead, runtime: Runtime[Context]) -> dict[str, Any]:
    """Read the whole meeting once, since names recur across windows, and keep what the windows own."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    source = await sources.read_source(*place)
    cut = await sources.read_items(*place, "window")
    profile = await profile_of(stores.database, state["scope"])
    keyed = [field for field in profile.own_fields if profile.spec_of(field).keyed_by]
    keys = await keys_of(stores.database, state["scope"], keyed) if keyed else {}
    async with stores.database.transaction() as connection:
        imported = await hand.names_imported(connection, state["scope"])
    reading = await to_thread(
        read_by_rule,
        source.utterances,
        participants=source.participants,
        title=source.title,
        own=OwnFields.of(profile, keys),
        imported=imported,
    )
    failed = state["failed_windows"]
    for done, name in enumerate(failed, start=1):
        window = Window(**cut[name])
        own = owned_by(reading, window)
        piece = Piece(state["scope"], source.id, state["run_id"], "extract_by_rule", name)
        await stage_reading(stores, piece, source, window, own, made_by="rule")
        runtime.stream_writer({"stage": "read", "done": done, "total": len(failed)})
    return {"by_rule": failed}
