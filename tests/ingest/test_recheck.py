"""With the model back, recheck leaves what a run without faults would have left, even when it is killed."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from app.ingestion import Ingestions, open_ingestions
from app.recheck_command import recheck_all
from graphs.recheck import builder
from nodes.context import Context
from stores import settings as settings_module
from stores.embedded import Servers
from stores.opening import close_stores
from tests.ingest import databases
from tests.ingest.knowing import decide, ingest, known, undone
from tests.ingest.nursery import Job, Nursery
from tests.models.chatting import asked_of, chat_environment
from tests.models.harbour import asked, script, series
from tests.models.openai_server import Fault, OpenAIServer, Request

Opened = Callable[[OpenAIServer], AbstractAsyncContextManager[Ingestions]]
Workspaces = Callable[[], AbstractContextManager[Opened]]
FAULTS = {
    "500": Fault(status=500),
    "429": Fault(status=429, retry_after=0.01),
    "too long a wait": Fault(status=429, retry_after=600),
    "refused": Fault(hang_up=True),
    "truncated": Fault(truncated=True),
    "garbage": Fault(garbage=True),
    "another form": Fault(body={"choices": []}),
}


def reads(week: int, turn: int = 0) -> Callable[[Request], bool]:
    """Whether a request is to read the window of that week's meeting that shows a turn."""

    def does(request: Request) -> bool:
        shown = (f"Meeting: Harbour sync {week}\n", f"\n[{turn}] ")
        return request.schema == "MeetingExtraction" and all(words in request.prompt for words in shown)

    return does


PIECES: dict[str, Callable[[Request], bool]] = {
    "read 1": reads(1),
    "read 2, first": reads(2),
    "read 2, last": reads(2, 9),
    "read 3": reads(3),
    "sum up": lambda request: request.schema == "MeetingSummary",
    "join": lambda request: request.schema == "EntityMatches",
    "judge": lambda request: request.schema == "StateComparisons",
}
WRONG_ITEMS = ("missing", "repeated", "invented", "without a reason")
_MADE = {
    "observations": b"""
        select v.meeting_id, l.entity_id, o.field, o.value, o.quote, o.utterance, o.made_by, o.stance
        from observations o join links l using (workspace_id, mention_id)
        join meeting_versions v on v.id = o.version_id
        where o.retracted_at is null and l.retracted_at is null""",
    "statements": b"""
        select v.meeting_id, m.kind, m.content, m.made_by, m.embedding::text, e.name
        from memories m join meeting_versions v on v.id = m.version_id
        left join memory_mentions x on x.memory_id = m.id left join mentions e on e.id = x.mention_id
        where m.retracted_at is null""",
    "summaries": b"""
        select v.meeting_id, s.summary, s.topics, s.made_by
        from summaries s join meeting_versions v on v.id = s.version_id where v.retracted_at is null""",
    "meetings": b"""
        select meeting_id, title, date, participants, words, result->>'status', result->'kept_apart',
            result->'warnings', result->'usage'->'fallbacks', result->'counts'->'observations'
        from meeting_versions where retracted_at is null""",
}
_without_faults: list[dict[str, Any]] = []
# in the order in which they come up: reading a meeting again, joining names, judging pairs
POINTS = (
    "after:rechecks.stage_again#1",
    "after:node.extract#1",
    "after:knowledge.retract_version#1",
    "before:workspaces.advance_workspace#1",
    "after:node.adjudicate#1",
    "after:node.compare#1",
    "after:rechecks.retract_fallbacks#1",
)


Opened = Callable[[OpenAIServer], AbstractAsyncContextManager[Ingestions]]
Workspaces = Callable[[], AbstractContextManager[Opened]]


@pytest.fixture
def workspace(
    environment: None, servers: Servers, template: str, monkeypatch: pytest.MonkeyPatch
) -> Workspaces:
    """Makes one more empty database each time; it is opened with the model of a server."""

    @contextmanager
    def empty() -> Iterator[Opened]:
        url = databases.copy_of(servers.database_url, template)

        @asynccontextmanager
        async def opened(server: OpenAIServer) -> AsyncIterator[Ingestions]:
            await close_stores()
            for name, value in {**chat_environment(server), "DATABASE_URL": url}.items():
                monkeypatch.setenv(name, value)
            settings_module.settings.cache_clear()
            try:
                async with open_ingestions() as ingestions:
                    yield ingestions
            finally:
                await close_stores()

        yield opened
        databases.drop(servers.database_url, url)

    return empty


