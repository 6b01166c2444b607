"""The questions and meetings of the three retrieval sets, each turn one utterance, so that evidence maps."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stores.ids import derived_id
from stores.records import Source, Utterance
from stores.sources import workspace_id

Place = tuple[str, int]
"""Where something was said: key of the meeting, ordinal of the utterance."""

_UNDATED = datetime(2005, 1, 1, tzinfo=UTC)  # QMSum does not say when its meetings were


@dataclass(frozen=True, slots=True)
class Case:
    """One question: of which kind, and the places that answer it."""

    kind: str
    question: str
    evidence: frozenset[Place]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The meetings of one workspace, and what is asked about them."""

    workspace: str
    meetings: tuple[Source, ...]
    cases: tuple[Case, ...]


def locomo(data: Path) -> Iterator[Corpus]:
    """One workspace a conversation, each session a meeting; a photo's caption is part of its turn's words.

    Questions whose evidence an audit found wrong have the audit's; without any they are left out.
    """
    questions = _lines(data / "locomo_retrieval/dev/questions.jsonl")
    for file in sorted(data.glob("locomo_retrieval/dev/conversations/*.json")):
        conversation = json.loads(file.read_text(encoding="utf-8"))
        name = conversation["conversation_id"]
        places: dict[str, Place] = {}
        meetings: list[Source] = []
        for session in conversation["sessions"]:
            key = f"session {session['session']}"
            places |= {turn["turn_id"]: (key, place) for place, turn in enumerate(session["turns"])}
            turns = [(turn["speaker"], _with_caption(turn), None) for turn in session["turns"]]
            date = datetime.fromisoformat(session["date"]).replace(tzinfo=UTC)
            meetings.append(_source(f"locomo {name}", key, key.capitalize(), date, turns, series=None))
        cases = tuple(
            Case(question["category_name"].replace("-", "_"), question["question"], evidence)
            for question in questions
            if question["conversation_id"] == name
            and (evidence := frozenset(places[turn] for turn in _evidence(question) if turn in places))
        )
        yield Corpus(f"locomo {name}", tuple(meetings), cases)


def _with_caption(turn: Mapping[str, Any]) -> str:
    caption = turn.get("image_caption")
    return f"{turn['text']} [photo: {caption}]" if caption else turn["text"]


def _evidence(question: Mapping[str, Any]) -> Sequence[str]:
    audit = question.get("audit") or {}
    wrong = audit.get("error_type") == "WRONG_CITATION"
    return (audit.get("correct_evidence") if wrong else None) or question["evidence"]


def qmsum(data: Path) -> Iterator[Corpus]:
    """One workspace a meeting, as its queries do not name it; the evidence is wide spans of turns."""
    queries = _lines(data / "qmsum_retrieval/dev/queries.jsonl")
    for file in sorted(data.glob("qmsum_retrieval/dev/meetings/*.json")):
        meeting = json.loads(file.read_text(encoding="utf-8"))
        key = meeting["meeting_id"]
        turns = [(turn["speaker"], turn["text"], None) for turn in meeting["turns"]]
        cases = tuple(
            Case(query["domain"].lower(), query["query"], _spans(key, query["relevant_spans"]))
            for query in queries
            if query["meeting_id"] == key
        )
        source = _source(f"qmsum {key}", key, f"Meeting {key}", _UNDATED, turns, series=None)
        yield Corpus(f"qmsum {key}", (source,), cases)


def _spans(key: str, spans: Sequence[Sequence[int]]) -> frozenset[Place]:
    return frozenset((key, place) for first, last in spans for place in range(first, last + 1))


def ami(data: Path) -> Iterator[Corpus]:
    """One workspace a series of four meetings; a person's sentence asks for the turns it was linked to."""
    for folder in sorted(path for path in data.glob("ami_series/dev/*") if path.is_dir()):
        series = json.loads((folder / "series.json").read_text(encoding="utf-8"))
        meetings: list[Source] = []
        for meeting in series["meetings"]:
            turns = [
                (turn["speaker"], turn["text"], turn["start"]) for turn in _lines(folder / meeting["turns"])
            ]
            title = f"{series['series']} {meeting['kind']}"
            # all four were on one day, at an hour that is not always known
            date = datetime.fromisoformat(meeting["date"]).replace(tzinfo=UTC, hour=9 + meeting["order"])
            meetings.append(
                _source(
                    f"ami {series['series']}",
                    meeting["meeting_id"],
                    title,
                    date,
                    turns,
                    series=series["series"],
                )
            )
        cases = tuple(
            Case(
                f"{item['type']}s",
                item["text"],
                frozenset((item["meeting_id"], turn) for turn in item["evidence_turns"]),
            )
            for item in _lines(folder / "gold.jsonl")
            if item["type"] in ("decision", "action", "problem") and item["evidence_turns"]
        )
        yield Corpus(f"ami {series['series']}", tuple(meetings), cases)


SETS: Mapping[str, Callable[[Path], Iterator[Corpus]]] = {"locomo": locomo, "qmsum": qmsum, "ami": ami}


def _source(
    workspace: str,
    key: str,
    title: str,
    date: datetime,
    turns: Sequence[tuple[str, str, float | None]],
    *,
    series: str | None,
) -> Source:
    scope = workspace_id(workspace)
    meeting_id = derived_id("meeting", scope, key)
    return Source(
        id=derived_id("source", scope, meeting_id, "benchmark"),
        meeting_id=meeting_id,
        key=key,
        content_hash="benchmark",
        name=key,
        format="benchmark",
        title=title,
        series=series,
        date=date,
        date_has_time=True,
        participants=tuple(dict.fromkeys(speaker for speaker, _, _ in turns)),
        warnings=(),
        utterances=tuple(
            Utterance(place, speaker, " ".join(text.split()), start)
            for place, (speaker, text, start) in enumerate(turns)
        ),
    )


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
