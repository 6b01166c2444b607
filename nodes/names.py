"""When two names are one name: the pure part of resolution, which prefers two entities to one wrong merge."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from nodes.wording import folded, listed, with_digits

LONGEST_NAME = 200
"""Characters; what is longer names nothing, and no index takes it."""

_PEOPLE = frozenset({"person"})
_GROUPS = frozenset({"team", "organization"})
_ARTICLE = re.compile(r"^(?:the|an|a) (?=\S)")
_TITLES = frozenset(listed("mr mrs ms miss mx dr prof professor sir"))
# What a name may carry of its kind without naming another thing: "the API migration project".
KIND_WORDS = frozenset(
    listed(
        "project feature task team system service tool risk goal metric milestone deliverable initiative "
        "inc ltd llc corp gmbh ag company"
    )
)
# What anything may be called in passing: as another name it says nothing.
_ANYTHING = frozenset(
    listed(
        "this that these those it its one ones thing things our their new old other same proposal proposals "
        "call meeting spec issue ticket topic item plan work stuff change changes update list"
    )
)
_SUFFIXES = frozenset(listed("jr sr phd md esq"))
_ROMAN = frozenset(listed("i ii iii iv v vi vii viii ix x xi xii"))
_POSSESSIVE = re.compile(r"['’ʼ`]s?(?=\s|$)")
_APOSTROPHE = re.compile(r"['’ʼ`]")
# Signs that stay: a dot in a number or between words ("2.3", "node.js"), + and # after a letter ("c++",
# "c#"), and the dot of a leading initial that would else be an article ("a. lee").
_SIGN = re.compile(
    r"(?P<kept>(?<=\d)\.(?=\d)|(?<=\w\w)\.(?=\w\w)|(?<=[a-z+])\+|(?<=[a-z])#(?!\w)|(?<=^a)\.(?=\s))"
    r"|[^\w\s]|_"
)
_SHORT_PREFIX = 4  # letters of a code before a number that is read in parts: "EIP 78 05"
_ALIKE = 0.5  # trigram similarity from which names that nothing tells apart are asked about
_SLIP_FROM = 5  # letters of a word in which one may be a slip
_READ_IN_PARTS = range(3, 7)  # digits of such a number
_LETTERS_THEN_DIGITS = re.compile(r"(?<!\S)([^\W\d_]+)(\d+(?:\.\d+)*)(?!\S)")
_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_AFFILIATION = re.compile(r"\s+[-–—|/@]\s.*|\|.*")
_LABEL = re.compile(
    r"(?:(?:unknown|unidentified|anonymous) ?)?"
    r"(?:speaker|participant|spk|guest|user|caller|attendee|person|voice|host|moderator|interviewer)?"
    r"(?: (?:\d+|[a-z]))?|(?:phone |call in )?(?:user )?\d[\d ]*"
)


def normalised_name(name: str) -> str:
    """The form in which names are compared, and from which ids are derived.

    Casing, Unicode variants, leading articles, possessives and punctuation go; hyphens and underscores part
    words, and so do letters from the number that ends them: "EIP-7805", "EIP 7805" and "eip7805" are one
    name. Digits, version numbers and word limits stay: "check-out" is not "checkout".
    """
    before, result = "", folded(name)
    while before != result:  # each step may uncover work for another, as in "the 'the' board"
        before, result = result, _once(result)
    return result or folded(name)


def _once(name: str) -> str:
    said = _APOSTROPHE.sub("", _POSSESSIVE.sub("", name.replace("&", " and ")))
    said = _SIGN.sub(lambda sign: sign["kept"] or " ", said)
    said = _LETTERS_THEN_DIGITS.sub(r"\1 \2", " ".join(said.split()))
    return _ARTICLE.sub("", said)


def compatible(type_a: str, type_b: str) -> bool:
    """Whether one entity may bear both types: a person is no thing, and neither is a team or organization."""
    return _kind(type_a) == _kind(type_b)


def may_merge(a: str, b: str, *, type_a: str, type_b: str) -> bool | None:
    """Whether two names may be one entity: True for the same name, False for never, None for the grey band.

    Never: incompatible types; a name that only contains the other ("API", "API Migration"), unless all it
    adds is the word of its kind ("the API migration project": grey); numbers, numerals or letters that tell
    siblings apart ("Phase 1", "Phase II", "Plan B"); differing surnames; diarisation labels. The same bare
    name of a person is grey: Anna of one meeting may be another than Anna of the next.
    """
    if not compatible(type_a, type_b):
        return False
    person = _kind(type_a) == "person"
    words, other = _words(a, person), _words(b, person)
    if person:
        return _same_person(words, other)
    if words == other:
        return True
    if _ends_in_its_number(words, other) or _ends_in_its_number(other, words):
        return None
    if _tell_apart(words, other):
        return False
    extra = _added(words, other)
    if extra is not None:
        return None if extra <= KIND_WORDS | {type_a, type_b} else False
    return None


def look_alike(a: str, b: str, *, type_a: str, type_b: str, score: float) -> bool:
    """Whether a person should be asked if two names are one thing; more than a rule or a model may join.

    Beside what is grey and spelled alike: words run together ("PeerDAS", "Peer Das"), a slip of one letter
    ("Pectra", "Petra"), also between a person and what was taken for a thing ("Terence", "Terrence"), and a
    first name beside a full one ("saulius", "Saulius Grigaitis").

    Args:
        score: trigram similarity, from 0 to 1.
    """
    merge = may_merge(a, b, type_a=type_a, type_b=type_b)
    person, other_person = (_kind(type) == "person" for type in (type_a, type_b))
    words, other = _words(a, person), _words(b, other_person)
    slip = _differ_by_a_slip("".join(words), "".join(other)) and _marks(words) == _marks(other)
    if merge or _is_label(words) or _is_label(other):
        return False
    if person and other_person and (_is_first_name(words, other) or _is_first_name(other, words)):
        return True
    if merge is None:
        return slip or score >= _ALIKE
    return person != other_person and slip and len(words) == len(other) == 1


def may_call(alias: str, bearer: str, *, type: str) -> bool:
    """Whether to believe that a name is another name of a thing or person, said by a meeting or a glossary.

    Not where the names themselves tell two apart: two codes ("EIP-7805", "EIP-7806"), differing numbers,
    numerals or surnames. Neither is a name that any thing could have ("the project"). The numbers in the
    title of a code are its own affair: "Phase 2" may be PAY-142.
    """
    if _kind(type) == "person":
        return may_merge(alias, bearer, type_a=type, type_b=type) is not False
    words, other = _words(alias, False), _words(bearer, False)
    if frozenset(words) <= KIND_WORDS | _ANYTHING:
        return False
    codes = code_of(alias), code_of(bearer)
    if all(codes):
        return codes[0] == codes[1]
    if is_title_of(alias, bearer) or is_title_of(bearer, alias):
        return True
    return not _tell_apart(words, other)


def is_title_of(name: str, code: str) -> bool:
    """Whether a name can be what a code is called in words: it holds neither that number nor one like it."""
    found = code_of(code)
    if found is None or code_of(name) is not None:
        return False
    numbers = [word for word in _words(name, False) if word.isdecimal()]
    return any(word.isalpha() for word in _words(name, False)) and not any(
        number == found[1] or len(number) >= len(found[1]) for number in numbers
    )


def code_of(name: str) -> tuple[str, str] | None:
    """The prefix and number of a name that is a code: ("eip", "7805") of "E I P 7, 8 0. 5"; else None."""
    words = _words(name, False)
    if len(words) != 2 or not (words[0].isalpha() and words[1].isdecimal()):
        return None
    return (words[0], words[1]) if len(words[0]) <= 6 and len(words[1]) > 1 else None


def bare_number(name: str) -> str | None:
    """The number that a name is, read whole or digit by digit: "7, 9, 0. 7" is "7907". A year is none."""
    words = _words(name, False)
    if len(words) != 1 or not words[0].isdecimal() or len(words[0]) < 3:
        return None
    return None if len(words[0]) == 4 and words[0][:2] in ("19", "20") else words[0]


def marks_of(name: str, *, person: bool = False) -> Sequence[str]:
    """What tells siblings apart: numbers, numerals and single letters of a thing, a person's surname."""
    words = _words(name, person)
    return [_unaccented(words[-1])] if person else _marks(words)


