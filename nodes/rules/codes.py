"""Ticket and proposal codes (PAY-142, EIP-7805), in whatever way they are written or said."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from nodes.rules.people import Key
from nodes.rules.sentences import Sentence, Token
from nodes.rules.thing_types import PROPOSAL_PREFIXES

_PROPOSALS = "|".join(sorted(prefix.lower() for prefix in PROPOSAL_PREFIXES))
_CODE = re.compile(rf"([A-Z][A-Z0-9]{{1,9}})-(\d{{1,6}})|((?i:{_PROPOSALS}))s?-?(\d{{3,4}})")
_PREFIX = re.compile(rf"([A-Z]{{2,6}})|((?i:{_PROPOSALS}))s?")
_NUMBER = re.compile(r"\d{2,6}")
_FEW_DIGITS = re.compile(r"\d{1,3}")
_NOT_PREFIXES = frozenset("UTF SHA ISO COVID MP AES USD EUR GBP TOP FIPS RS USB WW CVE".split())
_YEAR_OR_ROUND = re.compile(r"(?:19|20)\d\d|\d00+")
# So many codes with one prefix make a number that looks like theirs one of them.
_UNMISTAKABLE = 3
# Beyond so many codes nobody spells digits, and every code would cost a hundred keys.
_MANY = 500
_AFTER_AMOUNTS = frozenset(
    "percent % million thousand euro euros dollars gas bytes blocks ms seconds users k".split()
)


def is_code(word: str) -> bool:
    """Whether a word is a code as people write them."""
    match = _CODE.fullmatch(word)
    return match is not None and match[1] not in _NOT_PREFIXES


def codes_of(sentences: Sequence[Sentence], imported: Iterable[str] = ()) -> dict[str, set[Key]]:
    """Every code of the meeting with the ways of saying it, and those that people imported.

    A prefix and a number apart ("PAY 142") are a code when the prefix is known from proposals or is written
    with a hyphen somewhere in the meeting. A bare number is one when it is known with exactly one prefix, or
    looks like the many codes of the meeting's one proposal prefix, or stands in a list with some of them.
    Digits in pieces, as speech recognition writes numbers ("7, 9, 17"), stand only for numbers that are
    known; four single ones ("7, 9, 1, 7") are a number of their own.
    """
    hyphened: set[tuple[str, str]] = set()
    apart: set[tuple[str, str]] = set()
    bare_numbers: Counter[str] = Counter()
    runs: list[list[str]] = []
    for sentence in sentences:
        tokens = sentence.tokens
        for index, token in enumerate(tokens):
            word = token.text.removesuffix("'s")
            if match := _CODE.fullmatch(word):
                hyphened.add(((match[1] or match[3]).upper(), match[2] or match[4]))
            elif match := _PREFIX.fullmatch(word):
                prefix = (match[1] or match[2]).upper()
                if number := _said_number(tokens, index + 1, prefix):
                    apart.add((prefix, number))
            elif re.fullmatch(r"\d{4}", word) and not _is_amount(tokens, index):
                bare_numbers[word] += 1
            elif spelled := _spelled_number(tokens, index):
                bare_numbers[spelled] += 1
        runs += _runs_of_numbers(tokens)
    written_with_hyphen = {prefix for prefix, _ in hyphened}
    known = {pair for pair in hyphened if pair[0] not in _NOT_PREFIXES}
    known |= {
        (prefix, number)
        for prefix, number in apart
        if prefix not in _NOT_PREFIXES and (prefix in PROPOSAL_PREFIXES or prefix in written_with_hyphen)
    }
    known |= _unmistakable(known, bare_numbers, runs)
    known |= {(found[1], found[2]) for name in imported if (found := _CODE.fullmatch(name)) and found[1]}
    prefixes_of: dict[str, set[str]] = {}
    for prefix, number in known:
        prefixes_of.setdefault(number, set()).add(prefix)
    return {
        f"{prefix}-{number}": set(
            _ways(prefix, number, alone=len(prefixes_of[number]) == 1, spelled=len(known) <= _MANY)
        )
        for prefix, number in sorted(known)
    }


def _said_number(tokens: Sequence[Token], index: int, prefix: str) -> str | None:
    """The number after a prefix, also when it is said digit by digit."""
    if index >= len(tokens):
        return None
    first = tokens[index].text.removesuffix("'s")
    if _NUMBER.fullmatch(first) and (prefix not in PROPOSAL_PREFIXES or len(first) in (3, 4)):
        return first
    if prefix not in PROPOSAL_PREFIXES:
        return None
    digits = ""
    while index < len(tokens) and len(digits) < 4:
        word = tokens[index].text.removesuffix("'s")
        if _FEW_DIGITS.fullmatch(word) or re.fullmatch(r"\d,\d{3}", word):
            digits += word.replace(",", "")
        elif word != ",":
            break
        index += 1
    return digits if len(digits) == 4 else None


def _is_amount(tokens: Sequence[Token], index: int) -> bool:
    following = tokens[index + 1].text.lower() if index + 1 < len(tokens) else ""
    return following in _AFTER_AMOUNTS or bool(_YEAR_OR_ROUND.fullmatch(tokens[index].text))


def _spelled_number(tokens: Sequence[Token], index: int) -> str | None:
    """The number that begins here as four single digits with commas or spaces between, and no more."""
    digits, places = "", [*range(index, min(index + 9, len(tokens)))]
    if index and (tokens[index - 1].text == "," or tokens[index - 1].text[-1].isdigit()):
        return None
    for place in places:
        word = tokens[place].text
        if len(word) == 1 and word.isdecimal():
            digits += word
        elif word != ",":
            break
    return digits if len(digits) == 4 else None


def _runs_of_numbers(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Lists of numbers and codes, only signs between: "7778, 7708, EIP-7843"."""
    run: list[str] = []
    for token in tokens:
        code = _CODE.fullmatch(token.text)
        if code or re.fullmatch(r"\d{4}", token.text):
            run.append((code[2] or code[4]) if code else token.text)
        elif token.text.isalnum() and run:
            yield run
            run = []
    if run:
        yield run


