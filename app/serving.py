"""The command `serve`: the graphs behind LangGraph's own server, for Studio and for the SDK."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.running import DONE, FAILED, perform
from stores.errors import SettingError, StoreError

_ROOT = Path(__file__).parents[1]
_CONFIG = "langgraph.json"
_STUDIO = "https://smith.langchain.com/studio/?baseUrl="
_JOBS = 10  # the server's own default runs one at a time
_QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "true"}


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens.")] = 2024,
    host: Annotated[
        str, typer.Option(help="Who can reach it; 127.0.0.1 is this computer alone.")
    ] = "127.0.0.1",
) -> None:
    """Serve the graphs for LangGraph Studio and the SDK, until Ctrl-C (what `langgraph dev` does)."""
    perform(_serve(host, port), interrupted="stopped")


async def _serve(host: str, port: int) -> int:
    from app.rendering import err
    from stores.opening import open_stores

    command = _command(host, port)
    _check_port(host, port)
    await open_stores()  # started and migrated here, so that what is wrong is said in one sentence
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    err().print(
        f"Graphs: {', '.join(_graphs())}\nAPI:    {url}\nDocs:   {url}/docs\nStudio: {_STUDIO}{url}\n",
        soft_wrap=True,
    )
    return _run(command)


def _graphs() -> list[str]:
    return list(json.loads((_ROOT / _CONFIG).read_text(encoding="utf-8"))["graphs"])


def _command(host: str, port: int) -> list[str]:
    if importlib.util.find_spec("langgraph_cli") is None or importlib.util.find_spec("langgraph_api") is None:
        raise StoreError("the graph server is not installed: pip install -c constraints.txt -e '.[server]'")
    if not (_ROOT / _CONFIG).is_file():
        raise SettingError(f"{_ROOT / _CONFIG} is missing: serve runs from a checkout of Smart-Meet")
    options = ["--no-browser", "--no-reload", "--n-jobs-per-worker", str(_JOBS), "--config", _CONFIG]
    return [sys.executable, "-m", "langgraph_cli", "dev", *options, "--host", host, "--port", str(port)]


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(
                f"cannot listen on {host}:{port} ({error.strerror}): give another --port"
            ) from error


def _run(command: list[str]) -> int:
    """The server as a child that ends when we do; the embedded servers stay as long as either lives."""
    from stores.settings import settings

    home = str(settings().home.expanduser().resolve())  # a relative one means our folder, not the child's
    child = subprocess.Popen(command, cwd=_ROOT, env={**os.environ, **_QUIET, "SMART_MEET_HOME": home})

    def pass_on(number: int, frame: object) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    # Ctrl-C reaches the child by itself; we wait for its end
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = child.wait()
    return DONE if code in (0, -signal.SIGTERM, -signal.SIGINT) else FAILED
