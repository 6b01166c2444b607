"""The graph server as a person starts it, in a working folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

ROOT = Path(__file__).parents[2]
_STARTS_WITHIN = 180.0  # seconds; it takes 3 to 12 where nothing else runs
_OFFLINE = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "true", "NO_COLOR": "1"}
_FOREIGN = (
    "OPENAI_",
    "LANGSMITH_",
    "LANGCHAIN_",
    "LANGGRAPH_",
    "SMART_MEET_",
)  # of the person who runs tests


class GraphServer:
    """`langgraph dev` with this checkout's langgraph.json; what it keeps on disk goes into `folder`."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, *options: str) -> None:
        """Prepare it; `options` of the command are added to those that a person gives."""
        self.database_url = database_url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)},
            **_OFFLINE,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SMART_MEET_HOME": str(folder / "home"),
        }
        self._options = options
        self._folder = folder
        self._port = _free_port()
        self._log = folder / "server.log"
        (folder / "langgraph.json").write_text(json.dumps(_config()))

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "langgraph_cli", *self.arguments],
                cwd=self._folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait(lambda: self._process.poll() is not None)

    def kill(self) -> None:
        """End it and its children as a crash would, without a last word."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as Ctrl-C would."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)

    def smart_meet(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line over the same servers."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def client(self) -> LangGraphClient:
        """A client of the SDK, without a key."""
        return get_client(url=self.url, api_key=None)

    @property
    def arguments(self) -> list[str]:
        """What the LangGraph command is given."""
        options = ["--no-browser", "--no-reload", "--n-jobs-per-worker", "10", "--port", str(self._port)]
        return ["dev", *options, *self._options]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """What it has said since its first start."""
        return self._log.read_text(errors="replace")

    def _wait(self, has_ended: Callable[[], bool]) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            assert not has_ended(), f"the server ended while it started:\n{self.log}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{self.log}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/ok", timeout=5) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False


def _config() -> dict[str, Any]:
    """langgraph.json with paths that hold in any folder."""
    config = json.loads((ROOT / "langgraph.json").read_text())
    for part in (*config["graphs"].values(), config["checkpointer"]):
        part["path"] = str(ROOT / part["path"])
    config["http"]["app"] = str(ROOT / config["http"]["app"])
    return config


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
