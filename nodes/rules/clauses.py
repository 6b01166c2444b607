"""Sentences with their names replaced by marks, cut into clauses: what the statement grammar reads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nodes.rules.names import Thing, bare
from nodes.rules.people import Key, Person
from nodes.rules.phrases import PERSON_CLOSE, PERSON_OPEN, THING_CLOSE, THING_OPEN
from nodes.rules.sentences import Sentence, Token, quote_of

_MARK = re.compile(rf"{THING_OPEN}(\d+){THING_CLOSE}|{PERSON_OPEN}(\d+){PERSON_CLOSE}")
_CONJUNCTIONS = frozenset("and but so while whereas yet which because since although though as".split())
_SUBJECTS = frozenset(
    "i we it he she they that there nobody i'm we're it's he's she's they're that's i'll we'll there's i've "
    "we've let's you what nothing".split()
)
_VERBS = frozenset(
    "is are was were has have had will isn't aren't wasn't hasn't won't owns slips slipped moves moved ships "
    "shipped launches launched goes went depends blocks needs takes took still now remains stays 's leads "
    "should must can can't".split()
)
_JOINING = frozenset("because while whereas although so and".split())
# A stretch of these and of names alone has no verb yet: it is the subject of what follows.
_BEFORE_SUBJECT = frozenset(
    "the our this and or both as for on regarding with about so okay ok now also well , : -".split()
)


@dataclass(frozen=True, slots=True)
class Cast:
    """All that a meeting names: people and things, each by its number, and the keys that lead to them."""

    people: Sequence[Person]
    things: Sequence[Thing]
    keys: Mapping[Key, tuple[bool, int, bool]]
    longest: Mapping[str, int]

    @classmethod
    def of(cls, people: Sequence[Person], things: Sequence[Thing]) -> "Cast":
        """The cast with its index; a name that a person bears is the person's."""
        keys: dict[Key, tuple[bool, int, bool]] = {}
        for index, thing in enumerate(things):
            for key in thing.keys:
                keys.setdefault(key, (False, index, thing.exact))
        for index, person in enumerate(people):
            for key in person.keys:
                keys[key] = (True, index, len(key) == 1)
        longest: dict[str, int] = {}
        for key in keys:
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
        return cls(people, things, keys, longest)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of one sentence with one statement.

    Attributes:
        text: its words, single spaces, names as marks.
        tokens: the tokens behind it, for the quote.
        before: the sentence's text before it, names as marks.
        after: the sentence's text after it.
    """

    sentence: Sentence
    text: str
    tokens: tuple[Token, ...]
    before: str
    after: str

    @property
    def quote(self) -> str:
        """The clause as it was spoken."""
        return quote_of(self.sentence.utterance, self.tokens)


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence whose names are marked: one text a token, `tokens` the tokens behind each."""

    sentence: Sentence
    texts: tuple[str, ...]
    tokens: tuple[Token, ...]
    things: tuple[int, ...]
    people: tuple[int, ...]

    @property
    def text(self) -> str:
        """The sentence with names as marks."""
        return joined(self.texts)


def marked(sentence: Sentence, cast: Cast) -> Marked:
    """The sentence with the longest names that it holds replaced by their marks."""
    texts: list[str] = []
    behind: list[Token] = []
    things: list[int] = []
    people: list[int] = []
    tokens = sentence.tokens
    words = [bare(token.text).lower() for token in tokens]
    index = 0
    while index < len(tokens):
        length, is_person, number = _match_at(tokens, words, index, cast)
        if not length:
            texts.append(tokens[index].text)
            behind.append(tokens[index])
            index += 1
            continue
        last = tokens[index + length - 1]
        (people if is_person else things).append(number)
        mark = f"{PERSON_OPEN}{number}{PERSON_CLOSE}" if is_person else f"{THING_OPEN}{number}{THING_CLOSE}"
        texts.append(mark)
        behind.append(Token(mark, tokens[index].start, last.end))
        if last.text.endswith("'s"):
            texts.append("'s")
            behind.append(Token("'s", last.start, last.end))
        index += length
    return Marked(sentence, tuple(texts), tuple(behind), tuple(things), tuple(people))


def _match_at(tokens: Sequence[Token], words: Sequence[str], index: int, cast: Cast) -> tuple[int, bool, int]:
    if words[index] not in cast.longest:
        return 0, False, 0
    for length in range(min(cast.longest[words[index]], len(tokens) - index), 0, -1):
        found = cast.keys.get(tuple(words[index : index + length]))
        if found is None:
            continue
        is_person, number, exact = found
        if exact and not tokens[index].text[0].isupper():
            continue
        if any(token.text.endswith("'s") for token in tokens[index : index + length - 1]):
            continue
        return length, is_person, number
    return 0, False, 0


def joined(texts: Sequence[str]) -> str:
    """Words with single spaces between, marks of punctuation and possessive endings without."""
    parts: list[str] = []
    for text in texts:
        if parts and not (text in {"'s", "'"} or (len(text) == 1 and text in ".,;:!?%)…")):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def clauses_of(sentence: Marked) -> Iterator[Clause]:
    """The clauses of a sentence: cut at marks, conjunctions and where a new subject and verb begin."""
    cuts = [0, *_cuts(sentence.texts), len(sentence.texts)]
    for start, end in pairwise(cuts):
        if end > start and any(
            text[0].isalnum() or text[0] == THING_OPEN for text in sentence.texts[start:end]
        ):
            yield Clause(
                sentence.sentence,
                joined(sentence.texts[start:end]).strip(" ,;"),
                sentence.tokens[start:end],
                joined(sentence.texts[:start]),
                joined(sentence.texts[end:]),
            )


def _cuts(texts: Sequence[str]) -> Iterator[int]:
    last = 0
    for index in range(1, len(texts) - 1):
        if _parts(texts, index) and not all(
            text.lower() in _BEFORE_SUBJECT or text[0] in THING_OPEN + PERSON_OPEN
            for text in texts[last:index]
        ):
            last = index
            yield index


def _parts(texts: Sequence[str], index: int) -> bool:
    """Whether a clause may end before this token."""
    word = texts[index].lower()
    previous = texts[index - 1]
    if previous in {";", "—", "–"} or (word == "but" and index > 1):
        return True
    if previous == ",":
        return word in _CONJUNCTIONS or _starts_statement(texts, index)
    return word in _JOINING and _starts_statement(texts, index + 1)


def _starts_statement(texts: Sequence[str], index: int) -> bool:
    """Whether a subject with its verb begins here."""
    window = [text.lower() for text in texts[index : index + 6]]
    if window and window[0] in {"the", "our", "this", "my", "then", "now"}:
        window = window[1:]
    if not window:
        return False
    if window[0] in _SUBJECTS:
        return True
    if window[0][0] in THING_OPEN + PERSON_OPEN:
        return any(text in _VERBS for text in window[1:4])
    return (
        len(window) > 2
        and any(text in {"is", "are", "has", "was"} for text in window[1:4])
        and window[0].isalpha()
    )


def spelled(text: str, cast: Cast) -> str:
    """The text with its marks turned back into names."""

    def name(match: re.Match[str]) -> str:
        thing, person = match.groups()
        return cast.things[int(thing)].name if thing else cast.people[int(person)].name

    return _MARK.sub(name, text)


def numbers_of(text: str, opening: str) -> list[int]:
    """The numbers of the things (or people) marked in the text, in order."""
    return [
        int(match.group(1) or match.group(2)) for match in _MARK.finditer(text) if match.group()[0] == opening
    ]
