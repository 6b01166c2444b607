"""Plain "Name: text", wrapped or not, with or without times, under a few lines of header or none."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nodes.errors import InputError
from nodes.transcripts import notes
from nodes.transcripts.headers import is_header_line
from nodes.transcripts.labels import label_of, speakers_among
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_STAMP = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_LEADING = re.compile(rf"\s*(?:[\[(]\s*({_STAMP})\s*[\])]|({_STAMP})(?=\s|$))\s*[-–—]?\s*")
_AFTER_NAME = re.compile(rf"([^:\n]{{1,80}}?)\s*[\[(]({_STAMP})[\])]\s*:(?=\s|$)")
_BOLD_NAME = re.compile(r"\s*(?:[-*]\s+)?\*\*([^*\n]{1,80}?)\s*(?::\*\*|\*\*\s*:)\s*")
# Other layouts in which "Word: text" lines stand: SubRip, e-mail, JSON, web pages.
_OTHERWISE = re.compile(
    r"^\d[\d:]*[.,]\d+ --> |^(?:MIME-Version|Message-ID|Content-Type):|\A\s*(?:\{\s*\"|\[\s*[\[{\"]|<!?\w)",
    re.MULTILINE | re.IGNORECASE,
)
_FEWEST = 3
_WALL_CLOCK = 6 * 3600.0


def _matches(document: Document) -> float:
    if document.container == "text":
        return 0.0 if _OTHERWISE.search(document.head) else 0.1
    lines = [line for line in document.head.split("\n") if line.strip()]
    counts = labelled_among(lines).values()
    recurring = sum(count for count in counts if count > 1)
    return 0.1 if recurring >= _FEWEST or 2 * sum(counts) >= max(len(lines), _FEWEST) else 0.0


def labelled_among(lines: Iterable[str]) -> Mapping[str, int]:
    """How often each speaker begins one of these lines."""
    return _speakers([_line(line) for line in lines])


def _parse(document: Document) -> Reading:
    lines = [_line(line) for line in document.text.split("\n")]
    speakers = _speakers(lines)
    first = next((at for at, line in enumerate(lines) if _is_turn(line, speakers)), None)
    labelled = sum(speakers.values())
    filled = sum(bool(line.raw.strip()) for line in lines)
    if first is None or (labelled < 3 and filled > 15 * labelled):
        raise InputError(
            f'{document.name} has no speaker lines ("Name: text"); give a transcript that says who speaks.'
        )
    while first and not lines[first - 1].rest.strip():  # empty lines, and the time of the first turn
        first -= 1
    header, title, written, unread = notes.above(document.name, [line.raw for line in lines[:first]])
    turns, clock_warning = from_the_start(document.name, tuple(_turns(lines[first:], speakers)))
    return Reading(
        "plain_txt",
        (*written, *(_with_listed_name(turn, header.listed) for turn in turns)),
        title,
        header.date,
        header.listed,
        (*header.warnings, *unread, *clock_warning),
        header.people,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it stands, and read as a turn: the time taken off, which leads it or follows the name."""

    raw: str
    start: float | None
    rest: str


def _line(raw: str) -> _Line:
    if match := _LEADING.match(raw):
        return _Line(raw, _seconds(match[1] or match[2]), raw[match.end() :])
    if match := _BOLD_NAME.match(raw):
        raw = f"{match[1]}: {raw[match.end() :]}"
    if match := _AFTER_NAME.match(raw):
        return _Line(raw, _seconds(match[2]), f"{match[1]}:{raw[match.end() :]}")
    return _Line(raw, None, raw.lstrip())


def _speakers(lines: list[_Line]) -> Mapping[str, int]:
    """A header's key is no speaker, unless it recurs ("Host: ..." may be either)."""
    found = speakers_among(line.rest for line in lines)
    keys = {label[0] for line in lines if is_header_line(line.raw) and (label := label_of(line.rest))}
    return {label: count for label, count in found.items() if label not in keys or count > 1}


def _seconds(stamp: str) -> float:
    """ "1:02:03", "02:03" (minutes and seconds) or with a fraction."""
    whole, _, fraction = stamp.replace(",", ".").partition(".")
    seconds = 0
    for part in whole.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds + (float(f"0.{fraction}") if fraction else 0.0)


def _is_turn(line: _Line, speakers: Mapping[str, int]) -> bool:
    label = label_of(line.rest)
    return label is not None and label[0] in speakers


def _turns(lines: list[_Line], speakers: Mapping[str, int]) -> Iterator[Turn]:
    """Turns with the lines that they are wrapped over; a time alone on a line is that of the next turn."""
    speaker: str | None = None
    start: float | None = None
    announced: float | None = None
    words: list[str] = []
    for line in lines:
        label = label_of(line.rest)
        if label is not None and label[0] in speakers:
            if speaker is not None:
                yield Turn(speaker, " ".join(words), start)
            speaker, words = label[0], [line.rest[label[1] :]]
            start, announced = (announced if line.start is None else line.start), None
        elif line.start is not None and not line.rest.strip():
            announced = line.start
        else:
            words.append(line.raw)
    if speaker is not None:
        yield Turn(speaker, " ".join(words), start)


def from_the_start(name: str, turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """Count times of day as seconds from the first: no meeting begins six hours into its recording."""
    first = next((turn.start for turn in turns if turn.start is not None), None)
    if first is None or first < _WALL_CLOCK:
        return turns, ()
    shifted = (
        turn if turn.start is None else replace(turn, start=max(0.0, turn.start - first)) for turn in turns
    )
    return tuple(shifted), (f"{name} gives times of day; they were counted from the first one.",)


def _with_listed_name(turn: Turn, listed: tuple[str, ...]) -> Turn:
    """A first name whose only bearer the header lists is that person."""
    if turn.speaker is None or turn.speaker in listed or " " in turn.speaker:
        return turn
    bearers = [person for person in listed if person.split()[0] == turn.speaker]
    return replace(turn, speaker=bearers[0]) if len(bearers) == 1 else turn


LAYOUT = Layout(("plain_txt",), _matches, _parse)
