"""The ingest graph: one run takes one meeting version from what was handed in to what is known.

The joins (resolve, commit) are deferred, so each runs once however many readers and judges there were.
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
from nodes.embed import embed
from nodes.extract import extract
from nodes.extract_by_rule import extract_by_rule
from nodes.ingest_state import IngestInput, IngestOutput, IngestState
from nodes.keep_apart import keep_apart
from nodes.load import load
from nodes.resolve import resolve
from nodes.review import review
from nodes.segment import segment, to_windows
from nodes.summarise import summarise

builder = (
    StateGraph(IngestState, context_schema=Context, input_schema=IngestInput, output_schema=IngestOutput)
    .add_node(load)
    .add_node(segment)
    .add_node(extract)
    .add_node(extract_by_rule)
    .add_node(embed)
    .add_node(summarise)
    .add_node(resolve, defer=True)
    .add_node(adjudicate)
    .add_node(keep_apart)
    .add_node(review)
    .add_node(diff)
    .add_node(compare)
    .add_node(compare_by_rule)
    .add_node(commit, defer=True)
    .add_edge(START, "load")
    .add_conditional_edges("segment", to_windows, ["extract", "embed", "summarise"])
    .add_edge("extract_by_rule", "resolve")
    .add_edge("embed", "resolve")
    .add_edge("summarise", "resolve")
    .add_edge("review", "diff")
    .add_conditional_edges("diff", to_batches, ["compare", "commit"])
    .add_edge("compare_by_rule", "commit")
    .add_conditional_edges("commit", after_commit, {"resolve": "resolve", "done": END})
)

graph = builder.compile(name="ingest")
