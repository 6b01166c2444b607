"""WebVTT as Zoom writes it, and with voice tags."""

from nodes.transcripts import Source, read_transcript
from nodes.transcripts.turns import MAX_WORDS
from tests.transcripts.exports import zoom_vtt


def read(data: bytes | str, name: str = "call.vtt"):
    return read_transcript(Source(name, data.encode() if isinstance(data, str) else data))


def test_cues_of_one_speaker_in_a_row_become_one_utterance_with_the_first_start_and_the_last_end():
    transcript = read(zoom_vtt([(3, 4, "Ann", "Good"), (4.5, 6, "Ann", "morning."), (6, 7, "Bo", "Hi.")]))
    assert [(u.ordinal, u.speaker, u.text, u.start, u.end) for u in transcript.utterances] == [
        (0, "Ann", "Good morning.", 3.0, 6.0),
        (1, "Bo", "Hi.", 6.0, 7.0),
    ]
    assert transcript.format == "zoom_vtt"
    assert transcript.participants == ("Ann", "Bo")


def test_a_long_silence_begins_a_new_utterance():
    transcript = read(zoom_vtt([(0, 1, "Ann", "Wait."), (9.0, 10, "Ann", "Now."), (18.1, 19, "Ann", "Go.")]))
    assert [u.text for u in transcript.utterances] == ["Wait. Now.", "Go."]


def test_an_utterance_stops_growing_at_its_longest():
    cues = [(n, n + 1, "Ann", "one two three four five six seven eight nine ten") for n in range(20)]
    lengths = [len(u.text.split()) for u in read(zoom_vtt(cues)).utterances]
    assert lengths == [MAX_WORDS, MAX_WORDS, 20]


def test_entities_are_decoded_and_what_only_looks_like_markup_stays():
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: R&amp;D, &lt;3, a < b, AT&T, <i>so</i> &#8211; &copy now\n"
    )
    assert read(text).utterances[0].text == "R&D, <3, a < b, AT&T, so – &copy now"


def test_voice_tags_name_the_speaker_also_twice_in_a_cue():
    text = (
        "WEBVTT\n\n5893/7-0\n00:00:03.000 --> 00:00:08.800\n<v Laura Bennett>Is that\nalright?</v>\n\n"
        "5893/8-0\n00:00:09.000 --> 00:00:10.000\n<v.loud David M&#252;ller>Yes.</v>"
        "<v Laura Bennett>Good.</v>\n"
    )
    transcript = read(text)
    assert transcript.format == "webvtt"
    assert [(u.speaker, u.text) for u in transcript.utterances] == [
        ("Laura Bennett", "Is that alright?"),
        ("David Müller", "Yes."),
        ("Laura Bennett", "Good."),
    ]


def test_a_cue_that_names_nobody_has_no_speaker_and_is_reported():
    text = "WEBVTT\n\n" + "".join(
        f"00:0{n}.000 --> 00:0{n}.500\n{words}\n\n"
        for n, words in enumerate(
            ["Ann Lee: Hi.", "Bo Ek: Hi.", "the plan: we go", "so be it", "Ann Lee: Yes."]
        )
    )
    transcript = read(text)
    assert [u.speaker for u in transcript.utterances] == ["Ann Lee", "Bo Ek", None, "Ann Lee"]
    assert transcript.utterances[2].text == "the plan: we go so be it"
    assert transcript.warnings == ("call.vtt: 2 of 5 cues do not say who speaks.",)


def test_notes_above_the_cues_give_title_date_and_participants_and_are_not_words():
    text = (
        "WEBVTT\n\nNOTE\nTitle: Harbour sync\nDate: 2024-03-04 10:00 +01:00\nParticipants: Ann Lee, Bo Ek\n\n"
        "STYLE\n::cue { color: red }\n\nREGION\nid:a\n\n"
        "1\n00:01.000 --> 00:02.000 align:start\nAnn Lee: Hi.\n\n"
        "NOTE a remark\n\n2\n00:03.000 --> 00:04.000\nAnn Lee: Bye.\n"
    )
    transcript = read(text)
    assert (transcript.title, transcript.participants) == ("Harbour sync", ("Ann Lee", "Bo Ek"))
    assert transcript.date is not None
    assert transcript.date.isoformat() == "2024-03-04T10:00:00+01:00"
    assert [u.text for u in transcript.utterances] == ["Hi. Bye."]


def test_words_after_an_empty_line_inside_a_cue_are_kept():
    text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nAnn: one\n\ntwo\n\n2\n00:03.000 --> 00:04.000\nBo: three\n"
    assert [u.text for u in read(text).utterances] == ["one two", "three"]


def test_cues_without_empty_lines_between_them_are_read():
    text = "WEBVTT\n1\n00:01.000 --> 00:02.000\nAnn: one\n2\n00:03.000 --> 00:04.000\nBo: two\n"
    assert [u.text for u in read(text).utterances] == ["one", "two"]
