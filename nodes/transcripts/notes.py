"""What somebody, or a machine, wrote of a meeting: summaries, decisions, tasks; words without a speaker.

Each paragraph, list item and table row is a turn of its own, and so is each heading, so that what stands
under "Decisions" can be read as one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nodes.errors import InputError
from nodes.transcripts.dates import parse_date
from nodes.transcripts.headers import Header, is_header_line, is_people_key, read_header
from nodes.transcripts.layout import Turn

_SECTIONS = """
abstract; action item; action items; actions; action points; agenda; agreed; agreements; background;
blockers; chapters; conclusion; conclusions; decision; decisions; decisions made; details; discussion;
discussion points; discussions; executive summary; follow up; follow ups; follow-up; follow-ups; highlights;
introduction; issues; key decisions; key points; key takeaways; keywords; meeting minutes; meeting notes;
meeting purpose; meeting summary; minutes; minutes of meeting; minutes of the meeting; next meeting; next
steps; notes; open issues; open points; open questions; outcome; outcomes; outline; overview; problems;
questions; quick recap; recap; resolutions; risks; suggested next steps; summary; summary keywords;
takeaways; tasks; tl-dr; to do; to-do; todo; todos; to-dos; topics; topics discussed; updates
"""
_KNOWN = frozenset(" ".join(section.split()) for section in _SECTIONS.split(";"))
_TRANSCRIPT = frozenset(
    {"transcript", "full transcript", "meeting transcript", "transcription", "full transcription"}
)
_MARKED_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)[\s#]*")
_ITEM = re.compile(r"\s*(?:[-*•◦▪‣–—·]|\d{1,3}[.)]|[☐☑✅])\s+(?:\[ \]\s+)?(.+)")
_ROW = re.compile(r"\s*\|(.*)\|\s*")
_RULE = re.compile(r"[\s|:=_*~-]+")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_FRONT_MATTER_LINES = 60
_WRAPPED = 55
_LONGEST_TITLE = 150
_LONGEST_SECTION = 70
_FEW = 3


@dataclass(frozen=True, slots=True)
class Notes:
    """What notes tell of the meeting, and their words."""

    header: Header
    title: str | None
    turns: tuple[Turn, ...]


def section_of(line: str) -> str | None:
    """The known section that a line is the heading of, in small letters; None for other lines."""
    if len(line) > _LONGEST_SECTION:
        return None
    words = line.strip(" \t#")
    bare = re.sub(r"^\W+|[\s:*_#]+$", "", words.lower()).replace("tl;dr", "tl-dr")
    return bare if bare in _KNOWN or bare in _TRANSCRIPT or is_people_key(bare) else None


def is_heading(line: str) -> bool:
    """Whether a line is marked as a heading (#), or is a known one."""
    return bool(_MARKED_HEADING.fullmatch(line)) or section_of(line) is not None


def are_notes(lines: Sequence[str]) -> bool:
    """Whether the lines have a section that only notes have, such as "Decisions"."""
    return any(section_of(line) in _KNOWN for line in lines)


def begins_transcript(line: str) -> bool:
    """Whether a line is the heading under which notes give the transcript itself."""
    return section_of(line) in _TRANSCRIPT


def read_notes(name: str, lines: Sequence[str], title: str | None = None) -> Notes:
    """Read notes: front matter, title, date and people, and the words.

    Args:
        name: the file's name, for messages.
        lines: the notes.
        title: the title, where something else told it; a first line is then words, unless it is the same.

    Raises:
        InputError: a date is given that does not exist, or that could mean two days.
    """
    front, body = _front_matter(lines)
    told, words = _header_lines(body)
    header = read_header(name, [*front, *told])
    title = title or header.title
    marked = next((at for at, line in enumerate(words) if line.strip()), None)
    if marked is not None and is_title(words[marked]):
        heading = _MARKED_HEADING.fullmatch(words[marked])
        first = _plain(heading[1] if heading else words[marked])
        if title is None or first.casefold() == title.casefold():
            title = first
            words = words[:marked] + words[marked + 1 :]
    if header.date is None and (dated := _date_line(words)) is not None:
        header = replace(header, date=parse_date(_without_length(words[dated].strip(" \t#*_"))))
        words = words[:dated] + words[dated + 1 :]
    return Notes(header, title, tuple(Turn(None, text) for text in paragraphs(words)))


def is_title(line: str) -> bool:
    """Whether a first line names the meeting: marked as heading, or short and no sentence."""
    if section_of(line) is not None:
        return False
    if _MARKED_HEADING.fullmatch(line):
        return True
    return len(line) <= _LONGEST_TITLE and not _ITEM.fullmatch(line) and not re.search(r"[.,:;!?]\s*$", line)


def above(name: str, lines: Sequence[str]) -> tuple[Header, str | None, tuple[Turn, ...], tuple[str, ...]]:
    """What stands above the first speaker: header, title, notes, and a warning for lines that are neither.

    Lines are notes when one of them is the heading of some, or when there are more than a few.

    Raises:
        InputError: a date is given that does not exist, or that could mean two days.
    """
    header, title, free = _told_above(name, lines)
    if are_notes(lines) or len(free) > _FEW:
        notes = read_notes(name, [line for line in lines if not begins_transcript(line)])
        warning = f"{name}: what stands above its transcript was written by the notetaker; nobody said it."
        return notes.header, notes.title, notes.turns, (warning,) if notes.turns else ()
    unread = (f"{name}: {len(free)} lines above the first speaker were not read.",) if free else ()
    return header, title, (), unread


def _told_above(name: str, lines: Sequence[str]) -> tuple[Header, str | None, list[str]]:
    """Header, title, and the lines that are neither."""
    header = read_header(name, _with_people_in_line(lines))
    listing = {at + 1 for at, line in enumerate(lines) if is_people_key(line)}
    free = [
        line.strip(" \t#*_=-")
        for at, line in enumerate(lines)
        if not is_header_line(line)
        and not _ITEM.fullmatch(line)
        and at not in listing
        and section_of(line) is None
    ]
    free = [line for line in free if line]
    if header.date is None and (dated := [line for line in free if is_date(line)]):
        header = replace(header, date=parse_date(_without_length(dated[0])))
        free.remove(dated[0])
    title = header.title
    if title is None and free and len(free[0]) <= _LONGEST_TITLE:
        title = free.pop(0)
    return header, title, free


def is_date(line: str) -> bool:
    """Whether a line is a date and nothing else."""
    if not re.search(r"\d", line) or len(line) > 100:
        return False
    try:
        parse_date(_without_length(line))
    except InputError:
        return False
    return True


def _without_length(line: str) -> str:
    """Otter writes "Mon, Mar 4, 2024 10:00AM • 27:42"."""
    return line.partition("•")[0].strip()


def _date_line(lines: Sequence[str]) -> int | None:
    return next((at for at, line in enumerate(lines[:10]) if is_date(line.strip(" \t#*_"))), None)


def _front_matter(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """YAML between two lines of "---", its lists written as the header's are."""
    if not lines or lines[0].strip() != "---":
        return [], list(lines)
    end = next((at for at, line in enumerate(lines[1:_FRONT_MATTER_LINES], 1) if line.strip() == "---"), None)
    if end is None:
        return [], list(lines)
    inside = [re.sub(r":\s*\[(.*)\]\s*$", r": \1", line) for line in lines[1:end]]
    return [re.sub(r"""(:\s*)(["'])(.*)\2\s*$""", r"\1\3", line) for line in inside], list(lines[end + 1 :])


def _header_lines(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines that tell title, date and people, wherever people list them, and all the others."""
    told: list[str] = []
    words: list[str] = []
    in_people = in_body = False
    for line in _with_people_in_line(lines):
        section = section_of(line)
        keyed = is_header_line(line)
        if keyed and (not in_body or _names_people(line)):
            told.append(line)
            in_people = _names_people(line)
            continue
        if in_people and (not line.strip() or (_ITEM.fullmatch(line) and section is None)):
            told.append(line)
            continue
        in_people = False
        in_body = in_body or section is not None
        words.append(line)
    return told, words


def _names_people(line: str) -> bool:
    return is_people_key(line.partition(":")[0])


def _with_people_in_line(lines: Sequence[str]) -> list[str]:
    """ "Attendees" as a heading, with the names below it, written as "Attendees: names"."""
    joined: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        after = next((n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip()), None)
        if is_people_key(line) and after is not None:
            if _ITEM.fullmatch(lines[after]):
                joined.append("Attendees:")
            else:
                joined.append(f"Attendees: {lines[after].strip()}")
                at = after
        else:
            joined.append(line)
        at += 1
    return joined


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs, list items, headings and table rows without their marks, wrapped lines joined."""
    open_one: list[str] = []
    for line in lines:
        item, row = _ITEM.fullmatch(line), _ROW.fullmatch(line)
        alone = is_heading(line) or row is not None or not line.strip() or bool(_RULE.fullmatch(line))
        if open_one and not alone and item is None and _continues(open_one[-1], line):
            open_one.append(line)
            continue
        if open_one:
            yield _plain(" ".join(open_one))
            open_one = []
        if not line.strip() or _RULE.fullmatch(line):
            continue
        if row is not None:
            yield " | ".join(_plain(cell) for cell in row[1].split("|"))
        elif alone:
            heading = _MARKED_HEADING.fullmatch(line)
            if text := _plain(heading[1] if heading else line):
                yield text
        else:
            open_one = [item[1] if item else line]
    if open_one:
        yield _plain(" ".join(open_one))


def _continues(before: str, line: str) -> bool:
    """Whether a line goes on where the one before was wrapped: that one is long and ends no sentence."""
    return (
        len(before) >= _WRAPPED and not re.search(r"[.!?:;。…][\"”')\]]*\s*$", before) and bool(line.strip())
    )


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\2", " ".join(text.split())).strip()
