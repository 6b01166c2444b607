"""What to quote of a long turn: whole sentences where they are short enough, verbatim always."""

import re
from collections.abc import Mapping

from nodes.questions.stems import stems

MOST_CHARACTERS = 200
_SENTENCE_END = re.compile(r"[.!?…]+[\"”’')]*\s+")
_CLAUSE = re.compile(r"[,;:—–](?=\s)|\s(?=(?:and|but|because|so|which|or)\s)")
_FALSE_START = re.compile(
    r"^(?:(?:um+|uh+|er+m*|hmm*|huh|okay|ok|yeah|yep|right|well|so|oh|and)\b[,.]?\s+)+", re.I
)
_BETWEEN = re.compile(r"(?<=[.!?…])[\"”’')]*\s+")
_END = re.compile(r"[.!?…][\"”’')]*$")


def telling_quote(text: str, asked: Mapping[str, float], *, most: int = MOST_CHARACTERS) -> str:
    """The part of a text that holds most of the words asked for, up to so many characters.

    It begins where a sentence begins and ends where one does; a sentence that is too long itself ends at a
    clause. Always a part of the text as it stands.

    Args:
        text: what was said.
        asked: the stems of the words that the quote should hold, and what each is worth.
        most: its length in characters; only a single longer word exceeds it.
    """
    text = text.strip()
    if len(text) <= most:
        return text
    ends = [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    spans = [span for span in zip([0, *ends], ends, strict=False) if text[slice(*span)].strip()]
    held = [_worth(text[start:end], asked) for start, end in spans]
    best = max(range(len(spans)), key=lambda at: (held[at], len(text[slice(*spans[at])].split()) > 3, -at))
    start, end = spans[best]
    if len(text[start:end].rstrip()) > most:
        return _clause(text[start:end].rstrip(), asked, most)
    for _, following in spans[best + 1 :]:
        if len(text[start:following].rstrip()) > most:
            break
        end = following
    return text[start:end].rstrip()


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each with the sign that ends it."""
    return [said for said in _BETWEEN.split(text) if said.strip()]


def is_cut(text: str, quote: str) -> tuple[bool, bool]:
    """Whether a quote begins, and whether it ends, in the middle of a sentence of the text it is from."""
    before, found, after = text.partition(quote)
    is_a_value = before.endswith('"') and after.startswith('"')  # whole, of a line of JSON
    if not found or is_a_value:
        return False, False
    starts = not before.strip() or bool(_END.search(before.rstrip()))
    ends = not after.strip() or bool(_END.search(quote.rstrip()))
    return not starts, not ends


def _worth(text: str, asked: Mapping[str, float]) -> float:
    held = stems(text)
    return sum(weight for word, weight in asked.items() if word in held)


def _clause(sentence: str, asked: Mapping[str, float], most: int) -> str:
    """The clauses of one long sentence that hold most of the words, begun as early as they fit."""
    starts = [0, *(found.end() for found in _CLAUSE.finditer(sentence))]
    parts = [sentence[start : start + most + 1] for start in starts]
    worths = [_worth(_ended(part, most), asked) for part in parts]
    best = worths.index(max(worths))
    quote = _ended(parts[best].lstrip(), most)
    begun = _FALSE_START.sub("", quote)
    return begun if len(begun.split()) >= 4 else quote


def _ended(part: str, most: int) -> str:
    """A text cut at the last clause that fits, else at the last word."""
    if len(part) <= most:
        return part.rstrip(" ,;:—–")
    cuts = [found.start() for found in _CLAUSE.finditer(part, most // 2, most)]
    cut = cuts[-1] if cuts else part.rfind(" ", 0, most + 1)
    return part[: cut if cut > 0 else most].rstrip(" ,;:—–")
