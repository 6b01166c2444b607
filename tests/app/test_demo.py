"""`smart-meet demo`: what a newcomer sees."""

import tomllib
from pathlib import Path

import pytest

from tests.app.conftest import Command, Ended, rows_of_all_tables

ROOT = Path(__file__).parents[2]
SERIES = tomllib.loads((ROOT / "app" / "demo" / "series.toml").read_text("utf-8"))
TRUE = tomllib.loads((ROOT / "tests" / "demo_expected.toml").read_text("utf-8"))


def test_the_meetings_go_in_as_they_were_delivered_and_the_late_one_is_named(demo_run: tuple[str, Ended]):
    ended = demo_run[1]
    assert ended.code == 0
    lines = [line for line in ended.out.splitlines() if ": ingested, " in line]
    delivered = sorted(SERIES["meetings"], key=lambda meeting: meeting["delivered"])
    assert [line[11:25] for line in lines] == [meeting["title"] for meeting in delivered]
    assert [line[11:25] for line in lines if "(arrives late)" in line] == ["Tideway sync 4"]


def test_the_board_the_timeline_and_five_cited_answers_are_shown(demo_run: tuple[str, Ended]):
    shown = demo_run[1].out
    board, _, rest = shown.partition("Timeline of Checkout Redesign")
    for entity in ("Billing API", "Checkout Redesign", "Guest Checkout", "Dashboard Phase 2"):
        assert f"\n{entity} " in board
    timeline, *answers = rest.split("\n? ")
    assert "blocked → in_progress" in timeline
    assert len(answers) == len(SERIES["questions"]) == 5
    for asked, answer in zip(SERIES["questions"], answers, strict=True):
        assert answer.startswith(asked["question"])
        assert "[1] Tideway sync " in answer
    assert answers[-1].count("\n  smart-meet ") == 3


def test_what_the_demo_shows_fits_100_columns(demo_run: tuple[str, Ended]):
    tables = demo_run[1].out.partition("How ")[2].partition("\n? ")[0]
    assert max(len(line.rstrip()) for line in tables.splitlines()) <= 100


@pytest.mark.parametrize("expected", TRUE["states"], ids=lambda one: f"{one['entity']} {one['field']}")
def test_the_states_after_the_demo_are_the_true_ones(demo: Command, expected: dict[str, object]):
    (row,) = demo("status", expected["entity"], "--json").json
    state = row["state"][expected["field"]]
    meeting = SERIES["meetings"][int(str(expected["since"])) - 1]
    assert state["value"].removesuffix("%") == str(expected["value"])
    assert state["since"].startswith(meeting["date"].date().isoformat())


def test_a_second_demo_finds_everything_known_and_adds_no_row(demo: Command):
    before = rows_of_all_tables()
    ended = demo("demo")
    assert ended.code == 0
    assert ended.out.count("known already") == 7
    assert rows_of_all_tables() == before
