"""What the words of a value mean."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.dates import read_date
from nodes.profiles.reading import shipped_profile
from nodes.values import normalise, shown
from nodes.wording import folded, meaning_words, plain_words

DEFAULT = shipped_profile()
WEDNESDAY = datetime(2026, 5, 13, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("planning", "planned"),
        ("in planning phase", "planned"),
        ("PLANNED", "planned"),
        ("not started yet", "planned"),
        ("hasn't started", "planned"),
        ("In-Progress", "in_progress"),
        ("IN_PROGRESS", "in_progress"),
        ("in testing", "in_progress"),
        ("blocked on legal", "blocked"),
        ("at-risk", "at_risk"),
        ("on hold for now", "on_hold"),
        ("Completed!", "completed"),
        ("shipped last week", "completed"),
        ("canceled", "cancelled"),
    ],
)
def test_a_status_is_known_by_its_name_and_its_synonyms(said: str, meant: str) -> None:
    assert normalise(DEFAULT, "status", said, meeting_date=WEDNESDAY) == meant


@pytest.mark.parametrize(
    "said",
    [
        "great",
        "not done",
        "isn't blocked",
        "no longer blocked",
        "almost done",
        "50% done",
        "will be done",
        "done by Friday",
        "was blocked",
        "blocked?",
        "unblocked",
        "done with design, starting implementation",
        "done or blocked",
        "a lot to do",
        "if we had finished the first part we would now be able to say that it is done",
        "",
        "  ",
        "!?",
        None,
    ],
)
def test_a_status_in_doubt_is_left_to_a_judge(said: str | None) -> None:
    assert normalise(DEFAULT, "status", said, meeting_date=WEDNESDAY) is None


@pytest.mark.parametrize(
    ("field", "said", "meant"),
    [
        ("priority", "P0", "critical"),
        ("priority", "top priority", "critical"),
        ("priority", "high", "high"),
        ("health", "critical", "red"),
        ("health", "on track", "green"),
        ("health", "Amber", "yellow"),
        ("health", "not good", None),
        ("owner", "Anna Lee", None),
        ("blockers", "legal review", None),
        ("mood", "done", None),
    ],
)
def test_each_field_has_its_own_values_and_people_and_text_have_none(
    field: str, said: str, meant: str | None
) -> None:
    assert normalise(DEFAULT, field, said, meeting_date=WEDNESDAY) == meant


def test_every_value_and_synonym_of_the_profile_is_known() -> None:
    for field, spec in DEFAULT.fields.items():
        for value, synonyms in spec.values:
            assert normalise(DEFAULT, field, value, meeting_date=WEDNESDAY) == value
            for synonym in synonyms:
                assert normalise(DEFAULT, field, synonym.upper(), meeting_date=WEDNESDAY) is not None


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ("30%", 30),
        ("30 percent done", 30),
        ("30 per cent", 30),
        ("about sixty percent", 60),
        ("sixty-five percent", 65),
        ("~50%", 50),
        ("60", 60),
        ("twenty", 20),
        ("60.5%", 60.5),
        ("0%", 0),
        ("zero percent", 0),
        ("one hundred percent", 100),
        ("a hundred percent", 100),
        ("halfway", 50),
        ("half done", 50),
        ("about half of the way there", 50),
        ("three quarters", 75),
        ("a quarter", 25),
        ("two thirds", 67),
        ("3/4", 75),
        ("3 out of 5", 60),
        ("from 30% to 60%", 60),
        ("60%, up from 30%", 60),
        ("done", 100),
        ("not started", 0),
        ("110%", None),
        ("-5%", None),
        ("30-40%", None),
        ("between 30 and 40 percent", None),
        ("almost 60%", None),
        ("more than half", None),
        ("not 60%", None),
        ("10% left", None),
        ("another 10%", None),
        ("60% by Friday", None),
        ("5/4", None),
        ("1/0", None),
        ("nothing", None),
        ("a lot", None),
        (None, None),
    ],
)
def test_progress_is_a_number_from_0_to_100_or_unknown(said: str | None, percent: float | None) -> None:
    assert normalise(DEFAULT, "progress", said, meeting_date=WEDNESDAY) == percent


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-05-14", "2026-05-14"),
        ("2026-05-14T09:00:00Z", "2026-05-14"),
        ("today", "2026-05-13"),
        ("tomorrow", "2026-05-14"),
        ("10am tomorrow", "2026-05-14"),
        ("the day after tomorrow", "2026-05-15"),
        ("Friday", "2026-05-15"),
        ("this Friday", "2026-05-15"),
        ("by Friday at 5 p.m.", "2026-05-15"),
        ("EOD Friday", "2026-05-15"),
        ("Wednesday", "2026-05-20"),
        ("Monday", "2026-05-18"),
        ("next Monday", "2026-05-18"),
        ("next Friday", "2026-05-22"),
        ("Friday next week", "2026-05-22"),
        ("a week from Friday", "2026-05-22"),
        ("the 14th of May", "2026-05-14"),
        ("May 14", "2026-05-14"),
        ("14 May", "2026-05-14"),
        ("Thursday, May 14th", "2026-05-14"),
        ("14 May 2027", "2027-05-14"),
        ("14-May-2026", "2026-05-14"),
        ("2026 May 14", "2026-05-14"),
        ("Sept. 5", "2026-09-05"),
        ("the twenty-first of June", "2026-06-21"),
        ("June third", "2026-06-03"),
        ("May 1st", "2026-05-01"),
        ("March 14", "2026-03-14"),
        ("March 13", "2027-03-13"),
        ("the 20th", "2026-05-20"),
        ("the 10th", "2026-06-10"),
        ("the 31st", "2026-05-31"),
        ("the 5th of next month", "2026-06-05"),
        ("Friday the 15th", "2026-05-15"),
        ("in two weeks", "2026-05-27"),
        ("in 10 days", "2026-05-23"),
        ("a week from today", "2026-05-20"),
        ("in a month", "2026-06-13"),
        ("end of the week", "2026-05-15"),
        ("end of next week", "2026-05-22"),
        ("at the end of the month", "2026-05-31"),
        ("beginning of next month", "2026-06-01"),
        ("end of May", "2026-05-31"),
        ("end of April", "2027-04-30"),
        ("end of Q3", "2026-09-30"),
        ("end of Q1", "2027-03-31"),
        ("end of Q1 2026", "2026-03-31"),
        ("end of quarter", "2026-06-30"),
        ("end of the year", "2026-12-31"),
        ("EOY", "2026-12-31"),
        ("5/14", "2026-05-14"),
        ("14/5/2026", "2026-05-14"),
        ("6.7.2026", "2026-07-06"),
        ("slipped to May 21", "2026-05-21"),
    ],
)
def test_a_due_date_is_read_against_the_day_of_the_meeting(said: str, day: str) -> None:
    assert normalise(DEFAULT, "due", said, meeting_date=WEDNESDAY) == day


@pytest.mark.parametrize(
    "said",
    [
        "soon",
        "next week",
        "next sprint",
        "Q3",
        "May",
        "14",
        "1",
        "6/7",
        "2026-02-30",
        "June 31",
        "Feb 29",
        "Monday, May 14",
        "before Friday",
        "not May 14",
        "mid June 2026",
        "May 14 - May 20, 2026",
        "May 14 or May 20, 2026",
        "week of May 18",
        "version 2.3",
        "",
        None,
    ],
)
def test_a_due_date_in_doubt_is_not_read(said: str | None) -> None:
    assert normalise(DEFAULT, "due", said, meeting_date=WEDNESDAY) is None


def test_a_weekend_meeting_means_the_week_that_comes() -> None:
    saturday = date(2026, 5, 16)

    assert read_date("end of the week", meeting_day=saturday) == date(2026, 5, 22)
    assert read_date("next Friday", meeting_day=saturday) == date(2026, 5, 22)


def test_the_day_is_that_of_the_meetings_own_time_zone() -> None:
    late_in_tokyo = datetime(2026, 5, 14, 0, 30, tzinfo=timezone(timedelta(hours=9)))

    assert normalise(DEFAULT, "due", "tomorrow", meeting_date=late_in_tokyo) == "2026-05-15"


def test_a_date_reads_the_same_on_every_machine() -> None:
    program = (
        "from datetime import UTC, datetime\n"
        "from nodes.profiles.reading import shipped_profile\n"
        "from nodes.values import normalise\n"
        "at = datetime(2026, 5, 13, 23, 30, tzinfo=UTC)\n"
        "words = ['Friday', 'May 14', '2026 May 14', '6.7.2026', 'in two weeks', 'the 20th']\n"
        "print([normalise(shipped_profile(), 'due', word, meeting_date=at) for word in words])"
    )
    places = [("UTC", "C"), ("Pacific/Kiritimati", "de_DE.UTF-8"), ("America/Adak", "en_US.UTF-8")]

    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "TZ": zone, "LC_ALL": locale, "LANG": locale},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone, locale in places
    }

    assert answers == {
        "['2026-05-15', '2026-05-14', '2026-05-14', '2026-07-06', '2026-05-27', '2026-05-20']\n"
    }


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), meeting=st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_full_date_means_itself_whenever_it_is_said(day: date, meeting: date) -> None:
    written = [day.isoformat(), f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}"]

    assert {read_date(text, meeting_day=meeting) for text in written} == {day}


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), ahead=st.integers(-60, 300))
def test_a_day_and_month_is_the_next_one_or_just_past(day: date, ahead: int) -> None:
    due = day + timedelta(days=ahead)
    if (due.month, due.day) != (2, 29):
        assert read_date(f"{due:%B} {due.day}", meeting_day=day) == due


@given(text=st.text(max_size=60), field=st.sampled_from(sorted(DEFAULT.fields)), day=st.datetimes())
def test_any_words_are_read_or_left_but_never_fail(text: str, field: str, day: datetime) -> None:
    value = normalise(DEFAULT, field, text, meeting_date=day)

    if field == "progress" and value is not None:
        assert 0 <= float(value) <= 100
    assert isinstance(shown(DEFAULT, field, text, value), str)
    assert folded(folded(text)) == folded(text)
    assert plain_words(text) == plain_words(text.upper()) or not text.isascii()


@pytest.mark.parametrize(
    ("field", "value", "display"),
    [
        ("status", "in progress now", "in_progress"),
        ("progress", "sixty percent", "60%"),
        ("progress", "62.5%", "62.5%"),
        ("due", "May 14", "2026-05-14"),
        ("due", "next  sprint", "next sprint"),
        ("owner", "Anna Lee", "Anna Lee"),
        ("scope", "only   cards", "only cards"),
        ("scope", None, ""),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(field: str, value: str | None, display: str) -> None:
    assert shown(DEFAULT, field, value, normalise(DEFAULT, field, value, meeting_date=WEDNESDAY)) == display


def test_an_owner_is_shown_by_name_and_not_by_the_id_of_the_entity() -> None:
    assert shown(DEFAULT, "owner", "Anna", "5f2c") == "Anna"


def test_words_are_compared_without_casing_punctuation_and_fillers_but_with_negation() -> None:
    assert meaning_words("The API is, um, basically READY!") == meaning_words("API ready")
    assert meaning_words("twenty-five users") == meaning_words("25 users")
    assert meaning_words("ready") != meaning_words("not ready")
    assert meaning_words("C++") != meaning_words("C#")
    assert meaning_words("the") == ["the"]
