"""What the benchmarks that ask real questions share: arguments, the ingestion, and what was answered."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.retrieval import ingest
from benchmarks.retrieval_sets import Corpus, Place
from benchmarks.vectors import KeptVectors
from graphs.query import builder
from nodes.context import Context
from stores.opening import Stores


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one question.

    Attributes:
        text: as a person reads it.
        known: False for "not known".
        cited: the turns that its citations cover; of what is not known, those of the nearest evidence.
        degraded: whether a model's answer was stopped, or failed.
    """

    text: str
    known: bool
    cited: frozenset[Place]
    degraded: bool


def parser_of(description: str | None, folder: str, of: str, wrong: str) -> argparse.ArgumentParser:
    """The arguments that these benchmarks have in common.

    Args:
        description: the module's docstring.
        folder: what the data folder must hold.
        of: what `--limit` counts.
        wrong: what `--show` prints.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {folder}")
    parser.add_argument("--limit", type=int, help=f"only the first so many {of}")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors of texts between runs")
    parser.add_argument("--show", action="store_true", help=f"also print every {wrong}")
    return parser


async def ingested(stores: Stores, corpora: Sequence[Corpus], cache: Path | None) -> None:
    """Ingest these meetings without a model."""
    vectors = KeptVectors(cache, stores.embedding)
    for corpus in corpora:
        print(f"{corpus.workspace}: {len(corpus.meetings)} meetings", file=sys.stderr, flush=True)
        await ingest(stores, corpus, vectors)


async def answers_to(
    corpora: Sequence[Corpus], asked: Mapping[str, Sequence[str]]
) -> dict[str, list[Answer]]:
    """The answers to the questions of each workspace, each asked in a conversation of its own."""
    graph = builder.compile(name="query")
    answers: dict[str, list[Answer]] = {}
    for corpus in corpora:
        questions = asked.get(corpus.workspace, ())
        print(f"{corpus.workspace}: {len(questions)} questions", file=sys.stderr, flush=True)
        keys = {source.meeting_id: source.key for source in corpus.meetings}
        answers[corpus.workspace] = []
        for question in questions:
            output: Any = await graph.ainvoke(
                {"question": question}, context=Context(workspace=corpus.workspace, cache=False)
            )
            cited = frozenset(
                (keys[citation["meeting_id"]], ordinal)
                for citation in output["citations"]
                for ordinal in range(citation["utterances"][0], citation["utterances"][1] + 1)
            )
            answer = Answer(output["answer"], output["known"], cited, output["degraded"])
            answers[corpus.workspace].append(answer)
    return answers
