""" "Name  3:45" on a line of its own with the words below: Otter's text, Teams' document, and many others."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nodes.errors import InputError
from nodes.transcripts import notes
from nodes.transcripts.labels import label_of, looks_like_a_name
from nodes.transcripts.layout import Document, Layout, Reading, Turn
from nodes.transcripts.naming import read_name

_STAMP = r"(\d{1,3}:\d{2}(?::\d{2})?)(?:[.,]\d{1,3})?"
_AFTER = re.compile(
    rf"[ \t]*([^\t\n]{{1,80}}?)(?:[ \t]*[|,·•–—-])?[ \t\u00a0]+[\[(]?{_STAMP}[\])]?:?[ \t\u00a0]*"
)
_BEFORE = re.compile(
    rf"[ \t]*[\[(]?{_STAMP}[\])]?(?:[ \t]*[|·•–—-])?[ \t\u00a0]+([^\t\n]{{1,80}}?):?[ \t\u00a0]*"
)
_OTTER = re.compile(r"Transcribed by https?://otter\.ai/?", re.IGNORECASE)
_STARTED = re.compile(r".{1,80} (?:started|stopped) transcription")
_TEAMS_TITLE = re.compile(r"-\d{8}_\d{6}(?:UTC)?-")
_LENGTH = re.compile(r"(?:\d{1,2}h ?)?(?:\d{1,2}m ?)?(?:\d{1,2}s)?")
_FEWEST = 2


def _matches(document: Document) -> float:
    lines = document.head.split("\n")
    found = len(headers_among(lines))
    filled = sum(bool(line.strip()) for line in lines)
    if not found:
        return 0.0
    if _is_known(document) or (found >= _FEWEST and found * 25 >= filled):
        return 0.8
    return 0.0


def _is_known(document: Document) -> bool:
    return bool(_OTTER.search(document.text[-500:]) or _STARTED.search(document.head[:2000]))


def headers_among(lines: Sequence[str]) -> dict[int, tuple[str, float]]:
    """The lines that say who speaks from when: their places, names, and seconds.

    The line below such a line is words, whatever it looks like. A name counts when it recurs or is written
    like a name; "Name 3:45" and "3:45 Name" are not mixed.
    """
    return max((_headers(lines, form) for form in (_AFTER, _BEFORE)), key=len)


def _headers(lines: Sequence[str], form: re.Pattern[str]) -> dict[int, tuple[str, float]]:
    found: dict[int, tuple[str, float]] = {}
    for at, line in enumerate(lines):
        if len(line) > 120 or at - 1 in found or not (match := form.fullmatch(line)):
            continue
        name, stamp = (match[1], match[2]) if form is _AFTER else (match[2], match[1])
        label = label_of(f"{name.strip(' *_')}:")
        if label is not None and any(one.strip() for one in lines[at + 1 : at + 3]):
            found[at] = label[0], _seconds(stamp)
    counts = Counter(name for name, _ in found.values())
    return {at: one for at, one in found.items() if counts[one[0]] > 1 or looks_like_a_name(one[0])}


def _seconds(stamp: str) -> float:
    seconds = 0
    for part in stamp.split(":"):
        seconds = seconds * 60 + int(part)
    return float(seconds)


def _parse(document: Document) -> Reading:
    lines = document.text.split("\n")
    while lines and (not lines[-1].strip() or _OTTER.fullmatch(lines[-1].strip())):
        lines.pop()
    headers = headers_among(lines)
    if not headers:
        raise InputError(
            f'{document.name} has no speaker lines ("Name  3:45" above the words); '
            "give a transcript that says who speaks."
        )
    first = min(headers)
    teams = any(_STARTED.fullmatch(line.strip()) or _TEAMS_TITLE.search(line) for line in lines[:first])
    header, title, written, unread = notes.above(
        document.name,
        [line for line in lines[:first] if not _STARTED.fullmatch(line.strip()) and not _is_length(line)],
    )
    named = read_name(title) if title is not None and teams else None
    turns = tuple(_turns(lines, headers, teams))
    return Reading(
        _format(document, teams),
        (*written, *turns),
        named.title if named else title,
        header.date or (named.date if named else None),
        header.listed,
        (*header.warnings, *unread),
        header.people,
    )


def _format(document: Document, teams: bool) -> str:
    if teams:
        return "teams_docx" if document.container == "docx" else "teams_txt"
    if _OTTER.search(document.text[-500:]) or "otter" in document.name.lower():
        return "otter_txt"
    return "name_time_txt"


def _is_length(line: str) -> bool:
    return bool(line.strip()) and bool(_LENGTH.fullmatch(line.strip()))


def _turns(lines: Sequence[str], headers: dict[int, tuple[str, float]], teams: bool) -> list[Turn]:
    turns: list[Turn] = []
    words: list[str] = []
    last = max((at for at, line in enumerate(lines) if line.strip()), default=0)
    for at in range(min(headers), len(lines)):
        if at in headers:
            _close(turns, words)
            name, start = headers[at]
            turns.append(Turn(name, "", start))
        elif not (teams and at == last and _STARTED.fullmatch(lines[at].strip())):
            words.append(lines[at])
    _close(turns, words)
    return turns


def _close(turns: list[Turn], words: list[str]) -> None:
    if turns:
        turns[-1] = replace(turns[-1], text=" ".join(words))
    words.clear()


LAYOUT = Layout(("otter_txt", "teams_docx", "teams_txt", "name_time_txt"), _matches, _parse)
