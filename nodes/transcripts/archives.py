"""ZIP files, and the documents that are ZIP files, opened within limits."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO

from nodes.errors import InputError
from nodes.transcripts.layout import MAX_BYTES

MAX_UNPACKED = 200 * 1000 * 1000
"""Bytes that a whole archive may unpack to."""

MAX_RATIO = 200
"""How many times its size an archive may unpack to, beyond MAX_UNREMARKABLE; talk packs to a third."""

MAX_UNREMARKABLE = 10 * 1000 * 1000
MAX_FILES = 10_000

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, IndexError,
    NotImplementedError, OverflowError,
)  # fmt: skip


def open_archive(name: str, held: BinaryIO, wanted: Callable[[str], bool]) -> zipfile.ZipFile:
    """Open an archive whose directory promises that the files wanted of it stay within the limits.

    Reading a file never gives more than the directory promises.

    Raises:
        InputError: it is damaged, or a bomb.
    """
    try:
        archive = zipfile.ZipFile(held)
    except _DAMAGE as error:
        raise _damaged(name, error) from error
    files = [file for file in archive.infolist() if wanted(file.filename)]
    unpacked = sum(file.file_size for file in files)
    packed = max(1, sum(file.compress_size for file in files))
    if len(files) > MAX_FILES:
        raise InputError(
            f"{name} holds {len(files)} files, more than {MAX_FILES}; unpack it and give the folder."
        )
    if unpacked > MAX_UNPACKED or (unpacked > MAX_UNREMARKABLE and unpacked > MAX_RATIO * packed):
        raise InputError(
            f"{name} would unpack to {unpacked / 1e6:.0f} MB, as no transcripts do; "
            "unpack it and give the folder."
        )
    return archive


def read_file(name: str, archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> bytes:
    """Unpack one file, at most as large as any file that is read.

    Raises:
        InputError: it is damaged, protected by a password, or too large.
    """
    if file.flag_bits & 0x1:
        raise InputError(f"{name} is protected by a password; unpack it and give the files.")
    if file.file_size > MAX_BYTES:
        raise InputError(f"{name} is {file.file_size / 1e6:.0f} MB large and files are read up to 50 MB.")
    try:
        return archive.read(file)
    except (*_DAMAGE, RuntimeError) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> InputError:
    return InputError(f"{name} is a damaged or cut off ZIP file ({error}); export or download it again.")
