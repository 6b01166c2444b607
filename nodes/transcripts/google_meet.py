"""Google Meet's transcript document, saved as .docx or .txt: "Name: text" under a time every few minutes."""

import re
from dataclasses import replace
from datetime import datetime

from nodes.errors import InputError
from nodes.transcripts import plain_text
from nodes.transcripts.dates import parse_date
from nodes.transcripts.layout import Document, Layout, Reading

_EDITABLE = re.compile(r"This editable transcript was computer generated.*", re.IGNORECASE)
_ENDED = re.compile(r"(?:Transcription|Meeting) ended after \d{1,2}:\d{2}:\d{2}\W*", re.IGNORECASE)
_TITLE = re.compile(r"(.*?)\s*[-–—]\s*Transcript", re.IGNORECASE)
_TIME_HEADING = re.compile(r"^#+\s+(\d{1,2}:\d{2}:\d{2}\s*)$")
_DATED = re.compile(r"(.*?)\s*\((\d{4}[-/]\d{1,2}[-/]\d{1,2}[^()]{0,40})\)")


def _matches(document: Document) -> float:
    lines = [line.strip(" #\u00a0") for line in document.text.split("\n") if line.strip(" #\u00a0")]
    edges = [*lines[:30], *lines[-5:]]
    return 0.85 if any(_EDITABLE.fullmatch(line) or _ENDED.fullmatch(line) for line in edges) else 0.0


def _parse(document: Document) -> Reading:
    lines = [_TIME_HEADING.sub(r"\1", line.strip("\u00a0\ufeff")) for line in document.text.split("\n")]
    old = any(line.strip(" #").lower() == "attendees" for line in lines[:30])
    kept = [
        line
        for line in lines
        if not _EDITABLE.fullmatch(line.strip(" #")) and not _ENDED.fullmatch(line.strip(" #"))
    ]
    reading = plain_text.LAYOUT.parse(replace(document, text="\n".join(kept)))
    title, date = reading.title, reading.date
    if title is not None and (match := _TITLE.fullmatch(title)):
        title = match[1]
    if title is not None and (match := _DATED.fullmatch(title)):
        title = match[1]
        date = _date(match[2]) or date
    form = "google_meet_txt"
    if document.container != "text":
        form = "google_meet_docx_old" if old else "google_meet_docx"
    return replace(reading, format=form, title=title, date=date)


def _date(text: str) -> tuple[datetime, bool] | None:
    try:
        return parse_date(text)
    except InputError:
        return None


LAYOUT = Layout(("google_meet_txt", "google_meet_docx", "google_meet_docx_old"), _matches, _parse)
