"""The graph's ways: how many readers and judges there are, each join runs once, and people can decide."""

from collections import Counter
from typing import Any

import pytest
from langgraph.types import Command

from app.ingestion import Ingestions
from graphs.ingest import builder
from nodes.context import Context
from nodes.hand.listing import decision_rows
from nodes.hand.pairs import open_pairs
from nodes.ingest_state import IngestInput
from nodes.schemas import ExtractedMemory, MeetingExtraction
from nodes.windows import windows
from stores import sources
from tests.ingest.knowing import ingest, undone
from tests.ingest.meetings import crossing, meeting, said, stage, thing

SCOPE = sources.workspace_id("default")
ALWAYS = {"load": 1, "segment": 1, "embed": 1, "summarise": 1, "resolve": 1, "diff": 1, "commit": 1}


async def nodes_of(
    ingestions: Ingestions, source_id: str, given: Any = None, *, thread: str | None = None, **context: Any
) -> Counter[str]:
    """Run the graph until it ends or pauses; how often each node has finished."""
    graph = builder.compile(checkpointer=ingestions.checkpoints)
    config = {"configurable": {"thread_id": thread or source_id}}
    nodes: Counter[str] = Counter()
    async for update in graph.astream(
        given or {"source_id": source_id}, config, context=Context(**context), stream_mode="updates"
    ):
        nodes.update(list(update))
    return nodes


async def output_of(ingestions: Ingestions, source_id: str) -> dict[str, Any]:
    """What the run has said."""
    row = await ingestions.stores.database.row(
        b"select result from meeting_versions where id = %(id)s", id=source_id
    )
    assert row is not None
    return row["result"]


def long_meeting(count: int) -> IngestInput:
    """A meeting of so many windows."""
    filler = " ".join(f"word{number}" for number in range(490))
    turns = [f"{'Ada Nilsson' if turn % 2 else 'Ben Okafor'}: {filler}." for turn in range(5 * count)]
    return meeting(1, *turns)


@pytest.mark.parametrize("count", [1, 2, 4])
async def test_windows_that_no_model_reads_are_read_by_rule_all_at_once(
    count: int, ingestions: Ingestions
) -> None:
    source_id = await stage(ingestions.stores, long_meeting(count), MeetingExtraction(), only=[])
    source = await sources.read_source(ingestions.stores.database, SCOPE, source_id)
    assert len(windows(source.utterances)) == count
    nodes = await nodes_of(ingestions, source_id)
    assert nodes == {**ALWAYS, "extract": count, "extract_by_rule": 1}


async def test_windows_that_were_read_are_not_read_by_rule(ingestions: Ingestions) -> None:
    source_id = await stage(ingestions.stores, long_meeting(3), MeetingExtraction())
    assert await nodes_of(ingestions, source_id) == {**ALWAYS, "extract": 3}


async def test_of_many_windows_only_those_that_failed_are_read_by_rule(ingestions: Ingestions) -> None:
    (_, _), (after, second) = crossing()
    source_id = await stage(ingestions.stores, after, second, only=[0])
    assert await nodes_of(ingestions, source_id) == {**ALWAYS, "extract": 2, "extract_by_rule": 1}
    made = await ingestions.stores.database.rows(
        b"select distinct o.made_by from observations o where utterance < 2"
    )
    assert [row["made_by"] for row in made] == ["llm"]
    made = await ingestions.stores.database.rows(
        b"select distinct o.made_by from observations o where utterance > 2"
    )
    assert [row["made_by"] for row in made] == ["rule"]


async def test_a_reading_whose_statements_were_cut_off_by_a_kill_is_completed_and_not_read_again(
    ingestions: Ingestions,
) -> None:
    database = ingestions.stores.database
    said_so = "We keep the Tide Gauge"
    reading = MeetingExtraction(
        memories=[
            ExtractedMemory(kind="decision", content=said_so, first_utterance=0, last_utterance=0),
            ExtractedMemory(kind="fact", content="was never said", first_utterance=0, last_utterance=0),
        ]
    )
    given = meeting(1, f"Ada Nilsson: {said_so}.", "Ben Okafor: Agreed by all of us.")
    source_id = await stage(ingestions.stores, given, reading)
    await database.rows(b"delete from staged_items where payload->>'kind' = 'decision'")
    assert await nodes_of(ingestions, source_id) == {**ALWAYS, "extract": 1}
    memories = await database.rows(b"select kind, content from memories where kind <> 'discussion'")
    assert [tuple(row.values()) for row in memories] == [("decision", said_so)]
    assert (await output_of(ingestions, source_id))["counts"]["discarded_quotes"] == 1


