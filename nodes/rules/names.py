"""Which things a meeting names: codes, capitalised and quoted names, numbered names, phrases that recur."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nodes.rules.codes import codes_of, is_code
from nodes.rules.people import Key, Person
from nodes.rules.sentences import Sentence, Token
from nodes.rules.thing_types import PROPOSAL_PREFIXES, names_a_kind, type_of
from nodes.rules.words import (
    ACRONYMS,
    AMBIGUOUS_NAMES,
    DAYS,
    DETERMINERS,
    FUNCTION,
    GENERIC_ADJECTIVES,
    GENERIC_HEADS,
    GIVEN_NAMES,
    LANGUAGES,
    MONTHS,
    NEVER_NAMES,
    VERBS,
    is_content,
)

MAX_NAME_TOKENS = 6
RECURS = 3

_NUMBER = re.compile(r"\d{1,2}(?:\.\d+){0,2}|[vV]\d+(?:\.\d+)*|II|III|IV")
_CAPITAL = re.compile(r"[A-Z][\w'&./+\-]*")
_NUMBERED_HEADS = frozenset("phase release devnet testnet sprint milestone wave tier iteration stage".split())
_HYPHENED = re.compile(rf"({'|'.join(sorted(_NUMBERED_HEADS))})-(\d{{1,3}})", re.IGNORECASE)
_GREETINGS = frozenset("thanks you hi hello hey ahead morning bye welcome sorry".split())
_SPEAKS = frozenset(
    "said says asked asks mentioned wrote thinks wants suggested proposed posted agrees knows".split()
)
_TO_YOU = frozenset("do can could would will are you your did have please go i what how any is".split())
_NO_NAMES = frozenset(
    {("pull", "request"), ("pull", "requests"), ("action", "item"), ("action", "items"), ("google", "doc")}
)
_QUARTER = re.compile(r"Q[1-4]")
_NOT_NUMBERED = frozenset(
    "slide page step option line item room number chapter figure table question answer point day week sunday "
    "top version vs about act part section minute ipad iphone hour".split()
)


@dataclass(slots=True)
class Thing:
    """A named thing of this meeting.

    Attributes:
        keys: the token sequences by which it is named.
        exact: a single word, which counts only with its capital.
        tentative: a single word said too seldom to be sure; an entity only when something is said of it.
    """

    name: str
    type: str
    keys: set[Key] = field(default_factory=set[Key])
    exact: bool = False
    tentative: bool = False

    @property
    def certain(self) -> bool:
        """Whether its form alone makes it a name: a code, or a head noun that such names have."""
        return is_code(self.name) or names_a_kind(self.name)


def key_of(words: Iterable[str]) -> Key:
    """Lower case, without possessive endings: what two spellings of one name have in common."""
    return tuple(bare(word).lower() for word in words)


def bare(word: str) -> str:
    """The word without a possessive ending."""
    if word.endswith("'s"):
        return word[:-2]
    return word[:-1] if word.endswith("'") else word


def things_of(
    sentences: Sequence[Sentence], people: Sequence[Person], imported: Iterable[str] = ()
) -> list[Thing]:
    """Every named thing of the meeting, one for each normalised name, in order of that name.

    Args:
        imported: names that people gave beforehand; the codes among them are known however they are said.
    """
    person_words = {key[0] for person in people for key in person.keys}
    person_words |= {word for person in people for key in person.keys if len(key) > 1 for word in key}
    found: dict[Key, Thing] = {}
    for thing in (
        *_codes(sentences, imported),
        *_capitalised(sentences, person_words),
        *_quoted(sentences),
        *_recurring(sentences, person_words),
    ):
        known = found.get(min(thing.keys, key=lambda key: (-len(key), key)))
        if known is None and not any(key in found for key in thing.keys):
            for key in thing.keys:
                found[key] = thing
    unique = {id(thing): thing for thing in found.values()}
    return sorted(unique.values(), key=lambda thing: thing.name)


def _codes(sentences: Sequence[Sentence], imported: Iterable[str]) -> Iterator[Thing]:
    for name, ways in codes_of(sentences, imported).items():
        yield Thing(name, type_of(name), ways)


# --- capitalised names ----------------------------------------------------------------------------------


def _capitalised(sentences: Sequence[Sentence], person_words: set[str]) -> Iterator[Thing]:
    """Multi-word capitalised and numbered names; single words when they recur and are never said small."""
    surfaces: dict[Key, Counter[str]] = {}
    opening: Counter[Key] = Counter()
    inside: Counter[Key] = Counter()
    small: Counter[str] = Counter()
    addressed: set[str] = set()
    for sentence in sentences:
        addressed.update(_addressed(sentence.tokens))
        small.update(token.text for token in sentence.tokens if token.text.islower())
        if _shouts(sentence.tokens):
            continue
        for run, at_start in _runs(sentence, person_words):
            key = key_of(run)
            (opening if at_start else inside)[key] += 1
            surfaces.setdefault(key, Counter())[" ".join([*run[:-1], bare(run[-1])])] += 1
    for key in sorted(surfaces):
        kept = _kept_key(key, opening, inside, small)
        if kept is None or (kept != key and kept in surfaces):
            continue
        if _names_a_person(kept):
            yield Thing(" ".join(word.capitalize() for word in kept), "person", {kept})
            continue
        said = inside[key], inside[key] + opening[key]
        alone = len(kept) == 1
        if alone and (kept[0] in addressed or not said[0] or not _may_stand_alone(kept[0], small)):
            continue
        if len(kept) == 2 and kept[1][0].isdigit() and kept[0] not in _NUMBERED_HEADS and said[1] < 2:
            continue
        name = max(sorted(surfaces[key]), key=surfaces[key].__getitem__)
        if kept != key:
            name = " ".join(name.split()[len(key) - len(kept) :])
        keys = {kept}
        if len(kept) > 1 and kept[-1].isdigit():
            *front, head, number = kept
            keys.add((*front, f"{head}-{number}"))
        tentative = alone and (said[0] < 2 or said[1] < RECURS)
        yield Thing(name, type_of(name), keys, exact=alone, tentative=tentative)


def _addressed(tokens: Sequence[Token]) -> Iterator[str]:
    """Single words that are spoken to, or that speak: people, whoever they are."""
    for index, token in enumerate(tokens):
        if not token.text[0].isupper():
            continue
        before = tokens[index - 1].text.lower() if index else ""
        if before == "," and index > 1:
            before = tokens[index - 2].text.lower()
        after = tokens[index + 1].text.lower() if index + 1 < len(tokens) else ""
        beyond = tokens[index + 2].text.lower() if index + 2 < len(tokens) else ""
        if before in _GREETINGS or after in _SPEAKS or (index == 0 and after == "," and beyond in _TO_YOU):
            yield bare(token.text).lower()


def _shouts(tokens: Sequence[Token]) -> bool:
    """Whether capitals say nothing here: a headline, or somebody writing all in capitals."""
    words = [token.text for token in tokens if token.text[0].isalpha()]
    return len(words) >= 6 and sum(word[0].isupper() for word in words) > 0.85 * len(words)


def _runs(sentence: Sentence, person_words: set[str]) -> Iterator[tuple[list[str], bool]]:
    """Maximal runs of capitalised words, with their numbers, and whether the first opens the sentence."""
    run: list[str] = []
    first = 0
    tokens = sentence.tokens
    for index, token in enumerate(tokens):
        word = token.text
        if run and index and tokens[index - 1].text.endswith("'s") and not is_code(word):
            yield from _ended(run, first, sentence)
            run = []
        if _is_name_word(word, person_words) and not (
            index == first == 0 and sentence.opens and _opens_only(word)
        ):
            if not run:
                first = index
            run.append(word)
        elif run and _continues(run, word, tokens, index, person_words):
            run.append(word)
        else:
            yield from _ended(run, first, sentence)
            run = []
            if numbered := _HYPHENED.fullmatch(word):
                yield [numbered[1].lower(), numbered[2]], False
            if (
                word.lower() in _NUMBERED_HEADS
                and index + 1 < len(tokens)
                and _NUMBER.fullmatch(bare(tokens[index + 1].text))
            ):
                yield [word.lower() if index else word, bare(tokens[index + 1].text)], index == 0
    yield from _ended(run, first, sentence)


def _is_name_word(word: str, person_words: set[str]) -> bool:
    low = bare(word).lower()
    if not _CAPITAL.fullmatch(word) or "http" in low or "www." in low:
        return False
    if "'" in word and not word.endswith(("'s", "'")):
        return False
    return not (
        low in FUNCTION
        or low in DAYS
        or low in MONTHS
        or low in LANGUAGES
        or low in NEVER_NAMES
        or low in person_words
        or is_code(bare(word))
    )


def _opens_only(word: str) -> bool:
    """Whether a sentence's first word owes its capital to its place."""
    low = bare(word).lower()
    return low in VERBS or low in GENERIC_ADJECTIVES or low in GENERIC_HEADS or low.endswith("ly")


