"""The folder of one embedded server: who may start it, who uses it, and how it ends.

Everything is decided by kernel file locks (flock) and nothing by pid files: the kernel drops a lock when its
holder dies, however it dies, while a stale pid may by now belong to another process. The locks:

    .start    held while starting, joining, leaving or stopping, so these never overlap
    .server   held by the server process itself, through an inherited descriptor: free means that no server
              and no orphaned child of one is left, zombies included, and so that starting one is safe
    .clients  shared by every client process; asked, only under .start, whether anyone is left
    .wake     shared by every client process as well; the warden waits for it, outside .start
    .warden   held by the warden

The warden is this file run as a small process of its own. It sleeps on .wake until the last client is gone,
killed or not, and then stops the server. Asking and waiting use two files, since the warden, waking up, holds
.wake for an instant, which must not look like a client. The next client replaces a warden that was killed.

Only the standard library is imported, so that the warden starts in milliseconds without site-packages.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

POLL_SECONDS = 0.02
STOP_SECONDS = 60.0
# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included
SOCKET_PATH_BYTES = 103
LOCAL_PEERPID = 2  # <sys/un.h> of macOS; Python names it on no platform


class StartLockTimeoutError(Exception):
    """Another process has been starting or stopping this server for too long."""


class ServerFolder:
    """Locks, socket and end of the server that lives in `path` (created with its parents when missing)."""

    def __init__(self, path: Path, socket_name: str) -> None:
        self.path = path
        self.socket_name = socket_name
        self.log = path / "log"
        self._run_record = path / "run"

    def create(self) -> None:
        """Make the folder, readable by its owner alone.

        Raises:
            OSError: it cannot be made or locked here.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700, exist_ok=True)
        os.close(_locked(self.path / ".wake", fcntl.LOCK_SH))

    @contextlib.contextmanager
    def starting(self, seconds: float | None = None) -> Generator[None]:
        """Hold .start, waiting at most `seconds` for it (None: for ever).

        Raises:
            StartLockTimeoutError: somebody else held it all that time.
        """
        lock = self._wait_for_start(seconds)
        try:
            yield
        finally:
            os.close(lock)

    def _wait_for_start(self, seconds: float | None) -> int:
        if seconds is None:
            return _locked(self.path / ".start", fcntl.LOCK_EX)
        deadline = time.monotonic() + seconds
        while (lock := _try_locked(self.path / ".start")) is None:
            if time.monotonic() > deadline:
                raise StartLockTimeoutError(str(self.path))
            time.sleep(POLL_SECONDS)
        return lock

    def join(self) -> tuple[int, int]:
        """Become a client (under .start); closing both descriptors, or dying, is leaving."""
        return _locked(self.path / ".clients", fcntl.LOCK_SH), _locked(self.path / ".wake", fcntl.LOCK_SH)

    def is_unused(self) -> bool:
        """Whether no client is left (under .start)."""
        lock = _try_locked(self.path / ".clients")
        if lock is not None:
            os.close(lock)
        return lock is not None

    def claim_server(self) -> int | None:
        """The .server lock, to be inherited by a new server, or None while an old one lives."""
        return _try_locked(self.path / ".server")

    def ensure_warden(self, stop_signal: signal.Signals) -> "subprocess.Popen[bytes] | None":
        """Start the warden unless it lives (under .start, after join); `stop_signal` ends the server."""
        lock = _try_locked(self.path / ".warden")
        if lock is None:
            return None
        arguments = [str(self.path), self.socket_name, str(int(stop_signal)), str(lock)]
        try:
            with self.log.open("ab") as log:
                return subprocess.Popen(
                    [sys.executable, "-I", "-S", __file__, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    pass_fds=[lock],
                    start_new_session=True,
                )
        finally:
            os.close(lock)

    @property
    def run(self) -> Path:
        """The folder of the socket: this one, or a temporary one where its path does not do for a socket."""
        with contextlib.suppress(FileNotFoundError):
            return Path(os.fsdecode(self._run_record.read_bytes()))
        return self.path

    @property
    def socket(self) -> Path:
        """The server's Unix socket."""
        return self.run / self.socket_name

    def choose_run(self) -> None:
        """Settle where the socket goes (while holding .server) and write a temporary folder down.

        It is written down because another process may have another TMPDIR, and made by mkdtemp because anyone
        can write to a shared temporary folder: a name that can be foreseen could be taken by somebody else.
        """
        if self._fits(self.path):
            self._run_record.unlink(missing_ok=True)
            return
        if self.run != self.path and self.run.is_dir() and self.run.stat().st_uid == os.geteuid():
            return  # left by a crash: clients that know it find the new server at the old place
        made = Path(tempfile.mkdtemp(prefix="smart-meet-"))
        if not self._fits(made):
            made.rmdir()
            made = Path(tempfile.mkdtemp(prefix="smart-meet-", dir="/tmp"))
        draft = self.path / "run.new"
        draft.write_bytes(os.fsencode(made))
        draft.replace(self._run_record)

    def _fits(self, run: Path) -> bool:
        """Whether a socket can be made there and be named: libpq splits the host at commas."""
        path = os.fsencode(run / self.socket_name)
        return len(path) <= SOCKET_PATH_BYTES and b"," not in path

    def listener_pid(self) -> int | None:
        """The process that listens on the socket, as the kernel tells it, or None when none does.

        On Linux a stream socket's peer credentials are those of the process that called listen().
        """
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.socket))
                if sys.platform == "darwin":
                    pid = connection.getsockopt(0, LOCAL_PEERPID)
                else:
                    credentials = connection.getsockopt(
                        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
                    )
                    pid, _, _ = struct.unpack("3i", credentials)
            except OSError:
                return None
        # 0 is a process of another container that shares this folder: it is not ours to signal
        return pid if pid > 1 else None

    def stop(self, stop_signal: signal.Signals) -> bool:
        """End the server (under .start) and wait until nothing of it is left; False after STOP_SECONDS."""
        signalled: set[int] = set()
        deadline = time.monotonic() + STOP_SECONDS
        while (lock := self.claim_server()) is None:
            pid = self.listener_pid()
            if pid is not None and pid not in signalled:
                signalled.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, stop_signal)
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        if self.run != self.path:
            shutil.rmtree(self.run, ignore_errors=True)
            self._run_record.unlink(missing_ok=True)
        os.close(lock)
        return True


def _locked(path: Path, mode: int) -> int:
    """An open descriptor that holds the lock; closing it gives the lock back."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _try_locked(path: Path) -> int | None:
    """The exclusive lock, or None when another process holds it."""
    try:
        return _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def watch(folder: ServerFolder, stop_signal: signal.Signals, warden_lock: int) -> None:
    """The warden: sleep until no client is left, then stop the server.

    .warden is given back before .start, so that no newcomer mistakes a leaving warden for a living one.
    """
    while True:
        os.close(_locked(folder.path / ".wake", fcntl.LOCK_EX))
        with folder.starting():
            if folder.is_unused():
                if not folder.stop(stop_signal):
                    print(f"the server in {folder.path} did not stop within {STOP_SECONDS:.0f} s", flush=True)
                os.close(warden_lock)
                return


if __name__ == "__main__":
    # a folder that was deleted meanwhile has nothing left to watch
    with contextlib.suppress(FileNotFoundError):
        watch(
            ServerFolder(Path(sys.argv[1]), sys.argv[2]),
            signal.Signals(int(sys.argv[3])),
            int(sys.argv[4]),
        )
