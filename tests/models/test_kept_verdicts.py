"""A model's verdicts are kept in Redis in front of PostgreSQL, and the ancestor's traps are none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from app.ingestion import Ingestions, open_ingestions
from graphs.forget import graph as forget_graph
from nodes.context import Context
from nodes.ingest_state import IngestInput
from nodes.kept_verdicts import keep_verdicts, kept_verdicts
from stores import settings as settings_module
from stores.answers import Prompt
from stores.embedded import Servers
from stores.opening import Stores, close_stores
from stores.records import Verdict
from stores.sources import workspace_id
from tests.ingest.meetings import meeting
from tests.models.chatting import asked_of
from tests.models.harbour import asked
from tests.models.openai_server import Fault, OpenAIServer
from tests.models.test_traps import changes, reader

__all__ = ["reader"]

EARLY, LATE, LATER = "sometime after the survey", "once the mayor signs", "whenever the dredger is back"
OLD, NEW = ("Pier North", "Pier West"), ("Quay South", "Quay East")


def due(names: Sequence[str], when: str) -> tuple[str, ...]:
    return tuple(f"{name} is due {when} at {name.split()[1]}" for name in names)


def spoken(week: int, *said: str) -> IngestInput:
    return meeting(week, *(f"{('Ada Nilsson', 'Ben Okafor')[at % 2]}: {one}." for at, one in enumerate(said)))


async def ingest(
    ingestions: Ingestions, given: IngestInput, workspace: str = "default"
) -> dict[tuple[str, str], dict[str, Any]]:
    output = await ingestions.ingest(workspace, given, lambda _: None)
    return await changes(ingestions, output["meeting_id"])


async def lose_verdicts(ingestions: Ingestions) -> None:
    """As if the runs that paid for them had never committed: only Redis has them now."""
    await ingestions.stores.database.rows(b"delete from verdicts")


def pairs_asked(server: OpenAIServer) -> int:
    return sum(len(asked(request)) for request in asked_of(server, "StateComparisons"))


async def back_and_forth(ingestions: Ingestions) -> None:
    """Both piers move there and back, so that both directions are judged; the quays are seen once."""
    await ingest(ingestions, spoken(1, *due(OLD, EARLY), *due(NEW, EARLY)))
    await ingest(ingestions, spoken(2, *due(OLD, LATE)))
    await ingest(ingestions, spoken(3, *due(OLD, EARLY)))
    await lose_verdicts(ingestions)


@pytest.mark.parametrize("fails", [False, True])
async def test_kept_verdicts_and_new_ones_each_stay_with_their_pair_also_when_the_new_ones_fail(
    fails: bool, reader: OpenAIServer, ingestions: Ingestions
) -> None:
    await back_and_forth(ingestions)
    before = pairs_asked(reader)
    if fails:
        reader.fail(Fault(status=500), times=None, when=lambda request: request.schema == "StateComparisons")

    moved = await ingest(ingestions, spoken(4, NEW[0] + f" is due {LATE} at South", *due(OLD, LATE)))

    calls = asked_of(reader, "StateComparisons")[2:]
    assert {pair["after"] for call in calls for pair in asked(call)} == {f"{LATE} at South"}
    assert pairs_asked(reader) - before == len(calls)
    decided = {name: one["decided_by"] for (name, _), one in moved.items()}
    assert decided == {"Pier North": "llm", "Pier West": "llm", "Quay South": "fallback" if fails else "llm"}
    for name, place in (("Pier North", "North"), ("Pier West", "West")):
        assert f"{LATE} at {place}" in moved[name, "due"]["reason"]


async def test_a_fallback_is_never_kept_as_a_models_verdict(
    reader: OpenAIServer, ingestions: Ingestions
) -> None:
    await ingest(ingestions, spoken(1, *due(OLD, EARLY), *due(NEW, EARLY)))
    reader.fail(Fault(status=500), times=3, when=lambda request: request.schema == "StateComparisons")
    moved = await ingest(ingestions, spoken(2, *due(OLD, LATE)))
    assert {one["decided_by"] for one in moved.values()} == {"fallback"}
    assert await kept(ingestions) == []


async def test_the_same_pair_is_asked_again_in_another_workspace_of_another_model_and_after_forgetting(
    reader: OpenAIServer, ingestions: Ingestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = spoken(1, *due(OLD, EARLY)), spoken(2, *due(OLD, LATE))

    async def paid_for(workspace: str) -> int:
        before = pairs_asked(reader)
        await ingest(ingestions, first, workspace)
        moved = await ingest(ingestions, second, workspace)
        assert {one["decided_by"] for one in moved.values()} == {"llm"}
        return pairs_asked(reader) - before

    assert [await paid_for(name) for name in ("harbour", "office")] == [2, 2]
    seconds = await kept(ingestions)
    assert len(seconds) == 4
    assert all(0 < one <= 3_600 for one in seconds)
    await ingestions.stores.database.rows(b"delete from meetings")
    await lose_verdicts(ingestions)
    assert await paid_for("harbour") == 0  # only Redis had them
    await ingestions.stores.database.rows(b"delete from meetings")
    await lose_verdicts(ingestions)
    monkeypatch.setenv("SMART_MEET_MODEL", "another-chat")
    settings_module.settings.cache_clear()
    assert await paid_for("harbour") == 2
    born = await kept(ingestions)
    await forget_graph.ainvoke({"everything": True}, context=Context(workspace="office"))
    assert (len(born), await kept(ingestions)) == (6, [])


@pytest.mark.parametrize(
    "setting", [("SMART_MEET_CACHE_SECONDS", "0"), ("REDIS_URL", None)], ids=["switched off", "away"]
)
async def test_without_redis_the_same_is_said_and_only_asked_more_often(
    setting: tuple[str, str | None],
    environment: None,
    reader: OpenAIServer,
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if setting[1] is not None:
        monkeypatch.setenv(setting[0], setting[1])
    settings_module.settings.cache_clear()
    async with open_ingestions() as ingestions:
        if setting[1] is None:  # the checkpoints need theirs
            monkeypatch.setattr(ingestions.stores.cache, "_url", "unix:///nowhere/redis.sock")
        await back_and_forth(ingestions)
        before = pairs_asked(reader)
        moved = await ingest(ingestions, spoken(4, *due(OLD, LATE)))
        assert {name: one["after"] for (name, _), one in moved.items()} == {
            "Pier North": f"{LATE} at North",
            "Pier West": f"{LATE} at West",
        }
        assert pairs_asked(reader) - before == 2
    await close_stores()


async def kept(ingestions: Ingestions) -> list[int]:
    """The seconds that each verdict of this database's workspaces is kept for."""
    query = b"select extract(epoch from created_at)::text as born from workspaces"
    async with Redis.from_url(ingestions.stores.servers.redis_url) as redis:
        return [
            await redis.ttl(key)
            for row in await ingestions.stores.database.rows(query)
            async for key in redis.scan_iter(f"smart-meet:cache:verdict:*:{row['born']}:*")
        ]


async def test_a_verdict_is_none_under_another_profile_or_other_instructions(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = workspace_id("default")
    said = Verdict("pair", True, "it moved", "llm")
    await keep_verdicts(
        stores, scope, "profile-1", [said, replace(said, pair_id="other", decided_by="fallback")]
    )
    assert await kept_verdicts(stores, scope, "profile-1", ["pair", "other"]) == {"pair": said}
    assert await kept_verdicts(stores, scope, "profile-2", ["pair"]) == {}
    monkeypatch.setattr("nodes.kept_verdicts.COMPARE", Prompt("compare-next", "Judge."))
    assert await kept_verdicts(stores, scope, "profile-1", ["pair"]) == {}
