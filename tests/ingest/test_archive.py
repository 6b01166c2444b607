"""An archive holds all of a workspace, and restores all of it or nothing."""

import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.ingestion import Ingestions
from nodes.archive.exporting import Exported, export
from nodes.archive.restoring import restore
from nodes.errors import InputError
from nodes.profiles.reading import shipped_profile, shipped_source
from nodes.profiles.setting import set_profile
from stores.archive import DERIVED, STAGING
from stores.errors import NotFoundError
from stores.histories import transitions
from stores.sources import workspace_id
from tests.ingest import databases
from tests.ingest.conftest import FreshIngestions
from tests.ingest.knowing import decide, ingest
from tests.ingest.meetings import crossing, meeting, stage
from tests.models.openai_server import OpenAIServer

LATER = meeting(3, "Ada Nilsson: Tide Gauge is completed.", "Ben Okafor: Fine.")
NEVER_BEGUN = meeting(4, "Ada Nilsson: The Quay Planner is blocked.", "Ben Okafor: I see.")


def quiet(event: dict[str, Any]) -> None:
    """Progress that nobody watches."""


async def fill(ingestions: Ingestions) -> None:
    """Two meetings, one replaced; another profile and back; a meeting that was staged and never begun."""
    for given, reading in crossing():
        await stage(ingestions.stores, given, reading)
        await ingest(ingestions, [given])
    await ingest(ingestions, [meeting(2, "Ada Nilsson: Tide Gauge is blocked.", "Ben Okafor: I own it.")])
    for name in ("standards", "default"):
        await set_profile(ingestions.stores, "default", shipped_profile(name), shipped_source(name))
    await decide("state", entity="Tide Gauge", field="status", value="on hold")
    await decide("merge", name="Crane Scheduler", other="Tide Gauge")
    await decide("speaker", meeting="harbour-1", label="Ben Okafor", name="Cleo Marsh")
    await ingestions.ingest("other", LATER, quiet)
    await stage(ingestions.stores, NEVER_BEGUN, crossing()[0][1])


async def exported(ingestions: Ingestions, path: Path) -> Exported:
    return await export(ingestions.stores.database, "default", path, quiet)


def own_rows() -> databases.Rows:
    """What the database holds of the workspace, but for unfinished runs and for words that nothing holds."""
    scope = workspace_id("default")
    return {
        table: [
            row
            for row in rows
            if scope in row
            and not (table in DERIVED and '"memories": 0' in row)
            and not (table == "runs" and '"status": "running"' in row)
        ]
        for table, rows in databases.everything(os.environ["DATABASE_URL"]).items()
        if table not in STAGING
    }


def rows_in(archive: Path) -> list[str]:
    """The rows of an archive as they are written, times and all."""
    return gzip.decompress(archive.read_bytes()).decode().splitlines()[1:-1]


async def test_a_restored_workspace_is_the_same_row_for_row_and_goes_on(
    fresh_ingestions: FreshIngestions, tmp_path: Path
) -> None:
    async with fresh_ingestions() as ingestions:
        await fill(ingestions)
        first = await exported(ingestions, tmp_path / "first.gz")
        rows = own_rows()
        await ingest(ingestions, [LATER])
        gone_on = await transitions(ingestions.stores.database, workspace_id("default"))
    assert first.left_out == 1
    assert any('"retracted_at": true' in row for row in rows["memories"])
    async with fresh_ingestions() as ingestions:
        done = await restore(ingestions.stores, tmp_path / "first.gz", None, quiet)
        assert (done.status, done.workspace, done.rows) == ("restored", "default", first.rows)
        assert databases.differences(own_rows(), rows) == []
        await exported(ingestions, tmp_path / "second.gz")
        assert rows_in(tmp_path / "second.gz") == rows_in(tmp_path / "first.gz")
        assert await ingest(ingestions, [crossing()[0][0], LATER]) == ["known", "ingested"]
        assert gone_on
        assert await transitions(ingestions.stores.database, workspace_id("default")) == gone_on


def resealed(change: Callable[[dict[str, Any]], object], of: str = "") -> Callable[[bytes], bytes]:
    """Change the first line (or the first row of a table), with a digest that fits."""

    def changed(data: bytes) -> bytes:
        lines = gzip.decompress(data).splitlines(keepends=True)[:-1]
        at = (
            next(n for n, line in enumerate(lines) if line.startswith(f'{{"table": "{of}"'.encode()))
            if of
            else 0
        )
        told = json.loads(lines[at])
        change(told)
        lines[at] = json.dumps(told).encode() + b"\n"
        digest = hashlib.sha256(b"".join(lines)).hexdigest()
        end = json.dumps({"end": {"rows": len(lines) - 1, "sha256": digest}}).encode() + b"\n"
        return gzip.compress(b"".join([*lines, end]))

    return changed


def without_its_end(data: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1]))


def with_a_first_line(line: bytes) -> Callable[[bytes], bytes]:
    return lambda data: gzip.compress(line + gzip.decompress(data))


