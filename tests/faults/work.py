"""What is interrupted: an ingestion, one with a chat model, a recheck, a forgetting, a decision by hand."""

from dataclasses import dataclass
from typing import Any

from nodes.ingest_state import IngestInput
from tests.ingest.killing import endpoint_environment
from tests.ingest.meetings import crossing
from tests.ingest.nursery import Job
from tests.models.chatting import chat_environment
from tests.models.harbour import script, series
from tests.models.openai_server import Fault, OpenAIServer, Request

_FLAKY = "flaky"
_AWAY = "away"


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work and the database that it begins with.

    Attributes:
        before: what fills that database, in turn.
        job: the work itself.
        resumed: how it is gone on with; None where doing it again is the only way.
        may_be_done: what it says when it is done again after it had ended.
    """

    name: str
    before: tuple[Job, ...]
    job: Job
    resumed: Job | None
    may_be_done: str | None = None


def works(endpoint: OpenAIServer) -> tuple[Work, ...]:
    """All of them, with models at this endpoint: one that is sound, one that fails at the last window of a
    meeting, and one at all that recheck does again."""
    script(endpoint).fail(Fault(status=500), times=None, when=fails)
    endpoint.latency = 0.06  # so that a call can be met on its way
    bare, sound = endpoint_environment(endpoint.base_url), chat_environment(endpoint)
    flaky, away = (sound | {"SMART_MEET_MODEL": model} for model in (_FLAKY, _AWAY))
    decision = {"action": "state", "entity": "Sea Wall", "field": "status", "value": "completed"}
    decision |= {"meeting": "harbour-2", "by": "Dee", "why": "Ada meant another wall"}
    (before, first), (meeting, second) = crossing()
    staged: Any = [(dict(before), first.model_dump(), None), (dict(meeting), second.model_dump(), [0])]
    harbour = series()
    return (
        Work(
            "ingest",
            (Job(environment=bare, stage=staged, ingest=dict(before)),),
            _ingest(meeting, bare),
            Job(environment=bare, ingest=None),
        ),
        Work(
            "ingest with a model",
            (_ingest(harbour[0], flaky),),
            _ingest(harbour[1], flaky),
            Job(environment=flaky, ingest=None),
        ),
        Work(
            "recheck",
            tuple(_ingest(one, away) for one in harbour),
            Job(environment=sound, recheck=True),
            None,
        ),
        Work(
            "forget",
            tuple(_ingest(one, sound) for one in harbour),
            Job(environment=sound, ask="What is Tide Gauge?", forget={"meeting": "harbour-2"}),
            None,
            may_be_done="no meeting",
        ),
        Work(
            "correct",
            tuple(_ingest(one, sound) for one in harbour),
            Job(environment=sound, correct=("by hand", decision)),
            Job(environment=sound, correct=("by hand", decision), resumes=True),
        ),
    )


def _ingest(meeting: IngestInput, environment: dict[str, str]) -> Job:
    return Job(environment=environment, ingest=dict(meeting))


def fails(request: Request) -> bool:
    """Whether the model that is asked fails at what it is asked."""
    last_window = request.schema == "MeetingExtraction" and "\n[9] " in request.prompt
    compares = request.schema in ("EntityMatches", "StateComparisons")
    model = request.body.get("model")
    return (model in (_FLAKY, _AWAY) and last_window) or (model == _AWAY and compares)
