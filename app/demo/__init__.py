"""The command `demo`: a bundled series of meetings goes in, answers come out."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.running import perform

if TYPE_CHECKING:
    from app.ingestion import Ingestions
    from app.progress import Progress
    from stores.opening import Stores

WORKSPACE = "demo"
_FOLDER = Path(__file__).parent
_NEXT = (
    'smart-meet ask --workspace demo "What changed since 2026-04-01?"',
    "smart-meet status --workspace demo --as-of 2026-03-15",
    "smart-meet ingest YOUR_TRANSCRIPT.vtt",
)
_Series = Mapping[str, Any]


def demo() -> None:
    """Try it: seven bundled meetings go in, then the state board, a timeline and five answers."""
    perform(_demo(), interrupted="interrupted; `smart-meet demo` goes on where it stopped")


async def _demo() -> int:
    from app.ingest_commands import Results, opened
    from app.rendering import out

    series = tomllib.loads((_FOLDER / "series.toml").read_text("utf-8"))
    meetings = sorted(series["meetings"], key=lambda meeting: meeting["delivered"])
    out().print(f"{len(meetings)} meetings of an invented project, {series['project']}, as they arrive:")
    results = Results(as_json=False)
    async with opened() as (ingestions, shown):
        await _ingest(ingestions, meetings, shown, results)
        stores = ingestions.stores
    await _print_state(stores, series)
    await _print_answers([entry["question"] for entry in series["questions"]])
    out().print("\nTry next:", style="bold")
    for command in _NEXT:
        out().print(f"  {command}", soft_wrap=True)
    return results.code


async def _ingest(
    ingestions: "Ingestions", meetings: Sequence[_Series], shown: "Progress", results: Any
) -> None:
    from app.files import Labels, handed
    from app.ingest_commands import ingest_one
    from nodes.transcripts import Export, source_of

    newest = None
    for number, meeting in enumerate(meetings, 1):
        date = meeting["date"]
        labels = Labels(
            title=meeting["title"],
            date=date.isoformat(),
            key=meeting["key"],
            chats=(_FOLDER / meeting["chat"],) if "chat" in meeting else (),
        )
        late = " (arrives late)" if newest and date < newest else ""
        newest = max(newest or date, date)
        file = _FOLDER / meeting["file"]
        handed_in = handed(
            Export(str(file), source_of(file)), labels, shown=f"{date:%Y-%m-%d} {meeting['title']}{late}"
        )
        name = f"[{number}/{len(meetings)}] {meeting['title']}"
        await ingest_one(ingestions, WORKSPACE, handed_in, name, shown, results)


async def _print_state(stores: "Stores", series: _Series) -> None:
    from app.rendering import out
    from app.rows import find_entities, status_of_all
    from app.tables import board, timeline_table
    from stores.histories import timeline_rows
    from stores.sources import workspace_id

    scope = workspace_id(WORKSPACE)
    out().print()
    out().print(board(await status_of_all(stores, scope)))
    for entity in await find_entities(stores, scope, series["timeline"]["entity"]):
        out().print()
        out().print(timeline_table(await timeline_rows(stores.database, scope, entity["id"])))


async def _print_answers(questions: Sequence[str]) -> None:
    from app.asking import rendered
    from app.questioning import answer
    from app.rendering import out, text
    from nodes.context import Context

    for question in questions:
        out().print()
        out().print(text(f"? {question}", "cyan"))
        out().print(rendered(await answer(Context(workspace=WORKSPACE), question)))
