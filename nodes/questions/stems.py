"""What two forms of a word have in common: "launched" and "launch", "batteries" and "battery"."""

import re
from functools import lru_cache

from nodes.wording import meaning_words

_VOWEL = re.compile(r"[aeiouy]")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its endings: the first step of Porter's algorithm (1980), British spelling folded."""
    if len(word) <= 3 or not word.isalpha():
        return word
    word = re.sub(r"our(?=s?$|ed$|ing$|ful$)", "or", word)
    word = re.sub(r"is(?=e[ds]?$|ing$|ation$)", "iz", word) if len(word) > 6 else word
    if word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    bare = re.sub(r"(?:ing|ed|ly)$", "", word)
    if bare != word and len(bare) > 2 and _VOWEL.search(bare):
        word = re.sub(r"([bdfgmnprt])\1$", r"\1", bare)
    return re.sub(r"(?<=..)e$|(?<=...)y$", "", word)


def stems(text: str) -> set[str]:
    """The stems of the words of a text that mean something."""
    return {stem(word) for word in meaning_words(text)}
