"""Whether anything is lost: work that is hit at every point, gone on with, and compared row for row.

    python -m benchmarks.faults [--out FILE] [--sample N] [--minutes M] [--workers W] [--only KIND ...]
        [--work NAME ...]

Kills the process, PostgreSQL, Redis and all of them before, during and after every call that a piece of work
makes (stores, statements, checkpoints, models, nodes), empties Redis there, has the servers refuse or go
silent, and fills their disks (which takes root, for the mount); what stops must say because of which server.
Then goes on, in turn by doing the same again and by resuming it. Kills the graph server too, or its servers
under it, during an ingestion, a recheck, a forgetting, a decision by hand and a conversation, starts it
again, and goes on on the same thread. Compares all rows of the database with those that an uninterrupted run
leaves, apart from the times of recording, and counts what the model was asked twice though its answer had
been kept. On servers of its own, in memory where there is room, thrown away afterwards. It takes about a
second of a processor for each run, and two for one through the graph server; stopped, and started again with
the same --out, it goes on.
"""

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, Queue
from typing import Any, NamedTuple, Self

from rich.console import Console
from rich.table import Table

from stores.embedded import stop_servers
from tests.faults.harms import HARMS, Harm
from tests.faults.matrix import Bench, Matrix, Trial, template_of
from tests.faults.served import HITS, SERVED, Served
from tests.faults.servers import OwnServers, in_memory, small_disks
from tests.faults.work import works
from tests.ingest.nursery import Nursery
from tests.models.openai_server import OpenAIServer

