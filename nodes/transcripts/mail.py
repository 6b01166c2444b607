"""E-mail: its headers, the text of its body, and its attachments, as Python's email package takes it apart.

Formats: RFC 5322 (headers), RFC 2045 to 2047 (MIME), RFC 3676 (format=flowed).
"""

import email
import email.errors
import email.header
import email.message
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from nodes.errors import InputError
from nodes.transcript import Participant
from nodes.transcripts.decoding import read_document
from nodes.transcripts.documents import read_html
from nodes.transcripts.layout import Source, refuse_oversized

_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:")
_TELLING = re.compile(
    rb"^(?:MIME-Version|Message-ID|Received|Return-Path|Delivered-To|X-Mailer|DKIM-Signature|Content-Type):",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESSED = re.compile(rb"^(?:From|Subject|Date|To):", re.IGNORECASE | re.MULTILINE)
_MOST_BOUNDARIES = 60
_MOST_PARTS = 500
_STUB = 200
_ROLES = (("from", "sender"), ("to", "recipient"), ("cc", "copied"))
_MACHINE = re.compile(
    r"^(?:no-?_?reply|do-?not-?reply|notifications?|notifier|notes?|meetings?|recordings?|mailer|mailer-daemon|"
    r"alerts?|support|hello|info|calendar-notification|meet-recordings-noreply|gemini-notes)\b|"
    r"@(?:[\w-]+\.)*(?:zoom\.us|fireflies\.ai|otter\.ai|read\.ai|fathom\.video|tldv\.io|granola\.ai|grain\.com|"
    r"email\.teams\.microsoft\.com|docs\.google\.com)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """A message taken apart.

    Attributes:
        name: the file's name.
        subject: in one line, "" when it has none.
        sent: by its Date header, None when there is none that can be read.
        people: sender and recipients with their addresses; not the notetaking service itself.
        text: the body as lines; the plain one where a message has both, else that of the HTML one.
        attachments: the files, other messages among them.
        warnings: what could not be read.
    """

    name: str
    subject: str
    sent: datetime | None
    people: tuple[Participant, ...]
    text: str
    attachments: tuple[Source, ...]
    warnings: tuple[str, ...]


def looks_like_mail(source: Source) -> bool:
    """Whether a file is a message: by its name, or by headers that only messages have."""
    head = source.data[:20_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    head = head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if not _FIELD.match(head):
        return False
    if source.name.lower().endswith(".eml"):
        return True
    return bool(_TELLING.search(head)) and len(_ADDRESSED.findall(head)) >= 2


def read_mail(source: Source) -> Mail:
    """Take a message apart.

    Raises:
        InputError: it is larger than MAX_BYTES, or nested as no message is.
    """
    refuse_oversized(source.name, len(source.data))
    if source.data.lower().count(b"boundary") > _MOST_BOUNDARIES:
        raise InputError(f"{source.name} is nested too deeply to be a mail; give its attachments as files.")
    try:
        message = email.message_from_bytes(source.data.removeprefix(b"\xef\xbb\xbf").lstrip())
        parts = [part for _, part in zip(range(_MOST_PARTS), _parts(message), strict=False)]
    except (RecursionError, ValueError, LookupError, email.errors.MessageError) as error:
        raise InputError(f"{source.name} is a damaged mail ({error}); export it again.") from error
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Source] = []
    warnings: list[str] = []
    for part in parts:
        name = _file_name(part)
        if name is not None:
            if data := _content(part):
                attachments.append(Source(name, data))
        elif part.get_content_type() in {"text/plain", "text/html"}:
            try:
                (html if part.get_content_subtype() == "html" else plain).append(_text(source.name, part))
            except InputError as error:
                warnings.append(str(error))
    text = "\n".join(plain)
    written = "\n".join(html)
    if written.strip() and (
        not text.strip() or (len(text.strip()) < _STUB and len(written) > 10 * len(text))
    ):
        text = read_html(Source(source.name, written.encode("utf-8"))).text
    return Mail(
        source.name,
        _header(message, "subject"),
        _sent(message),
        _people(message),
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " "),
        tuple(attachments),
        tuple(warnings),
    )


def _parts(message: email.message.Message) -> Iterator[email.message.Message]:
    """The leaves; a message inside the message is one of them."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(cast(list[email.message.Message], part.get_payload()))
        else:
            yield part


def _file_name(part: email.message.Message) -> str | None:
    """The name of an attachment, without folders; None for a part of the body."""
    if part.get_content_type() == "message/rfc822":
        return "forwarded message.eml"
    try:
        named = part.get_filename()
    except (ValueError, LookupError, TypeError, email.errors.MessageError):
        named = None
    if named is None:
        return "attachment" if part.get_content_disposition() == "attachment" else None
    name = re.split(r"[/\\]", _in_one_line(_decoded(named)))[-1].strip(" .")
    return name[-200:] or "attachment"


def _content(part: email.message.Message) -> bytes:
    if part.is_multipart():
        inside = cast(list[email.message.Message], part.get_payload())
        try:
            return inside[0].as_bytes() if inside else b""
        except (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError):
            # headers that no generator can write
            return b""
    try:
        content: object = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _text(name: str, part: email.message.Message) -> str:
    data = _content(part)
    if not data.strip(b" \t\r\n\0"):
        return ""
    try:
        text = data.decode(str(part.get_content_charset() or "utf-8"))
    except (ValueError, LookupError):
        text = read_document(Source(f"the text of {name}", data)).text
    if "flowed" in str(part.get("content-type", "")).lower():
        text = re.sub(r"(?<=[^\s-]) \r?\n(?=\S)", " ", text)
    return text


def _header(message: email.message.Message, name: str) -> str:
    return _in_one_line(_decoded(str(message.get(name, ""))))


def _decoded(text: str) -> str:
    """Encoded words ("=?utf-8?q?...?=") decoded, without NULs; as it stands when they are damaged."""
    try:
        decoded = str(email.header.make_header(email.header.decode_header(text)))
    except (ValueError, LookupError, email.errors.MessageError):
        decoded = text
    return decoded.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _in_one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _sent(message: email.message.Message) -> datetime | None:
    try:
        sent = email.utils.parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return sent if 1970 <= sent.year < 2200 else None


def _people(message: email.message.Message) -> tuple[Participant, ...]:
    people: dict[str, Participant] = {}
    for header, role in _ROLES:
        values = [_in_one_line(str(value))[:20_000] for value in message.get_all(header, [])]
        try:
            addresses = email.utils.getaddresses(values)
        except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
            continue
        for name, address in addresses:
            if "@" in address and not _MACHINE.search(address):
                people.setdefault(
                    address.lower(), Participant(_decoded(name).strip("'\" ") or address, address, role)
                )
    return tuple(people.values())
