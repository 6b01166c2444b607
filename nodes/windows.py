"""How a meeting is cut: windows for readers, and one retrievable memory for every turn."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stores.ids import derived_id
from stores.records import Source, Utterance

WINDOW_WORDS = 2_500  # what a model reads well at once, with room for its answer
OVERLAP_WORDS = 150  # so that nothing said across a border is lost
PIECE_WORDS = 120  # what the bundled embedding model sees whole (256 tokens)

_BACKCHANNEL = frozenset(
    "ah aha alright and bye cool er erm exactly fine good great hello hey hi hm hmm i huh indeed just kay "
    "know m mean mhm mm mmm mm-hmm no nope oh ok okay okey perfect please right so sorry sure thank "
    "thanks that's the then uh uh-huh uh-oh um very well what wow yeah yep yes you".split()
)
_WORD = re.compile(r"[\w'’-]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole utterances: what a reader sees (first to last) and what is its own (from, to)."""

    id: str
    first: int
    last: int
    own_first: int
    own_last: int


def windows(utterances: Sequence[Utterance]) -> list[Window]:
    """Cut a meeting into windows; every utterance is one window's own, and neighbours overlap."""
    starts, size = [0], 0
    for utterance in utterances:
        words = len(utterance.text.split())
        if size and size + words > WINDOW_WORDS:
            starts.append(utterance.ordinal)
            size = 0
        size += words
    ends = [start - 1 for start in starts[1:]] + [len(utterances) - 1]
    return [
        Window(f"w{index:04d}", _earlier(utterances, start), end, start, end)
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _earlier(utterances: Sequence[Utterance], start: int) -> int:
    """The utterance from which a reader must start to see the overlap before its own part."""
    words = 0
    while start > 0 and words < OVERLAP_WORDS:
        start -= 1
        words += len(utterances[start].text.split())
    return start


def discussion_memories(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    """One memory a turn, by id; long turns in pieces, mere "okay" and "mm-hmm" left out.

    The turns before and after are kept as context: they help to find a memory by its words and would blur
    its vector.
    """
    heading = f"{source.title} {source.date:%Y-%m-%d %B}"
    telling = [utterance for utterance in source.utterances if says_something(utterance.text)]
    texts = ["", *(utterance.text for utterance in telling), ""]
    for place, utterance in enumerate(telling):
        around = (texts[place], texts[place + 2])
        for index, piece in enumerate(pieces(utterance.text)):
            yield (
                derived_id("memory", source.id, utterance.ordinal, index),
                {
                    "kind": "discussion",
                    "content": piece,
                    "context": " ".join(part for part in (heading, utterance.speaker, *around) if part),
                    "quote": piece,
                    "speaker": utterance.speaker,
                    "first_utterance": utterance.ordinal,
                    "last_utterance": utterance.ordinal,
                    "made_by": "rule",
                },
            )


def says_something(text: str) -> bool:
    """Whether a turn is more than a sign of listening."""
    return any(word.casefold() not in _BACKCHANNEL for word in _WORD.findall(text))


def pieces(text: str) -> list[str]:
    """A turn in parts of at most PIECE_WORDS words, cut between sentences where it can be."""
    parts: list[list[str]] = [[]]
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split(" ")
        if parts[-1] and len(parts[-1]) + len(words) > PIECE_WORDS:
            parts.append([])
        parts[-1].extend(words)
        while len(parts[-1]) > PIECE_WORDS:
            rest = parts[-1][PIECE_WORDS:]
            parts[-1] = parts[-1][:PIECE_WORDS]
            parts.append(rest)
    return [" ".join(part) for part in parts if part]
