"""verify: only sentences whose words were spoken and whose claims agree with the states are released."""

from collections.abc import Callable, Sequence

from langgraph.runtime import Runtime

from nodes.checked import checked_draft
from nodes.context import Context, context_of
from nodes.kept_answers import keep_answer, turn
from nodes.query_state import (
    Citation,
    Evidence,
    Plan,
    PlanEntity,
    QueryState,
    RelevantEntity,
    Sentence,
)
from nodes.questions.checking import objections, unique_readings
from nodes.questions.drafting import day
from nodes.questions.quotes import is_cut
from stores.histories import field_name

_NOTHING_LEFT = "Not known: what was drafted could not be shown to be so from the meetings."


async def verify(state: QueryState, runtime: Runtime[Context]) -> QueryState:
    """Release the sentences that hold; where none does, the answer is that it is not known.

    Each is sent (custom stream mode) as it passes: `{"stage": "sentence", "text": …, "is_listed": …}`.
    """
    context = context_of(runtime)
    plan, draft = state.get("plan"), state.get("draft")
    assert plan is not None
    assert draft is not None
    evidence, degraded = draft["evidence"], state.get("degraded", False)
    parts = [state, *state.get("further", [])]
    sent = _Sent(runtime.stream_writer, draft["sentences"])
    passed = sent.send if draft["known"] else sent.keep
    checked = await checked_draft(draft["sentences"], evidence, parts, context, passed=passed)
    words, memories = checked.words, checked.memories
    released: list[Sentence] = [
        sentence
        for sentence, wrong in zip(draft["sentences"], checked.objections, strict=True)
        if draft["known"] and not wrong
    ]
    known = bool(released)
    if not known:
        missing = " ".join(sentence["text"] for sentence in draft["sentences"])
        released = [{"text": missing if not draft["known"] else _NOTHING_LEFT, "citations": [], "claims": []}]
    cited = [number for sentence in released for number in sentence["citations"]]
    if not known:
        cited = [
            number
            for number in range(1, len(evidence) + 1)
            if _was_spoken(evidence[number - 1], words, number)
        ]
    numbers = {number: place for place, number in enumerate(dict.fromkeys(cited), start=1)}
    citations = [_citation(evidence[number - 1], memories[number - 1]) for number in numbers]
    cut = [is_cut(words[number - 1] or "", evidence[number - 1]["quote"]) for number in numbers]
    missing = draft.get("missing", []) if known else []
    answer = worded(released, numbers, citations, cut, known=known, missing=missing)
    output: QueryState = {
        "answer": answer,
        "known": known,
        "citations": citations,
        "supporting_memories": list(
            dict.fromkeys(citation["memory_id"] for citation in citations if citation["memory_id"])
        ),
        "relevant_entities": _relevant(parts, plan),
        "intent": plan["intent"],
        "confidence": "low" if degraded else draft["confidence"] if known else "medium",
        "degraded": degraded,
        "messages": turn(state, plan["question"], answer),
    }
    plans: list[QueryState] = [{"plan": part["plan"]} for part in parts[1:] if "plan" in part]
    await keep_answer(state.get("answer_key", ""), {**output, "plan": plan, "further": plans})
    return output


class _Sent:
    """Sends the sentences that pass, with the numbers that their citations have in the answer."""

    def __init__(self, write: Callable[[dict[str, object]], None], drafted: Sequence[Sentence]) -> None:
        self._write, self._numbers = write, dict[int, int]()
        by_part = [[one for one in drafted if one.get("part", 0) == part] for part in range(len(drafted))]
        self._listed = {
            part for part, of in enumerate(by_part) if of and _is_list([one["text"] for one in of])
        }
        self._begun: set[int] = set()

    def send(self, sentence: Sentence) -> None:
        """Send a sentence that passed."""
        for number in sentence["citations"]:
            self._numbers.setdefault(number, len(self._numbers) + 1)
        part = sentence.get("part", 0)
        is_listed = part in self._listed and part in self._begun and not sentence["text"].endswith(":")
        self._begun.add(part)
        self._write(
            {"stage": "sentence", "text": _with_numbers(sentence, self._numbers), "is_listed": is_listed}
        )

    def keep(self, sentence: Sentence) -> None:
        """Send nothing: what is not known is told as a whole."""


