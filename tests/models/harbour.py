"""A small series of meetings, and a scripted model that reads, joins and judges by what it is shown."""

import json
import re
from typing import Any

from nodes.ingest_state import IngestInput
from tests.ingest.meetings import meeting
from tests.models.chatting import turns_of
from tests.models.openai_server import OpenAIServer, Request

_SAID = re.compile(r"\b((?:[A-Z]\w+ )+)(?:\((\w+ \w+)\) )?is (due|owned by|now) ([^.]+)\.")
_FIELDS = {"due": "due", "owned by": "owner", "now": "status"}
_FILLER = " ".join(f"word{number % 9}" for number in range(500))  # few names, that are soon looked up
# other words for the same
_ALIKE = ({"before the storm season", "ahead of the storm season"},)


def series() -> list[IngestInput]:
    """Three meetings: names that look alike, words that only a reader compares, first names, two windows."""
    return [
        meeting(
            1,
            "Ada Nilsson: Crane Scheduler is due sometime after the launch. Crane Scheduler is owned by Tom.",
            "Ben Okafor: Sea Wall is due before the storm season. Sea Wall is now planned.",
        ),
        meeting(
            2,
            "Tom Becker: Crane Schedulers Pilot is due once legal signs. Sea Wall is now on hold.",
            "Ada Nilsson: Sea Wall is due ahead of the storm season.",
            *(f"{name}: {_FILLER}." for name in ("Ada Nilsson", "Ben Okafor") * 3),
            "Ben Okafor: Tide Gauge is due whenever the vendor delivers. Tide Gauge is at risk.",
            "Ada Nilsson: Crane Scheduler is now blocked.",
        ),
        meeting(
            3,
            "Ada Nilsson: Crane Schedulers Pilot is due in the week of the audit. Tide Gauge is now planned.",
            "Ben Okafor: Tide Gauge is due when a new vendor delivers. Sea Wall is due after the floods.",
        ),
    ]


def script(server: OpenAIServer) -> OpenAIServer:
    """Have the server answer as a model would."""
    server.answers |= {"MeetingExtraction": _read, "EntityMatches": _join}
    server.answers |= {"StateComparisons": _judge, "MeetingSummary": _sum_up}
    return server


def asked(request: Request) -> Any:
    """The pairs that a request shows."""
    return json.loads(request.body["messages"][-1]["content"])


def _read(request: Request) -> dict[str, Any]:
    said = [(at, found) for at, words in turns_of(request).items() for found in _SAID.finditer(words)]
    return {
        "memories": [
            {
                "kind": "fact",
                "content": f"{found[1].strip()} is {found[3]} {found[4]}",
                "quote": found[0],
                "first_utterance": at,
                "last_utterance": at,
                "entities": [found[1].strip()],
            }
            for at, found in said
        ],
        "entities": [
            {"name": name, "type": "system"} for name in sorted({found[1].strip() for _, found in said})
        ],
        "observations": [
            {
                "entity": found[1].strip(),
                "field": _FIELDS[found[3]],
                "op": "set",
                "value": found[4],
                "stance": "stated",
                "quote": found[0],
                "utterance": at,
            }
            for at, found in said
        ],
    }


def _join(request: Request) -> dict[str, Any]:
    offered: dict[str, str] = {one["mention_id"]: one["entity_id"] for one in asked(request)}
    return {"matches": [{"mention_id": a, "entity_id": b, "reason": "a plural"} for a, b in offered.items()]}


def _judge(request: Request) -> dict[str, Any]:
    return {
        "comparisons": [
            {
                "pair_id": pair["pair_id"],
                "has_changes": {pair["before"], pair["after"]} not in _ALIKE,
                "reason": f"from {pair['before']!r} to {pair['after']!r}",
            }
            for pair in reversed(asked(request))
        ]
    }


def _sum_up(request: Request) -> dict[str, Any]:
    said = [found for line in request.prompt.splitlines() for found in _SAID.finditer(line)]
    return {
        "summary": " ".join(f"It came to {found[1]}. Nobody spoke of 1789." for found in said[:2]),
        "topics": [found[1].strip() for found in said] + ["the French revolution"],
    }
