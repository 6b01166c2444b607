"""From bytes to text, or one sentence that says why not."""

import codecs
import re

from charset_normalizer import from_bytes

from nodes.errors import InputError
from nodes.transcripts.layout import Document, Source, refuse_oversized

_KINDS_BY_FIRST_BYTES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "a rich text file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"RIFF", "a recording"),
    (b"ID3", "a recording"),
    (b"OggS", "a recording"),
    (b"\x1aE\xdf\xa3", "a recording"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
)

_MARKS = (  # the longer first: the UTF-32 mark begins with the UTF-16 one
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Everything beyond ASCII that Western European text has in it; in other alphabets' code pages the same bytes
# give characters outside this set, or words made of nothing else.
_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ–—‘’“”„‚…•·«»¿¡€£§©®°´ªº½¼\xa0™×"
)
_MOST_WESTERN_SHARE = 0.2
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 30_000


def read_document(source: Source) -> Document:
    """Decode a source: by its byte order mark, as UTF-8, else by what its bytes look like.

    Raises:
        InputError: larger than MAX_BYTES, empty, binary, cut off, or in no encoding that can be told.
    """
    refuse_oversized(source.name, len(source.data))
    if not source.data.strip(b" \t\r\n\0"):
        raise InputError(f"{source.name} is empty; export the transcript again.")
    for first, kind in _KINDS_BY_FIRST_BYTES:
        if source.data.startswith(first):
            raise InputError(
                f"{source.name} is {kind}, not a text transcript; export the meeting as WebVTT or text."
            )
    text, warnings = _decode(source)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{source.name} is empty; export the transcript again.")
    if "\0" in text or len(_CONTROLS.findall(text)) * 100 > len(text):
        raise _binary(source.name)
    return Document(source.name, text, warnings)


def _decode(source: Source) -> tuple[str, tuple[str, ...]]:
    name, data = source.name, source.data
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(name, data[len(mark) :], encoding), ()
    if (encoding := _unmarked_utf16(data)) is not None:
        return _strictly(name, data, encoding), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{name} is UTF-8 but damaged at line {line} (a byte that is no character); export it again."
            ) from error
    return _by_looks(name, data)


def _strictly(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} claims to be {encoding.upper()} but is damaged at byte {error.start}; "
            "export it again or save it as UTF-8."
        ) from error


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Western text is zero."""
    sample = data[: _SAMPLE // 2 * 2]
    half = len(sample) // 2
    if half < 2:
        return None
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if low * 10 > half * 7 and high * 10 < half:
        return "utf-16-le"
    if high * 10 > half * 7 and low * 10 < half:
        return "utf-16-be"
    return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether no fewer characters beyond ASCII are valid UTF-8 than are not: then it is UTF-8, damaged."""
    text = data.decode("utf-8", errors="surrogateescape")
    wrong = len(re.findall(r"[\udc80-\udcff]+", text))
    right = len(re.findall(r"[^\x00-\x7f\udc80-\udcff]", text))
    return right >= wrong


def _by_looks(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """An old code page.

    charset-normalizer judges, but on mostly ASCII text it takes the first name that fits (cp1250 for "José",
    Big5 for one curly quote), so Windows Western is tried first, by what it would spell.
    """
    if b"\0" in data:
        raise _binary(name)
    western = data.decode("cp1252", errors="replace")
    if _reads_as_western(western):
        return western, (f"{name} is not UTF-8; it was read as Windows Western (cp1252).",)
    telling = b"\n".join(line for line in data[: 40 * _SAMPLE].splitlines() if not line.isascii())
    best = from_bytes(telling[:_SAMPLE]).best()
    if best is None:
        raise _binary(name)
    try:
        text = data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(
            f"{name} is in an encoding that could not be told (neither UTF-8 nor {best.encoding}); "
            "save it as UTF-8."
        ) from error
    return text, (f"{name} is not UTF-8; it was read as {best.encoding}, which is a guess.",)


def _reads_as_western(text: str) -> bool:
    beyond = re.findall(r"[^\x00-\x7f]", text)
    return set(beyond) <= _WESTERN and len(beyond) <= _MOST_WESTERN_SHARE * len(text)


def _binary(name: str) -> InputError:
    return InputError(f"{name} is not text (it looks binary); give the transcript as WebVTT or text.")
