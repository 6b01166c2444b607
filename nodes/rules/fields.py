# ruff: noqa: E501 - a pattern is read best on one line
"""What is said outright of the fields of a workspace's own profile: "let's move EIP-7907 to CFI".

Only that something moves is read: that a thing is brought to a value ("we'll SFI PIP-12", "PIP-12 was moved to
declined", a chat message of nothing but "CFI: PIP-12, PIP-13"). How things already stand is told too often in
passing to date anything by it. Asked, wished or doubted moves are proposals.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from nodes.profiles.profile import FieldSpec, Profile, same_key
from nodes.rules.clauses import Cast, Marked, spelled
from nodes.rules.phrases import THING, THING_OPEN
from nodes.rules.sentences import Token, quote_of
from nodes.schemas import ExtractedObservation, Stance
from nodes.transcript import Utterance
from nodes.wording import plain_words

_OPEN, _CLOSE = "\ue004", "\ue005"
_VALUE = rf"{_OPEN}\d+{_CLOSE}"
_LONG_QUOTE = 40  # words
_FEWEST_LISTED = 2
_SOON_AFTER = 40  # characters after a move in which a condition takes it back

_THINGS = rf"(?P<x>{THING}(?: (?:, )?(?:(?:and|&|plus) )?{THING}){{0,40}})"
_X = rf"(?:(?:the|this|that|our|both|proposal|ticket) ){{0,3}}{_THINGS}"
_V = rf"(?P<v>{_VALUE})"
_UP = r"(?: (?:back|up|down|over|out))?"
_FROM = rf"{_UP}(?: from (?:the )?{_VALUE})?"
_TO = r"(?:in ?to|to|as|in) (?:the |being )?"
_ALSO = r"(?:(?:just|also|now|then|all|go ahead and|officially|formally|decided to|agreed to|going to|gonna) ){0,4}"
_WILL = r"(?:let's|let us|we'll|we will|i'll|i will|we're|we are|i'm|we've|we have|we|i)"
_MOVE = r"(?:move|moving|moved|put|putting|promote|promoted|demote|demoted|bump|bumped|switch|switched|set|mark|marked)"
_MOVED = r"(?:moved|promoted|demoted|put|set|marked|bumped|switched)"
_BE = r"(?:is|are|was|were|has been|have been|gets?|got)"


def _frames(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


# By the stance of what they say where nothing before says otherwise; the firmer come first.
_FRAMES: Mapping[Stance, tuple[re.Pattern[str], ...]] = {
    "decided": _frames(
        rf"\b{_WILL} {_ALSO}{_MOVE}(?:[^{_OPEN}]{{1,80}}? which is(?: \w+)?)?(?: \.)? {_X}{_FROM} {_TO}{_V}",
        rf"\b{_WILL} {_ALSO}{_V} {_X}",
        rf"\bthat(?:'s| is) (?:a )?{_V}(?: for)? {_X}",
    ),
    "stated": _frames(
        rf"{_THINGS} (?:{_BE} (?:(?:now|just|officially|also) ){{0,3}}{_MOVED}|moves|moved|goes|went){_FROM} {_TO}{_V}",
        rf"{_THINGS} (?:becomes|became|(?:is|are) (?:now|officially)|(?:has|have) (?:now |just )?been) (?:officially )?{_V}",
    ),
    "proposed": _frames(rf"\b{_MOVE} {_X}{_FROM} {_TO}{_V}", rf"(?:^|\. ){_V} {_X}"),
}
_DOUBT = re.compile(
    r"\b(?:should|could|would|might|may|can|maybe|perhaps|probably|propos\w+|suggest\w*|i think|i guess|i'd|we'd|want\w*|like to|please|hop\w+"
    r"|consider\w*|happy to|okay with|ok with|fine with|open to|in favou?r|support\w*|prefer\w*|vote\w*|opinion|ready to|plan\w* to|discuss\w*)\b",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"\b(?:if|unless|until|once|when|whether|before|after|not|never|don't|won't|didn't|isn't|cannot|can't|without|instead of|rather than|last|previous\w*"
    r"|already|earlier|ago|back then|suppose|assuming|imagine|what happens)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|until|once|when|assuming|provided|maybe|perhaps|i think|i guess)\b", re.IGNORECASE
)
_SETTLED = re.compile(r"\b(?:let's|let us|we'll|we will|i'll|i will|we decided|we agreed)\b", re.IGNORECASE)
_STANDING = re.compile(
    r"\b(?:other|already|current\w*|right now|so far|still|as of|remaining|existing|list\w*|today we have)\b",
    re.IGNORECASE,
)
_OF_SOMEBODY = re.compile(
    r"\b(?:i|i'm|we|my|our|think|should|would|prefer\w*|preferences?|favou?r|supports?|opposed?|please|votes?)\b|\?",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf" ?(?:, )?(?:(?:today|now) )?(?:for|in|into) (?:the )?(?P<key>{THING}|[A-Z][\w-]*)(?: (?P<kind>[\w-]+(?: [\w-]+)?))?"
)
_SEPARATORS = frozenset(", ; * • · : - – — / & + . and |".split())


@dataclass(frozen=True, slots=True)
class OwnFields:
    """The fields to read: by the words of a value its field, and whether these words mean nothing else."""

    profile: Profile
    values: Mapping[tuple[str, ...], tuple[str, bool]]
    keys: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, profile: Profile, keys: Mapping[str, Sequence[str]]) -> "OwnFields":
        """The enumerations that the profile adds or narrows.

        Args:
            keys: those that each keyed field is known to have values for.
        """
        values: dict[tuple[str, ...], tuple[str, bool]] = {}
        for field in profile.own_fields:
            spec = profile.spec_of(field)
            for said in _names_of(spec) if spec.kind == "enumeration" else ():
                words = tuple(plain_words(said))
                values.setdefault(words, (field, len(words) > 1 or _is_coined(said)))
        return cls(profile, values, keys)

    def names_a_value(self, name: str) -> bool:
        """Whether a name that a meeting seems to use holds a coined value, such as "CFI"."""
        return any(self.values.get((word,), ("", False))[1] for word in plain_words(name))


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of one utterance with things and values as marks; `starts` is where each begins in the text."""

    utterance: Utterance
    text: str
    texts: tuple[str, ...]
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]
    asks: tuple[bool, ...]
    begins: tuple[int, ...]
    values: tuple[tuple[str, str, bool], ...]


