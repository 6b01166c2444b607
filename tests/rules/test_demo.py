"""The demo series read by the rules says what a person reads in it, all of it and nothing else."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nodes.profiles.reading import shipped_profile
from nodes.rules.extracting import extract
from nodes.schemas import MeetingExtraction
from nodes.transcript import Transcript
from nodes.transcripts import companion_chat, read_transcript, source_of
from nodes.values import normalise

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "app" / "demo"
_EXPECTED: dict[str, Any] = tomllib.loads(
    (_ROOT / "tests" / "demo_expected.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Sync:
    """One meeting of the series, read."""

    number: int
    date: datetime
    transcript: Transcript
    found: MeetingExtraction


@pytest.fixture(scope="module")
def syncs() -> list[Sync]:
    series: dict[str, Any] = tomllib.loads((_FOLDER / "series.toml").read_text(encoding="utf-8"))
    read: list[Sync] = []
    for number, meeting in enumerate(series["meetings"], start=1):
        path = _FOLDER / meeting["file"]
        chat = companion_chat(path)
        transcript = read_transcript(source_of(path), attachments=[source_of(chat)] if chat else [])
        found = extract(transcript.utterances, participants=transcript.participants, title=meeting["title"])
        read.append(Sync(number, meeting["date"], transcript, found))
    return read


def _values(syncs: list[Sync]) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """For each field of each entity, the meetings that left it with a value, and that value in plain form."""
    values: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for sync in syncs:
        last: dict[tuple[str, str], str] = {}
        for seen in sync.found.observations:
            if seen.stance == "proposed":
                continue
            typed = normalise(shipped_profile(), seen.field, seen.value, meeting_date=sync.date)
            value = _full_name(seen.value) if seen.field == "owner" else seen.value
            last[seen.entity, seen.field] = _plain(typed if typed is not None else (value or ""))
        for place, value in last.items():
            values.setdefault(place, []).append((sync.number, value))
    return values


def _full_name(said: str | None) -> str | None:
    """Who a first name means: of somebody not in the room, resolution and not the rules would say."""
    return next((name for name in _EXPECTED["people"] if said in (name, name.split()[0])), said)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _changes(values: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    changes: list[tuple[int, str, str]] = []
    for (_, before), (meeting, after) in pairwise(values):
        if before != after:
            changes.append((meeting, before, after))
    return changes


def test_the_final_states_are_exactly_those_of_the_series(syncs: list[Sync]) -> None:
    found = {place: values[-1][1] for place, values in _values(syncs).items() if values[-1][1]}
    assert found == {(row["entity"], row["field"]): _plain(row["value"]) for row in _EXPECTED["states"]}


def test_the_changes_are_exactly_those_of_the_series(syncs: list[Sync]) -> None:
    found = {
        (entity, field, *change)
        for (entity, field), values in _values(syncs).items()
        for change in _changes(values)
    }
    assert found == {
        (row["entity"], row["field"], row["meeting"], _plain(row["from"]), _plain(row["to"]))
        for row in _EXPECTED["transitions"]
    }


@pytest.mark.parametrize(
    ("kind", "rows"), [("decision", "decisions"), ("action_item", "action_items"), ("risk", "risks")]
)
def test_the_memories_are_exactly_those_of_the_series(syncs: list[Sync], kind: str, rows: str) -> None:
    found = [(sync, memory) for sync in syncs for memory in sync.found.memories if memory.kind == kind]
    assert len(found) == len(_EXPECTED[rows])
    for row in _EXPECTED[rows]:
        [(sync, memory)] = [
            (sync, memory)
            for sync, memory in found
            if sync.number == row["meeting"] and row["quote"] in (memory.quote or "")
        ]
        assert memory.owner == row.get("owner")
        if "due" in row:
            assert normalise(shipped_profile(), "due", memory.due, meeting_date=sync.date) == row["due"]


def test_the_named_things_are_those_of_the_series(syncs: list[Sync]) -> None:
    names = {entity.name for sync in syncs for entity in sync.found.entities if entity.type != "person"}
    assert set(_EXPECTED["entities"]) <= names
    assert names - set(_EXPECTED["entities"]) <= set(_EXPECTED["optional_entities"])
    assert not {name.lower() for name in names} & {name.lower() for name in _EXPECTED["never"]["entities"]}


def test_the_people_are_those_of_the_series(syncs: list[Sync]) -> None:
    names = {entity.name for sync in syncs for entity in sync.found.entities if entity.type == "person"}
    assert {_full_name(name) for name in names} == set(_EXPECTED["people"])
