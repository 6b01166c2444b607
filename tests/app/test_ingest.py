"""`smart-meet ingest`: what it prints, what it keeps, and how it refuses."""

import os
from pathlib import Path

import pytest

from tests.app.conftest import Command, rows_of_all_tables, transcript

DEMO = Path(__file__).parents[2] / "app" / "demo"
SPEECH = ("Ann Lee: The Harbour Portal is in progress.", "Bo Chen: Good, I own the Harbour Portal.")

ROW = ["path", "meeting_id", "status", "counts", "usage", "warnings", "seconds"]
COUNTS = ["utterances", "memories", "entities_new", "entities_matched", "observations", "transitions"]
COUNTS += ["relations", "discarded_quotes"]
USAGE = ["calls", "prompt_tokens", "completion_tokens", "cost", "cached", "fallbacks"]


def test_each_file_gives_one_json_object_with_the_agreed_fields(smart_meet: Command, tmp_path: Path):
    files = [transcript(tmp_path, f"2026-03-0{day}_x.txt", *SPEECH, f"Bo Chen: {day}.") for day in (2, 3)]
    ended = smart_meet("ingest", *files, "--json")
    assert ended.code == 0
    assert [row["path"] for row in ended.rows] == [str(file) for file in files]
    for row in ended.rows:
        assert list(row) == ROW
        assert row["status"] == "ingested"
        assert sorted(row["counts"]) == sorted(COUNTS)
        assert sorted(row["usage"]) == sorted(USAGE)
        assert row["counts"]["utterances"] == 2  # what one speaker says in a row is one


