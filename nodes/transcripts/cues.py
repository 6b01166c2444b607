"""Timed cues, as WebVTT and SubRip have them: their times, their words, and the traces of a cut.

Read here and not with webvtt-py, which drops malformed cues without a word (or, when strict, raises without
saying where), so that a truncated file would pass for a short meeting.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nodes.errors import InputError
from nodes.transcripts.labels import label_of, looks_like_a_name, speakers_among
from nodes.transcripts.layout import Document, Turn

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>")
_TAG = re.compile(
    r"</?(?:[ibuvc]|lang|ruby|rt|font)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>|\{\\an?\d\}", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,8});")
_IN_BRACKETS = re.compile(r"[>\s-]*(?:\[([^\[\]\n]{1,60})\]|\(([^()\n]{1,60})\))(?:\s*:)?(?:\s+|$)")
_CUT_BEFORE_WORDS = re.compile(r"\d+|\S+\n\d[\d:.]*\s*-{0,2}")
_SOME_LENGTH = 10
_MOSTLY_LABELLED = 0.9


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: its place and the line of its timing, both counted from 1, its times in seconds, its lines."""

    place: int
    line: int
    identifier: str
    start: float
    end: float
    lines: list[str]


def read_cue(document: Document, lines: list[str], at: int, cues: list[Cue]) -> int:
    """Append the cue whose timing is on line `at`; returns the number of the first line after it.

    Raises:
        InputError: the line is no timing.
    """
    match = _TIMING.fullmatch(lines[at])
    if match is None:
        raise _damaged(document, len(cues) + 1, at + 1, f'"{lines[at].strip()[:60]}" is no time line')
    start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    after = at + 1
    while after < len(lines) and lines[after].strip() and "-->" not in lines[after]:
        after += 1
    payload = lines[at + 1 : after]
    if after < len(lines) and "-->" in lines[after] and payload:
        payload.pop()  # no empty line between the cues: the last line is the next one's identifier
    cues.append(
        Cue(len(cues) + 1, at + 1, lines[at - 1].strip() if at else "", start, max(start, end), payload)
    )
    return after


def is_identifier(lines: list[str], at: int) -> bool:
    """Whether a line outside a cue names the cue that follows, or the one that was cut off."""
    if at + 1 < len(lines) and "-->" in lines[at + 1]:
        return True
    return lines[at].strip().isdecimal() and not any(line.strip() for line in lines[at + 1 :])


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths.ljust(3, "0")) / 1000


def refuse_truncated(document: Document, cues: list[Cue]) -> tuple[str, ...]:
    """The ways in which a cut leaves a trace in the last cue: no words, a bare number, a half name or line.

    Exports close their last line (each of 28 real ones does); what people write by hand often does not. So an
    open end is refused in a file of some length that stops inside a sentence, and elsewhere only reported.

    Raises:
        InputError: the document is cut off.
    """
    last = cues[-1]
    if not any(line.strip() for line in last.lines):
        raise _damaged(document, last.place, last.line, "it has no words")
    lines = [line.strip() for line in document.text.rstrip().split("\n")]
    block = max((at for at, line in enumerate(lines) if not line), default=-1) + 1
    if _CUT_BEFORE_WORDS.fullmatch("\n".join(lines[block:])):
        raise _damaged(document, last.place + 1, len(lines), "it ends before its words")
    if document.text.endswith(("\n", "</v>")):
        return ()
    labelled = [cue for cue in cues if any(label_of(line) or _VOICE.search(line) for line in cue.lines[:1])]
    if labelled and len(labelled) == len(cues) - 1 and labelled[-1] is not last:
        raise _damaged(document, last.place, last.line, "it ends inside the speaker's name")
    if len(cues) >= _SOME_LENGTH and document.text[-1] not in ".?!…\"”'’)":
        raise InputError(
            f"{document.name} is cut off at cue {last.place} (line {len(lines)}): its last line "
            "is not ended; export it again or, if it is whole, end its last line."
        )
    return (f"{document.name} does not end its last line; if it was cut off there, export it again.",)


def _damaged(document: Document, place: int, line: int, why: str) -> InputError:
    return InputError(
        f"{document.name} is cut off or damaged at cue {place} (line {line}): {why}; export it again."
    )


def are_voiced(cues: Sequence[Cue]) -> bool:
    """Whether voice tags say who speaks."""
    return any(_VOICE.search(line) for cue in cues for line in cue.lines)


def spoken_turns(document: Document, cues: Sequence[Cue]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """The turns of the cues, by whichever way they say who speaks, and a warning when some do not.

    Raises:
        InputError: none of them says who speaks.
    """
    turns = tuple(_voiced_turns(cues) if are_voiced(cues) else _labelled_turns(cues))
    speechless = sum(turn.speaker is None for turn in turns)
    if speechless == len(turns):
        raise InputError(
            f"{document.name} has no speaker lines: none of its {len(cues)} cues says who speaks "
            '("Name: text" or "<v Name>text"); export the transcript with speaker names, not the captions.'
        )
    if not speechless:
        return turns, ()
    return turns, (f"{document.name}: {speechless} of {len(turns)} cues do not say who speaks.",)


def _labelled_turns(cues: Sequence[Cue]) -> Iterator[Turn]:
    """ "Name: text". Zoom labels every cue; where most have a label, each label is believed.

    Where no cue is labelled so, "[Name] text" and "(Name)" above the text are looked for.
    """
    firsts = [plain(cue.lines[0]) if cue.lines else "" for cue in cues]
    labels = [label_of(first) for first in firsts]
    found = sum(label is not None for label in labels)
    believed = None if found >= _MOSTLY_LABELLED * len(cues) else speakers_among(firsts)
    if believed is not None and not any(label and label[0] in believed for label in labels):
        labels, believed = [_bracketed(first) for first in firsts], None
    for cue, first, label in zip(cues, firsts, labels, strict=True):
        rest = [plain(line) for line in cue.lines[1:]]
        if label is not None and (believed is None or label[0] in believed):
            yield Turn(_unbracketed(label[0]), " ".join([first[label[1] :], *rest]), cue.start, cue.end)
        else:
            yield Turn(None, " ".join([first, *rest]), cue.start, cue.end)


def _bracketed(line: str) -> tuple[str, int] | None:
    """ "[SPEAKER_00] text" or "(Ann Lee)"; what is no name, such as "[laughs]", stays among the words."""
    match = _IN_BRACKETS.match(line)
    if match is None:
        return None
    name = " ".join((match[1] or match[2]).split())
    return (name, match.end()) if label_of(f"{name}:") and looks_like_a_name(name) else None


def _unbracketed(label: str) -> str:
    return label[1:-1].strip() or label if label[0] + label[-1] in {"[]", "()"} else label


def _voiced_turns(cues: Sequence[Cue]) -> Iterator[Turn]:
    """ "<v Name>text</v>": a cue may hold several voices, and a voice several lines."""
    for cue in cues:
        parts = _VOICE.split("\n".join(cue.lines))
        if parts[0].strip():
            yield Turn(None, plain(parts[0]), cue.start, cue.end)
        for speaker, text in zip(parts[1::2], parts[2::2], strict=True):
            yield Turn(" ".join(plain(speaker).split()) or None, plain(text), cue.start, cue.end)


def plain(text: str) -> str:
    """Without markup; only the cues' own tags and whole entities, so that "a < b", "<3" and "AT&T" stay."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), _TAG.sub("", text))
