"""What ingesting a meeting of about one hour costs, beside what embedding its memories costs alone.

    python -m benchmarks.ingest --data DIR

Takes the real call of DIR/state_tracking whose length is nearest to 10,000 words, with its chat, and ingests
it offline through the product's own graph, in turn with the bare embedding of the same texts: the ratio is of
medians measured side by side in one process. A data folder of its own, thrown away afterwards.
"""

import argparse
import asyncio
import base64
import json
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from app.ingestion import Ingestions, open_ingestions
from graphs.ingest import builder
from nodes.context import Context
from nodes.ingest_state import IngestInput
from nodes.intake import accept
from nodes.transcripts import Source as File
from nodes.transcripts import read_transcript
from nodes.windows import discussion_memories
from stores.embedded import stop_servers
from stores.opening import close_stores

WORDS = 10_000


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with state_tracking/")
    parser.add_argument("--runs", type=int, default=3, help="measured pairs after one warm-up (default 3)")
    arguments = parser.parse_args()
    for name in ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY", "SMART_MEET_EMBEDDING_MODEL"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as home:
        os.environ["SMART_MEET_HOME"] = home
        figures = asyncio.run(measure(call_of_an_hour(arguments.data), arguments.runs))
        stop_servers()
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console().print(table)
    print(json.dumps(figures))


def call_of_an_hour(data: Path) -> IngestInput:
    """The real call nearest to WORDS words, as a caller would hand it in."""
    return _handed_in(_call_of_an_hour(data))


def call_before(data: Path) -> IngestInput:
    """The call of the same folder before that one; the one after it where it is the first."""
    call = _call_of_an_hour(data)
    others = [path for path in sorted(call.parent.glob("*.vtt")) if path != call]
    return _handed_in(max((path for path in others if path < call), default=others[0]))


def _call_of_an_hour(data: Path) -> Path:
    calls = sorted(data.glob("state_tracking/*/dev/*/transcripts/*.vtt"))
    if not calls:
        raise SystemExit(f"{data}: no state_tracking/*/dev/*/transcripts/*.vtt in it")
    return min(calls, key=lambda path: abs(_words(path) - WORDS))


def _handed_in(call: Path) -> IngestInput:
    given = IngestInput(filename=call.name, content_base64=base64.b64encode(call.read_bytes()).decode())
    chat = call.parents[1] / "chat" / f"{call.stem}.txt"
    if chat.exists():
        content = base64.b64encode(chat.read_bytes()).decode()
        given["attachments"] = [{"filename": chat.name, "content_base64": content}]
    return given


def _words(path: Path) -> int:
    transcript = read_transcript(File(path.name, path.read_bytes()))
    return sum(len(utterance.text.split()) for utterance in transcript.utterances)


async def measure(given: IngestInput, runs: int) -> dict[str, Any]:
    """Ingest and embed in turn; every ingestion is the first of its workspace."""
    async with open_ingestions() as ingestions:
        source = (await accept(ingestions.stores, "texts", given)).source
        texts = [memory["content"] for _, memory in discussion_memories(source)]
        embeddings = ingestions.stores.embedding.embeddings
        ingested: list[float] = []
        embedded: list[float] = []
        counts: dict[str, int] = {}
        for run in range(runs + 1):
            began = time.perf_counter()
            counts = (await ingestions.ingest(f"run {run}", given, lambda _: None))["counts"]
            ingested.append(time.perf_counter() - began)
            began = time.perf_counter()
            await embeddings.aembed_documents(texts)
            embedded.append(time.perf_counter() - began)
        began = time.perf_counter()
        again = await ingestions.ingest(f"run {runs}", given, lambda _: None)
        known_seconds = time.perf_counter() - began
        while_running, kept = await _redis_bytes(ingestions, given)
    await close_stores()
    seconds, alone = statistics.median(ingested[1:]), statistics.median(embedded[1:])
    return {
        "call": given["filename"],
        "words": sum(len(utterance.text.split()) for utterance in source.utterances),
        "utterances": len(source.utterances),
        "memories": counts["memories"],
        "texts_embedded_alone": len(texts),
        "ingest_seconds": round(seconds, 2),
        "embedding_alone_seconds": round(alone, 2),
        "ratio": round(seconds / alone, 2),
        "ratios": [round(a / b, 2) for a, b in zip(ingested[1:], embedded[1:], strict=True)],
        "again_status": again["status"],
        "again_seconds": round(known_seconds, 3),
        "redis_kilobytes_at_the_end_of_a_run": round(while_running / 1024, 1),
        "redis_kilobytes_left": round(kept / 1024, 1),
        "peak_memory_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "cores": os.cpu_count(),
    }


async def _redis_bytes(ingestions: Ingestions, given: IngestInput) -> tuple[int, int]:
    """Bytes of a run's checkpoints when it has ended, before and after they are deleted."""
    source = (await accept(ingestions.stores, "redis", given)).source
    async with Redis.from_url(ingestions.stores.servers.redis_url) as redis:
        before = await _used(redis)
        graph = builder.compile(checkpointer=ingestions.checkpoints)
        await graph.ainvoke(
            IngestInput(source_id=source.id),
            {"configurable": {"thread_id": source.id}},
            context=Context(workspace="redis"),
        )
        ended = await _used(redis)
        await ingestions.checkpoints.adelete_thread(source.id)
        return ended - before, await _used(redis) - before


async def _used(redis: Redis) -> int:
    return sum([int(await redis.memory_usage(key) or 0) async for key in redis.scan_iter()])


if __name__ == "__main__":
    main()
