"""`ingest --estimate` says beforehand what an ingestion is then charged with."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.endpoint import metered
from stores import settings
from tests.app.conftest import Command, rows_of_all_tables, run, transcript
from tests.models.harbour import script, series
from tests.models.openai_server import OpenAIServer

MARGIN = 0.03  # of the tokens: a heading more or less


@pytest.fixture
def smart_meet(environment: None, server: OpenAIServer) -> Command:
    script(server)
    return run


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The harbour's meetings, each in a file whose name tells the date."""
    return [
        transcript(tmp_path, f"2026-01-{12 + 7 * week}_harbour.txt", *given["transcript"].split("\n"))
        for week, given in enumerate(series())
    ]


def test_an_estimate_asks_nobody_and_stores_nothing_and_the_ingestion_is_charged_within_it(
    smart_meet: Command, server: OpenAIServer, files: list[Path]
) -> None:
    at_most: list[dict[str, Any]] = []
    for file in files:
        before = rows_of_all_tables()
        server.requests.clear()
        server.exchanges.clear()
        told, total = smart_meet("ingest", file, "--estimate", "--json").rows
        assert server.requests == []
        assert rows_of_all_tables() == before
        with metered(server) as asked:
            assert smart_meet("ingest", file).code == 0
        assert told["calls"] <= asked.calls <= told["calls_at_most"]
        least, most = told["prompt_tokens"], told["prompt_tokens_at_most"]
        assert least * (1 - MARGIN) <= asked.prompt_tokens <= most * (1 + MARGIN)
        assert {**total, "path": told["path"], "status": "new"} == told
        at_most.append({"told": told, "asked": asked.prompt_tokens})
    assert [one["told"]["windows"] for one in at_most] == [1, 2, 1]
    assert at_most[0]["asked"] == pytest.approx(at_most[0]["told"]["prompt_tokens"], rel=MARGIN)


def test_a_known_transcript_costs_nothing_under_whatever_name_also_one_that_tells_no_date(
    smart_meet: Command, server: OpenAIServer, files: list[Path], tmp_path: Path
) -> None:
    smart_meet("ingest", files[0])
    server.requests.clear()
    renamed = tmp_path / "a copy of it.txt"
    renamed.write_bytes(files[0].read_bytes())
    known, total = smart_meet("ingest", renamed, "--estimate", "--json").rows
    assert (known["status"], total["calls"], total["prompt_tokens_at_most"], total["cost"]) == (
        "known",
        0,
        0,
        0,
    )
    assert smart_meet("ingest", renamed, "--json").json["status"] == "known"
    assert server.requests == []


def test_the_sum_counts_a_file_once_and_has_a_price_where_the_model_has(
    smart_meet: Command, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "2026-02-02_again.txt").write_bytes(files[0].read_bytes())
    monkeypatch.setenv("SMART_MEET_MODEL", "gpt-4.1-mini")
    monkeypatch.delenv("SMART_MEET_EMBEDDING_MODEL")
    settings.settings.cache_clear()
    *each, total = smart_meet("ingest", tmp_path, "--estimate", "--json").rows
    assert [one["status"] for one in each] == ["new", "new", "new", "known"]
    assert total["cost"] == pytest.approx(sum(one["cost"] for one in each))
    million = 1_000_000
    assert total["cost"] == pytest.approx(
        (0.4 * total["prompt_tokens_at_most"] + 1.6 * total["completion_tokens"]) / million
    )
    shown = smart_meet("ingest", tmp_path, "--estimate").out
    assert "all" in shown
    assert f"${total['cost']:.4f}" in shown


def test_without_a_chat_model_nothing_is_asked_and_it_says_so(
    smart_meet: Command, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMART_MEET_MODEL")
    settings.settings.cache_clear()
    told = smart_meet("ingest", files[1], "--estimate")
    assert "the rules read" in told.err
    assert "$0.0000" not in told.out  # the endpoint still embeds, and nobody knows what that costs
    assert "no price" in told.out
