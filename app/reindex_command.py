"""The command `reindex`: another embedding model for what is stored."""

from app.options import AsJson
from app.running import DONE, perform

_GO_ON = "interrupted; what is embedded is kept, and `smart-meet reindex` goes on"


def reindex(as_json: AsJson = False) -> None:
    """Embed everything anew with SMART_MEET_EMBEDDING_MODEL, of all workspaces; others go on meanwhile."""
    perform(_reindex(as_json), interrupted=_GO_ON)


async def _reindex(as_json: bool) -> int:
    from app.progress import progress
    from app.rendering import count, out, print_json, text
    from nodes.reindexing import reindex as reindex_all
    from stores.opening import open_stores

    with progress() as shown:
        shown.say("starting")
        stores = await open_stores(to_look=True)
        memories = await reindex_all(stores, shown.following("reindex"))
    if as_json:
        print_json({"model": stores.embedding.name, "memories": memories})
    elif memories is None:
        out().print(text(f"everything is embedded with {stores.embedding.name} already"), soft_wrap=True)
    else:
        told = f"{count(memories, 'memory')} embedded with {stores.embedding.name}; start `serve` again"
        out().print(text(told), soft_wrap=True)
    return DONE