def dated(number: int, due: str, count: int) -> tuple[IngestInput, MeetingExtraction]:
    """A meeting that gives many things a date in words that no calendar holds."""
    names = [f"Pier {'ABCDEFGHIJ'[index // 10]}{index % 10}" for index in range(count)]
    turns = [f"Ada Nilsson: {name} is due {due} of {name}." for name in names]
    turns = [turn if index % 2 else turn.replace("Ada", "Ben") for index, turn in enumerate(turns)]
    extraction = MeetingExtraction(
        entities=[thing(name, index) for index, name in enumerate(names)],
        observations=[
            said(name, "due", f"{due} of {name}", index, f"{due} of {name}")
            for index, name in enumerate(names)
        ],
    )
    return meeting(number, *turns), extraction


@pytest.mark.parametrize(
    ("pairs", "size", "batches"), [(0, 20, 0), (1, 20, 1), (20, 20, 1), (21, 20, 2), (45, 20, 3), (5, 1, 5)]
)
async def test_pairs_that_no_rule_compares_are_judged_in_batches_and_marked_as_fallback(
    pairs: int, size: int, batches: int, ingestions: Ingestions
) -> None:
    before, first = dated(1, "sometime after the launch", 45)
    await stage(ingestions.stores, before, first)
    await ingest(ingestions, [before])
    due, count = ("in the time", pairs) if pairs else ("sometime after the launch", 45)
    source_id = await stage(ingestions.stores, *dated(2, due, count))
    nodes = await nodes_of(ingestions, source_id, compare_batch_size=size)
    judged = {"compare": batches, "compare_by_rule": 1} if batches else {}
    assert nodes == {**ALWAYS, "extract": 1, **judged}
    verdicts = await ingestions.stores.database.rows(b"select decided_by, differs from verdicts")
    assert [(row["decided_by"], row["differs"]) for row in verdicts] == [("fallback", True)] * pairs
    transitions = await ingestions.stores.database.rows(
        b"select decided_by from transitions where not first_sight"
    )
    assert [row["decided_by"] for row in transitions] == ["fallback"] * pairs
    assert (await output_of(ingestions, source_id))["counts"]["transitions"] == pairs


async def grey(ingestions: Ingestions) -> tuple[str, str, str]:
    """A staged meeting with a name that looks like a known one's; its id, the mention, the entity."""
    (before, first), (after, second) = crossing()
    await stage(ingestions.stores, before, first)
    await ingest(ingestions, [before])
    source_id = await stage(ingestions.stores, after, second)
    row = await ingestions.stores.database.row(b"select id from entities where name = 'Crane Scheduler'")
    assert row is not None
    return source_id, "Crane Schedulers pilot", row["id"]


async def test_names_that_look_alike_stay_apart_and_are_listed(ingestions: Ingestions) -> None:
    source_id, name, entity_id = await grey(ingestions)
    nodes = await nodes_of(ingestions, source_id)
    assert (nodes["adjudicate"], nodes["keep_apart"], nodes["review"]) == (1, 1, 0)
    result = await output_of(ingestions, source_id)
    assert [(pair["name"], pair["entity_id"]) for pair in result["kept_apart"]] == [(name, entity_id)]
    assert any("Crane Schedulers pilot / Crane Scheduler" in warning for warning in result["warnings"])


async def _paused(ingestions: Ingestions, source_id: str) -> list[dict[str, Any]]:
    nodes = await nodes_of(ingestions, source_id, review=True)
    assert nodes["__interrupt__"] == 1
    assert nodes["diff"] == 0
    graph = builder.compile(checkpointer=ingestions.checkpoints)
    state = await graph.aget_state({"configurable": {"thread_id": source_id}})
    assert state.next == ("review",)
    return state.tasks[0].interrupts[0].value["same_entity"]


async def _names(ingestions: Ingestions) -> list[str]:
    rows = await ingestions.stores.database.rows(
        b"select name from entities where retracted_at is null and type = 'feature' order by name"
    )
    return [row["name"] for row in rows]


