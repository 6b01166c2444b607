"""Documents that only a library can read: PDF and web pages through langchain-community, Outlook messages.

Each is read by a process of its own, with bounded time and memory: parsers of such formats hang, or fail in
ways of their own, on damaged files. It also keeps the second that the loaders take to import out of ours.

    python -P -m stores.documents KIND FILE ANSWER
"""

import email.utils
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal, cast, get_args

from stores.errors import DocumentError

Kind = Literal["pdf", "html", "msg"]

_WALL_SECONDS = 180
_CPU_SECONDS = (10, 20, 60)  # for any file, for each megabyte of it, and at most
_MEMORY_BYTES = 2 * 1024**3
_ANSWER_BYTES = 100 * 1000 * 1000
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 head header hr li main nav ol option p pre section select table tbody td tfoot th thead "
    "title tr ul".split()
)
# comments, declarations, and elements whose words are nobody's; what is not closed goes on to the end
_SILENT = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^<>]*>"
    r"|<(script|style|template|rt|rp)\b[^<>]*>.*?(?:</\1\b[^<>]*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
# no part of it goes beyond the next "<", so that tags that never end cost no more than their length
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9:_-]*+)(?:(?:[^<>"']|"[^"<]*"|'[^'<]*')*+|[^<>]*+)>""", re.IGNORECASE)


def load_pages(kind: Kind, data: bytes) -> tuple[str, ...]:
    """The text of a document, page by page.

    Args:
        kind: "pdf"; "html", whose only page has a line for each block, "# " before headings and "- " before
            list items; or "msg", whose only page is the message as MIME (RFC 5322).
        data: the file; HTML as UTF-8.

    Raises:
        DocumentError: it cannot be read; the message is the reason, without the file's name.
    """
    with tempfile.TemporaryDirectory(prefix="smart-meet-") as folder:
        file, answer = Path(folder, f"document.{kind}"), Path(folder, "answer.json")
        file.write_bytes(data)
        command = [sys.executable, "-P", "-m", "stores.documents", kind, str(file), str(answer)]
        try:
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=_WALL_SECONDS,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"reading it took longer than {_WALL_SECONDS} s") from error
        if ended.returncode:
            raise DocumentError(
                _reason(ended.returncode, ended.stderr.decode("utf-8", "replace"), _cpu_seconds(len(data)))
            )
        return tuple(cast(list[str], json.loads(answer.read_bytes())))


def _cpu_seconds(size: int) -> int:
    least, more, most = _CPU_SECONDS
    return min(most, least + more * size // 1_000_000)


def _reason(code: int, told: str, seconds: int) -> str:
    last = next((line for line in reversed(told.splitlines()) if line.strip()), "")
    if "MemoryError" in last:
        return f"reading it takes more than {_MEMORY_BYTES // 1024**3} GB of memory"
    if "crypt" in last.lower() or "password" in last.lower():
        return "it is protected by a password"
    if code < 0:
        return f"reading it takes more than {seconds} s"
    return " ".join(last.split())[:200] or f"its reader ended with code {code}"


def main() -> None:
    """Read one document as the arguments say and write its pages as JSON."""
    kind, file, answer = sys.argv[1:]
    if kind not in get_args(Kind):
        raise SystemExit(f"{kind} is no kind of document")
    _limit(_cpu_seconds(Path(file).stat().st_size))
    logging.disable()  # a damaged file may be worth a million warnings, which nobody reads
    readers = {"pdf": _pdf, "html": _html, "msg": _message}
    Path(answer).write_text(json.dumps(readers[kind](Path(file))))


def _limit(seconds: int) -> None:
    """Bound this process; where the system knows no such bounds, the caller's clock is the only one."""
    try:
        import resource
    except ImportError:
        return
    bounds = (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, _ANSWER_BYTES),
    )
    for bound, most in bounds:
        hard = resource.getrlimit(bound)[1]
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(bound, (most, most))


def _silence_retirement() -> None:
    """langchain-community says on import that it is being retired. It is our user's choice, pinned, and a
    person who ingests a file can do nothing about it."""
    warnings.filterwarnings("ignore", "`langchain-community` is being sunset", DeprecationWarning)


def _pdf(file: Path) -> list[str]:
    _silence_retirement()
    from langchain_community.document_loaders.pdf import PyPDFLoader

    return [page.page_content for page in PyPDFLoader(str(file)).lazy_load()]


def _html(file: Path) -> list[str]:
    """Read a page without its tags: the loader's text has no break where a block ends, so that words of two
    would run together, and tags that do not end take its parser the square of their number."""
    _silence_retirement()
    from langchain_community.document_loaders.html_bs import BSHTMLLoader

    markup = _SILENT.sub(" ", " ".join(file.read_text("utf-8").split()))
    file.write_text(_TAG.sub(_on_a_line, markup).replace("<", "&lt;"), "utf-8")
    loader = BSHTMLLoader(file, open_encoding="utf-8", bs_kwargs={"features": "html.parser"})
    return [page.page_content for page in loader.lazy_load()]


def _on_a_line(tag: re.Match[str]) -> str:
    """What is left of a tag: a line where a block begins or ends, and the mark of a heading or list item."""
    closing, name = tag[1], tag[2].lower()
    if name not in _BLOCKS:
        return ""
    if closing:
        return "\n"
    if name == "li":
        return "\n- "
    return f"\n{'#' * int(name[1])} " if re.fullmatch("h[1-6]", name) else "\n"


def _message(file: Path) -> list[str]:
    """python-oxmsg, not the loader of langchain-community, which needs a library under the GPL."""
    from oxmsg import Message

    message = Message.load(str(file))
    mime = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mime["Subject"] = _in_one_line(message.subject)
    mime["From"] = _in_one_line(message.sender or "")
    to = ((_in_one_line(one.name), _in_one_line(one.email_address)) for one in message.recipients)
    mime["To"] = ", ".join(email.utils.formataddr(one) for one in to)
    with suppress(OverflowError):  # a day that no calendar has: its words are read all the same
        if message.sent_date is not None:
            mime["Date"] = email.utils.format_datetime(message.sent_date)
    body, html = message.body or "", message.html_body
    mime.set_content(body)
    if html and not body.strip():
        mime.set_content(html, subtype="html")
    for attachment in message.attachments:
        mime.add_attachment(
            attachment.file_bytes or b"",
            maintype="application",
            subtype="octet-stream",
            filename=_in_one_line(attachment.file_name or "attachment"),
        )
    return [mime.as_bytes().decode("ascii")]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
