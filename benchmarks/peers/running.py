"""Runs the peers, each in a process of its own with its own Python, and counts what they ask of the server.

A peer's script is told where the server is, says what it is called and which version, and then takes one
meeting a line as JSON and answers each with one line of JSON: what it holds, or the error that it ended with.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.endpoint import DIMENSIONS, Asked, metered
from benchmarks.peers.answers import script_peers
from benchmarks.projects import two_meetings
from tests.models.openai_server import OpenAIServer

_PEERS = {"Graphiti": "graphiti.py", "Mem0": "mem0_memory.py"}
_HERE = Path(__file__).parent


def peers(server: OpenAIServer, python: Path | None, latencies: Sequence[int]) -> dict[str, Any]:
    """What each peer that is installed takes for the two meetings, and for the second again, by latency.

    A peer that is not installed is skipped with one line on standard error.
    """
    script_peers(server)
    measured: dict[str, Any] = {}
    for peer, script in _PEERS.items():
        command = [str(python or sys.executable), str(_HERE / script), server.base_url, str(DIMENSIONS)]
        for latency in latencies:
            server.latency = 0.0
            try:
                by_meeting = _run(server, command, latency)
            except _NotInstalled as error:
                print(f"{peer} is skipped: {error}; see --peers", file=sys.stderr, flush=True)
                break
            measured.setdefault(peer, {})[str(latency)] = by_meeting
    return measured


class _NotInstalled(Exception):
    """A peer cannot be imported by that Python."""


def _run(server: OpenAIServer, command: Sequence[str], latency: int) -> dict[str, Any]:
    first, second = two_meetings()
    rows: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline() or '{"missing": "it ended without a word"}')
        if "missing" in ready:
            raise _NotInstalled(ready["missing"])
        server.latency = latency / 1_000
        for what, meeting in (("1st", first), ("2nd", second), ("2nd again", second)):
            with metered(server) as asked:
                process.stdin.write(
                    json.dumps({"date": meeting["date"], "text": meeting["transcript"]}) + "\n"
                )
                process.stdin.flush()
                holds = json.loads(process.stdout.readline())
            rows[what] = _figures(asked, latency) | holds
        process.stdin.close()
    return rows


def _figures(asked: Asked, latency: int) -> dict[str, Any]:
    return {
        "calls": asked.calls,
        "prompt_tokens": asked.prompt_tokens,
        "completion_tokens": asked.completion_tokens,
        "in_sequence": asked.in_sequence if latency else None,
        "embedding_calls": asked.embedding_calls,
        "seconds": round(asked.seconds, 3),
    }
