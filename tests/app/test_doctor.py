"""`smart-meet doctor`: green when all is well, and a remedy for what is not."""

import pytest

from stores import settings
from tests.app.conftest import Command

CHECKS = ["Python", "settings", "data folder", "PostgreSQL", "schema", "Redis", "embedding model", "runs"]


def test_all_is_well(demo: Command):
    ended = demo("doctor", "--json")
    assert ended.code == 0
    assert [row["check"] for row in ended.json] == CHECKS
    for row in ended.json:
        assert list(row) == ["check", "status", "detail", "remedy"]
        assert row["status"] == "ok" or row["check"] == "data folder"


def test_a_person_reads_one_line_a_check(demo: Command):
    lines = demo("doctor").out.splitlines()
    assert [line[5:].partition(":")[0] for line in lines if not line.startswith("     ->")] == CHECKS


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("DATABASE_URL", "postgresql://me:hidden@127.0.0.1:1/x", "PostgreSQL"),
        ("REDIS_URL", "redis://me:hidden@127.0.0.1:1", "Redis"),
        ("REDIS_URL", "hidden", "Redis"),
    ],
)
def test_a_server_that_is_away_fails_with_a_remedy_and_shows_no_password(
    demo: Command, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, check: str
):
    monkeypatch.setenv(setting, value)
    settings.settings.cache_clear()
    ended = demo("doctor", "--json")
    assert ended.code == 1
    (row,) = [row for row in ended.json if row["check"] == check]
    assert row["status"] == "fail"
    assert setting in row["remedy"]
    assert "hidden" not in ended.out + ended.err


def test_another_embedding_model_than_the_one_recorded_fails(demo: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMART_MEET_EMBEDDING_MODEL", "another")
    settings.settings.cache_clear()
    ended = demo("doctor", "--json")
    assert ended.code == 1
    (row,) = [row for row in ended.json if row["check"] == "embedding model"]
    assert "OPENAI_API_KEY" in row["detail"]
