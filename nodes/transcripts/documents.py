"""PDF files, web pages and Outlook messages, read by libraries behind the stores' door."""

import re

from nodes.errors import InputError
from nodes.transcripts.decoding import read_document
from nodes.transcripts.layout import Document, Source
from stores.documents import Kind, load_pages
from stores.errors import DocumentError

_PAGE = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{2,30})""", re.IGNORECASE)


def looks_like_html(source: Source) -> bool:
    """Whether a file is a web page, by its first element or, with markup in it, by its name."""
    head = source.data[:5000].removeprefix(b"\xef\xbb\xbf")
    return bool(_PAGE.match(head)) or (source.name.lower().endswith((".html", ".htm")) and b"<" in head)


def read_html(source: Source) -> Document:
    """The text of a web page, a line for each block.

    Raises:
        InputError: it cannot be read or has no words.
    """
    declared = _CHARSET.search(source.data[:5000])
    markup = None
    if declared is not None:
        try:
            markup = source.data.decode(declared[1].decode("ascii"))
        except (ValueError, LookupError):
            markup = None
    warnings: tuple[str, ...] = ()
    if markup is None:
        document = read_document(source)
        markup, warnings = document.text, document.warnings
    (text,) = _pages(source.name, "html", "a web page", markup.encode("utf-8", "replace"))
    return Document(source.name, _worded(source.name, text), warnings, "html")


def read_pdf(source: Source) -> Document:
    """The text of a PDF file; pages without text, as scans are, are named in the warnings.

    Raises:
        InputError: it cannot be read, is protected, or has no text at all.
    """
    pages = _pages(source.name, "pdf", "a PDF", source.data)
    empty = [str(number) for number, page in enumerate(pages, 1) if not page.strip()]
    if len(empty) == len(pages):
        raise InputError(
            f"{source.name} is a PDF without text, perhaps a scan; give the document it was made of."
        )
    warnings = (f"{source.name}: no text was found on page {', '.join(empty)}.",) if empty else ()
    return Document(source.name, _worded(source.name, "\n".join(pages)), warnings, "pdf")


def message_of(source: Source) -> Source:
    """An Outlook message as MIME.

    Raises:
        InputError: it cannot be read.
    """
    (text,) = _pages(source.name, "msg", "an Outlook message or old Office file", source.data)
    return Source(source.name, text.encode("ascii", "replace"))


def _pages(name: str, kind: Kind, title: str, data: bytes) -> tuple[str, ...]:
    try:
        return load_pages(kind, data)
    except DocumentError as error:
        raise InputError(
            f"{name} is {title} that cannot be read ({error}); export the meeting as WebVTT, text or .docx."
        ) from error


def _worded(name: str, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\0", " ")
    if not text.strip():
        raise InputError(f"{name} is empty: it has no words; export the transcript again.")
    return text.encode("utf-8", "replace").decode("utf-8")
