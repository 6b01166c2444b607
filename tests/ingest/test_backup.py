"""A backup holds everything that the servers hold, and restores all of it or nothing."""

import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.ingestion import Ingestions, open_ingestions
from graphs.ingest import builder as ingest_graph
from graphs.query import builder as query_graph
from nodes.archive.backup import back_up, restore_backup
from nodes.context import Context
from nodes.errors import InputError
from stores import runs
from stores.opening import close_stores
from stores.sources import workspace_id
from tests.ingest import databases
from tests.ingest.conftest import FreshIngestions
from tests.ingest.knowing import ingest
from tests.ingest.meetings import meeting

FIRST = meeting(1, "Ada Nilsson: Tide Gauge is at risk.", "Ben Okafor: I own the Tide Gauge.")
HALF = meeting(2, "Ada Nilsson: Tide Gauge is completed.", "Ben Okafor: Fine.")


def quiet(event: dict[str, Any]) -> None:
    """Progress that nobody watches."""


async def ask(ingestions: Ingestions, thread: str, question: str) -> list[Any]:
    """Ask in a conversation; gives all that was said in it."""
    graph = query_graph.compile(checkpointer=ingestions.checkpoints)
    config: Any = {"configurable": {"thread_id": thread}}
    given: Any = {"question": question}
    return (await graph.ainvoke(given, config, context=Context()))["messages"]  # pyright: ignore[reportUnknownMemberType]


async def begin(ingestions: Ingestions) -> None:
    """An ingestion that stops on its way."""
    graph = ingest_graph.compile(checkpointer=ingestions.checkpoints, interrupt_before=["resolve"])
    config: Any = {"configurable": {"thread_id": str(uuid4())}}
    await graph.ainvoke(dict(HALF), config)  # pyright: ignore[reportUnknownMemberType, reportArgumentType]


def everything() -> databases.Rows:
    return databases.everything(os.environ["DATABASE_URL"])


def resealed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], bytes]:
    """The same backup with one part changed, and sums that fit."""

    def changed(file: Path) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
            for part in old.namelist():
                data = old.read(part)
                new.writestr(part, change(data) if part == name else data)
        return made.getvalue()

    return changed


def id_of(file: Path) -> str:
    with zipfile.ZipFile(file) as opened:
        return json.loads(opened.read("manifest.json"))["id"]


BAD: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "cut short": (lambda file: file.read_bytes()[:-100], "damaged"),
    "a byte flipped": (
        lambda file: (
            file.read_bytes()[:5000] + bytes([file.read_bytes()[5000] ^ 255]) + file.read_bytes()[5001:]
        ),
        "damaged",
    ),
    "another zip file": (resealed("manifest.json", lambda data: b"{}"), "damaged"),
    "a newer program": (
        resealed("manifest.json", lambda data: re.sub(rb'"migration": "\d+"', b'"migration": "9999"', data)),
        "newer Smart-Meet",
    ),
    "half of the rows": (resealed("database.sql", lambda data: data[: len(data) // 2]), "nothing is changed"),
}


async def test_what_is_backed_up_is_restored_and_goes_on(
    fresh_ingestions: FreshIngestions, tmp_path: Path
) -> None:
    file, thread = tmp_path / "all.zip", str(uuid4())
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [FIRST])
        await begin(ingestions)
        said = await ask(ingestions, thread, "how far is the Tide Gauge?")
        rows = everything()
        done = await back_up(file, quiet)
        assert (done.workspaces, done.unfinished) == ({"default": 1}, 1)
        with pytest.raises(InputError, match="there already"):
            await back_up(file, quiet)
        with pytest.raises(InputError, match="something is stored here already"):
            await restore_backup(file, quiet)
        for kept in await ingestions.checkpoints.athreads():
            await ingestions.checkpoints.adelete_thread(kept)
    async with fresh_ingestions() as ingestions:
        await ingest(ingestions, [HALF])
        for change, told in BAD.values():
            (bad := tmp_path / "bad.zip").write_bytes(change(file))
            before = everything()
            with pytest.raises(InputError, match=told):
                await restore_backup(bad, quiet, replace=True)
            assert everything() == before, told
        restored = await restore_backup(file, quiet, replace=True)
        assert (restored.workspaces, restored.notes) == ({"default": 1}, [])
        assert databases.differences(everything(), rows) == []
        # killed before Redis had its part: the same again is no loss
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            note = Jsonb({"id": id_of(file)})
            connection.execute("insert into installation values ('restoring', %s)", [note])
        assert (await restore_backup(file, quiet)).status == "restored"
        assert databases.differences(everything(), rows) == []
        await close_stores()  # whoever was connected has to connect again
        async with open_ingestions() as again:
            assert len(await ask(again, thread, "and who owns it?")) == 2 * len(said)
            (run,) = await runs.unfinished(again.stores.database, workspace_id("default"))
            assert (await again.resume("default", run["id"], quiet))["status"] == "ingested"
