"""Whether every export layout is read right: format, title, date, speakers, and every word.

    python -m benchmarks.formats --data DIR

DIR/formats holds the exports and expected.jsonl, one object a file. Where a file does not tell its title or
date, and its name does not either, none is the right answer: a wrong one is worse, and the person is asked.
The words are compared with those of the file itself, counted where expected.jsonl gives a number.
"""

import argparse
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nodes.errors import InputError
from nodes.transcript import Transcript
from nodes.transcripts import read_transcript, source_of


@dataclass(frozen=True, slots=True)
class Row:
    """One file: what was read, and of each part whether it is right."""

    file: str
    format: str
    title: str
    date: str
    speakers: str
    words: int
    words_lost: int
    right: bool
    wrong: tuple[str, ...] = ()


def main() -> None:
    """Parse the arguments, read every file, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with formats/")
    folder = parser.parse_args().data / "formats"
    listing = folder / "expected.jsonl"
    if not listing.is_file():
        raise SystemExit(f"{listing} is not there; give the folder that has formats/ in it")
    expected = [json.loads(line) for line in listing.read_text("utf-8").splitlines() if line.strip()]
    rows = [_read(folder / one["file"], one) for one in expected]
    table = Table("file", "format", "title", "date", "speakers", "words", "lost", "right")
    for row in rows:
        shown = "yes" if row.right else f"no: {', '.join(row.wrong)}"
        table.add_row(
            row.file,
            row.format,
            row.title,
            row.date,
            row.speakers,
            str(row.words),
            str(row.words_lost),
            shown,
        )
    Console(width=220).print(table)
    print(
        json.dumps(
            {
                "files": len(rows),
                "right": sum(row.right for row in rows),
                "words_lost": sum(row.words_lost for row in rows),
                "rows": [asdict(row) for row in rows],
            }
        )
    )


def _read(path: Path, expected: dict[str, Any]) -> Row:
    try:
        transcript = read_transcript(source_of(path))
    except InputError as error:
        return Row(
            path.name, "-", "-", "-", "-", 0, expected.get("n_words", 0), False, (f"refused: {error}",)
        )
    lost = _words_lost(path, transcript, expected)
    spoke = {one.speaker for one in transcript.utterances if one.speaker}
    checks = {
        "format": transcript.format == expected["format"],
        "title": _is_title(transcript, expected),
        "date": _is_date(transcript, expected, path),
        "speakers": "speakers" not in expected or spoke == set(expected["speakers"]),
        "words": not lost,
    }
    return Row(
        path.name,
        transcript.format,
        transcript.title or "-",
        transcript.date.isoformat() if transcript.date else "-",
        f"{len(spoke)} speak, {len(transcript.participants)} listed",
        len(_words(transcript)),
        lost,
        all(checks.values()),
        tuple(name for name, is_right in checks.items() if not is_right),
    )


def _is_title(transcript: Transcript, expected: dict[str, Any]) -> bool:
    title = (transcript.title or "").casefold()
    wanted = expected.get("title", expected["meeting"]).casefold()
    if title.endswith(wanted):
        return True
    told = wanted in expected["file"].casefold().replace("_", " ")
    named = all(word in expected["file"].casefold() for word in title.split())
    return not told and named  # the file does not say: what its name says, or nothing


def _is_date(transcript: Transcript, expected: dict[str, Any], path: Path) -> bool:
    if transcript.date is not None:
        precision = len(expected["start"]) if transcript.date_has_time else len("2024-03-04")
        return transcript.date.isoformat().startswith(expected["start"][:precision])
    year = expected["start"][:4]
    return year not in path.name and year.encode() not in path.read_bytes()


def _words(transcript: Transcript) -> list[str]:
    return [word for one in transcript.utterances for word in one.text.split()]


def _words_lost(path: Path, transcript: Transcript, expected: dict[str, Any]) -> int:
    """How many of the words that the file holds are not in the utterances, counted without our parsers."""
    found = _words(transcript)
    text = " ".join(found)
    if "n_words" in expected:
        bounded = text.startswith(expected["first_words"]) and text.endswith(expected["last_words"].strip())
        return abs(expected["n_words"] - len(found)) or int(not bounded)
    said: Counter[str] = Counter()
    if path.suffix == ".vtt":
        cues = re.findall(r"--> .*\r?\n[^:\n]+: (.*)", path.read_text("utf-8"))
        said.update(word for cue in cues for word in cue.split())
    elif path.name.endswith(".chat.txt"):
        said.update(_written(path.read_text("utf-8")))
    elif "attachment" in expected:
        recording = next(path.parent.glob(f"*{expected['attachment']}"))
        said.update(_words(read_transcript(source_of(recording))))
    else:
        for items in (expected["decisions"], expected["actions"], expected["problems"]):
            said.update(word for item in items for word in _as_mailed(item, text).split())
    return (said - Counter(found)).total()


def _as_mailed(item: str, text: str) -> str:
    """Mails name the people where the annotation names their roles: their common words are looked for."""
    return item if item in text else item.partition(" will ")[2]


def _written(chat: str) -> list[str]:
    """The words of a chat without its reactions and without what its replies quote."""
    words: list[str] = []
    for message in re.split(r"(?m)^\d\d:\d\d:\d\d\t[^\t]+\t", chat)[1:]:
        if not message.startswith(("Reacted to ", "Heeft gereageerd op ", "Removed a ")):
            words += re.sub(r'^Replying to ".*?"\s*\n', "", message, flags=re.DOTALL).split()
    return words


if __name__ == "__main__":
    main()
