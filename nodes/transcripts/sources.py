"""The transcripts that a path stands for: a file, or all in a folder or ZIP archive of mixed exports."""

import os
import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from nodes.errors import InputError
from nodes.transcripts.archives import MAX_FILES, MAX_UNPACKED, open_archive, read_file
from nodes.transcripts.companions import companion_chat, companion_name
from nodes.transcripts.layout import Source, source_of

SUFFIXES = frozenset(".vtt .srt .txt .md .markdown .json .docx .odt .pdf .html .htm .eml .msg".split())
"""How the names of files end that may be transcripts."""

MAX_NESTING = 3
"""How deep archives may lie in archives."""

_ARCHIVE = ".zip"
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
    if not path.is_dir():
        entry = _Entry(str(path.parent) if path.parent != Path() else "", path.name, lambda: source_of(path))
        if path.suffix.lower() == _ARCHIVE:
            yield from _unpacked(entry, source_of(path), 1, _Allowance())
        else:
            beside = companion_chat(path)
            yield Export(entry.path, source_of(path), (source_of(beside),) if beside else ())
        return
    yield from _paired(_files(path), 0, _Allowance())


def _files(folder: Path) -> Iterator[_Entry]:
    def fail(error: OSError) -> None:
        raise InputError(
            f"{error.filename} cannot be read ({error.strerror}); check its permissions."
        ) from error

    for parent, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not _is_junk(name))
        for name in sorted(names):
            file = Path(parent, name)
            if not _is_junk(name) and file.is_file():
                yield _Entry(parent, name, lambda file=file: source_of(file))


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
    if suffix not in SUFFIXES and suffix != _ARCHIVE:
        kind = "a recording" if suffix in _RECORDINGS else "no transcript by its name"
        yield Refusal(entry.path, f"{entry.name} is {kind}.", is_other=True)
        return
    try:
        source = entry.read()
        chats = (chat.read(),) if chat else ()
    except InputError as error:
        yield Refusal(entry.path, str(error))
        return
    if suffix == _ARCHIVE:
        yield from _unpacked(entry, source, nesting + 1, allowance)
    else:
        yield Export(entry.path, source, chats)


def _unpacked(
    entry: _Entry, source: Source, nesting: int, allowance: _Allowance
) -> Iterator[Export | Refusal]:
    if nesting > MAX_NESTING:
        yield Refusal(
            entry.path,
            f"{entry.name} lies more than {MAX_NESTING} archives deep; unpack it first.",
        )
        return
    try:
        archive = open_archive(entry.name, source.data)
        files = [file for file in archive.infolist() if not file.is_dir()]
        allowance.take(entry.path, files)
    except InputError as error:
        yield Refusal(entry.path, str(error))
        return
    inside: list[_Entry] = []
    for file in files:
        folder, name = posixpath.split(file.filename.replace("\\", "/"))
        parts = [part for part in folder.split("/") if part not in {"", ".", ".."}]
        if name and not any(_is_junk(part) for part in (*parts, name)):
            read = _member(archive, file, name)
            inside.append(_Entry("/".join([entry.path, *parts]), _printable(name), read))
    inside.sort(key=lambda one: (one.folder, one.name))
    yield from _paired(inside, nesting, allowance)


def _member(archive: zipfile.ZipFile, file: zipfile.ZipInfo, name: str) -> Callable[[], Source]:
    return lambda: Source(_printable(name), read_file(name, archive, file))


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "_" for character in name)
