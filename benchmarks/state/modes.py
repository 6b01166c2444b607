"""The three ways of measuring a series: with recorded extractions, with the rules, with the labels."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.state.baseline import baseline
from benchmarks.state.questions import Answered, ask
from benchmarks.state.recordings import recordings_of, serve
from benchmarks.state.running import (
    Predicted,
    ingest_all,
    predictions,
    prepare,
    sources_of,
    workspace_of,
)
from benchmarks.state.series import Row, Series
from benchmarks.vectors import KeptVectors
from stores.opening import close_stores, open_stores
from stores.settings import settings
from tests.models.openai_server import OpenAIServer


@dataclass(frozen=True, slots=True)
class Measured:
    """What a mode found of a series; what it does not measure is empty.

    Attributes:
        baseline: the figures of the regular expression, beside the rules.
    """

    mode: str
    series: Series
    found: tuple[Predicted, ...] = ()
    scored: Row | None = None
    wrong: tuple[Row, ...] = ()
    answered: tuple[Answered, ...] = ()
    baseline: Row | None = None


async def recorded(series: Series, cache: Path | None) -> Measured:
    """The recordings through the whole ingestion; then the questions, of that database."""
    workspace = workspace_of(series, "recorded")
    stores = await open_stores()
    await prepare(stores, workspace, {"Starting state": series.starting_lines()})
    sources = sources_of(series, workspace)
    with OpenAIServer() as server, _model(server):
        serve(server, recordings_of(series, sources))
        await ingest_all(stores, workspace, sources, KeptVectors(cache, stores.embedding))
    found = await predictions(stores, workspace, series)
    scored, wrong = series.score([one.row for one in found])
    answered = await ask(workspace, series)
    await close_stores()
    return Measured("recorded", series, tuple(found), scored, tuple(wrong), tuple(answered))


async def rules(series: Series, cache: Path | None) -> Measured:
    """The calls read by rule, and by a regular expression beside them."""
    workspace = workspace_of(series, "rules")
    stores = await open_stores()
    await prepare(stores, workspace, {"Starting state": series.starting_lines()})
    sources = sources_of(series, workspace)
    await ingest_all(stores, workspace, sources, KeptVectors(cache, stores.embedding))
    found = await predictions(stores, workspace, series)
    await close_stores()
    scored, wrong = series.score([one.row for one in found])
    beside, _ = series.score(baseline(series, sources))
    return Measured("rules", series, tuple(found), scored, tuple(wrong), baseline=beside)


async def questions(series: Series, cache: Path | None) -> Measured:
    """The labels imported, and the questions."""
    workspace = workspace_of(series, "questions")
    stores = await open_stores()
    await prepare(stores, workspace, {"Names": series.glossary_lines(), **series.true_lines()})
    answered = await ask(workspace, series)
    await close_stores()
    return Measured("questions", series, answered=tuple(answered))


@contextmanager
def _model(server: OpenAIServer) -> Iterator[None]:
    """Settings that take the chat model, and it alone, from the server."""
    before = dict(os.environ)
    os.environ |= {
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": server.base_url,
        "SMART_MEET_MODEL": "recorded",
    }
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


MODES = {"recorded": recorded, "rules": rules, "questions": questions}
