"""Client processes of the embedded servers, and a look at what runs in a data folder."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 60.0


class Client:
    """A process of its own that uses the embedded servers of one data folder."""

    def __init__(self, home: Path, *, prefix: Sequence[str] = (), **environment: str) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, str(Path(__file__).with_name("client.py")), str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            cwd="/",
        )
        self.urls: list[str] = []

    def send(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], DEADLINE_SECONDS)
        assert readable, "the client did not answer"
        line = self.process.stdout.readline()
        assert line, f"the client ended with exit code {self.process.wait()}"
        return json.loads(line)

    def start(self) -> list[str]:
        """Start the servers and return their urls."""
        self.send("start")
        return self.started()

    def started(self) -> list[str]:
        """The urls that answer a `start` sent before."""
        answer = self.receive()
        assert "urls" in answer, answer
        self.urls = answer["urls"]
        return self.urls

    def stop(self) -> None:
        self.send("stop")
        assert self.receive() == {"urls": []}

    def fail(self) -> tuple[str, str]:
        """The error class and message of a start that fails."""
        self.send("start")
        answer = self.receive()
        assert "error" in answer, answer
        return answer["error"], answer["message"]

    def add(self, text: str) -> None:
        """Write into both servers (from the test's process, by the urls that the client was given)."""
        database_url, redis_url = self.urls
        with psycopg.connect(database_url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
            connection.execute("INSERT INTO notes VALUES (%s)", [text])
        with redis.Redis.from_url(redis_url) as cache:
            cache.rpush("notes", text)

    def read(self) -> list[list[str]]:
        """What both servers hold."""
        database_url, redis_url = self.urls
        with psycopg.connect(database_url) as connection:
            rows = [text for (text,) in connection.execute("SELECT text FROM notes")]
        with redis.Redis.from_url(redis_url, decode_responses=True) as cache:
            return [rows, cache.lrange("notes", 0, -1)]

    def exit(self) -> None:
        """End as a program does that has nothing left to do."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        assert self.process.wait(DEADLINE_SECONDS) == 0
        self.process.stdout.close()

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End without a chance to leave."""
        self.process.send_signal(number)
        self.process.wait(DEADLINE_SECONDS)


def running(home: Path, what: str = "") -> list[psutil.Process]:
    """The servers and wardens of a data folder, or those with a command line word that ends in `what`."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        words = command_line(process)
        inside = any(word.startswith(f"{home}/") for word in words)
        if inside and any(word.endswith(what) for word in words):
            found[process.pid] = process
    # a process that was just forked from a server looks like it until it takes its own title
    return [process for process in found.values() if parent_id(process) not in found]


def command_line(process: psutil.Process) -> list[str]:
    """Its words; none for a process that is gone, a zombie or somebody else's."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie counts as no such process
        return []


def parent_id(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return 0


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something becomes true before a deadline so late that only a failure meets it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def stops(home: Path) -> bool:
    """Whether nothing that belongs to the data folder runs any more, wardens included."""
    known = running(home)
    return eventually(lambda: not any(command_line(process) for process in known)) and not running(home)


def private_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="smart-meet-test-"))


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that does not exist yet, in a 0700 folder with a short path."""
    parent = private_folder()
    yield parent / "home"
    for process in running(parent / "home"):
        process.kill()
    shutil.rmtree(parent)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A database as a first start makes it, which costs a second; to be copied."""
    parent = private_folder()
    one = Client(parent / "home")
    one.start()
    one.exit()
    assert stops(parent / "home")
    yield parent / "home" / "postgres" / "data"
    shutil.rmtree(parent)


def copy_cluster(cluster: Path, home: Path) -> None:
    """Put a database that is there already into a data folder, owners and all."""
    (home / "postgres").mkdir(parents=True, mode=0o700)
    subprocess.run(["cp", "-a", cluster, home / "postgres" / "data"], check=True)


@pytest.fixture
def client(home: Path) -> Iterator[Callable[..., Client]]:
    """Starts client processes, and ends those that the test leaves alive."""
    started: list[Client] = []

    def start(folder: Path = home, *, prefix: Sequence[str] = (), **environment: str) -> Client:
        started.append(Client(folder, prefix=prefix, **environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        for stream in (one.process.stdin, one.process.stdout):
            if stream is not None:
                stream.close()
    assert stops(home)
