"""What the rules read of the fields of a workspace's own profile, and what they leave alone."""

import pytest

from nodes.profiles.reading import read_profile
from nodes.rules.extracting import OwnFields, extract
from nodes.transcript import Utterance
from tests.rules.meetings import PARTICIPANTS, spoken

PROFILE = read_profile(
    "harbour",
    """
    name = "harbour"
    types = ["proposal"]

    [fields.berth]
    kind = "enumeration"
    keyed_by = ["season"]

    [fields.berth.values]
    waiting = ["WTG", "waiting for a berth"]
    docked = ["DCK", "DCK'd"]
    refused = ["RFD", "turned away"]

    [fields.stage]
    kind = "enumeration"

    [fields.stage.values]
    discovery = []
    delivery = []
    """,
)

SAYS = [
    ("Let's move PIP-12 to DCK.", {"PIP-12 / berth[Spring] DCK (decided)"}),
    ("Okay, so we'll DCK PIP-12 and PIP-13.", {
        "PIP-12 / berth[Spring] DCK (decided)",
        "PIP-13 / berth[Spring] DCK (decided)",
    }),
    ("So that's WTG PIP-12.", {"PIP-12 / berth[Spring] WTG (decided)"}),
    ("I moved PIP-12 from WTG to docked.", {"PIP-12 / berth[Spring] docked (decided)"}),
    ("PIP-12 was moved to docked.", {"PIP-12 / berth[Spring] docked"}),
    ("PIP-12 is now refused for Spring.", {"PIP-12 / berth[Spring] refused"}),
    ("We'll keep the others, for now move PIP-12 to RFD.", {"PIP-12 / berth[Spring] RFD (decided)"}),
    ("Let's move PIP-12 to DCK for the Autumn season.", {"PIP-12 / berth[Autumn] DCK (decided)"}),
    ("We'll move PIP-12 to delivery.", {"PIP-12 / stage delivery (decided)"}),
    ("So we will move. RFC 4, 1. 1 7 to DCK.", {"RFC-4117 / berth[Spring] DCK (decided)"}),
    ("CFD RFC 4117 is fine, let's DCK 4, 1, 1, 7.", {"RFC-4117 / berth[Spring] DCK (decided)"}),
    # asked, wished or doubted
    ("Can we move PIP-12 to DCK?", {"PIP-12 / berth[Spring] DCK (proposed)"}),
    ("I think we should move PIP-12 to DCK.", {"PIP-12 / berth[Spring] DCK (proposed)"}),
    ("DCK PIP-12 and change it later.", {"PIP-12 / berth[Spring] DCK (proposed)"}),
    ("We'll move PIP-12 to DCK once it is tested.", {"PIP-12 / berth[Spring] DCK (proposed)"}),
]  # fmt: skip

SAYS_NOTHING = [
    "PIP-12 is already DCK'd.",
    "The DCK list holds PIP-12.",
    "If we move PIP-12 to DCK, the tests break.",
    "We won't move PIP-12 to DCK.",
    "Last week we moved PIP-12 to DCK.",
    "PIP-12 was refused by the compiler.",
    "Let's move PIP-12 to DCK for Oslo.",
    "We removed PIP-12 from the slides.",
]


def moved(*lines: str, keys: tuple[str, ...] = ("Spring",), channel: str = "speech") -> set[str]:
    own = OwnFields.of(PROFILE, {"berth": keys})
    said = [
        Utterance(one.ordinal, one.speaker, one.text, channel=channel)  # pyright: ignore[reportArgumentType]
        for one in spoken(*lines)
    ]
    found = extract(said, participants=PARTICIPANTS, title=None, own=own)
    assert {one.entity for one in found.observations} <= {entity.name for entity in found.entities}
    return {
        f"{one.entity} / {one.field}{f'[{one.key}]' if one.key else ''} {one.value}"
        + ("" if one.stance == "stated" else f" ({one.stance})")
        for one in found.observations
        if one.field in ("berth", "stage") and one.quote in said[one.utterance].text
    }


@pytest.mark.parametrize(("said", "expected"), SAYS)
def test_that_a_thing_is_moved_is_read_with_how_firmly_it_is_said(said: str, expected: set[str]) -> None:
    assert moved(said) == expected


@pytest.mark.parametrize("said", SAYS_NOTHING)
def test_how_things_stand_and_what_is_denied_or_conditional_moves_nothing(said: str) -> None:
    assert moved(said) == set()


def test_a_message_of_lists_gives_each_member_the_value_at_its_head() -> None:
    assert moved("DCK: PIP-12, PIP-13 RFD: PIP-14 Later: PIP-15", channel="chat") == {
        "PIP-12 / berth[Spring] DCK",
        "PIP-13 / berth[Spring] DCK",
        "PIP-14 / berth[Spring] RFD",
    }
    assert moved("Right now we have DCK: PIP-12, PIP-13 RFD: PIP-14", channel="chat") == set()
    assert moved("DCK: PIP-12, PIP-13, PIP-14 would be our preference", channel="chat") == set()


def test_of_several_keys_the_one_named_last_is_meant_and_without_any_nothing_is_said() -> None:
    assert moved("Autumn comes first.", "Let's DCK PIP-12.", keys=("Spring", "Autumn")) == {
        "PIP-12 / berth[Autumn] DCK (decided)"
    }
    assert moved("Let's DCK PIP-12.", keys=("Spring", "Autumn")) == set()
    assert moved("Let's DCK PIP-12.", keys=()) == set()
    assert moved("Let's DCK PIP-12 for Spring.", keys=()) == {"PIP-12 / berth[Spring] DCK (decided)"}


def test_codes_that_people_imported_are_known_however_they_are_said() -> None:
    said = spoken("I moved the pump fee, which is the 4, 1, 1, 7 to DCK.")
    own = OwnFields.of(PROFILE, {"berth": ("Spring",)})
    for imported, entities in ((["RFC-4117"], ["RFC-4117"]), ([], [])):
        found = extract(said, participants=PARTICIPANTS, title=None, own=own, imported=imported)
        assert [one.entity for one in found.observations] == entities
