"""What the largest meetings cost: 100,000 utterances or 5,000 things in one, and 50 meetings at once.

    python -m benchmarks.large [--utterances N] [--things N] [--meetings N] [--offline]

Invented meetings, read by a scripted model behind the real client, or by the rules alone (--offline); N of 0
leaves a part out. Told are the seconds, the most that this process, PostgreSQL and Redis hold meanwhile
(megabytes), and the most connections and calls of the model at one time; then the same of the file again, of
questions, and of all states. The meetings at once are of five workspaces, and in each about the same things;
what is known afterwards must be what is known when they come one after another, else the exit code is 1.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from itertools import product
from typing import Any

from rich.console import Console
from rich.table import Table

from app.ingestion import Ingestions, open_ingestions
from app.questioning import answer
from benchmarks.endpoint import endpoint
from benchmarks.load import measured
from benchmarks.projects import PEOPLE, THINGS, meeting_of_series, script
from nodes.context import Context
from nodes.ingest_state import IngestInput
from stores import sources
from stores.histories import states_as_of
from stores.opening import close_stores
from stores.settings import settings
from tests.ingest.knowing import known
from tests.models.openai_server import OpenAIServer

_WORKSPACES = 5
_DAY = datetime(2024, 3, 4, 10, tzinfo=timezone.utc)  # noqa: UP017
_STATUS = ("planned", "in progress", "blocked", "at risk", "on track", "in review", "approved", "delayed")
_FIRST = (
    "Amber Basalt Cedar Copper Coral Crimson Dune Ember Falcon Fjord Garnet Glacier Harbor Hazel Indigo "
    "Iris Jade Juniper Krypton Lagoon Lantern Lilac Magnet Maple Marble Meadow Nectar Nickel Nimbus Oak "
    "Obsidian Ocean Olive Onyx Opal Orchid Osprey Otter Pebble Pepper Pine Pioneer Plume Prairie Quartz "
    "Quasar Raven Reef Ridge River Robin Ruby Saffron Sage Sequoia Shadow Sierra Silver Sparrow Spruce "
    "Summit Sunset Thistle Thunder Tiger Timber Topaz Tulip Velvet Walnut Willow"
).split()
_SECOND = (
    "Anchor Archive Atlas Axle Balance Beacon Binder Border Bridge Buffer Cabinet Canal Canvas Cargo "
    "Catalog Census Channel Charter Circuit Column Compass Console Corridor Counter Courier Cradle "
    "Crane Crate Cursor Dashboard Depot Dispatch Dock Engine Exchange Factory Filter Forge Freight "
    "Funnel Gateway Gauge Grid Hangar Index Journal Junction Kernel Kiosk Ladder Ledger Lever Library "
    "Locker Locator Mailbox Mast Mirror Monitor Needle Notebook Outpost Parcel Passage Pillar Pipeline "
    "Planner Platform Portal Pulley Queue"
).split()
_LATENCY = 0.2  # seconds of the endpoint, so that calls meet
_EMPTY = b"delete from workspaces"
_QUESTIONS = (
    "What is the status of {}?",
    "Who owns {}?",
    "What changed about {}?",
    "What is blocked?",
    "What did {} say about the release?",
)


def main() -> int:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object.

    Gives 1 when meetings at once end otherwise than in turn.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--utterances", type=int, default=100_000, help="of one meeting (default 100000)")
    parser.add_argument("--things", type=int, default=5_000, help="of one meeting (default 5000)")
    parser.add_argument("--meetings", type=int, default=50, help="at once (default 50)")
    parser.add_argument("--offline", action="store_true", help="without a model: the rules read")
    arguments = parser.parse_args()
    with endpoint() as server:
        script(server)
        if arguments.offline:
            os.environ["SMART_MEET_MODEL"] = ""
            settings.cache_clear()
        bench = asyncio.run(_measured(server, arguments))
    table = Table(*bench.rows[0])
    for row in bench.rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    print(json.dumps({"large": bench.rows, "same_as_in_turn": bench.same}))
    return 0 if bench.same else 1


async def _measured(server: OpenAIServer, arguments: argparse.Namespace) -> "_Bench":
    async with open_ingestions() as ingestions:
        bench = _Bench(ingestions, server)
        await ingestions.ingest("warm-up", meeting_of_series(1), _unheard)
        if arguments.utterances:
            given = long_meeting(arguments.utterances)
            await bench.one("long", f"{arguments.utterances} utterances", given, THINGS[0])
        if arguments.things:
            given = wide_meeting(arguments.things)
            await bench.one("wide", f"{arguments.things} things", given, f"{_FIRST[0]} {_SECOND[0]}")
        if arguments.meetings:
            await bench.at_once(arguments.meetings)
    await close_stores()
    return bench


class _Bench:
    """Measures pieces of work, a row each; `same` as long as meetings at once end as in turn."""

    def __init__(self, ingestions: Ingestions, server: OpenAIServer) -> None:
        self._ingestions = ingestions
        self._server = server
        self.rows: list[dict[str, Any]] = []
        self.same = True

    async def one(self, workspace: str, title: str, given: IngestInput, thing: str) -> None:
        """Take one meeting in, and use what is then known."""
        async with self._row(title) as told:
            output = await self._ingestions.ingest(workspace, given, _unheard)
            told |= {"status": output["status"]} | output["counts"]
        async with self._row(f"{title}: again") as told:
            told["status"] = (await self._ingestions.ingest(workspace, given, _unheard))["status"]
        for question in _QUESTIONS:
            async with self._row(f"{title}: {question.format(thing)}") as told:
                output = await answer(Context(workspace=workspace), question.format(thing))
                told["answer"] = output["answer"].partition("\n")[0]
        async with self._row(f"{title}: all states") as told:
            scope = sources.workspace_id(workspace)
            told["states"] = len(await states_as_of(self._ingestions.stores.database, scope))

    async def at_once(self, number: int) -> None:
        """Take meetings of several workspaces in at once, then the same in turn, and compare."""
        await self._forget_all()
        given = [
            (f"workspace {place % _WORKSPACES}", meeting_of_series(place // _WORKSPACES + 1))
            for place in range(number)
        ]
        self._server.latency = _LATENCY
        async with self._row(f"{number} meetings at once"):
            await asyncio.gather(*(self._ingestions.ingest(*one, _unheard) for one in given))
        together = await known(self._ingestions.stores)
        await self._forget_all()
        async with self._row(f"{number} meetings in turn"):
            for one in given:
                await self._ingestions.ingest(*one, _unheard)
        self.same = self.same and await known(self._ingestions.stores) == together

    async def _forget_all(self) -> None:
        await self._ingestions.stores.database.rows(_EMPTY)

    @asynccontextmanager
    async def _row(self, title: str) -> AsyncGenerator[dict[str, Any]]:
        told: dict[str, Any] = {}
        with measured(self._ingestions.stores.servers, self._server) as load:
            yield told
        self._server.requests.clear()  # its log is no part of what is measured
        self._server.exchanges.clear()
        self.rows.append({"what": title} | load.as_row())
        print(json.dumps(self.rows[-1] | told, ensure_ascii=False), flush=True)


def _unheard(event: dict[str, Any]) -> None:
    """Nobody watches."""


def long_meeting(utterances: int) -> IngestInput:
    """A meeting of so many turns of which every tenth says something of one of 8 things."""
    turns: list[str] = []
    for number in range(utterances):
        speaker = PEOPLE[number % 4]
        thing = THINGS[number // 10 % 8]
        if number % 10 == 0:
            turns.append(f"{speaker}: {thing} is now {_STATUS[number // 80 % 8]} as of this week.")
        else:
            turns.append(
                f"{speaker}: I looked at point {number} of the release list again and it went as we thought."
            )
    return _meeting("Marathon", turns)


def wide_meeting(things: int) -> IngestInput:
    """A meeting that says of each of so many things how it stands and who owns it."""
    turns = [
        f"{PEOPLE[number % 4]}: {name} is now {_STATUS[number % 8]} as of this week. "
        f"{PEOPLE[number // 4 % 4]} owns {name} going forward."
        for number, name in enumerate(names_of_things(things))
    ]
    return _meeting("Inventory", turns)


def names_of_things(number: int) -> Iterator[str]:
    """So many names of two words, at most 5,041."""
    for first, second in list(product(_FIRST, _SECOND))[:number]:
        yield f"{first} {second}"


def _meeting(title: str, turns: list[str]) -> IngestInput:
    return IngestInput(
        transcript="\n".join(turns), filename=f"{title.lower()}.txt", title=title, date=_DAY.isoformat()
    )


if __name__ == "__main__":
    sys.exit(main())
