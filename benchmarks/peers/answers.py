"""What the scripted model says to the peers: what the meetings say, in the shapes that they ask for."""

import json
import re
from collections.abc import Iterator
from typing import Any

from benchmarks.projects import NAMES
from tests.models.openai_server import OpenAIServer, Request

_TURN = re.compile(r"^\s*(?:\[[^\]]*\]\s*)?([A-Z][A-Za-z]+ [A-Z][A-Za-z]+): (.+)$")
_SENTENCES = re.compile(r"\n|(?<=\.)\s+")
_SPOKEN_BY = re.compile(r"^\s*(user:)?\s*([A-Z]\w+ [A-Z]\w+:)?\s*")
_ID = re.compile(r"['\"]id['\"]: (\d+)")
_SHORT = 15


def script_peers(server: OpenAIServer) -> None:
    """Have the server answer Graphiti by its schemas, and Mem0, which asks for JSON without one."""
    server.answers |= {
        "ExtractedEntities": _entities,
        "ExtractedEdges": _edges,
        "NodeResolutions": _resolutions,
        "EdgeDuplicate": lambda _: {"duplicate_facts": [], "contradicted_facts": []},
        "EdgeTimestamps": lambda _: {"valid_at": None, "invalid_at": None},
        "BatchEdgeTimestamps": lambda _: {"timestamps": []},
        "SummarizedEntities": lambda _: {"summaries": []},
        "": _memories,
    }


def _entities(request: Request) -> dict[str, Any]:
    named = [name for name in NAMES if name in _current(request)]
    return {
        "extracted_entities": [{"name": name, "entity_type_id": 0, "episode_indices": [0]} for name in named]
    }


def _edges(request: Request) -> dict[str, Any]:
    edges: list[dict[str, Any]] = []
    for speaker, fact in _facts(_current(request)):
        source, *others = [name for name in NAMES if name in fact] or [speaker]
        target = others[0] if others else speaker
        if source != target:
            ends = {"source_entity_name": source, "target_entity_name": target, "relation_type": "RELATES"}
            when = {"valid_at": None, "invalid_at": None, "episode_indices": [0]}
            edges.append(ends | {"fact": fact} | when)
    return {"edges": edges}


def _resolutions(request: Request) -> dict[str, Any]:
    numbers = _ID.findall(_part(request, "ENTITIES"))
    return {
        "entity_resolutions": [
            {"id": int(number), "name": "x", "duplicate_candidate_id": -1} for number in numbers
        ]
    }


def _memories(request: Request) -> str:
    asked = request.body["messages"][-1]["content"]
    new = asked[max(asked.find("New Messages"), 0) :]
    told = dict.fromkeys(_SPOKEN_BY.sub("", sentence).strip() for sentence in _SENTENCES.split(new))
    kept = [one for one in told if len(one) > _SHORT and any(name in one for name in NAMES)]
    return json.dumps({"memory": [{"id": str(place), "text": one} for place, one in enumerate(kept)]})


def _current(request: Request) -> str:
    for tag in ("CURRENT_MESSAGE", "CURRENT MESSAGE", "TEXT"):
        if f"<{tag}>" in request.prompt:
            return _part(request, tag)
    return request.prompt


def _part(request: Request, tag: str) -> str:
    found = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", request.prompt, re.DOTALL)
    return found[1] if found else request.prompt


def _facts(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        turn = _TURN.match(line)
        if turn:
            yield from (
                (turn[1], one.strip())
                for one in re.split(r"(?<=\.)\s+", turn[2])
                if len(one.strip()) > _SHORT
            )
