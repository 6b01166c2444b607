"""The captions that a participant saves in Zoom: "[Name] HH:MM:SS" with the words below."""

import re
from dataclasses import replace

from nodes.errors import InputError
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_SPEAKER = re.compile(r"\[([^\[\]\n]{1,200})\][ \t]+(\d{1,2}):(\d{2}):(\d{2})[ \t]*")
_DAY = 86_400.0


def _matches(document: Document) -> float:
    first = next((line for line in document.head.split("\n") if line.strip()), "")
    return 0.9 if _SPEAKER.fullmatch(first) else 0.0


def _parse(document: Document) -> Reading:
    turns: list[Turn] = []
    speaker, start = "", 0.0
    words: list[str] | None = None
    for line in document.text.split("\n"):
        match = _SPEAKER.fullmatch(line)
        if match is None:
            if words is None:
                if line.strip():
                    raise InputError(
                        f'{document.name} is no Zoom caption file: its first line is not "[Name] HH:MM:SS"; '
                        "export it again."
                    )
                continue
            words.append(line)
            continue
        if words is not None:
            turns.append(Turn(speaker, " ".join(words), start))
        speaker, words = " ".join(match[1].split()), []
        start = float(int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4]))
    if words is not None:
        turns.append(Turn(speaker, " ".join(words), start))
    return Reading("zoom_saved_caption_txt", _from_the_first(turns), clock=turns[0].start if turns else None)


def _from_the_first(turns: list[Turn]) -> tuple[Turn, ...]:
    """The times are times of day; they become seconds from the first words, over midnight too."""
    counted: list[Turn] = []
    day, before = 0.0, 0.0
    for turn in turns:
        now = turn.start or 0.0
        day += _DAY if now + _DAY / 2 < before else 0.0
        before = now
        counted.append(replace(turn, start=max(0.0, now + day - (turns[0].start or 0.0))))
    return tuple(counted)


LAYOUT = Layout(("zoom_saved_caption_txt",), _matches, _parse)