def worded(
    sentences: Sequence[Sentence],
    numbers: dict[int, int],
    citations: Sequence[Citation],
    cut: Sequence[tuple[bool, bool]],
    *,
    known: bool,
    missing: Sequence[str] = (),
) -> str:
    """The answer as a person reads it: short first, then the words it rests on, unless it quotes them itself.

    Args:
        sentences: what is released.
        numbers: the number of each piece of evidence in the answer.
        citations: the pieces, in the order of their numbers.
        cut: whether each begins, and ends, in the middle of a sentence.
        known: False when the citations are only the nearest evidence.
        missing: of what nothing is known.
    """
    said = [
        _lead([one for one in sentences if one.get("part", 0) == part], numbers)
        for part in sorted({one.get("part", 0) for one in sentences})
    ]
    lead = "\n".join([*said, *missing])
    ends_of = {citation["quote"]: ends for citation, ends in zip(citations, cut, strict=True)}
    for quote, ends in ends_of.items():
        lead = lead.replace(f"“{quote}”", _marked(quote, *ends))
    if not citations:
        return lead
    title = [] if known else ["Nearest evidence:"]
    lines = [
        f"[{number}] {_evidence_line(citation, *ends, is_quoted='“' + citation['quote'] + '”' in lead)}"
        for number, (citation, ends) in enumerate(zip(citations, cut, strict=True), start=1)
    ]
    return "\n".join([lead, "", *title, *lines])


def _lead(sentences: Sequence[Sentence], numbers: dict[int, int]) -> str:
    """What is said on one part of the question: a few sentences, or a list."""
    said = [_with_numbers(sentence, numbers) for sentence in sentences]
    if not _is_list(said):
        return " ".join(said)
    return "\n".join([said[0], *(text if text.endswith(":") else f"- {text}" for text in said[1:])])


def _is_list(said: Sequence[str]) -> bool:
    return len(said) > 3 or said[0].endswith(":")


def _with_numbers(sentence: Sentence, numbers: dict[int, int]) -> str:
    return f"{sentence['text']} {''.join(f'[{numbers[number]}]' for number in _shown(sentence))}".strip()


def _shown(sentence: Sentence) -> list[int]:
    """A headline rests on all that its list cites; the list shows the numbers."""
    return [] if sentence["text"].endswith(":") else sentence["citations"]


def _evidence_line(citation: Citation, is_begun: bool, is_open: bool, *, is_quoted: bool) -> str:
    """Where it was said, and the words; a cut in the middle of a sentence is marked outside the quote."""
    at = "" if citation["start"] is None else f", {_clock(citation['start'])}"
    speaker = f", {citation['speaker']}" if citation["speaker"] else ""
    place = f"{citation['title']}, {day(citation['date'])}{speaker}{at}"
    if is_quoted:
        return place
    return f"{place}: {_marked(citation['quote'], is_begun, is_open)}"


def _marked(quote: str, is_begun: bool, is_open: bool) -> str:
    """The quote; that it begins or ends in the middle of a sentence is marked outside of it."""
    return f"{'… ' if is_begun else ''}“{quote}”{' …' if is_open else ''}"


def _clock(seconds: float) -> str:
    """Minutes and seconds into the recording: 754 is "12:34"."""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


def _was_spoken(evidence: Evidence, words: Sequence[str | None], number: int) -> bool:
    probe: Sentence = {"text": "", "citations": [number], "claims": []}
    return not objections(probe, [evidence] * number, words, {})


def _citation(evidence: Evidence, memory_id: str | None) -> Citation:
    return {
        "memory_id": evidence["memory_id"] or memory_id,
        "meeting_id": evidence["meeting_id"],
        "title": evidence["title"],
        "date": evidence["date"],
        "speaker": evidence["speaker"],
        "start": evidence["start"],
        "utterances": evidence["utterances"],
        "quote": evidence["quote"],
    }


def _relevant(parts: Sequence[QueryState], plan: Plan) -> list[RelevantEntity]:
    """The entities of the question, else those of its evidence, with their states."""
    entities = {entity["id"]: entity for part in parts for entity in part.get("entities", [])}
    states = unique_readings(reading for part in parts for reading in part.get("states", []))
    about: list[PlanEntity] = list(entities.values())
    listed = {entity["id"] for entity in about}
    for reading in states:
        if reading["entity_id"] not in listed and len(listed) < 10:
            listed.add(reading["entity_id"])
            about.append(
                {
                    "id": reading["entity_id"],
                    "name": reading["entity"],
                    "type": reading["type"],
                    "given": reading["entity"],
                }
            )
    relevant: list[RelevantEntity] = []
    for entity in about:
        held = [reading for reading in states if reading["entity_id"] == entity["id"]]
        status = [reading["at"] for reading in held if reading["field"] == "status"]
        relevant.append(
            {
                "id": entity["id"],
                "name": entity["name"],
                "type": entity["type"],
                "state": {
                    field_name(reading["field"], reading["key"]): reading["after"] or "" for reading in held
                },
                "since": (status or sorted((reading["at"] for reading in held), reverse=True) or [None])[0],
                "as_of": plan["as_of"],
            }
        )
    return relevant
