"""Documents: Word and OpenDocument text, PDF, web pages, Outlook messages; and the bombs among them."""

import io
import time
import zipfile

import pytest

from nodes.errors import InputError
from nodes.transcript import Transcript
from nodes.transcripts import Source, read_transcript
from stores.documents import load_pages
from stores.errors import DocumentError
from tests.transcripts import exports, outlook

HEADING = '<w:pStyle w:val="Heading2"/>'


def read(name: str, data: bytes) -> Transcript:
    return read_transcript(Source(name, data))


def texts(transcript: Transcript) -> list[str]:
    return [utterance.text for utterance in transcript.utterances]


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF with these lines of Latin text on its pages."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids: list[str] = []
    for lines in pages:
        shown = "".join(f"({line}) Tj T* " for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data, places = "%PDF-1.4\n", []
    for number, held in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{held}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return (data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + table + end).encode("latin-1")


def test_a_word_document_of_minutes_keeps_every_word_in_order():
    row = "<w:tr>{}</w:tr>"
    cell = "<w:tc>{}</w:tc>"
    table = "".join(
        row.format("".join(cell.format(exports.paragraph(text)) for text in cells))
        for cells in (("Action", "Owner"), ("Order it", "Bo Ek"))
    )
    body = (
        exports.paragraph("Harbour sync", '<w:pStyle w:val="Title"/>')
        + exports.paragraph("Decisions", HEADING)
        + exports.paragraph("Brass it is.", "<w:numPr/>")
        + "<w:p><w:ins><w:r><w:t>Added </w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:sdt><w:sdtContent><w:r><w:t>later.</w:t></w:r></w:sdtContent></w:sdt></w:p>"
        + f"<w:tbl>{table}</w:tbl>"
        + "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>"
        "<w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:t>In a box.</w:t></mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p>"
    )
    transcript = read("2024-03-04.docx", exports.docx(body, comments=exports.paragraph("Really?")))
    assert (transcript.format, transcript.title) == ("minutes", "Harbour sync")
    assert texts(transcript) == [
        "Decisions",
        "Brass it is.",
        "Added later.",
        "Action | Owner",
        "Order it | Bo Ek",
        "In a box.",
    ]
    assert "2024-03-04.docx: its comments (1 words) were not read." in transcript.warnings


def test_an_opendocument_text_is_read_with_its_spaces_and_headings():
    lines = ["Harbour sync", "Date: 2024-03-04", "Ann Lee: Hi.", "Bo Ek: R&D.", "Ann Lee: Bye."]
    transcript = read("notes.odt", exports.odt(lines))
    assert (transcript.format, transcript.title) == ("plain_txt", "Harbour sync")
    assert texts(transcript) == ["Hi.", "R&D.", "Bye."]


def test_a_pdf_is_read_and_its_empty_pages_are_named():
    transcript = read("2024-03-04.pdf", pdf([["Harbour sync", "Decisions", "Brass it is."], []]))
    assert (transcript.format, transcript.title) == ("minutes", "Harbour sync")
    assert texts(transcript) == ["Decisions", "Brass it is."]
    assert "2024-03-04.pdf: no text was found on page 2." in transcript.warnings


def test_a_web_page_is_read_in_the_charset_that_it_declares_whatever_its_tags_are_worth():
    page = (
        '<!DOCTYPE html><html><head><meta charset="windows-1251"><title>Harbour sync</title></head><body>'
        "<h2>Решения</h2><ul><li>Клапан <i>лату</i>нный.</li></ul>"
        "<script>if (a<b) x</script><!-- <b>no</b> -->"
        '<p title="a > b">3 &lt; 4 and 4 < 5</p></body></html>'
        # a parser of tags takes minutes for these
        + "<a x" * 20_000
        + ">" * 20_000
        + "<i>" * 50_000
        + "</b>" * 50_000
    )
    transcript = read("2024-03-04.html", page.encode("windows-1251"))
    assert transcript.title == "Harbour sync"
    assert texts(transcript)[:3] == ["Решения", "Клапан латунный.", "3 < 4 and 4 < 5"]


def test_an_outlook_message_is_read_as_mail():
    data = outlook.message(
        "Harbour sync: transcript",
        "Hi all,\r\nthe file.",
        "Bo Ek",
        1_709_550_300,
        {"call.vtt": exports.zoom_vtt([(1, 2, "Ann Lee", "Brass it is. " * 400)])},
    )
    transcript = read("mail.msg", data)
    assert (transcript.format, transcript.title) == ("eml_vtt_attachment", "Harbour sync")
    assert texts(transcript) == [("Brass it is. " * 400).strip()]
    assert [(one.name, one.email) for one in transcript.people] == [("Bo Ek", "bo@harbour.example")]


LAUGHS = (
    '<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", exports.docx("<w:p>"), "no sound XML"),
        ("a.docx", exports.docx(""), "it has no words"),
        (
            "a.docx",
            exports.zipped(
                {"[Content_Types].xml": "", "word/document.xml": f"{LAUGHS}<w:document>&c;</w:document>"}
            ),
            "declares entities",
        ),
        ("a.docx", exports.zipped({"xl/workbook.xml": "<x/>"}), "without a text document"),
        ("a.zip", exports.zipped({"a.vtt": "WEBVTT"}), "without a text document"),
        ("a.docx", exports.docx(exports.paragraph("x" * 30_000_000)), "would unpack to 30 MB"),
        ("a.docx", exports.docx("<w:p>" * 300_000), "no sound XML"),
        ("a.odt", exports.zipped({"mimetype": "x", "content.xml": "<a>" * 300_000}), "no sound XML"),
    ],
)
def test_a_damaged_document_or_a_bomb_is_refused(name: str, data: bytes, reason: str):
    with pytest.raises(InputError) as refused:
        read(name, data)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_package_that_keeps_its_text_elsewhere_is_read():
    data = exports.docx(exports.paragraph("Brass it is."))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("word/document.xml")
    relations = '<a><b Type="http://x/officeDocument" Target="word/document2.xml"/></a>'
    moved = exports.zipped({"[Content_Types].xml": "", "_rels/.rels": relations, "word/document2.xml": text})
    assert texts(read("2024-03-04.docx", moved)) == ["Brass it is."]


def test_a_document_that_hangs_or_grows_without_bound_ends_with_its_reader(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("stores.documents._WALL_SECONDS", 0.01)
    began = time.monotonic()
    with pytest.raises(DocumentError, match="longer than"):
        load_pages("html", b"<p>hello</p>")
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("place", [30, 70, 600, 1500])
def test_a_damaged_message_is_read_or_refused_in_one_sentence(place: int):
    whole = outlook.message("Sync", "Brass it is.", "Bo Ek", 1_709_550_300, {})
    for data in (whole[:place] + b"\xff\xff\xff\x7f" + whole[place + 4 :], whole[: 2 * place]):
        said = ""
        try:
            assert read("a.msg", data).utterances
        except InputError as refused:
            said = str(refused)
        assert "\n" not in said