async def recheck(ingestions: Ingestions) -> dict[str, Any]:
    return await recheck_all(ingestions.stores, "default", lambda event: None)


async def everything_known(ingestions: Ingestions) -> dict[str, Any]:
    """All that is current, but for the ids of versions and of what hangs on them."""
    made = {name: await ingestions.stores.database.rows(query) for name, query in _MADE.items()}
    return await known(ingestions.stores) | {
        name: sorted((tuple(row.values()) for row in rows), key=repr) for name, rows in made.items()
    }


async def known_without_faults(workspace: Workspaces) -> dict[str, Any]:
    """What the series leaves when nothing fails; found out once."""
    if not _without_faults:
        with OpenAIServer() as good, workspace() as opened:
            async with opened(script(good)) as ingestions:
                assert await ingest(ingestions, series()) == ["ingested"] * 3
                assert (await recheck(ingestions))["status"] == "nothing"
                _without_faults.append(await everything_known(ingestions))
    return _without_faults[0]


def spoil(server: OpenAIServer, wrong: str) -> None:
    """Have the model say something unusable of the first pair of every comparison, for that pair alone."""
    right = server.answers["StateComparisons"]

    def judge(request: Request) -> dict[str, Any]:
        good = right(request)["comparisons"]
        pair = min(one["pair_id"] for one in good)
        first, others = [
            [one for one in good if (one["pair_id"] == pair) is wanted] for wanted in (True, False)
        ]
        spoilt = {
            "missing": [],
            "repeated": [*first, {**first[0], "has_changes": not first[0]["has_changes"]}],
            "invented": [{**first[0], "pair_id": "ffffffff-ffff-4fff-bfff-ffffffffffff"}],
            "without a reason": [{**first[0], "reason": " "}],
        }
        return {"comparisons": [*others, *spoilt[wrong]]}

    server.answers["StateComparisons"] = judge


async def degraded_pieces(ingestions: Ingestions) -> set[str]:
    """The windows that the rules read, by meeting and place, the names kept apart, and the pairs."""
    rows = await ingestions.stores.database.rows(
        b"select title, result->'for_recheck' as wanting from meeting_versions"
        b" where retracted_at is null and result ? 'for_recheck'"
    )
    pieces = {f"{row['title'][-1]} {window}" for row in rows for window in row["wanting"]["windows"]}
    pieces |= {"join" for row in rows if row["wanting"]["names"]}
    pieces |= {f"sum up {row['title'][-1]}" for row in rows if row["wanting"]["summary"]}
    verdicts = await ingestions.stores.database.rows(
        b"select pair_id from verdicts where decided_by = 'fallback' and retracted_at is null"
    )
    return pieces | {row["pair_id"] for row in verdicts}


def failed_pieces(server: OpenAIServer, faults: dict[str, str]) -> set[str]:
    """What of that was asked in vain."""
    places = {"read 1": "1 w0000", "read 2, first": "2 w0000", "read 2, last": "2 w0001", "read 3": "3 w0000"}
    requests = [(piece, one) for piece in faults for one in asked_of(server) if PIECES[piece](one)]
    pieces = {places.get(piece, piece) for piece, _ in requests if piece not in ("judge", "sum up")}
    for piece, request in requests:
        if piece == "sum up":
            pieces.add(f"sum up {request.prompt.partition('Harbour sync ')[2][0]}")
        if piece == "judge":
            pairs = sorted(pair["pair_id"] for pair in asked(request))
            pieces |= set(pairs[:1] if faults["judge"] in WRONG_ITEMS else pairs)
    return pieces


# few at a time: after five outages in a row the gate would ask no more
kinds = st.sampled_from(sorted(FAULTS))


