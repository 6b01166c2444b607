"""`smart-meet ingest --estimate`: what it would cost, without a call or a row."""

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.running import DONE, FAILED
from nodes.errors import InputError

if TYPE_CHECKING:
    from app.files import Handed
    from nodes.estimate import Estimate

Row = Mapping[str, Any]


async def estimate_files(files: "Sequence[Handed]", workspace: str, *, as_json: bool, failed: bool) -> int:
    """Say of each file, and of all, what ingesting them would take; files that cannot be used are refused.

    Args:
        failed: whether a file was refused before.
    """
    from app.rendering import err, out, print_json
    from app.running import complain
    from nodes.estimate import Estimate, estimate
    from nodes.intake import read_input
    from stores.opening import open_stores

    stores, rows, total = await open_stores(to_look=True), list[Row](), Estimate()
    seen: set[str] = set()
    for one in files:
        try:
            read = await to_thread(read_input, workspace, one.given)
            found = None if read.content_hash in seen else await estimate(stores, read)
        except InputError as error:
            failed = True
            complain(str(error))
            rows.append(_row(one.shown, "failed", Estimate()))
            continue
        seen.add(read.content_hash)
        total += found or Estimate()
        rows.append(_row(one.shown, "known" if found is None else "new", found or Estimate()))
    if as_json:
        for row in (*rows, _row(None, "total", total)):
            print_json(row)
        return FAILED if failed else DONE
    if rows:
        from app.tables import estimates_table

        out().print(estimates_table([*rows, _row("all", "", total)]))
    if not (stores.settings.model and stores.settings.openai_api_key):
        err().print("no chat model is configured: the rules read, which costs nothing")
    return FAILED if failed else DONE


def _row(path: str | None, status: str, found: "Estimate") -> Row:
    return {"path": path, "status": status, **asdict(found)}
