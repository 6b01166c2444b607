"""Verdicts of a model in Redis, in front of those in PostgreSQL.

Redis also holds those of runs that have not committed, so that no pair is paid twice while several are under
way. Only a model's own verdicts are kept, never what the wording alone decided for want of one. PostgreSQL
keeps the last word: a commit writes and reads verdicts there alone, and a person's wins there.
"""

from collections.abc import Collection, Iterable

from nodes.prompts import COMPARE
from stores import workspaces
from stores.chat import configured_model, model_is_configured
from stores.opening import Stores
from stores.records import Verdict


async def kept_verdicts(
    stores: Stores, scope: str, profile_version: str, pairs: Collection[str]
) -> dict[str, Verdict]:
    """What the configured model, told what it is told today, said of some of these pairs, by their ids."""
    if not (pairs and model_is_configured() and stores.cache.is_on):
        return {}
    place = await _place(stores, scope, profile_version)
    keys = {f"{place}:{pair}": pair for pair in pairs}
    found = await stores.cache.get_many(list(keys))
    return {
        keys[key]: Verdict(keys[key], kept["differs"], kept["reason"], "llm") for key, kept in found.items()
    }


async def keep_verdicts(
    stores: Stores, scope: str, profile_version: str, verdicts: Iterable[Verdict]
) -> None:
    """Keep what the configured model has just said; a fallback is not kept."""
    place = await _place(stores, scope, profile_version)
    kept = {
        f"{place}:{one.pair_id}": {"differs": one.differs, "reason": one.reason}
        for one in verdicts
        if one.decided_by == "llm"
    }
    await stores.cache.put_many(kept)


async def _place(stores: Stores, scope: str, profile_version: str) -> str:
    """All of a key but the pair. A workspace of the same name in another database is another workspace."""
    born = await workspaces.workspace_born(stores.database, scope)
    return f"verdict:{scope}:{born}:{profile_version}:{configured_model()}:{COMPARE.version}"
