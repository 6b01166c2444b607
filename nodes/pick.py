"""pick: find what is to be done again with the model, one piece after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Send

from nodes.context import Context, context_of
from nodes.ingest_state import Read, check_workspace
from nodes.outcome import without_wording
from nodes.recheck_state import Piece, RecheckState
from nodes.restaging import Restaged, stage_pairs, stage_version
from nodes.segment import window_readers
from nodes.vectors import embed_staged
from stores import ledger, rechecks, runs, sources
from stores.chat import configured_model
from stores.ledger import Usage
from stores.opening import Stores, open_stores

_PAIRS = "pairs of values that were compared by their wording"
# what the piece before has left
_FORGOTTEN = (
    "read",
    "failed_windows",
    "by_rule",
    "judged",
    "failed_batches",
    "recheck",
    "moved",
    "overtaken",
    "meeting_id",
)


async def pick(state: RecheckState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Note what became of the last piece and stage the next: degraded meetings as they came, then pairs.

    What is to be done is found in the database, so that a run that was killed is gone on with by starting
    another, which finds staged what was paid.

    Raises:
        ModelUnavailableError: no model is configured, without which nothing can be done better.
    """
    workspace = context_of(runtime).workspace
    if "workspace" in state:
        check_workspace(state["workspace"], runtime)
    configured_model()
    stores = await open_stores()
    scope = sources.workspace_id(workspace)
    noted = _noted(state)
    settled = dict.fromkeys(_FORGOTTEN) | {"workspace": workspace, "scope": scope, "rounds": 0} | noted
    tried: list[str] = noted["tried"]
    for version in await rechecks.versions(stores.database, scope, everything=bool(state.get("everything"))):
        if version["meeting_id"] in tried:
            continue
        staged = await stage_version(stores, scope, version)
        tried.append(version["meeting_id"])
        title = f"{version['title']} ({version['date']:%Y-%m-%d})"
        if staged is not None and await _registered(stores, scope, staged.source_id, title):
            # those without a vector: none, unless another version of the program cut otherwise; what is read
            # again is embedded, and entered, by who reads it, also after a kill
            piece = ledger.Piece(scope, staged.source_id, staged.source_id, "pick", "memories")
            await embed_staged(stores, piece, only=staged.memories)
            runtime.stream_writer({"stage": "recheck", "done": len(noted["pieces"]), "total": 0})
            return settled | _task(staged, title)
    if "pairs" not in tried:
        staged = await stage_pairs(stores, scope)
        tried.append("pairs")
        if staged is not None and await _registered(stores, scope, staged.source_id, _PAIRS):
            return settled | _task(staged, _PAIRS)
    return settled | await _output(stores, scope, noted)


def to_work(state: Read) -> list[Send | str]:
    """The readers of the windows to read again, or where the piece begins when there are none."""
    again = state.get("recheck")
    if again is None:
        return [END]
    if again["version_id"] is None:
        return ["diff"]
    readers = window_readers(state, again["windows"])
    return [*readers, *(["summarise"] if again["summary"] else [])] or ["resolve"]


async def _registered(stores: Stores, scope: str, source_id: str, title: str) -> bool:
    """Whether the piece is to be done: not when another process has just done it."""
    return await runs.register(
        stores.database, scope, source_id, source_id=source_id, title=f"recheck: {title}"
    )


def _task(staged: Restaged, title: str) -> dict[str, Any]:
    source_id = staged.source_id
    return {"run_id": source_id, "source_id": source_id, "recheck": staged.again, "title": title}


def _noted(state: RecheckState) -> dict[str, Any]:
    """What has been done, the last piece included."""
    pieces, moves = list(state.get("pieces") or []), list(state.get("moves") or [])
    total = dict(state.get("total") or {})
    # begun just now, perhaps on a thread that has rechecked before, or whose piece was never committed
    if state.get("recheck") is None or state.get("overtaken") is not False:
        return {"pieces": [], "moves": [], "total": {}, "tried": []}
    ended = Piece(
        meeting_id=state.get("meeting_id"),
        title=state.get("title", ""),
        status="degraded" if state.get("status") == "degraded" else "healed",
        warnings=state.get("warnings", []),
    )
    usage = {name: total.get(name, 0) + amount for name, amount in state.get("usage", {}).items()}
    return {
        "pieces": [*pieces, ended],
        "moves": [*moves, *(state.get("moved") or [])],
        "total": usage,
        "tried": list(state.get("tried") or []),
    }


async def _output(stores: Stores, scope: str, noted: Mapping[str, Any]) -> dict[str, Any]:
    """What was done; meetings of which only pairs were wanting have been healed by the verdicts on those."""
    left = await rechecks.versions(stores.database, scope, everything=False)
    wanting = {None, *(version["meeting_id"] for version in left)}
    pieces = [
        piece
        if piece["meeting_id"] in wanting
        else Piece(
            meeting_id=piece["meeting_id"],
            title=piece["title"],
            status="healed",
            warnings=without_wording(piece["warnings"]),
        )
        for piece in noted["pieces"]
    ]
    degraded = [piece for piece in pieces if piece["status"] == "degraded"]
    return {
        "status": "degraded" if degraded else "healed" if pieces else "nothing",
        "pieces": pieces,
        "moved": _net(noted["moves"]),
        "usage": {**asdict(Usage()), **noted["total"]},
        "warnings": [warning for piece in degraded for warning in piece["warnings"]],
    }


def _net(moves: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What several pieces have moved after each other, from the first value to the last."""
    net: dict[tuple[str, str], dict[str, Any]] = {}
    for one in moves:
        place = one["entity"], one["field"]
        net[place] = {**one, "from": net[place]["from"] if place in net else one["from"]}
    return [one for one in net.values() if one["from"] != one["to"]]
