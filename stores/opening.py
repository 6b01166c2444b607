"""Opens everything that lives outside the process, once per event loop, servers included."""

import asyncio
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakSet

from stores.cache import Cache, code_mark
from stores.database import Database, open_database
from stores.embedded import Servers, start_servers
from stores.embeddings import EmbeddingModel, embedding_model
from stores.installation import claim_embedding_model
from stores.schema import migrate
from stores.settings import Settings, settings


@dataclass(frozen=True, slots=True)
class Stores:
    """The open stores: where the servers are, the database, the embedding model, the cache of answers."""

    settings: Settings
    servers: Servers
    database: Database
    embedding: EmbeddingModel
    cache: Cache


_opened: WeakKeyDictionary[asyncio.AbstractEventLoop, Stores] = WeakKeyDictionary()
_claimed: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
_opening: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def open_stores(*, to_look: bool = False) -> Stores:
    """The stores of this event loop; the first call starts servers, migrates and connects.

    Args:
        to_look: nothing is to be written or embedded, so that the database need not be the embedding model's.

    Raises:
        ServerUnavailableError: PostgreSQL or Redis cannot be reached or started.
        EmbeddingMismatchError: the database was filled with another embedding model.
        SettingError: a setting is wrong.
    """
    loop = asyncio.get_running_loop()
    async with _opening.setdefault(loop, asyncio.Lock()):
        if loop not in _opened:
            _opened[loop] = await _open(await asyncio.to_thread(settings))
        stores = _opened[loop]
        if not to_look and loop not in _claimed:
            await claim_embedding_model(stores.database, stores.embedding)
            _claimed.add(loop)
        return stores


async def close_stores() -> None:
    """Close what `open_stores` opened on this event loop; the servers stop with their last process."""
    loop = asyncio.get_running_loop()
    stores = _opened.pop(loop, None)
    _claimed.discard(loop)
    if stores is not None:
        await stores.cache.close()
        await stores.database.close()


async def _open(configured: Settings) -> Stores:
    servers = await asyncio.to_thread(
        start_servers,
        configured.home,
        database_url=configured.database_url,
        redis_url=configured.redis_url,
    )
    await asyncio.to_thread(migrate, servers.database_url)
    database = await open_database(servers.database_url)
    await asyncio.to_thread(code_mark)  # the keys of the cache hold it, and event loops may not read files
    return Stores(
        settings=configured,
        servers=servers,
        database=database,
        embedding=embedding_model(configured),
        cache=Cache(servers.redis_url, configured.cache_seconds),
    )
