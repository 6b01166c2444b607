"""The transcripts that a path stands for: a file, or all in a folder or ZIP archive of mixed exports."""

import io
import os
import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from nodes.errors import InputError
from nodes.transcripts.archives import MAX_FILES, MAX_UNPACKED, open_archive, read_file
from nodes.transcripts.companions import companion_chat, companion_name
from nodes.transcripts.layout import Source, source_of

SUFFIXES = frozenset(".vtt .srt .txt .md .markdown .json .docx .odt .pdf .html .htm .eml .msg".split())
"""How the names of files end that may be transcripts."""

MAX_NESTING = 3
"""How deep archives may lie in archives."""

_ARCHIVE = ".zip"
_MOST_LISTED = 10 * MAX_FILES
_RECORDINGS = frozenset(".mp4 .m4a .mp3 .wav .mov .webm .mkv .ogg .avi .aac .flac".split())
_JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Export:
    """One transcript to read.

    Attributes:
        path: where it was found, archives included: "calls/march.zip/standup/GMT20240304-100000.vtt".
        source: its name and content.
        chats: the chat files that lie beside it under their vendor's names.
    """

    path: str
    source: Source
    chats: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is no transcript to read.

    Attributes:
        path: where it was found.
        reason: why it was not read, in one sentence that names it.
        is_other: it is something else by its name, such as a recording; nobody asked for it to be read.
    """

    path: str
    reason: str
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    folder: str
    name: str
    read: Callable[[], Source]
    unpack: Callable[[], BinaryIO]

    @property
    def path(self) -> str:
        return posixpath.join(self.folder, self.name) if self.folder else self.name


@dataclass(slots=True)
class _Allowance:
    """What all archives of one path may still unpack to, those inside others included."""

    size: int = MAX_UNPACKED
    files: int = MAX_FILES

    def take(self, path: str, files: list[zipfile.ZipInfo]) -> None:
        self.size -= sum(file.file_size for file in files)
        self.files -= len(files)
        if self.size < 0 or self.files < 0:
            raise InputError(
                f"{path} unpacks, archives in it included, to more than {MAX_UNPACKED // 10**6} MB or "
                f"{MAX_FILES} files; unpack it and give the folder."
            )


def sources_in(path: Path) -> Iterator[Export | Refusal]:
    """The transcripts at a path, in the order of their names, each with its chat, and what was not read.

    Contents are read one at a time, as they are asked for. Hidden files and systems' own are passed over;
    links to folders are not followed.

    Raises:
        InputError: nothing is there, or it cannot be read.
    """
    if not os.path.isdir(path):  # False, and no error, for a path that is longer than any can be
        entry = _of_file(str(path.parent) if path.parent != Path() else "", path)
        if path.suffix.lower() == _ARCHIVE and os.path.isfile(path):
            yield from _unpacked(entry, 1, _Allowance())
        else:
            beside = companion_chat(path)
            yield Export(entry.path, source_of(path), (source_of(beside),) if beside else ())
        return
    closed: list[OSError] = []
    yield from _paired(_files(path, closed), 0, _Allowance())
    for error in closed:
        reason = f"{error.filename} cannot be read ({error.strerror}); check its permissions."
        yield Refusal(str(error.filename), reason)


def _files(folder: Path, closed: list[OSError]) -> Iterator[_Entry]:
    """The files below a folder; the folders that cannot be read are added to `closed`."""
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not _is_junk(name))
        for name in sorted(names):
            file = Path(parent, name)
            if not _is_junk(name) and file.is_file():
                yield _of_file(parent, file)


def _of_file(folder: str, file: Path) -> _Entry:
    return _Entry(folder, file.name, lambda: source_of(file), lambda: _stream(file))


def _stream(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise InputError(
            f"{file} cannot be read ({error.strerror or error}); check the path and its permissions."
        ) from error


def _is_junk(name: str) -> bool:
    return name.startswith((".", "~$")) or name in _JUNK


def _paired(entries: Iterable[_Entry], nesting: int, allowance: _Allowance) -> Iterator[Export | Refusal]:
    for _, group in groupby(entries, key=lambda entry: entry.folder):
        together = {entry.name: entry for entry in group}
        chats = {name: companion_name(name, together.keys()) for name in together}
        taken = set(chats.values())
        for name, entry in together.items():
            if name not in taken:
                chat = chats[name]
                yield from _read(entry, together[chat] if chat else None, nesting, allowance)


def _read(
    entry: _Entry, chat: _Entry | None, nesting: int, allowance: _Allowance
) -> Iterator[Export | Refusal]:
    suffix = posixpath.splitext(entry.name)[1].lower()
    if suffix == _ARCHIVE:
        yield from _unpacked(entry, nesting + 1, allowance)
        return
    if suffix not in SUFFIXES:
        kind = "a recording" if suffix in _RECORDINGS else "no transcript by its name"
        yield Refusal(entry.path, f"{entry.name} is {kind}.", is_other=True)
        return
    try:
        export = Export(entry.path, entry.read(), (chat.read(),) if chat else ())
    except InputError as error:
        yield Refusal(entry.path, str(error))
        return
    yield export


def _unpacked(entry: _Entry, nesting: int, allowance: _Allowance) -> Iterator[Export | Refusal]:
    if nesting > MAX_NESTING:
        yield Refusal(
            entry.path, f"{entry.name} lies more than {MAX_NESTING} archives deep; unpack it first."
        )
        return
    try:
        held = entry.unpack()
    except InputError as error:
        yield Refusal(entry.path, str(error))
        return
    with held:
        try:
            archive = open_archive(entry.name, held, _is_wanted)
            allowance.take(entry.path, [file for file in archive.infolist() if _is_wanted(file.filename)])
        except InputError as error:
            yield Refusal(entry.path, str(error))
            return
        yield from _paired(_members(entry.path, archive), nesting, allowance)


def _is_wanted(name: str) -> bool:
    """Whether a file of an archive is ever unpacked."""
    suffix = posixpath.splitext(name)[1].lower()
    return suffix in SUFFIXES or suffix == _ARCHIVE


def _members(path: str, archive: zipfile.ZipFile) -> list[_Entry]:
    members: list[_Entry] = []
    for file in archive.infolist()[:_MOST_LISTED]:
        folder, name = posixpath.split(file.filename.replace("\\", "/"))
        parts = [_printable(part) for part in folder.split("/") if part not in {"", ".", ".."}]
        if name and not any(_is_junk(part) for part in (*parts, name)):
            members.append(_of_member("/".join([path, *parts]), _printable(name), archive, file))
    return sorted(members, key=lambda one: (one.folder, one.name))


def _of_member(folder: str, name: str, archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> _Entry:
    return _Entry(
        folder,
        name,
        lambda: Source(name, read_file(name, archive, file)),
        lambda: io.BytesIO(read_file(name, archive, file)),
    )


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "_" for character in name)