def _continues(
    run: list[str], word: str, tokens: Sequence[Token], index: int, person_words: set[str]
) -> bool:
    """Whether a word without a capital belongs to the name: its number, or "of" before another capital."""
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    if word in {"of", "&"}:
        return _is_name_word(following, person_words) and len(run) < MAX_NAME_TOKENS
    if _NUMBER.fullmatch(bare(word)) and run[-1].lower() not in _NOT_NUMBERED:
        followed_by_unit = following.lower() in {
            "percent", "%", "of", "million", "thousand", "days", "weeks", "months", "hours", "euro", "euros",
            "dollars", "people", "point", "or", "to", "times", "minutes", "years", "seconds",
        }  # fmt: skip
        return not followed_by_unit and not any(character.isdigit() for character in run[-1])
    return word.lower() in _NUMBERED_HEADS and bool(_NUMBER.fullmatch(bare(following)))


def _ended(run: list[str], first: int, sentence: Sentence) -> Iterator[tuple[list[str], bool]]:
    if run and len(run) <= MAX_NAME_TOKENS:
        yield run, first == 0 and sentence.opens


def _kept_key(key: Key, opening: Counter[Key], inside: Counter[Key], small: Counter[str]) -> Key | None:
    """The name without a first word that only the start of its sentence put there, or None."""
    head = key[-1]
    if not inside[key] and len(key) > 1 and (inside[key[1:]] or opening[key[1:]]):
        return None
    if not inside[key] and len(key) > 2 and key[0].endswith(("ing", "ed")) and small[key[0]]:
        return key[1:]
    if not inside[key] and len(key) == 2 and small[key[0]] and not any(c.isdigit() for c in key[1]):
        return None if small[key[0]] > 3 and small[key[1]] > 3 else key
    if (
        any(len(word) == 1 and word.isalpha() for word in key)
        or head.upper().removesuffix("S") in PROPOSAL_PREFIXES
    ):
        return None
    if len(key) == 2 and (key[0] in GENERIC_ADJECTIVES or key in _NO_NAMES):
        return None
    if len(key) > 1 and all(
        word in GENERIC_HEADS or word in GENERIC_ADJECTIVES or word in ACRONYMS for word in key
    ):
        return None
    if len(key) == 1 and _QUARTER.fullmatch(key[0].upper()):
        return None
    return key