_SLOW = 3
"""Points at which harm is done that takes half a minute to be noticed."""
_GOLDEN = (math.sqrt(5) - 1) / 2
_TELL_EVERY = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried.

    Attributes:
        kinds: what befalls the work.
        names: of the work; None for all.
        sample: points of each kind and work; 0 for all.
        until: when no further run is begun, in seconds of the monotonic clock.
        workers: how many processes take the runs, one after the other.
        tried: work, kind and point of the runs that are not made again.
    """

    kinds: Sequence[str]
    names: Sequence[str] | None
    sample: int
    until: float
    workers: int
    tried: frozenset[tuple[str, str, str]]


class Run(NamedTuple):
    """One run, as a worker is told of it.

    Attributes:
        work: its name, which is one of the graph server's if it goes through that.
        kind: what befalls it, as its trial tells.
        is_even: then it is done again, or the graph server remembers it; else resumed, or forgotten.
    """

    work: str
    kind: str
    point: str
    is_even: bool


def main() -> int:
    """Parse the arguments, hit everything, print a table and, as the last line, one JSON object.

    Gives 1 when a run ended otherwise than an uninterrupted one, or something was paid twice.
    """
    given = _parser().parse_args()
    trials = _read(given.out)
    tried = frozenset((trial.work, trial.kind, trial.at) for trial in trials)
    until = time.monotonic() + 60 * given.minutes
    wanted = Wanted(given.only, given.work, given.sample, until, given.workers, tried)
    try:
        with given.out.open("a", encoding="utf-8") if given.out else nullcontext() as kept:
            for trial in _ended(wanted):
                trials.append(trial)
                if kept is not None:
                    print(json.dumps(asdict(trial)), file=kept, flush=True)
                if trial.wrong or trial.paid_twice:
                    print(f"{trial.work}, {trial.kind} at {trial.at}: {trial}", file=sys.stderr, flush=True)
    finally:  # what was tried is told, whatever ends it
        code = _tell(trials)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=0, help="points of each kind and work (default: all)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no run after so many")
    parser.add_argument(
        "--workers",
        type=int,
        default=2 * (os.cpu_count() or 1),
        help="processes, each with servers of its own; most runs wait for a server or a model now and then, "
        "so that more than processors are worth it (default: %(default)s, twice those)",
    )
    kinds = [*HARMS, SERVED]
    parser.add_argument("--only", choices=kinds, nargs="+", default=kinds, help="what befalls it")
    parser.add_argument(
        "--work", nargs="+", help="ingest, 'ingest with a model', recheck, forget, correct; default all"
    )
    parser.add_argument(
        "--out",
        type=Path,
        help="JSON Lines of the runs as they end; those that are in it count, and are not made again",
    )
    return parser


def _read(file: Path | None) -> list[Trial]:
    if file is None or not file.exists():
        return []
    return [Trial(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _ended(wanted: Wanted) -> Iterator[Trial]:
    """The trials as they end, with a line every minute of how many those are."""
    spawning = get_context("spawn")
    begun = told = time.monotonic()
    done = wrong = planned = 0
    with spawning.Manager() as manager, ProcessPoolExecutor(wanted.workers, mp_context=spawning) as pool:
        runs, ended = manager.Queue(), manager.Queue()
        workers = [pool.submit(_work, wanted, number == 0, runs, ended) for number in range(wanted.workers)]
        while not (all(worker.done() for worker in workers) and ended.empty()):
            try:
                one = ended.get(timeout=1.0)
            except Empty:
                one = None
            if isinstance(one, Trial):
                done, wrong = done + 1, wrong + bool(one.wrong or one.paid_twice)
                yield one
            elif one is not None:
                planned = one
            now = time.monotonic()
            if now - told >= _TELL_EVERY:
                told = now
                left = min((planned - done) * (now - begun) / max(done, 1), wanted.until - now)
                print(
                    f"{(now - begun) / 60:.0f} min: {done} of {planned} runs, {wrong} not equal, about "
                    f"{max(left, 0) / 60:.0f} min left",
                    file=sys.stderr,
                    flush=True,
                )
        for worker in workers:
            worker.result()  # raises what ended it


def _work(wanted: Wanted, plans: bool, runs: "Queue[Run | None]", ended: "Queue[Trial | int]") -> None:
    """One process's part: runs that it takes from the queue, until that gives None.

    Args:
        plans: it fills the queue first.
        ended: is given the trials, and how many runs are planned.
    """
    fills = any(HARMS[kind].needs_disks for kind in wanted.kinds if kind in HARMS)
    with ExitStack() as opened:
        if plans:  # where it cannot plan, nobody waits for it
            opened.callback(lambda: [runs.put(None) for _ in range(wanted.workers)])
        home = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=in_memory())))
        opened.enter_context(small_disks(home) if fills else nullcontext())
        nursery, endpoint = opened.enter_context(Nursery()), opened.enter_context(OpenAIServer())
        opened.callback(stop_servers)
        bed = opened.enter_context(Bed(nursery, OwnServers.start(home), endpoint))
        if plans:
            planned = [run for run in _planned(bed, wanted) if run[:3] not in wanted.tried]
            ended.put(len(planned))
            for run in [*planned, *[None] * wanted.workers]:
                runs.put(run)
        while (run := runs.get()) is not None:
            if time.monotonic() < wanted.until:
                ended.put(bed.trial(run))


class Bed:
    """Where a worker tries: its servers, with the benches and the graph server made when first needed."""

    def __init__(self, nursery: Nursery, servers: OwnServers, endpoint: OpenAIServer) -> None:
        self._servers = servers
        self._endpoint = endpoint
        self._matrix = Matrix(nursery, servers, endpoint, template_of(servers))
        self._opened = ExitStack()
        self._works = {work.name: work for work in works(endpoint)}
        self._benches: dict[str, Bench] = {}
        self._served: Served | None = None

    def __enter__(self) -> Self:
        self._opened.enter_context(self._matrix)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def bench(self, name: str) -> Bench:
        """The bench of a piece of work."""
        if name not in self._benches:
            self._benches[name] = self._matrix.bench(self._works[name])
        return self._benches[name]

    def names(self, wanted: Sequence[str] | None) -> list[str]:
        """Those of all work, or of what is wanted of it."""
        return [name for name in self._works if not wanted or name in wanted]

    def served(self) -> Served:
        """The graph server."""
        if self._served is None:
            made = Served(self._servers, self._endpoint, self.bench)
            self._served = self._opened.enter_context(made)
        return self._served

    def trial(self, run: Run) -> Trial:
        """Make a run; one that cannot even be made ends wrong, and the next begins with sound servers."""
        harm = HARMS["process" if run.kind == SERVED else run.kind]
        try:
            trial = self._trial(run, harm)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told, and the next one tried
            told = f"it ended with {type(error).__name__}: {error}"
            trial = Trial(run.work, run.kind, run.point, False, None, [told], 0, 0, 0)
        if trial.wrong:
            harm.heal(self._servers)
            self._servers.revive()
        return trial

    def _trial(self, run: Run, harm: Harm) -> Trial:
        if run.work in self._works:
            bench = self.bench(run.work)
            again = bench.work.resumed is None or run.is_even
            return self._matrix.trial(bench, harm, run.point, again=again)
        return self.served().trial(run.work, harm, run.point, remembers=run.is_even)


def _planned(bed: Bed, wanted: Wanted) -> Iterator[Run]:
    """All runs, every kind and work in turn, so that what fits into a time is spread over all."""
    kinds = [name for name in wanted.kinds if name in HARMS]
    names = bed.names(wanted.names)
    series = [
        _series(bed.bench(work), kind, wanted.sample, number / len(kinds))
        for number, kind in enumerate(kinds)
        for work in names
    ]
    if SERVED in wanted.kinds:
        benches = bed.served().benches(names)
        series += [
            _series(bench, SERVED if kind == "process" else kind, wanted.sample, number / len(HITS))
            for number, kind in enumerate(HITS)
            for bench in benches
        ]
    return (one for turn in zip_longest(*series) for one in turn if one is not None)


def _series(bench: Bench, kind: str, sample: int, offset: float) -> list[Run]:
    """The runs of a kind and a piece of work, in the order in which they are made."""
    places = _spread(bench, HARMS["process" if kind == SERVED else kind], sample, offset)
    return [Run(bench.work.name, kind, point, turn % 2 == 0) for turn, point in enumerate(places)]


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
    total = _row("all", "all", trials)
    rows: list[dict[str, Any]] = []
    for work, kind in dict.fromkeys((trial.work, trial.kind) for trial in trials):
        rows.append(_row(work, kind, [trial for trial in trials if (trial.work, trial.kind) == (work, kind)]))
    table = Table(*total)
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=140).print(table)
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
