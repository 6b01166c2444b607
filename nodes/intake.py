"""From what a person hands in to a staged source: parsed, dated, named, and nothing stored if it is bad."""

import base64
import binascii
import hashlib
import json
from asyncio import to_thread
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nodes.errors import InputError
from nodes.retention import admit
from nodes.transcript import Transcript
from nodes.transcripts import Source as File
from nodes.transcripts import parse_date, read_transcript, series_of
from nodes.wording import storable
from stores import sources
from stores.ids import derived_id
from stores.opening import Stores
from stores.records import Source

if TYPE_CHECKING:  # langgraph takes seconds to import, and finding out that a file is known needs none of it
    from nodes.ingest_state import IngestInput

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PASTED = "the transcript"
_LONGEST_KEY = 500
_LONGEST_NAME = 500  # characters of what an export gives as a speaker: names, companies, pronouns


@dataclass(frozen=True, slots=True)
class Accepted:
    """A source that is staged, or the result of the ingestion that already knows this very content."""

    meeting_id: str
    source: Source | None
    known: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was handed in, parsed, with the ids of its content; when the meeting was need not be known yet."""

    name: str
    given: "IngestInput"
    transcript: Transcript
    scope: str
    key: str
    meeting_id: str
    content_hash: str

    def source(self) -> Source:
        """The version, with its title, date and series settled.

        Raises:
            InputError: neither the caller nor the file nor its name says when the meeting was.
        """
        given, transcript = self.given, self.transcript
        date, has_time = _date(self.name, given.get("date"), transcript)
        title = given.get("title") or transcript.title or "Untitled meeting"
        listed = [name for name in given.get("participants") or [] if name not in transcript.participants]
        return Source(
            id=derived_id("source", self.scope, self.meeting_id, self.content_hash),
            meeting_id=self.meeting_id,
            key=self.key,
            content_hash=self.content_hash,
            name=self.name,
            format=transcript.format,
            title=title,
            series=given.get("series") or series_of(title),
            date=date,
            date_has_time=has_time,
            participants=(*transcript.participants, *listed),
            warnings=transcript.warnings,
            utterances=transcript.utterances,
        )


async def accept(stores: Stores, workspace: str, given: "IngestInput") -> Accepted:
    """Parse and stage what was handed in; content that the workspace knows is not staged again.

    What is past the workspace's retention is forgotten first.

    Raises:
        InputError: it cannot be used; nothing was stored.
    """
    read = await to_thread(read_input, workspace, given)
    scope = sources.workspace_id(workspace)
    known = await known_result(stores, read)
    if known is not None:  # whatever it is called now, and though its name may not tell the date any more
        return Accepted(read.meeting_id, None, known)
    source = read.source()
    content = {"meeting_id": source.meeting_id, "content_hash": source.content_hash}
    times = await sources.times_committed(stores.database, scope, **content)
    if times:  # content that came, was replaced, and comes back is a version of its own
        source = replace(source, id=derived_id("source", source.id, times))
    source = await admit(stores, workspace, source)
    await sources.stage(stores.database, workspace, source)
    return Accepted(source.meeting_id, source, None)


async def known_result(stores: Stores, read: Read) -> dict[str, Any] | None:
    """What the ingestion of this very content said, when it is what the workspace knows now."""
    content = {"meeting_id": read.meeting_id, "content_hash": read.content_hash}
    return await sources.committed_result(stores.database, read.scope, **content)


def read_source(workspace: str, given: "IngestInput") -> Source:
    """Parse what was handed in and settle its title, date, series and ids.

    Raises:
        InputError: it cannot be used; the message names the file and the reason.
    """
    return read_input(workspace, given).source()


def read_input(workspace: str, given: "IngestInput") -> Read:
    """Parse what was handed in and settle the ids of its content.

    Raises:
        InputError: it cannot be read; the message names the file and the reason.
    """
    given = _storable(given)
    file = _file(given)
    attachments = [
        File(one["filename"], _decoded(one["content_base64"], one["filename"]))
        for one in given.get("attachments") or []
    ]
    transcript = read_transcript(file, attachments=attachments, format=given.get("format"))
    _check_names(file.name, transcript, given)
    text_hash = _hash(file.data)
    key = given.get("key") or transcript.external_id or text_hash[:32]
    content_hash = hashlib.sha256(
        json.dumps(
            [
                text_hash,
                sorted(_hash(one.data) for one in attachments),
                *(given.get(name) for name in ("title", "date", "series", "participants", "format")),
            ]
        ).encode()
    ).hexdigest()
    scope = sources.workspace_id(workspace)
    meeting_id = derived_id("meeting", scope, key)
    return Read(file.name, given, transcript, scope, key, meeting_id, content_hash)


def _storable(given: "IngestInput") -> "IngestInput":
    """The input with words that a database takes: a file's name may hold bytes that are no text, and what
    comes as JSON halves of signs."""
    told: IngestInput = given.copy()
    for name in ("key", "title", "series", "filename"):
        if (words := told.get(name)) is not None:
            told[name] = storable(words)
    if (participants := told.get("participants")) is not None:
        told["participants"] = [one for one in map(storable, participants) if one.strip()]
    if attachments := told.get("attachments"):
        told["attachments"] = [{**one, "filename": storable(one["filename"])} for one in attachments]
    return told


def _check_names(name: str, transcript: Transcript, given: "IngestInput") -> None:
    key = given.get("key") or transcript.external_id or ""
    if len(key) > _LONGEST_KEY:
        raise InputError(
            f"{name}: its key is {len(key)} characters long; give one of at most {_LONGEST_KEY}, as --key"
        )
    for participant in (*transcript.participants, *given.get("participants", ())):
        if len(participant) > _LONGEST_NAME:
            raise InputError(
                f"{name}: {participant[:40]!r}... is {len(participant)} characters long, which no name of a "
                "person is; export the transcript again, or give its --format"
            )


def _file(given: "IngestInput") -> File:
    name = given.get("filename") or ""
    text, content = given.get("transcript"), given.get("content_base64")
    if text is not None and content is not None:
        raise InputError("both transcript and content_base64 are given: give one of them")
    if text is not None:
        return File(name or _PASTED, text.encode("utf-8", "replace"))
    if content is not None:
        if not name:
            raise InputError("content_base64 needs filename, which tells the layout and often the date")
        return File(name, _decoded(content, name))
    raise InputError("nothing to ingest: give source_id, transcript, or content_base64 with filename")


def _decoded(content: str, name: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{name}: its content_base64 is not base64 ({error})") from error


def _date(name: str, given: str | None, transcript: Transcript) -> tuple[datetime, bool]:
    if given:
        return parse_date(given)
    if transcript.date is None:
        raise InputError(
            f"{name}: it does not say when the meeting was, and neither does its name; "
            "give the date, for example --date 2026-03-31 or --date 2026-03-31T10:00+02:00"
        )
    return transcript.date, transcript.date_has_time


def _hash(data: bytes) -> str:
    """Of the content, whatever line ends and byte order mark a tool has put around it."""
    return hashlib.sha256(data.removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")).hexdigest()
