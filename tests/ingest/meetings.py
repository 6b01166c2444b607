"""Meetings for these tests: the demo series, and small ones whose reading is staged word for word."""

import base64
import tomllib
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import app
from nodes.extraction import owned_by, stage_reading
from nodes.ingest_state import IngestInput
from nodes.intake import accept
from nodes.schemas import ExtractedEntity, ExtractedObservation, MeetingExtraction
from nodes.windows import windows
from stores import runs, sources
from stores.ledger import Piece
from stores.opening import Stores

DEMO = Path(app.__file__).parent / "demo"
SERIES = "Harbour sync"


@cache
def demo_meetings() -> tuple[IngestInput, ...]:
    """The seven meetings of the demo series, by date."""
    series: dict[str, Any] = tomllib.loads((DEMO / "series.toml").read_text(encoding="utf-8"))
    return tuple(_demo_meeting(series["series"], meeting) for meeting in series["meetings"])


def _demo_meeting(series: str, meeting: dict[str, Any]) -> IngestInput:
    given = IngestInput(
        content_base64=_encoded(DEMO / meeting["file"]),
        filename=meeting["file"],
        key=meeting["key"],
        title=meeting["title"],
        date=meeting["date"].isoformat(),
        series=series,
    )
    if "chat" in meeting:
        chat = DEMO / meeting["chat"]
        given["attachments"] = [{"filename": chat.name, "content_base64": _encoded(chat)}]
    return given


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def meeting(number: int, *turns: str, series: str = SERIES, **given: Any) -> IngestInput:
    """The meeting of week `number`, spoken by the turns, each "Name: words"."""
    date = datetime(2026, 1, 5, 10, tzinfo=timezone.utc) + timedelta(weeks=number)  # noqa: UP017
    said = IngestInput(
        transcript="\n".join(turns),
        filename=f"harbour-{number}.txt",
        key=f"harbour-{number}",
        title=f"Harbour sync {number}",
        date=date.isoformat(),
        series=series,
    )
    return said | given  # pyright: ignore[reportReturnType]


def said(
    entity: str, field: str, value: str, utterance: int, quote: str, **more: Any
) -> ExtractedObservation:
    """An observation as a reader would give it."""
    given: dict[str, Any] = {"op": "set", "stance": "stated"} | more
    return ExtractedObservation(
        entity=entity, field=field, value=value, utterance=utterance, quote=quote, **given
    )


def thing(
    name: str, *utterances: int, type: str = "feature", aliases: list[str] | None = None
) -> ExtractedEntity:
    """A named thing as a reader would give it."""
    return ExtractedEntity(name=name, type=type, aliases=aliases or [], utterances=list(utterances))


async def stage(
    stores: Stores,
    given: IngestInput,
    reading: MeetingExtraction,
    *,
    workspace: str = "default",
    only: Collection[int] | None = None,
) -> str:
    """Stage a meeting with what a model is to have read in it; gives the source's id.

    Args:
        only: numbers of the windows that were read; the rules read the others. Default: all.
    """
    source = (await accept(stores, workspace, given)).source
    scope = sources.workspace_id(workspace)
    await runs.register(stores.database, scope, source.id, source_id=source.id, title=source.title)
    for number, window in enumerate(windows(source.utterances)):
        if only is None or number in only:
            own = owned_by(reading, window)
            piece = Piece(scope, source.id, source.id, "extract", window.id)
            await stage_reading(stores, piece, source, window, own, made_by="llm")
    return source.id


def crossing() -> tuple[tuple[IngestInput, MeetingExtraction], tuple[IngestInput, MeetingExtraction]]:
    """Two meetings, the second of which goes through every node.

    It has two windows, of which a model has read the first; a name that looks like one of the first
    meeting's; and a date in words that differs from the first meeting's, which no rule compares.
    """
    before = meeting(
        1,
        "Ada Nilsson: The Crane Scheduler is due sometime after the launch.",
        "Ben Okafor: The Crane Scheduler is in progress.",
    )
    first = MeetingExtraction(
        entities=[thing("Crane Scheduler", 0, 1)],
        observations=[
            said("Crane Scheduler", "due", "sometime after the launch", 0, "sometime after the launch"),
            said("Crane Scheduler", "status", "in progress", 1, "is in progress"),
        ],
    )
    filler = " ".join(f"word{number}" for number in range(500))
    after = meeting(
        2,
        "Ada Nilsson: The Crane Scheduler is due once legal signs.",
        "Ben Okafor: The Crane Schedulers pilot is planned.",
        *(f"{name}: {filler}." for name in ("Ada Nilsson", "Ben Okafor") * 3),
        "Ada Nilsson: Tide Gauge is at risk. Tide Gauge is owned by Ben Okafor.",
        "Ben Okafor: We decided to keep the Tide Gauge.",
    )
    second = MeetingExtraction(
        entities=[thing("Crane Scheduler", 0), thing("Crane Schedulers pilot", 1)],
        observations=[
            said("Crane Scheduler", "due", "once legal signs", 0, "once legal signs"),
            said("Crane Schedulers pilot", "status", "planned", 1, "is planned"),
        ],
    )
    return (before, first), (after, second)
