"""Progress of long work on standard error: a bar in a terminal, plain lines elsewhere."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any

from app.rendering import err, printable

Listener = Callable[[dict[str, Any]], None]

_DOING = {
    "recheck": "finding what to do again",
    "segment": "cutting into windows",
    "read": "reading",
    "embed": "embedding",
    "index": "indexing",
    "resolve": "matching names",
    "adjudicate": "deciding on similar names",
    "compare": "comparing with what was known",
    "commit": "committing",
    "export": "writing",
    "restore": "restoring",
}


_SECONDS_BETWEEN_LINES = 2.0
_Show = Callable[[str, int, int], None]


class Progress:
    """Where long work stands."""

    def __init__(self, show: _Show, aside: Callable[[], AbstractContextManager[None]]) -> None:
        self._show = show
        self.aside = aside
        """A context in which results may be printed without running into the bar."""

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
        yield Progress(_lines(), nullcontext)
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        SpinnerColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.description}", markup=False),
        console=err(),
        transient=True,
        redirect_stdout=False,  # results go where standard output goes, whatever the bar does
        redirect_stderr=False,
    )

    def show(what: str, done: int, total: int) -> None:
        counted = f"{what} {done}/{total}" if total else what
        bars.update(task, description=counted, completed=done, total=total or None)

    @contextmanager
    def aside() -> Generator[None]:
        bars.stop()
        yield
        bars.start()

    with bars:
        task = bars.add_task("", total=None)
        yield Progress(show, aside)


def _lines() -> _Show:
    """A line whenever the last one is some seconds old: short work is quiet, long work shows life."""
    last = monotonic()

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= _SECONDS_BETWEEN_LINES:
            err().print(f"{what} {done}/{total}" if total else what, soft_wrap=True)
            last = monotonic()

    return show
