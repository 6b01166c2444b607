"""compare: have a model judge one batch of pairs."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.comparison import read_batch, stage_verdicts
from nodes.context import Context
from nodes.failures import note_failure
from nodes.ingest_state import BatchTask, check_workspace
from nodes.kept_verdicts import keep_verdicts
from nodes.matching import Pair
from nodes.profiles.current import profile_of
from nodes.profiles.profile import Profile
from nodes.prompts import COMPARE
from nodes.schemas import StateComparison, StateComparisons
from nodes.verdicts import by_fallback
from stores.answers import paid_answer
from stores.errors import ModelUnavailableError
from stores.ledger import Piece
from stores.opening import open_stores
from stores.records import Verdict


async def compare(
    state: BatchTask, runtime: Runtime[Context]
) -> Command[Literal["commit", "compare_by_rule"]]:
    """Judge a batch in one call; a batch that failed goes to the rule."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    batch = await read_batch(stores, state["scope"], state["source_id"], state["batch"])
    asked = [
        {
            "pair_id": pair_id,
            "field": after.field,
            "key": after.key,
            "before": before.value,
            "after": after.value,
        }
        for pair_id, (before, after) in batch.items()
    ]
    scope, source_id = state["scope"], state["source_id"]
    piece = Piece(scope, source_id, state["run_id"], "compare", state["batch"])
    try:
        content = json.dumps(asked, ensure_ascii=False)
        reply = await paid_answer(stores.database, piece, StateComparisons, COMPARE, content)
    except ModelUnavailableError as error:
        await note_failure(stores, scope, source_id, "compare", state["batch"], error)
        return Command(update={"failed_batches": [state["batch"]]}, goto="compare_by_rule")
    profile = await profile_of(stores.database, scope)
    judged = [
        (pair, verdict_on(profile, pair_id, pair, reply.answer.comparisons))
        for pair_id, pair in batch.items()
    ]
    await stage_verdicts(stores, scope, source_id, judged, model=reply.model, prompt_version=COMPARE.version)
    await keep_verdicts(stores, scope, profile.version, (verdict for _, verdict in judged))
    runtime.stream_writer({"stage": "compare", "done": len(judged), "total": len(judged)})
    return Command(update={"judged": [state["batch"]]}, goto="commit")


def verdict_on(profile: Profile, pair_id: str, pair: Pair, answers: Iterable[StateComparison]) -> Verdict:
    """The model's verdict when it gave just one on this pair; else the fallback's, for this pair alone."""
    given: defaultdict[str, list[StateComparison]] = defaultdict(list)
    for answer in answers:
        given[answer.pair_id].append(answer)
    if len(given[pair_id]) != 1 or not given[pair_id][0].reason.strip():
        return by_fallback(profile, *pair)
    one = given[pair_id][0]
    return Verdict(pair_id, one.has_changes, one.reason, "llm")
