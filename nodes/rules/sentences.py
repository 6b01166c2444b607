"""Utterances cut into sentences of tokens, each with its place in the text so that quotes stay verbatim."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nodes.rules.thing_types import PROPOSAL_PREFIXES
from nodes.rules.words import FILLERS, FUNCTION
from nodes.transcript import Utterance

# Longer stretches without a full stop are cut, so that no pattern ever sees an unbounded text.
MAX_SENTENCE_TOKENS = 90

_TOKEN = re.compile(r"[€$£]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[€$£]?\w+(?:['’&./:+\-]\w+)*%?|[^\w\s]")
_REPLYING = re.compile(r'Replying to "[^"]{0,200}"')
_ABBREVIATIONS = frozenset({"e.g", "i.e", "vs", "mr", "mrs", "ms", "dr", "approx", "st", "prof"})
_REPEATABLE = frozenset(
    {"that", "had", "very", "really", "many", "no", "yes", "yeah", "bye", "ha", "so", "far"}
)
_DIGITS_AHEAD = re.compile(r"\s+\d{1,4}(?!\w|[.,]\d)")
_INVERTED = frozenset(
    "is are was were do does did can could will would should shall has have what who when where why how "
    "which whose isn't aren't don't doesn't didn't can't won't wouldn't shouldn't hasn't haven't".split()
)
_OPENERS = frozenset("so and but okay ok well or yeah also then sorry oh um uh now right".split())


class Token(NamedTuple):
    """A word, number or mark; `start` and `end` are character offsets in the utterance's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one utterance.

    Attributes:
        utterance: where it was spoken.
        tokens: its words and marks, without fillers and stuttered repeats; never empty.
        is_question: whether it asks, by its mark or its word order.
        opens: whether its first token begins a sentence, so that its capital says nothing.
    """

    utterance: Utterance
    tokens: tuple[Token, ...]
    is_question: bool
    opens: bool = True


def quote_of(utterance: Utterance, tokens: Sequence[Token]) -> str:
    """The verbatim stretch of the utterance from the first of the tokens to the last."""
    return utterance.text[tokens[0].start : tokens[-1].end]


def sentences_of(utterance: Utterance) -> list[Sentence]:
    """Cuts an utterance at its full stops, question and exclamation marks."""
    found: list[Sentence] = []
    current: list[Token] = []
    opens = True
    after_filler = False
    replying = _REPLYING.match(utterance.text) if utterance.channel == "chat" else None
    for match in _TOKEN.finditer(utterance.text, replying.end() if replying else 0):
        text = match.group()
        if text == "." and _spells_on(utterance.text, match.end(), current):
            continue
        if "\ue000" <= text <= "\uf8ff":
            continue  # private characters stand for names in clauses
        token = Token(text.replace("’", "'"), match.start(), match.end())
        ends = token.text in ".?!" and not (
            token.text == "." and current and current[-1].text.lower() in _ABBREVIATIONS
        )
        if _is_noise(token, current):
            if text == "," and after_filler and current and current[-1].text == ",":
                current.pop()  # the filler stood between two commas
            after_filler = text.lower() in FILLERS
            continue
        after_filler = False
        if _stutters(token, current):
            current.pop()
            continue
        current.append(token)
        if ends or len(current) >= MAX_SENTENCE_TOKENS:
            _close(utterance, current, opens, found)
            current = []
            opens = ends
    _close(utterance, current, opens, found)
    return found


def _spells_on(text: str, place: int, before: Sequence[Token]) -> bool:
    """Whether a full stop stands inside a code that is said in pieces ("7, 9 0. 7", "Eip. 7907")."""
    if not before or not _DIGITS_AHEAD.match(text, place):
        return False
    last = before[-1].text
    if last.upper() in PROPOSAL_PREFIXES:
        return True
    digits = [token.text for token in before[-4:-1] if token.text != ","]
    return last.isdecimal() and len(last) <= 2 and bool(digits) and digits[-1].isdecimal()


def _is_noise(token: Token, before: list[Token]) -> bool:
    """Whether the token is a filler, the comma after one, or a stuttered repeat of the word before."""
    text = token.text.lower()
    if text in FILLERS:
        return True
    if not before:
        return text in {",", ".", "?", "!", "-", "…"}
    last = before[-1].text.lower()
    if text == "," and last in {",", ".", ":"}:
        return True
    return text == last and text.isalpha() and text not in _REPEATABLE


def _stutters(token: Token, before: list[Token]) -> bool:
    """Whether a function word is said again after a comma ("we, we decided")."""
    if len(before) < 2 or before[-1].text != ",":
        return False
    text = token.text.lower()
    return text == before[-2].text.lower() and (text in FUNCTION and text not in _REPEATABLE)


def _close(utterance: Utterance, tokens: list[Token], opens: bool, found: list[Sentence]) -> None:
    if any(token.text[0].isalnum() for token in tokens):
        found.append(Sentence(utterance, tuple(tokens), _asks(tokens), opens))


def _asks(tokens: list[Token]) -> bool:
    if any(token.text == "?" for token in tokens[-3:]):
        return True
    for token in tokens:
        text = token.text.lower()
        if text in _OPENERS or text == ",":
            continue
        return text in _INVERTED
    return False
