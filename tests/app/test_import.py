"""`smart-meet import`: starting states and a glossary, dated, cited, idempotent and taken back."""

import json
from pathlib import Path
from typing import Any

import pytest

from nodes.errors import InputError
from nodes.hand.lines import read_parts
from nodes.profiles.reading import shipped_profile
from tests.app.conftest import Command, rows_of_all_tables, transcript

PORTAL: dict[str, Any] = {"entity": "Harbour Portal", "type": "project", "field": "status"}
STATES = [
    PORTAL | {"value": "planned", "date": "2026-03-02", "note": "from the kick-off deck"},
    PORTAL | {"field": "owner", "value": "Cid Ray", "date": "2026-02-01"},
]
GLOSSARY = [
    {
        "name": "Harbour Portal",
        "type": "project",
        "aliases": ["Quay Site"],
        "description": "where ships book berths",
    }
]
MEETING = ("Ann Lee: The Harbour Portal is blocked.", "Bo Chen: I own the Quay Site.")


def jsonl(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def moved(smart_meet: Command, name: str = "Harbour Portal") -> list[tuple[str, ...]]:
    """What happened to a thing: day, field, from, to, who decided."""
    rows = smart_meet("timeline", name, "--json").json
    return [(r["date"][:10], r["field"], r["from"], r["to"], r["decided_by"]) for r in rows]


def test_a_starting_state_comes_before_the_meeting_of_its_day_and_is_cited_by_its_line(
    smart_meet: Command, tmp_path: Path
):
    assert smart_meet("ingest", transcript(tmp_path, "2026-03-02_x.txt", *MEETING)).code == 0
    before = rows_of_all_tables()["meetings"]
    done = smart_meet("import", jsonl(tmp_path / "start.jsonl", *STATES, *GLOSSARY), "--json", "--by", "Dee")
    assert done.json == {
        "file": "start.jsonl",
        "status": "imported",
        "lines": 3,
        "written": 3,
        "retracted": 0,
        "entities": 2,
    }
    assert rows_of_all_tables()["meetings"] == before + 3
    assert [one["title"] for one in smart_meet("meetings", "--json").json] == ["x"]
    assert moved(smart_meet)[:3] == [
        ("2026-02-01", "owner", None, "Cid Ray", "human"),
        ("2026-03-02", "status", None, "planned", "human"),
        ("2026-03-02", "status", "planned", "blocked", "rule"),
    ]
    (portal,) = smart_meet("status", "quay site", "--as-of", "2026-02-15", "--json").json
    assert json.loads(portal["state"]["owner"]["quote"]) == STATES[1]
    assert smart_meet("timeline", "quay site", "--json").json[1]["quote"] == "from the kick-off deck"
    assert "where ships book berths" in smart_meet("search", "berths of ships").out
    assert "start.jsonl" not in smart_meet("ask", "Who spoke of the Harbour Portal?").out
    assert "1 meeting" in smart_meet("ask", "How many meetings were there?").out
    about = smart_meet("ask", "What is the Harbour Portal about?").out
    assert about.startswith("Harbour Portal, in start.jsonl (")
    assert ": “where ships book berths” [1]" in about
    assert [(r["part"], r["lines"], r["by"]) for r in smart_meet("import", "--list", "--json").json] == [
        ("states", 1, "Dee"),
        ("states", 1, "Dee"),
        ("glossary", 1, "Dee"),
    ]


def test_the_same_file_again_adds_nothing_and_a_changed_one_replaces_it(smart_meet: Command, tmp_path: Path):
    file = jsonl(tmp_path / "start.jsonl", *STATES)
    smart_meet("import", file)
    rows, told = rows_of_all_tables(), moved(smart_meet)
    assert smart_meet("import", file, "--json").json["status"] == "known"
    assert rows_of_all_tables() == rows
    jsonl(file, STATES[1], PORTAL | {"value": "on hold", "date": "2026-03-02"})
    assert smart_meet("import", file, "--json").json["status"] == "replaced"
    assert moved(smart_meet)[1] == ("2026-03-02", "status", None, "on_hold", "human")
    jsonl(file, *STATES)
    smart_meet("import", file)
    assert moved(smart_meet) == told
    assert smart_meet("import", "--take-back", file, "--json").json["retracted"] == 2
    assert smart_meet("status", "--json").json == []
    assert smart_meet("import", "--take-back", file).code == 1
    assert "nothing is imported from" in smart_meet("import", "--take-back", "\udcff").err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 3: it is no JSON"),
        ("[]", "line 3: it is no JSON object"),
        ('{"title": "x"}', "line 3: it is neither a state"),
        (json.dumps({"name": "X", "type": "rocket"}), 'line 3: "rocket" is no type: give one of person'),
        (json.dumps({"name": "X", "type": "team", "colour": "red"}), 'line 3: "colour" is not known'),
        (json.dumps(PORTAL | {"value": "planned"}), 'line 3: "date" is missing'),
        (json.dumps(PORTAL | {"value": "planned", "date": "2026-13-01"}), "line 3: "),
        (json.dumps(PORTAL | {"value": "odd", "date": "2026-03-01"}), 'line 3: "odd" is no value of status'),
        (json.dumps({"name": "X", "type": "team", "description": "a\0b"}), 'line 3: "a b" holds a NUL'),
        (json.dumps({"name": "X", "type": "team", "aliases": ["\ud800Y"]}), 'line 3: " Y" holds a NUL'),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(line: str, reason: str):
    good = "\n".join(json.dumps(state) for state in STATES)
    with pytest.raises(InputError) as refused:
        read_parts("start.jsonl", f"{good}\n{line}".encode(), shipped_profile())
    assert str(refused.value).startswith(f"start.jsonl, {reason}")


def test_nothing_is_stored_of_a_file_with_a_wrong_line(smart_meet: Command, tmp_path: Path):
    ended = smart_meet("import", jsonl(tmp_path / "start.jsonl", *STATES, {"name": "X", "type": "rocket"}))
    assert ended.code == 1
    assert ended.err.startswith("smart-meet: start.jsonl, line 3: ")
    assert ended.err.count("\n") == 1
    assert rows_of_all_tables()["workspaces"] == 0
