"""How words are made comparable: casing, white space, punctuation and number words taken out of the way."""

import re
import unicodedata
from collections.abc import Sequence


def listed(words: str) -> list[str]:
    """A word list written as one string, for tables of words."""
    return words.split()


LONGEST_QUESTION = 10_000
"""Characters of a question, or of what is searched for."""


def storable(text: str) -> str:
    """The text as PostgreSQL and the embedding model take it: no NUL, no halves of surrogate pairs."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


_UNITS = {
    word: number
    for number, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        )
    )
}
_TENS = {
    word: number * 10
    for number, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_NUMBERS = frozenset((*_UNITS, *_TENS, "hundred"))
_APOSTROPHES = re.compile(r"['’‘ʼ`]")
# a number keeps its sign and decimals; letters keep + and # so that C, C++ and C# stay three words
_WORD = re.compile(r"(?<![\w.])-?\d+(?:[.,]\d+)*(?![\w])|[^\W_]+[+#]*|[%$€£]")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_ARTICLES = frozenset({"the", "a", "an"})
_FILLERS = frozenset(
    listed(
        "about approximately around roughly still currently now just basically really actually already quite "
        "so well um uh er erm like kind sort please is are be being been of to"
    )
)


def folded(text: str) -> str:
    """The text with casing, Unicode variants and runs of white space out of the way; every sign kept."""
    once = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", once).split())


def plain_words(text: str) -> list[str]:
    """The words of a text without casing and punctuation, numbers as digits.

    "Sixty-five percent, done!" and "65% done" give the same list. Hyphens and underscores part words;
    apostrophes vanish ("isn't" is "isnt"); "per cent" and "%" are "percent".
    """
    joined = _APOSTROPHES.sub("", folded(text)).replace("per cent", "percent")
    words = [_THOUSANDS.sub("", word) for word in _WORD.findall(joined)]
    return with_digits(["percent" if word in {"%", "pct"} else word for word in words])


def meaning_words(text: str) -> list[str]:
    """`plain_words` without articles and fillers; negations stay. All of them when nothing else is left."""
    words = plain_words(text)
    return [word for word in words if word not in _ARTICLES and word not in _FILLERS] or words


def with_digits(words: Sequence[str]) -> list[str]:
    """Number words replaced by digits: ["twenty", "five"] is ["25"], ["a", "hundred"] is ["100"]."""
    if _NUMBERS.isdisjoint(words):
        return list(words)
    result: list[str] = []
    at = 0
    while at < len(words):
        number, used = _number_at(words, at)
        result.append(words[at] if number is None else str(number))
        at += max(used, 1)
    return result


def _number_at(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The number below a thousand spelled from position `at`, and how many words it takes; (None, 0)."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if following == "hundred" and (word == "a" or 1 <= _UNITS.get(word, 0) <= 9):
        hundreds = _UNITS.get(word, 1) * 100
        rest_at = at + 3 if at + 2 < len(words) and words[at + 2] == "and" else at + 2
        rest, used = _below_hundred(words, rest_at)
        return (hundreds, 2) if rest is None else (hundreds + rest, rest_at - at + used)
    if word == "hundred":
        return 100, 1
    return _below_hundred(words, at)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int | None, int]:
    if at >= len(words):
        return None, 0
    word = words[at]
    if word in _UNITS:
        return _UNITS[word], 1
    if word in _TENS:
        unit = _UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
        return (_TENS[word] + unit, 2) if 1 <= unit <= 9 else (_TENS[word], 1)
    return None, 0
