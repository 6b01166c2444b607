"""From what a person names on the command line to what the ingest graph takes."""

import base64
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nodes.errors import InputError

if TYPE_CHECKING:
    from nodes.ingest_state import Attachment, IngestInput
    from nodes.transcripts import Export

_STANDARD_INPUT = Path("-")
_Refuse = Callable[[str, InputError], None]


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
    """One transcript, ready for the ingest graph, with the names by which results and progress show it."""

    shown: str
    name: str
    given: "IngestInput"


def find(path: Path, labels: Labels, refuse: _Refuse) -> list[Handed]:
    """The transcripts that a path stands for, oldest meeting first; - is text on standard input.

    Args:
        path: a file, or a folder or archive of files.
        labels: what was said of them.
        refuse: is told of each file that looks like a transcript and cannot be read.

    Raises:
        InputError: nothing is there, or it cannot be read, or it holds no transcript.
    """
    from nodes.transcripts import Refusal, sources_in

    if path == _STANDARD_INPUT:
        text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
        return [Handed("-", "standard input", _labelled(labels, {"transcript": text}))]
    found: list[Handed] = []
    refused = 0
    for one in sources_in(path):
        if not isinstance(one, Refusal):
            found.append(handed(one, labels))
        elif not one.is_other:
            refused += 1
            refuse(one.path, InputError(one.reason))
    if not found and not refused:
        raise InputError(f"{path} holds no transcript; give the folder that does.")
    return sorted(found, key=_date) if len(found) > 1 else found


def handed(export: "Export", labels: Labels, *, shown: str | None = None) -> Handed:
    """A transcript with what was said of it and its chat: the one given, else the one beside it.

    Raises:
        InputError: a chat file that was given cannot be read.
    """
    from nodes.transcripts import source_of

    given: IngestInput = {"filename": export.source.name, "content_base64": _encoded(export.source.data)}
    chats = [source_of(path) for path in labels.chats] or list(export.chats)
    if chats:
        attachments: list[Attachment] = [
            {"filename": chat.name, "content_base64": _encoded(chat.data)} for chat in chats
        ]
        given["attachments"] = attachments
    return Handed(shown or export.path, export.source.name, _labelled(labels, given))


def _labelled(labels: Labels, given: "IngestInput") -> "IngestInput":
    if labels.participants:
        given["participants"] = list(labels.participants)
    for name in ("title", "date", "series", "key", "format"):
        if (value := getattr(labels, name)) is not None:
            given[name] = value
    return given


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _date(one: Handed) -> tuple[datetime, str]:
    """When the meeting was; what cannot be read comes last, and is refused in its turn."""
    from nodes.intake import read_source

    try:
        return read_source("", one.given).date, one.shown
    except InputError:
        return datetime.max.replace(tzinfo=UTC), one.shown