@given(
    faults=st.dictionaries(st.sampled_from(sorted({*PIECES} - {"judge"})), kinds, max_size=2),
    judge=st.sampled_from([None, *sorted(FAULTS), *WRONG_ITEMS]),
)
@example(faults=dict.fromkeys({*PIECES} - {"judge"}, "truncated"), judge="truncated")
@example(faults={"read 2, last": "garbage", "join": "truncated"}, judge="repeated")
@settings(max_examples=1)
async def test_whatever_the_model_fails_at_recheck_heals_to_what_no_fault_would_have_left(
    faults: dict[str, str],
    judge: str | None,
    workspace: Workspaces,
) -> None:
    expected = await known_without_faults(workspace)
    wrong = faults | ({"judge": judge} if judge else {})
    with OpenAIServer() as bad, OpenAIServer() as good, workspace() as opened:
        script(bad)
        if judge in WRONG_ITEMS:
            spoil(bad, judge)
        for piece, kind in wrong.items():
            if kind in FAULTS:
                bad.fail(FAULTS[kind], times=None, when=PIECES[piece])
        async with opened(bad) as ingestions:
            statuses = await ingest(ingestions, series())
            degraded = await degraded_pieces(ingestions)
            assert degraded == failed_pieces(bad, wrong)
            assert ("degraded" in statuses) is bool(degraded)
        async with opened(script(good)) as ingestions:
            output = await recheck(ingestions)
            assert output["warnings"] == []
            assert output["status"] == ("healed" if degraded else "nothing")
            assert await degraded_pieces(ingestions) == set()
            assert await everything_known(ingestions) == expected
            paid = len(good.requests)
            assert (await recheck(ingestions))["status"] == "nothing"
            assert len(good.requests) == paid
            assert await ingest(ingestions, series()) == ["known"] * 3


def fails_in_part(request: Request) -> bool:
    """Fails at the first meeting, at names, and at values; what it has read of the others is kept."""
    return request.schema in ("EntityMatches", "StateComparisons") or reads(1)(request)


async def test_a_recheck_that_is_killed_is_gone_on_with_and_pays_nothing_twice(
    nursery: Nursery, servers: Servers, workspace: Workspaces
) -> None:
    expected = await known_without_faults(workspace)
    with OpenAIServer() as away, OpenAIServer() as back, workspace() as opened:
        script(away).fail(Fault(status=500), times=None, when=fails_in_part)
        async with opened(away) as ingestions:
            assert await ingest(ingestions, series()) == ["degraded"] * 3
            own = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": servers.redis_url}
            job = Job(environment=chat_environment(script(back)) | own, recheck=True)
            for point in POINTS:
                (killed,) = await asyncio.to_thread(nursery.run, job | {"kill_at": point})
                assert (point, killed["exit"], killed["error"]) == (point, -9, None)
            (outcome,) = await asyncio.to_thread(nursery.run, job)
            assert (outcome["exit"], outcome["outputs"][0]["status"]) == (0, "healed")
            assert await everything_known(ingestions) == expected
            counts = databases.counts(os.environ["DATABASE_URL"])
            assert (counts["sources"], counts["staged_items"]) == (0, 0)
        prompts = Counter(request.prompt for request in asked_of(back))
        assert max(prompts.values()) == 1


async def _known_of_meetings(ingestions: Ingestions) -> dict[str, Any]:
    """All that is current but for the words of decisions, which are numbered as they come."""
    found = await everything_known(ingestions)
    found["meetings"] = [row for row in found["meetings"] if "Correction" not in row[1]]
    meetings = {row[0] for row in found["meetings"]}
    found["utterances"] = [row for row in found["utterances"] if row[0] in meetings]
    return found


async def put_right() -> None:
    """The second meeting was the first, and in it somebody else spoke."""
    await decide("date", meeting="harbour-2", date="2026-01-06T10:00:00+00:00")
    await decide("speaker", meeting="harbour-2", label="Ben Okafor", name="Tom Hansen")


async def left_and_begun_anew() -> dict[str, Any]:
    """Recheck on a thread on which it was left before its first piece was committed."""
    on_thread = builder.compile(checkpointer=InMemorySaver())
    thread = RunnableConfig(configurable={"thread_id": "one"})
    left = await on_thread.ainvoke({}, thread, context=Context(), interrupt_before=["commit"])
    assert "status" not in left
    return await on_thread.ainvoke({}, thread, context=Context())


async def test_a_recheck_keeps_what_a_person_has_put_right(workspace: Workspaces) -> None:
    with OpenAIServer() as away, OpenAIServer() as back, workspace() as opened:
        script(away).fail(Fault(status=500), times=None, when=fails_in_part)
        async with opened(away) as ingestions:
            await ingest(ingestions, series()[:2])
            await put_right()
        async with opened(script(back)) as ingestions:
            assert (await left_and_begun_anew())["status"] == "healed"
            assert await degraded_pieces(ingestions) == set()
            found = await _known_of_meetings(ingestions)
            dates = {row[1]: (f"{row[2]:%m-%d}", row[3]) for row in found["meetings"]}
            assert dates["Harbour sync 2"] == ("01-06", ["Tom Becker", "Ada Nilsson", "Tom Hansen"])
            for number in (1, 2):
                await undone(number)
            await put_right()
            assert await _known_of_meetings(ingestions) == found
