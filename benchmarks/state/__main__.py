"""States: what the product finds of how things moved, and whether questions about it are answered right.

    python -m benchmarks.state --data DIR [--modes recorded,rules,questions] [--series NAME,...]
        [--cache FOLDER] [--show]

recorded: recorded extractions are served as a model's and go through the whole ingestion, then questions are
asked of that database. rules: no model at all, with a regular expression beside. questions: the labels are
imported, and the same questions asked. No model answers.
Every series begins with its starting state, imported for the day before its first call. Transitions are
scored by DIR's own script; `benchmarks.state.questions` tells how answers are.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.retrieval import database
from benchmarks.state.modes import MODES, Measured
from benchmarks.state.series import SERIES, Series
from benchmarks.state.telling import figures, table, tell_wrong
from stores.embedded import stop_servers


def main() -> None:
    """Parse the arguments, measure, print tables and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with state_tracking/ and recorded/")
    parser.add_argument("--modes", default=",".join(MODES), help=f"of {', '.join(MODES)} (default: all)")
    parser.add_argument("--series", default=",".join(SERIES), help=f"of {', '.join(SERIES)} (default: all)")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors of texts between runs")
    parser.add_argument("--show", action="store_true", help="also print every transition that was found")
    arguments = parser.parse_args()
    modes, names = arguments.modes.split(","), arguments.series.split(",")
    for given, known in ((modes, MODES), (names, SERIES)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"{', '.join(unknown)} is none of {', '.join(known)}")
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as home:
        with database(home):
            for mode in modes:
                for series in (Series(arguments.data, name) for name in names):
                    if mode != "recorded" or series.is_recorded:
                        print(f"{mode}: {series.name}", file=sys.stderr, flush=True)
                        measured.append(asyncio.run(MODES[mode](series, arguments.cache)))
        stop_servers()
    for one in measured:
        tell_wrong(one, show=arguments.show)
    Console().print(table(measured))
    print(json.dumps(figures(measured)))


if __name__ == "__main__":
    main()
