"""What ingesting a meeting costs with a model: calls, tokens, calls in sequence, seconds; beside two peers.

    python -m benchmarks.cost --data DIR [--latency 0 200 1000] [--meetings 100] [--peers PYTHON]

Every meeting goes in through the product's own graph, the real client and a scripted OpenAI-compatible server
on loopback, which reads by what it is shown and answers after a latency (in milliseconds). A token is four
characters; the schema of an answer counts as part of the prompt. Embeddings come from the same server.

    two      the two meetings that the peers are given, and the second again under another name
    hour     the real call of DIR/state_tracking nearest to 10,000 words, after the call before it
    series   the 2nd of new series in turn with those from the last on of one of `--meetings`; medians of
             `--repeats`

`--peers` names the Python of an environment with benchmarks/peers/requirements.txt (they do not go together
with our own pins); Graphiti and Mem0 then ingest the same two meetings against the same server.

    python -m benchmarks.cost --trace

shows the second of them as LangSmith would: its spans, taken by a listener on loopback, as a tree.
"""

import argparse
import asyncio
import json
import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.ingestion import Ingestions, open_ingestions
from benchmarks.endpoint import Asked, chats, endpoint, metered
from benchmarks.ingest import call_before, call_of_an_hour
from benchmarks.langsmith_listener import traced
from benchmarks.peers.running import peers
from benchmarks.projects import meeting_of_series, script, two_meetings
from nodes.ingest_state import IngestInput
from nodes.intake import read_source
from nodes.windows import windows
from stores.opening import close_stores
from stores.records import Source
from tests.models.openai_server import OpenAIServer

_PAIRS_A_CALL = 20
_MOST_IN_SEQUENCE = 4
_MOST_OF_TRANSCRIPT = 2.0
_MOST_GROWTH = 1.2


@dataclass(frozen=True, slots=True)
class Row:
    """One meeting at one latency, in milliseconds.

    Attributes:
        allowed: calls that are in order: its windows, two, and one for every 20 pairs of values.
        transcript_tokens: of its turns with their speakers.
    """

    what: str
    latency: int
    asked: Asked
    allowed: int
    transcript_tokens: int

    @property
    def figures(self) -> dict[str, Any]:
        """For the JSON line."""
        asked = self.asked
        return {
            "calls": asked.calls,
            "allowed_calls": self.allowed,
            "prompt_tokens": asked.prompt_tokens,
            "completion_tokens": asked.completion_tokens,
            "transcript_tokens": self.transcript_tokens,
            # without latency, calls that were sent at once are answered one after the other
            "in_sequence": asked.in_sequence if self.latency else None,
            "embedding_calls": asked.embedding_calls,
            "seconds": round(asked.seconds, 3),
        }


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with state_tracking/")
    parser.add_argument("--trace", action="store_true", help="only show the trace of one ingestion")
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 200, 1000], help="milliseconds")
    parser.add_argument("--meetings", type=int, default=100, help="length of the series (default 100)")
    parser.add_argument("--repeats", type=int, default=7, help="measured pairs of each latency (default 7)")
    parser.add_argument("--peers", type=Path, help="Python of an environment with Graphiti and Mem0")
    arguments = parser.parse_args()
    if arguments.trace:
        print(asyncio.run(trace()))
        return
    if arguments.data is None:
        parser.error("--data is needed")
    with endpoint() as server:
        script(server)
        rows = asyncio.run(measure(server, arguments))
        beside = peers(server, arguments.peers, arguments.latency)
    _print(rows, beside)
    figures = _figures(rows)
    targets = _targets(figures)
    for target, met in targets.items():
        print(f"{'met' if met else 'MISSED'}: {target}")
    print(json.dumps({"product": figures, "peers": beside, "targets": targets}))


async def trace() -> str:
    """The spans of the second of two meetings, as a tree."""
    first, second = two_meetings()
    with endpoint() as server:
        script(server)
        async with open_ingestions() as ingestions:
            await ingestions.ingest("trace", first, lambda _: None)
            with traced() as listener:
                await ingestions.ingest("trace", second, lambda _: None)
                tree = listener.tree()
        await close_stores()
    return tree


async def measure(server: OpenAIServer, arguments: argparse.Namespace) -> list[Row]:
    """All meetings at all latencies, after one that warms up."""
    hour, before = call_of_an_hour(arguments.data), call_before(arguments.data)
    rows: list[Row] = []
    async with open_ingestions() as ingestions:
        bench = _Bench(server, ingestions)
        await bench.ingest("warm-up", 0, "", meeting_of_series(1))
        for latency in arguments.latency:
            first, second = two_meetings()
            rows.append(await bench.ingest(f"two {latency}", latency, "two: 1st", first))
            rows.append(await bench.ingest(f"two {latency}", latency, "two: 2nd", second))
            renamed = second | {"filename": "copy of it.txt"}
            rows.append(await bench.ingest(f"two {latency}", latency, "two: 2nd again", renamed))
            await bench.ingest(f"hour {latency}", 0, "", before)
            rows.append(await bench.ingest(f"hour {latency}", latency, "hour", hour))
        rows += await _series(bench, arguments.latency, arguments.meetings, arguments.repeats)
    await close_stores()
    return rows


