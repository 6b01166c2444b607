# ruff: noqa: E501 - a pattern is read best on one line
"""Links between named things and people, where a clause states them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from nodes.rules.phrases import ADVERB, BREAK, CLOSE, DETERMINER, IS, LEAD, NOUN, PERSON, THING, VOCATIVE
from nodes.schemas import RelationType


class Link(NamedTuple):
    """A relation, its ends as marks or "I"."""

    source: str
    type: RelationType
    target: str
    ended: bool


_S = rf"{DETERMINER}(?P<s>{THING}){NOUN}"
_T = rf"{DETERMINER}(?P<t>{THING}(?:(?:,| and|, and) (?:the |our )?{THING})*){NOUN}"
_START = rf"^{LEAD}{VOCATIVE}{LEAD}"
_END = rf"(?:{CLOSE}|{BREAK})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_LINKS: tuple[tuple[str, re.Pattern[str], RelationType, bool], ...] = (
    ("depend", _pattern(rf"{_START}{_S}{ADVERB} (?:depends|depend|is dependent|is depending|relies|hinges){ADVERB} (?:on|upon) {_T}{_END}"), "depends_on", False),
    ("depend", _pattern(rf"{_START}{_S} no longer depends on {_T}{_END}"), "depends_on", True),
    ("block", _pattern(rf"{_START}{_S}(?:{ADVERB} blocks|{IS}{ADVERB} blocking) {_T}{_END}"), "blocks", False),
    ("block", _pattern(rf"{_START}(?:{_S} no longer blocks|{DETERMINER}(?P<s2>{THING}) is no longer blocking) {_T}{_END}"), "blocks", True),
    ("block", _pattern(rf"{_START}{_T}{IS}{ADVERB} blocked (?:by|on) {_S}{_END}"), "blocks", False),
    ("blocker", _pattern(rf"{_START}{_S}{IS}{ADVERB} (?:a|the|our)(?: main| only| last| big)? blocker (?:for|on|of) {_T}{_END}"), "blocks", False),
    ("report", _pattern(rf"{_START}(?P<s>{PERSON}|I)(?:{ADVERB} reports?|{IS} reporting|'m reporting|'ll report) to (?P<t>{PERSON}|me)(?= now| from|{_END})"), "reports_to", False),
    ("work", _pattern(rf"{_START}(?P<s>{PERSON}|I)(?:(?:{IS}|'m| am| was| has been| have been|'ve been)?{ADVERB} (?:working|works|work)) on {_T}{_END}"), "works_on", False),
    ("includ", _pattern(rf"{_START}{_S}{ADVERB} includes {_T}{_END}"), "includes", False),
)  # fmt: skip


def links(text: str) -> Iterator[Link]:
    """The relations that a clause states; the first pattern that matches tells."""
    low = text.lower()
    for cue, pattern, kind, ended in _LINKS:
        if cue not in low:
            continue
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        source = groups["s"] or groups.get("s2") or ""
        for target in re.findall(rf"{THING}|{PERSON}|^me$", groups["t"] or ""):
            if source and source != target:
                yield Link(source, kind, target, ended)
        return
