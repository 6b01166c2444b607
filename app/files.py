"""From what a person names on the command line to what the ingest graph takes."""

import base64
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nodes.errors import InputError

if TYPE_CHECKING:
    from nodes.ingest_state import IngestInput

_SUFFIXES = {".vtt", ".txt"}
_STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Labels:
    """What a person says of the meetings; what they do not say is read from the file."""

    title: str | None = None
    date: str | None = None
    series: str | None = None
    key: str | None = None
    participants: tuple[str, ...] = ()
    format: str | None = None
    chats: tuple[Path, ...] = ()

    @property
    def are_of_one_meeting(self) -> bool:
        """Whether some of them cannot be true of several meetings."""
        return bool(self.title or self.date or self.key or self.chats)


@dataclass(frozen=True, slots=True)
class Handed:
    """One transcript with what was said of it; results name it by its path or as `shown_as` says."""

    path: Path
    labels: Labels
    shown_as: str | None = None
    pasted: str | None = None

    @property
    def shown(self) -> str:
        """How results name it."""
        return self.shown_as or str(self.path)

    @property
    def name(self) -> str:
        """The file's name alone."""
        return self.path.name if self.pasted is None else "standard input"

    def given(self) -> "IngestInput":
        """The input of the ingest graph; the file is read now.

        Raises:
            InputError: it, or its chat file, cannot be read or is too large.
        """
        from nodes.transcripts import companion_chat, source_of

        labels = self.labels
        given: IngestInput = {"participants": list(labels.participants)} if labels.participants else {}
        for name in ("title", "date", "series", "key", "format"):
            if (value := getattr(labels, name)) is not None:
                given[name] = value
        if self.pasted is not None:
            given["transcript"] = self.pasted
            return given
        source = source_of(self.path)
        given["filename"] = source.name
        given["content_base64"] = base64.b64encode(source.data).decode()
        beside = companion_chat(self.path)
        chats = [source_of(chat) for chat in labels.chats or ([beside] if beside else [])]
        if chats:
            given["attachments"] = [
                {"filename": chat.name, "content_base64": base64.b64encode(chat.data).decode()}
                for chat in chats
            ]
        return given


def find(path: Path, labels: Labels) -> list[Handed]:
    """The transcripts that a path stands for: itself, or all of a folder, oldest meeting first; - is pasted.

    Raises:
        InputError: nothing is there, or it cannot be read, or a folder holds no transcript.
    """
    if path == _STANDARD_INPUT:
        return [Handed(path, labels, pasted=sys.stdin.buffer.read().decode("utf-8", "surrogateescape"))]
    if not path.is_dir():
        return [Handed(path, labels)]
    try:
        inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in _SUFFIXES and one.is_file())
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}); check its permissions."
        ) from error
    found = [Handed(one, labels) for one in _without_chats(inside)]
    if not found:
        raise InputError(
            f"{path} holds no transcript ({', '.join(sorted(_SUFFIXES))}); give the folder that does."
        )
    return sorted(found, key=_dated)


def _without_chats(files: Sequence[Path]) -> list[Path]:
    from nodes.transcripts import companion_chat

    chats = {companion_chat(one) for one in files}
    return [one for one in files if one not in chats]


def _dated(handed: Handed) -> tuple[datetime, str]:
    """When the meeting was; what cannot be read comes last, and is refused in its turn."""
    from datetime import UTC

    from nodes.intake import read_source

    try:
        return read_source("", handed.given()).date, handed.shown
    except InputError:
        return datetime.max.replace(tzinfo=UTC), handed.shown
