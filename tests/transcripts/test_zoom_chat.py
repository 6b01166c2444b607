"""Zoom's chat files, alone and merged into the recording by time."""

from pathlib import Path

import pytest

from nodes.errors import InputError
from nodes.transcripts import Source, companion_chat, read_transcript
from tests.transcripts.exports import zoom_vtt

SPEECH = zoom_vtt(
    [(10, 12, "Ann Lee", "Shall we start?"), (30, 33, "Bo Ek", "Yes."), (50, 55, "Ann Lee", "Go.")]
)


def merged(chat: str, name: str = "call.vtt"):
    return read_transcript(Source(name, SPEECH), attachments=[Source("call.chat.txt", chat.encode())])


def test_messages_stand_where_they_were_written():
    transcript = merged("00:00:05\tCy Dee:\tgm\r\n00:00:31\tBo Ek:\tlink below\nhttps://a.example\r\n")
    assert [(u.ordinal, u.speaker, u.channel, u.text) for u in transcript.utterances] == [
        (0, "Cy Dee", "chat", "gm"),
        (1, "Ann Lee", "speech", "Shall we start?"),
        (2, "Bo Ek", "speech", "Yes."),
        (3, "Bo Ek", "chat", "link below https://a.example"),
        (4, "Ann Lee", "speech", "Go."),
    ]
    assert transcript.participants == ("Cy Dee", "Ann Lee", "Bo Ek")
    assert transcript.utterances[3].start == 31.0


@pytest.mark.parametrize(
    "reaction",
    [
        'Reacted to "Yes we can, and mo..." with 👍',
        'Reacted to Yes we can... with "❤️‍🔥"',
        'Reacted to "Question:\nShould we ..." with 👍🏽',
        'Removed a 👍 reaction from "Yes we can"',
        'Heeft gereageerd op "Yes we can, and mo..." met 👍',
        'Hat auf "Yes we can" mit 🎉 reagiert',
    ],
)
def test_a_reaction_is_not_words(reaction: str):
    transcript = merged(
        f"00:00:31\tCy Dee:\t{reaction}\r\n00:00:32\tCy Dee:\tReacted to the news with joy\r\n"
    )
    assert [u.text for u in transcript.utterances if u.channel == "chat"] == ["Reacted to the news with joy"]


@pytest.mark.parametrize(
    "head",
    [
        'Replying to "gm"',
        'Replying to "Is the "big" one ..." ',
        'Replying to "Question:\nShould we ..."',
        'Replying to "CFI\n..." ',
        'Répondre à "The next one ..."',
        'Antwoord verzenden naar "The next one..."',
    ],
)
def test_a_reply_keeps_its_words_without_the_quoted_head(head: str):
    transcript = merged(f'00:00:31\tCy Dee:\t{head}\n\nwe "should",\nyes\r\n')
    assert [u.text for u in transcript.utterances if u.channel == "chat"] == ['we "should", yes']


def test_a_reply_that_quotes_a_whole_message_is_told_by_that_message():
    transcript = merged(
        "00:00:31\tCy Dee:\tI can go on\r\n"
        '00:00:32\tBo Ek:\tAntwoord verzenden naar "I can go on"\n\nSo can I\r\n'
        '00:00:33\tBo Ek:\tAs they say "you can go on"\n\nand on\r\n'
    )
    texts = [u.text for u in transcript.utterances if u.channel == "chat"]
    assert texts == ["I can go on", "So can I", 'As they say "you can go on" and on']


def test_a_chat_in_time_of_day_is_moved_when_only_one_zone_fits():
    cues = zoom_vtt([(10, 12, "Ann Lee", "Start."), (3000, 3005, "Bo Ek", "End.")])
    chat = "".join(f"12:{minute:02}:00\tCy Dee:\tminute {minute}\r\n" for minute in (5, 20, 45))
    transcript = read_transcript(
        Source("GMT20240304-100000_Recording.transcript.vtt", cues),
        attachments=[Source("chat.txt", chat.encode())],
    )
    assert [(u.text, u.start) for u in transcript.utterances] == [
        ("Start.", 10.0),
        ("minute 5", 300.0),
        ("minute 20", 1200.0),
        ("minute 45", 2700.0),
        ("End.", 3000.0),
    ]
    assert "times of day" in transcript.warnings[0]


def test_a_chat_on_an_unknown_clock_comes_last_and_is_reported():
    transcript = merged("15:00:31\tCy Dee:\tlate\r\n")
    assert [(u.text, u.start) for u in transcript.utterances][-1] == ("late", None)
    assert transcript.warnings == (
        "call.chat.txt is on another clock than the recording; its 1 messages were put at the end.",
    )


def test_the_chat_that_a_participant_saved_is_read_without_direct_messages():
    transcript = merged(
        "00:00:31 From  Cy Dee  to  Everyone : one\n00:00:32\t From Cy Dee to Everyone:\n\ttwo\n"
        "00:00:33 From Cy Dee to Bo Ek (Direct Message) : secret\n"
    )
    assert [u.text for u in transcript.utterances if u.channel == "chat"] == ["one", "two"]
    assert transcript.warnings == ("call.chat.txt: 1 direct messages were left out.",)


def test_a_chat_alone_is_a_transcript():
    transcript = read_transcript(Source("standup.chat.txt", b"00:00:31\tCy Dee:\tgm\r\n"))
    assert (transcript.format, transcript.title) == ("zoom_chat_txt", "standup")
    assert transcript.utterances[0].channel == "chat"


def test_an_attachment_that_is_no_chat_is_refused():
    with pytest.raises(InputError, match=r"notes\.txt is no chat file"):
        read_transcript(Source("call.vtt", SPEECH), attachments=[Source("notes.txt", b"hello there")])


@pytest.mark.parametrize(
    ("transcript", "chat"),
    [
        ("GMT20240304-100000_Recording.transcript.vtt", "GMT20240304-100000_Recording.newChat.txt"),
        ("GMT20240304-100000_Recording.transcript.vtt", "GMT20240304-100000_RecordingnewChat.txt"),
        ("GMT20240304-100000_Recording.transcript.vtt", "GMT20240304-100000_Recording.chat.txt"),
        ("GMT20240304-100000_Recording.transcript.vtt", "meeting_saved_chat.txt"),
        ("audio_transcript.vtt", "chat.txt"),
        ("call.transcript.vtt", "call.chat.txt"),
        ("call.vtt", "call.chat.txt"),
        ("call.txt", "call.chat.txt"),
    ],
)
def test_a_chat_under_its_usual_name_is_found(tmp_path: Path, transcript: str, chat: str):
    (tmp_path / transcript).touch()
    assert companion_chat(tmp_path / transcript) is None
    (tmp_path / chat).touch()
    assert companion_chat(tmp_path / transcript) == tmp_path / chat
    assert companion_chat(tmp_path / chat) is None


def test_a_nameless_chat_in_a_folder_of_several_meetings_is_nobodys(tmp_path: Path):
    for name in ("one.vtt", "two.vtt", "chat.txt"):
        (tmp_path / name).touch()
    assert companion_chat(tmp_path / "one.vtt") is None
