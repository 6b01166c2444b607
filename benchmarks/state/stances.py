"""How firmly a sentence says a thing, for recordings that do not tell: decided, stated or proposed.

A few words decide, the same for every meeting. The sentence is the whole one that holds the quote, since
"I feel like we should" often stands before the words that a reader copied.
"""

import re
from itertools import pairwise

from nodes.schemas import Stance

_FIRM_OR_NOT = re.compile(
    r"\b(?:(?P<decided>let'?s|(?:we|i)'?ll|(?:we|i) will|(?:go|going|went) ahead|decided|agreed|"
    r"(?:we|i)(?: just)? moved|not (?:gonna|going to|doing)|will be included)|"
    r"should|could|might|maybe|perhaps|potentially|propos(?:e|es|ed|ing|al)|suggest(?:ed|ing)?|"
    r"i (?:would|want)|i'?d|would like|what if|okay with|do we|can we)\b|\?",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[a-z]{2}[.!?])\s+")  # "7, 9. 0 7" and "Eip. 7907" go on
_CODE_FOLLOWS = re.compile(r"(?:[a-z]ip[.]?\s+)?\d", re.IGNORECASE)


def stance_of(quote: str, text: str) -> Stance:
    """The stance of the sentences of a text that hold a quote.

    In each sentence the first word of settling ("let's", "we'll", "decided") or of asking, wishing and
    doubting counts, and of the sentences the last that has one: "are we okay with moving it? No one
    disagrees. So let's do that" is decided. A sentence without such a word states.
    """
    stance: Stance = "stated"
    for sentence in _sentences_around(quote, text):
        found = _FIRM_OR_NOT.search(sentence)
        if found is not None:
            stance = "decided" if found["decided"] else "proposed"
    return stance


def _sentences_around(quote: str, text: str) -> list[str]:
    folded, wanted = " ".join(text.split()), " ".join(quote.split())
    at = folded.lower().find(wanted.lower())
    if at < 0:
        return [wanted]
    ends = [end.end() for end in _END.finditer(folded) if not _CODE_FOLLOWS.match(folded, end.end())]
    borders = [0, *ends, len(folded)]
    return [folded[first:last] for first, last in pairwise(borders) if first < at + len(wanted) and last > at]
