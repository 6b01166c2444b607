"""What Studio and the SDK are shown before anything runs."""

import json
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

INGEST_EDGES = {
    ("__start__", "load"),
    ("load", "__end__"),
    ("load", "segment"),
    ("segment", "extract"),
    ("segment", "embed"),
    ("extract", "resolve"),
    ("extract", "extract_by_rule"),
    ("extract_by_rule", "resolve"),
    ("embed", "resolve"),
    ("segment", "summarise"),
    ("summarise", "resolve"),
    ("resolve", "adjudicate"),
    ("resolve", "review"),
    ("resolve", "diff"),
    ("adjudicate", "keep_apart"),
    ("adjudicate", "review"),
    ("adjudicate", "diff"),
    ("keep_apart", "review"),
    ("keep_apart", "diff"),
    ("review", "diff"),
    ("diff", "compare"),
    ("diff", "commit"),
    ("compare", "commit"),
    ("compare", "compare_by_rule"),
    ("compare_by_rule", "commit"),
    ("commit", "resolve"),
    ("commit", "__end__"),
}
QUERY_EDGES = {
    ("__start__", "interpret"),
    ("interpret", "interpret_by_rule"),
    ("interpret", "__end__"),
    ("interpret", "recall_memories"),
    ("interpret_by_rule", "recall_memories"),
    ("recall_memories", "recall_states"),
    ("recall_states", "synthesize"),
    ("synthesize", "answer_by_rule"),
    ("synthesize", "verify"),
    ("answer_by_rule", "verify"),
    ("verify", "__end__"),
}
FIELDS = {
    "ingest": {
        "input_schema": "source_id transcript content_base64 filename key title date series participants "
        "format attachments",
        "output_schema": "meeting_id status counts usage warnings",
    },
    "query": {
        "input_schema": "question messages",
        "output_schema": "answer known citations supporting_memories relevant_entities intent confidence "
        "degraded messages",
    },
    "correct": {"input_schema": "decision", "output_schema": "number kind status told by moved"},
}
CONTEXT = set("workspace as_of known_as_of compare_batch_size review".split())


async def _assistant(client: LangGraphClient, graph: str) -> dict[str, Any]:
    (found,) = await client.assistants.search(graph_id=graph)
    return found


async def test_every_graph_is_listed_with_a_description(client: LangGraphClient) -> None:
    listed = await client.assistants.search()
    configured = json.loads((Path(__file__).parents[2] / "langgraph.json").read_text("utf-8"))["graphs"]
    assert {one["graph_id"] for one in listed} == set(configured) >= {"ingest", "query", "forget", "correct"}
    assert all(one["description"] for one in listed)


@pytest.mark.parametrize("graph", ["ingest", "query", "correct"])
async def test_a_graph_says_what_it_takes_and_gives(client: LangGraphClient, graph: str) -> None:
    assistant = await _assistant(client, graph)
    schemas = await client.assistants.get_schemas(assistant["assistant_id"])
    for kind, names in FIELDS[graph].items():
        assert set(schemas[kind]["properties"]) == set(names.split())
        assert schemas[kind]["description"]
    assert set(names.split()) < set(schemas["state_schema"]["properties"])
    assert set(schemas["context_schema"]["properties"]) >= CONTEXT
    assert "required" not in schemas["context_schema"]


@pytest.mark.parametrize(("graph", "edges"), [("ingest", INGEST_EDGES), ("query", QUERY_EDGES)])
async def test_the_picture_of_a_graph_shows_every_way_through_it(
    client: LangGraphClient, graph: str, edges: set[tuple[str, str]]
) -> None:
    assistant = await _assistant(client, graph)
    drawn = await client.assistants.get_graph(assistant["assistant_id"])
    assert {(edge["source"], edge["target"]) for edge in drawn["edges"]} == edges
