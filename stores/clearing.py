"""Clears Redis of what has been forgotten: written down with the forgetting, done by whoever comes next."""

from stores import forgetting
from stores.checkpoints import open_checkpoints
from stores.opening import Stores


async def clear_forgotten(stores: Stores) -> int:
    """Clear Redis of all that has been forgotten and not cleared yet; gives how many conversations went.

    Raises:
        ServerUnavailableError: a server does not answer; what is left stays written down.
    """
    noted = await forgetting.noted_threads(stores.database)
    if not noted:
        return 0
    dropped = 0
    await stores.cache.clear()
    async with open_checkpoints(stores.servers.redis_url) as checkpoints:
        for note in noted.values():
            for run in note["runs"]:
                await checkpoints.adelete_thread(run)
        for workspace in {note["workspace"] for note in noted.values()}:
            dropped += await checkpoints.adelete_conversations(workspace)
    await forgetting.drop_notes(stores.database, noted)
    return dropped
