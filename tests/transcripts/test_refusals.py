"""What cannot be used is refused in one sentence that names the file, the reason and what to do."""

import contextlib
from pathlib import Path

import pytest

from nodes.errors import InputError
from nodes.transcripts import MAX_BYTES, Source, read_transcript, source_of, sources_in

CUE = "1\r\n00:00:01.000 --> 00:00:02.000\r\nAnn Lee: Hi.\r\n\r\n"
THREE = "WEBVTT\r\n\r\n" + CUE + CUE + CUE


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.vtt", b"", "a.vtt is empty"),
        ("a.txt", b" \r\n\t\n", "a.txt is empty"),
        ("a.txt", b"\xef\xbb\xbf\n", "a.txt is empty"),
        ("a.txt", bytes(range(256)) * 20, "a.txt is not text"),
        ("a.txt", b"Ann: Hi\0there\n" * 9, "a.txt is not text"),
        ("a.txt", b"%PDF-1.7 ...", "a.txt is a PDF"),
        ("a.docx", b"PK\x03\x04...", "a.docx is a damaged or cut off ZIP file"),
        ("a.txt", b"\xff\xfeA\x00n\x00\x00\xd8", "a.txt claims to be UTF-16-LE but is damaged"),
        ("a.txt", "Ann: é è ê\nBo: ".encode() + b"\xff ok", "a.txt is UTF-8 but damaged at line 2"),
        ("a.txt", "Ann: déjà vu ça".encode()[:-1] + b"\xc3", "a.txt is UTF-8 but damaged at line 1"),
        ("a.txt", b"Just some prose.\nWithout anybody.\n", "a.txt has no speaker lines"),
        ("a.txt", b"Dear Ann: look\n" + b"prose\n" * 50, "a.txt has no speaker lines"),
        ("a.txt", b"Ann:\nBo:\n", "a.txt has speaker lines but no words"),
        ("a.json", b'{"speaker": "Ann"}', "a.json is in no layout that is read"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "a.srt has no speaker lines"),
        ("a.srt", b"Ann Lee: Hi.\n\n1\n00:00:01,000 --> 00:00:02,000\nhello\n", "a.srt is no SubRip file"),
        ("a.json", b'{"segments": [{"text": "hello"}]}', "a.json has no speaker lines"),
        ("a.json", b'{"segments": [{"text": "hel', "a.json is damaged or cut off JSON"),
        ("a.json", b'{"sentences": [' * 100_000, "a.json is nested too deeply"),
        ("a.json", b'{"sentences": []}', "a.json has no sentences that say who speaks"),
        ("a.eml", b"Subject: hello\n\n", "a.eml is a mail without words"),
        ("a.md", b"---\ntitle: Plan\n---\n# Plan\n", "a.md has headings but no words"),
        ("a.html", b"<html><body></body></html>", "a.html is empty"),
        (
            "a.msg",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 2000,
            "a.msg is an Outlook message or old Office",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc is an old Office file"),
        ("a.vtt", b"Ann Lee: Hi.\n", 'a.vtt does not begin with "WEBVTT"'),
        ("a.vtt", b"WEBVTT\n\n", "a.vtt has no cues"),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", "a.vtt has no speaker lines"),
        (
            "2024-13-45_sync.vtt",
            THREE.encode(),
            "2024-13-45_sync.vtt carries a date in its name that does not exist",
        ),
        (
            "GMT20241345-100000_Recording.vtt",
            THREE.encode(),
            "carries a date in its name that does not exist",
        ),
        ("a.txt", b"Date: 2024-13-45\n\nAnn: Hi.\n", "a.txt: the date in its header cannot be used"),
        ("a.txt", b"Date: 2024-\x1b[31m13-45\n\nAnn: Hi.\n", '"2024- [31m13-45" is not a date'),
        ("a.txt", b"Date: 30 February 2024\n\nAnn: Hi.\n", "a.txt: the date in its header cannot be used"),
        ("a.txt", b"Date: 03/04/2024\n\nAnn: Hi.\n", "two different days"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(name: str, data: bytes, reason: str):
    with pytest.raises(InputError) as refused:
        read_transcript(Source(name, data))
    message = str(refused.value)
    assert reason in message
    assert name in message
    assert message.isprintable()
    assert ";" in message


@pytest.mark.parametrize(
    ("end", "cue", "line"),
    [
        ("4", 4, 15),
        ("4\r\n00:00:0", 4, 16),
        ("4\r\n00:00:03.000 -", 4, 16),
        ("4\r\n00:00:03.000 -->", 4, 16),
        ("4\r\n00:00:03.000 --> 00:0", 4, 16),
        ("4\r\n00:00:03.000 --> 00:00:04.000\r\n", 4, 16),
        ("4\r\n00:00:03.000 --> 00:00:04.000\r\nAnn L", 4, 16),
    ],
)
def test_a_truncated_recording_is_refused_where_it_was_cut(end: str, cue: int, line: int):
    with pytest.raises(InputError, match=rf"call\.vtt is cut off or damaged at cue {cue} \(line {line}\)"):
        read_transcript(Source("call.vtt", (THREE + end).encode()))


def test_a_recording_cut_inside_a_sentence_is_refused():
    whole = "WEBVTT\r\n\r\n" + CUE * 20 + "21\r\n00:00:03.000 --> 00:00:09.000\r\nAnn Lee: We ca"
    with pytest.raises(
        InputError, match=r"call\.vtt is cut off at cue 21 \(line 85\): its last line is not ended"
    ):
        read_transcript(Source("call.vtt", whole.encode()))


def test_an_open_end_that_may_be_whole_is_read_and_reported():
    for text in (CUE.strip(), (CUE * 20).strip()):
        transcript = read_transcript(Source("call.vtt", f"WEBVTT\n\n{text}".encode()))
        assert transcript.warnings == (
            "call.vtt does not end its last line; if it was cut off there, export it again.",
        )


def test_a_damaged_time_in_the_middle_is_refused_too():
    damaged = THREE.replace("00:00:01.000 --> 00:00:02.000", "00:00:xx --> 00:00:02.000", 1)
    with pytest.raises(InputError, match=r"at cue 1 \(line 4\)"):
        read_transcript(Source("call.vtt", damaged.encode()))


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(
        InputError, match='No format is named "teamz"; the known ones are zoom_vtt, teams_vtt'
    ):
        read_transcript(Source("call.vtt", THREE.encode()), format="teamz")


def test_a_format_that_is_asked_for_is_the_one_that_is_read():
    assert (
        read_transcript(Source("call.vtt", THREE.encode()), format="zoom_vtt").utterances[0].text
        == "Hi. Hi. Hi."
    )
    with pytest.raises(InputError, match="is no Zoom chat file"):
        read_transcript(Source("call.vtt", THREE.encode()), format="zoom_chat_txt")


def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path):
    large = tmp_path / "recording.vtt"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match=r"recording\.vtt is 50 MB large and files are read up to 50 MB"):
        source_of(large)
    with pytest.raises(InputError, match="50 MB large"):
        read_transcript(Source("recording.vtt", bytes(MAX_BYTES + 1)))


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="check the path"):
        source_of(tmp_path / "absent.vtt")
    with pytest.raises(InputError, match="check the path"):
        source_of(tmp_path)
    with pytest.raises(InputError, match="check the path"):
        next(sources_in(tmp_path / ("long" * 2_000)))


