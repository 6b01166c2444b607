"""forget: a meeting, a person's words, a thing or a whole workspace goes, with everything drawn from it."""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from langgraph.graph import END, START, StateGraph

from nodes.context import Context
from nodes.forget import forget
from nodes.forget_state import ForgetInput, ForgetOutput, ForgetState

builder = (
    StateGraph(ForgetState, context_schema=Context, input_schema=ForgetInput, output_schema=ForgetOutput)
    .add_node(forget)
    .add_edge(START, "forget")
    .add_edge("forget", END)
)

graph = builder.compile(name="forget")