def is_bare_person(name: str) -> bool:
    """Whether a person's name says too little to be known again: one word, or a label such as "Speaker 1"."""
    words = _words(name, True)
    return len(words) <= 1 or _is_label(words)


def participant_called(first_name: str, participants: Sequence[str]) -> str | None:
    """The one participant who bears the first name (or is named so in full); None when none or several do."""
    called = _words(first_name, True)
    if not called or _is_label(called):
        return None
    bearers: dict[str, str] = {}
    for participant in participants:
        words = _words(participant, True)
        if not _is_label(words) and called in (words, _given_name(participant)):
            bearers.setdefault(" ".join(words), participant)
    return next(iter(bearers.values())) if len(bearers) == 1 else None


def entity_key(name: str, type: str, *, scope: str | None) -> str:
    """The string from which an entity's id is derived inside a workspace.

    Args:
        name: as said.
        type: any type of the profile; those that may merge give the same key.
        scope: the meeting that a bare person belongs to; other names do not depend on it.

    Raises:
        ValueError: a bare person without a scope, which would match across meetings by name alone.
    """
    kind = _kind(type)
    key = f"{kind}:{' '.join(_words(name, kind == 'person'))}"
    if kind != "person" or not is_bare_person(name):
        return key
    if scope is None:
        raise ValueError(f"The name {name!r} alone does not tell who it is: give the meeting as scope")
    return f"{key}@{scope}"


def _kind(type: str) -> str:
    kind = type.casefold()
    if kind in _PEOPLE:
        return "person"
    return "group" if kind in _GROUPS else "thing"


def _words(name: str, person: bool) -> list[str]:
    """The words of a name, of a person's as it is spoken."""
    if not person:
        return _as_written(normalised_name(name).split())
    words = [word.rstrip(".") for word in normalised_name(_spoken(name)).split()]
    return [word for word in words if word not in _TITLES] or words


