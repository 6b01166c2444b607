"""Invented meetings of any number, and a scripted model that reads, joins and judges by what it is shown.

Each meeting of a series says as much as every other: of the same projects where they stand, who owns them and
when they are due (in words that only a reader compares), what is in their way, and of one task of its own.
"""

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from nodes.ingest_state import IngestInput
from tests.models.openai_server import OpenAIServer, Request

PEOPLE = ("Alice Chen", "Bob Diaz", "Carla Evans", "Dan Foster")
THINGS = (
    "Project Atlas",
    "Project Borealis",
    "Vendor Quill",
    "Vendor Nimbus",
    "Billing Service",
    "Search Cluster",
    "Mobile App",
    "Data Lake",
)
NAMES = (*PEOPLE, *THINGS)
_STATUS = (
    ("planned", "in progress", "blocked", "on track", "at risk", "delayed", "in review", "approved"),
    ("in progress", "complete", "unblocked", "at risk", "on track", "complete", "approved", "blocked"),
)
_BEGIN = datetime(2024, 1, 8, 10, tzinfo=timezone.utc)  # noqa: UP017
_TURN = re.compile(r"^\[(\d+)\] ([^:]+): (.*)$", re.M)
_NAME = r"[A-Z][\w-]*(?: [A-Z0-9][\w-]*)*"
_SAID = (
    (re.compile(rf"({_NAME}) is now ([^.]+?) as of"), "status", "set"),
    (re.compile(rf"({_NAME}) is due ([^.]+)"), "due", "set"),
    (re.compile(rf"({_NAME}) waits for ([^.]+)"), "blockers", "add"),
    (re.compile(rf"({_NAME}) has got ([^.]+)"), "blockers", "resolve"),
)
_OWNS = re.compile(rf"({_NAME}) owns ({_NAME})")
_DEPENDS = re.compile(rf"({_NAME}) depends on ({_NAME})")
_PROMISE = re.compile(r"I will ([^.]+)\.")
# of real calls: proposals and forks by their names, and what is said of them
_PROPOSAL = (
    r"(?:EIP|ERC)[- ]?\d{3,5}|ePBS|FOCIL|BALs?|PeerDAS|Fusaka|Glamsterdam|Hegota|[A-Z][a-z]+-devnet-\d+"
)
_NAMED = re.compile(rf"\b(?:{_PROPOSAL})\b")
_OF_NAMED = re.compile(rf"\b({_PROPOSAL})\b[^.?!]{{0,40}}?\b(?:is|was|are) ([^.?!,]{{3,60}})")


def two_meetings() -> tuple[IngestInput, IngestInput]:
    """Two meetings of 1.9 kB each with 12 names and 32 facts, of which 16 change in the second."""
    return _of_two(1), _of_two(2)


def _of_two(number: int) -> IngestInput:
    turns: list[str] = []
    for place, thing in enumerate(THINGS):
        first, owner = PEOPLE[place % 4], PEOPLE[(place + number) % 4]
        turns.append(
            f"{first}: {thing} is now {_STATUS[number - 1][place]} as of this week. "
            f"{thing} depends on {THINGS[(place + 3) % 8]} for the release."
        )
        turns.append(
            f"{PEOPLE[(place + 1) % 4]}: {owner} owns {thing} going forward. "
            f"I will send the {thing} update to {first} before Friday."
        )
    return _meeting("Project round", number, turns)


def meeting_of_series(number: int) -> IngestInput:
    """The meeting of a week, from 1: 25 turns, 8 pairs of wordings to judge from the second on."""
    turns: list[str] = []
    for place, thing in enumerate(THINGS):
        first, second, third = (PEOPLE[(3 * place + turn) % 4] for turn in range(3))
        owner, status = PEOPLE[(place + number) % 4], _STATUS[number % 2][place]
        turns += [
            f"{first}: {thing} is now {status} as of this week. {owner} owns {thing} going forward.",
            f"{second}: {thing} is due sometime after release train {number} has left.",
            f"{third}: {thing} waits for the signature of audit {number}. "
            f"{thing} has got the signature of audit {number - 1}.",
        ]
    task = f"Ticket OPS-{1000 + number}"
    turns.append(f"{PEOPLE[0]}: {PEOPLE[0]} owns {task} going forward. I will file it by Friday.")
    return _meeting("Weekly", number, turns)


def _meeting(series: str, number: int, turns: list[str]) -> IngestInput:
    return IngestInput(
        transcript="\n".join(turns),
        filename=f"{series.lower().replace(' ', '-')}-{number}.txt",
        title=f"{series} {number}",
        date=(_BEGIN + timedelta(weeks=number)).isoformat(),
        series=series,
    )


def script(server: OpenAIServer) -> OpenAIServer:
    """Have the server read, join and judge as a model would, only by what it is shown."""
    server.answers |= {"MeetingExtraction": read, "EntityMatches": _keep_apart}
    server.answers |= {"StateComparisons": _judge, "MeetingSummary": _sum_up}
    return server


def read(request: Request) -> dict[str, Any]:
    """What the turns say of named things."""
    things: dict[str, str] = {}
    observations: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    memories: list[dict[str, Any]] = []

    def observed(at: int, entity: str, field: str, op: str, value: str, quote: str) -> None:
        things.setdefault(entity, _type_of(entity))
        one = {"entity": entity, "field": field, "op": op, "value": value, "stance": "stated"}
        observations.append(one | {"quote": quote, "utterance": at})

    for number, speaker, words in _TURN.findall(request.prompt):
        at = int(number)
        for pattern, field, op in _SAID:
            for found in pattern.finditer(words):
                observed(at, found[1], field, op, found[2].strip(), found[0])
        for found in _OWNS.finditer(words):
            observed(at, found[2], "owner", "set", found[1], found[0])
        for found in _OF_NAMED.finditer(words):
            observed(at, found[1], "status", "set", found[2].strip(), found[0])
        for found in _NAMED.finditer(words):
            things.setdefault(found[0], "feature")
        for found in _DEPENDS.finditer(words):
            ends = {"source": found[1], "type": "depends_on", "target": found[2]}
            relations.append(ends | {"quote": found[0], "utterance": at})
        for found in _PROMISE.finditer(words):
            memory = {"kind": "action_item", "content": f"{speaker} will {found[1]}", "owner": speaker}
            memories.append(memory | {"quote": found[0], "first_utterance": at, "last_utterance": at})
    entities = [{"name": name, "type": type} for name, type in things.items()]
    return {
        "memories": memories,
        "entities": entities,
        "observations": observations,
        "relations": relations,
    }


def _type_of(name: str) -> str:
    return {"Project": "project", "Vendor": "organization", "Ticket": "task"}.get(name.split()[0], "system")


def _keep_apart(request: Request) -> dict[str, Any]:
    mentions = dict.fromkeys(pair["mention_id"] for pair in _pairs(request))
    return {
        "matches": [{"mention_id": one, "entity_id": None, "reason": "another thing"} for one in mentions]
    }


def _judge(request: Request) -> dict[str, Any]:
    return {
        "comparisons": [
            {
                "pair_id": pair["pair_id"],
                "has_changes": True,
                "reason": f"it was {pair['before']} and is now {pair['after']}",
            }
            for pair in _pairs(request)
        ]
    }


def _pairs(request: Request) -> Any:
    return json.loads(request.body["messages"][-1]["content"])


def _sum_up(request: Request) -> dict[str, Any]:
    named = [name for name in THINGS if name in request.prompt]
    return {"summary": f"It was about {', '.join(named)}." if named else "", "topics": named}
