"""The layouts of the tools, in what each does its own way."""

import json

import pytest

from nodes.transcript import Participant, Transcript
from nodes.transcripts import Source, read_transcript
from tests.transcripts import exports

CUES = [(3.0, 5.0, "Ann Lee", "Shall we start?"), (6.0, 9.0, "Bo Ek", "Yes, the valve is in.")]


def read(data: bytes | str, name: str) -> Transcript:
    return read_transcript(Source(name, data.encode() if isinstance(data, str) else data))


def spoken(transcript: Transcript) -> list[tuple[str | None, str, float | None]]:
    return [(u.speaker, u.text, u.start) for u in transcript.utterances]


def test_teams_cues_of_one_utterance_come_together_where_people_talk_at_once():
    call = "5893c03c-0e4d-4e92-92a2-65899b901e6a"
    transcript = read(
        f"WEBVTT\n\n{call}/10-0\n00:00:11.690 --> 00:00:17.355\n<v Ann Lee>Okay, we've got half\nan</v>\n\n"
        f"{call}/13-0\n00:00:15.790 --> 00:00:22.500\n<v Bo Ek>Could you plug me in?</v>\n\n"
        f"{call}/10-1\n00:00:17.355 --> 00:00:23.020\n<v Ann Lee>hour for this &amp; that.</v>\n",
        "Board.vtt",
    )
    assert transcript.format == "teams_vtt"
    assert spoken(transcript) == [
        ("Ann Lee", "Okay, we've got half an hour for this & that.", 11.69),
        ("Bo Ek", "Could you plug me in?", 15.79),
    ]


def test_captions_of_google_name_the_speaker_in_brackets():
    transcript = read(
        "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:03.000 --> 00:00:05.000 align:start position:0%\n"
        "(Ann Lee)\nShall<00:00:04.000><c> we</c> start?\n\n"
        "00:00:06.000 --> 00:00:07.000\n[laughs]\n\n00:00:07.000 --> 00:00:09.000\n(Bo Ek) Yes.\n",
        "call.vtt",
    )
    assert transcript.format == "google_vtt"
    assert spoken(transcript) == [
        ("Ann Lee", "Shall we start?", 3.0),
        (None, "[laughs]", 6.0),
        ("Bo Ek", "Yes.", 7.0),
    ]


def test_subrip_takes_labels_in_brackets_tags_and_entities():
    transcript = read(
        "1\r\n00:00:03,000 --> 00:00:05,000\r\n[SPEAKER_00]: <i>Shall</i> we\r\nstart?\r\n\r\n"
        "2\r\n00:00:06,000 --> 00:00:09,000\r\n[SPEAKER_01]: {\\an8}R&amp;D is in.\r\n",
        "2024-03-04 call.srt",
    )
    assert transcript.format == "srt"
    assert spoken(transcript) == [
        ("SPEAKER_00", "Shall we start?", 3.0),
        ("SPEAKER_01", "R&D is in.", 6.0),
    ]
    assert transcript.date is not None


def test_saved_captions_count_from_the_first_over_midnight_and_take_the_chat_of_the_same_clock():
    captions = "[Ann Lee] 23:59:50\nLate again.\n\n[Bo Ek] 00:00:10\nYes.\n"
    transcript = read(captions, "meeting_saved_closed_caption.txt")
    assert transcript.format == "zoom_saved_caption_txt"
    assert spoken(transcript) == [("Ann Lee", "Late again.", 0.0), ("Bo Ek", "Yes.", 20.0)]
    with_chat = read_transcript(
        Source("meeting_saved_closed_caption.txt", exports.zoom_captions(CUES)),
        attachments=[Source("meeting_saved_chat.txt", b"10:00:05 From Cy Dee to Everyone: here now\n")],
    )
    assert spoken(with_chat)[1] == ("Cy Dee", "here now", 2.0)


