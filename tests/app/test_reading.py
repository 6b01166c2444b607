"""The reading commands over the demo series: the agreed fields, as-of, and what nobody knows."""

import pytest

from tests.app.conftest import Command

FIELDS = {
    "meetings": "id key title date series format participants utterances words memories summary topics "
    "status",
    "search": "memory_id meeting_id title date speaker kind utterances start score content",
    "entities": "id name type aliases first_seen last_seen mentions",
    "status": "id name type as_of state relations",
    "timeline": "date meeting_id title entity field from to reason quote speaker utterance decided_by",
    "changes": "date meeting_id title entity field from to reason quote speaker utterance decided_by",
}
ARGUMENTS = {
    "search": ["test account"],
    "timeline": ["Checkout Redesign"],
    "changes": ["--since", "2026-02-01"],
}


@pytest.mark.parametrize("command", FIELDS)
def test_rows_have_exactly_the_agreed_fields(demo: Command, command: str):
    ended = demo(command, *ARGUMENTS.get(command, []), "--json")
    assert ended.code == 0
    assert ended.json
    for row in ended.json:
        assert sorted(row) == sorted(FIELDS[command].split())


@pytest.mark.parametrize("command", FIELDS)
def test_tables_for_people_are_plain_when_piped(demo: Command, command: str):
    ended = demo(command, *ARGUMENTS.get(command, []))
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert max(len(line.rstrip()) for line in ended.out.splitlines()) <= 100


def test_a_state_says_since_when_and_whose_words_it_rests_on(demo: Command):
    (row,) = demo("status", "checkout redesign", "--json").json
    assert row["name"] == "Checkout Redesign"
    owner = row["state"]["owner"]
    assert sorted(owner) == ["meeting_id", "quote", "since", "speaker", "value"]
    assert owner["value"] == "Priya Raman"
    assert owner["since"].startswith("2026-03-10")
    assert "taking over" in owner["quote"]


def test_as_of_shows_how_things_stood_at_the_end_of_that_day(demo: Command):
    def owner(day: str) -> str:
        (row,) = demo("status", "Checkout Redesign", "--as-of", day, "--json").json
        assert row["as_of"].startswith(day)
        return row["state"]["owner"]["value"]

    assert owner("2026-03-09") == "Tom Becker"
    assert owner("2026-03-10") == "Priya Raman"


def test_the_board_has_everything_with_a_state_and_nothing_else(demo: Command):
    rows = demo("status", "--json").json
    assert all(row["state"] for row in rows)
    assert {"Billing API", "Checkout Redesign", "Guest Checkout"} <= {row["name"] for row in rows}
    assert "Billing API" in demo("status").out


def test_an_entity_is_found_by_its_id_as_well(demo: Command):
    (row,) = demo("status", "Guest Checkout", "--json").json
    assert demo("status", row["id"], "--json").json == [row]


@pytest.mark.parametrize("command", ["status", "timeline"])
def test_a_name_that_nothing_bears_is_refused_with_who_nearly_does(demo: Command, command: str):
    ended = demo(command, "Chekout Redesing")
    assert ended.code == 1
    assert ended.out == ""
    assert 'nothing is called "Chekout Redesing"' in ended.err
    assert "did you mean: " in ended.err
    assert "Checkout Redesign" in ended.err
    ended = demo(command, "\x1b[31m" * 20_000)
    assert ended.code == 1
    assert "\x1b" not in ended.err
    assert len(ended.err) < 2_000


def test_a_timeline_is_in_the_order_of_the_meetings_though_one_came_late(demo: Command):
    rows = demo("timeline", "Checkout Redesign", "--json").json
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)
    statuses = [row["to"] for row in rows if row["field"] == "status"]
    assert statuses == ["in_progress", "blocked", "in_progress", "completed"]


def test_changes_lie_between_the_days_given_and_hold_no_first_sight(demo: Command):
    rows = demo("changes", "--since", "2026-03-10", "--until", "2026-04-14", "--json").json
    assert {row["date"][:10] for row in rows} == {"2026-03-10", "2026-03-24", "2026-04-14"}
    assert all(row["from"] is not None for row in rows)


def test_search_finds_words_with_their_place(demo: Command):
    best = demo("search", "second test account from Nordbank", "-n", "3", "--json").json
    assert len(best) == 3
    assert "test account" in best[0]["content"]
    assert best[0]["title"] == "Tideway sync 3"


def test_entities_can_be_listed_by_type(demo: Command):
    people = demo("entities", "--type", "person", "--json").json
    assert {"Nora Lindqvist", "Tom Becker"} <= {row["name"] for row in people}
    assert {row["type"] for row in people} == {"person"}


def test_before_the_first_meeting_nothing_is_known(demo: Command):
    for command in ("meetings", "entities", "status"):
        ended = demo(command, "--as-of", "2025-01-01", "--json")
        assert (ended.code, ended.json) == (0, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "--as-of", "2026-02-30"],
        ["changes"],
        ["changes", "--since", "03/04/2026"],
        ["search"],
        ["search", "x", "-n", "0"],
        ["timeline"],
    ],
)
def test_a_wrong_use_is_exit_code_2(demo: Command, arguments: list[str]):
    ended = demo(*arguments)
    assert ended.code == 2
    assert ended.out == ""