def _as_written(words: Sequence[str]) -> list[str]:
    """The words with numbers as digits, and what was said letter by letter or digit by digit in one.

    "e i p 7 9 0 7" and "eip seventy nine 07" are "eip 7907". Numbers are only one behind the short prefix of
    a code, or alone: "Section 10-12" stays.
    """
    result: list[str] = []
    for is_number, run in groupby(with_digits(list(_spelled(words))), str.isdecimal):
        said = list(run)
        joined = "".join(said)
        code = not result or (len(result) == 1 and 1 < len(result[0]) <= _SHORT_PREFIX)
        parts = all(len(part) <= 2 for part in said) if len(said) > 2 else len(joined) in (4, 5)
        result.extend([joined] if is_number and code and parts and len(joined) in _READ_IN_PARTS else said)
    return result


def _spelled(words: Sequence[str]) -> Iterator[str]:
    for is_letter, run in groupby(words, lambda word: len(word) == 1 and word.isalpha()):
        letters = list(run)
        yield from ["".join(letters)] if is_letter and len(letters) > 2 else letters


def _spoken(person: str) -> str:
    """A person's name as spoken: "Lee, Anna (she/her)" and "Anna Lee, PhD | Acme" are "Anna Lee"."""
    bare = _AFFILIATION.sub("", _PARENTHESES.sub(" ", person)).strip()
    family, comma, given = (part.strip() for part in bare.partition(","))
    if comma and given and "," not in given:
        bare = family if normalised_name(given) in _SUFFIXES else f"{given} {family}"
    return bare or person


def _given_name(participant: str) -> list[str]:
    """The first word of a full name, a hyphenated one whole: "Jean-Luc Picard" is called "jean luc"."""
    spoken = [word for word in _spoken(participant).split() if normalised_name(word) not in _TITLES]
    return normalised_name(spoken[0]).split() if spoken else []


def _is_label(words: Sequence[str]) -> bool:
    return _LABEL.fullmatch(" ".join(words)) is not None


def _same_person(words: list[str], other: list[str]) -> bool | None:
    if _is_label(words) or _is_label(other):
        return False
    if words == other:
        return True if len(words) > 1 else None
    if min(len(words), len(other)) == 1:
        return False if _added(words, other) is not None else None  # "Anna" or "Lee", and "Anna Lee"
    return None if _unaccented(words[-1]) == _unaccented(other[-1]) else False


def _unaccented(word: str) -> str:
    """Exports lose accents: Muñoz and Munoz are not surely two surnames."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _added(words: Sequence[str], other: Sequence[str]) -> frozenset[str] | None:
    """What the longer name adds when it holds all words of the shorter, else None."""
    shorter, longer = sorted((frozenset(words), frozenset(other)), key=len)
    return longer - shorter if shorter <= longer else None


def _is_signed(word: str, other: str) -> bool:
    return word != other and word[-1] in "+#" and word.rstrip("+#") == other.rstrip("+#")


def _is_first_name(words: Sequence[str], full: Sequence[str]) -> bool:
    """Whether a single word is the first of a full name, or of one that is written as one word."""
    if len(words) != 1 or words == full:
        return False
    run_together = len(full) == 1 and len(words[0]) >= _SLIP_FROM and full[0].startswith(words[0])
    return words[0] == full[0] or run_together


def _differ_by_a_slip(a: str, b: str) -> bool:
    """Whether a letter was added, left out or taken for another in a word of some length; not the first."""
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) < _SLIP_FROM or len(longer) - len(shorter) > 1 or shorter[0] != longer[0]:
        return False
    same = next((at for at, sign in enumerate(shorter) if sign != longer[at]), len(shorter))
    return shorter[same + (len(shorter) == len(longer)) :] == longer[same + 1 :]


def _ends_in_its_number(words: Sequence[str], code: Sequence[str]) -> bool:
    """Whether numbers alone end in that of a code, whose prefix they may be: "70 7805" and "EIP 7805"."""
    numbers = len(words) > 1 and all(word.isdecimal() for word in words)
    return numbers and len(words[-1]) > 2 and len(code) == 2 and code[0].isalpha() and code[1] == words[-1]


def _tell_apart(words: Sequence[str], other: Sequence[str]) -> bool:
    """Whether numbers, roman numerals, single letters, codes or their signs ("C", "C#") differ."""
    marks, other_marks = _marks(words), _marks(other)
    if marks and other_marks and marks != other_marks:
        return True
    if len(words) == len(other) == 2 and words[1] == other[1] and words[1].isdecimal():
        return len(words[1]) > 2 and words[0].isalpha() and other[0].isalpha()
    return any(_is_signed(one, two) or _is_signed(two, one) for one, two in zip(words, other, strict=False))


def _marks(words: Sequence[str]) -> list[str]:
    found: list[str] = []
    for place, word in enumerate(words):
        if any(sign.isdigit() for sign in word):
            found.extend(re.findall(r"\d+(?:\.\d+)*", word))
        elif word[-1] in "+#" or (place and (word in _ROMAN or len(word) == 1)):
            found.append(word)
    return sorted(found)
