"""Word (.docx) and OpenDocument (.odt) text: every paragraph, heading, list item and table row on its lines.

Their XML is read here, by defusedxml (no entities, no external parts) in one pass: python-docx gives no words
of tracked insertions, content controls and text boxes, and its exceptions on damaged files have no bound.
Formats: ECMA-376 part 1, section 17; OASIS OpenDocument 1.3 part 3, sections 4 to 9.
"""

import io
import posixpath
import re
from collections.abc import Mapping
from typing import ClassVar
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from defusedxml import ElementTree as SafeElementTree
from defusedxml.common import DefusedXmlException

from nodes.errors import InputError
from nodes.transcripts.archives import open_archive, read_file
from nodes.transcripts.layout import Container, Document, Source

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_HEADING = re.compile(
    r"(?:heading|title|überschrift|berschrift|titre|rubrik|kop|titolo|título|ttulo)\s*(\d?)", re.IGNORECASE
)
_MAIN = re.compile(
    rb'Target="/?([^"]{1,200})"[^>]{0,300}officeDocument"|officeDocument"[^>]{0,300}Target="/?([^"]{1,200})"'
)
_MOST_SPACES = 100
_MOST_XML = 25_000_000


def read_office(source: Source) -> Document:
    """Read the text of a .docx or .odt file.

    Raises:
        InputError: it is damaged, a bomb, or some other archive.
    """
    archive = open_archive(source.name, io.BytesIO(source.data), _is_read)
    names = set(archive.namelist())
    if "content.xml" in names and "mimetype" in names:
        lines, container = _lines(source.name, archive, "content.xml", _OpenDocument()), "odt"
    elif "[Content_Types].xml" in names and (part := _main_part(source.name, archive)) is not None:
        lines, container = _lines(source.name, archive, part, _Word()), "docx"
    else:
        raise InputError(
            f"{source.name} is a ZIP or Office file without a text document in it; give the exports in it."
        )
    unread = [part for part in names if re.fullmatch(r"word/(?:comments|footnotes|endnotes)\d*\.xml", part)]
    warnings = _unread(source.name, archive, unread)
    return _document(source.name, lines, warnings, container)


def _is_read(part: str) -> bool:
    """Pictures and films are never unpacked."""
    return part.endswith((".xml", ".rels"))


def _document(name: str, lines: list[str], warnings: tuple[str, ...], container: Container) -> Document:
    text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{name} is empty: it has no words; export the transcript again.")
    return Document(name, text, warnings, container)


def _main_part(name: str, archive: ZipFile) -> str | None:
    """Where the document is: "word/document.xml", or where the package says (SharePoint: document2.xml)."""
    parts = [part for part in archive.namelist() if re.fullmatch(r"word/document\d*\.xml", part)]
    if "_rels/.rels" in archive.namelist():
        relations = read_file(name, archive, archive.getinfo("_rels/.rels"))[:100_000]
        if match := _MAIN.search(relations):
            target = posixpath.normpath((match[1] or match[2]).decode("utf-8", "replace"))
            if target in archive.namelist() and target.startswith("word/"):
                return target
    return parts[0] if parts else None


def _lines(name: str, archive: ZipFile, part: str, words: "_Words") -> list[str]:
    file = archive.getinfo(part)
    if file.file_size > _MOST_XML:
        raise InputError(
            f"{name} has {file.file_size / 1e6:.0f} MB of text, more than any meeting; split it."
        )
    data = read_file(name, archive, file)
    try:
        parser = SafeElementTree.XMLParser(target=words)
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        raise InputError(f"{name} declares entities, as no office document does; it was not read.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(
            f"{name} is damaged: its {part} is no sound XML ({error}); export it again."
        ) from error
    return words.lines


def _unread(name: str, archive: ZipFile, parts: list[str]) -> tuple[str, ...]:
    """A part that has words of its own, which the transcript does not."""
    warnings: list[str] = []
    for part in sorted(parts):
        if words := " ".join(_lines(name, archive, part, _Word())).split():
            kind = re.sub(r"\d*\.xml$", "", posixpath.basename(part))
            warnings.append(f"{name}: its {kind} ({len(words)} words) were not read.")
    return tuple(warnings)


