"""What holds for any transcript and for any bytes."""

from itertools import groupby

from hypothesis import example, given
from hypothesis import strategies as st

from nodes.errors import InputError
from nodes.transcript import Transcript
from nodes.transcripts import Source, parse_date, read_transcript, series_of
from nodes.transcripts.naming import read_name
from tests.transcripts.exports import Cue, plain_text, zoom_vtt

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


def read_back(name: str, data: bytes) -> list[tuple[str | None, list[str]]]:
    transcript = read_transcript(Source(name, data))
    assert [u.ordinal for u in transcript.utterances] == list(range(len(transcript.utterances)))
    return by_speaker([(u.speaker, u.text) for u in transcript.utterances])


@given(SPOKEN, st.lists(st.floats(0, 30), min_size=40, max_size=40))
@example([("Ann Lee", "R&amp;D <3 --> 1: x")], [0.0] * 40)
def test_any_transcript_written_as_zoom_writes_it_reads_back(turns: list[tuple[str, str]], gaps: list[float]):
    cues: list[Cue] = []
    now = 0.0
    for (speaker, words), gap in zip(turns, gaps, strict=False):
        cues.append((now + gap, now + gap + 2, speaker, words))
        now += gap + 2
    assert read_back("call.vtt", zoom_vtt(cues)) == by_speaker(list(turns))


@given(SPOKEN)
def test_any_transcript_written_as_plain_text_reads_back(turns: list[tuple[str, str]]):
    speakers = {speaker for speaker, _ in turns}
    greetings = [(speaker, "Hello.") for speaker in speakers for _ in range(2)]
    whole = [*greetings, *turns]
    header = ["Harbour sync", "Date: 2024-03-04"]
    assert read_back("call.txt", plain_text(whole, header)) == by_speaker(list(whole))


@given(SPOKEN, st.data())
def test_a_cut_recording_is_refused_or_holds_only_words_that_were_spoken(
    turns: list[tuple[str, str]], data: st.DataObject
):
    whole = zoom_vtt([(n, n + 0.5, speaker, words) for n, (speaker, words) in enumerate(turns)])
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
