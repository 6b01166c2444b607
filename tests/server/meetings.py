"""The demo series as the graph server takes it."""

import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any

from tests.server.graph_server import ROOT

_DEMO = ROOT / "app" / "demo"


def demo_series() -> list[dict[str, Any]]:
    """The inputs of all meetings of the demo series, as they are delivered."""
    listed = tomllib.loads((_DEMO / "series.toml").read_text())["meetings"]
    return [_handed_in(meeting) for meeting in sorted(listed, key=lambda meeting: meeting["delivered"])]


def demo_meeting(number: int) -> dict[str, Any]:
    """The input of one meeting of the demo series; the fifth has a chat."""
    listed = tomllib.loads((_DEMO / "series.toml").read_text())["meetings"]
    return _handed_in(listed[number - 1])


def _handed_in(meeting: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = _file(_DEMO / meeting["file"])
    if "chat" in meeting:
        given["attachments"] = [_file(_DEMO / meeting["chat"])]
    return given


def _file(path: Path) -> dict[str, Any]:
    return {"filename": path.name, "content_base64": b64encode(path.read_bytes()).decode()}
