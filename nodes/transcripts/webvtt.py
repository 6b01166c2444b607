"""WebVTT as Zoom and Google write it ("Name: text"), and as Teams does (voice tags, <v Name>text</v>).

Format: https://www.w3.org/TR/webvtt1/, section 4.
"""

import re

from nodes.errors import InputError
from nodes.transcripts.cues import Cue, are_voiced, is_identifier, read_cue, refuse_truncated, spoken_turns
from nodes.transcripts.headers import Header, read_header
from nodes.transcripts.layout import Document, Layout, Reading

_TEAMS_CUE = re.compile(r"([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/\d+)-\d+", re.IGNORECASE)
_GOOGLE = re.compile(r"(?m)^Kind:[ \t]*captions[ \t]*$")


def _matches(document: Document) -> float:
    if document.text.startswith("WEBVTT"):
        return 1.0
    return 0.6 if document.name.lower().endswith(".vtt") else 0.0


def _parse(document: Document) -> Reading:
    header, cues = _cues(document)
    if not cues:
        raise InputError(f"{document.name} has no cues, only a heading; the export is empty or cut off.")
    doubts = refuse_truncated(document, cues)
    turns, unlabelled = spoken_turns(document, _in_whole_utterances(cues))
    warnings = (*header.warnings, *doubts, *unlabelled)
    return Reading(
        _format(document, cues),
        turns,
        header.title,
        header.date,
        header.listed,
        warnings,
        header.people,
    )


def _format(document: Document, cues: list[Cue]) -> str:
    if any(_TEAMS_CUE.fullmatch(cue.identifier) for cue in cues):
        return "teams_vtt"
    if _GOOGLE.search(document.head.partition("-->")[0]):
        return "google_vtt"
    return "webvtt" if are_voiced(cues) else "zoom_vtt"


def _in_whole_utterances(cues: list[Cue]) -> list[Cue]:
    """Teams cuts an utterance into cues "GUID/10-0", "GUID/10-1", with others' cues between where people
    talk at once; its pieces come back to the place of its first one."""
    firsts: dict[str, int] = {}
    places: list[int] = []
    for at, cue in enumerate(cues):
        piece = _TEAMS_CUE.fullmatch(cue.identifier)
        places.append(firsts.setdefault(piece[1], at) if piece else at)
    return [cue for _, cue in sorted(zip(places, cues, strict=True), key=lambda placed: placed[0])]


def _cues(document: Document) -> tuple[Header, list[Cue]]:
    lines = document.text.split("\n")
    if not lines[0].startswith("WEBVTT"):
        raise InputError(f'{document.name} does not begin with "WEBVTT"; export it again as WebVTT.')
    told = [re.sub(r"^WEBVTT[ \t]*-?[ \t]*", "Title: ", lines[0])]
    cues: list[Cue] = []
    at, blank = 1, False
    while at < len(lines):
        line = lines[at]
        if "-->" in line:
            at = read_cue(document, lines, at, cues)
            blank = False
        elif blank and line.startswith(("STYLE", "REGION")) and not line.rstrip()[6:]:
            at = _end_of_block(lines, at)
        elif line.startswith("NOTE") and line[4:5] in {"", " ", "\t"}:
            end = _end_of_block(lines, at)
            told += [line[4:], *lines[at + 1 : end]]
            at = end
        else:
            if cues and line.strip() and not is_identifier(lines, at):
                cues[-1].lines.append(line)  # words after an empty line inside a cue are words all the same
            elif not cues:
                told.append(line)
            blank = not line.strip()
            at += 1
    return read_header(document.name, told), cues


def _end_of_block(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


LAYOUT = Layout(("zoom_vtt", "teams_vtt", "google_vtt", "webvtt"), _matches, _parse)
