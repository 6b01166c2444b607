"""Zoom's chat file: HH:MM:SS, the sender, the message, which may span lines.

The cloud recording's file has tabs ("00:01:02<TAB>Name:<TAB>text", times from the start of the recording);
the one that a participant saves has "15:01:02 From Name to Everyone: text", with the time of day.
"""

import re
from collections.abc import Iterator

from nodes.errors import InputError
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_CLOUD = re.compile(r"(\d{1,2}):(\d\d):(\d\d)\t([^\t]{1,200}?):?\t(.*)")
_SAVED = re.compile(
    # spaces are never given back, so that a line of nothing else costs no more than its length
    r"(\d{1,2}):(\d\d):(\d\d)\s++From\s++(.{1,200}?)(?:\s{1,20}+to\s{1,20}+(.{1,200}?))?\s{0,20}+:(?:\s+(.*)|$)",
    re.IGNORECASE,
)
# Zoom writes them in the language of the sender; other than in English they are told by their shape
_LEAD = r"[^\W\d_][\w'’]*(?: [\w'’]+){0,3}"
_REPLY = re.compile(
    r'Replying to "(?:.{0,200}?"[ \t]*(?:\n\s*|$)|[^"\n]{0,200}"\s*)'
    rf'|{_LEAD} ["«„“][^"\n]{{0,200}}\.\.\. ?["»“”][ \t]*\n\s*',
    re.DOTALL,
)
_REPLY_TO_ALL_OF_IT = re.compile(rf'{_LEAD} ["«„“]([^"\n]{{0,200}}?)["»“”][ \t]*\n[ \t]*\n\s*')
_REACTION = re.compile(
    r'(?:Reacted to .{0,300}? with "?[^\sA-Za-z"]{1,30}"?'
    r"|Removed an? [^\sA-Za-z]{1,30} reaction from .{0,300}"
    rf'|{_LEAD} ["«„“].{{0,300}}["»“”](?: [^\W\d_]+){{1,2}} [^\s\x00-\x7f]{{1,30}}(?: [^\W\d_]+)?)\s*',
    re.DOTALL,
)


def _matches(document: Document) -> float:
    lines = [line for line in document.head.split("\n") if line.strip()]
    begun = sum(bool(_CLOUD.match(line) or _SAVED.match(line)) for line in lines)
    return 0.9 if begun and (_CLOUD.match(lines[0]) or _SAVED.match(lines[0])) else 0.0


def _parse(document: Document) -> Reading:
    warnings: list[str] = []
    turns: list[Turn] = []
    sent: set[str] = set()
    private = 0
    for time, sender, receiver, text in _messages(document):
        if receiver is not None and not re.match(r"everyone|all\b", receiver, re.IGNORECASE):
            private += 1
            continue
        if _REACTION.fullmatch(text):
            continue
        reply = _REPLY.match(text)
        if reply is None:  # a short message is quoted whole, which a person might do as well
            whole = _REPLY_TO_ALL_OF_IT.match(text)
            reply = whole if whole and whole[1].strip() in sent else None
        own = text[reply.end() :] if reply else text
        sent.add(own.strip())
        turns.append(Turn(sender, own, time, None, "chat"))
    if private:
        warnings.append(f"{document.name}: {private} direct messages were left out.")
    return Reading("zoom_chat_txt", tuple(turns), warnings=tuple(warnings))


def _messages(document: Document) -> Iterator[tuple[float, str, str | None, str]]:
    """Time in seconds, sender, receiver where one is named, and the text with its line breaks."""
    begun: tuple[float, str, str | None] | None = None
    lines: list[str] = []
    for line in document.text.split("\n"):
        cloud = _CLOUD.fullmatch(line)
        saved = None if cloud else _SAVED.fullmatch(line)
        match = cloud or saved
        if match is None:
            if begun is None and line.strip():
                raise InputError(
                    f"{document.name} is no Zoom chat file: its first line is not "
                    '"HH:MM:SS<tab>Name:<tab>text"; leave it out or export it again.'
                )
            lines.append(line)
            continue
        if begun is not None:
            yield *begun, "\n".join(lines).strip()
        time = float(int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]))
        begun = time, " ".join(match[4].split()).removesuffix(":"), saved[5] if saved else None
        lines = [(saved[6] or "") if saved else match[5]]
    if begun is not None:
        yield *begun, "\n".join(lines).strip()


LAYOUT = Layout(("zoom_chat_txt",), _matches, _parse)