def test_otter_text_drops_its_footer_and_reads_hours():
    transcript = read(
        "Ann Lee  0:03  \nOne.\nTwo.\n\nBo Ek  1:00:07  \nAt 10:30\n\nTranscribed by https://otter.ai\n",
        "Harbour sync_otter_ai.txt",
    )
    assert (transcript.format, transcript.title) == ("otter_txt", "Harbour sync")
    assert spoken(transcript) == [("Ann Lee", "One. Two.", 3.0), ("Bo Ek", "At 10:30", 3607.0)]


@pytest.mark.parametrize(
    "turn", ["{name}  {time}", "{name} ({time})", "{name} | {time}", "[{time}] {name}", "{time} {name}:"]
)
def test_a_name_with_its_time_alone_on_a_line_is_a_speaker(turn: str):
    lines = [
        line
        for name, time, words in (("Ann Lee", "0:03", "One."), ("Bo Ek", "0:07", "Two."))
        for line in (turn.format(name=name, time=time), words, "")
    ]
    transcript = read("\n".join(["Harbour sync", "Date: 2024-03-04", "", *lines]), "notes.txt")
    assert (transcript.format, transcript.title) == ("name_time_txt", "Harbour sync")
    assert transcript.date is not None
    assert spoken(transcript) == [("Ann Lee", "One.", 3.0), ("Bo Ek", "Two.", 7.0)]


def test_the_teams_document_gives_title_and_date_and_not_who_started_it():
    transcript = read(exports.teams_docx(CUES), "anything.docx")
    assert (transcript.format, transcript.title) == ("teams_docx", "Harbour sync")
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T10:00:00+00:00"
    assert spoken(transcript) == [
        ("Ann Lee", "Shall we start?", 3.0),
        ("Bo Ek", "Yes, the valve is in.", 6.0),
    ]


def test_the_older_meet_document_tells_the_zone_and_the_attendees():
    turns = [("Ann Lee", "Hello."), ("Cy Dee", "Hi.")]
    data = exports.meet_docx(turns)
    transcript = read(data, "call.docx")
    assert (transcript.format, transcript.title) == ("google_meet_docx_old", "Harbour sync")
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T10:00:00+00:00"
    assert transcript.participants == ("Ann Lee", "Cy Dee", "Bo Ek")


def test_meet_text_takes_times_from_the_lines_between_and_the_time_of_day_from_its_name():
    transcript = read(
        exports.meet_text([("Ann Lee", "Hello."), ("Bo Ek", "Hi.")]),
        "Harbour sync - 2024_03_04 10_00 GMT+01_00 - Transcript.txt",
    )
    assert (transcript.format, transcript.title) == ("google_meet_txt", "Harbour sync")
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T10:00:00+01:00"
    assert spoken(transcript) == [("Ann Lee", "Hello.", 0.0), ("Bo Ek", "Hi.", None)]
    assert transcript.warnings == ()


def test_notes_of_gemini_above_a_meet_transcript_go_in_without_a_speaker():
    heading = '<w:pStyle w:val="Heading2"/>'
    written = exports.paragraph("📝 Notes", heading) + exports.paragraph("Mar 4, 2024")
    written += exports.paragraph("Summary", heading) + exports.paragraph("The valve is in.")
    lines = exports.meet_lines([("Ann Lee", "Hello."), ("Bo Ek", "Hi."), ("Ann Lee", "Bye.")])
    transcript = read(exports.docx(written + "".join(map(exports.paragraph, lines))), "call.docx")
    assert transcript.format == "google_meet_docx"
    assert (None, "The valve is in.", None) in spoken(transcript)
    assert [u.text for u in transcript.utterances if u.speaker] == ["Hello.", "Hi.", "Bye."]
    assert "written by the notetaker" in " ".join(transcript.warnings)


