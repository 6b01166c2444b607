"""What a sentence in a model's own words holds: names, days, numbers, clauses, and what is denied in them.

Nothing here knows a style: names come from the alias index, values from the profile, days from the reader of
dates. What is left are the small words that every wording has: from and to, not, said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from nodes.dates import read_date
from nodes.query_state import PlanEntity
from nodes.rules.phrases import DATE
from nodes.wording import listed, plain_words

Place = tuple[int, int]

_DATE = re.compile(rf"\b{DATE}", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MAY = re.compile(r"may", re.IGNORECASE)
_PERCENT = re.compile(r"\b(\d{1,3}(?:\.\d+)?) ?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;:—–]\s|,\s+(?:and|but|so|while|whereas|which|who|where|yet|though|although)\s|\s(?:but|while|whereas)\s"
    r"|,\s(?=(?:it|he|she|they)\b)|(?<=[a-z\d])[.!?]\s",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|unable|hardly|isnt|arent|wasnt|werent"
    r"|hasnt|havent|hadnt|dont|doesnt|didnt|wont|cant|couldnt|shouldnt|wouldnt|aint|refus\w+|fail(?:s|ed)? to"
    r"|rather than|instead of|against)\b"
)
_CANNOT = re.compile(r"\b(?:cannot|cant|unable|could not|couldnt)\b")
_SPEECH = (
    r"(?:said|says|say|saying|told|tells|tell|report(?:s|ed)|mention(?:s|ed)|announce[sd]?|confirm(?:s|ed)"
    r"|note[sd]?|explain(?:s|ed)|state[sd]|add(?:s|ed)|warn(?:s|ed)|suggest(?:s|ed)|propose[sd]?|ask(?:s|ed)"
    r"|promise[sd]?|claim(?:s|ed)|point(?:s|ed) out|describe[sd]?|name[sd]|estimate[sd]?|admit(?:s|ted)"
    r"|believe[sd]?|thinks|thought|expect(?:s|ed)|argue[sd]?|insist(?:s|ed)|observe[sd]?|recall(?:s|ed)|put)"
)
# Who follows "told" is who was told.
_SAID = r"(?:said|says|report(?:s|ed)|confirm(?:s|ed)|announce[sd]|note[sd]|explain(?:s|ed)|add(?:s|ed))"
_AFTER_SPEAKER = re.compile(
    rf"^(?:\s+(?:has|had|also|then|later|already|just|himself|herself))*\s+{_SPEECH}\b"
)
_OF_SPEAKER = re.compile(
    r"^(?:['’]s?)\s+(?:\w+\s+)?(?:estimate|words|update|report|account|view|opinion|statement|remark)",
    re.IGNORECASE,
)
_BEFORE_SPEAKER = re.compile(
    rf"(?:\baccording to|\bper|\b(?:heard|learn(?:ed|t)|update|word|news) from|\b{_SPEECH} by|\b{_SAID})\s+$",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:i|im|ill|id|ive|we|were|well|weve|my|mine|me|our|us|lets)\b")
_OLD = re.compile(
    r"\b(?:from|instead of|rather than|previously|formerly|originally|earlier|after being|used to be|had been"
    r"|period of being|replac\w+|succeed\w+|relieved?|left|former|than)(?: (?:the|a|an|on|by|at|in|of))?\s*$"
)
_NEW = re.compile(
    r"\b(?:to|into|now|became|become|becomes|turned|currently|reached|until|inherit\w+)"
    r"(?: (?:the|a|an|on|by|at|be))?\s*$"
)
_PAST = re.compile(
    r"\b(?:was|were|had|used to|formerly|previously|originally|earlier|once|became|went|moved)\b"
)
WEEKDAYS = frozenset(listed("monday tuesday wednesday thursday friday saturday sunday"))


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a sentence: whose it is, and where it stands."""

    entity: PlanEntity
    start: int
    end: int

    @property
    def is_person(self) -> bool:
        """Whether a person bears it."""
        return self.entity["type"] == "person"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a sentence names; without a year any year is meant, without a day the whole month."""

    said: str
    start: int
    end: int
    at: date
    has_year: bool

    def is_one_of(self, days: Iterable[date]) -> bool:
        """Whether it is one of these days."""
        return any(
            day == self.at or (not self.has_year and (day.month, day.day) == (self.at.month, self.at.day))
            for day in days
        )


def names_in(text: str, named: Sequence[PlanEntity]) -> list[Named]:
    """Where a text has the names of these, in its order; the longest at each place."""
    found: list[Named] = []
    taken: set[int] = set()
    ways = [
        (way, entity)
        for entity in named
        for way in {
            entity["given"],
            entity["name"],
            *([entity["name"].split()[0]] if entity["type"] == "person" else []),
        }
        if way
    ]
    for way, entity in sorted(ways, key=lambda pair: -len(pair[0])):
        bare = re.sub(r"['’]s?$", "", way)
        for match in re.finditer(rf"(?<!\w){re.escape(bare)}(?!\w)", text, re.IGNORECASE):
            if taken.isdisjoint(range(*match.span())):
                taken.update(range(*match.span()))
                found.append(Named(entity, *match.span()))
    return sorted(found, key=lambda name: name.start)


def days_in(text: str, seen_from: date) -> list[Day]:
    """The days that a text names, as seen from a day."""
    found: list[Day] = []
    for match in _DATE.finditer(text):
        said = match[0]
        if _MAY.fullmatch(said):
            continue
        at = read_date(said, meeting_day=seen_from)
        if at is not None:
            found.append(Day(said, *match.span(), at, bool(_YEAR.search(said))))
    return found


def percents_in(text: str) -> list[tuple[int, float]]:
    """The percentages that a text names: place and number."""
    return [(match.start(), float(match[1])) for match in _PERCENT.finditer(_digits(text))]


def clauses_in(text: str) -> list[str]:
    """The clauses of a sentence, each with all its words."""
    return [part for part in _CLAUSE.split(text) if part and part.strip()]


def denies(text: str) -> bool:
    """Whether something is denied in a text."""
    return bool(_DENIES.search(_plain(text)))


def denies_more(text: str) -> bool:
    """The same, but for what being stuck is said by: "cannot go on"."""
    return denies(_CANNOT.sub(" ", _plain(text)))


def is_past(text: str) -> bool:
    """Whether a clause speaks of what was."""
    return bool(_PAST.search(_plain(text)))


def role_of(before: str) -> str:
    """Whether what follows these words is an "old" value, a "new" one, or neither."""
    words = _plain(before)
    if _OLD.search(words):
        return "old"
    return "new" if _NEW.search(words) else ""


def speaks(text: str, name: Named) -> bool:
    """Whether a sentence has somebody say something."""
    return bool(
        _AFTER_SPEAKER.search(text[name.end :])
        or _OF_SPEAKER.search(text[name.end :])
        or _BEFORE_SPEAKER.search(text[: name.start])
    )


def is_first_person(text: str) -> bool:
    """Whether somebody speaks of themselves."""
    return bool(_FIRST_PERSON.search(_plain(text)))


def masked(text: str, places: Iterable[Place]) -> str:
    """The text with these stretches blanked, so that names and days are not read as words."""
    letters = list(text)
    for start, end in places:
        letters[start:end] = "_" * (end - start)
    return "".join(letters)


def _plain(text: str) -> str:
    return " ".join(plain_words(text))


def _digits(text: str) -> str:
    return re.sub(r"\bper cent\b", "percent", text)
