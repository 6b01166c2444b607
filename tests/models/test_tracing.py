"""LangSmith's trace of an ingestion reads like the graph; what was said is only in what models are asked."""

import json
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda

from benchmarks.langsmith_listener import traced
from graphs.ingest import graph
from stores.opening import Stores
from stores.tracing import without_big
from tests.models.harbour import script, series
from tests.models.openai_server import OpenAIServer

TREE = """\
ingest
  load
  segment
    to_windows
  embed
  extract
    extract w0000 [MeetingExtraction]
  extract
    extract w0001 [MeetingExtraction]
  summarise
    summarise meeting [MeetingSummary]
  resolve
  adjudicate
    adjudicate names [EntityMatches]
  diff
    to_batches
  compare
    compare r0-0000 [StateComparisons]
  commit
    after_commit"""


async def test_a_trace_reads_like_the_graph_and_only_the_models_prompts_hold_what_was_said(
    server: OpenAIServer, stores: Stores
) -> None:
    script(server)
    first, second, _ = series()
    await graph.ainvoke(first)
    with traced() as listener:
        await graph.ainvoke(second)
        tree, spans = listener.tree(tokens=False), listener.ended()

    assert tree == TREE
    (root,) = [span for span in spans.values() if not span.get("parent_run_id")]
    assert root["inputs"]["transcript"] == f"({len(second['transcript']):,} characters)"
    said = [
        words.strip() for turn in second["transcript"].split("\n") for words in turn.split(": ")[1].split(".")
    ]
    assert [
        leak for leak in said if leak and leak in json.dumps([*map(_without_prompt, spans.values())])
    ] == []
    calls = {span["name"]: span["extra"]["metadata"] for span in spans.values() if span["run_type"] == "llm"}
    assert calls["extract w0001"]["item"] == "w0001"
    assert calls["extract w0001"]["prompt"].startswith("extract-")


def _without_prompt(span: dict[str, Any]) -> dict[str, Any]:
    """A span without what a model was asked and answered."""
    given = dict(span)
    if span["run_type"] == "llm":
        assert given.pop("inputs")["messages"]
        assert given.pop("outputs")["generations"]
    return given


@pytest.mark.parametrize("namespace", ["LANGSMITH", "LANGCHAIN"])
async def test_who_hides_all_inputs_still_hides_all_of_them(
    namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{namespace}_HIDE_INPUTS", "true")
    with traced() as listener:
        await RunnableLambda(len).ainvoke({"transcript": "Ada: secret.", "title": "secret"})
        spans = listener.ended()
    assert [span["outputs"] for span in spans.values()] == [{"output": 2}]
    assert "secret" not in json.dumps([*spans.values()])


def test_files_and_vectors_are_noted_and_not_sent_and_the_rest_stays() -> None:
    given = {
        "content_base64": "aGk=" * 1_000,
        "attachments": [{"filename": "chat.txt", "content_base64": "aGk="}],
        "nested": [{"vector": [0.5] * 384, "scores": [0.5, 0.25]}],
        "transcript": None,
    }
    assert without_big(given) == {
        "content_base64": "(4,000 characters)",
        "attachments": "(1 files)",
        "nested": [{"vector": "(384 numbers)", "scores": [0.5, 0.25]}],
        "transcript": None,
    }