def test_times_as_headings_of_a_meet_document_are_times():
    heading = '<w:pStyle w:val="Heading3"/>'
    times = [exports.paragraph(time, heading) for time in ("00:00:00", "00:05:00")]
    turns = [exports.paragraph(line) for line in ("Ann Lee: Hello.", "Bo Ek: Hi.")]
    body = "".join([times[0], turns[0], times[1], turns[1], exports.paragraph(exports.MEET_END[0])])
    transcript = read(exports.docx(body), "2024-03-04.docx")
    assert spoken(transcript) == [("Ann Lee", "Hello.", 0.0), ("Bo Ek", "Hi.", 300.0)]


def test_otter_documents_have_a_head_of_keywords_and_speakers():
    transcript = read(
        "Harbour sync\nMon, Mar 4, 2024 10:00AM • 27:42\n\nSUMMARY KEYWORDS\nvalve, yard\n\nSPEAKERS\n"
        "Ann Lee, Bo Ek, Cy Dee\n\nAnn Lee  00:03\nHi.\n\nBo Ek  00:07\nYes.\n",
        "call.txt",
    )
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T10:00:00+00:00"
    assert transcript.participants == ("Ann Lee", "Bo Ek", "Cy Dee")
    assert [u.text for u in transcript.utterances] == ["SUMMARY KEYWORDS", "valve, yard", "Hi.", "Yes."]


def test_fireflies_gives_people_id_and_times_and_says_that_the_summary_was_not_read():
    transcript = read(
        json.dumps(
            {
                "data": {
                    "transcript": {
                        "id": "01HS9",
                        "title": "Harbour sync",
                        "date": 1711360800000,
                        "host_email": "ann@harbour.example",
                        "participants": ["ann@harbour.example", "cy@harbour.example"],
                        "meeting_attendees": [{"displayName": "Ann Lee", "email": "ann@harbour.example"}],
                        "sentences": [
                            {"speaker_name": "Ann Lee", "text": "Hi.", "start_time": 3.0, "end_time": 4.0},
                            {"speaker_name": None, "speaker_id": 2, "text": "Yes.", "start_time": 5.0},
                        ],
                        "summary": {"overview": "They met.", "action_items": ""},
                    }
                }
            }
        ),
        "transcript.json",
    )
    assert transcript.external_id == "01HS9"
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-25T10:00:00+00:00"
    assert spoken(transcript) == [("Ann Lee", "Hi.", 3.0), ("Speaker 2", "Yes.", 5.0)]
    assert transcript.people == (
        Participant("Ann Lee", "ann@harbour.example", "host"),
        Participant("cy@harbour.example", "cy@harbour.example"),
    )
    assert "summary was written by the notetaker" in transcript.warnings[0]


def test_whisperx_segments_without_a_label_are_kept_and_reported():
    transcript = read(
        '{"segments": [{"start": 1, "end": 2, "text": " Hi.", "speaker": "SPEAKER_00"},'
        ' {"start": 3, "text": "Who?"}, "odd", {"text": 5}]}',
        "2024-03-04.json",
    )
    assert spoken(transcript) == [("SPEAKER_00", "Hi.", 1.0), (None, "Who?", 3.0)]
    assert transcript.warnings == ("2024-03-04.json: 2 of 3 segments do not say who speaks.",)


MINUTES = """---
title: "Harbour sync"
date: 2024-03-04
attendees: [Ann Lee (Project manager), Bo Ek <bo@harbour.example>]
tags: [meeting]
---

# Harbour sync

## Decisions

- The **valve** will be brass, which is what the yard has and what
  the budget bears.
1. Bo pays.

| Action | Owner |
|---|---|
| Order it | Bo Ek |

## Action items

- [ ] Ann orders the valve
- [x] Bo pays
"""


def test_markdown_minutes_become_utterances_without_a_speaker_under_their_headings():
    transcript = read(MINUTES, "notes.md")
    assert transcript.format == "markdown_minutes"
    assert (transcript.title, transcript.participants) == ("Harbour sync", ("Ann Lee", "Bo Ek"))
    assert transcript.people == (
        Participant("Ann Lee", None, "Project manager"),
        Participant("Bo Ek", "bo@harbour.example"),
    )
    assert [u.text for u in transcript.utterances] == [
        "Decisions",
        "The valve will be brass, which is what the yard has and what the budget bears.",
        "Bo pays.",
        "Action | Owner",
        "Order it | Bo Ek",
        "Action items",
        "Ann orders the valve",
        "[x] Bo pays",
    ]
    assert {u.speaker for u in transcript.utterances} == {None}
    assert "written by a notetaker" in transcript.warnings[0]


