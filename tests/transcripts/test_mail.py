"""Mails of notetakers and of people: summary, transcript in the body, attachments, forwarded or not."""

import pytest

from nodes.errors import InputError
from nodes.transcript import Participant, Transcript
from nodes.transcripts import Source, read_transcript
from tests.transcripts import exports

CUES = [(3.0, 5.0, "Ann Lee", "Shall we start?"), (6.0, 9.0, "Bo Ek", "Yes.")]
VTT = exports.zoom_vtt(CUES)
SUMMARY = """Meeting summary for Harbour sync (03/04/2024)

Quick recap

Ann and Bo talked about the valve, which is late, and about the yard, which is early this
year.

Next steps

- Bo will pay.
- Ann will order.

AI-generated content may be inaccurate or misleading. Always check for accuracy.
"""


def read(data: bytes, name: str = "call.eml") -> Transcript:
    return read_transcript(Source(name, data))


def test_a_summary_goes_in_without_a_speaker_and_says_who_wrote_it():
    transcript = read(exports.mail(SUMMARY, subject="Meeting summary for Harbour sync (03/04/2024)"))
    assert (transcript.format, transcript.title) == ("eml_summary", "Harbour sync")
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T00:00:00+00:00"
    assert [(u.speaker, u.text) for u in transcript.utterances] == [
        (None, "Quick recap"),
        (
            None,
            "Ann and Bo talked about the valve, which is late, and about the yard, which is early this year.",
        ),
        (None, "Next steps"),
        (None, "Bo will pay."),
        (None, "Ann will order."),
    ]
    assert "written by the notetaker" in transcript.warnings[0]
    assert transcript.participants == ("Ann Lee", "Bo Ek", "José Álvarez")
    assert transcript.people[0] == Participant("Ann Lee", "ann@harbour.example", "sender")


def test_a_transcript_below_the_summary_is_read_with_its_speakers():
    body = SUMMARY + "\nTranscript\n\nAnn Lee  0:03\nShall we start?\n\nBo Ek  0:07\nYes.\n"
    transcript = read(exports.mail(body))
    assert transcript.format == "eml_transcript"
    assert [(u.speaker, u.text) for u in transcript.utterances if u.speaker] == [
        ("Ann Lee", "Shall we start?"),
        ("Bo Ek", "Yes."),
    ]
    assert "Ann will order." in [u.text for u in transcript.utterances]


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("GMT20240304-100000_Recording.transcript.vtt", VTT, "eml_vtt_attachment"),
        ("transcript.docx", exports.teams_docx(CUES), "eml_attachment"),
        ("transcript.json", exports.fireflies(CUES), "eml_attachment"),
        ("original.eml", exports.mail("See below.", {"a.vtt": VTT}), "eml_vtt_attachment"),
    ],
)
def test_an_attached_transcript_is_read_and_the_covering_note_is_reported(name: str, data: bytes, form: str):
    transcript = read(
        exports.mail("Hi all,\n\nthe transcript.\n\nAnn\n", {name: data, "logo.png": b"\x89PNG"})
    )
    assert (transcript.format, transcript.title) == (form, "Harbour sync")
    assert [(u.speaker, u.text) for u in transcript.utterances] == [(s, w) for _, _, s, w in CUES]
    assert 'its covering note was not read: "Hi all, the transcript. Ann"' in " ".join(transcript.warnings)


def test_a_message_forwarded_whole_is_read_as_it_was():
    transcript = read(exports.forwarded(exports.mail("See below.", {"a.vtt": VTT})))
    assert (transcript.format, transcript.title) == ("eml_vtt_attachment", "Harbour sync")
    assert [u.text for u in transcript.utterances] == ["Shall we start?", "Yes."]


def test_an_attached_recording_gives_its_id_and_time_and_its_chat_is_merged():
    transcript = read(
        exports.mail(
            SUMMARY,
            {
                "GMT20240304-100000_Recording.transcript.vtt": VTT,
                "GMT20240304-100000_RecordingnewChat.txt": b"00:00:04\tCy Dee:\tgm\n",
                "budget.xlsx": exports.zipped({"xl/workbook.xml": "<x/>"}),
            },
        )
    )
    assert transcript.external_id == "GMT20240304-100000"
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T10:00:00+00:00"
    assert [u.channel for u in transcript.utterances if u.start is not None] == ["speech", "chat", "speech"]
    assert "Bo will pay." in [u.text for u in transcript.utterances]
    assert any("its attachment budget.xlsx was not read" in warning for warning in transcript.warnings)


