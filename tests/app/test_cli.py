"""The command line as a program."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import app
from tests.app.conftest import Command

ROOT = Path(__file__).parents[2]
COMMANDS = [
    *(command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands),
    *(group.name or "" for group in app.registered_groups),
]


def test_the_readme_shows_every_command():
    shown = (ROOT / "README.md").read_text("utf-8")
    assert {"demo", "ingest", "ask", "serve"} < set(COMMANDS)
    for name in COMMANDS:
        assert re.search(rf"smart-meet {name}\b|smart-meet [a-z |]*\| {name}\b", shown), name


def test_every_command_explains_itself(smart_meet: Command):
    for name in COMMANDS:
        ended = smart_meet(name, "--help")
        assert ended.code == 0
        assert f"smart-meet {name}" in ended.out or f"{name} [OPTIONS]" in ended.out


def test_an_unknown_command_is_exit_code_2(smart_meet: Command):
    assert smart_meet("frobnicate").code == 2


def test_help_takes_neither_servers_nor_graphs():
    heavy = ("langgraph", "langchain_core", "psycopg", "redis", "numpy")
    seen = f"import sys, app.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_graph_server_is_told_of_every_graph_and_the_checkpointer():
    config = json.loads((ROOT / "langgraph.json").read_text("utf-8"))
    assert set(config["graphs"]) == {file.stem for file in (ROOT / "graphs").glob("[a-z]*.py")}
    paths = [graph["path"] for graph in config["graphs"].values()] + [config["checkpointer"]["path"]]
    for path in paths:
        file, _, name = path.partition(":")
        assert name in (ROOT / file).read_text("utf-8")
    assert all(graph["description"] for graph in config["graphs"].values())


def test_without_the_server_extra_serve_says_how_to_install_it(
    smart_meet: Command, monkeypatch: pytest.MonkeyPatch
):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "langgraph_api" else find(name, *rest),
    )
    ended = smart_meet("serve")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "pip install -c constraints.txt -e '.[server]'" in ended.err


def test_an_error_nobody_expected_is_one_sentence_unless_more_is_asked_for():
    broken = "import app.cli, app.reading_commands as r; r.perform = lambda work: (work.close(), 1 / 0)"
    command = [sys.executable, "-c", f"{broken}; app.cli.main()", "meetings"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("smart-meet: unexpected error, ZeroDivisionError")
    assert done.stderr.count("\n") == 1
    told = subprocess.run([*command[:3], "--debug", "meetings"], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "Traceback" in told.stderr
