"""Whether answers cite what they should: the questions that AMI's own annotators' summaries answer.

    python -m benchmarks.answers --data DIR [--limit N] [--cache FOLDER] [--show]

Every series goes in through the product's own ingestion and every question through the query graph, both
without a model. A question counts when a citation of its answer covers a turn that the annotators linked to
one of its answers. `ami` gives [cited, asked] for each kind; `chance` is what as many turns of the same
meetings, drawn at random, would have got; `unknown` is how many were answered "not known".
"""

import argparse
import asyncio
import json
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.retrieval import database, ingest
from benchmarks.retrieval_sets import Corpus, Place, ami
from benchmarks.vectors import KeptVectors
from graphs.query import builder
from nodes.context import Context
from stores.opening import close_stores, open_stores


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a series, and the turns that answer it."""

    series: str
    kind: str
    text: str
    evidence: frozenset[Place]


@dataclass(frozen=True, slots=True)
class Scored:
    """How one question was answered.

    Attributes:
        chance: the probability that as many turns drawn at random would have held one of the evidence.
    """

    question: Question
    answer: str
    known: bool
    is_cited: bool
    chance: float


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with ami_series/")
    parser.add_argument("--limit", type=int, help="only the first so many series")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors of texts between runs")
    parser.add_argument("--show", action="store_true", help="also print every answer that cites no evidence")
    arguments = parser.parse_args()
    corpora = list(ami(arguments.data))[: arguments.limit]
    asked = {corpus.workspace: questions(arguments.data, corpus) for corpus in corpora}
    with tempfile.TemporaryDirectory() as home, database(home):
        scored = asyncio.run(measure(corpora, asked, arguments.cache))
    if arguments.show:
        for one in scored:
            if not one.is_cited:
                print(f"? {one.question.text}\n{one.answer}\n")
    figures = summary(scored)
    Console().print(table(figures))
    print(json.dumps(figures))


def questions(data: Path, corpus: Corpus) -> list[Question]:
    """The questions about one series, with the turns linked to their answers."""
    name = corpus.workspace.removeprefix("ami ")
    folder = data / "ami_series/dev" / name
    gold = {item["item_id"]: item for item in _lines(folder / "gold.jsonl")}
    return [
        Question(
            name,
            given["kind"],
            given["question"],
            frozenset(
                (gold[item]["meeting_id"], turn)
                for item in given["gold_item_ids"]
                for turn in gold[item]["evidence_turns"]
            ),
        )
        for given in _lines(folder / "questions.jsonl")
    ]


async def measure(
    corpora: Sequence[Corpus], asked: Mapping[str, Sequence[Question]], cache: Path | None
) -> list[Scored]:
    """Ingest every series and ask all its questions, each in a conversation of its own."""
    stores = await open_stores()
    vectors = KeptVectors(cache, stores.embedding)
    graph = builder.compile(name="query")
    scored: list[Scored] = []
    for corpus in corpora:
        print(f"{corpus.workspace}: {len(asked[corpus.workspace])} questions", file=sys.stderr, flush=True)
        await ingest(stores, corpus, vectors)
        keys = {source.meeting_id: source.key for source in corpus.meetings}
        turns = {source.key: len(source.utterances) for source in corpus.meetings}
        for question in asked[corpus.workspace]:
            output: Any = await graph.ainvoke(
                {"question": question.text}, context=Context(workspace=corpus.workspace, cache=False)
            )
            cited = {
                (keys[citation["meeting_id"]], ordinal)
                for citation in output["citations"]
                for ordinal in range(citation["utterances"][0], citation["utterances"][1] + 1)
            }
            scored.append(
                Scored(
                    question,
                    output["answer"],
                    output["known"],
                    not question.evidence.isdisjoint(cited),
                    _chance(question.evidence, cited, turns),
                )
            )
    await close_stores()
    return scored


def summary(scored: Sequence[Scored]) -> dict[str, Any]:
    """The figures by kind of question."""
    by_kind: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        by_kind[one.question.kind].append(one)
    return {
        "ami": {kind: [sum(one.is_cited for one in of), len(of)] for kind, of in by_kind.items()},
        "chance": {kind: round(sum(one.chance for one in of) / len(of), 2) for kind, of in by_kind.items()},
        "unknown": {kind: sum(not one.known for one in of) for kind, of in by_kind.items()},
    }


def table(figures: Mapping[str, Any]) -> Table:
    """One row a kind."""
    shown = Table("kind", "cited", "asked", "share", "by chance", "not known")
    for kind, (cited, asked) in figures["ami"].items():
        shown.add_row(
            kind,
            str(cited),
            str(asked),
            f"{cited / asked:.2f}",
            f"{figures['chance'][kind]:.2f}",
            str(figures["unknown"][kind]),
        )
    return shown


def _chance(evidence: frozenset[Place], cited: set[Place], turns: Mapping[str, int]) -> float:
    """The probability that turns drawn from the same meetings, as many of each, hold one of the evidence."""
    missed = 1.0
    for meeting in {key for key, _ in cited}:
        drawn = sum(key == meeting for key, _ in cited)
        held = sum(key == meeting for key, _ in evidence)
        missed *= math.comb(turns[meeting] - held, drawn) / math.comb(turns[meeting], drawn)
    return 1 - missed


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
