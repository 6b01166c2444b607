"""A LangSmith-compatible listener on loopback: takes the spans of the real client, and shows them as a tree.

with traced() as listener:
    ...
    print(listener.tree())
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from unittest.mock import patch

from langsmith import run_trees
from langsmith.utils import get_env_var

from stores.tracing import keep_spans_small

Json = dict[str, Any]

_INFO = {
    "version": "0",
    "batch_ingest_config": {
        "use_multipart_endpoint": False,  # plain JSON, in batches
        "scale_up_qsize_trigger": 1_000,
        "scale_up_nthreads_limit": 1,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20_000_000,
    },
}
_PATIENCE = 20.0  # seconds until every span that began has ended


@contextmanager
def traced() -> Iterator["LangSmithListener"]:
    """Have the runs of this process traced by a listener, with LangSmith's own client as a user would."""
    with LangSmithListener() as listener, patch.dict(os.environ, listener.environment):
        get_env_var.cache_clear()
        before, run_trees._CLIENT = run_trees._CLIENT, None
        keep_spans_small()
        try:
            yield listener
        finally:
            run_trees._CLIENT = before
    get_env_var.cache_clear()


class LangSmithListener:
    """The listener; a context manager on a free port of 127.0.0.1.

    Attributes:
        runs: every span by its id, as it was sent at its begin and its end.
    """

    def __init__(self) -> None:
        self.runs: dict[str, Json] = {}
        self._guard = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._http.daemon_threads = True

    @property
    def environment(self) -> dict[str, str]:
        """Settings that have runs traced by it."""
        url = f"http://127.0.0.1:{self._http.server_port}"
        return {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": url, "LANGSMITH_API_KEY": "any"}

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def take(self, spans: list[Json]) -> None:
        """Keep spans; what is told of one at its end is added to what was told at its begin."""
        with self._guard:
            for span in spans:
                told = {name: value for name, value in span.items() if value is not None}
                self.runs.setdefault(str(span["id"]), {}).update(told)

    def ended(self) -> dict[str, Json]:
        """All spans, once each has ended.

        Raises:
            TimeoutError: one has not.
        """
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with self._guard:
                if self.runs and all(run.get("end_time") for run in self.runs.values()):
                    return dict(self.runs)
            time.sleep(0.02)
        raise TimeoutError("not every span has ended")

    def tree(self, *, tokens: bool = True) -> str:
        """The spans as indented lines, as the graph goes: step by step, what is parallel by its name."""
        runs = self.ended()
        lines: list[str] = []

        def add(parent: Json | None, depth: int) -> None:
            children = [run for run in runs.values() if _parent(run, runs) is parent]
            for run in sorted(children, key=_place):
                lines.append("  " * depth + _line(run, parent, tokens=tokens))
                add(run, depth + 1)

        add(None, 0)
        return "\n".join(lines)


def _parent(run: Json, runs: dict[str, Json]) -> Json | None:
    return runs.get(str(run.get("parent_run_id")))


def _place(run: Json) -> tuple[int, str, str, str]:
    step = run["extra"].get("metadata", {}).get("langgraph_step", 0)
    began = "" if step else run["start_time"]
    return step, began, run["name"], json.dumps(run.get("inputs"), sort_keys=True)


def _line(run: Json, parent: Json | None, *, tokens: bool) -> str:
    """Name, own tags, and of a call the tokens."""
    inherited = parent.get("tags", []) if parent else []
    tags = [tag for tag in run.get("tags", []) if ":" not in tag and tag not in inherited]
    told = [run["name"], *([f"[{' '.join(tags)}]"] if tags else [])]
    if tokens and run["run_type"] == "llm":
        usage: Json = run["extra"]["metadata"].get("usage_metadata") or {}
        told.append(f"{usage.get('input_tokens', 0):,} + {usage.get('output_tokens', 0):,} tokens")
    return " ".join(told) + (" FAILED" if run.get("error") else "")


def _handler_of(listener: LangSmithListener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(_INFO)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            listener.take([*body.get("post", []), *body.get("patch", [])] if "batch" in self.path else [body])
            self._send({})

        def do_PATCH(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            listener.take([{"id": self.path.rsplit("/", 1)[1], **body}])
            self._send({})

        def _send(self, what: Json) -> None:
            sent = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
