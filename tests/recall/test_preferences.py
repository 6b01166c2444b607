"""What is put first: the words of the person asked about, and what a careful reader finds relevant."""

import pytest

from nodes.context import Context
from nodes.interpret_by_rule import plan_by_rule
from nodes.recall_memories import asks_for_discussion, recalled, reranked
from stores.opening import Stores
from stores.recall import MemoryReading, recall
from stores.reranker import relevance
from tests.query.builder import Said, Workspace


async def found(workspace: Workspace, question: str, **options: object) -> list[MemoryReading]:
    """What recall finds for a question."""
    vector = await workspace.stores.embedding.embeddings.aembed_query(question)
    return await recall(workspace.stores.database, workspace.id, question, vector, **options)  # type: ignore[arg-type]


async def harbour(stores: Stores) -> Workspace:
    """Two people who say the same, and others."""
    workspace = Workspace(stores, "harbour")
    await workspace.meeting(
        "First",
        "2026-02-03",
        Said("Nora Lind", "I would paint the crane green."),
        Said("Tom Becker", "I would paint the crane green, too."),
        Said("Tom Becker", "Lunch is at noon."),
    )
    return workspace


async def test_what_the_person_said_whom_the_question_names_comes_first(stores: Stores) -> None:
    workspace = await harbour(stores)
    for name in ("Nora Lind", "Tom Becker"):
        assert (await found(workspace, f"What did {name} say of the crane?"))[0]["speaker"] == name


async def test_a_person_meant_without_the_whole_name_is_given_by_the_plan(stores: Stores) -> None:
    workspace = await harbour(stores)
    for name in ("Nora Lind", "Tom Becker"):
        best = (await found(workspace, "What did she paint green?", speakers=[name]))[0]
        assert best["speaker"] == name


async def test_a_part_of_a_word_is_no_name(stores: Stores) -> None:
    workspace = Workspace(stores, "short")
    await workspace.meeting("First", "2026-02-03", Said("Ina", "Paint it."))
    await workspace.meeting("Third", "2026-02-03", Said("Ann", "Paint it."))
    scores = {one["speaker"]: one["score"] for one in await found(workspace, "Paint the final wall")}
    assert scores["Ina"] == scores["Ann"]


async def test_the_cross_encoder_prefers_the_passage_that_answers() -> None:
    passages = ["Berlin is in Germany.", "About 3.7 million people live in Berlin.", "I like trains."]
    logits = await relevance("How many people live in Berlin?", passages)
    assert max(range(3), key=logits.__getitem__) == 1
    assert min(range(3), key=logits.__getitem__) == 2


async def test_reranking_keeps_every_memory_once(stores: Stores) -> None:
    memories = await found(await harbour(stores), "When is lunch?")
    again = await reranked("When is lunch?", memories)
    assert again[0]["content"] == "Lunch is at noon."
    assert sorted(one["memory_id"] for one in again) == sorted(one["memory_id"] for one in memories)


@pytest.mark.parametrize(
    "question",
    ["What did Nora think of the crane?", "Summarize the discussion on paint.", "Why did they agree?"],
)
def test_what_was_thought_and_discussed_is_asked_of_a_discussion(question: str) -> None:
    assert asks_for_discussion(question)


@pytest.mark.parametrize(
    "question",
    ["When is lunch?", "Who owns the crane?", "They will discuss the crane.", "presentation of paint"],
)
def test_a_fact_and_a_statement_are_not_asked_of_a_discussion(question: str) -> None:
    assert not asks_for_discussion(question)


async def test_what_was_discussed_is_found_by_the_talk_around_and_in_several_places(stores: Stores) -> None:
    workspace = Workspace(stores, "harbour")
    painting = [Said("Nora Lind", f"Paint the crane, coat {number} of paint.") for number in range(3)]
    between = [Said("Tom Becker", f"Train {number} leaves the station on time.") for number in range(10)]
    later = [Said("Tom Becker", "Then the crane."), Said("Nora Lind", "Green paint dries on it in a day.")]
    await workspace.meeting("First", "2026-02-03", *painting, *between, *later)
    context = Context(workspace="harbour")
    plan = await plan_by_rule("What did they think of the paint on the crane?", context)
    memories = await recalled(stores, plan, context, k=10)
    places = [memory["utterances"][0] for memory in memories]
    assert places[0] < len(painting)
    assert places[1] >= len(painting) + len(between)
    assert len(places) == len(set(places)) == 10
