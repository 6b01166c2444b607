"""A profile's own field, from the words shown to the model to the answer about it."""

import re
from typing import Any

from app.ingestion import Ingestions
from nodes.profiles.reading import shipped_profile, shipped_source
from nodes.profiles.setting import set_profile
from stores import sources
from stores.histories import status_rows
from stores.readings import entities
from tests.ingest.meetings import meeting
from tests.models.chatting import asked_of, turns_of
from tests.models.openai_server import OpenAIServer, Request

_MOVED = re.compile(r"(EIP-\d+) is (?:now )?(\w+) for (.+)\.")


def reads_moves(request: Request) -> dict[str, Any]:
    """A reader that notes every "EIP-1 is <value> for <upgrade>.", under the field that it is shown."""
    if "- inclusion_status (one for each upgrade, which is its key): proposed (PFI" not in request.prompt:
        return {}
    found = [(at, *one.groups()) for at, turn in turns_of(request).items() if (one := _MOVED.search(turn))]
    return {
        "entities": [{"name": name, "type": "proposal", "aliases": []} for _, name, _, _ in found],
        "observations": [
            {
                "entity": name,
                "field": "inclusion",
                "key": upgrade,
                "op": "set",
                "value": value,
                "stance": "decided",
                "quote": f"{value} for {upgrade}",
                "utterance": at,
                "speaker": None,
            }
            for at, name, value, upgrade in found
        ],
    }


async def test_a_keyed_field_is_shown_read_kept_and_shown_again(
    server: OpenAIServer, ingestions: Ingestions
) -> None:
    server.answers["MeetingExtraction"] = reads_moves
    database, scope = ingestions.stores.database, sources.workspace_id("default")
    standards = shipped_profile("standards")
    await set_profile(ingestions.stores, "default", standards, shipped_source("standards"))
    for number, words in [
        (1, "EIP-7805 is CFI for the Fusaka upgrade."),
        (2, "EIP-7805 is now SFI for Fusaka."),
    ]:
        given = meeting(number, f"Ada Nilsson: {words}", "Ben Okafor: Agreed, that is how it is.")
        await ingestions.ingest("default", given, lambda event: None)
    prompt = asked_of(server, "MeetingExtraction")[-1].prompt
    assert "Types: person, team, " in prompt
    assert "EIP-7805 (proposal): inclusion_status[Fusaka] = considered" in prompt
    (row,) = await status_rows(database, scope, await entities(database, scope, type="proposal"))
    assert {name: cell["value"] for name, cell in row["state"].items()} == {
        "inclusion_status[Fusaka]": "scheduled"
    }
