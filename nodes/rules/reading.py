# ruff: noqa: E501 - a pattern is read best on one line
"""Reads a meeting sentence by sentence and collects what the grammar finds, with its evidence."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nodes.names import LONGEST_NAME
from nodes.rules.clauses import Cast, Clause, Marked, clauses_of, numbers_of, spelled
from nodes.rules.commitments import Remark, accepts, conditional, due_of, reason_before, remark_of, request_of
from nodes.rules.names import Thing, singular
from nodes.rules.phrases import LEAD, PERSON_OPEN, THING_CLOSE, THING_OPEN
from nodes.rules.relations import links
from nodes.rules.sentences import quote_of
from nodes.rules.statements import Finding, findings, phrase_subject, retracts
from nodes.rules.thing_types import type_of
from nodes.rules.words import FUNCTION, GENERIC_ADJECTIVES, GENERIC_HEADS, is_content
from nodes.schemas import ExtractedMemory, ExtractedObservation, ExtractedRelation
from nodes.transcript import Utterance

# Up to this many utterances after a request by name may pass before its yes.
_ANSWER_WITHIN = 2
# A longer sentence is quoted by the clause alone.
_LONG_QUOTE = 40

_STATES_OF_PEOPLE = frozenset(
    "done finished stuck blocked waiting live planned started complete active".split()
)
_PRONOUN = re.compile(rf"^(?P<lead>{LEAD})(?:it|that one|this one)(?P<verb>'s| is| has| was| will|'ll| slips| ships| moves| launches)\b", re.IGNORECASE)  # fmt: skip
_SUBJECT = re.compile(rf"^{LEAD}(?:the |our )?(?P<x>{THING_OPEN}\d+{THING_CLOSE})(?= |'s)", re.IGNORECASE)
_ABOUT = re.compile(
    rf"^{LEAD}(?:(?:as for|on|regarding|with|about|for|an update on) )?(?:the |our )?(?P<x>{THING_OPEN}\d+{THING_CLOSE})(?:,|:| -| —| –) "
    rf"(?P<lead>{LEAD})(?:it|that one|this one|that|we|i(?=('m| am) (?:at|about|blocked|stuck|\d)))(?P<verb>'s|'re|'m| is| are| am| has| was| will|'ll)(?= )",
    re.IGNORECASE,
)
# A status line as people write it: "Billing API: done", "Billing API - blocked on review".
_LABEL = re.compile(
    rf"^{LEAD}(?P<x>{THING_OPEN}\d+{THING_CLOSE})(?::| -| –| —) (?=(?:now |still )?(?:done|blocked|on hold|in progress|at risk|on track|shipped|released|live"
    r"|merged|deployed|cancell?ed|completed?|finished|paused|delayed|at \d|\d{1,3} ?(?:%|percent)|about \d|due ))",
    re.IGNORECASE,
)


# How a status line goes on: "Blocked on review. ETA Friday."
_FRAGMENT = re.compile(
    r"^(?:(?P<eta>eta:? )|(?=(?:now |still |currently )?(?:blocked (?:on|by) |waiting (?:for|on) |on hold\b|at \d|in progress\b|in review\b|due (?:on |by )?\w)))",
    re.IGNORECASE,
)


def subjects_of(read: Sequence[Marked], cast: Cast) -> list[Thing]:
    """Everyday phrases that are the subject of an explicit statement, so that they count as named."""
    found: dict[tuple[str, ...], Thing] = {}
    number = len(cast.things)
    stand_in = f"{THING_OPEN}{number}{THING_CLOSE}"
    for sentence in read:
        if sentence.sentence.is_question:
            continue
        for clause in clauses_of(sentence):
            place = phrase_subject(clause.text)
            if place is None:
                continue
            words = _phrase(spelled(clause.text[place[0] : place[1]], cast), clause.text[place[0] : place[1]])
            if words is None:
                continue
            text = clause.text[: place[0]] + stand_in + clause.text[place[1] :]
            said = findings(text, before=clause.before, after=clause.after, asks=False, phrases_only=True)
            if any(stand_in in finding.things for finding in said):
                key = singular(tuple(word.lower() for word in words))
                if (
                    place[0] == 0
                    and not clause.before
                    and words[0][1:].islower()
                    and all(word.islower() for word in words[1:])
                ):
                    words[0] = words[0].lower()  # the capital was the sentence's
                name = " ".join(words)
                if len(name) > LONGEST_NAME:
                    continue
                plural = (*key[:-1], key[-1] + "s")
                found.setdefault(
                    key, Thing(name, type_of(name), {key, plural, tuple(w.lower() for w in words)})
                )
    return [found[key] for key in sorted(found)]


def _phrase(spelled_out: str, text: str) -> list[str] | None:
    """The words of a phrase that may be a thing's name, without a general adjective in front, or None."""
    words = spelled_out.split()
    while words and words[0].lower() in GENERIC_ADJECTIVES:
        words = words[1:]
    if (
        not 2 <= len(words) <= 6
        or words[-1].lower() in GENERIC_HEADS
        or words[-1].lower() in GENERIC_ADJECTIVES
    ):
        return None
    if PERSON_OPEN in text or not all(word[0].isalnum() for word in words):
        return None
    if any(word.lower() in FUNCTION for word in words):
        return None
    if not all(is_content(word.lower()) or word[0].isupper() or word[0].isdigit() for word in words):
        return None
    if sum(is_content(word.lower()) and word.lower() not in GENERIC_HEADS for word in words) < 2:
        return None
    return words


