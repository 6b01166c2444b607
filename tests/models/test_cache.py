"""A question is answered once, as long as nothing that its answer rests on has changed."""

import pytest
from redis.asyncio import Redis

from stores import settings as settings_module
from stores.embedded import Servers
from stores.opening import Stores, close_stores, open_stores
from tests.models.chatting import asked_of
from tests.models.openai_server import Fault, OpenAIServer
from tests.models.test_query import QUESTION, says
from tests.query.builder import Said, Workspace
from tests.query.conftest import Ask, conversation

WISH = "The harbour office wants yellow tickets for dogs."
ANSWER = "The harbour office wants yellow ones. [1]"


async def with_a_wish(stores: Stores, name: str = "ferry") -> Workspace:
    """A workspace of one meeting."""
    workspace = Workspace(stores, name)
    await workspace.meeting("Kick-off", "2026-02-03", Said("Priya Raman", WISH))
    return workspace


@pytest.fixture
def answering(server: OpenAIServer) -> OpenAIServer:
    """A model that plans a search and words what the harbour office wants."""
    server.answers["QueryPlan"] = lambda request: {
        "intent": "search", "entities": [], "people": [], "standalone_question": QUESTION
    }  # fmt: skip
    server.answers["GroundedAnswer"] = says("The harbour office wants yellow ones.")
    return server


@pytest.fixture
async def ask(stores: Stores, answering: OpenAIServer) -> Ask:
    """Asks in a workspace where the wish was said."""
    await with_a_wish(stores)
    return conversation("ferry")


async def test_the_same_question_is_answered_again_without_a_call(ask: Ask, answering: OpenAIServer) -> None:
    first = await ask(QUESTION)
    paid = len(answering.requests)
    again = await ask(QUESTION)
    assert len(answering.requests) == paid
    assert again["answer"].startswith(ANSWER)
    assert {**again, "messages": []} == {**first, "messages": []}
    assert [message.type for message in again["messages"]] == ["human", "ai"]


async def test_after_a_commit_it_is_answered_anew_and_only_its_plan_is_kept(
    ask: Ask, stores: Stores, answering: OpenAIServer
) -> None:
    await ask(QUESTION)
    ferry = Workspace(stores, "ferry")
    await ferry.meeting("Sync", "2026-02-10", Said("Priya Raman", "Now they want green tickets for dogs."))
    assert [citation["title"] for citation in (await ask(QUESTION))["citations"]]
    assert len(asked_of(answering, "GroundedAnswer")) == 2
    assert "green tickets" in asked_of(answering, "GroundedAnswer")[1].prompt
    assert len(asked_of(answering, "QueryPlan")) == 1


async def test_what_was_asked_otherwise_is_no_answer(
    ask: Ask, stores: Stores, answering: OpenAIServer
) -> None:
    await with_a_wish(stores, "rival")
    await ask(QUESTION)
    others = (
        {"workspace": "rival"},
        {"as_of": "2026-02-20"},
        {"known_as_of": "2099-01-01"},
        {"cache": False},
    )
    for number, context in enumerate(others, start=2):
        assert (await ask(QUESTION, **context))["answer"].startswith(ANSWER)
        assert len(asked_of(answering, "GroundedAnswer")) == number, context
        assert len(asked_of(answering, "QueryPlan")) == number, context


async def test_in_a_conversation_what_was_said_before_counts(ask: Ask, answering: OpenAIServer) -> None:
    await ask(QUESTION)
    await ask("Thank you!", follow_up=True)
    await ask(QUESTION, follow_up=True)
    assert len(asked_of(answering, "GroundedAnswer")) == 2


async def test_a_degraded_answer_is_not_kept(ask: Ask, answering: OpenAIServer) -> None:
    answering.fail(Fault(status=500), times=3, when=lambda request: request.schema == "GroundedAnswer")
    assert (await ask(QUESTION))["degraded"]
    again = await ask(QUESTION)
    assert not again["degraded"]
    assert again["answer"].startswith(ANSWER)


@pytest.mark.parametrize(
    "setting", [("SMART_MEET_CACHE_SECONDS", "0"), ("REDIS_URL", "unix:///nowhere/redis.sock")]
)
async def test_switched_off_or_with_redis_away_every_question_is_answered_anew(
    setting: tuple[str, str],
    environment: None,
    answering: OpenAIServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(*setting)
    settings_module.settings.cache_clear()
    await with_a_wish(await open_stores())
    ask = conversation("ferry")
    for _ in range(2):
        assert (await ask(QUESTION))["answer"].startswith(ANSWER)
    assert len(asked_of(answering, "GroundedAnswer")) == 2
    await close_stores()


async def test_what_is_kept_expires_within_the_hour(ask: Ask, servers: Servers) -> None:
    async with Redis.from_url(servers.redis_url) as redis:
        for left in [key async for key in redis.scan_iter("smart-meet:cache:*")]:
            await redis.delete(left)  # by other tests
        await ask(QUESTION)
        kept = [key async for key in redis.scan_iter("smart-meet:cache:*")]
        assert {key.split(b":")[2] for key in kept} == {b"answer", b"plan", b"vector"}
        assert all([0 < await redis.ttl(key) <= 3_600 for key in kept])
