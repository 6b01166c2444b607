"""Whether anything is lost: work that is hit at every point, gone on with, and compared row for row.

    python -m benchmarks.faults [--sample N] [--minutes M] [--workers W] [--only KIND ...] [--work NAME ...]

Kills the process, PostgreSQL, Redis and all of them before, during and after every call that a piece of work
makes (stores, statements, checkpoints, models, nodes), empties Redis there, has the servers refuse or go
silent, and fills their disks (which takes root, for the mount); what stops must say because of which server.
Then goes on, in turn by doing the same again and by resuming it. Kills the graph server too, or its servers
under it, during an ingestion and a conversation, starts it again, and goes on on the same thread. Compares
all rows of the database with those that an uninterrupted run leaves, apart from the times of recording, and
counts what the model was asked twice though its answer had been kept. On servers of its own, thrown away
afterwards. It takes about a second of a processor for each run, and two for one through the graph server.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stores.embedded import stop_servers
from tests.faults.harms import HARMS, Harm
from tests.faults.matrix import Bench, Matrix, Trial, template_of
from tests.faults.served import HITS, SERVED, Served
from tests.faults.servers import OwnServers, small_disks
from tests.faults.work import works
from tests.ingest.nursery import Nursery
from tests.models.openai_server import OpenAIServer

_SLOW = 3
"""Points at which harm is done that takes half a minute to be noticed."""
_THROUGH_THE_SERVER = "ingest with a model"
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried.

    Attributes:
        kinds: what befalls the work.
        names: of the work; None for all.
        sample: points of each kind and work; 0 for all.
        until: when no further run is begun, in seconds of the monotonic clock.
        workers: among how many processes the runs are dealt out.
    """

    kinds: Sequence[str]
    names: Sequence[str] | None
    sample: int
    until: float
    workers: int


def main() -> int:
    """Parse the arguments, hit everything, print a table and, as the last line, one JSON object.

    Gives 1 when a run ended otherwise than an uninterrupted one, or something was paid twice.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=0, help="points of each kind and work (default: all)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no run after so many")
    parser.add_argument("--workers", type=int, default=1, help="processes, each with servers of its own")
    kinds = [*HARMS, SERVED]
    parser.add_argument("--only", choices=kinds, nargs="+", default=kinds, help="what befalls it")
    parser.add_argument(
        "--work", nargs="+", help="ingest, 'ingest with a model', recheck, forget; default all"
    )
    given = parser.parse_args()
    until = time.monotonic() + 60 * given.minutes
    wanted = Wanted(given.only, given.work, given.sample, until, given.workers)
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        shares = pool.map(_share, [wanted] * given.workers, range(given.workers))
        return _tell([trial for share in shares for trial in share])


def _share(wanted: Wanted, worker: int) -> list[Trial]:
    """One process's part of the runs."""
    fills = any(HARMS[kind].needs_disks for kind in wanted.kinds if kind in HARMS)
    with (
        tempfile.TemporaryDirectory() as home,
        small_disks(Path(home)) if fills else nullcontext(),
        Nursery() as nursery,
        OpenAIServer() as endpoint,
    ):
        servers = OwnServers.start(Path(home))
        trials: list[Trial] = []
        for trial in _trials(nursery, servers, endpoint, wanted, worker):
            trials.append(trial)
            if trial.wrong or trial.paid_twice:
                print(f"{trial.work}, {trial.kind} at {trial.at}: {trial}", file=sys.stderr, flush=True)
        stop_servers()
    return trials


def _trials(
    nursery: Nursery, servers: OwnServers, endpoint: OpenAIServer, wanted: Wanted, worker: int
) -> Iterator[Trial]:
    template = template_of(servers)
    with ExitStack() as opened:
        matrix = opened.enter_context(Matrix(nursery, servers, endpoint, template))
        chosen = [work for work in works(endpoint) if not wanted.names or work.name in wanted.names]
        benches = [matrix.bench(work) for work in chosen]
        served = [bench for bench in benches if bench.work.name == _THROUGH_THE_SERVER]
        through = (
            opened.enter_context(Served(servers, endpoint, served[0]))
            if SERVED in wanted.kinds and served
            else None
        )
        for trial in list(_planned(matrix, benches, through, wanted))[worker :: wanted.workers]:
            if time.monotonic() < wanted.until:
                yield trial()


def _planned(
    matrix: Matrix, benches: Sequence[Bench], served: Served | None, wanted: Wanted
) -> Iterator[Callable[[], Trial]]:
    """All runs, every kind and work in turn, so that what fits into a time is spread over all."""
    kinds = [HARMS[name] for name in wanted.kinds if name in HARMS]
    series: list[list[Callable[[], Trial]]] = [
        [
            partial(matrix.trial, bench, harm, point, again=bench.work.resumed is None or turn % 2 == 0)
            for turn, point in enumerate(_spread(bench, harm, wanted.sample, number / len(kinds)))
        ]
        for number, harm in enumerate(kinds)
        for bench in benches
    ]
    if served is not None:
        series += [
            [
                partial(served.trial, bench, HARMS[name], point, remembers=turn % 2 == 0)
                for turn, point in enumerate(_spread(bench, HARMS[name], wanted.sample, number / len(HITS)))
            ]
            for number, name in enumerate(HITS)
            for bench in (served.ingestion, served.conversation)
        ]
    return (one for turn in zip_longest(*series) for one in turn if one is not None)


def _spread(bench: Bench, harm: Harm, sample: int, offset: float) -> list[str]:
    """So many points of all, in an order in which the first few are spread over all of them.

    Args:
        offset: where to begin, from 0 to 1, so that every kind of harm meets others first.
    """
    numbered = enumerate(bench.places())
    places = [place for _, place in sorted(numbered, key=lambda one: (one[0] * _GOLDEN + offset) % 1)]
    most = min(sample or _SLOW, _SLOW) if harm.is_slow else sample
    return places[:most] if most else places


def _tell(trials: Sequence[Trial]) -> int:
    rows: list[dict[str, Any]] = []
    for work, kind in dict.fromkeys((trial.work, trial.kind) for trial in trials):
        rows.append(_row(work, kind, [trial for trial in trials if (trial.work, trial.kind) == (work, kind)]))
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=140).print(table)
    total = _row("all", "all", trials)
    print(json.dumps({"faults": rows, "total": total}))
    return int(total["ended_equal"] < total["runs"] or total["paid_twice"] > 0)


def _row(work: str, kind: str, trials: Sequence[Trial]) -> dict[str, Any]:
    return {
        "work": work,
        "hit": kind,
        "runs": len(trials),
        "reached": sum(trial.reached for trial in trials),
        "ended_equal": sum(not trial.wrong for trial in trials),
        "rows_lost": sum(trial.rows_lost for trial in trials),
        "paid_twice": sum(trial.paid_twice for trial in trials),
        "asked_again_unkept": sum(trial.asked_again for trial in trials),
        "stopped_with_a_sentence": sum(trial.said is not None for trial in trials),
        "longest_s": round(max((trial.seconds for trial in trials), default=0.0), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