async def _series(bench: "_Bench", latencies: Sequence[int], meetings: int, repeats: int) -> list[Row]:
    """The 2nd meeting of new series, in turn with those of a long one from the last on; medians of each.

    In turn, so that what else the computer does weighs on both alike.
    """
    for number in range(1, meetings):
        await bench.ingest("series", 0, "", meeting_of_series(number))
    rows: list[Row] = []
    number = meetings
    for latency in latencies:
        measured: dict[str, list[Row]] = {"series: 2nd": [], "series: last": []}
        for repeat in range(repeats):
            new = f"series {latency} {repeat}"
            await bench.ingest(new, 0, "", meeting_of_series(1))
            for what, workspace, which in (
                ("series: 2nd", new, 2),
                ("series: last", "series", number),
            ):
                row = await bench.ingest(workspace, latency, what, meeting_of_series(which))
                measured[what].append(row)
            number += 1
        for same in measured.values():
            same[0].asked.seconds = statistics.median(row.asked.seconds for row in same)
            rows.append(same[0])
        print(f"series at {latency} ms", file=sys.stderr, flush=True)
    return rows


@dataclass(frozen=True, slots=True)
class _Bench:
    server: OpenAIServer
    ingestions: Ingestions

    async def ingest(self, workspace: str, latency: int, what: str, given: IngestInput) -> Row:
        source = read_source(workspace, given)
        self.server.latency = latency / 1_000
        with metered(self.server) as asked:
            output = await self.ingestions.ingest(workspace, given, lambda _: None)
        if output["status"] == "degraded":
            raise SystemExit(f"{what or workspace} went wrong: {output['warnings']}")
        pairs = sum(
            len(json.loads(one.request.body["messages"][-1]["content"]))
            for one in chats(asked.exchanges)
            if one.request.schema == "StateComparisons"
        )
        allowed = len(windows(source.utterances)) + 2 + math.ceil(pairs / _PAIRS_A_CALL)
        return Row(what, latency, asked, allowed if asked.calls else 0, _tokens(source))


def _tokens(source: Source) -> int:
    return len("\n".join(f"{one.speaker}: {one.text}" for one in source.utterances)) // 4


def _figures(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    figures: dict[str, dict[str, Any]] = {}
    for row in rows:
        figures.setdefault(row.what, {})[str(row.latency)] = row.figures
    return figures


def _targets(figures: dict[str, dict[str, Any]]) -> dict[str, bool]:
    """What was to be shown, and whether it was."""
    each = [one for by_latency in figures.values() for one in by_latency.values()]
    targets = {
        "at most windows + 2 + one per 20 differing pairs calls": all(
            one["calls"] <= one["allowed_calls"] for one in each
        ),
        f"at most {_MOST_IN_SEQUENCE} calls in sequence": all(
            (one["in_sequence"] or 0) <= _MOST_IN_SEQUENCE for one in each
        ),
        "the same transcript again under another name: 0 calls": not any(
            one["calls"] + one["embedding_calls"] for one in figures["two: 2nd again"].values()
        ),
        f"hour: at most {_MOST_OF_TRANSCRIPT:g} times the transcript's tokens": all(
            one["prompt_tokens"] <= _MOST_OF_TRANSCRIPT * one["transcript_tokens"]
            for one in figures["hour"].values()
        ),
    }
    for latency, last in figures["series: last"].items():
        second = figures["series: 2nd"][latency]
        for name in ("calls", "prompt_tokens", "completion_tokens", "seconds"):
            ratio = last[name] / second[name]
            target = f"series at {latency} ms: {name} of the last at most {_MOST_GROWTH:g} times the 2nd's"
            targets[f"{target} ({ratio:.2f})"] = ratio <= _MOST_GROWTH
    return targets


def _print(rows: Sequence[Row], beside: dict[str, Any]) -> None:
    table = Table("meeting", "ms", "calls", "allowed", "prompt", "completion", "in sequence", "embed", "s")
    for row in rows:
        one = row.figures
        table.add_row(
            row.what,
            str(row.latency),
            *(str(one[name]) for name in ("calls", "allowed_calls", "prompt_tokens", "completion_tokens")),
            str(one["in_sequence"] or ""),
            str(one["embedding_calls"]),
            f"{one['seconds']:.2f}",
        )
    for peer, by_latency in beside.items():
        for latency, meetings in by_latency.items():
            for what, one in meetings.items():
                table.add_row(
                    f"{peer}: {what}",
                    latency,
                    str(one["calls"]),
                    "",
                    str(one["prompt_tokens"]),
                    str(one["completion_tokens"]),
                    str(one["in_sequence"] or ""),
                    str(one["embedding_calls"]),
                    f"{one['seconds']:.2f}",
                )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
