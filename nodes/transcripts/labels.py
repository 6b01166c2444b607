"""Telling "Name: words" from words with a colon in them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_LABEL = re.compile(r"([^:：\n\t]{1,80}?)\s*(?::(?:\s+|$)|：\s*)")
_NOT_IN_A_NAME = re.compile(r"[?!;\"“”=<>{}\\]|\.\s+\S|//|,\s.*,")
_INITIAL = re.compile(r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr))\.", re.IGNORECASE)
_MOST_WORDS = 6
_PARTICLES = frozenset(
    "de da del der den di do dos du la le van von al el bin ben y e of the und af av".split()
)
# What people write before a colon that is no name, however often it recurs.
_HEADINGS = frozenset(
    "action actions agenda answer assignee background conclusion conclusions context date deadline decision "
    "decisions discussion due edit effort example fyi goal goals http https idea info issue issues link "
    "links minutes nb next note notes option outcome outcomes owner plan point priority ps question "
    "questions rationale reason remark responsible result results risk risks status step steps summary task "
    "tasks time title todo topic topics update updates url warning".split()
)


def label_of(line: str) -> tuple[str, int] | None:
    """What stands before the first colon of a line, if it could be a speaker, and where the words begin."""
    match = _LABEL.match(line)
    if match is None:
        return None
    label = " ".join(match[1].split())
    if not any(character.isalpha() for character in label) or len(label.split()) > _MOST_WORDS:
        return None
    if _NOT_IN_A_NAME.search(_INITIAL.sub("", label)) or label.lower() in _HEADINGS:
        return None
    return label, match.end()


def looks_like_a_name(label: str) -> bool:
    """Whether a label alone, seen once, is taken for a speaker: its words are written as names are."""
    words = re.sub(r"\([^)]*\)|\|.*", "", label).split()
    return bool(words) and all(not word[0].islower() or word.lower() in _PARTICLES for word in words)


def speakers_among(lines: Iterable[str]) -> Mapping[str, int]:
    """The labels of these lines that are speakers, with how often each occurs.

    A label counts when it is written like a name, or recurs.
    """
    found = (label_of(line) for line in lines)
    counts = Counter(label[0] for label in found if label is not None)
    return {label: count for label, count in counts.items() if count > 1 or looks_like_a_name(label)}