def test_a_person_reads_one_line_a_file(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    ended = smart_meet("ingest", file)
    assert ended.code == 0
    assert ended.out.startswith(f"{file}: ingested, 2 turns")
    assert ended.out.count("\n") == 1


def test_the_same_file_again_adds_no_row_and_says_that_it_is_known(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    first = smart_meet("ingest", file, "--json")
    before = rows_of_all_tables()
    again = smart_meet("ingest", file, "--json")
    assert again.code == 0
    assert again.rows[0]["status"] == "known"
    assert again.rows[0]["meeting_id"] == first.rows[0]["meeting_id"]
    assert set(again.rows[0]["usage"].values()) == {0}
    assert rows_of_all_tables() == before


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.vtt", b"", "is empty"),
        ("binary.vtt", bytes(range(256)) * 20, "is not text"),
        ("cut_2026-03-02.vtt", (DEMO / "2026-02-24_tideway_sync_2.vtt").read_bytes()[:1500], ""),
        ("speakerless_2026-03-02.txt", b"Only prose.\nAnd nobody who says it.\n", "has no speaker lines"),
        ("wrong_date.txt", b"Date: 2024-13-45\n\nAnn: Hi there.\n", "date"),
        ("undated.txt", b"Ann Lee: Hello there.\nBo Chen: Hello.\n", "--date"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_and_leaves_no_row(
    smart_meet: Command, tmp_path: Path, name: str, content: bytes, reason: str
):
    before = rows_of_all_tables()
    (tmp_path / name).write_bytes(content)
    ended = smart_meet("ingest", tmp_path / name, "--json")
    assert ended.code == 1
    assert ended.err.startswith("smart-meet: ")
    assert ended.err.count("\n") == 1
    assert name in ended.err
    assert reason in ended.err
    assert ended.rows[0] | {"seconds": 0} == {
        "path": str(tmp_path / name),
        "meeting_id": None,
        "status": "failed",
        "counts": {},
        "usage": {},
        "warnings": [ended.err.removeprefix("smart-meet: ").rstrip("\n")],
        "seconds": 0,
    }
    assert rows_of_all_tables() == before | {"installation": 1}


def test_a_file_of_50_megabytes_is_refused_by_its_size_alone(smart_meet: Command, tmp_path: Path):
    with (tmp_path / "recording.txt").open("wb") as file:
        file.truncate(50_000_000)  # takes no space, and would be refused as binary if it were read
    ended = smart_meet("ingest", tmp_path / "recording.txt")
    assert ended.code == 1
    assert ended.err.startswith("smart-meet: recording.txt is 50 MB large")
    assert rows_of_all_tables()["sources"] == 0


def test_what_is_not_there_or_holds_no_transcript_is_one_sentence(smart_meet: Command, tmp_path: Path):
    ended = smart_meet("ingest", tmp_path / "missing.vtt", tmp_path)
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 2
    assert "missing.vtt cannot be read" in ended.err
    assert "holds no transcript" in ended.err


def test_a_bad_file_among_good_ones_does_not_stop_them(smart_meet: Command, tmp_path: Path):
    good = [transcript(tmp_path, f"2026-03-0{day}_x.txt", *SPEECH, f"Bo Chen: {day}.") for day in (2, 3)]
    bad = transcript(tmp_path, "2026-03-04_prose.txt", "Nobody speaks.")
    ended = smart_meet("ingest", good[0], bad, good[1], "--json")
    assert ended.code == 1
    assert [row["status"] for row in ended.rows] == ["ingested", "failed", "ingested"]


def test_a_folder_goes_in_by_date_and_chats_with_their_meetings(smart_meet: Command, tmp_path: Path):
    transcript(tmp_path, "a.txt", "Date: 2026-03-09", "", *SPEECH)
    transcript(tmp_path, "b_2026-03-02.txt", *SPEECH, "Ann Lee: Fine.")
    (tmp_path / "inner").mkdir()
    for name in ("2026-04-14_tideway_sync_5.vtt", "2026-04-14_tideway_sync_5.chat.txt"):
        (tmp_path / "inner" / name).write_bytes((DEMO / name).read_bytes())
    (tmp_path / "recording.mp4").write_bytes(b"no transcript, and nobody asked for it")
    ended = smart_meet("ingest", tmp_path)
    assert ended.code == 0
    assert [Path(line.partition(": ")[0]).name for line in ended.out.splitlines()[:-1]] == [
        "b_2026-03-02.txt",
        "a.txt",
        "2026-04-14_tideway_sync_5.vtt",
    ]
    assert ended.out.splitlines()[-1] == "3 meetings: 3 ingested"
    assert smart_meet("search", "port authority timetable", "--json").json[0]["title"]


def test_a_folder_names_what_cannot_be_read_and_takes_in_the_rest(smart_meet: Command, tmp_path: Path):
    transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    (tmp_path / "broken.vtt").write_bytes(b"")
    ended = smart_meet("ingest", tmp_path, "--json")
    assert ended.code == 1
    assert "broken.vtt is empty" in ended.err
    assert {Path(row["path"]).name: row["status"] for row in ended.rows} == {
        "2026-03-02_harbour.txt": "ingested",
        "broken.vtt": "failed",
    }


def test_what_is_said_of_a_meeting_is_kept(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "x.txt", *SPEECH)
    chat = transcript(tmp_path, "room.txt", "00:00:05\tCid Ray:\tThe Harbour Portal is done!")
    labels = ["--title", "Harbour weekly 7", "--date", "2026-03-31T10:00+02:00", "--series", "Harbour"]
    labels += ["--key", "h7", "--participant", "Dee Fox", "--participant", "Eli Roe", "--chat", str(chat)]
    assert smart_meet("ingest", file, *labels).code == 0
    (meeting,) = smart_meet("meetings", "--json").json
    assert meeting["title"] == "Harbour weekly 7"
    assert meeting["date"] == "2026-03-31T08:00:00+00:00"
    assert meeting["series"] == "Harbour"
    assert meeting["key"] == "h7"
    assert meeting["utterances"] == 3
    assert {"Ann Lee", "Bo Chen", "Cid Ray", "Dee Fox", "Eli Roe"} <= set(meeting["participants"])


def test_new_content_under_a_key_replaces_the_old(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    smart_meet("ingest", file, "--key", "h1")
    transcript(tmp_path, file.name, *SPEECH, "Ann Lee: And the Harbour Portal is blocked.")
    ended = smart_meet("ingest", file, "--key", "h1", "--json")
    assert ended.rows[0]["status"] == "replaced"
    assert len(smart_meet("meetings", "--json").json) == 1


def test_text_on_standard_input_is_a_meeting(smart_meet: Command):
    ended = smart_meet("ingest", "-", "--date", "2026-03-02", "--title", "Pasted", given="\n".join(SPEECH))
    assert ended.code == 0
    assert [row["title"] for row in smart_meet("meetings", "--json").json] == ["Pasted"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.txt", "b.txt", "--title", "Both"],
        [".", "--date", "2026-03-02"],
        ["a.txt", "--unknown"],
    ],
)
def test_a_wrong_use_is_exit_code_2(smart_meet: Command, arguments: list[str]):
    assert smart_meet("ingest", *arguments).code == 2


def test_a_workspace_keeps_to_itself(smart_meet: Command, tmp_path: Path):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    smart_meet("ingest", file, "--workspace", "ours")
    assert len(smart_meet("entities", "--workspace", "ours", "--json").json) > 0
    assert smart_meet("entities", "--json").json == []


def test_words_that_would_steer_a_terminal_are_shown_without_effect(smart_meet: Command, tmp_path: Path):
    file = transcript(
        tmp_path, "2026-03-02_harbour.txt", "Ann Lee: The [red]Harbour[/red] \x1b[2J Portal is done."
    )
    assert smart_meet("ingest", file).code == 0
    for command in (["search", "harbour portal"], ["ask", "What did Ann say about the harbour portal?"]):
        shown = smart_meet(*command).out
        assert "\x1b" not in shown
        assert "[red]Harbour[/red]" in shown


def test_a_server_that_is_away_is_one_sentence(
    smart_meet: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = transcript(tmp_path, "2026-03-02_harbour.txt", *SPEECH)
    from stores import settings

    for name, url in {
        "REDIS_URL": "redis://127.0.0.1:1",
        "DATABASE_URL": "postgresql://127.0.0.1:1/x",
    }.items():
        monkeypatch.setitem(os.environ, name, url)
        settings.settings.cache_clear()
        ended = smart_meet("ingest", file)
        assert ended.code == 1
        assert len(ended.err.splitlines()) == 1
        assert name in ended.err
