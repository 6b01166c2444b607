"""Start a run that kills its process in window 7, once Redis holds all the other windows.

python -m tests.checkpoints.killed_run REDIS_URL THREAD_ID WIDTH
"""

import asyncio
import os
import signal
import sys

from stores.checkpoints import open_checkpoints
from tests.checkpoints.graphs import spreading, thread

KILLED_IN = 7


async def main(redis_url: str, thread_id: str, width: int) -> None:
    async with open_checkpoints(redis_url) as checkpoints:

        async def die_last(index: int) -> None:
            while index == KILLED_IN:
                found = await checkpoints.aget_tuple(thread(thread_id))
                writes = found.pending_writes if found else None
                if len({task for task, channel, _ in writes or [] if channel == "done"}) == width - 1:
                    os.kill(os.getpid(), signal.SIGKILL)
                await asyncio.sleep(0.01)

        await spreading(checkpoints, width, die_last).ainvoke({"number": 0}, thread(thread_id))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