def own_observations(read: Sequence[Marked], cast: Cast, own: OwnFields) -> Iterator[ExtractedObservation]:
    """What a meeting's sentences say outright of the profile's own fields, in their order."""
    if not own.values:
        return
    lately: dict[str, str] = {}
    for _, sentences in groupby(read, key=lambda sentence: sentence.sentence.utterance.ordinal):
        said = _said(list(sentences), own)
        for field, keys in own.keys.items():
            named = _named_keys(said.utterance.text, keys)
            lately |= {field: named[-1]} if named else {}
        if said.values:
            yield from _observed(said, cast, own, lately)


@dataclass(frozen=True, slots=True)
class _Move:
    """That things are brought to a value: `value` is its number, first to last where the text says so."""

    things: tuple[str, ...]
    value: int
    first: int
    last: int
    stance: Stance


def _observed(
    said: _Said, cast: Cast, own: OwnFields, lately: Mapping[str, str]
) -> Iterator[ExtractedObservation]:
    taken: set[tuple[str, str, str]] = set()
    for move in (*_listed(said), *_framed(said)):
        field, value, is_sure = said.values[move.value]
        begin, end = _sentence(said, move.first, move.last)
        key, is_named = _key_of(said.text, (begin, move.last, end), field, cast, own, lately)
        is_plain = (
            is_sure or is_named or f" to {_OPEN}{move.value}{_CLOSE}" in said.text[move.first : move.last]
        )
        if key is None or not is_plain:
            continue
        for name in dict.fromkeys(spelled(thing, cast) for thing in move.things):
            if (name, field, key) in taken or same_key(name) == same_key(key):
                continue
            taken.add((name, field, key))
            yield ExtractedObservation(
                entity=name,
                field=field,
                key=key or None,
                op="set",
                value=value,
                stance=move.stance,
                quote=_quote(said, (begin, end), (move.first, move.last)),
                utterance=said.utterance.ordinal,
                speaker=said.utterance.speaker,
            )


def _framed(said: _Said) -> Iterator[_Move]:
    """What single sentences say."""
    frames: list[tuple[Stance, re.Pattern[str]]] = [
        (stance, pattern) for stance, patterns in _FRAMES.items() for pattern in patterns
    ]
    for usual, pattern in frames:
        for found in pattern.finditer(said.text):
            begin, end = _sentence(said, *found.span())
            before, after = said.text[begin : found.start()], said.text[found.end() : end]
            if _NOT_SO.search(before):
                continue
            stance: Stance = usual
            if usual == "proposed" and _SETTLED.search(before):
                stance = "decided"
            if _DOUBT.search(before) or _CONDITION.search(after[:_SOON_AFTER]) or _asks(said, found.end()):
                stance = "proposed"
            things = tuple(re.findall(THING, found["x"]))
            yield _Move(things, int(found["v"][1:-1]), found.start(), found.end(), stance)


def _listed(said: _Said) -> Iterator[_Move]:
    """The lists of a message that holds nothing but lists, each headed by a value: "CFI: A, B; DFI: C"."""
    if _STANDING.search(said.text) or _OF_SOMEBODY.search(said.text):
        return
    lists: list[tuple[int, int, list[str], int]] = []
    is_open, is_begun = False, False
    for place, text in enumerate(said.texts):
        if text[0] == _OPEN:
            previous = said.texts[place - 1] if place else ","
            is_open = (is_begun or not place or not lists) and _may_head(said, int(text[1:-1]), previous)
            if is_open:
                lists.append((int(text[1:-1]), place, [], place))
            is_begun = is_begun or is_open
        elif text[0] == THING_OPEN and is_open:
            number, first, members, _ = lists[-1]
            lists[-1] = (number, first, [*members, text], place)
        elif text.lower() not in _SEPARATORS:
            if not is_begun:
                return
            is_open = False
    if sum(len(members) for _, _, members, _ in lists) <= _FEWEST_LISTED:
        return
    for number, first, members, last in lists:
        end = said.starts[last] + len(said.texts[last])
        yield _Move(tuple(members), number, said.starts[first], end, "stated")


