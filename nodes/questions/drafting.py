"""Putting a draft together: sentences, what they claim, and the words that they rest on."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from nodes.query_state import (
    Claim,
    ClaimKind,
    Confidence,
    Draft,
    Evidence,
    Exchange,
    Plan,
    PlanEntity,
    Sentence,
)
from stores.histories import RelationReading, TransitionReading
from stores.readings import StatementRow
from stores.recall import MemoryReading, UtteranceReading
from stores.sayings import Attendance, Saying, Theme, Turn

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST_FIELDS = ("status", "progress", "owner", "due", "priority", "health", "blockers")
_BRACKETED = re.compile(r"\[(\d+)\]")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Drafting:
    """A draft in the making: every quoted place has one number, however often it is cited."""

    def __init__(self) -> None:
        self._sentences: list[Sentence] = []
        self._evidence: list[Evidence] = []
        self._numbers: dict[tuple[str, int, int, str], int] = {}

    def cite(self, evidence: Evidence) -> int:
        """The number of a piece of evidence, from 1."""
        number = self._numbers.setdefault(place_of(evidence), len(self._evidence) + 1)
        if number > len(self._evidence):
            self._evidence.append(evidence)
        return number

    def say(self, text: str, evidence: Sequence[Evidence], claims: Sequence[Claim] = ()) -> None:
        """Add a sentence with what it rests on."""
        citations = list(dict.fromkeys(self.cite(piece) for piece in evidence))
        self._sentences.append({"text": text, "citations": citations, "claims": list(claims)})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet."""
        return not self._sentences

    def draft(self, confidence: Confidence, *, known: bool = True) -> Draft:
        """What was said so far, as a draft to be checked."""
        return {
            "sentences": self._sentences,
            "evidence": self._evidence,
            "known": known,
            "confidence": confidence,
        }


def joined(drafts: Sequence[Draft]) -> Draft:
    """The answers to the parts of a question as one; beside a known one, the others say what is missing."""
    if len(drafts) == 1:
        return drafts[0]
    known = any(draft["known"] for draft in drafts)
    drafting = Drafting()
    sentences: list[Sentence] = []
    for part, draft in enumerate(drafts):
        if draft["known"] != known:
            continue
        numbers = [drafting.cite(piece) for piece in draft["evidence"]]
        for sentence in draft["sentences"]:
            # a number that is none stays none, and fails where the sentence is checked
            cited = [numbers[one - 1] if 1 <= one <= len(numbers) else 0 for one in sentence["citations"]]
            sentences.append({**sentence, "citations": cited, "part": part})
    missing = [
        sentence["text"] for draft in drafts if draft["known"] != known for sentence in draft["sentences"]
    ]
    sure = all(draft["confidence"] == "high" and draft["known"] for draft in drafts)
    return {
        **drafting.draft("high" if sure else "medium", known=known),
        "sentences": sentences,
        "missing": missing,
    }


def without_numbers(text: str) -> str:
    """A text whose "[1]" are no citations of the answer that it becomes a part of."""
    return _BRACKETED.sub(r"(\1)", text)


@lru_cache(maxsize=4_096)
def day(at: str) -> str:
    """A date for a person: "8 May 2026"."""
    date = datetime.fromisoformat(at)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def days_since(start: str, plan: Plan) -> int:
    """Whole days from a time to the time that the question is asked for."""
    return (datetime.fromisoformat(plan["as_of"] or plan["now"]) - datetime.fromisoformat(start)).days


def value_shown(value: str) -> str:
    """A value for a person: dates as days, canonical values without underscores."""
    if _ISO_DAY.fullmatch(value):
        return day(value)
    return value.replace("_", " ")


def is_said(reading: TransitionReading, *, past: bool = False) -> str:
    """The predicate of a state: "is completed", "was owned by Tom Becker", "has priority high"."""
    if is_attribute(reading):
        return f"{'was' if past else 'is'} {state_said(reading)}"
    return f"{'had' if past else 'has'} {state_said(reading)}"


def is_attribute(reading: TransitionReading) -> bool:
    """Whether a state is what a thing is ("completed"), not what it has ("priority high")."""
    return reading["field"] in ("status", "owner", "due", "progress", "blockers")


def state_said(reading: TransitionReading) -> str:
    """A state without its verb: "completed", "owned by Tom Becker", "60% done", "priority high"."""
    value = value_shown(reading["after"] or "")
    match reading["field"]:
        case "status":
            return value
        case "owner":
            return f"owned by {value}"
        case "due":
            return f"due on {value}"
        case "progress":
            return f"{value} done"
        case "blockers":
            return f"blocked by “{value}”"
        case _:
            key = f" for {reading['key']}" if reading["key"] else ""
            return f"{reading['field'].replace('_', ' ')} {value}{key}"


def claim(
    kind: ClaimKind, reading: TransitionReading, value: str | None = None, *, dated: bool = True
) -> Claim:
    """What a sentence claims of a reading; the value is its new one unless another is given.

    Not `dated`, it says that the value holds and not since when.
    """
    return {
        "kind": kind,
        "entity_id": reading["entity_id"],
        "entity": reading["entity"],
        "field": reading["field"],
        "key": reading["key"],
        "value": value if value is not None else reading["after"] or "",
        "at": reading["at"] if dated else None,
    }


def count_claim(channel: str, number: int) -> Claim:
    """The claim that a channel of the state holds so many."""
    return {
        "kind": "count",
        "entity_id": "",
        "entity": "",
        "field": channel,
        "key": "",
        "value": str(number),
        "at": None,
    }


