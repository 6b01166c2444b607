"""What a value means: the words of one observation as a canonical value, a number or a date.

Every function is pure; where the words leave doubt the answer is None, and the pair goes to a judge that
reads words (design.md section 3, rule 3).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from nodes.dates import read_date
from nodes.profiles.profile import FieldSpec, Profile
from nodes.wording import folded, listed, plain_words
from stores.records import Normalised

# More words than this are a story about the value, not the value.
_LONGEST_PHRASE = 8
# Words that turn a value into its opposite, its past, its future or a guess.
_DOUBT = frozenset(
    listed(
        "not no never none nothing without isnt arent wasnt werent hasnt havent hadnt dont doesnt "
        "didnt wont cant cannot couldnt shouldnt wouldnt aint hardly barely almost nearly mostly "
        "partly partially half close near until till before once if when whenever unless should could "
        "would might may will shall going want hope hoping need needs needed maybe perhaps probably "
        "possibly likely unlikely unclear whether or be by next tomorrow soon ready was were had "
        "previously formerly used percent lot things much more less left than rather instead longer "
        "starting remaining pending"
    )
)
_FRACTIONS = (
    (100, frozenset({"done", "complete", "completed", "finished", "fully done", "all done"})),
    (75, frozenset({"3 quarters", "3 quarter"})),
    (67, frozenset({"2 thirds", "2 third"})),
    (50, frozenset({"half", "halfway", "half way", "1 half", "a half"})),
    (33, frozenset({"a third", "1 third"})),
    (25, frozenset({"a quarter", "1 quarter"})),
    (0, frozenset({"not started"})),
)
_APPROXIMATELY = (
    r"(?:(?:about|around|roughly|approximately|approx|some|now|currently|at|is|we are|were|its|it is) )*"
)
_DONE = (
    r"(?: (?:of the way|of it|of the work|way|there|through|done|complete|completed|finished|progress|now))*"
)
_PERCENT = re.compile(rf"{_APPROXIMATELY}(\d+(?:\.\d+)?)(?: percent)?{_DONE}")
_FRACTION = re.compile(rf"{_APPROXIMATELY}(.+?){_DONE}")
_RATIO = re.compile(r"(\d+) (?:out of|of) (\d+)")
_CAME_FROM = re.compile(r"(?:(?:^| )(?:up|down))?(?:^| )from (\d+(?:\.\d+)?)(?: percent)?( to )?")


def normalise(profile: Profile, field: str, value: str | None, *, meeting_date: datetime) -> Normalised:
    """The typed meaning of a value as said, or None when the words leave doubt.

    Args:
        profile: the workspace's own.
        field: a field of the profile; an unknown one is free text.
        value: the words as said.
        meeting_date: when the meeting began; its own calendar day anchors "Friday" and "in two weeks".

    Returns:
        The canonical value of an enumeration, a number from 0 to 100 for a percent, an ISO 8601 day for a
        date. None for people (their entity is found by resolution), free text and items of a set.
    """
    if value is None or not value.strip():
        return None
    spec = profile.spec_of(field)
    if spec.kind == "enumeration":
        return _enumeration(spec, value)
    if spec.kind == "percent":
        return _percent(value)
    if spec.kind == "date":
        day = read_date(value, meeting_day=meeting_date.date())
        return None if day is None else day.isoformat()
    return None


def shown(profile: Profile, field: str, value: str | None, normalised: Normalised) -> str:
    """A value as a person reads it: "in_progress", "60%", "2026-05-14", else the words as said."""
    kind = profile.spec_of(field).kind
    if normalised is not None and kind == "percent" and not isinstance(normalised, str):
        return f"{normalised:g}%"
    if normalised is not None and kind in ("enumeration", "date"):
        return str(normalised)
    return " ".join((value or "").split())


def _enumeration(spec: FieldSpec, value: str) -> str | None:
    words = plain_words(value)
    if not words or "?" in value:
        return None
    phrases = _phrases(spec)
    exact = phrases.get(tuple(words))
    if exact is not None or len(words) > _LONGEST_PHRASE:
        return exact
    found, covered = _phrases_in(words, phrases)
    if len(found) != 1 or any(word in _DOUBT for at, word in enumerate(words) if at not in covered):
        return None
    return found.pop()


def values_said(spec: FieldSpec, text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The values of an enumeration that a text names, in its order, each with the words that name it."""
    return [(value, phrase) for _, value, phrase in values_placed(spec, plain_words(text))]


def values_placed(spec: FieldSpec, words: Sequence[str]) -> list[tuple[int, str, tuple[str, ...]]]:
    """The values of an enumeration that some words name: the first word's place, value, words."""
    phrases, taken = _phrases(spec), set[int]()
    found: list[tuple[int, str, tuple[str, ...]]] = []
    for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)):
        for at in range(len(words) - len(phrase) + 1):
            span = range(at, at + len(phrase))
            if tuple(words[at : at + len(phrase)]) == phrase and taken.isdisjoint(span):
                taken.update(span)
                found.append((at, phrases[phrase], phrase))
    return sorted(found)


@cache
def _phrases(spec: FieldSpec) -> dict[tuple[str, ...], str]:
    """Every name of every value as words; a profile has none that means two."""
    names = {tuple(plain_words(synonym)): value for value, synonyms in spec.values for synonym in synonyms}
    return names | {tuple(plain_words(value)): value for value, _ in spec.values}


def _phrases_in(words: list[str], phrases: dict[tuple[str, ...], str]) -> tuple[set[str], set[int]]:
    """The values named within the words, longest names first, and the positions that their names take."""
    found: set[str] = set()
    covered: set[int] = set()
    for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)):
        for at in range(len(words) - len(phrase) + 1):
            span = range(at, at + len(phrase))
            if tuple(words[at : at + len(phrase)]) == phrase and covered.isdisjoint(span):
                found.add(phrases[phrase])
                covered.update(span)
    return found, covered


def _percent(value: str) -> int | float | None:
    said = folded(value)
    if re.search(r"\d\s*[-–—]\s*\d", said):  # "30-40%" is a range
        return None
    slashed = re.fullmatch(r"(\d+) ?/ ?(\d+)", said)
    if slashed:
        return _ratio(int(slashed[1]), int(slashed[2]))
    words = _CAME_FROM.sub("", " ".join(plain_words(value))).strip()
    ratio = _RATIO.fullmatch(words)
    if ratio:
        return _ratio(int(ratio[1]), int(ratio[2]))
    number = _PERCENT.fullmatch(words)
    if number:
        amount = float(number[1])
        return None if amount > 100 else _plain(amount)
    for percent, names in _FRACTIONS:
        if words in names:
            return percent
    fraction = _FRACTION.fullmatch(words)
    if fraction:
        return next(
            (percent for percent, names in _FRACTIONS if 0 < percent < 100 and fraction[1] in names), None
        )
    return None


def _ratio(part: int, whole: int) -> int | float | None:
    return _plain(round(100 * part / whole, 1)) if 0 < whole >= part else None


def _plain(amount: float) -> int | float:
    """60 rather than 60.0: a number reads the same whichever way it was said."""
    return int(amount) if amount == int(amount) else amount
