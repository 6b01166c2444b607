"""How well recall finds what was said, beside a plain BM25 over the same utterances in the same run.

    python -m benchmarks.retrieval --data DIR [--sets locomo,qmsum,ami] [--limit N] [--cache FOLDER]
        [--ablate] [--rerank]

Every meeting goes in through the product's own ingestion, without a model, into a database of its own that is
thrown away; every question goes through the plan and the recall of the query graph. k counts utterances: of a
memory that covers several each takes a place. LoCoMo is scored by the share of the evidence among the first
k, QMSum by a hit among the first 5 and the share of relevant ones among the first 10, AMI by a hit among 10.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.table import Table

from benchmarks.bm25 import BM25, stems
from benchmarks.retrieval_sets import SETS, Case, Corpus, Place
from benchmarks.vectors import KeptVectors
from graphs.ingest import builder
from nodes.context import Context
from nodes.ingest_state import IngestInput
from nodes.interpret_by_rule import plan_by_rule
from nodes.recall_memories import recalled
from nodes.windows import discussion_memories
from stores import sources
from stores.embedded import start_servers, stop_servers
from stores.opening import Stores, close_stores, open_stores
from stores.recall import MEASURED, Weights
from stores.settings import settings

DEPTH = 30
SHIPPED = "recall"
RERANKED = "reranked"
ABLATIONS: Mapping[str, Weights] = {
    "vector alone": replace(MEASURED, similarity=1.0, speaker=0.0),
    "words alone": replace(MEASURED, similarity=0.0, speaker=0.0),
    "no context": replace(MEASURED, context=0.0),
    "context as words": replace(MEASURED, context=1.0),
    "no speakers": replace(MEASURED, speaker=0.0),
    "no talk around": replace(MEASURED, around=0.0),
}
Ranking = Sequence[Place]


@dataclass(slots=True)
class Figures:
    """The figures of every question, by set and key; a key may stand for several questions' kinds."""

    found: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, name: str, case: Case, ranking: Ranking) -> None:
        """Score what was found for one question, as its set is scored."""
        figures = self.found[name]
        if name == "locomo":
            for k in (5, 10, 30):
                figures[f"R@{k}"].append(_share(case.evidence, ranking[:k]))
            figures[case.kind].append(_share(case.evidence, ranking[:10]))
        elif name == "qmsum":
            figures["hit@5"].append(_hit(case.evidence, ranking[:5]))
            figures["P@10"].append(sum(place in case.evidence for place in ranking[:10]) / 10)
        else:
            figures[case.kind].append(_hit(case.evidence, ranking[:10]))

    def means(self) -> dict[str, Any]:
        """Under the keys of the contract, rounded to three places."""
        means = {
            name: {key: round(fmean(values), 3) for key, values in figures.items()}
            for name, figures in self.found.items()
        }
        shaped: dict[str, Any] = dict(means)
        if locomo := means.get("locomo"):
            top = {key: value for key, value in locomo.items() if key.startswith("R@")}
            shaped["locomo"] = top | {
                "by_category": {key: value for key, value in locomo.items() if key not in top}
            }
        if ami := means.get("ami"):
            shaped["ami"] = {kind: {"hit@10": value} for kind, value in ami.items()}
        return shaped


def _share(evidence: frozenset[Place], found: Ranking) -> float:
    return len(evidence.intersection(found)) / len(evidence)


def _hit(evidence: frozenset[Place], found: Ranking) -> float:
    return float(not evidence.isdisjoint(found))


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with locomo_retrieval/ and others")
    parser.add_argument("--sets", default=",".join(SETS), help=f"of {', '.join(SETS)} (default: all)")
    parser.add_argument("--limit", type=int, help="only the first so many workspaces of each set")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors of texts between runs")
    parser.add_argument("--ablate", action="store_true", help="also without each technique")
    parser.add_argument("--rerank", action="store_true", help="also with the bundled cross-encoder")
    arguments = parser.parse_args()
    names = arguments.sets.split(",")
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"--sets: {', '.join(unknown)} is none of {', '.join(SETS)}")
    with tempfile.TemporaryDirectory() as home, database(home):
        chosen = {name: list(SETS[name](arguments.data))[: arguments.limit] for name in names}
        ways = {SHIPPED: MEASURED} | (ABLATIONS if arguments.ablate else {})
        ways |= {RERANKED: MEASURED} if arguments.rerank else {}
        figures = asyncio.run(measure(chosen, ways, arguments.cache))
    Console().print(table(figures))
    print(json.dumps(figures))


@contextmanager
def database(home: str) -> Iterator[None]:
    """A new database on the configured servers, else on embedded ones in `home`; settings point at it.

    It is dropped and servers of our own are stopped at the end: `home` can then be removed.
    """
    before = dict(os.environ)
    for name in ("OPENAI_API_KEY", "SMART_MEET_EMBEDDING_MODEL"):
        os.environ.pop(name, None)
    os.environ["SMART_MEET_HOME"] = home
    url, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    servers = start_servers(Path(home), database_url=url, redis_url=redis)
    name = sql.Identifier(f"benchmark_{os.getpid()}")
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(name))
        info = connection.info.get_parameters() | {"dbname": f"benchmark_{os.getpid()}"}
    os.environ["DATABASE_URL"] = make_conninfo(**info)
    os.environ["REDIS_URL"] = servers.redis_url
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(name))
        stop_servers()


