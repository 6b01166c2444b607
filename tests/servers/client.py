"""A client process of the embedded servers, told what to do line by line.

Arguments: the data folder. Each line on standard input is a command (`start` or `stop`), each answer one JSON
line. The end of input ends the process.
"""

import json
import sys
from pathlib import Path

from stores.embedded import start_servers, stop_servers
from stores.errors import StoreError


def run(command: str, home: Path) -> list[str]:
    if command == "stop":
        stop_servers()
        return []
    servers = start_servers(home)
    return [servers.database_url, servers.redis_url]


for line in sys.stdin:
    try:
        answer = {"urls": run(line.strip(), Path(sys.argv[1]))}
    except StoreError as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(answer), flush=True)
