"""A small series of meetings with real change in it, and questions asked of it."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from langgraph.checkpoint.memory import InMemorySaver

from graphs.query import builder
from nodes.context import Context
from stores.embedded import Servers
from stores.opening import Stores, close_stores, open_stores
from tests.conftest import pointed_at
from tests.ingest import databases
from tests.query.builder import Said, Workspace

Ask = Callable[..., Awaitable[dict[str, Any]]]
Told = tuple[str, Workspace]
"""The name of a database, and the workspace as it was told there."""


@pytest_asyncio.fixture(scope="session")
async def told(servers: Servers, template: str) -> Told:
    """A database that holds the series, for tests to have a copy of."""
    url = databases.copy_of(servers.database_url, template)
    with pytest.MonkeyPatch.context() as patch, pointed_at(patch, url, servers.redis_url):
        ferry = await _tell(await open_stores())
        await close_stores()
    return databases.name_of(url), ferry


@pytest.fixture
def database_url(servers: Servers, told: Told) -> Iterator[str]:
    """A fresh database that holds the series."""
    url = databases.copy_of(servers.database_url, told[0])
    yield url
    databases.drop(servers.database_url, url)


@pytest.fixture
def series(told: Told, stores: Stores) -> Workspace:
    """Three meetings of the workspace "ferry", and one of another that must never be seen."""
    return told[1].over(stores)


async def _tell(stores: Stores) -> Workspace:
    ferry = Workspace(stores, "ferry", types={"Billing API": "system", "Ticket Shop": "project"})
    await ferry.meeting(
        "Kick-off",
        "2026-02-03",
        Said("Nora Lind", "Welcome to the first meeting about the ferries."),
        Said("Tom Becker", "I own the Ticket Shop.", [("Ticket Shop", "owner", "Tom Becker")]),
        Said("Tom Becker", "The Ticket Shop is in progress.", [("Ticket Shop", "status", "in progress")]),
        Said(
            "Daniel Osei", "The Billing API is about 30 percent done.", [("Billing API", "progress", "30%")]
        ),
        Said("Nora Lind", "We decided to release every second Thursday.", kind="decision"),
        Said(
            "Daniel Osei",
            "I'll send the endpoint list to Priya by Friday.",
            kind="action_item",
            owner="Daniel Osei",
            due_date="2026-02-06",
        ),
        Said("Priya Raman", "The harbour office wants yellow tickets for dogs."),
    )
    await ferry.meeting(
        "Security review",
        "2026-02-24",
        Said("Tom Becker", "The Ticket Shop is blocked.", [("Ticket Shop", "status", "blocked")]),
        Said(
            "Tom Becker",
            "The bank has not sent the certificate for the Ticket Shop.",
            [("Ticket Shop", "blockers", "the certificate from the bank")],
        ),
        Said("Daniel Osei", "The Billing API is at 60 percent.", [("Billing API", "progress", "60%")]),
        Said(
            "Nora Lind",
            "Priya is taking over the Ticket Shop.",
            [("Ticket Shop", "owner", "Priya Raman")],
        ),
        Said("Priya Raman", "The Billing API Migration scares me.", about=["Billing API Migration"]),
    )
    await ferry.meeting(
        "Planning",
        "2026-03-24",
        Said("Priya Raman", "The certificate is here.", [("Ticket Shop", "blockers", None)]),
        Said(
            "Priya Raman", "The Ticket Shop is in progress again.", [("Ticket Shop", "status", "in progress")]
        ),
        Said(
            "Nora Lind", "The Billing API is now due on 2026-05-08.", [("Billing API", "due", "2026-05-08")]
        ),
        Said("Tom Becker", "We decided to launch without seat maps.", kind="decision"),
    )
    other = Workspace(stores, "rival")
    await other.meeting(
        "Rival sync",
        "2026-03-01",
        Said("Eve Stone", "The Ticket Shop is cancelled.", [("Ticket Shop", "status", "cancelled")]),
        Said("Eve Stone", "I own the Secret Vault.", [("Secret Vault", "owner", "Eve Stone")]),
        Said("Eve Stone", "We decided to buy yellow tickets for dogs.", kind="decision"),
    )
    return ferry


@pytest.fixture
def ask(series: Workspace) -> Ask:
    """Asks one question in a conversation of its own."""
    return conversation(series.name)


def conversation(workspace: str) -> Ask:
    """A conversation: every call asks the next question in the same thread, unless told otherwise."""
    graph = builder.compile(checkpointer=InMemorySaver())
    thread = uuid4().hex

    async def ask(question: str, **context: Any) -> dict[str, Any]:
        output = await graph.ainvoke(
            {"question": question},
            {"configurable": {"thread_id": thread if context.pop("follow_up", False) else uuid4().hex}},
            context=Context(workspace=context.pop("workspace", workspace), **context),
        )
        return cast(dict[str, Any], output)

    return ask
