"""The recheck graph: what was done without the model is done again with it, one meeting after the other.

The steps are those of an ingestion, on what is committed, staged once more; the commit replaces it.
"""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from langgraph.graph import END, START, StateGraph

from nodes.adjudicate import adjudicate
from nodes.commit import after_commit, commit
from nodes.compare import compare
from nodes.compare_by_rule import compare_by_rule
from nodes.context import Context
from nodes.diff import diff, to_batches
from nodes.extract import extract
from nodes.extract_by_rule import extract_by_rule
from nodes.keep_apart import keep_apart
from nodes.pick import pick, to_work
from nodes.recheck_state import RecheckInput, RecheckOutput, RecheckState
from nodes.resolve import resolve
from nodes.review import review
from nodes.summarise import summarise

builder = (
    StateGraph(RecheckState, context_schema=Context, input_schema=RecheckInput, output_schema=RecheckOutput)
    .add_node(pick)
    .add_node(extract)
    .add_node(extract_by_rule)
    .add_node(summarise)
    .add_node(resolve, defer=True)
    .add_node(adjudicate)
    .add_node(keep_apart)
    .add_node(review)
    .add_node(diff)
    .add_node(compare)
    .add_node(compare_by_rule)
    .add_node(commit, defer=True)
    .add_edge(START, "pick")
    .add_conditional_edges("pick", to_work, ["extract", "summarise", "resolve", "diff", END])
    .add_edge("extract_by_rule", "resolve")
    .add_edge("summarise", "resolve")
    .add_edge("review", "diff")
    .add_conditional_edges("diff", to_batches, ["compare", "commit"])
    .add_edge("compare_by_rule", "commit")
    .add_conditional_edges("commit", after_commit, {"resolve": "resolve", "done": "pick"})
)

graph = builder.compile(name="recheck")