class _Words:
    """Collects the lines of a document from the events of its parser; subclasses know the tags."""

    breaks: ClassVar[Mapping[str, str]] = {}
    skipped: frozenset[str] = frozenset()
    paragraphs: frozenset[str] = frozenset()
    row = cell = ""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._open: list[list[str]] = []  # the paragraphs that are open, text boxes inside others
        self._rows: list[list[list[str]]] = []  # the table rows that are open, each a list of cells
        self._skipping = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._skipping or tag in self.skipped:
            self._skipping += 1
        elif tag in self.paragraphs:
            self._open.append([self.mark(tag, attributes)])
        elif tag == self.row:
            self._rows.append([])
        elif tag == self.cell and self._rows:
            self._rows[-1].append([])
        elif self._open:
            self._open[-1].append(self.breaks.get(tag, ""))
            self.inside(tag, attributes)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag in self.paragraphs and self._open:
            self._add("".join(self._open.pop()))
        elif tag == self.row and self._rows:
            cells = [" ".join(cell) for cell in self._rows.pop()]
            self._add(f"| {' | '.join(cells)} |" if len(cells) > 1 else "".join(cells))

    def data(self, text: str) -> None:
        if not self._skipping and self._open:
            self._open[-1].append(self.words(text))

    def close(self) -> list[str]:
        return self.lines

    def mark(self, tag: str, attributes: Mapping[str, str]) -> str:
        """What is written before a paragraph's words."""
        raise NotImplementedError

    def inside(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take in what an element inside a paragraph says of it."""
        raise NotImplementedError

    def words(self, text: str) -> str:
        """The part of some text that is the document's words."""
        return text

    def _add(self, paragraph: str) -> None:
        if not self._rows:
            self.lines.extend(paragraph.split("\n"))
        elif self._rows[-1] and paragraph.strip():
            self._rows[-1][-1].append(" ".join(paragraph.split()))


class _Word(_Words):
    breaks: ClassVar[Mapping[str, str]] = {
        f"{_W}br": "\n",
        f"{_W}cr": "\n",
        f"{_W}tab": "\t",
        f"{_W}noBreakHyphen": "-",
    }
    skipped = frozenset({f"{_MC}Fallback", f"{_W}moveFrom", f"{_W}del"})
    paragraphs = frozenset({f"{_W}p"})
    row, cell = f"{_W}tr", f"{_W}tc"

    def __init__(self) -> None:
        super().__init__()
        self._in_text = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._in_text = tag == f"{_W}t"
        super().start(tag, attributes)

    def end(self, tag: str) -> None:
        self._in_text = False
        super().end(tag)

    def mark(self, tag: str, attributes: Mapping[str, str]) -> str:
        return ""

    def inside(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == f"{_W}pStyle" and (heading := _HEADING.match(attributes.get(f"{_W}val", ""))):
            self._open[-1][0] = "#" * int(heading[1] or 1) + " "
        elif tag == f"{_W}numPr" and not self._open[-1][0]:
            self._open[-1][0] = "- "
        elif tag == f"{_W}tab" and f"{_W}val" in attributes:
            self._open[-1][-1] = ""  # a tab stop of the paragraph, not a tab

    def words(self, text: str) -> str:
        return text if self._in_text else ""


class _OpenDocument(_Words):
    breaks: ClassVar[Mapping[str, str]] = {f"{_TEXT}line-break": "\n", f"{_TEXT}tab": "\t"}
    skipped = frozenset({f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}note-citation"})
    paragraphs = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
    row, cell = f"{_TABLE}table-row", f"{_TABLE}table-cell"

    def __init__(self) -> None:
        super().__init__()
        self._item = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == f"{_TEXT}list-item":
            self._item = True
        super().start(tag, attributes)

    def mark(self, tag: str, attributes: Mapping[str, str]) -> str:
        item, self._item = self._item, False
        if tag == f"{_TEXT}h":
            return "# "
        return "- " if item else ""

    def inside(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == f"{_TEXT}s":
            count = attributes.get(f"{_TEXT}c", "1")
            self._open[-1].append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))

    def words(self, text: str) -> str:
        return " ".join(re.split(r"[\r\n\t ]+", text))
