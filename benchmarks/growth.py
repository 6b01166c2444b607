"""Whether the thousandth meeting of a workspace costs what its tenth did: seconds, memory, disk, Redis.

    python -m benchmarks.growth [--meetings N ...]

Invented meetings of one series that all speak of the same things, so that every history grows with each of
them, read by a scripted model behind the real client. At each of the numbers (10, 100 and 1,000) the meetings
around it are taken in alternately with those around the tenth of a workspace that is new: what else the
computer does meanwhile weighs on both alike, and the ratio is of their medians.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from app.ingestion import Ingestions, open_ingestions
from benchmarks.endpoint import endpoint
from benchmarks.projects import meeting_of_series, script
from stores.opening import close_stores
from tests.models.openai_server import OpenAIServer

AT = (10, 100, 1_000)
AROUND = 4
"""So many meetings before the one in question, and after it, are measured with it."""

_DATABASE_SIZE = b"select pg_database_size(current_database()) as bytes"


@dataclass(slots=True)
class Figures:
    """What was measured around one meeting of the workspace, beside the tenth of a new one."""

    meeting: int
    seconds: list[float] = field(default_factory=list[float])
    new_seconds: list[float] = field(default_factory=list[float])
    bytes_on_disk: float = 0.0
    memory_megabytes: float = 0.0
    runs_in_redis: float = 0.0
    caches_in_redis: float = 0.0

    def as_row(self) -> dict[str, Any]:
        """As printed and as JSON."""
        median, new = statistics.median(self.seconds), statistics.median(self.new_seconds)
        return {
            "meeting": self.meeting,
            "seconds": round(median, 3),
            "seconds_of_a_new_workspace": round(new, 3),
            "ratio": round(median / new, 2),
            "disk_kilobytes_a_meeting": round(self.bytes_on_disk / 1024, 1),
            "memory_megabytes": round(self.memory_megabytes, 1),
            # of runs nothing is left; what is cached of the model's verdicts ends by itself, after an hour
            "redis_kilobytes_of_runs": round(self.runs_in_redis, 1),
            "redis_kilobytes_of_caches": round(self.caches_in_redis, 1),
        }


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--meetings", type=int, nargs="+", default=list(AT), help="default: 10 100 1000")
    arguments = parser.parse_args()
    with endpoint() as server:
        script(server)
        rows = asyncio.run(_measure(sorted(arguments.meetings), server))
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    print(json.dumps({"growth": rows, "largest_ratio": max(row["ratio"] for row in rows)}))


async def _measure(numbers: list[int], server: OpenAIServer) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    async with open_ingestions() as ingestions:
        await _ingest(ingestions, "warm-up", 1)
        reached = 0
        for number in numbers:
            for earlier in range(reached + 1, number - AROUND):
                await _ingest(ingestions, "grown", earlier)
                for kept in (server.requests, server.exchanges):
                    kept.clear()  # the endpoint is in this process, whose memory is measured
            rows.append((await _around(ingestions, number)).as_row())
            reached = number + AROUND
            print(json.dumps(rows[-1]), flush=True)
    await close_stores()
    return rows


async def _around(ingestions: Ingestions, number: int) -> Figures:
    figures = Figures(number)
    new = f"new at {number}"
    for earlier in range(1, AT[0] - AROUND):
        await _ingest(ingestions, new, earlier)
    on_disk = 0.0
    for step in range(-AROUND, AROUND + 1):
        before = await _size(ingestions)
        figures.seconds.append(await _ingest(ingestions, "grown", number + step))
        on_disk += await _size(ingestions) - before
        figures.new_seconds.append(await _ingest(ingestions, new, AT[0] + step))
    figures.bytes_on_disk = on_disk / len(figures.seconds)
    figures.memory_megabytes = _resident()
    figures.runs_in_redis, figures.caches_in_redis = await _redis_kilobytes(ingestions)
    return figures


async def _ingest(ingestions: Ingestions, workspace: str, number: int) -> float:
    begun = time.perf_counter()
    output = await ingestions.ingest(workspace, meeting_of_series(number), lambda _: None)
    assert output["status"] == "ingested", output
    return time.perf_counter() - begun


async def _size(ingestions: Ingestions) -> int:
    row = await ingestions.stores.database.row(_DATABASE_SIZE)
    assert row is not None
    return int(row["bytes"])


async def _redis_kilobytes(ingestions: Ingestions) -> tuple[float, float]:
    """What Redis holds of runs, and of caches."""
    runs = caches = 0.0
    async with Redis.from_url(ingestions.stores.servers.redis_url) as redis:
        async for key in redis.scan_iter():
            size = int(await redis.memory_usage(key) or 0) / 1024
            if b":cache:" in key:
                caches += size
            else:
                runs += size
    return runs, caches


def _resident() -> float:
    """Megabytes that this process holds now; where the system does not tell, the most it ever held."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
