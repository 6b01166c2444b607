"""Starting an embedded server once for all the processes that share its folder."""

import contextlib
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stores.embedded.folder import POLL_SECONDS, STOP_SECONDS, ServerFolder, StartLockTimeoutError
from stores.errors import ServerUnavailableError, SettingError

START_SECONDS = 90.0
LOG_TAIL_CHARACTERS = 2000
LOG_KEPT_BYTES = 10_000_000

# A process that was started stays our child until it ends. Holding its handle lets the next start reap it and
# keeps the interpreter from warning about a child that is meant to outlive us.
_children: list["subprocess.Popen[bytes]"] = []


@dataclass(frozen=True, slots=True)
class Account:
    """As whom a server runs: a command put before its own, or a switch made by the child itself."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None


class EmbeddedServer(ABC):
    """One server under `home`, shared by every process that starts it and stopped by the last to leave.

    A client joins before it makes sure of the warden and before the server runs. Wherever it is killed in
    between, the kernel drops its lock and the warden, if there is one yet, stops what was started.
    """

    title: str
    """The server's name in messages."""
    setting: str
    """The variable that names another server instead of this one."""
    stop_signal: signal.Signals
    """The signal that makes the server disconnect its clients, write everything down and end."""

    def __init__(self, home: Path, name: str, socket_name: str) -> None:
        self.home = home
        self.folder = ServerFolder(home / name, socket_name)
        self.data = self.folder.path / "data"
        self._locks: tuple[int, int] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients of this computer reach the running server."""

    @abstractmethod
    def prepare(self, claim: int) -> None:
        """Make the data folder fit to start on.

        Args:
            claim: the descriptor that holds .server, so that no server uses the folder. A process that writes
                there must inherit it: should we be killed, the next client waits for that process.
        """

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """The server's command line."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes queries now."""

    def account(self) -> Account:
        """As whom the server runs."""
        return Account()

    def start(self) -> str:
        """Join the running server, or start it, and return its url; again is harmless and heals.

        Raises:
            ServerUnavailableError: it does not start; the message holds the end of its log.
            SettingError: the data folder cannot be used.
        """
        try:
            self.folder.create()
        except OSError as error:
            raise SettingError(
                f"SMART_MEET_HOME: the data folder {self.home} cannot be used ({error.strerror}): "
                "set SMART_MEET_HOME to a folder on a local disk that you may write to."
            ) from error
        _children[:] = [child for child in _children if child.poll() is None]
        try:
            with self.folder.starting(START_SECONDS + STOP_SECONDS):
                self._join_and_run()
        except StartLockTimeoutError as error:
            raise self.unavailable("another process has been starting or stopping it for too long") from error
        except OSError as error:
            raise self.unavailable(str(error)) from error
        return self.url

    def leave(self) -> None:
        """Give the server up; the last client stops it and waits for its end.

        Raises:
            ServerUnavailableError: the server did not stop.
        """
        if self._locks is None:
            return
        try:
            with self.folder.starting():
                self._drop_locks()
                if self.folder.is_unused() and not self.folder.stop(self.stop_signal):
                    raise self.unavailable(f"it did not stop within {STOP_SECONDS:.0f} s")
        except OSError as error:
            self._drop_locks()
            raise self.unavailable(f"its folder went away while it ran ({error})") from error

    def _join_and_run(self) -> None:
        joined_before = self._locks is not None
        if self._locks is None:
            self._locks = self.folder.join()
        try:
            warden = self.folder.ensure_warden(self.stop_signal)
            if warden is not None:
                _children.append(warden)
            self._run()
        except BaseException:
            if not joined_before:
                self._drop_locks()
            raise

    def _run(self) -> None:
        """Wait for the living server, or for the death of its last remains and then for a new one."""
        process = None
        deadline = time.monotonic() + START_SECONDS
        while True:
            if process is None and (claim := self.folder.claim_server()) is not None:
                try:
                    process = self._spawn(claim)
                finally:
                    os.close(claim)
            if self.answers():
                return
            if process is not None and process.poll() is not None:
                raise self.unavailable(f"it ended with exit code {process.returncode}")
            if time.monotonic() > deadline:
                raise self.unavailable(f"it did not answer within {START_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)

    def _spawn(self, claim: int) -> "subprocess.Popen[bytes]":
        if self.folder.log.exists() and self.folder.log.stat().st_size > LOG_KEPT_BYTES:
            self.folder.log.replace(self.folder.path / "log.old")
        self.folder.choose_run()
        self.prepare(claim)
        account = self.account()
        with self.folder.log.open("ab") as log:
            process = subprocess.Popen(
                [*account.prefix, *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder.path,
                env=environment(),
                pass_fds=[claim],
                start_new_session=True,
                user=account.uid,
                group=account.gid,
                extra_groups=account.groups,
            )
        _children.append(process)
        return process

    def _drop_locks(self) -> None:
        for descriptor in self._locks or ():
            os.close(descriptor)
        self._locks = None

    def unavailable(self, reason: str) -> ServerUnavailableError:
        """The error of a server that does not run, with the end of its log and the way around it."""
        tail = ""
        with contextlib.suppress(FileNotFoundError):
            tail = self.folder.log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:].strip()
        return ServerUnavailableError(
            f"The embedded {self.title} is not available: {reason} ({self.setting} can name another server). "
            f"Its log {self.folder.log} ends with:\n{tail}"
        )


def environment() -> dict[str, str]:
    """This process's environment without the PG* variables, which would redirect PostgreSQL's programs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
