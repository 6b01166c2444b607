"""What holds for any transcript and for any bytes."""

from collections.abc import Callable, Sequence
from itertools import groupby

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nodes.errors import InputError
from nodes.transcript import Transcript
from nodes.transcripts import Source, parse_date, read_transcript, series_of
from nodes.transcripts.naming import read_name
from tests.transcripts import exports
from tests.transcripts.exports import Cue

NAMES = st.sampled_from(
    [
        "Ann Lee",
        "Bo Ek",
        "José Álvarez",
        "felix (eest)",
        "stokes",
        "Carson | STEEL",
        "Speaker 1",
        "Dr. Ada von Ek",
        "山田",
    ]
)
WORD = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
SENTENCE = st.lists(WORD, min_size=1, max_size=30).map(" ".join)
SPOKEN = st.lists(st.tuples(NAMES, SENTENCE), min_size=1, max_size=40)


def by_speaker(turns: list[tuple[str | None, str]]) -> list[tuple[str | None, list[str]]]:
    """What each said in a row, however it was cut into utterances."""
    return [
        (speaker, [word for _, text in own for word in text.split()])
        for speaker, own in groupby(turns, key=lambda turn: turn[0])
    ]


def on_the_clock(turns: Sequence[tuple[str, str]], gaps: Sequence[float] = ()) -> list[Cue]:
    """Each speaker greets twice, so that names in small letters are known; then the turns."""
    greetings = [(speaker, "Hello.") for speaker in dict.fromkeys(speaker for speaker, _ in turns)]
    cues: list[Cue] = []
    now = 0.0
    for at, (speaker, words) in enumerate([*greetings, *greetings, *turns]):
        now += gaps[at % len(gaps)] if gaps else 0.0
        cues.append((now, now + 2, speaker, words))
        now += 2
    return cues


def without_times(write: Callable[[Sequence[tuple[str, str]]], bytes]) -> Callable[[Sequence[Cue]], bytes]:
    return lambda cues: write([(speaker, words) for _, _, speaker, words in cues])


WRITERS: dict[str, tuple[str, Callable[[Sequence[Cue]], bytes]]] = {
    "zoom_vtt": ("call.vtt", exports.zoom_vtt),
    "teams_vtt": ("call.vtt", exports.teams_vtt),
    "srt": ("call.srt", exports.srt),
    "zoom_saved_caption_txt": ("meeting_saved_closed_caption.txt", exports.zoom_captions),
    "otter_txt": ("call.txt", exports.otter),
    "teams_docx": ("call.docx", exports.teams_docx),
    "google_meet_txt": ("call.txt", without_times(exports.meet_text)),
    "google_meet_docx": (
        "call.docx",
        without_times(lambda turns: exports.docx("".join(map(exports.paragraph, exports.meet_lines(turns))))),
    ),
    "google_meet_docx_old": ("call.docx", without_times(exports.meet_docx)),
    "fireflies_graphql_json": ("call.json", exports.fireflies),
    "whisperx_json": ("call.json", exports.whisperx),
    "plain_txt": ("call.txt", without_times(lambda turns: exports.plain_text(turns, ["Harbour sync"]))),
    "plain_txt in a document": (
        "call.odt",
        without_times(lambda turns: exports.odt([f"{speaker}: {words}" for speaker, words in turns])),
    ),
    "eml_vtt_attachment": (
        "call.eml",
        lambda cues: exports.mail("Hi, see the file.", {"call.vtt": exports.zoom_vtt(cues)}),
    ),
    "eml_attachment": (
        "call.eml",
        lambda cues: exports.mail("Hi.", {"call.docx": exports.teams_docx(cues)}),
    ),
}


