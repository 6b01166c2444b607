"""The same words whatever the encoding."""

import codecs

import pytest

from nodes.transcripts import Source, read_transcript

WORDS = "Ana Muñoz: Señor, el café está – “listo”.\nJürgen Weiß: Schön, grüße.\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("cp1252", b""),
    ],
)
def test_words_are_read_in_every_encoding_that_exports_have(encoding: str, mark: bytes):
    transcript = read_transcript(Source("a.txt", mark + WORDS.encode(encoding)))
    assert [(u.speaker, u.text) for u in transcript.utterances] == [
        ("Ana Muñoz", "Señor, el café está – “listo”."),
        ("Jürgen Weiß", "Schön, grüße."),
    ]
    assert bool(transcript.warnings) == (encoding == "cp1252")


@pytest.mark.parametrize("text", ["Tim: that’s fine\n", "José: ok\n", "Tim: costs 5 €\n", "Tim: na\xefve\n"])
def test_a_single_western_character_is_enough(text: str):
    transcript = read_transcript(Source("a.txt", text.encode("cp1252")))
    assert f"{transcript.utterances[0].speaker}: {transcript.utterances[0].text}\n" == text
    assert transcript.warnings == ("a.txt is not UTF-8; it was read as Windows Western (cp1252).",)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Иван: привет, как дела\nПётр: хорошо, спасибо\n" * 4, "cp1251"),
        ("Żaneta: dzień dobry, zażółć gęślą jaźń\nPaweł: cześć\n" * 4, "cp1250"),
        ("山田: こんにちは、今日の会議を始めます\n佐藤: はい\n" * 5, "shift_jis"),
    ],
)
def test_other_code_pages_are_guessed_and_reported(text: str, encoding: str):
    transcript = read_transcript(Source("a.txt", text.encode(encoding)))
    speaker, _, words = text.split("\n")[0].partition(": ")
    assert (transcript.utterances[0].speaker, transcript.utterances[0].text) == (speaker, words)
    assert "which is a guess" in transcript.warnings[0]
