"""synthesize: the words of the answer, by the model, from what was recalled."""

import json
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context
from nodes.query_state import Draft, QueryState
from nodes.questions.drafting import Drafting, of_memory, of_reading
from nodes.schemas import GroundedAnswer
from stores.chat import structured_answer
from stores.errors import ModelUnavailableError

_INSTRUCTIONS = (
    "Answer the question in one to three sentences from the numbered evidence alone. Give for each sentence "
    "the numbers that it rests on. What the evidence does not say is not known."
)


async def synthesize(
    state: QueryState, runtime: Runtime[Context]
) -> Command[Literal["answer_by_rule", "verify"]]:
    """Word the answer; without a model, the rules do."""
    plan = state.get("plan")
    assert plan is not None
    drafting = Drafting()
    for reading in [*state.get("states", []), *state.get("transitions", [])]:
        drafting.cite(of_reading(reading))
    for memory in state.get("memories", []):
        drafting.cite(of_memory(memory, memory["quote"]))
    offered = drafting.draft("medium")["evidence"]
    content = json.dumps(
        {
            "question": plan["standalone_question"],
            "states": state.get("states", []),
            "evidence": [{"number": number, **piece} for number, piece in enumerate(offered, start=1)],
        },
        ensure_ascii=False,
    )
    try:
        answer = await structured_answer(GroundedAnswer, _INSTRUCTIONS, content)
    except ModelUnavailableError:
        return Command(goto="answer_by_rule")
    draft: Draft = {
        "sentences": [
            {"text": sentence.text, "citations": sentence.citations, "claims": []}
            for sentence in answer.sentences
        ],
        "evidence": offered,
        "known": answer.known,
        "confidence": "medium",
    }
    return Command(update={"draft": draft}, goto="verify")
