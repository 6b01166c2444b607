"""Reading a plain question: what it asks for, when, and what it leans on. No database."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.errors import InputError
from nodes.questions.courtesies import reply_to
from nodes.questions.follow_up import with_names
from nodes.questions.forms import read_form
from nodes.questions.plan import asked_status, read_question, subjects
from nodes.questions.points import TICK
from nodes.questions.quotes import is_cut, telling_quote
from nodes.questions.stems import stem
from nodes.questions.times import beginning, instant, read_times
from stores.readings import MeetingName

NOW = datetime(2026, 5, 20, 15, 0, tzinfo=UTC)  # a Wednesday
MEETINGS = [
    MeetingName("m3", "planning-2026", "Launch planning", datetime(2026, 5, 12, 10, tzinfo=UTC)),
    MeetingName("m2", "review", "Security review", datetime(2026, 4, 14, 10, tzinfo=UTC)),
    MeetingName("m1", "ES2002a", "Weekly sync 1", datetime(2026, 3, 3, 10, tzinfo=UTC)),
]


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("What is the status of?", "status"),
        ("How is going?", "status"),
        ("When is due?", "status"),
        ("Is done?", "status"),
        ("How far is?", "status"),
        ("Who owns?", "ownership"),
        ("What does own?", "ownership"),
        ("Who is responsible for?", "ownership"),
        ("Show me the timeline of", "timeline"),
        ("When was blocked?", "timeline"),
        ("How did evolve?", "timeline"),
        ("What changed?", "changes"),
        ("What's new?", "changes"),
        ("What is blocked?", "blockers"),
        ("What is holding us up?", "blockers"),
        ("What did we decide about?", "decisions"),
        ("Which decisions were made?", "decisions"),
        ("What are the open action items?", "action_items"),
        ("What does have to do?", "action_items"),
        ("What should do before the next meeting?", "action_items"),
        ("What has to be done before the next meeting?", "action_items"),
        ("What depends on?", "relationship"),
        ("Who works on?", "relationship"),
        ("How many decisions were made?", "analytics"),
        ("How many things are blocked?", "analytics"),
        ("How many boats does the harbour have?", "search"),
        ("What did say about the history of tickets in the harbour?", "timeline"),
        ("What did say about history expiry?", "search"),
        ("Which colour should the boats be?", "search"),
    ],
)
def test_the_intent_of_a_plain_question(question: str, intent: str) -> None:
    assert read_question(question, names_something=True).intent == intent


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("is it done?", "completed"),
        ("when was it unblocked?", "blocked"),
        ("is it on hold", "on_hold"),
        ("is it done or blocked?", None),
        ("how is it?", None),
    ],
)
def test_the_status_asked_about(question: str, status: str | None) -> None:
    assert asked_status(question) == status


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("What changed since 2026-04-02?", "2026-04-02T00:00", None),
        ("What changed since 3 May?", "2026-05-03T00:00", None),
        ("What changed since June?", "2025-06-01T00:00", None),
        ("What changed last week?", "2026-05-11T00:00", "2026-05-17T23:59"),
        ("What changed in the last two weeks?", "2026-05-06T15:00", "2026-05-20T15:00"),
        ("What changed in March?", "2026-03-01T00:00", "2026-03-31T23:59"),
        ("What changed in Q1 2026?", "2026-01-01T00:00", "2026-03-31T23:59"),
        ("What changed between 1 March and 15 April?", "2026-03-01T00:00", "2026-04-15T23:59"),
        ("What changed this month?", "2026-05-01T00:00", "2026-05-31T23:59"),
        ("What changed yesterday?", "2026-05-19T00:00", "2026-05-19T23:59"),
        ("What changed before May 3rd, 2026?", None, "2026-05-02T23:59"),
        ("What changed since the security review?", "2026-04-14T10:00", None),
        ("What changed before the review?", None, "2026-04-14T09:59"),
        ("What may have changed on 31 February?", None, None),
        ("We paid over 2000 euros, is that right?", None, None),
    ],
)
def test_time_expressions(question: str, start: str | None, end: str | None) -> None:
    times = read_times(question, NOW, MEETINGS)
    assert (times.start.isoformat()[:16] if times.start else None) == start
    assert (times.end.isoformat()[:16] if times.end else None) == end


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("What changed since 3 April?", "2026-04-03"),
        ("What changed between 1 March and 15 April?", "2026-03-01"),
        ("What changed in Q1?", "2026-01-01"),
        ("What changed since 1 December?", "2025-12-01"),
        ("What changed in the last week?", "2028-01-03"),
    ],
)
def test_a_day_without_a_year_is_one_that_the_meetings_know(question: str, start: str) -> None:
    times = read_times(question, datetime(2028, 1, 10, 12, tzinfo=UTC), MEETINGS)
    assert times.start is not None
    assert times.start.date().isoformat() == start


@pytest.mark.parametrize(
    ("question", "as_of"),
    [
        ("the status as of 2026-04-02?", "2026-04-02T23:59"),
        ("who owned it on 3 May?", "2026-05-03T23:59"),
        ("how was it before the review?", "2026-04-14T09:59"),
        ("how was it in the review?", "2026-05-12T09:59"),
        ("how is it?", None),
    ],
)
def test_the_time_at_which_states_are_asked_for(question: str, as_of: str | None) -> None:
    times = read_times(question, NOW, MEETINGS)
    assert (times.as_of.isoformat()[:16] if times.as_of else None) == as_of


@pytest.mark.parametrize(
    ("question", "meeting"),
    [
        ("What was decided in the last meeting?", "m3"),
        ("What was decided in the first call?", "m1"),
        ("What was decided in the kick-off?", "m1"),
        ("What was decided in the launch planning?", "m3"),
        ("What was decided in sync 1?", "m1"),
        ("What was decided in the opening meeting (ES2002a)?", "m1"),
        ("Who attended Weekly sync 1?", "m1"),
        ("Summary of weekly sync 1", "m1"),
        ("What was decided in launch planning?", "m3"),
        ("Who was in the last weekly sync?", "m1"),
        ("What was decided since the last meeting?", "m3"),
        ("What was decided at the launch planning call on 2026-05-12?", "m3"),
        ("Summarise the call of 14 April", "m2"),
        ("What happened in the May 12 meeting?", "m3"),
        ("What was decided in the first meeting of March?", "m1"),
    ],
)
def test_meetings_are_known_by_title_key_and_place(question: str, meeting: str) -> None:
    assert read_times(question, NOW, MEETINGS).meetings == (meeting,)


def test_the_day_of_a_meeting_belongs_to_its_name_and_tells_it_from_others() -> None:
    times = read_times("How was it right before the review on 2026-04-14?", NOW, MEETINGS)
    assert (times.as_of, times.remainder) == (MEETINGS[1].date - TICK, "How was it right?")
    assert read_times("What changed in the review on 2026-04-15?", NOW, MEETINGS).meetings == ()


def test_of_a_day_without_a_meeting_the_day_is_asked_for() -> None:
    times = read_times("What did we decide in yesterday's call?", NOW, MEETINGS)
    assert (times.meetings, times.said, times.remainder) == (
        (),
        "in yesterday's call",
        "What did we decide?",
    )
    assert times.start is not None
    assert times.start.date().isoformat() == "2026-05-19"


def test_a_meeting_is_known_by_the_part_of_its_title_that_no_other_has() -> None:
    of_ferry = [
        MeetingName("f2", "f2", "Ferry - Detailed Plan", MEETINGS[0].date),
        MeetingName("f1", "f1", "Ferry - First Sketch", MEETINGS[1].date),
    ]
    assert read_times("What was decided in the first sketch?", NOW, of_ferry).meetings == ("f1",)
    assert read_times("What was decided in ferry?", NOW, of_ferry).meetings == ()


def test_a_meeting_that_nobody_held_is_not_guessed() -> None:
    assert read_times("What was decided in the budget meeting?", NOW, MEETINGS).meetings == ()


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What is the status of the Payroll Portal?", "Payroll Portal"),
        ("What's the status of the payroll portal right now?", "payroll portal"),
        ("Who owns Zephyr?", "Zephyr"),
        ("Is Zephyr's migration done?", "Zephyr migration"),
    ],
)
def test_what_a_question_is_about(question: str, subject: str) -> None:
    assert subjects(question)[0] == subject


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("and who owns it?", "Who owns Billing API?"),
        ("what's its status?", "What's Billing API's status?"),
        ("why?", "Why (Billing API)?"),
    ],
)
def test_a_follow_up_is_made_stand_alone(question: str, standalone: str) -> None:
    assert with_names(question, ["Billing API"], []) == standalone


def test_a_date_is_its_whole_day_in_as_of_and_begins_it_in_since() -> None:
    assert instant("2026-04-02").isoformat() == "2026-04-02T23:59:59.999999+00:00"
    assert beginning("2026-04-02").isoformat() == "2026-04-02T00:00:00+00:00"
    assert instant("2026-04-02T10:00+02:00").astimezone(UTC).hour == 8
    with pytest.raises(InputError, match="'tomorrow' is no date"):
        instant("tomorrow")


@given(st.text(max_size=120) | st.from_regex(r"(since|in|between|on) [0-9a-z .,]{0,30}", fullmatch=True))
def test_no_text_breaks_the_reading_of_times(question: str) -> None:
    times = read_times(question, NOW, MEETINGS)
    assert times.start is None or times.end is None or times.start <= times.end or times.said
    read_question(question, names_something=False)
    subjects(question)


@given(
    st.lists(
        st.sampled_from(["one two.", "Three four five!", "six, and seven", "  ", "eight? "]), min_size=1
    ),
    st.integers(min_value=10, max_value=80),
)
def test_a_quote_is_always_verbatim_and_short(parts: list[str], most: int) -> None:
    text = " ".join(parts * 9).strip()
    quote = telling_quote(text, {"seven": 1.0, "four": 2.0}, most=most)
    assert quote in text
    assert len(quote) <= most
    assert bool(quote) == bool(text)


def test_a_quote_begins_and_ends_with_a_sentence_where_it_can() -> None:
    before, wanted = "We talked about lunch. " * 9, "The price is twenty-five euros."
    quote = telling_quote(before + wanted + " That was it." * 20, {"pric": 1.0})
    assert quote.startswith(wanted)
    assert is_cut(before + wanted + " That was it.", wanted) == (False, False)
    assert is_cut("So the price, I think, is 25.", "the price, I think") == (True, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("batteries", "battery"),
        ("colour", "color"),
        ("launched", "launch"),
        ("designing", "designed"),
        ("planned", "plan"),
        ("prices", "price"),
        ("organised", "organize"),
    ],
)
def test_forms_of_a_word_share_their_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("Who spoke about EIP-7825?", "speakers", "EIP-7825"),
        ("who mentioned the history expiry", "speakers", "history expiry"),
        ("Who raised Guest Checkout?", "raisers", "Guest Checkout"),
        ("Who brought up the budget?", "raisers", "budget"),
        ("who asked about blob fees?", "askers", "blob fees"),
        ("Did anyone mention verkle trees?", "whether", "verkle trees"),
        ("Was the export ever discussed?", "whether", "export"),
        ("What did Tom say about the bank?", "words", "bank"),
        ("What does the marketing expert think about voice recognition?", "words", "voice recognition"),
        ("What was said about batteries?", "words", "batteries"),
        ("Summarise what was said about the launch", "words", "launch"),
        ("Which meetings discussed the export?", "meetings", "export"),
        ("In which meetings was the export mentioned?", "meetings", "export"),
        ("How many meetings mentioned the export?", "meetings", "export"),
        ("In how many meetings was the export discussed?", "meetings", "export"),
        ("When did we last talk about FOCIL?", "last", "FOCIL"),
        ("when was the export first mentioned?", "first", "export"),
        ("How often was the bank mentioned?", "times", "bank"),
        ("list the meetings", "meeting_list", ""),
        ("What meetings are there?", "meeting_list", ""),
        ("Who talked most?", "most", ""),
        ("Who spoke the most?", "most", ""),
        ("Who attended?", "attendance", ""),
        ("What topics were discussed?", "themes", ""),
    ],
)
def test_questions_about_the_talk_itself(question: str, kind: str, topic: str) -> None:
    form = read_form(question, question, names_a_meeting=False, names_a_person=False)
    assert form is not None
    assert (form.kind, form.topic) == (kind, topic)


@pytest.mark.parametrize(
    "question",
    ["What is the status of the export?", "Who owns the bank?", "What did we decide about tickets?", "Why?"],
)
def test_other_questions_are_not_about_the_talk(question: str) -> None:
    assert read_form(question, question, names_a_meeting=False, names_a_person=False) is None


@pytest.mark.parametrize(
    ("words", "is_courtesy"),
    [
        ("thanks!", True),
        ("Thank you very much", True),
        ("hello", True),
        ("ok", True),
        ("ok, thanks", True),
        ("Is it ok?", False),
        ("thanks, and who owns it?", False),
        ("hello world service", False),
    ],
)
def test_words_that_only_are_polite_ask_for_nothing(words: str, is_courtesy: bool) -> None:
    assert (reply_to(words) is not None) == is_courtesy


def test_a_day_before_or_after_which_there_is_none_is_no_time_of_a_question() -> None:
    times = read_times("what changed between 0001-01-01 and 9999-12-31?", NOW, MEETINGS)
    assert (times.start, times.end) == (None, None)
    with pytest.raises(InputError, match="is no date"):
        instant("9999-12-31")
