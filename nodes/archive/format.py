"""The archive of a workspace: one file of JSON Lines, compressed with gzip, written and read as a stream.

    {"archive": "smart-meet", "version": 1, "migration": "0008", "workspace": "default", ..., "tables": {...}}
    {"table": "meetings", "row": {"id": "…", "key": "…"}}
    …
    {"end": {"rows": 1234, "sha256": "…"}}

The first line says what follows: of each table how many rows and which columns, in an order in which they
can be written. The last one has the digest of all lines before it, so that a file which is cut short is
refused.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Annotated, Any, cast

from pydantic import BaseModel, Field, ValidationError

from nodes.archive.placing import placed
from nodes.errors import InputError

VERSION = 1
_GZIP = b"\x1f\x8b"
_BEGINS = b'{"archive": "smart-meet"'
_LONGEST_HEADER = 1_000_000  # bytes; it names some thirty tables
_LONGEST_LINE = 100_000_000  # bytes; a row holds at most what is said in one meeting
_MOST_PARTS = 1_000_000  # of the JSON in one line; words have a comma every hundred bytes or so
_UNREMARKABLE = 20_000_000  # bytes
_MOST_RATIO = 40  # how many times its size a file that is larger may unpack to; rows pack to about a fifth
_MANY_ROWS = 100_000
_LEAST_ROW = 8  # bytes of a file that claims more rows than those; packed, real ones take a hundred or more
_BATCH = (200, 4_000_000)  # rows, bytes
_LEVEL = 6


class TableHeader(BaseModel):
    """What an archive holds of one table."""

    rows: Annotated[int, Field(ge=0)]
    columns: list[str]


class ModelHeader(BaseModel):
    """An embedding model as a database records it."""

    name: str
    dimensions: int


class Header(BaseModel):
    """The first line of an archive.

    Attributes:
        version: of this format.
        migration: at which the database stood that it was taken from.
        workspace: its name; ids are derived from it.
        exported_at: when, ISO 8601.
        embedding_model: whose vectors it holds, and their dimensions.
        left_out: how many unfinished runs it does not hold.
        tables: in the order in which rows follow.
    """

    archive: str
    version: int
    migration: str
    workspace: Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*$")]
    exported_at: str
    embedding_model: ModelHeader
    left_out: int
    tables: dict[str, TableHeader]

    @property
    def rows(self) -> int:
        """How many rows follow."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True, slots=True)
class _End:
    rows: int
    sha256: str


class Writer:
    """Writes an archive, line by line."""

    def __init__(self, stream: IO[bytes], header: Header) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._rows = 0
        self.size = 0
        """Bytes written, once it is ended."""
        self._write(json.dumps(header.model_dump(), ensure_ascii=False))

    def add(self, table: str, rows: Iterable[str]) -> None:
        """Write rows of a table, each a JSON object in one line."""
        for row in rows:
            self._write(f'{{"table": "{table}", "row": {row}}}')
            self._rows += 1

    def end(self) -> None:
        """Write the line without which an archive is refused."""
        self._write(json.dumps({"end": asdict(_End(self._rows, self._digest.hexdigest()))}))

    def _write(self, line: str) -> None:
        data = line.encode() + b"\n"
        self._digest.update(data)
        self._stream.write(data)


@contextmanager
def writing(path: Path, header: Header, *, replace: bool) -> Generator[Writer]:
    """Write an archive beside its place, and put it there when it is whole; only its owner can read it.

    Args:
        replace: a file that is there; else it is refused.

    Raises:
        InputError: it cannot be written.
    """
    # without a name or a time: the same rows give the same bytes
    with placed(path, replace=replace) as raw:
        with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed:
            writer = Writer(cast(IO[bytes], packed), header)
            yield writer
            writer.end()
        writer.size = raw.tell()


def is_archive(path: Path) -> bool:
    """Whether a file is to be read as an archive, by its first bytes; False for one that cannot be read."""
    try:
        with path.open("rb") as raw:
            begins = raw.read(len(_BEGINS))
    except OSError:
        return False
    return begins.startswith(_GZIP) or begins == _BEGINS


