"""Whether answers cite what they should: the questions that AMI's own annotators' summaries answer.

    python -m benchmarks.answers --data DIR [--limit N] [--cache FOLDER] [--show]

Every series goes in through the product's own ingestion and every question through the query graph, both
without a model. A question counts when a citation of its answer covers a turn that the annotators linked to
one of its answers. `ami` gives [cited, asked] for each kind; `chance` is what as many turns of the same
meetings, drawn at random, would have got; `unknown` is how many were answered "not known".
"""

import asyncio
import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.asking import answers_to, ingested, parser_of
from benchmarks.retrieval import database
from benchmarks.retrieval_sets import Corpus, Place, ami
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
    parser = parser_of(__doc__, "ami_series/", "series", "answer that cites no evidence")
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
    """Ingest every series and ask all its questions."""
    await ingested(await open_stores(), corpora, cache)
    texts = {workspace: [one.text for one in of] for workspace, of in asked.items()}
    answers = await answers_to(corpora, texts)
    await close_stores()
    turns = {source.key: len(source.utterances) for corpus in corpora for source in corpus.meetings}
    return [
        Scored(
            question,
            answer.text,
            answer.known,
            not question.evidence.isdisjoint(answer.cited),
            _chance(question.evidence, answer.cited, turns),
        )
        for workspace, of in asked.items()
        for question, answer in zip(of, answers[workspace], strict=True)
    ]


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


def _chance(evidence: frozenset[Place], cited: frozenset[Place], turns: Mapping[str, int]) -> float:
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