class Reader:
    """Collects observations, relations and memories from a meeting's sentences, in order."""

    def __init__(self, cast: Cast) -> None:
        """Starts with nothing read; `named` are people outside the cast who own something, and where."""
        self._cast = cast
        self.observations: list[ExtractedObservation] = []
        self.relations: list[ExtractedRelation] = []
        self.memories: list[ExtractedMemory] = []
        self.named: dict[str, list[int]] = {}
        self._topic: str | None = None
        self._asked: tuple[Remark, Marked, int] | None = None

    def read(self, sentences: Sequence[Marked]) -> None:
        """Reads all sentences of the meeting."""
        previous: Marked | None = None
        since = (0, 0, 0)
        for sentence in sentences:
            new_turn = previous is None or previous.sentence.utterance is not sentence.sentence.utterance
            if new_turn:
                self._topic = None
                self._answer(sentence)
            elif retracts(sentence.text):
                del self.observations[since[0] :], self.relations[since[1] :], self.memories[since[2] :]
            since = len(self.observations), len(self.relations), len(self.memories)
            self._read_sentence(sentence)
            previous = sentence

    def _read_sentence(self, sentence: Marked) -> None:
        text = sentence.text
        if not sentence.sentence.is_question:
            self._links(sentence)
        self._statements(sentence)
        remark = self._remark(sentence)
        if remark:
            self._remember(remark, sentence, sentence.sentence.utterance.ordinal)
        elif request := request_of(text):
            self._asked = (request, sentence, sentence.sentence.utterance.ordinal)
        self._topic = self._topic_after(sentence)

    def _topic_after(self, sentence: Marked) -> str | None:
        """The one thing that the sentence is about, which an "it" right after it means."""
        if sentence.sentence.is_question:
            return None
        if sentence.things or sentence.people:
            subject = (
                _SUBJECT.search(sentence.text) or _LABEL.search(sentence.text) or _ABOUT.search(sentence.text)
            )
            return subject["x"] if subject and len(set(sentence.things)) == 1 else None
        return (
            self._topic if self._topic and _about_topic(sentence.text, self._topic) != sentence.text else None
        )

    def _remark(self, sentence: Marked) -> Remark | None:
        """What the sentence is worth keeping as, else the first clause of it that no condition covers."""
        asks = sentence.sentence.is_question
        remark = remark_of(sentence.text, asks=asks)
        if remark or asks or conditional(sentence.text):
            return remark
        for clause in clauses_of(sentence):
            if remark := remark_of(clause.text, asks=asks):
                why = reason_before(clause.before)
                return replace(remark, rationale=why) if remark.kind == "decision" and why else remark
        return None

    # --- statements --------------------------------------------------------------------------------------

    def _statements(self, sentence: Marked) -> None:
        topic = self._topic
        for clause in clauses_of(sentence):
            text = _about_topic(clause.text, topic)
            if THING_OPEN not in text:
                continue
            subject = _SUBJECT.search(text)
            topic = subject["x"] if subject else None
            asks = sentence.sentence.is_question
            for finding in findings(text, before=clause.before, after=clause.after, asks=asks):
                self._observe(finding, clause)

    def _observe(self, finding: Finding, clause: Clause) -> None:
        utterance = clause.sentence.utterance
        value = finding.value
        if finding.field == "owner" and value is not None:
            value = self._person(value, utterance)
            if value is None:
                return
        elif value is not None:
            value = spelled(value, self._cast)
        for thing in dict.fromkeys(finding.things):
            if self._could_be_a_person(thing, finding, clause.text):
                continue
            self.observations.append(
                ExtractedObservation(
                    entity=spelled(thing, self._cast),
                    field=finding.field,
                    op=finding.op,
                    value=value,
                    stance=finding.stance,
                    quote=self._quote(clause),
                    utterance=utterance.ordinal,
                    speaker=utterance.speaker,
                )
            )

    def _could_be_a_person(self, thing: str, finding: Finding, text: str) -> bool:
        """Whether a name seldom said is given a state that people are in too ("so Lukas is stuck")."""
        [number] = numbers_of(thing, THING_OPEN)
        if not self._cast.things[number].tentative or f"{thing} project" in text:
            return False
        return (finding.value or "").lower() in _STATES_OF_PEOPLE

    def _quote(self, clause: Clause) -> str:
        """The whole sentence, or of a long one the clause."""
        tokens = clause.sentence.tokens
        return quote_of(clause.sentence.utterance, tokens) if len(tokens) <= _LONG_QUOTE else clause.quote

    def _person(self, value: str, utterance: Utterance) -> str | None:
        """The full name behind a mark, "I" or a name as said; None when the speaker is not known."""
        if value.lower() in {"i", "me", "myself"}:
            return (utterance.speaker or "").strip() or None
        name = spelled(value, self._cast)
        if len(name) > LONGEST_NAME:
            return None
        if name == value and utterance.ordinal not in self.named.setdefault(name, []):
            self.named[name].append(utterance.ordinal)
        return name

    # --- relations ---------------------------------------------------------------------------------------

    def _links(self, sentence: Marked) -> None:
        for clause in clauses_of(sentence):
            utterance = clause.sentence.utterance
            for link in links(clause.text):
                source = self._end(link.source, utterance.speaker)
                target = self._end(link.target, utterance.speaker)
                if source and target and source != target:
                    self.relations.append(
                        ExtractedRelation(
                            source=source,
                            type=link.type,
                            target=target,
                            quote=self._quote(clause),
                            utterance=utterance.ordinal,
                            ended=link.ended,
                        )
                    )

    def _end(self, end: str, speaker: str | None) -> str | None:
        return (speaker or "").strip() or None if end.lower() in {"i", "me"} else spelled(end, self._cast)

    # --- memories ----------------------------------------------------------------------------------------

    def _answer(self, sentence: Marked) -> None:
        """Keeps an action asked by name once the person asked says yes."""
        if self._asked is None:
            return
        request, asked, ordinal = self._asked
        utterance = sentence.sentence.utterance
        who = spelled(request.owner or "", self._cast)
        if utterance.ordinal > ordinal + _ANSWER_WITHIN:
            self._asked = None
        elif utterance.speaker == who:
            if accepts(sentence.text):
                due = request.due or due_of(sentence.text)
                self._remember(replace(request, due=due), asked, utterance.ordinal)
            self._asked = None

    def _remember(self, remark: Remark, sentence: Marked, last: int) -> None:
        utterance = sentence.sentence.utterance
        owner = self._person(remark.owner, utterance) if remark.owner else None
        content = remark.content
        if remark.owner == "I":
            content = content.replace("I will", f"{owner} will" if owner else "I will", 1)
        content = spelled(content, self._cast)
        things = [self._cast.things[number] for number in numbers_of(sentence.text, THING_OPEN)]
        names = [thing.name for thing in things if not thing.tentative]
        names += [self._cast.people[number].name for number in numbers_of(sentence.text, PERSON_OPEN)]
        names += [owner] if owner else []
        self.memories.append(
            ExtractedMemory(
                kind=remark.kind,
                content=_as_sentence(content),
                speaker=utterance.speaker,
                first_utterance=utterance.ordinal,
                last_utterance=last,
                entities=list(dict.fromkeys(names)),
                owner=owner,
                due=remark.due,
                rationale=spelled(remark.rationale, self._cast) if remark.rationale else None,
                supersedes=spelled(remark.supersedes, self._cast) if remark.supersedes else None,
                quote=quote_of(utterance, sentence.sentence.tokens),
            )
        )


def _about_topic(text: str, topic: str | None) -> str:
    """The clause with the thing it speaks of as its subject, where "it" or a heading tells which."""
    if about := _ABOUT.search(text):
        verb = {"'re": " is", "'m": " is", " are": " is", " am": " is"}.get(
            about["verb"].lower(), about["verb"]
        )
        return about["x"] + verb + text[about.end() :]
    if label := _LABEL.search(text):
        return label["x"] + (" is at " if text[label.end()].isdigit() else " is ") + text[label.end() :]
    if topic and (fragment := _FRAGMENT.search(text)):
        return topic + (" is due " if fragment["eta"] else " is ") + text[fragment.end() :]
    if topic and (pronoun := _PRONOUN.search(text)):
        return pronoun["lead"] + topic + text[pronoun.start("verb") :]
    return text


def _as_sentence(text: str) -> str:
    text = text.strip(" ,;:-")
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
