"""WebVTT as Zoom writes it (numbered cues, "Name: text"), and with voice tags (<v Name>text</v>).

Read here and not with webvtt-py, which drops malformed cues without a word (or, when strict, raises without
saying where), so that a truncated file would pass for a short meeting.
Format: https://www.w3.org/TR/webvtt1/, section 4.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nodes.errors import InputError
from nodes.transcripts.headers import Header, read_header
from nodes.transcripts.labels import label_of, speakers_among
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>")
_TAG = re.compile(r"</?(?:[ibuvc]|lang|ruby|rt)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,8});")
_CUT_BEFORE_WORDS = re.compile(r"\d+|\S+\n\d[\d:.]*\s*-{0,2}")
_SOME_LENGTH = 10
_MOSTLY_LABELLED = 0.9


@dataclass(frozen=True, slots=True)
class _Cue:
    place: int  # counted from 1
    line: int  # of its timing, counted from 1
    start: float
    end: float
    lines: list[str]


def _matches(document: Document) -> float:
    if document.text.startswith("WEBVTT"):
        return 1.0
    return 0.6 if document.name.lower().endswith(".vtt") else 0.0


def _parse(document: Document) -> Reading:
    header, cues = _cues(document)
    if not cues:
        raise InputError(f"{document.name} has no cues, only a heading; the export is empty or cut off.")
    doubts = _refuse_truncated(document, cues)
    voiced = any(_VOICE.search(line) for cue in cues for line in cue.lines)
    turns = tuple(_voiced_turns(cues) if voiced else _labelled_turns(cues))
    speechless = sum(turn.speaker is None for turn in turns)
    if speechless == len(turns):
        raise InputError(
            f"{document.name} has no speaker lines: none of its {len(cues)} cues says who speaks "
            '("Name: text" or "<v Name>text"); export the transcript with speaker names, not the captions.'
        )
    warnings = [*header.warnings, *doubts]
    if speechless:
        warnings.append(f"{document.name}: {speechless} of {len(turns)} cues do not say who speaks.")
    form = "webvtt" if voiced else "zoom_vtt"
    return Reading(form, turns, header.title, header.date, header.listed, tuple(warnings))


def _cues(document: Document) -> tuple[Header, list[_Cue]]:
    lines = document.text.split("\n")
    if not lines[0].startswith("WEBVTT"):
        raise InputError(f'{document.name} does not begin with "WEBVTT"; export it again as WebVTT.')
    told = [re.sub(r"^WEBVTT[ \t]*-?[ \t]*", "Title: ", lines[0])]
    cues: list[_Cue] = []
    at, blank = 1, False
    while at < len(lines):
        line = lines[at]
        if "-->" in line:
            at = _read_cue(document, lines, at, cues)
            blank = False
        elif blank and line.startswith(("STYLE", "REGION")) and not line.rstrip()[6:]:
            at = _end_of_block(lines, at)
        elif line.startswith("NOTE") and line[4:5] in {"", " ", "\t"}:
            end = _end_of_block(lines, at)
            told += [line[4:], *lines[at + 1 : end]]
            at = end
        else:
            if cues and line.strip() and not _is_identifier(lines, at):
                cues[-1].lines.append(line)  # words after an empty line inside a cue are words all the same
            elif not cues:
                told.append(line)
            blank = not line.strip()
            at += 1
    return read_header(document.name, told), cues


def _is_identifier(lines: list[str], at: int) -> bool:
    """Whether a line outside a cue names the cue that follows, or the one that was cut off."""
    if at + 1 < len(lines) and "-->" in lines[at + 1]:
        return True
    return lines[at].strip().isdecimal() and not any(line.strip() for line in lines[at + 1 :])


def _end_of_block(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


def _read_cue(document: Document, lines: list[str], at: int, cues: list[_Cue]) -> int:
    """Append the cue whose timing is on line `at`; the number of the first line after it."""
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
    cues.append(_Cue(len(cues) + 1, at + 1, start, max(start, end), payload))
    return after


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths.ljust(3, "0")) / 1000


def _refuse_truncated(document: Document, cues: list[_Cue]) -> tuple[str, ...]:
    """The ways in which a cut leaves a trace in the last cue: no words, a bare number, a half name or line.

    Exports close their last line (each of 28 real ones does); what people write by hand often does not. So an
    open end is refused in a file of some length that stops inside a sentence, and elsewhere only reported.
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


def _labelled_turns(cues: list[_Cue]) -> Iterator[Turn]:
    """ "Name: text". Zoom labels every cue; where most have a label, each label is believed."""
    firsts = [_plain(cue.lines[0]) if cue.lines else "" for cue in cues]
    labels = [label_of(first) for first in firsts]
    found = sum(label is not None for label in labels)
    believed = None if found >= _MOSTLY_LABELLED * len(cues) else speakers_among(firsts)
    for cue, first, label in zip(cues, firsts, labels, strict=True):
        rest = [_plain(line) for line in cue.lines[1:]]
        if label is not None and (believed is None or label[0] in believed):
            yield Turn(label[0], " ".join([first[label[1] :], *rest]), cue.start, cue.end)
        else:
            yield Turn(None, " ".join([first, *rest]), cue.start, cue.end)


def _voiced_turns(cues: list[_Cue]) -> Iterator[Turn]:
    """ "<v Name>text</v>": a cue may hold several voices, and a voice several lines."""
    for cue in cues:
        parts = _VOICE.split("\n".join(cue.lines))
        if parts[0].strip():
            yield Turn(None, _plain(parts[0]), cue.start, cue.end)
        for speaker, text in zip(parts[1::2], parts[2::2], strict=True):
            yield Turn(" ".join(_plain(speaker).split()) or None, _plain(text), cue.start, cue.end)


def _plain(text: str) -> str:
    """Without markup; only WebVTT's own tags and whole entities, so that "a < b", "<3" and "AT&T" stay."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), _TAG.sub("", text))


LAYOUT = Layout(("zoom_vtt", "webvtt"), _matches, _parse)
