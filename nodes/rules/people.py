"""Who is in the meeting and under which names they are spoken of."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nodes.rules.sentences import Sentence

Key = tuple[str, ...]

_NOT_FIRST_NAMES = frozenset(
    "speaker user unknown guest participant host project product marketing industrial interface the a an dr "
    "mr mrs ms prof professor team meeting room conference admin moderator note notetaker phone caller "
    "will".split()
)
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


@dataclass(slots=True)
class Person:
    """Somebody in the meeting, by the name the export gives; `keys` are the ways they are called."""

    name: str
    keys: set[Key] = field(default_factory=set[Key])


def people_of(
    sentences: Sequence[Sentence], speakers: Iterable[str], participants: Sequence[str]
) -> list[Person]:
    """One person for each distinct label, speakers first in order of appearance.

    A first name is a key only when exactly one of them bears it and nobody says it as an everyday word.
    """
    names = list(dict.fromkeys(name.strip() for name in (*speakers, *participants) if name.strip()))
    people = [Person(name) for name in names]
    spoken_small = {
        token.text
        for sentence in sentences
        for token in sentence.tokens
        if token.text.islower() and sentence.utterance.channel == "speech"
    }
    bearers: dict[str, list[Person]] = {}
    for person in people:
        words = _spoken_name(person.name)
        person.keys.add(tuple(word.lower() for word in words))
        if words:
            bearers.setdefault(words[0].lower(), []).append(person)
    for first, bearing in bearers.items():
        usual = len(first) > 1 and first not in _NOT_FIRST_NAMES and first not in spoken_small
        if len(bearing) == 1 and usual:
            bearing[0].keys.add((first,))
    for person in people:
        person.keys = {key for key in person.keys if key and _may_name(key, bearers, spoken_small)}
    return people


def outsiders_of(people: Sequence[Person], names: Iterable[str]) -> list[Person]:
    """People who are spoken of by full name and are not there, each also by a first name of their own."""
    outsiders = [Person(name, {tuple(name.lower().split())}) for name in names]
    bearers = Counter(person.name.split()[0].lower() for person in (*people, *outsiders))
    for outsider in outsiders:
        first = outsider.name.split()[0].lower()
        if bearers[first] == 1:
            outsider.keys.add((first,))
    return outsiders


def _may_name(key: Key, bearers: dict[str, list[Person]], spoken_small: set[str]) -> bool:
    first, *others = key
    if others:
        return True
    return len(bearers.get(first, ())) <= 1 and first not in spoken_small and first not in _NOT_FIRST_NAMES


def _spoken_name(label: str) -> list[str]:
    """The words of a label without the company or role that some tools append ("Ada Byron | Analytics")."""
    bare = re.split(r"\s*[|(\[/@]", label, maxsplit=1)[0]
    return _WORD.findall(bare or label)
