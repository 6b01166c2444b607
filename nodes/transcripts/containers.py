"""What a file is, by its first bytes before its name: text, a document, or a mail."""

from nodes.errors import InputError
from nodes.transcripts.decoding import read_document
from nodes.transcripts.documents import looks_like_html, message_of, read_html, read_pdf
from nodes.transcripts.layout import Document, Source
from nodes.transcripts.mail import Mail, looks_like_mail, read_mail
from nodes.transcripts.office import read_office

ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_OFFICE = (".doc", ".xls", ".ppt")


def open_document(source: Source) -> Document | Mail:
    """Take the text out of whatever a file is.

    Raises:
        InputError: it is empty, damaged, a bomb, protected, or of a kind that holds no text.
    """
    if source.data.startswith(b"%PDF"):
        return read_pdf(source)
    if source.data.startswith(ZIP):
        return read_office(source)
    if source.data.startswith(_OLE):
        if source.name.lower().endswith(_OLD_OFFICE):
            raise InputError(f"{source.name} is an old Office file; save it as .docx.")
        return read_mail(message_of(source))
    if looks_like_mail(source):
        return read_mail(source)
    if looks_like_html(source):
        return read_html(source)
    return read_document(source)
