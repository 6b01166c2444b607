"""What a layout module speaks: the file it is given, the turns it returns, and how it is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from nodes.errors import InputError
from nodes.transcript import Channel, Participant

MAX_BYTES = 50 * 1000 * 1000 - 1
"""The largest file that is read: 50 MB and more is no transcript of one meeting (an hour is 0.1 MB)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was given: its name, without folders, and its content."""

    name: str
    data: bytes


Container = Literal["text", "docx", "odt", "pdf", "html", "mail"]
"""What the text stood in; in all but "text", a document without speakers is minutes, not a bad transcript."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source whose text could be read.

    Attributes:
        name: the file's name.
        text: its text, lines ended by a single line feed.
        warnings: what was guessed, or could not be read, on the way, for example the encoding.
        container: what the text was taken out of.
    """

    name: str
    text: str
    warnings: tuple[str, ...] = ()
    container: Container = "text"

    @property
    def head(self) -> str:
        """The beginning of the text: enough to recognise a layout, whatever the size of the file."""
        return self.text[:20_000]


@dataclass(frozen=True, slots=True)
class Turn:
    """Words of one speaker as a layout found them: one cue, one line, one chat message."""

    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None
    channel: Channel = "speech"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a layout read: every word, in order, and what the content itself says of the meeting.

    Attributes:
        clock: the time of day, in seconds since midnight of an unknown zone, from which its times count.
    """

    format: str
    turns: tuple[Turn, ...]
    title: str | None = None
    date: tuple[datetime, bool] | None = None
    listed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    people: tuple[Participant, ...] = field(default=())
    external_id: str | None = None
    clock: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which transcripts are written down.

    Attributes:
        formats: the format names that it can report; a person may ask for it by any of them.
        matches: how surely a document has this layout, from 0 (not at all) to 1 (certainly).
        parse: reads it; raises InputError when it is damaged or has no speaker lines.
    """

    formats: tuple[str, ...]
    matches: Callable[[Document], float]
    parse: Callable[[Document], Reading]


def refuse_oversized(name: str, size: int) -> None:
    """Refuse a file by its size in bytes alone.

    Raises:
        InputError: the file is larger than MAX_BYTES.
    """
    if size > MAX_BYTES:
        raise InputError(
            f"{name} is {size / 1e6:.0f} MB large and files are read up to 50 MB; "
            "give the transcript, not the recording, or split it into one file a meeting."
        )


def source_of(path: Path) -> Source:
    """Read a file, its size first, so that a recording given by mistake is refused without being read.

    Raises:
        InputError: no such file, a folder, not readable, or larger than MAX_BYTES.
    """
    try:
        refuse_oversized(path.name, path.stat().st_size)
        return Source(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}); check the path and its permissions."
        ) from error
