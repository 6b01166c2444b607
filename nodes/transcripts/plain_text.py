"""Plain "Name: text", wrapped or not, with or without times, under a few lines of header or none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nodes.errors import InputError
from nodes.transcripts.dates import parse_date
from nodes.transcripts.headers import Header, is_header_line, read_header
from nodes.transcripts.labels import label_of, speakers_among
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_STAMP = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_LEADING = re.compile(rf"\s*(?:[\[(]\s*({_STAMP})\s*[\])]|({_STAMP})(?=\s))\s*[-–—]?\s*")
_AFTER_NAME = re.compile(rf"([^:\n]{{1,80}}?)\s*[\[(]({_STAMP})[\])]\s*:(?=\s|$)")
_BULLET = re.compile(r"\s*[-*•]\s")
# Other layouts in which "Word: text" lines stand: SubRip, e-mail, JSON, web pages.
_OTHERWISE = re.compile(
    r"^\d[\d:]*[.,]\d+ --> |^(?:MIME-Version|Message-ID|Content-Type):|\A\s*(?:\{\s*\"|\[\s*[\[{\"]|<!?\w)",
    re.MULTILINE | re.IGNORECASE,
)
_WALL_CLOCK = 6 * 3600.0
_LONGEST_TITLE = 150


def _matches(document: Document) -> float:
    return 0.0 if _OTHERWISE.search(document.head) else 0.1


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
    header, title, unread = _above(document.name, [line.raw for line in lines[:first]])
    turns, clock_warning = _from_the_start(document.name, tuple(_turns(lines[first:], speakers)))
    return Reading(
        "plain_txt",
        tuple(_with_listed_name(turn, header.listed) for turn in turns),
        title,
        header.date,
        header.listed,
        (*header.warnings, *unread, *clock_warning),
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


def _above(name: str, lines: list[str]) -> tuple[Header, str | None, tuple[str, ...]]:
    """What stands above the first speaker: header, title, and a warning for lines that are neither."""
    header = read_header(name, lines)
    free = [line.strip(" \t#*_=-") for line in lines if not is_header_line(line) and not _BULLET.match(line)]
    free = [line for line in free if line]
    if header.date is None and (dated := [line for line in free if _is_date(line)]):
        header = replace(header, date=parse_date(dated[0]))
        free.remove(dated[0])
    title = header.title
    if title is None and free and len(free[0]) <= _LONGEST_TITLE:
        title = free.pop(0)
    unread = (f"{name}: {len(free)} lines above the first speaker were not read.",) if free else ()
    return header, title, unread


def _is_date(line: str) -> bool:
    try:
        parse_date(line)
    except InputError:
        return False
    return True


def _from_the_start(name: str, turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """Times of day become seconds from the first of them: no meeting begins six hours into its recording."""
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
