"""A recheck that is killed is gone on with by starting it again: nothing is lost, doubled, or paid twice."""

import asyncio
import os
from collections import Counter

import pytest

from app.ingestion import Ingestions
from stores.embedded import Servers
from tests.ingest import databases
from tests.ingest.conftest import FreshIngestions
from tests.ingest.knowing import ingest, known
from tests.ingest.nursery import Job, Nursery
from tests.models.chatting import asked_of, chat_environment
from tests.models.harbour import script, series
from tests.models.openai_server import Fault, OpenAIServer, Request

# in the order in which they come up: reading a meeting again, joining names, judging pairs
POINTS = (
    "after:rechecks.stage_again#1",
    "after:node.pick#1",
    "after:node.extract#1",
    "after:knowledge.retract_version#1",
    "before:knowledge.advance_workspace#1",
    "after:node.commit#1",
    "after:node.adjudicate#1",
    "after:node.compare#1",
    "after:rechecks.retract_fallbacks#1",
)


def is_away_for(request: Request) -> bool:
    """Fails at the first meeting, at names, and at values; what it has read of the others is kept."""
    return request.schema in ("EntityMatches", "StateComparisons") or "Harbour sync 1\n" in request.prompt


async def statuses(ingestions: Ingestions) -> list[str]:
    rows = await ingestions.stores.database.rows(
        b"select result->>'status' as status from meeting_versions where retracted_at is null order by date"
    )
    return [row["status"] for row in rows]


async def test_a_recheck_killed_at_every_step_ends_as_if_the_model_had_never_been_away(
    nursery: Nursery, servers: Servers, fresh_ingestions: FreshIngestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer() as away, OpenAIServer() as back, OpenAIServer() as never_away:
        for name, value in chat_environment(script(never_away)).items():
            monkeypatch.setenv(name, value)
        async with fresh_ingestions() as ingestions:
            assert await ingest(ingestions, series()) == ["ingested"] * 3
            expected = await known(ingestions.stores)
        script(away).fail(Fault(status=500), times=None, when=is_away_for)
        monkeypatch.setenv("OPENAI_BASE_URL", away.base_url)
        async with fresh_ingestions() as ingestions:
            assert await ingest(ingestions, series()) == ["degraded"] * 3
            own = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": servers.redis_url}
            job = Job(environment=chat_environment(script(back)) | own, recheck=True)
            for point in POINTS:
                (killed,) = await asyncio.to_thread(nursery.run, job | {"kill_at": point})
                assert (point, killed["exit"], killed["error"]) == (point, -9, None)
            (outcome,) = await asyncio.to_thread(nursery.run, job)
            assert (outcome["exit"], outcome["outputs"][0]["status"]) == (0, "healed")
            assert await statuses(ingestions) == ["ingested"] * 3
            assert await known(ingestions.stores) == expected
            counts = databases.counts(os.environ["DATABASE_URL"])
            assert (counts["sources"], counts["staged_items"]) == (0, 0)
        prompts = Counter(request.prompt for request in asked_of(back))
        assert max(prompts.values()) == 1