async def measure(
    chosen: Mapping[str, Sequence[Corpus]], ways: Mapping[str, Weights], cache: Path | None
) -> dict[str, Any]:
    """Ingest, ask in every way, and score; gives the figures of the contract and of the other ways."""
    stores = await open_stores()
    vectors = KeptVectors(cache, stores.embedding)
    found = {way: Figures() for way in (*ways, "bm25")}
    times: dict[str, list[float]] = defaultdict(list)
    for name, corpora in chosen.items():
        for corpus in corpora:
            print(f"{corpus.workspace}: {len(corpus.cases)} questions", file=sys.stderr, flush=True)
            await ingest(stores, corpus, vectors)
            for way, weights in ways.items():
                context = Context(workspace=corpus.workspace, rerank=way == RERANKED)
                seconds = times[name] if way == SHIPPED else []
                rankings = await ask(stores, corpus, context, weights, seconds)
                for case, ranking in zip(corpus.cases, rankings, strict=True):
                    found[way].add(name, case, ranking)
            for case, ranking in zip(corpus.cases, await ask_bm25(stores, corpus), strict=True):
                found["bm25"].add(name, case, ranking)
    await close_stores()
    others = {way: figures.means() for way, figures in found.items() if way != SHIPPED}
    return {
        **found[SHIPPED].means(),
        **others,
        "milliseconds": {name: timed(seconds) for name, seconds in times.items()},
    }


async def ingest(stores: Stores, corpus: Corpus, vectors: KeptVectors) -> None:
    """Ingest the meetings of a corpus through the graph, the vectors of their turns staged beforehand."""
    graph = builder.compile()
    scope = sources.workspace_id(corpus.workspace)
    for source in corpus.meetings:
        await sources.stage(stores.database, corpus.workspace, source)
        memories = dict(discussion_memories(source))
        await sources.put_items(stores.database, scope, source.id, "memory", memories)
        texts = {item: memory["content"] for item, memory in memories.items()}
        await sources.put_vectors(
            stores.database, scope, source.id, await vectors.of(texts), stores.embedding
        )
        await graph.ainvoke(
            IngestInput(source_id=source.id),
            {"configurable": {"thread_id": source.id}},
            context=Context(workspace=corpus.workspace),
        )


async def ask(
    stores: Stores, corpus: Corpus, context: Context, weights: Weights, seconds: list[float]
) -> list[Ranking]:
    """What the query graph recalls for each question of a corpus; how long each took goes to `seconds`."""
    keys = {source.meeting_id: source.key for source in corpus.meetings}
    rankings: list[Ranking] = []
    for case in corpus.cases:
        began = time.perf_counter()
        plan = await plan_by_rule(case.question, context)
        memories = await recalled(stores, plan, context, k=DEPTH + DEPTH // 2, weights=weights)
        seconds.append(time.perf_counter() - began)
        places = (
            (keys[memory["meeting_id"]], ordinal)
            for memory in memories
            for ordinal in range(memory["utterances"][0], memory["utterances"][1] + 1)
        )
        rankings.append(list(dict.fromkeys(places))[:DEPTH])
    return rankings


async def ask_bm25(stores: Stores, corpus: Corpus) -> list[Ranking]:
    """The same questions over the same utterances, each with the name of its speaker, by plain BM25."""
    said = [(source.key, turn) for source in corpus.meetings for turn in source.utterances]
    index = BM25(await stems(stores.database, [f"{turn.speaker or ''}: {turn.text}" for _, turn in said]))
    questions = await stems(stores.database, [case.question for case in corpus.cases])
    return [
        [(said[place][0], said[place][1].ordinal) for place in index.best(question, DEPTH)]
        for question in questions
    ]


def timed(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile of a whole question, in milliseconds."""
    ordered = sorted(seconds)
    at = {"p50": 0.5, "p95": 0.95}
    return {name: round(1000 * ordered[int(share * (len(ordered) - 1))], 1) for name, share in at.items()}


def table(figures: Mapping[str, Any]) -> Table:
    """The figures beside those of every other way."""
    others = [way for way in figures if way not in (*SETS, "milliseconds")]
    shown = Table("set", "figure", SHIPPED, *others)
    flat = {way: dict(_flat(figures[way])) for way in others}
    for name, value in _flat({name: figures[name] for name in SETS if name in figures}):
        shown.add_row(
            name[0], " ".join(name[1:]), f"{value:.3f}", *(f"{flat[way][name]:.3f}" for way in others)
        )
    return shown


def _flat(figures: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    for key, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value


if __name__ == "__main__":
    main()
