"""correct: a person decides how something stands, when a meeting was, who spoke, what is called what."""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from langgraph.graph import END, START, StateGraph

from nodes.context import Context
from nodes.correct import correct
from nodes.correct_state import CorrectInput, CorrectOutput, CorrectState

builder = (
    StateGraph(CorrectState, context_schema=Context, input_schema=CorrectInput, output_schema=CorrectOutput)
    .add_node(correct)
    .add_edge(START, "correct")
    .add_edge("correct", END)
)

graph = builder.compile(name="correct")
