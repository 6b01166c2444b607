"""Minutes and other documents that nobody speaks in: Markdown, and the text of any document.

A transcript may follow, under the heading "Transcript" or where people begin to speak; then the notes come
first, without speakers, and the transcript after them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from nodes.errors import InputError
from nodes.transcripts import notes, plain_text, stamped_names, zoom_captions
from nodes.transcripts.layout import Document, Layout, Reading

_MARKDOWN = (".md", ".markdown")
_MARKED = re.compile(r"(?m)^\s{0,3}#{1,6}\s+\S")
_MOST_LABELLED = 0.3
_FEWEST_TURNS = 4
_MOSTLY_SPOKEN = 0.6


def _matches(document: Document) -> float:
    lines = [line for line in document.head.split("\n") if line.strip()]
    fallback = 0.0 if document.container == "text" else 0.05
    spoken = _speaking(lines).values()
    if sum(spoken) > _MOST_LABELLED * len(lines) or (len(spoken) > 1 and sum(spoken) >= _FEWEST_TURNS):
        return fallback
    written = document.name.lower().endswith(_MARKDOWN) or document.text.startswith("---\n")
    if written and (_MARKED.search(document.head) or not spoken):
        return 0.5
    return 0.4 if notes.are_notes(lines) else fallback


def _speaking(lines: Sequence[str]) -> dict[str, int]:
    """Those who speak more than once, and how often; "- Bo" of a list is no speaker."""
    found = plain_text.labelled_among(lines).items()
    return {label: count for label, count in found if count > 1 and label[0].isalnum()}


def _parse(document: Document) -> Reading:
    lines = document.text.split("\n")
    cut = transcript_start(lines)
    told = notes.read_notes(document.name, lines if cut is None else lines[:cut])
    reading = None
    if cut is not None:
        reading = read_spoken(replace(document, text="\n".join(lines[cut:])))
    turns = (*told.turns, *(reading.turns if reading else ()))
    if not turns:
        raise InputError(f"{document.name} has headings but no words; give the minutes or the transcript.")
    written = f"{document.name}: its notes were written by a notetaker; nobody said them in these words."
    return Reading(
        "markdown_minutes" if document.name.lower().endswith(_MARKDOWN) else "minutes",
        turns,
        told.title or (reading.title if reading else None),
        told.header.date or (reading.date if reading else None),
        (*told.header.listed, *(reading.listed if reading else ())),
        (
            *told.header.warnings,
            *((written,) if told.turns else ()),
            *(reading.warnings if reading else ()),
        ),
        told.header.people,
    )


def transcript_start(lines: Sequence[str]) -> int | None:
    """Where, among notes, a transcript begins: under its heading, or where people begin to speak in turn."""
    for at, line in enumerate(lines):
        if notes.begins_transcript(line) and _speaks("\n".join(lines[at + 1 :])):
            return at + 1
    if len(stamped := stamped_names.headers_among(lines)) >= _FEWEST_TURNS:
        return min(stamped)
    labels = _speaking(lines).keys()
    starts = [at for at, line in enumerate(lines) if plain_text.labelled_among([line]).keys() & labels]
    if len(starts) < _FEWEST_TURNS:
        return None
    filled = sum(bool(line.strip()) for line in lines[starts[0] :])
    return starts[0] if len(starts) >= _MOSTLY_SPOKEN * filled else None


def _speaks(text: str) -> bool:
    try:
        read_spoken(Document("", text))
    except InputError:
        return False
    return True


def read_spoken(document: Document) -> Reading:
    """Read a transcript that stood among other text.

    Raises:
        InputError: nobody speaks in it.
    """
    layouts = (stamped_names.LAYOUT, zoom_captions.LAYOUT, plain_text.LAYOUT)
    return max(layouts, key=lambda layout: layout.matches(document)).parse(document)


LAYOUT = Layout(("markdown_minutes", "minutes"), _matches, _parse)
