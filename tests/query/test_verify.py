"""verify lets through what was spoken and is so, and nothing else."""

import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from langgraph.runtime import Runtime

from nodes.answer_by_rule import answer_by_rule
from nodes.context import Context
from nodes.interpret import interpret
from nodes.interpret_by_rule import interpret_by_rule
from nodes.query_state import QueryState, Sentence
from nodes.recall_memories import recall_memories
from nodes.recall_states import recall_states
from nodes.verify import verify
from tests.query.builder import Workspace

QUESTIONS = (
    "What is the status of the Ticket Shop?",
    "Who owns the Ticket Shop?",
    "How far is the Billing API?",
    "When is the Billing API due?",
    "When was the Ticket Shop blocked, and unblocked?",
    "What changed since the kick-off?",
    "What does Priya own?",
    "What decisions were made?",
)


async def drafted(question: str, runtime: Runtime[Context]) -> QueryState:
    """The state before verify, as the graph's own nodes make it."""
    state: QueryState = {"question": question, "messages": []}
    await interpret(state, runtime)
    for node in (interpret_by_rule, recall_memories, recall_states):
        state.update(await node(state, runtime))
    state.update(await answer_by_rule(state))
    return state


@pytest.fixture
def runtime(series: Workspace) -> Runtime[Context]:
    """The run-time of a node, in the workspace of the series."""
    return Runtime(context=Context(workspace=series.name))


@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_is_so_passes_whole(question: str, runtime: Runtime[Context]) -> None:
    state = await drafted(question, runtime)
    output = await verify(state, runtime)
    assert output["known"]
    for sentence in state["draft"]["sentences"]:
        assert sentence["text"] in output["answer"]


Mutation = Callable[[Sentence], Sentence]


def rewritten(pattern: str, replacement: str) -> Mutation:
    """The same sentence with other words, its claims as they were."""
    return lambda sentence: {**sentence, "text": re.sub(pattern, replacement, sentence["text"], count=1)}


def reclaimed(**changes: str) -> Mutation:
    """Words and claims changed alike, as a wrong reading of the states would."""

    def mutate(sentence: Sentence) -> Sentence:
        text = sentence["text"]
        claims = [cast(Any, {**claim, **changes}) for claim in sentence["claims"]]
        for claim in sentence["claims"]:
            for part, value in changes.items():
                text = text.replace(str(cast(dict[str, object], claim)[part]), value)
        return {**sentence, "text": text, "claims": claims}

    return mutate


@pytest.mark.parametrize(
    ("question", "mutation"),
    [
        ("Who owns the Ticket Shop?", rewritten("Priya Raman", "Nora Lind")),
        ("Who owns the Ticket Shop?", rewritten("Priya Raman", "Tom Becker")),
        ("Who owns the Ticket Shop?", rewritten("Ticket Shop", "Billing API")),
        ("Who owns the Ticket Shop?", rewritten("24 Feb", "25 Feb")),
        ("Who owns the Ticket Shop?", rewritten("is owned", "is not owned")),
        ("Who owns the Ticket Shop?", reclaimed(value="Tom Becker")),
        ("Who owns the Ticket Shop?", reclaimed(entity_id="00000000-0000-0000-0000-000000000000")),
        ("What is the status of the Ticket Shop?", rewritten("in progress", "completed")),
        ("What is the status of the Ticket Shop?", reclaimed(value="blocked")),
        ("How far is the Billing API?", rewritten("60%", "90%")),
        ("How far is the Billing API?", reclaimed(value="30%")),
        ("When is the Billing API due?", rewritten("8 May 2026", "9 May 2026")),
        ("When is the Billing API due?", reclaimed(field="owner")),
        ("When was the Ticket Shop blocked, and unblocked?", rewritten("24 Feb 2026", "24 Jan 2026")),
        ("When was the Ticket Shop blocked, and unblocked?", rewritten("Security review", "Kick-off Party")),
        ("What does Priya own?", rewritten("Ticket Shop", "Secret Vault")),
    ],
)
async def test_what_is_not_so_is_removed(
    question: str, mutation: Mutation, runtime: Runtime[Context]
) -> None:
    state = await drafted(question, runtime)
    wrong = mutation(state["draft"]["sentences"][0])
    assert wrong != state["draft"]["sentences"][0]
    state["draft"] = {**state["draft"], "sentences": [wrong]}
    output = await verify(state, runtime)
    assert not output["known"]
    assert wrong["text"] not in output["answer"]


async def test_a_sentence_falls_with_its_quote_and_the_others_stay(runtime: Runtime[Context]) -> None:
    state = await drafted("What is the status of the Ticket Shop?", runtime)
    draft = state["draft"]
    false = draft["sentences"][0]["citations"][0]
    draft["evidence"][false - 1]["quote"] = "The Ticket Shop was eaten by a goat."
    output = await verify(state, runtime)
    assert output["known"]
    assert draft["sentences"][0]["text"] not in output["answer"]
    assert draft["sentences"][1]["text"] in output["answer"]
    assert "goat" not in str(output)
    assert "[1]" in output["answer"]


@pytest.mark.parametrize("citations", [[], [99], [0], [-1]])
async def test_a_citation_must_exist(citations: list[int], runtime: Runtime[Context]) -> None:
    state = await drafted("Who owns the Ticket Shop?", runtime)
    first = state["draft"]["sentences"][0]
    state["draft"] = {**state["draft"], "sentences": [{**first, "citations": citations}]}
    assert not (await verify(state, runtime))["known"]


async def test_words_of_another_workspace_are_no_evidence(
    series: Workspace, runtime: Runtime[Context]
) -> None:
    state = await drafted("Who owns the Ticket Shop?", runtime)
    rival = Workspace(series.stores, "rival")
    row = await series.stores.database.row(
        b"select id from meeting_versions where workspace_id = %(rival)s", rival=rival.id
    )
    assert row is not None
    state["draft"]["evidence"][0] = {
        **state["draft"]["evidence"][0],
        "version_id": row["id"],
        "utterances": [1, 1],
        "quote": "I own the Secret Vault.",
    }
    state["draft"]["sentences"] = [
        {"text": "Eve Stone said: “I own the Secret Vault.”", "citations": [1], "claims": []}
    ]
    output = await verify(state, runtime)
    assert not output["known"]
    assert "Secret Vault" not in str(output)
