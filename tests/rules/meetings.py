"""Small meetings for the tests of the rules, written as people read them: "Name: words"."""

from collections.abc import Sequence

from nodes.rules.extracting import extract
from nodes.schemas import ExtractedMemory, MeetingExtraction
from nodes.transcript import Utterance

PARTICIPANTS = ("Nora Lindqvist", "Priya Raman", "Tom Becker", "Mei Tanaka")


def spoken(*lines: str) -> list[Utterance]:
    """One utterance a line, "Name: words"; a line without a name is Nora's."""
    utterances: list[Utterance] = []
    for ordinal, line in enumerate(lines):
        name, separator, words = line.partition(": ")
        full = next((person for person in PARTICIPANTS if person.split()[0] == name), None)
        speaker, text = (full, words) if separator and full else (PARTICIPANTS[0], line)
        utterances.append(Utterance(ordinal, speaker, " ".join(text.split())))
    return utterances


def read(*lines: str, participants: Sequence[str] = PARTICIPANTS) -> MeetingExtraction:
    """The extraction of a small meeting."""
    return extract(spoken(*lines), participants=participants, title=None)


def stated(*lines: str) -> set[str]:
    """Its observations, each as "entity / field op value", the stance added when it is not "stated"."""
    found: set[str] = set()
    for seen in read(*lines).observations:
        verb = "" if seen.op == "set" else f" {seen.op}"
        stance = "" if seen.stance == "stated" else f" ({seen.stance})"
        found.add(f"{seen.entity} / {seen.field}{verb} {seen.value}{stance}")
    return found


def kept(*lines: str) -> list[ExtractedMemory]:
    """Its memories."""
    return read(*lines).memories
