"""query: a question in plain words goes in, an answer whose every claim points at spoken words comes out.

Conversational: the thread keeps the messages and the last plan, so that a follow-up is made stand-alone.
"""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from langgraph.graph import END, START, StateGraph

from nodes.answer_by_rule import answer_by_rule
from nodes.context import Context
from nodes.interpret import interpret
from nodes.interpret_by_rule import interpret_by_rule
from nodes.query_state import QueryInput, QueryOutput, QueryState
from nodes.recall_memories import recall_memories
from nodes.recall_states import recall_states
from nodes.synthesize import synthesize
from nodes.verify import verify

builder = (
    StateGraph(QueryState, context_schema=Context, input_schema=QueryInput, output_schema=QueryOutput)
    .add_node(interpret)  # or interpret_by_rule, when the model is away
    .add_node(interpret_by_rule)
    .add_node(recall_memories)
    .add_node(recall_states)
    .add_node(synthesize)  # or answer_by_rule, when the model is away
    .add_node(answer_by_rule)
    .add_node(verify)
    .add_edge(START, "interpret")
    .add_edge("interpret_by_rule", "recall_memories")
    .add_edge("recall_memories", "recall_states")
    .add_edge("recall_states", "synthesize")
    .add_edge("answer_by_rule", "verify")
    .add_edge("verify", END)
)

graph = builder.compile(name="query")
