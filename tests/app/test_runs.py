"""Runs that were killed or stopped: listed, warned of, and gone on with. Real processes, at a known point."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.app.conftest import Command, transcript

SPEECH = ("Ann Lee: The Harbour Portal is in progress.", "Bo Chen: Good, I own the Harbour Portal.")
FIELDS = "id title status attempts error started_at updated_at counts usage"


@contextmanager
def ingesting(file: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that ingests, held where commit writes its first row."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("lock table meetings in exclusive mode")
        command = [sys.executable, "-m", "app.cli", "ingest", str(file)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            while not connection.execute("select 1 from pg_locks where not granted").fetchall():
                assert process.poll() is None, process.communicate()
                time.sleep(0.05)
            yield process
        finally:
            process.kill()
            process.wait()


def test_a_run_that_was_killed_is_listed_and_resumed(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    with ingesting(file) as process:
        process.kill()
    (run,) = smart_meet("runs", "--json").json
    assert sorted(run) == sorted(FIELDS.split())
    assert run["status"] == "running"
    assert smart_meet("meetings", "--json").json == []
    (warning,) = [row for row in smart_meet("doctor", "--json").json if row["check"] == "runs"]
    assert warning["status"] == "warn"
    assert "smart-meet resume --all" in warning["remedy"]

    (row,) = smart_meet("resume", run["id"], "--json").rows
    assert row["status"] == "ingested"
    assert len(smart_meet("meetings", "--json").json) == 1
    assert [one["status"] for one in smart_meet("runs", "--json").json] == ["done"]
    assert smart_meet("ingest", file, "--json").rows[0]["status"] == "known"


def test_ctrl_c_says_how_to_go_on_and_resume_all_does(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    with ingesting(file) as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "smart-meet resume --all" in said
    assert "Traceback" not in said
    ended = smart_meet("resume", "--all")
    assert ended.code == 0
    assert ": ingested, " in ended.out
    assert smart_meet("resume", "--all").out == ""


def test_a_run_that_nobody_started_cannot_be_resumed(smart_meet: Command):
    ended = smart_meet("resume", "00000000-0000-5000-8000-000000000000")
    assert ended.code == 1
    assert "`smart-meet runs` lists them" in ended.err
    assert smart_meet("resume").code == 2
