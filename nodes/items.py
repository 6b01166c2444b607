"""Items of a set, such as blockers: which words name the same item."""

from collections.abc import Mapping

from nodes.wording import folded, listed, meaning_words

# Words around an item that do not tell it from another: how it blocks, and that it is over.
_AROUND = frozenset(
    listed(
        "and or on for by from with in at we us our they them their it its this that these those there "
        "here has have had got do does did will can wait waiting blocked blocker blocking block issue "
        "problem need needs needed still pending done resolved solved fixed cleared gone arrived received "
        "sorted closed signed off approved landed lifted "
        "unblocked finally now longer anymore came back over finished completed"
    )
)


def item_key(value: str) -> str:
    """The key of an item, its content words in order: "Waiting on the vendor's key" is "vendor key"."""
    return " ".join(_content(value))


def same_item(value: str, known: Mapping[str, str]) -> str | None:
    """The key of the known item that the words name again, or None when they name a new one.

    The content words must agree by six tenths of all of them, or one side hold at least two and all of them
    occur in the other. Differing numbers are different items.
    """
    words = set(_content(value))
    best: tuple[float, str] | None = None
    for key, text in known.items():
        other = set(_content(text))
        contained, alike = _likeness(words, other)
        if alike >= 0.6 or (contained == 1 and min(len(words), len(other)) >= 2):
            best = max(best or (alike, key), (alike, key))
    return best[1] if best else None


def named_item(value: str, known: Mapping[str, str]) -> str | None:
    """The key of the item that words of resolution mean: the one that shares most of its content words.

    None when no item shares more than half of the shorter side, or when two share as much: better a blocker
    that stays open and is seen than one closed by mistake.
    """
    words = set(_content(value))
    ranked = sorted(
        ((_likeness(words, set(_content(text))), key) for key, text in known.items()), reverse=True
    )
    if not ranked or ranked[0][0][0] <= 0.5:
        return None
    return ranked[0][1] if len(ranked) == 1 or ranked[0][0] > ranked[1][0] else None


def _content(value: str) -> list[str]:
    words = [_singular(word) for word in meaning_words(value)]
    return [word for word in words if word not in _AROUND] or words or [folded(value)]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _likeness(words: set[str], other: set[str]) -> tuple[float, float]:
    """Shared words as a part of the shorter side, and of all; (0, 0) when their numbers differ."""
    numbers, other_numbers = ({word for word in side if word[-1].isdigit()} for side in (words, other))
    if numbers and other_numbers and numbers != other_numbers:
        return 0.0, 0.0
    shared = len(words & other)
    return shared / min(len(words), len(other)), shared / len(words | other)