def _names_a_person(key: Key) -> bool:
    """Whether a capitalised name is a given name with one more word that is no kind of thing."""
    if len(key) != 2 or key[0] not in GIVEN_NAMES or key[0] in AMBIGUOUS_NAMES or not key[1].isalpha():
        return False
    return is_content(key[1]) and not names_a_kind(key[1]) and key[1] not in GENERIC_HEADS and len(key[1]) > 2


def _may_stand_alone(word: str, small: Counter[str]) -> bool:
    """Whether a single capitalised word can be a name: never said small, no person and no acronym."""
    if small[word] or word in ACRONYMS or len(word) < 3 or word in GIVEN_NAMES:
        return False
    return word.rstrip("s") not in ACRONYMS and is_content(word) and word not in GENERIC_HEADS


# --- quoted names ---------------------------------------------------------------------------------------

_OPENING_QUOTES = {'"': '"', "“": "”", "«": "»"}


def _quoted(sentences: Sequence[Sentence]) -> Iterator[Thing]:
    """Names put in quotation marks after "called", "named" or a determiner, or written with capitals."""
    seen: dict[Key, Thing] = {}
    for sentence in sentences:
        if sentence.tokens[0].text in {"Replying", "Reacted", "Removed"}:
            continue
        tokens = sentence.tokens
        for index, token in enumerate(tokens):
            closing = _OPENING_QUOTES.get(token.text)
            if closing is None:
                continue
            end = next(
                (at for at in range(index + 2, min(index + 7, len(tokens))) if tokens[at].text == closing),
                None,
            )
            if end is None:
                continue
            words = [inner.text for inner in tokens[index + 1 : end]]
            named = index > 0 and tokens[index - 1].text.lower() in {"called", "named", "codenamed", "titled"}
            capitals = (
                all(word[0].isupper() or word.lower() in FUNCTION for word in words) and words[0][0].isupper()
            )
            if not all(word[0].isalnum() for word in words):
                continue
            if named or (capitals and len(words) > 1 and is_content(words[0].lower())):
                key = key_of(words)
                seen.setdefault(
                    key, Thing(" ".join(words), type_of(" ".join(words)), {key}, exact=len(key) == 1)
                )
    yield from (seen[key] for key in sorted(seen))


