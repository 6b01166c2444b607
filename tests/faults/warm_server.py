"""A graph server that starts by forking a process which has everything imported: half a second, not four.

As a program it is `langgraph dev` with these arguments, up to where that would begin to serve. For each line
of JSON that it reads then, a folder and variables, it forks a child that serves there, and answers with the
child's id; for each number, it kills that child and its group. It opens no connection, thread or event loop
itself, so that a child starts as a fresh process would.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.server.graph_server import ROOT, GraphServer

MODULE = "tests.faults.in_server"
"""Where the graphs are that can be killed at a point."""


class WarmServer(GraphServer):
    """One server at a time, in a folder for each; what it keeps on disk is there."""

    def __init__(self, folder: Path, redis_url: str, environment: Mapping[str, str]) -> None:
        """Import everything; `folder` is for configuration."""
        super().__init__(folder, "postgresql://nowhere", redis_url, "--allow-blocking")
        self.environment |= {**environment, "PYTHONPATH": str(ROOT)}
        config = json.loads((folder / "langgraph.json").read_text())
        config["graphs"] = {name: f"{MODULE}:{name}" for name in config["graphs"]}
        config["checkpointer"] = {"path": f"{MODULE}.checkpointer"}
        (folder / "langgraph.json").write_text(json.dumps(config))
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.warm_server", *self.arguments],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start_in(self, folder: Path, **variables: str) -> int:
        """Start it in a folder, and wait until it answers; a descriptor that is readable once it ended."""
        given = {"SMART_MEET_HOME": str(folder / "home"), **variables}
        self._pid = int(self._asked(json.dumps({"folder": str(folder), "environment": given})))
        self._log = folder / "server.log"
        ended = os.pidfd_open(self._pid)
        self._wait(lambda: bool(select.select([ended], [], [], 0)[0]))
        return ended

    def kill(self) -> None:
        """End it and its children as a crash would; it may have died before."""
        self._asked(str(self._pid))

    def close(self) -> None:
        """End what is imported."""
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        self._warm.stdin.close()
        self._warm.wait(timeout=60)
        self._warm.stdout.close()

    def _asked(self, line: str) -> str:
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        self._warm.stdin.write(line + "\n")
        self._warm.stdin.flush()
        answer = self._warm.stdout.readline()
        assert answer, "the process that forks servers has ended"
        return answer


def _serve(run: Callable[..., None]) -> Callable[..., None]:
    """What `langgraph dev` calls to serve: fork a child for each order, which then does what it would."""

    def ordered(app: str, **options: Any) -> None:
        for late in (MODULE, "langgraph_api.server", "app.routes", "langchain_openai", "numpy"):
            importlib.import_module(late)
        from langgraph_runtime_inmem._persistence import stop_flush_loop

        stop_flush_loop()  # it began with the import; a server begins its own
        gc.freeze()  # so that no child copies what it never changes
        for line in sys.stdin:
            order = json.loads(line)
            answer = _ended(order) if isinstance(order, int) else _forked(order, lambda: run(app, **options))
            os.write(_ANSWERS, f"{answer}\n".encode())

    return ordered


def _forked(order: dict[str, Any], serve: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    os.setsid()
    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    log = os.open("server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, to in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, to)
    os.close(_ANSWERS)
    try:
        serve()
    finally:
        os._exit(1)


def _ended(child: int) -> int:
    """How a child ended, which is killed if it has not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    _ANSWERS = os.dup(1)
    os.dup2(2, 1)  # what imports print is no answer
    import uvicorn
    from langgraph_cli.cli import cli

    uvicorn.run = _serve(uvicorn.run)
    cli()
