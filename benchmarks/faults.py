"""Whether anything is lost: work that is hit at every point, gone on with, and compared row for row.

    python -m benchmarks.faults [--sample N] [--only KIND ...] [--work NAME ...]

Kills the process, PostgreSQL, Redis and all of them before, during and after every call that a piece of work
makes (stores, statements, checkpoints, models, nodes), empties Redis there, and has the servers refuse or go
silent; what stops must say because of which server. Then goes on, in turn by doing the same again and by
resuming it. Compares all rows of the database with those that an uninterrupted run leaves, apart from the
times of recording, and counts what the model was asked twice though its answer had been kept. On servers of
its own, thrown away afterwards.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stores.embedded import stop_servers
from tests.faults.harms import HARMS, Harm
from tests.faults.matrix import Bench, Matrix, Trial, template_of
from tests.faults.servers import OwnServers
from tests.faults.work import works
from tests.ingest.nursery import Nursery
from tests.models.openai_server import OpenAIServer

_SLOW = 3
"""Points at which harm is done that takes half a minute to be noticed."""


def main() -> int:
    """Parse the arguments, hit everything, print a table and, as the last line, one JSON object.

    Gives 1 when a run ended otherwise than an uninterrupted one, or something was paid twice.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=0, help="points of each kind and work (default: all)")
    parser.add_argument("--only", choices=list(HARMS), nargs="+", default=list(HARMS), help="what befalls it")
    parser.add_argument(
        "--work", nargs="+", help="ingest, 'ingest with a model', recheck, forget; default all"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        harms = [HARMS[name] for name in arguments.only]
        trials = _all(Path(home), harms, arguments.work, arguments.sample)
        stop_servers()
    return _tell(trials)


def _all(home: Path, harms: Sequence[Harm], names: Sequence[str] | None, sample: int) -> list[Trial]:
    trials: list[Trial] = []
    with Nursery() as nursery, OpenAIServer() as endpoint:
        servers = OwnServers.start(home)
        with Matrix(nursery, servers, endpoint, template_of(servers)) as matrix:
            for work in works(endpoint):
                if names and work.name not in names:
                    continue
                bench = matrix.bench(work)
                for harm in harms:
                    most = min(sample or _SLOW, _SLOW) if harm.is_slow else sample
                    for trial in matrix.trials(bench, harm, spread(bench, most)):
                        trials.append(trial)
                        if trial.wrong or trial.paid_twice:
                            print(f"{trial.work}, {trial.kind} at {trial.at}: {trial}", file=sys.stderr)
                    print(f"{work.name}, {harm.name}: done", file=sys.stderr, flush=True)
    return trials


def spread(bench: Bench, sample: int) -> list[str]:
    """So many points, spread over all of them; all for 0."""
    places = bench.places()
    return places[:: max(1, len(places) // sample)][:sample] if sample else places


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
    }


if __name__ == "__main__":
    sys.exit(main())
