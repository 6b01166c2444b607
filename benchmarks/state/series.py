"""The series of calls with their labels: what is handed in, what is imported, what is asked."""

import base64
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from nodes.ingest_state import IngestInput

SERIES = ("fusaka-2025", "glamsterdam-2025h2")
ATTESTED = ("A", "B", "C", "X")  # tiers of labels; D says what no call and no document attests

_FIELD = re.compile(r"(\w+)\[(\w+)\]")
_LISTED = re.compile(r"\b([A-Z]{2,5}-\d+)(?:\]\([^)]*\))?: (.+)")
_HEADING = re.compile(r"#+ (?:EIPs )?")
_CODE = re.compile(r"[A-Z]{2,5}[- ](\d+)")

Row = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """One series of calls: the folder with its files, and the shared script that scores it."""

    data: Path
    name: str

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.data / "state_tracking/eth_acd/dev" / self.name

    @cached_property
    def meetings(self) -> list[Row]:
        """The calls, in order."""
        return rows(self.folder / "meetings.jsonl")

    @cached_property
    def transitions(self) -> list[Row]:
        """The labels."""
        return [row for row in rows(self.folder / "transitions.jsonl") if row["to"]]

    @cached_property
    def questions(self) -> list[Row]:
        """What is asked."""
        return rows(self.folder / "questions.jsonl")

    @cached_property
    def entities(self) -> list[Row]:
        """What the labels are about."""
        return rows(self.folder / "entities.jsonl")

    @cached_property
    def start(self) -> list[Row]:
        """How things stood before the first call."""
        return rows(self.folder / "initial_state.jsonl")

    @property
    def is_recorded(self) -> bool:
        """Whether there are recorded extractions of its calls."""
        return (self.data / "recorded" / f"{self.meetings[0]['meeting_id']}.json").exists()

    @property
    def eve(self) -> str:
        """The day before the first call."""
        return (date.fromisoformat(self.meetings[0]["date"]) - timedelta(days=1)).isoformat()

    def given(self, meeting: Mapping[str, Any]) -> IngestInput:
        """A call with its chat, as a caller would hand it in."""
        transcript, chat = self.folder / meeting["transcript"], self.folder / meeting["chat"]
        given = IngestInput(
            filename=transcript.name,
            content_base64=base64.b64encode(transcript.read_bytes()).decode(),
            key=meeting["meeting_id"],
            title=meeting["title"],
            date=meeting["date"],
            series=meeting["series"],
        )
        if chat.exists():
            content = base64.b64encode(chat.read_bytes()).decode()
            given["attachments"] = [{"filename": chat.name, "content_base64": content}]
        return given

    def starting_lines(self) -> bytes:
        """The starting state for `import`: that of the labels, under the names and titles of the series'
        documents, and what else these list."""
        field = self.start[0]["field"]
        stood = {number_of(row["entity_id"]): (row["field"], row["status"]) for row in self.start}
        names = {number_of(row["entity_id"]): row["entity_id"].upper() for row in self.start}
        titles: dict[str, str] = {}
        for name, title, status in self._listed():
            names[number_of(name)], titles[number_of(name)] = name, title
            stood.setdefault(number_of(name), (field, status))
        lines: list[Row] = []
        for number, (field, status) in stood.items():
            title = titles.get(number)
            lines.append({"name": names[number], "type": "proposal", "aliases": [title] if title else []})
            lines.append(_state_line(names[number], field, status, self.eve))
        return _json_lines(lines)

    def glossary_lines(self) -> bytes:
        """All things that the labels are about, with all their names, for `import`."""
        return _json_lines(
            [
                {"name": _code(entity), "type": "proposal", "aliases": [entity["title"], *entity["aliases"]]}
                for entity in self.entities
            ]
        )

    def true_lines(self) -> dict[str, bytes]:
        """The labels for `import`, by the name of the file: one a call, one for what no call decided.

        How a thing stood before its first label is part of the starting state, where that label tells it.
        """
        codes = {entity["entity_id"]: _code(entity) for entity in self.entities}
        titles = {meeting["meeting_id"]: meeting["title"] for meeting in self.meetings}
        stood = {(row["entity_id"], row["field"]): row["status"] for row in self.start}
        firsts = {(row["entity_id"], row["field"]): row["from"] for row in reversed(self.transitions)}
        stood = {place: value for place, value in firsts.items() if value} | stood
        start = [_state_line(codes[name], field, value, self.eve) for (name, field), value in stood.items()]
        files: dict[str, list[Row]] = {"Starting state": start}
        for row in self.transitions:
            if row["tier"] in ATTESTED:
                title = titles.get(row["meeting_id"] or "", "Change of the document")
                line = _state_line(codes[row["entity_id"]], row["field"], row["to"], row["date"])
                files.setdefault(title, []).append(line)
        return {name: _json_lines(lines) for name, lines in files.items()}

    def score(self, predictions: Sequence[Row]) -> tuple[Row, list[Row]]:
        """What DIR's own script says of predictions: the figures, and those that are wrong."""
        script = self.data / "state_tracking/score_state.py"
        spec = importlib.util.spec_from_file_location("score_state", script)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.score(self.folder, predictions)

    def name_of(self, names: Sequence[str]) -> str:
        """Of the names of a thing the one that the labels know, going by its number where none is."""
        known = {
            _folded(name)
            for entity in self.entities
            for name in (entity["canonical"], entity["title"] or "", *entity["aliases"])
        }
        numbers = {number_of(entity["entity_id"]) for entity in self.entities}
        exact = next((name for name in names if _folded(name) in known), None)
        numbered = next((found[1] for name in names if (found := _CODE.fullmatch(name))), None)
        return exact or (numbered if numbered and numbered in numbers else names[0])

    def _listed(self) -> list[tuple[str, str, str]]:
        """What the documents list: code, title, and the heading that it stands under."""
        listed: list[tuple[str, str, str]] = []
        for file in sorted((self.folder / "initial_state_docs").iterdir()):
            heading = ""
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.startswith("#"):
                    heading = _HEADING.sub("", line)
                elif found := _LISTED.search(line):
                    listed.append((found[1], found[2].strip(), heading))
        return listed


def rows(file: Path) -> list[Row]:
    """The objects of a file of JSON Lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def apart(one: str, other: str) -> int:
    """How many days lie between two dates, written in ISO 8601."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def number_of(name: str) -> str:
    """The number that ends a code: "7805" of "eip-7805"."""
    return name.rpartition("-")[2]


def _code(entity: Row) -> str:
    return entity["canonical"].partition(":")[0]


def _state_line(name: str, field: str, value: str, day: str) -> Row:
    found = _FIELD.fullmatch(field)
    assert found is not None, field
    return {
        "entity": name,
        "type": "proposal",
        "field": found[1],
        "key": found[2],
        "value": value,
        "date": day,
    }


def _json_lines(lines: Sequence[Row]) -> bytes:
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", " ", name.lower()).strip()