# --- phrases that recur ---------------------------------------------------------------------------------


def _recurring(sentences: Sequence[Sentence], person_words: set[str]) -> Iterator[Thing]:
    """Phrases of two or three content words that follow a determiner at least three times."""
    counts: Counter[Key] = Counter()
    for sentence in sentences:
        words = [token.text for token in sentence.tokens]
        for index, word in enumerate(words):
            if word.lower() not in DETERMINERS:
                continue
            phrase = _phrase_at(words, index + 1, person_words)
            for length in range(2, len(phrase) + 1):
                counts[singular(phrase[:length])] += 1
    frequent = {key: count for key, count in counts.items() if count >= RECURS}
    longest: Counter[Key] = Counter()
    for key, count in frequent.items():
        longest[key[:-1]] = max(longest[key[:-1]], count)
    for key in sorted(frequent):
        front, head = key[:-1], key[-1]
        if longest[key] >= 0.6 * frequent[key]:
            continue  # mostly said as part of the longer phrase
        if len(key) > 2 and frequent[key] < 0.6 * frequent.get(front, 0):
            continue
        if head in GENERIC_HEADS or head in GENERIC_ADJECTIVES:
            continue
        name = " ".join(key)
        yield Thing(name, type_of(name), {key, (*front, head + "s")})


def _phrase_at(words: Sequence[str], index: int, person_words: set[str]) -> Key:
    phrase: list[str] = []
    while index < len(words) and len(phrase) < 3:
        word = words[index]
        if not word.islower() or not is_content(word) or word in person_words or "'" in word:
            break
        if not phrase and word in GENERIC_ADJECTIVES:
            break
        phrase.append(word)
        index += 1
    return tuple(phrase)


def singular(key: Key) -> Key:
    """The phrase with its head word in the singular, as far as an ending tells."""
    *front, head = key
    if len(head) > 3 and head.endswith("s") and not head.endswith(("ss", "us", "is")):
        return (*front, head[:-1])
    return key