@pytest.mark.parametrize("form", WRITERS)
@given(turns=SPOKEN, gaps=st.lists(st.floats(0, 30), max_size=8))
@settings(max_examples=20)
@example(turns=[("Ann Lee", "R&amp;D <3 --> 1: x")], gaps=[])
@example(turns=[("Ann Lee", "10:30"), ("Bo Ek", "Ann: no"), ("Ann Lee", "Summary")], gaps=[])
def test_any_transcript_written_in_any_layout_reads_back(
    form: str, turns: list[tuple[str, str]], gaps: list[float]
):
    name, write = WRITERS[form]
    cues = on_the_clock(turns, gaps)
    transcript = read_transcript(Source(name, write(cues)))
    assert transcript.format == form.partition(" ")[0]
    assert [u.ordinal for u in transcript.utterances] == list(range(len(transcript.utterances)))
    read = by_speaker([(u.speaker, u.text) for u in transcript.utterances])
    assert read == by_speaker([(speaker, words) for _, _, speaker, words in cues])
    starts = [u.start for u in transcript.utterances if u.start is not None]
    assert starts == sorted(starts)


@given(SPOKEN, st.data())
def test_a_cut_recording_is_refused_or_holds_only_words_that_were_spoken(
    turns: list[tuple[str, str]], data: st.DataObject
):
    whole = exports.zoom_vtt([(n, n + 0.5, speaker, words) for n, (speaker, words) in enumerate(turns)])
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        transcript = read_transcript(Source("call.vtt", cut))
    except InputError:
        return
    read = [word for u in transcript.utterances for word in u.text.split()]
    spoken = [word for _, words in turns for word in words.split()]
    assert read[:-1] == spoken[: len(read) - 1]


PIECES = """WEBVTT|1|00:00:01.000 --> 00:00:02.000| --> |00:01|[00:01] |Ann: |<v Bo>|</v>|NOTE|STYLE
Date: |2024-13-45|Present: |;|00:00:01\tAnn:\t|Replying to "|"|Reacted to | with 👍|&amp;|&#0;|&#xD800;
Title:|- |hello there|é|：|From Bo to Ann:|\ufeff|<|>|WEBVTT|1"""
FRAGMENTS = st.lists(st.sampled_from(["\n", "\r\n", "\n\n", *PIECES.replace("\n", "|").split("|")])).map(
    "".join
)


@given(
    st.one_of(
        st.binary(max_size=2000),
        FRAGMENTS.map(str.encode),
        FRAGMENTS.map(lambda text: text.encode("utf-16")),
        st.tuples(FRAGMENTS.map(str.encode), st.binary(max_size=20), FRAGMENTS.map(str.encode)).map(b"".join),
        st.tuples(st.just(b"WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: "), st.binary(max_size=200)).map(
            b"".join
        ),
    ),
    st.sampled_from(["a.vtt", "a.txt", "2024-01-01.txt", "GMT20240304-100000_Recording.vtt"]),
    st.binary(max_size=300),
)
def test_any_bytes_give_a_transcript_or_one_clear_sentence(data: bytes, name: str, chat: bytes):
    assume(not data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"<")))  # read by a process of its own
    sentences: list[str] = []
    for attachments in ((), (Source("chat.txt", chat),), (Source("chat.txt", data),)):
        try:
            transcript = read_transcript(Source(name, data), attachments=attachments)
        except InputError as refused:
            sentences.append(str(refused))
            continue
        assert isinstance(transcript, Transcript)
        assert transcript.utterances
        for utterance in transcript.utterances:
            assert utterance.text == " ".join(utterance.text.split()) != ""
            assert "\0" not in utterance.text
            utterance.text.encode()
    assert not any("\n" in sentence for sentence in sentences)


