"""Whether what was never said is answered "not known", and what that costs among what was: LoCoMo.

    python -m benchmarks.abstention --data DIR [--limit N] [--cache FOLDER] [--show]

Every conversation goes in through the product's own ingestion and every question through the query graph,
both without a model. The adversarial questions ask for what nobody said (mostly of the wrong person) and must
be answered "not known"; the others have an answer, and are lost where it is "not known". `cited` counts the
others of which a citation covers evidence: what is answered is not always what answers.
"""

import argparse
import asyncio
import json
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
from benchmarks.retrieval_sets import Case, Corpus, locomo
from benchmarks.vectors import KeptVectors
from graphs.query import builder
from nodes.context import Context
from stores.embedded import stop_servers
from stores.opening import close_stores, open_stores

ADVERSARIAL = "adversarial"


@dataclass(frozen=True, slots=True)
class Answered:
    """How one question was answered."""

    case: Case
    answer: str
    known: bool
    is_cited: bool


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with locomo_retrieval/")
    parser.add_argument("--limit", type=int, help="only the first so many conversations")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors of texts between runs")
    parser.add_argument("--show", action="store_true", help="also print every question that went wrong")
    arguments = parser.parse_args()
    corpora = list(locomo(arguments.data))[: arguments.limit]
    with tempfile.TemporaryDirectory() as home:
        with database(home):
            answered = asyncio.run(measure(corpora, adversarial(arguments.data), arguments.cache))
        stop_servers()
    if arguments.show:
        for one in answered:
            if one.known == (one.case.kind == ADVERSARIAL):
                print(f"{one.case.kind}? {one.case.question}\n{one.answer}\n")
    figures = summary(answered)
    Console().print(table(figures))
    print(json.dumps(figures))


def adversarial(data: Path) -> Mapping[str, Sequence[Case]]:
    """The questions that nothing answers, by workspace."""
    asked: dict[str, list[Case]] = defaultdict(list)
    file = data / "locomo_retrieval/dev/questions_adversarial.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        case = Case(ADVERSARIAL, question["question"], frozenset())
        asked[f"locomo {question['conversation_id']}"].append(case)
    return asked


async def measure(
    corpora: Sequence[Corpus], impossible: Mapping[str, Sequence[Case]], cache: Path | None
) -> list[Answered]:
    """Ingest every conversation and ask all its questions, each in a conversation of its own."""
    stores = await open_stores()
    vectors = KeptVectors(cache, stores.embedding)
    graph = builder.compile(name="query")
    answered: list[Answered] = []
    for corpus in corpora:
        cases = [*impossible.get(corpus.workspace, ()), *corpus.cases]
        print(f"{corpus.workspace}: {len(cases)} questions", file=sys.stderr, flush=True)
        await ingest(stores, corpus, vectors)
        keys = {source.meeting_id: source.key for source in corpus.meetings}
        for case in cases:
            output: Any = await graph.ainvoke(
                {"question": case.question}, context=Context(workspace=corpus.workspace, cache=False)
            )
            cited = {
                (keys[citation["meeting_id"]], ordinal)
                for citation in output["citations"]
                for ordinal in range(citation["utterances"][0], citation["utterances"][1] + 1)
            }
            is_cited = output["known"] and not case.evidence.isdisjoint(cited)
            answered.append(Answered(case, output["answer"], output["known"], is_cited))
    await close_stores()
    return answered


def summary(answered: Sequence[Answered]) -> dict[str, Any]:
    """[not known, asked] of the adversarial ones; lost, cited and asked of each kind of the others."""
    by_kind: dict[str, list[Answered]] = defaultdict(list)
    for one in answered:
        by_kind[one.case.kind].append(one)
    never = by_kind.pop(ADVERSARIAL, [])
    by_kind["all"] = [one for one in answered if one.case.kind != ADVERSARIAL]
    return {
        "adversarial": [sum(not one.known for one in never), len(never)],
        "answerable": {
            kind: {
                "lost": sum(not one.known for one in of),
                "cited": sum(one.is_cited for one in of),
                "asked": len(of),
            }
            for kind, of in by_kind.items()
        },
    }


def table(figures: Mapping[str, Any]) -> Table:
    """One row a kind."""
    shown = Table("questions", "asked", "not known", "share", "evidence cited")
    unknown, asked = figures["adversarial"]
    shown.add_row("adversarial", str(asked), str(unknown), f"{unknown / asked:.2f}", "")
    for kind, of in figures["answerable"].items():
        lost = of["lost"] / of["asked"] if of["asked"] else 0.0
        shown.add_row(kind, str(of["asked"]), str(of["lost"]), f"{lost:.2f}", str(of["cited"]))
    return shown


if __name__ == "__main__":
    main()
