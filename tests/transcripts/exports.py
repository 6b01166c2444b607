"""Writing transcripts down as the tools do, for tests that read them back."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from xml.sax.saxutils import escape

Cue = tuple[float, float, str, str]
"""Start and end in seconds, speaker, words."""


def stamp(seconds: float, point: str = ".") -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"


def clock(seconds: float) -> str:
    """ "3:45", or "1:03:45" from the first hour on."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def zoom_vtt(cues: Sequence[Cue]) -> bytes:
    lines = ["WEBVTT", ""]
    for number, (start, end, speaker, words) in enumerate(cues, 1):
        lines += [str(number), f"{stamp(start)} --> {stamp(end)}", f"{speaker}: {escape(words)}", ""]
    return ("\r\n".join(lines) + "\r\n").encode()


def teams_vtt(cues: Sequence[Cue], pieces: int = 2) -> bytes:
    """Each utterance is cut into pieces of its words; the last comes after the next utterance has begun."""
    call = "5893c03c-0e4d-4e92-92a2-65899b901e6a"
    blocks: list[str] = []
    late: str | None = None
    for number, (start, end, speaker, words) in enumerate(cues):
        all_words = words.split()
        size = max(1, -(-len(all_words) // pieces))
        cut = [" ".join(all_words[at : at + size]) for at in range(0, len(all_words), size)]
        for piece, text in enumerate(cut):
            block = (
                f"{call}/{number}-{piece}\r\n{stamp(start)} --> {stamp(end)}\r\n"
                f"<v {escape(speaker)}>{escape(text)}</v>\r\n"
            )
            if piece and piece == len(cut) - 1:
                blocks += [late] if late else []
                late = block
            else:
                blocks.append(block)
            if piece == 0 and late and len(cut) == 1:
                blocks.append(late)
                late = None
    blocks += [late] if late else []
    return ("WEBVTT\r\n\r\n" + "\r\n".join(blocks)).encode()


def srt(cues: Sequence[Cue]) -> bytes:
    blocks = [
        f"{number}\n{stamp(start, ',')} --> {stamp(end, ',')}\n{speaker}: {escape(words)}\n"
        for number, (start, end, speaker, words) in enumerate(cues, 1)
    ]
    return "\n".join(blocks).encode()


def zoom_captions(cues: Sequence[Cue]) -> bytes:
    """Times of day, from 10:00."""
    return "\n".join(
        f"[{speaker}] {stamp(start + 36_000)[:8]}\n{words}\n" for start, _, speaker, words in cues
    ).encode()


def otter(cues: Sequence[Cue]) -> bytes:
    turns = [f"{speaker}  {clock(start)}  \n{words}\n" for start, _, speaker, words in cues]
    return ("\n".join(turns) + "\nTranscribed by https://otter.ai\n").encode()


def meet_lines(turns: Sequence[tuple[str, str]]) -> list[str]:
    spoken = [f"{speaker}: {words}" for speaker, words in turns]
    return ["Mar 4, 2024", "", "Harbour sync - Transcript", "", "00:00:00", " ", *spoken, " ", *MEET_END]


MEET_END = [
    "Transcription ended after 00:08:30",
    "",
    "This editable transcript was computer generated and might contain errors.",
]


def meet_text(turns: Sequence[tuple[str, str]]) -> bytes:
    return "\r\n".join(meet_lines(turns)).encode("utf-8-sig")


def fireflies(cues: Sequence[Cue]) -> bytes:
    sentences = [
        {"index": n, "speaker_name": speaker, "text": words, "start_time": start, "end_time": end}
        for n, (start, end, speaker, words) in enumerate(cues)
    ]
    return json.dumps({"data": {"transcript": {"title": "Harbour sync", "sentences": sentences}}}).encode()


def whisperx(cues: Sequence[Cue]) -> bytes:
    segments = [
        {"start": start, "end": end, "text": f" {words}", "speaker": speaker}
        for start, end, speaker, words in cues
    ]
    return json.dumps({"segments": segments, "language": "en"}, ensure_ascii=False).encode()


def plain_text(turns: Sequence[tuple[str, str]], header: Sequence[str] = ()) -> bytes:
    lines = [*header, *([""] if header else []), *(f"{speaker}: {words}" for speaker, words in turns)]
    return ("\n".join(lines) + "\n").encode()


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A Word document with this XML in its body; `parts` are further files of its word folder."""
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    document = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    further = {f"word/{name}.xml": f"<w:{name} {spaces}>{xml}</w:{name}>" for name, xml in parts.items()}
    return zipped({"[Content_Types].xml": types, "word/document.xml": document, **further})


def paragraph(text: str, properties: str = "") -> str:
    """Each line of the text in a run of its own, with breaks between them."""
    runs = "<w:r><w:br/></w:r>".join(
        f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in text.split("\n")
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def teams_docx(cues: Sequence[Cue]) -> bytes:
    turns = [f"{speaker}   {clock(start)}\n{words}" for start, _, speaker, words in cues]
    head = ["Harbour sync-20240304_100000-Meeting Transcript", "March 4, 2024, 10:00AM", "9m 8s", ""]
    around = [*head, "Ann Lee started transcription", *turns, "Ann Lee stopped transcription"]
    return docx("".join(map(paragraph, around)))


def meet_docx(turns: Sequence[tuple[str, str]]) -> bytes:
    heading = '<w:pStyle w:val="Heading1"/>'
    return docx(
        paragraph("Harbour sync (2024-03-04 10:00 GMT) - Transcript", heading)
        + paragraph("Attendees", heading)
        + paragraph("Ann Lee, Bo Ek")
        + paragraph("Transcript", heading)
        + "".join(paragraph(f"{speaker}: {words}") for speaker, words in turns)
        + paragraph("Meeting ended after 00:06:57 👋")
    )


def odt(lines: Sequence[str]) -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    text = "".join(f"<text:p>{escape(line)}</text:p>" for line in lines)
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:text="{urn}:text:1.0">'
        f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def mail(
    body: str,
    attachments: Mapping[str, bytes] | None = None,
    *,
    subject: str = "Harbour sync: transcript",
    html: str | None = None,
) -> bytes:
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@harbour.example>"
    message["To"] = "Bo Ek <bo@harbour.example>, =?utf-8?q?Jos=C3=A9_=C3=81lvarez?= <jose@harbour.example>"
    message["Subject"] = subject
    message["Date"] = "Mon, 04 Mar 2024 11:05:00 +0000"
    message.set_content(body)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def forwarded(original: bytes) -> bytes:
    """A mail that carries another one whole, as "forward as attachment" does."""
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@harbour.example>"
    message["Subject"] = "Fwd: look"
    message.set_content("See the message.")
    message.add_attachment(message_from_bytes(original, policy=default))
    return message.as_bytes()