def read_header(path: Path) -> Header:
    """The first line of an archive.

    Raises:
        InputError: it is none, or of another version.
    """
    with _opened(path) as stream:
        return _header(path, stream.readline(_LONGEST_HEADER))


def read_rows(path: Path) -> Generator[tuple[str, list[str]]]:
    """The rows of an archive, some lines of one table at a time, as they are written.

    Raises:
        InputError: it is cut short or damaged; raised at the end at the latest.
    """
    with _opened(path) as stream:
        digest = hashlib.sha256()
        line = stream.readline(_LONGEST_HEADER)
        header = _header(path, line)
        seen = dict.fromkeys(header.tables, 0)
        left = max(_UNREMARKABLE, _MOST_RATIO * path.stat().st_size)
        batch, size, table = list[str](), 0, ""
        while True:
            digest.update(line)
            left -= len(line)
            line = stream.readline(min(_LONGEST_LINE, left + 1))
            if len(line) > left:
                raise _damaged(path, f"it unpacks to more than {_MOST_RATIO} times its size, as no rows do")
            of = _table_of(path, line, seen)
            if batch and (of != table or len(batch) >= _BATCH[0] or size >= _BATCH[1]):
                yield table, batch
                batch, size = [], 0
            if of is None:
                break
            table = of
            seen[table] += 1
            if seen[table] > header.tables[table].rows:
                raise _damaged(path, f"it holds more rows of {table} than its first line says")
            batch.append(line.decode().rstrip("\n"))
            size += len(line)
        counted = {name: one.rows for name, one in header.tables.items()}
        expected = _End(sum(seen.values()), digest.hexdigest())
        if json.loads(line) != {"end": asdict(expected)} or seen != counted or stream.read(1):
            raise _damaged(path, "its last line does not fit the lines before it")


def _table_of(path: Path, line: bytes, tables: dict[str, int]) -> str | None:
    """The table of a row; None for the last line."""
    said = _read(path, line, _LONGEST_LINE)
    match said:
        case {"table": str(table), "row": dict()} if table in tables and len(said) == 2:
            return table
        case {"end": dict()}:
            return None
        case _:
            raise _damaged(path, "a line is neither a row nor the end")


def _header(path: Path, line: bytes) -> Header:
    if not line.startswith(_BEGINS):
        raise InputError(
            f"{path} is no archive of Smart-Meet: give a file that `smart-meet export` wrote, or starting "
            "states as plain JSON Lines"
        )
    said = _read(path, line, _LONGEST_HEADER)
    version = said.get("version")
    if version not in (None, VERSION):
        raise InputError(
            f"{path} is an archive of format {str(version)[:20]}, and this Smart-Meet reads format "
            f"{VERSION}: update Smart-Meet, or restore it with the one that wrote it"
        )
    try:
        header = Header.model_validate(said)
    except ValidationError as error:
        raise _damaged(path, "its first line cannot be read") from error
    if header.rows > max(_MANY_ROWS, path.stat().st_size // _LEAST_ROW):
        raise _damaged(path, "its first line claims more rows than a file of its size can hold")
    return header


def _read(path: Path, line: bytes, longest: int) -> Any:
    """The JSON of a line, if it is whole and of no more parts than reading it is worth."""
    if not line.endswith(b"\n"):
        is_long = len(line) >= longest
        raise _damaged(path, "a line is longer than any row" if is_long else "it is cut short")
    if len(line) > _MOST_PARTS and sum(map(line.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise _damaged(path, "a line has more parts than any row")
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "a line is no JSON") from error


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    """Read a file, unpacked where it is packed; what goes wrong on the way is one sentence."""
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == _GZIP
            raw.seek(0)
            yield cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if is_packed else raw
    except EOFError as error:
        raise _damaged(path, "it is cut short") from error
    except (gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path} is damaged ({reason}) and nothing of it was restored: copy it again, or take an earlier one"
    )