def test_the_header_of_a_message_forwarded_in_the_body_gives_title_and_day():
    body = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Zoom <no-reply@zoom.us>\n"
        "Date: Mon, Feb 26, 2024 at 10:45 AM\n"
        "Subject: Cloud Recording - Harbour sync is now\n available\nTo: Ann Lee <ann@harbour.example>\n\n"
        "> Summary\n>\n> The valve is late.\n"
    )
    transcript = read(exports.mail(body, subject="Fwd: look"))
    assert transcript.title == "Harbour sync"
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-02-26T00:00:00+00:00"
    assert [u.text for u in transcript.utterances] == ["FYI", "Summary", "The valve is late."]


@pytest.mark.parametrize(
    ("subject", "title", "day"),
    [
        ("Meeting summary for Harbour sync (03/04/2024)", "Harbour sync", "2024-03-04"),
        ("Meeting assets for Harbour sync are ready!", "Harbour sync", "2024-03-04"),
        ("Re: Fwd: Harbour sync - meeting notes", "Harbour sync", "2024-03-04"),
        ('Notes: "Harbour sync" Mar 1, 2024', "Harbour sync", "2024-03-01"),
        ("Your meeting recap - Harbour sync", "Harbour sync", "2024-03-04"),
        ("Harbour sync 2024-02-29", "Harbour sync", "2024-02-29"),
        ("Harbour sync (13/02/2024)", "Harbour sync", "2024-02-13"),
        ("Harbour sync (05/06/2023)", "Harbour sync", "2024-03-04"),
    ],
)
def test_a_subject_names_the_meeting_and_a_day_that_can_mean_only_one(subject: str, title: str, day: str):
    transcript = read(exports.mail("Summary\n\nThe valve is late.\n", subject=subject))
    assert transcript.title == title
    assert transcript.date is not None
    assert transcript.date.isoformat().startswith(day)


def test_a_mail_that_is_only_html_is_read_block_by_block():
    html = (
        "<html><head><style>p { color: red }</style></head><body><h2>Action items</h2><ul><li>Bo <b>pays</b> "
        "&amp; goes.</li><li>Ann orders.</li></ul><p>The valve<br>is late.</p></body></html>"
    )
    transcript = read(exports.mail("", subject="Harbour sync", html=html))
    assert [u.text for u in transcript.utterances] == [
        "Action items",
        "Bo pays & goes.",
        "Ann orders.",
        "The valve",
        "is late.",
    ]


def test_a_mail_is_known_without_its_suffix_and_text_with_a_subject_is_none():
    assert read(exports.mail(SUMMARY), "saved from the inbox").format == "eml_summary"
    text = b"Subject: Harbour sync\nDate: 2024-03-04\n\nAnn Lee: Hi.\nBo Ek: Hello.\n"
    assert read(text, "notes.txt").format == "plain_txt"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "koi8-r", "nonsense-1"])
def test_any_charset_of_a_body_is_decoded(charset: str):
    words = "Größe prüfen" if charset != "koi8-r" else "Мы начинаем"
    body = words.encode(charset if charset != "nonsense-1" else "utf-8")
    data = (
        b"From: Ann Lee <ann@harbour.example>\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\n"
        b"Date: Mon, 04 Mar 2024 11:05:00 +0100\nContent-Type: text/plain; charset=" + charset.encode()
    )
    transcript = read(data + b"\nContent-Transfer-Encoding: 8bit\n\nSummary\n\n" + body + b"\n")
    assert transcript.title == "Größe"
    assert transcript.utterances[-1].text == words


def test_a_mail_in_a_mail_in_a_mail_and_boundaries_without_end_are_refused():
    data = exports.mail("x", {"a.vtt": VTT})
    for _ in range(5):
        data = exports.mail("Hi.", {"inner.eml": data})
    assert "mail in a mail" in " ".join(read(data).warnings)
    many = (
        b"MIME-Version: 1.0\nFrom: a@b.c\nSubject: x\n"
        + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 80
    )
    with pytest.raises(InputError, match="nested too deeply"):
        read(many)


def test_addresses_in_brackets_without_end_are_nobody():
    mail = (
        b"From: Ann Lee <ann@a.example>\nTo: " + b"(" * 9_000 + b"\nSubject: Sync 2024-03-04\n\nWe shipped.\n"
    )
    assert read(mail).participants == ("Ann Lee",)


def test_a_name_with_a_nul_in_its_encoded_word_is_one_that_can_be_stored():
    mail = b"From: =?utf-8?q?Ann=00Lee?= <ann@a.example>\nSubject: Sync 2024-03-04\n\nWe shipped.\n"
    assert read(mail).participants == ("Ann Lee",)


def test_a_name_in_a_charset_that_is_none_stays_as_it_stands():
    data = exports.mail("Hi.", {"call.vtt": exports.zoom_vtt([(1, 2, "Ann Lee", "Brass it is.")])})
    read = read_transcript(
        Source(
            "call.eml", data.replace(b"=?utf-8?q?Jos", "=?utf\udcff-8?q?Jos".encode(errors="surrogateescape"))
        )
    )
    assert [u.text for u in read.utterances] == ["Brass it is."]
