"""A meeting is known as a whole or not at all, and what cannot be used leaves no trace."""

import base64
import os
from typing import Any

import psycopg
import pytest

from app.ingestion import Ingestions
from graphs.ingest import builder
from nodes.errors import InputError
from stores.errors import NotFoundError
from tests.ingest import databases
from tests.ingest.meetings import crossing, meeting, stage

END_THE_IDLE = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = current_database() and state = 'idle in transaction'"
)
TURNS = ("Ada Nilsson: Tide Gauge is at risk.", "Ben Okafor: Tide Gauge is owned by Ada Nilsson.")


def _seen() -> databases.Rows:
    """What readers can see."""
    rows = databases.everything(os.environ["DATABASE_URL"])
    return {table: rows[table] for table in databases.KNOWLEDGE}


async def test_between_all_its_steps_nothing_of_an_ingestion_can_be_seen(ingestions: Ingestions) -> None:
    (before, first), (after, second) = crossing()
    await stage(ingestions.stores, before, first)
    await ingestions.ingest("default", before, lambda event: None)
    source_id = await stage(ingestions.stores, after, second, only=[0])
    seen = _seen()
    graph = builder.compile(checkpointer=ingestions.checkpoints, interrupt_before="*")
    config = {"configurable": {"thread_id": source_id}}
    await graph.ainvoke({"source_id": source_id}, config)
    steps: list[str] = []
    while following := (await graph.aget_state(config)).next:
        assert _seen() == seen, f"before {following}"
        steps += following
        await graph.ainvoke(None, config)
    assert set(steps) == set(builder.nodes) - {"review"}
    assert _seen() != seen


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


BAD: dict[str, dict[str, Any]] = {
    "nothing": {},
    "only a key": {"key": "harbour-1"},
    "an empty text": {"transcript": "", "date": "2026-01-05"},
    "white space": {"transcript": " \n\t\n", "date": "2026-01-05"},
    "an empty file": {"content_base64": "", "filename": "a.vtt", "date": "2026-01-05"},
    "no base64": {"content_base64": "???", "filename": "a.vtt", "date": "2026-01-05"},
    "a file without a name": {"content_base64": encoded(b"Ada: Hello."), "date": "2026-01-05"},
    "a picture": {
        "content_base64": encoded(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        "filename": "a.txt",
        "date": "2026-01-05",
    },
    "a text that nobody speaks": {"transcript": "lorem ipsum dolor sit amet\n" * 20, "date": "2026-01-05"},
    "a date that is none": meeting(1, *TURNS) | {"date": "2026-02-30"},
    "a date in words": meeting(1, *TURNS) | {"date": "next Tuesday"},
    "no date anywhere": {"transcript": "\n".join(TURNS)},
    "an unknown layout": meeting(1, *TURNS) | {"format": "clay tablet"},
    "a text and a file": meeting(1, *TURNS) | {"content_base64": encoded(b"Ada: Hello.")},
    "a chat that is none": meeting(1, *TURNS)
    | {"attachments": [{"filename": "chat.txt", "content_base64": encoded(b"\x00\x01\x02" * 50)}]},
}


@pytest.mark.parametrize("given", BAD.values(), ids=BAD)
async def test_what_cannot_be_used_is_refused_with_a_sentence_and_leaves_no_row(
    given: dict[str, Any], ingestions: Ingestions
) -> None:
    before = databases.everything(os.environ["DATABASE_URL"])
    with pytest.raises(InputError) as refused:
        await builder.compile().ainvoke(given)
    with pytest.raises(InputError):
        await ingestions.ingest("default", given, lambda event: None)  # pyright: ignore[reportArgumentType]
    assert len(str(refused.value)) > 20
    assert "\n" not in str(refused.value)
    assert databases.everything(os.environ["DATABASE_URL"]) == before


async def test_a_source_that_was_never_staged_is_refused_and_leaves_no_row(ingestions: Ingestions) -> None:
    before = databases.everything(os.environ["DATABASE_URL"])
    with pytest.raises(NotFoundError, match="hand the file in again"):
        await builder.compile().ainvoke({"source_id": "0d5f1dc4-3f0e-5a4c-8f8f-3d2f6f6f0009"})
    assert databases.everything(os.environ["DATABASE_URL"]) == before


async def test_a_source_of_one_workspace_cannot_be_ingested_in_another(ingestions: Ingestions) -> None:
    from nodes.context import Context
    from nodes.schemas import MeetingExtraction

    source_id = await stage(ingestions.stores, meeting(1, *TURNS), MeetingExtraction())
    before = databases.everything(os.environ["DATABASE_URL"])
    with pytest.raises(NotFoundError):
        await builder.compile().ainvoke({"source_id": source_id}, context=Context(workspace="other"))
    assert databases.everything(os.environ["DATABASE_URL"]) == before


async def test_a_run_that_has_committed_ends_well_though_its_lock_is_lost_by_then(
    ingestions: Ingestions,
) -> None:
    ended: list[bool] = []

    def end_the_lock(event: dict[str, Any]) -> None:
        if event["stage"] == "commit":
            with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
                ended.extend(row[0] for row in connection.execute(END_THE_IDLE))

    output = await ingestions.ingest("default", meeting(1, *TURNS), end_the_lock)
    assert ended == [True]
    assert output["status"] == "ingested"
    again = await ingestions.ingest("default", meeting(1, *TURNS), lambda event: None)
    assert again["status"] == "known"


async def test_the_same_content_adds_no_row_whatever_its_line_ends_and_its_file_is_called(
    ingestions: Ingestions,
) -> None:
    await ingestions.ingest("default", meeting(1, *TURNS), lambda event: None)
    before = databases.everything(os.environ["DATABASE_URL"])
    text = "\n".join(TURNS)
    for same in (
        meeting(1, *TURNS),
        meeting(1, *TURNS, transcript=text.replace("\n", "\r\n"), filename="other.txt"),
        meeting(1, *TURNS, transcript="\ufeff" + text),
    ):
        output = await ingestions.ingest("default", same, lambda event: None)
        assert output["status"] == "known"
        assert output["usage"]["calls"] == 0
        assert (await builder.compile().ainvoke(dict(same)))["status"] == "known"
    assert databases.everything(os.environ["DATABASE_URL"]) == before


async def test_the_same_content_in_two_workspaces_is_two_meetings(ingestions: Ingestions) -> None:
    first = await ingestions.ingest("default", meeting(1, *TURNS), lambda event: None)
    second = await ingestions.ingest("other", meeting(1, *TURNS), lambda event: None)
    assert (first["status"], second["status"]) == ("ingested", "ingested")
    assert first["counts"] == second["counts"]
    assert first["meeting_id"] != second["meeting_id"]
