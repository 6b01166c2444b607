"""Plain "Name: text"."""

from nodes.transcripts import Source, read_transcript


def read(text: str, name: str = "notes.txt"):
    return read_transcript(Source(name, text.encode()))


def spoken(text: str) -> list[tuple[str | None, str]]:
    return [(u.speaker, u.text) for u in read(text).utterances]


def test_the_lines_above_give_title_date_and_people():
    transcript = read(
        "Harbour sync\nDate: 4 March 2024\nTime: 10:00 +01:00\nPresent: Ann Lee, Bo Ek and Cy Dee\n\n"
        "Ann Lee: Hi.\nBo Ek: Hello.\n"
    )
    assert transcript.title == "Harbour sync"
    assert transcript.date is not None
    assert (transcript.date.isoformat(), transcript.date_has_time) == ("2024-03-04T10:00:00+01:00", True)
    assert transcript.participants == ("Ann Lee", "Bo Ek", "Cy Dee")
    assert (transcript.format, transcript.warnings) == ("plain_txt", ())


def test_people_may_be_listed_one_a_line():
    transcript = read("# Sync\n\n**Attendees:**\n- Ann Lee\n- Bo Ek\n\nAnn Lee: Hi.\n")
    assert (transcript.title, transcript.participants) == ("Sync", ("Ann Lee", "Bo Ek"))


def test_a_first_name_whose_only_bearer_is_listed_is_that_person():
    transcript = read("Present: Ann Lee, Bo Ek, Bo Dahl\n\nAnn: Hi.\nBo: Hello.\n")
    assert [u.speaker for u in transcript.utterances] == ["Ann Lee", "Bo"]


def test_wrapped_lines_belong_to_the_turn_above():
    assert spoken("Ann Lee: one\ntwo,\n  three\n\nfour\nBo Ek: five\n") == [
        ("Ann Lee", "one two, three four"),
        ("Bo Ek", "five"),
    ]


def test_words_with_a_colon_are_no_speaker():
    text = (
        "Ann Lee: my plan\nwas this: we go\nNote: at 10:30 we stop\n"
        "10:45 is too late, see https://a.example\nBo: ok\n"
    )
    assert spoken(text) == [
        (
            "Ann Lee",
            "my plan was this: we go Note: at 10:30 we stop 10:45 is too late, see https://a.example",
        ),
        ("Bo", "ok"),
    ]


def test_names_in_small_letters_are_speakers_when_they_recur():
    assert spoken("stokes: hi\nfelix (eest): gm\nstokes: ok\nfelix (eest): yes\n") == [
        ("stokes", "hi"),
        ("felix (eest)", "gm"),
        ("stokes", "ok"),
        ("felix (eest)", "yes"),
    ]


def test_times_lead_the_line_or_follow_the_name_or_stand_above():
    transcript = read(
        "[00:01:02] Ann Lee: one\n02:03 Bo Ek: two\nAnn Lee (00:03:04): three\n[1:04:05]\nBo Ek: four\n"
    )
    assert [(u.speaker, u.text, u.start) for u in transcript.utterances] == [
        ("Ann Lee", "one", 62.0),
        ("Bo Ek", "two", 123.0),
        ("Ann Lee", "three", 184.0),
        ("Bo Ek", "four", 3845.0),
    ]


def test_times_of_day_are_counted_from_the_first():
    transcript = read("[10:00:05] Ann Lee: one\n[10:01:05] Bo Ek: two\n")
    assert [u.start for u in transcript.utterances] == [0.0, 60.0]
    assert transcript.warnings == ("notes.txt gives times of day; they were counted from the first one.",)


def test_a_host_who_speaks_is_a_speaker_and_a_host_who_is_listed_is_not():
    assert spoken("Host: welcome\nGuest: thanks\nHost: bye\n")[0] == ("Host", "welcome")
    assert spoken("Host: Ann Lee\n\nAnn Lee: welcome\nBo Ek: thanks\n") == [
        ("Ann Lee", "welcome"),
        ("Bo Ek", "thanks"),
    ]


def test_names_alone_on_their_line_and_full_width_colons_are_read():
    assert spoken("Ann Lee:\nhello\n\nBo Ek:\nhi\n") == [("Ann Lee", "hello"), ("Bo Ek", "hi")]
    assert spoken("山田：こんにちは\n佐藤：はい\n") == [("山田", "こんにちは"), ("佐藤", "はい")]


def test_lines_above_that_say_nothing_known_are_reported():
    transcript = read("Harbour sync\nwritten by a machine\n\nAnn Lee: Hi.\n")
    assert transcript.warnings == ("notes.txt: 1 lines above the first speaker were not read.",)


def test_a_date_in_words_that_is_none_is_reported_and_not_guessed():
    transcript = read("Date: next Tuesday\n\nAnn Lee: Hi.\n")
    assert transcript.date is None
    assert transcript.warnings == ('notes.txt: "next Tuesday" in its header was not read as a date.',)
