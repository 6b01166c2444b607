"""What a meeting was about: said beside its reading, held against its words, and told as its summary."""

from app.ingestion import Ingestions
from nodes.intake import read_source
from nodes.summary import SHOWN_WORDS, shown_for_summary
from stores import readings, sources
from tests.ingest.knowing import ingest
from tests.ingest.meetings import meeting
from tests.models.chatting import asked_of
from tests.models.openai_server import Fault, OpenAIServer
from tests.query.conftest import conversation

SPOKEN = meeting(
    1,
    "Ada Nilsson: The Crane Scheduler is blocked by the permit, which costs 300 crowns.",
    "Ben Okafor: The Crane Scheduler waits, then. I will ask the harbour office.",
)


async def listed(ingestions: Ingestions) -> readings.MeetingRow:
    (row,) = await readings.meetings(ingestions.stores.database, sources.workspace_id("default"))
    return row


async def test_of_a_summary_what_the_meeting_bears_out_is_kept_and_told_when_it_is_asked_for(
    server: OpenAIServer, ingestions: Ingestions
) -> None:
    server.answers["MeetingExtraction"] = lambda request: {}
    server.answers["MeetingSummary"] = lambda request: {
        "summary": "The Crane Scheduler waits for its permit. It costs 500 crowns. Eve Stone pays. "
        "Ben Okafor asks the harbour office.",
        "topics": ["the permit of the crane", "Quantum chess", "the permit of the crane"],
    }
    assert await ingest(ingestions, [SPOKEN]) == ["ingested"]
    (call,) = asked_of(server, "MeetingSummary")
    assert "Ben Okafor: The Crane Scheduler waits" in call.prompt
    row = await listed(ingestions)
    kept = "The Crane Scheduler waits for its permit. Ben Okafor asks the harbour office."
    assert (row["summary"], row["topics"]) == (kept, ["the permit of the crane"])

    output = await conversation("default")("Recap of the last meeting")
    assert f"Harbour sync 1 (12 Jan 2026), in its summary: “{kept}”" in output["answer"]


async def test_without_a_summary_the_things_named_most_are_the_topics_and_the_meeting_says_so(
    server: OpenAIServer, ingestions: Ingestions
) -> None:
    server.fail(Fault(status=500), times=None, when=lambda request: request.path != "/embeddings")
    output = await ingestions.ingest("default", SPOKEN, lambda event: None)
    assert output["status"] == "degraded"
    assert "there is no summary" in output["warnings"][0]
    row = await listed(ingestions)
    assert (row["summary"], row["topics"][0]) == (None, "Crane Scheduler")


def test_a_long_meeting_is_summed_up_from_the_turns_that_say_most_within_a_budget() -> None:
    long = meeting(1, *(f"Ada Nilsson: {'word ' * (200 if at % 2 else 5)}number {at}." for at in range(60)))
    shown = shown_for_summary(read_source("default", long))
    assert len(shown.split()) < SHOWN_WORDS + 200
    assert "number 1." in shown
    assert "number 0." not in shown
    assert "turns are left out" in shown