def _unmistakable(
    known: set[tuple[str, str]], bare_numbers: Counter[str], runs: Sequence[Sequence[str]]
) -> set[tuple[str, str]]:
    """Bare numbers that begin like at least three codes of the meeting's most used proposal prefix, or stand
    in one list with as many of them."""
    proposals = [(prefix, number) for prefix, number in known if prefix in PROPOSAL_PREFIXES]
    counts = Counter(prefix for prefix, number in proposals if len(number) == 4)
    if not counts:
        return set()
    prefix = min(counts, key=lambda name: (-counts[name], name))
    own = {number for name, number in proposals if name == prefix and len(number) == 4}
    beginnings = Counter(number[:2] for number in own)
    taken = {number for _, number in known}
    alike = {number for number in bare_numbers if beginnings[number[:2]] >= _UNMISTAKABLE}
    own |= alike
    beside = {number for run in runs if len(own.intersection(run)) >= _UNMISTAKABLE for number in run}
    return {(prefix, number) for number in (alike | beside) - taken}


def _ways(prefix: str, number: str, *, alone: bool, spelled: bool) -> Iterator[Key]:
    """The token sequences that name a code, also digit by digit when `spelled`.

    Without its prefix it is named only when the number is its own `alone`.
    """
    low = prefix.lower()
    yield (f"{low}-{number}",)
    yield (f"{low}{number}",)
    sayings: list[Key] = [(number,)]
    if spelled and len(number) == 4 and prefix in PROPOSAL_PREFIXES:
        sayings += _digit_by_digit(number)
    for saying in sayings:
        yield (low, *saying)
        yield (f"{low}s", *saying)
        if alone and len(number) >= 3 and not _YEAR_OR_ROUND.fullmatch(number):
            yield saying


def _digit_by_digit(number: str) -> Iterator[Key]:
    """A four-digit number in the pieces that speech recognition makes of it ("7, 9 17", "7,917")."""
    yield (f"{number[0]},{number[1:]}",)
    for sizes in ((1, 1, 1, 1), (2, 2), (1, 1, 2), (1, 2, 1), (2, 1, 1), (1, 3), (3, 1)):
        pieces: list[str] = []
        start = 0
        for size in sizes:
            pieces.append(number[start : start + size])
            start += size
        for commas in product((False, True), repeat=len(pieces) - 1):
            key: list[str] = [pieces[0]]
            for comma, piece in zip(commas, pieces[1:], strict=True):
                key += [",", piece] if comma else [piece]
            yield tuple(key)