def _may_head(said: _Said, number: int, previous: str) -> bool:
    """Whether a value may head a list: no participle ("the CFI'd ones"), and only signs or a list before it."""
    _, words, is_sure = said.values[number]
    return is_sure and not words.endswith("d") and (previous in _SEPARATORS or previous[0] == THING_OPEN)


def _key_of(
    text: str,
    places: tuple[int, int, int],
    field: str,
    cast: Cast,
    own: OwnFields,
    lately: Mapping[str, str],
) -> tuple[str | None, bool]:
    """What a value holds for, and whether the sentence names it; None where that is not clear.

    It is the known key that the sentence names; else the only one there is, or the one named last. A name
    that follows the value ("to CFI for Marina") is another key when it is called one ("the Marina upgrade"),
    or when none is known.
    """
    spec, known = own.profile.spec_of(field), own.keys.get(field, ())
    if not spec.keyed_by:
        return "", False
    begin, last, end = places
    named = _named_keys(spelled(text[begin:end], cast), known)
    if named:
        return named[-1], True
    other = _FOR.match(text[last:end])
    if other is not None:
        is_called_so = any((other["kind"] or "").lower().startswith(kind) for kind in spec.keyed_by)
        if known and not is_called_so:
            return None, False
        return own.profile.key_of(field, spelled(other["key"], cast)), True
    if len(known) == 1:
        return known[0], False
    return lately.get(field), False


def _named_keys(text: str, known: Sequence[str]) -> list[str]:
    """The known keys that a text names, in its order."""
    said = f" {same_key(text)} "
    return sorted(
        (key for key in known if f" {same_key(key)} " in said), key=lambda key: said.rfind(same_key(key))
    )


def _said(sentences: Sequence[Marked], own: OwnFields) -> _Said:
    longest = max(map(len, own.values))
    texts: list[str] = []
    tokens: list[Token] = []
    begins: list[int] = []
    values: list[tuple[str, str, bool]] = []
    for sentence in sentences:
        begins.append(len(texts))
        at = 0
        while at < len(sentence.texts):
            length = _length_of_value(sentence, at, own, longest)
            if not length:
                texts.append(sentence.texts[at])
                tokens.append(sentence.tokens[at])
                at += 1
                continue
            first, last = sentence.tokens[at], sentence.tokens[at + length - 1]
            words = " ".join(sentence.texts[at : at + length])
            mark = f"{_OPEN}{len(values)}{_CLOSE}"
            values.append(
                (own.values[tuple(plain_words(words))][0], words, own.values[tuple(plain_words(words))][1])
            )
            texts.append(mark)
            tokens.append(Token(mark, first.start, last.end))
            at += length
    starts: list[int] = []
    place = 0
    for text in texts:
        starts.append(place)
        place += len(text) + 1
    return _Said(
        utterance=sentences[0].sentence.utterance,
        text=" ".join(texts),
        texts=tuple(texts),
        tokens=tuple(tokens),
        starts=tuple(starts),
        asks=tuple(sentence.sentence.is_question for sentence in sentences),
        begins=tuple(starts[begin] for begin in begins),
        values=tuple(values),
    )


def _length_of_value(sentence: Marked, at: int, own: OwnFields, longest: int) -> int:
    """How many words from here on name a value; 0 for none."""
    for length in range(min(longest, len(sentence.texts) - at), 0, -1):
        words = sentence.texts[at : at + length]
        if all(word[0].isalnum() for word in words) and sum(map(_plain, words), ()) in own.values:
            return length
    return 0


@lru_cache(maxsize=20_000)
def _plain(word: str) -> tuple[str, ...]:
    return tuple(plain_words(word))


def _sentence(said: _Said, first: int, last: int) -> tuple[int, int]:
    """Where the sentence that holds the first place begins, and that of the last one ends."""
    begin = max(start for start in said.begins if start <= first)
    return begin, min((start for start in said.begins if start >= last), default=len(said.text))


def _asks(said: _Said, place: int) -> bool:
    return said.asks[max(number for number, start in enumerate(said.begins) if start < place)]


def _quote(said: _Said, sentence: tuple[int, int], move: tuple[int, int]) -> str:
    """The sentence as it was spoken; of a long one the move alone."""
    for first, last in (sentence, move):
        held = [token for token, start in zip(said.tokens, said.starts, strict=True) if first <= start < last]
        if len(held) <= _LONG_QUOTE:
            break
    return quote_of(said.utterance, held)


def _names_of(spec: FieldSpec) -> Iterator[str]:
    for value, synonyms in spec.values:
        yield from (value, *synonyms)


def _is_coined(name: str) -> bool:
    """Whether a name of a value is no everyday word: "CFI", "CFI'd"."""
    return re.search(r"[A-Z]{2}", name) is not None
