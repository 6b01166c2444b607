"""What a terminal shows: tables and lines for people, JSON for programs.

Words from meetings are shown as data: without markup, and without the control characters by which a text
could rewrite the screen.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 100
# and halves of signs, as which a path's bytes that are no text are read
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@cache
def out() -> Console:
    """Standard output."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Standard error, where progress and complaints go."""
    return _console(stderr=True)


def printable(text: str) -> str:
    """A text in one line, without control characters."""
    return _CONTROL.sub(" ", text)


def text(words: object, style: str = "") -> Text:
    """Words from a meeting, or anything else that must be shown as it is."""
    return Text(printable("" if words is None else str(words)), style=style)


def print_json(value: object) -> None:
    """One line of JSON on standard output, at once; what a terminal would obey is written in escapes."""
    sys.stdout.write(_CONTROL.sub(_escaped, json.dumps(value, ensure_ascii=False)) + "\n")
    sys.stdout.flush()


def _escaped(signs: re.Match[str]) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in signs[0])


def table(title: str, columns: Mapping[str, str], rows: Iterable[Iterable[object]]) -> Table:
    """A table; columns that are empty in every row are left out.

    Args:
        title: above it.
        columns: name to style; a style that begins with ">" aligns right.
        rows: one value a column.
    """
    filled = [[one if isinstance(one, Text) else text(one) for one in row] for row in rows]
    terminal = out().is_terminal
    shown = Table(
        title=text(title, "bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD if terminal else None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    kept = [place for place in range(len(columns)) if any(row[place].plain for row in filled)]
    for place, (name, style) in enumerate(columns.items()):
        if place in kept:
            right = style.startswith(">")
            shown.add_column(
                name,
                style=style.removeprefix(">"),
                justify="right" if right else "left",
                no_wrap=right,
                overflow="fold",
            )
    for row in filled:
        shown.add_row(*(row[place] for place in kept))
    return shown


def day(moment: str | None) -> str:
    """The day of an ISO 8601 time."""
    return (moment or "")[:10]


def clock(seconds: float | None) -> str:
    """Seconds from the start of a recording as a player shows them."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 meeting", "2 memories"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def quoted(words: str, longest: int = 200) -> str:
    """Words in quotation marks, cut where they are very long."""
    cut = printable(words).strip()
    return f"“{cut if len(cut) <= longest else cut[: longest - 1].rstrip() + '…'}”"


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
