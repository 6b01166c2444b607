"""Finding what was said: inside one workspace, as of a time, and never fewer rows than there are."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores import recall as recall_module
from stores.database import fetch
from stores.ids import derived_id
from stores.moments import Moment
from stores.queries import queries
from stores.recall import MemoryReading, recall, search_rows, utterances_around, without_near_duplicates
from tests.query.builder import Said, Workspace
from tests.query.conftest import conversation


async def found(series: Workspace, question: str, **options: object) -> list[MemoryReading]:
    """What recall finds for a question."""
    vector = await series.stores.embedding.embeddings.aembed_query(question)
    return await recall(series.stores.database, series.id, question, vector, **options)  # type: ignore[arg-type]


async def test_the_words_are_found_by_their_stems(series: Workspace) -> None:
    best = (await found(series, "yellow ticket for a dog"))[0]
    assert best["content"] == "The harbour office wants yellow tickets for dogs."
    assert best["coverage"] == 1.0


async def test_the_meaning_is_found_without_the_words(series: Workspace) -> None:
    contents = [memory["content"] for memory in await found(series, "travelling with puppies and pets", k=3)]
    assert "The harbour office wants yellow tickets for dogs." in contents


async def test_what_mentions_an_entity_is_found_by_it_alone(series: Workspace) -> None:
    entity = series.entity_id("Billing API Migration")
    memories = await found(series, "xyzzy", entities=[entity], k=3)
    assert memories[0]["content"] == "The Billing API Migration scares me."


async def test_only_meetings_held_by_then_are_searched(series: Workspace) -> None:
    from datetime import UTC, datetime

    early = Moment(as_of=datetime(2026, 2, 10, tzinfo=UTC))
    memories = await found(series, "Ticket Shop", moment=early, k=50)
    assert {memory["title"] for memory in memories} == {"Kick-off"}
    late = await found(series, "Ticket Shop", start=datetime(2026, 3, 1, tzinfo=UTC), k=50)
    assert {memory["title"] for memory in late} == {"Planning"}


async def test_k_is_kept_whenever_there_are_so_many(series: Workspace) -> None:
    everything = await found(series, "zebra", k=100)
    assert len(everything) == 16  # every utterance once: a statement stands for its passage
    assert len(await found(series, "the", k=7)) == 7


async def test_a_statement_stands_for_the_passage_that_it_was_drawn_from(series: Workspace) -> None:
    kinds = [
        memory["kind"]
        for memory in await found(series, "release every second Thursday", k=20)
        if "Thursday" in memory["content"]
    ]
    assert kinds == ["decision"]


@pytest.mark.parametrize("near_up_to", [3, 10_000], ids=["large", "middling"])
async def test_what_is_found_does_not_depend_on_how_large_a_workspace_is(
    series: Workspace, near_up_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = [memory["memory_id"] for memory in await found(series, "bank certificate", k=10)]
    monkeypatch.setattr(recall_module, "EXACT_UP_TO", 3)
    monkeypatch.setattr(recall_module, "NEAR_UP_TO", near_up_to)
    assert [memory["memory_id"] for memory in await found(series, "bank certificate", k=10)] == small


async def test_the_vector_index_serves_large_workspaces(series: Workspace) -> None:
    async with series.stores.database.transaction() as connection:
        await fetch(connection, b"set local enable_seqscan = off", {})
        await fetch(connection, b"set local enable_bitmapscan = off", {})
        await fetch(connection, b"set local enable_sort = off", {})
        plan = await fetch(
            connection,
            b"explain " + queries("recall")["by_vector"],
            {
                "workspace_id": series.id,
                "vector": np.ones(384, dtype=np.float32),
                "start": "-infinity",
                "meetings": None,
                "kinds": None,
                "limit": 5,
                **Moment().bounds,
            },
        )
    assert "memories_vector" in str(plan)


async def test_search_rows_have_the_fields_of_the_contract(series: Workspace) -> None:
    vector = await series.stores.embedding.embeddings.aembed_query("dogs")
    rows = await search_rows(series.stores.database, series.id, "dogs", vector, k=1)
    assert set(rows[0]) == {
        "memory_id",
        "meeting_id",
        "title",
        "date",
        "speaker",
        "kind",
        "utterances",
        "start",
        "score",
        "content",
    }
    assert (rows[0]["utterances"], rows[0]["start"]) == ([6, 6], 60.0)


async def test_the_words_around_a_place_can_be_quoted(series: Workspace) -> None:
    version = derived_id("version", series.id, "Security review")
    around = await utterances_around(series.stores.database, series.id, [(version, 1, 1)], before=1, after=0)
    assert [utterance["ordinal"] for utterance in around] == [0, 1]


def test_of_two_passages_of_one_utterance_the_better_stays() -> None:
    def memory(content: str, kind: str, score: float) -> MemoryReading:
        return {
            "memory_id": content,
            "meeting_id": "m",
            "version_id": "v",
            "title": "t",
            "date": "2026-01-01",
            "speaker": None,
            "kind": kind,
            "utterances": [4, 4],
            "start": None,
            "content": content,
            "quote": content,
            "score": score,
            "similarity": score,
            "coverage": score,
            "names_entity": False,
        }

    ranked = [
        memory("first half", "discussion", 0.9),
        memory("second half", "discussion", 0.8),
        memory("a decision", "decision", 0.7),
        memory("an action", "action_item", 0.6),
    ]
    kept = without_near_duplicates(ranked)
    assert [(one["content"], one["score"]) for one in kept] == [("a decision", 0.9), ("an action", 0.6)]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=200) | st.text("'\\:&|!<->()*\0\ud800 %{}\"ticket", max_size=40))
async def test_no_question_raises_or_shows_another_workspace(series: Workspace, question: str) -> None:
    vector = [0.05] * 384
    memories = await recall(series.stores.database, series.id, question, vector, k=30)
    assert all(memory["title"] != "Rival sync" for memory in memories)
    if question.strip():
        output = await conversation(series.name)(question)
        assert "Rival" not in str(output)
        assert "Eve Stone" not in str(output)


async def test_an_empty_workspace_answers_not_known(series: Workspace) -> None:
    output = await conversation("nobody-was-here")("Who owns the Ticket Shop?")
    assert not output["known"]
    assert output["citations"] == []


async def test_common_words_do_not_hide_rare_ones(series: Workspace) -> None:
    for number in range(3):
        await series.meeting(
            f"Long {number}",
            f"2026-04-0{number + 1}",
            *(Said("Nora Lind", f"The Ticket Shop again, point {number} {place}.") for place in range(30)),
        )
    best = (await found(series, "Ticket Shop certificate"))[0]
    assert "certificate" in best["content"]