@pytest.mark.timeout(60)  # a rule that looks back over its text would take hours here
@pytest.mark.parametrize(
    "data",
    [
        b"Reacted to " * 200_000,
        b'00:00:01\tA:\tReplying to "' + b'" ' * 500_000,
        b"00:00:01 From " + b" " * 200_000 + b"x\n00:00:01 From A: hi\n",
        b"00:00:01 From A: hi\n00:00:01 From " + b" " * 200_000 + b"x",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v " * 200_000,
        b"A: " + b"<" * 1_000_000,
        b"A" * 1_500_000,
        b" " * 300_000 + b"A: x",
        b"a:\n" * 100_000,
        b" " * 7_000 + b"#" * 7_000 + b"x\nA: x\n",
        b"WEBVTT\n\n" + b"1\n" * 500_000,
        b"WEBVTT\n\n" + b"STYLE\n\n" * 200_000,
        b"\xe9\xff" * 700_000,
        b"Date: " + b"1" * 500_000 + b"\nAnn: hi\n",
        b"1\n00:00:01,000 --> 00:00:02,000\n" + b"[" * 1_000_000,
        b"[Ann] 10:00:00\n" + b"[A] " * 300_000,
        b"Ann  0:03\n" + b"Ann  0:03 " * 150_000,
        b"# Decisions\n" + b"**" * 500_000,
        b"# Decisions\n" + b"- " * 500_000,
        b"---\n" + b"a: [" * 300_000,
        b"Transcription ended after 00:00:01\n" + b" (" * 500_000,
        b"MIME-Version: 1.0\nFrom: " + b"<" * 300_000 + b"\nSubject: " + b"=?" * 300_000 + b"\n\nSummary\n",
        b"MIME-Version: 1.0\nFrom: a@b.c\nTo: " + b"a," * 300_000 + b"\n\nSummary\n" + b">" * 300_000,
        b'{"sentences": [' + b"{}," * 300_000 + b"{}]}",
        b'{"segments": [' + b'"' * 300_001,
    ],
)
def test_hostile_text_costs_no_more_than_its_length(data: bytes):
    with contextlib.suppress(InputError):
        read_transcript(Source("hostile.vtt" if data.startswith(b"WEBVTT") else "hostile.txt", data))