async def test_a_person_who_says_that_two_names_are_one_joins_them(ingestions: Ingestions) -> None:
    source_id, _, entity_id = await grey(ingestions)
    (pair,) = await _paused(ingestions, source_id)
    answer = Command(resume={"same_entity": {pair["mention_id"]: pair["entity_id"]}})
    nodes = await nodes_of(ingestions, source_id, answer, review=True)
    assert nodes == {"review": 1, "diff": 1, "compare": 1, "compare_by_rule": 1, "commit": 1}
    assert await _names(ingestions) == ["Crane Scheduler"]
    link = await ingestions.stores.database.row(
        b"select decided_by, entity_id from links where mention_id = %(mention)s", mention=pair["mention_id"]
    )
    assert link == {"decided_by": "human", "entity_id": entity_id}
    result = await output_of(ingestions, source_id)
    assert result["kept_apart"] == []
    assert not any("look alike" in warning for warning in result["warnings"])


async def test_a_person_who_says_that_they_are_two_keeps_them_apart(ingestions: Ingestions) -> None:
    source_id, name, _ = await grey(ingestions)
    await _paused(ingestions, source_id)
    await nodes_of(ingestions, source_id, Command(resume={"same_entity": {}}), review=True)
    assert await _names(ingestions) == ["Crane Scheduler", name]


async def test_what_a_person_decides_in_review_is_a_decision_by_hand_and_can_be_undone(
    ingestions: Ingestions,
) -> None:
    source_id, name, entity_id = await grey(ingestions)
    (pair,) = await _paused(ingestions, source_id)
    place = {"mention_id": pair["mention_id"], "entity_id": entity_id}
    refused = [{**place, "decision": "split"}]  # it has no other name
    assert await nodes_of(ingestions, source_id, Command(resume={"decisions": refused}), review=True) == {
        "__interrupt__": 1
    }
    answer = {
        "decisions": [{**place, "decision": "accept"}],
        "rename": {pair["mention_id"]: "Crane Desk"},
        "by": "Dee",
    }
    await nodes_of(ingestions, source_id, Command(resume=answer), review=True)
    assert await _names(ingestions) == ["Crane Desk"]
    made = await decision_rows(ingestions.stores, "default")
    assert [(one["kind"], one["by"]) for one in made] == [("merge", "Dee"), ("name", "Dee")]
    for one in made[::-1]:
        await undone(one["number"])
    assert await _names(ingestions) == ["Crane Scheduler", name]


async def test_a_pair_that_is_rejected_in_review_is_not_proposed_again(ingestions: Ingestions) -> None:
    source_id, name, entity_id = await grey(ingestions)
    (pair,) = await _paused(ingestions, source_id)
    said = {"mention_id": pair["mention_id"], "entity_id": entity_id, "decision": "reject"}
    await nodes_of(ingestions, source_id, Command(resume={"decisions": [said]}), review=True)
    assert await _names(ingestions) == ["Crane Scheduler", name]
    assert (await output_of(ingestions, source_id))["kept_apart"] == []
    assert await open_pairs(ingestions.stores, "default") == []
    assert [one["kind"] for one in await decision_rows(ingestions.stores, "default")] == ["apart"]


@pytest.mark.parametrize("wrong", ["an entity that was not offered", "no answer at all"])
async def test_an_answer_that_cannot_be_used_is_refused_and_can_be_given_again(
    wrong: str, ingestions: Ingestions
) -> None:
    source_id, _, _ = await grey(ingestions)
    (pair,) = await _paused(ingestions, source_id)
    unusable = {"same_entity": {pair["mention_id"]: source_id}} if "entity" in wrong else wrong
    nodes = await nodes_of(ingestions, source_id, Command(resume=unusable), review=True)
    assert nodes == {"__interrupt__": 1}
    answer = Command(resume={"same_entity": {pair["mention_id"]: pair["entity_id"]}})
    nodes = await nodes_of(ingestions, source_id, answer, review=True)
    assert nodes["commit"] == 1
    assert await _names(ingestions) == ["Crane Scheduler"]


async def test_with_nothing_to_review_nobody_is_asked(ingestions: Ingestions) -> None:
    source_id = await stage(ingestions.stores, long_meeting(1), MeetingExtraction())
    nodes = await nodes_of(ingestions, source_id, review=True)
    assert nodes == {**ALWAYS, "extract": 1, "review": 1}
