"""What a name tells, and how dates are read."""

import pytest

from nodes.errors import InputError
from nodes.transcripts import Source, parse_date, read_transcript, series_of
from tests.transcripts.exports import zoom_vtt

CALL = zoom_vtt([(0, 1, "Ann Lee", "Hi.")])


@pytest.mark.parametrize(
    ("name", "title", "date", "has_time", "external_id"),
    [
        ("2025-04-17_acdc_155.vtt", "acdc 155", "2025-04-17T00:00:00+00:00", False, None),
        (
            "GMT20240304-100000_Recording.transcript.vtt",
            None,
            "2024-03-04T10:00:00+00:00",
            True,
            "GMT20240304-100000",
        ),
        (
            "GMT20240304-100000_Recording_1920x1080.vtt",
            None,
            "2024-03-04T10:00:00+00:00",
            True,
            "GMT20240304-100000",
        ),
        (
            "Design review 2024_03_04 10_00 GMT - Transcript.vtt",
            "Design review",
            "2024-03-04T10:00:00+00:00",
            True,
            None,
        ),
        (
            "Board-20240318_100000-Meeting Transcript.vtt",
            "Board",
            "2024-03-18T10:00:00+00:00",
            True,
            None,
        ),
        ("Board-20240318_100000UTC-Besprechung.docx.vtt", "Board", "2024-03-18T10:00:00+00:00", True, None),
        ("Board (2024-03-18 at 10_00 GMT-4).vtt", "Board", "2024-03-18T10:00:00-04:00", True, None),
        ("Board - 2024_03_18 10_00 CET - Transcript.vtt", "Board", "2024-03-18T10:00:00+01:00", True, None),
        ("zoom_meeting_saved_closed_caption.vtt", None, None, False, None),
        ("teams_Board.vtt", "Board", None, False, None),
        ("ticket 20249999.vtt", "ticket 20249999", None, False, None),
        ("weekly-sync.transcript.vtt", "weekly-sync", None, False, None),
        ("audio_transcript.vtt", None, None, False, None),
    ],
)
def test_a_file_name_gives_title_date_and_id(
    name: str, title: str | None, date: str | None, has_time: bool, external_id: str | None
):
    transcript = read_transcript(Source(name, CALL))
    assert transcript.title == title
    assert (transcript.date.isoformat() if transcript.date else None) == date
    assert transcript.date_has_time == has_time
    assert transcript.external_id == external_id


def test_the_content_is_believed_before_the_name():
    words = b"Harbour sync\nDate: 2024-03-05\n\nAnn Lee: Hi.\n"
    transcript = read_transcript(Source("2024-03-04_other.txt", words))
    assert transcript.title == "Harbour sync"
    assert transcript.date is not None
    assert transcript.date.day == 5
    assert transcript.warnings == (
        "2024-03-04_other.txt: its content says 2024-03-05, its name 2024-03-04; the content was believed.",
    )


@pytest.mark.parametrize(
    ("text", "moment", "has_time"),
    [
        ("2024-03-04", "2024-03-04T00:00:00+00:00", False),
        (" 20240304 ", "2024-03-04T00:00:00+00:00", False),
        ("2024-03-04T10:00", "2024-03-04T10:00:00+00:00", True),
        ("2024-03-04T10:00:30Z", "2024-03-04T10:00:30+00:00", True),
        ("2024-03-04 10:00 +01:00", "2024-03-04T10:00:00+01:00", True),
        ("2024-03-04T10:00-0530", "2024-03-04T10:00:00-05:30", True),
        ("2024-03-04 10:00 Europe/Berlin", "2024-03-04T10:00:00+01:00", True),
        ("Monday, 4 March 2024 10:00 UTC", "2024-03-04T10:00:00+00:00", True),
        ("March 4th, 2024 at 3:05 pm", "2024-03-04T15:05:00+00:00", True),
        ("4.3.2024", "2024-03-04T00:00:00+00:00", False),
        ("18/03/2024", "2024-03-18T00:00:00+00:00", False),
    ],
)
def test_a_date_is_read_with_or_without_time_and_zone(text: str, moment: str, has_time: bool):
    date, found_time = parse_date(text)
    assert (date.isoformat(), found_time) == (moment, has_time)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2024-13-45",
        "2023-02-29",
        "2024-03-04T25:00",
        "2024-03-04T10:61",
        "03/04/2024",
        "13/13/2024",
        "0001-01-01",
        "4 Smarch 2024",
        "2024-03-04 13:00 pm",
        "2024-03-04 10:00 IST",
        "2024-03-04 10:00 Europe/Nowhere",
        "2024-03-04 10:00 +99:00",
        "2024-03-04 and more",
    ],
)
def test_what_is_no_date_is_refused_and_told_how_to_write_one(text: str):
    with pytest.raises(InputError, match=r"is not a date \(.+\); write it as 2024-03-04 or"):
        parse_date(text)


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("Tideway sync 3", "Tideway sync"),
        ("ACDE #208", "ACDE"),
        ("acdc 155", "acdc"),
        ("All Core Devs - Execution (ACDE) #228, January 15, 2026", "All Core Devs - Execution (ACDE)"),
        ("2024-03-04 Harbour meeting", "Harbour"),
        ("Harbour review (2024-03-11 10_00 GMT) - Transcript", "Harbour review"),
        ("Phase 2 planning 7", "Phase 2 planning"),
        ("Phase 1 planning 7", "Phase 1 planning"),
        ("Weekly sync 12", None),
        ("Meeting", None),
        ("Recording 3 May 2024", None),
        ("1:1", None),
        ("", None),
    ],
)
def test_a_title_suggests_its_series(title: str, series: str | None):
    assert series_of(title) == series