def of_reading(reading: TransitionReading) -> Evidence:
    """The words that made a transition."""
    return {
        "memory_id": None,
        "meeting_id": reading["meeting_id"],
        "version_id": reading["version_id"],
        "title": reading["title"],
        "date": reading["date"],
        "speaker": reading["speaker"],
        "start": reading["start"],
        "utterances": [reading["utterance"], reading["utterance"]],
        "quote": reading["quote"],
    }


def of_relation(relation: RelationReading) -> Evidence:
    """The words that say a relation."""
    return {
        "memory_id": None,
        "meeting_id": relation["meeting_id"],
        "version_id": relation["version_id"],
        "title": relation["title"],
        "date": relation["date"],
        "speaker": relation["speaker"],
        "start": relation["start"],
        "utterances": [relation["utterance"], relation["utterance"]],
        "quote": relation["quote"],
    }


def of_statement(statement: StatementRow) -> Evidence:
    """The words that a statement was drawn from."""
    return {
        "memory_id": statement["memory_id"],
        "meeting_id": statement["meeting_id"],
        "version_id": statement["version_id"],
        "title": statement["title"],
        "date": statement["date"],
        "speaker": statement["speaker"],
        "start": statement["start"],
        "utterances": statement["utterances"],
        "quote": statement["quote"],
    }


def of_memory(memory: MemoryReading, quote: str) -> Evidence:
    """A part of a memory's words."""
    return {
        "memory_id": memory["memory_id"],
        "meeting_id": memory["meeting_id"],
        "version_id": memory["version_id"],
        "title": memory["title"],
        "date": memory["date"],
        "speaker": memory["speaker"],
        "start": memory["start"],
        "utterances": memory["utterances"],
        "quote": quote,
    }


def of_saying(saying: Saying, quote: str) -> Evidence:
    """A part of a turn that speaks of something."""
    return {
        "memory_id": saying["memory_id"],
        "meeting_id": saying["meeting_id"],
        "version_id": saying["version_id"],
        "title": saying["title"],
        "date": saying["date"],
        "speaker": saying["speaker"],
        "start": saying["start"],
        "utterances": saying["utterances"],
        "quote": quote,
    }


def of_turn(turn: Turn | Theme | Attendance, quote: str) -> Evidence:
    """A part of an utterance."""
    ordinal = turn["utterance"] or 0
    return {
        "memory_id": None,
        "meeting_id": turn["meeting_id"],
        "version_id": turn["version_id"],
        "title": turn["title"],
        "date": turn["date"],
        "speaker": turn["name"] if "name" in turn else turn["speaker"],
        "start": turn["start"],
        "utterances": [ordinal, ordinal],
        "quote": quote,
    }


def of_exchange(exchange: Exchange, quote: str) -> Evidence:
    """A part of a turn, with the turn that it answers."""
    return {**of_turn(exchange, quote), "utterances": [exchange["first"], exchange["utterance"]]}


def of_utterance(utterance: UtteranceReading, near: TransitionReading) -> Evidence:
    """A whole utterance of the meeting in which a transition was made."""
    return {
        "memory_id": None,
        "meeting_id": near["meeting_id"],
        "version_id": utterance["version_id"],
        "title": near["title"],
        "date": near["date"],
        "speaker": utterance["speaker"],
        "start": utterance["start"],
        "utterances": [utterance["ordinal"], utterance["ordinal"]],
        "quote": utterance["text"],
    }


def by_entity(readings: Sequence[TransitionReading]) -> dict[str, list[TransitionReading]]:
    """Readings grouped by entity, in the order of each first one."""
    grouped: dict[str, list[TransitionReading]] = defaultdict(list)
    for reading in readings:
        grouped[reading["entity_id"]].append(reading)
    return dict(grouped)


def ids(entities: Sequence[PlanEntity]) -> set[str]:
    """The ids of entities."""
    return {entity["id"] for entity in entities}


def span_said(plan: Plan) -> str:
    """The span of time of a plan, as an answer says it, with a space before it."""
    start, end = plan["start"], plan["end"]
    if plan["meetings"] or plan["since_meeting"]:
        return f" {plan['span']}"
    if start and end and day(start) == day(end):
        return f" on {day(start)}"
    if start and end:
        return f" from {day(start)} to {day(end)}"
    if start:
        return f" since {day(start)}"
    return f" until {day(end)}" if end else ""


def say_states(drafting: Drafting, text: str, readings: Sequence[TransitionReading]) -> None:
    """Add a sentence that claims these states."""
    drafting.say(
        f"{text}.",
        [of_reading(reading) for reading in readings],
        [claim("is", reading) for reading in readings],
    )


def since_said(reading: TransitionReading, *, last: bool = False) -> str:
    """Since when a state is as it is, or when it was last spoken of."""
    return f"last said {day(reading['at'])}" if last else f"since {day(reading['at'])}"


def rank(reading: TransitionReading) -> int:
    """The place of a field in an answer, the most telling first."""
    return _FIRST_FIELDS.index(reading["field"]) if reading["field"] in _FIRST_FIELDS else len(_FIRST_FIELDS)


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def numbered(count: int, one: str, many: str | None = None) -> str:
    """ "1 decision", "3 decisions"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def place_of(evidence: Evidence) -> tuple[str, int, int, str]:
    """Which words in which meeting a piece of evidence is; the same for the same words."""
    first, last = evidence["utterances"]
    return evidence["version_id"], first, last, evidence["quote"]