CALL = [
    (1.0, 2.0, "Ann Lee", "The valve is in."),
    (3.0, 4.0, "Bo Ek", "R&D is <3."),
    (5.0, 6.0, "Ann Lee", "é"),
]
TALK = [(speaker, words) for _, _, speaker, words in CALL]
DOCUMENT = "".join(map(exports.paragraph, exports.meet_lines(TALK)))
MINUTES = "---\ntitle: Sync\ndate: 2024-03-04\n---\n# Sync\n\n## Decisions\n- [ ] Brass.\n| a | b |\n"
WHOLE: dict[str, tuple[str, bytes]] = {
    "teams_vtt": ("a.vtt", exports.teams_vtt(CALL)),
    "srt": ("a.srt", exports.srt(CALL)),
    "captions": ("a.txt", exports.zoom_captions(CALL)),
    "otter": ("a.txt", exports.otter(CALL)),
    "meet": ("a.txt", exports.meet_text(TALK)),
    "fireflies": ("a.json", exports.fireflies(CALL)),
    "whisperx": ("a.json", exports.whisperx(CALL)),
    "minutes": ("a.md", MINUTES.encode()),
    "summary": (
        "a.eml",
        exports.mail("Summary\n\nBrass.\n", subject="Meeting summary for Sync (03/04/2024)"),
    ),
    "forwarded": (
        "a.eml",
        exports.mail("Hi.", {"b.eml": exports.mail("x", {"c.vtt": exports.zoom_vtt(CALL)})}),
    ),
    "rfc822": ("a.eml", exports.forwarded(exports.mail("x", {"c.vtt": exports.zoom_vtt(CALL)}))),
    "docx": ("a.docx", exports.teams_docx(CALL)),
    "odt": ("a.odt", exports.odt(["Ann Lee: Hi.", "Bo Ek: Hi."])),
}
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 12),
        st.one_of(
            st.binary(max_size=8), FRAGMENTS.map(str.encode), st.just(b"<!ENTITY a 'b'>"), st.just(b'{"')
        ),
    ),
    min_size=1,
    max_size=6,
)


def edited(data: bytes, edits: Sequence[tuple[float, int, bytes]]) -> bytes:
    for place, length, put in edits:
        at = int(place * len(data))
        data = data[:at] + put + data[at + length :]
    return data


def is_read_or_refused(source: Source) -> None:
    """What is read by a process of its own is damaged elsewhere, a few times and not hundreds."""
    assume(not source.data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")))
    assume(b"<" not in source.data[:1] and b"text/html" not in source.data)
    try:
        transcript = read_transcript(source)
    except InputError as refused:
        sentence = str(refused)
    else:
        sentence = ""
        is_sound(transcript)
    assert "\n" not in sentence


def is_sound(transcript: Transcript) -> None:
    assert transcript.utterances
    for utterance in transcript.utterances:
        assert utterance.text == " ".join(utterance.text.split()) != ""
        assert "\0" not in f"{utterance.text}{utterance.speaker}{transcript.title}"
        f"{utterance.text}{utterance.speaker}{transcript.title}{transcript.participants}".encode()


@pytest.mark.parametrize("form", WHOLE)
@given(edits=EDITS)
@settings(max_examples=30)
def test_a_damaged_export_of_any_layout_is_read_or_refused(form: str, edits: list[tuple[float, int, bytes]]):
    name, whole = WHOLE[form]
    is_read_or_refused(Source(name, edited(whole, edits)))


@given(EDITS)
@settings(max_examples=30)
def test_a_sound_archive_of_a_damaged_document_is_read_or_refused(edits: list[tuple[float, int, bytes]]):
    xml = edited(DOCUMENT.encode(), edits).decode("utf-8", "replace")
    is_read_or_refused(Source("a.docx", exports.docx(xml)))


@given(st.text(max_size=80))
def test_any_name_title_or_date_is_read_or_refused(text: str):
    for reader in (read_name, parse_date, series_of):
        try:
            reader(text)
        except InputError:
            continue


def test_two_megabytes_of_talk_are_read():
    turn = b"Ann Lee: we are still talking about the same old thing, and nobody minds.\n"
    other = turn.replace(b"Ann Lee", b"Bo Ek")
    data = (turn + other) * (2_000_000 // (len(turn) + len(other)))
    assert len(read_transcript(Source("long.txt", data)).utterances) == data.count(b"\n")
