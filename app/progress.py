"""Progress of long work on standard error: a bar in a terminal, plain lines elsewhere."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from app.rendering import err, printable

Listener = Callable[[dict[str, Any]], None]

_DOING = {
    "segment": "cutting into windows",
    "read": "reading",
    "embed": "embedding",
    "resolve": "matching names",
    "compare": "comparing with what was known",
    "commit": "committing",
}


_SECONDS_BETWEEN_LINES = 2.0
_Show = Callable[[str, int, int], None]


class Progress:
    """Where long work stands."""

    def __init__(self, show: _Show) -> None:
        self._show = show

    def following(self, name: str) -> Listener:
        """A listener for the events of one ingestion; `name` is shown before each stage."""

        def listen(event: dict[str, Any]) -> None:
            stage = event["stage"]
            self._show(
                f"{printable(name)}: {_DOING.get(stage, stage)}", int(event["done"]), int(event["total"])
            )

        return listen

    def say(self, what: str) -> None:
        """Show what is being done where there is nothing to count."""
        self._show(what, 0, 0)


@contextmanager
def progress() -> Generator[Progress]:
    """Show progress while the block runs; the bar is gone afterwards, the plain lines stay."""
    if not err().is_terminal:
        yield Progress(_lines())
        return
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Bars(*columns, console=err(), transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(what: str, done: int, total: int) -> None:
            bars.update(task, description=what, completed=done, total=total or None)

        yield Progress(show)


def _lines() -> _Show:
    """A line whenever the last one is some seconds old: short work is quiet, long work shows life."""
    last = monotonic()

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= _SECONDS_BETWEEN_LINES:
            err().print(f"{what} {done}/{total}" if total else what, soft_wrap=True)
            last = monotonic()

    return show
