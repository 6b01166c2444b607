"""The demo series is read whole, and what is expected of it was really said."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import app
from nodes.transcripts import companion_chat, read_transcript, series_of, source_of

DEMO = Path(app.__file__).parent / "demo"
SERIES: dict[str, Any] = tomllib.loads((DEMO / "series.toml").read_text("utf-8"))
EXPECTED: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "demo_expected.toml").read_text("utf-8")
)


def transcript_of(meeting: dict[str, Any]):
    attachments = [source_of(DEMO / meeting["chat"])] if "chat" in meeting else []
    return read_transcript(source_of(DEMO / meeting["file"]), attachments=attachments)


@pytest.mark.parametrize("meeting", SERIES["meetings"], ids=lambda meeting: meeting["key"])
def test_each_meeting_is_read_without_a_doubt(meeting: dict[str, Any]):
    transcript = transcript_of(meeting)
    assert transcript.warnings == ()
    assert 40 <= len(transcript.utterances) <= 90
    assert set(transcript.participants) <= set(EXPECTED["people"])
    assert transcript.date is not None
    assert transcript.date.date() == meeting["date"].date()
    assert (transcript.title or "").lower() == meeting["title"].lower()
    assert series_of(meeting["title"]) == SERIES["series"]


def test_the_chat_lies_under_its_usual_name():
    for meeting in SERIES["meetings"]:
        chat = companion_chat(DEMO / meeting["file"])
        assert (chat.name if chat else None) == meeting.get("chat")


def test_one_meeting_is_delivered_late():
    dates = [m["date"] for m in sorted(SERIES["meetings"], key=lambda m: m["delivered"])]
    assert dates != sorted(dates)
    assert sorted(m["delivered"] for m in SERIES["meetings"]) == list(range(1, len(dates) + 1))


def test_every_expected_quote_was_said_in_its_meeting():
    said = [" ".join(u.text for u in transcript_of(meeting).utterances) for meeting in SERIES["meetings"]]
    for claim in [*EXPECTED["decisions"], *EXPECTED["action_items"], *EXPECTED["risks"]]:
        assert claim["quote"] in said[claim["meeting"] - 1]
    for distractor in EXPECTED["never"]["states"]:
        assert distractor["words"] in said[distractor["meeting"] - 1]


def test_the_expected_states_are_what_the_transitions_lead_to():
    last = {(t["entity"], t["field"]): t for t in EXPECTED["transitions"]}
    for state in EXPECTED["states"]:
        transition = last.get((state["entity"], state["field"]))
        if transition is not None:
            assert (state["value"], state["since"]) == (transition["to"], transition["meeting"])