def a_bomb(data: bytes) -> bytes:
    return gzip.compress(gzip.decompress(data).splitlines(keepends=True)[0] + bytes(25_000_000), 1)


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut short": (lambda data: data[: len(data) // 2], "damaged"),
    "without its last line": (without_its_end, "cut short"),
    "a byte flipped": (lambda data: data[:500] + bytes([data[500] ^ 255]) + data[501:], "damaged"),
    "a word changed": (
        lambda data: gzip.compress(gzip.decompress(data).replace(b"Tide Gauge", b"Tide Gouge", 1)),
        "last line does not fit",
    ),
    "another compressed file": (lambda data: gzip.compress(b"{}\n"), "no archive of Smart-Meet"),
    "another format": (resealed(lambda head: head.update(version=2)), "format 2"),
    "a newer program": (resealed(lambda head: head.update(migration="9999")), "newer Smart-Meet"),
    "an older program": (resealed(lambda head: head.update(migration="0001")), "older Smart-Meet"),
    "a first line without an end": (
        with_a_first_line(b'{"archive": "smart-meet", "x": ' + b"[" * 1_000_000),
        "longer than any row",
    ),
    "a first line of lists": (
        with_a_first_line(b'{"archive": "smart-meet", "x": ' + b"[" * 9_000 + b"\n"),
        "no JSON",
    ),
    "a bomb": (a_bomb, "unpacks to more than 40 times its size"),
    "more rows than it says": (
        resealed(lambda head: head["tables"]["meetings"].update(rows=0)),
        "more rows of meetings",
    ),
    "more rows than its bytes can hold": (
        resealed(lambda head: head["tables"]["meetings"].update(rows=1_000_000)),
        "more rows than a file of its size can hold",
    ),
    "without a table": (
        resealed(lambda head: head["tables"].pop("mentions")),
        "is neither a row nor the end",
    ),
    "the name of another workspace": (
        resealed(lambda head: head.update(workspace="other")),
        'not of the workspace "other"',
    ),
    "a NUL in its name": (resealed(lambda head: head.update(workspace="a\0b")), "first line cannot be read"),
    "a reference to nothing": (
        resealed(lambda line: line["row"].update(meeting_id=workspace_id("x")), "meeting_versions"),
        "does not fit this database",
    ),
    "an unknown column": (
        resealed(lambda head: head["tables"]["meetings"]["columns"].append("colour")),
        "changed by hand",
    ),
}


async def test_a_workspace_is_restored_into_a_database_of_another_embedding_model(
    fresh_ingestions: FreshIngestions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: OpenAIServer
) -> None:
    archive = tmp_path / "whole.gz"
    query = b"select id, content, embedding::text as vector from memories order by id"
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [LATER])
        expected = await ingestions.stores.database.rows(query)
        await exported(ingestions, archive)
    monkeypatch.setenv("SMART_MEET_EMBEDDING_MODEL", "longer")
    with OpenAIServer(dimensions=12) as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.base_url)
        async with fresh_ingestions() as ingestions:
            await restore(ingestions.stores, archive, None, quiet)
            found = await ingestions.stores.database.rows(query)
    assert [row["content"] for row in found] == [row["content"] for row in expected]
    assert {row["vector"].count(",") + 1 for row in expected} == {8}
    assert {row["vector"].count(",") + 1 for row in found} == {12}


async def test_what_cannot_be_restored_is_refused_with_a_sentence_and_leaves_no_row(
    fresh_ingestions: FreshIngestions, tmp_path: Path
) -> None:
    archive = tmp_path / "whole.gz"
    async with fresh_ingestions() as ingestions:
        with pytest.raises(NotFoundError, match="nothing to export"):
            await exported(ingestions, archive)
        await ingest(ingestions, [LATER])
        await exported(ingestions, archive)
        with pytest.raises(InputError, match="holds something already"):
            await restore(ingestions.stores, archive, None, quiet)
        with pytest.raises(InputError, match="cannot be written: File name too long"):
            await exported(ingestions, tmp_path / ("long" * 2_000))
        with pytest.raises(InputError, match="--force"):
            await exported(ingestions, archive)
    async with fresh_ingestions() as ingestions:
        empty = databases.everything(os.environ["DATABASE_URL"])
        with pytest.raises(InputError, match='cannot be restored as "other"'):
            await restore(ingestions.stores, archive, "other", quiet)
        for name, (spoil, reason) in BAD.items():
            spoilt = tmp_path / f"{name}.gz"
            spoilt.write_bytes(spoil(archive.read_bytes()))
            with pytest.raises(InputError, match=reason) as refused:
                await restore(ingestions.stores, spoilt, None, quiet)
            assert "\n" not in str(refused.value)
            assert databases.everything(os.environ["DATABASE_URL"]) == empty, name
    assert sorted(os.listdir(tmp_path)) == sorted(["whole.gz", *(f"{name}.gz" for name in BAD)])
