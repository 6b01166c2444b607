"""`smart-meet correct` and `smart-meet review`: what a person decides is shown at once, and can be undone."""

from pathlib import Path
from typing import Any

from tests.app.conftest import Command, transcript


def moved(smart_meet: Command, name: str) -> list[tuple[str, ...]]:
    rows = smart_meet("timeline", name, "--json").json
    return [(r["date"][:10], r["field"], r["from"], r["to"], r["decided_by"], r["speaker"]) for r in rows]


def test_what_a_person_decides_is_shown_listed_and_undone(smart_meet: Command, tmp_path: Path):
    first = transcript(
        tmp_path, "2026-03-02_x.txt", "Ann Lee: The Harbour Portal is blocked.", "Bo Chen: OK."
    )
    second = transcript(
        tmp_path, "2026-03-09_x.txt", "Ann Lee: The Harbor Portal is planned.", "Bo Chen: OK."
    )
    assert smart_meet("ingest", first, second).code == 0
    (pair,) = smart_meet("review", "--json").json
    sides: dict[str, Any] = {"name": "Harbor Portal", "other_name": "Harbour Portal", "title": "x"}
    assert {name: pair[name] for name in sides} == sides
    assert "Harbor Portal" in smart_meet("review").out
    done = smart_meet("review", "accept", pair["id"][:8], "--by", "Dee", "--json").json
    assert done == {
        "number": 1,
        "kind": "merge",
        "status": "decided",
        "told": "“Harbor Portal” and “Harbour Portal” are one",
        "by": "Dee",
        "moved": [{"entity": "Harbour Portal", "field": "status", "from": "blocked", "to": "planned"}],
    }
    assert smart_meet("review", "--json").json == []
    given = ("correct", "state", "harbour portal", "status", "in progress", "--date", "2026-03-02")
    assert smart_meet(*given, "--by", "Dee", "--json").json["status"] == "decided"
    assert moved(smart_meet, "Harbor Portal") == [
        ("2026-03-02", "status", None, "in_progress", "human", "Dee"),
        ("2026-03-09", "status", "in_progress", "planned", "rule", "Ann Lee"),
    ]
    assert "known already" in smart_meet(*given).out
    assert [row["number"] for row in smart_meet("correct", "list", "--json").json] == [1, 2]
    assert smart_meet("correct", "undo", 2).code == 0
    assert smart_meet("review", "undo", 1).code == 0
    assert smart_meet("correct", "list", "--json").json == []
    assert len(smart_meet("correct", "list", "--all", "--json").json) == 2
    assert moved(smart_meet, "Harbour Portal") == [
        ("2026-03-02", "status", None, "blocked", "rule", "Ann Lee")
    ]
    refused = smart_meet("correct", "state", "harbour portal", "status", "purple")
    assert (refused.code, refused.out) == (1, "")
    assert "is no value of status" in refused.err
