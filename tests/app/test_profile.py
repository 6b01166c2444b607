"""smart-meet profile: shown, checked and set."""

from pathlib import Path

from tests.app.conftest import Command, transcript

TEAM = """
name = "team"
[fields.status]
kind = "enumeration"
values.planned = []
values.moored = ["in progress"]
"""


def test_a_profile_is_set_and_what_is_known_follows_it(smart_meet: Command, tmp_path: Path) -> None:
    file = transcript(tmp_path, "2026-03-02_harbour.txt", "Ann Lee: The Harbour Portal is in progress.")
    smart_meet("ingest", file)
    profile = tmp_path / "team.toml"
    profile.write_text(TEAM, "utf-8")
    ended = smart_meet("profile", "set", profile)
    assert ended.code == 0
    assert "1 value means something else, 2 entities were folded again, and 1 transition moved" in " ".join(
        ended.out.split()
    )
    assert smart_meet("profile", "show", "--json").json["name"] == "team"
    (row,) = smart_meet("status", "Harbour Portal", "--json").json
    assert row["state"]["status"]["value"] == "moored"
    assert "already" in smart_meet("profile", "set", profile).out


def test_a_wrong_profile_is_told_line_by_line_and_sets_nothing(smart_meet: Command, tmp_path: Path) -> None:
    profile = tmp_path / "team.toml"
    profile.write_text(TEAM.replace('"enumeration"', '"enum"').replace('"team"', '"Team"'), "utf-8")
    for command in ("check", "set"):
        ended = smart_meet("profile", command, profile)
        assert (ended.code, ended.out) == (1, "")
        assert len(ended.err.splitlines()) == 2
        assert f"{profile}: fields.status.kind: “enum” is no kind of field" in ended.err
    assert smart_meet("profile", "show", "--json").json["name"] == "default"
    assert len(smart_meet("profile", "check", profile, "--json").json["problems"]) == 2
