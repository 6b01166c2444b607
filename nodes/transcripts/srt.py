"""SubRip: numbered cues under "00:00:03,000 --> 00:00:06,840", "Name: text" as its words."""

import re

from nodes.errors import InputError
from nodes.transcripts.cues import Cue, is_identifier, read_cue, refuse_truncated, spoken_turns
from nodes.transcripts.layout import Document, Layout, Reading

_BEGINS = re.compile(r"(?:\d{1,9}[ \t]*\n)?[ \t]*\d{1,4}:\d{1,2}:\d{1,2}[.,]\d{1,3}[ \t]*-->")


def _matches(document: Document) -> float:
    if _BEGINS.match(document.head.lstrip()):
        return 0.95
    return 0.6 if document.name.lower().endswith(".srt") else 0.0


def _parse(document: Document) -> Reading:
    lines = document.text.split("\n")
    cues: list[Cue] = []
    at = 0
    while at < len(lines):
        if "-->" in lines[at]:
            at = read_cue(document, lines, at, cues)
            continue
        if lines[at].strip() and not is_identifier(lines, at):
            if not cues:
                raise InputError(
                    f'{document.name} is no SubRip file: "{lines[at].strip()[:60]}" stands before its first '
                    "cue; export it again."
                )
            cues[-1].lines.append(lines[at])  # words after an empty line inside a cue are words all the same
        at += 1
    if not cues:
        raise InputError(f"{document.name} has no cues; the export is empty or cut off.")
    doubts = refuse_truncated(document, cues)
    turns, unlabelled = spoken_turns(document, cues)
    return Reading("srt", turns, warnings=(*doubts, *unlabelled))


LAYOUT = Layout(("srt",), _matches, _parse)
