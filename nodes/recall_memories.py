"""recall_memories: the passages and statements that the question is nearest to."""

from datetime import datetime

from langgraph.runtime import Runtime

from nodes.context import Context, context_of
from nodes.interpret_by_rule import moment_of
from nodes.query_state import QueryState
from stores.ids import derived_id
from stores.moments import Moment
from stores.opening import open_stores
from stores.recall import entities_of, recall

_MEMORIES = 10
_MOST_ENTITIES = 5


async def recall_memories(state: QueryState, runtime: Runtime[Context]) -> QueryState:
    """Find the memories for the plan, and the entities that the plan or the best of them are about."""
    context = context_of(runtime)
    plan = state.get("plan")
    assert plan is not None
    stores = await open_stores()
    workspace_id = derived_id("workspace", context.workspace)
    moment = moment_of(context)
    end = datetime.fromisoformat(plan["end"]) if plan["end"] else None
    named = [*plan["entities"], *plan["people"]]
    vector = await stores.embedding.embeddings.aembed_query(plan["standalone_question"])
    memories = await recall(
        stores.database,
        workspace_id,
        plan["standalone_question"],
        vector,
        k=_MEMORIES,
        moment=Moment(
            as_of=min(filter(None, (moment.as_of, end)), default=None), known_as_of=moment.known_as_of
        ),
        start=datetime.fromisoformat(plan["start"]) if plan["start"] else None,
        entities=[entity["id"] for entity in named],
        meetings=plan["meetings"] or None,
    )
    about = named or [
        {"id": entity.id, "name": entity.name, "type": entity.type, "given": entity.name}
        for entity in await entities_of(stores.database, workspace_id, memories[:3], limit=_MOST_ENTITIES)
    ]
    return {"memories": memories, "entities": about}
