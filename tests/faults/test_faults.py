"""A sample of the kill matrix: nothing is lost, nothing paid twice (whole: python -m benchmarks.faults)."""

from collections.abc import Iterator

import pytest

from tests.faults.harms import HARMS
from tests.faults.matrix import Bench, Matrix, template_of
from tests.faults.servers import OwnServers
from tests.faults.work import works
from tests.ingest.nursery import Nursery
from tests.models.openai_server import OpenAIServer


@pytest.fixture(scope="module")
def endpoint() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory, endpoint: OpenAIServer) -> Iterator[Matrix]:
    servers = OwnServers.start(tmp_path_factory.mktemp("home"))
    with Nursery() as nursery, Matrix(nursery, servers, endpoint, template_of(servers)) as made:
        yield made


@pytest.fixture(scope="module")
def benches(matrix: Matrix, endpoint: OpenAIServer) -> dict[str, Bench]:
    return {work.name: matrix.bench(work) for work in works(endpoint) if work.name != "ingest"}


HITS = (
    ("ingest with a model", "process", "during:answers.reply_of#2", "resume"),
    ("ingest with a model", "postgres", "during:statement#90", "resume"),
    ("ingest with a model", "redis", "after:node.extract#1", "again"),
    ("ingest with a model", "all", "after:knowledge.insert_version#1", "resume"),
    ("ingest with a model", "flush", "before:node.resolve#1", "again"),
    ("ingest with a model", "flush and process", "before:node.extract_by_rule#1", "resume"),
    ("ingest with a model", "postgres ends its connections", "after:node.segment#1", "resume"),
    ("ingest with a model", "postgres read-only", "before:knowledge.insert_version#1", "again"),
    ("ingest with a model", "redis without replicas", "before:node.diff#1", "resume"),
    ("recheck", "process", "after:rechecks.retract_fallbacks#1", "again"),
    ("forget", "process", "before:checkpoints.adelete_thread#1", "again"),
)


@pytest.mark.parametrize(("work", "kind", "point", "how"), HITS)
def test_work_that_is_hit_and_gone_on_with_ends_like_work_that_never_was(
    work: str, kind: str, point: str, how: str, matrix: Matrix, benches: dict[str, Bench]
) -> None:
    trial = matrix.trial(benches[work], HARMS[kind], point, again=how == "again")
    assert trial.reached
    assert trial.wrong == []
    assert (trial.rows_lost, trial.paid_twice) == (0, 0)