def test_minutes_with_a_transcript_below_give_both():
    text = MINUTES + "\n## Transcript\n\n**Ann Lee:** Hi.\n\n**Bo Ek:** Hello.\n\n**Ann Lee:** Bye.\n"
    transcript = read(text, "notes.md")
    assert [u.text for u in transcript.utterances if u.speaker] == ["Hi.", "Hello.", "Bye."]
    assert transcript.participants == ("Ann Lee", "Bo Ek")
    assert "[x] Bo pays" in [u.text for u in transcript.utterances if u.speaker is None]


def test_a_transcript_with_an_agenda_above_and_wrapped_turns_keeps_its_speakers():
    long = "\n".join(["and the valve is still not in, as far as anybody here can say"] * 8)
    turns = "\n".join(f"{name}: well\n{long}" for name in ("Ann Lee", "Bo Ek", "Ann Lee", "Bo Ek"))
    transcript = read(f"Harbour sync\n\nAgenda:\n- the valve\n\n{turns}\n", "2024-03-04.txt")
    assert transcript.format == "plain_txt"
    assert transcript.participants == ("Ann Lee", "Bo Ek")
    assert [u.text for u in transcript.utterances if u.speaker is None] == ["Agenda:", "the valve"]


def test_keys_of_tasks_in_minutes_do_not_speak():
    task = "Order the valve\nOwner: Bo Ek\nDue: Friday\n\n"
    transcript = read(f"# Harbour sync\n\n## Action items\n\n{task * 4}", "2024-03-04.md")
    assert transcript.format == "markdown_minutes"
    assert transcript.participants == ()


def test_plain_minutes_are_read_by_their_headings():
    transcript = read(
        "Harbour sync\n4 March 2024\nPresent: Ann Lee, Bo Ek\n\nDecisions:\nThe valve will be brass.\n"
        "Bo pays.\n\nNext steps\n* Ann orders it.\n",
        "notes.txt",
    )
    assert (transcript.format, transcript.title) == ("minutes", "Harbour sync")
    assert transcript.date is not None
    assert transcript.participants == ("Ann Lee", "Bo Ek")
    assert [u.text for u in transcript.utterances] == [
        "Decisions:",
        "The valve will be brass.",
        "Bo pays.",
        "Next steps",
        "Ann orders it.",
    ]


@pytest.mark.parametrize(
    "language", ["Größe prüfen – jawohl.", "Мы начинаем в пять.", "会議を始めます。", "نبدأ الآن."]
)
@pytest.mark.parametrize(
    "form", [exports.zoom_vtt, exports.srt, exports.otter, exports.whisperx, exports.teams_docx]
)
def test_other_languages_are_kept_whole(form, language: str):
    names = {
        "zoom_vtt": "a.vtt",
        "srt": "a.srt",
        "otter": "a.txt",
        "whisperx": "a.json",
        "teams_docx": "a.docx",
    }
    transcript = read(
        form([(1, 2, "José Álvarez", language), (3, 4, "山田 太郎", language)]), names[form.__name__]
    )
    assert [(u.speaker, u.text) for u in transcript.utterances] == [
        ("José Álvarez", language),
        ("山田 太郎", language),
    ]


def test_a_speaker_without_a_name_is_none():
    data = b"[   ] 10:00:00\nGood morning.\n\n[Ann Lee] 10:00:05\nHi.\n"
    read = read_transcript(Source("meeting_saved_closed_caption.txt", data))
    assert [u.speaker for u in read.utterances] == [None, "Ann Lee"]
    assert read.participants == ("Ann Lee",)
