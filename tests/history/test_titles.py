"""What a code is called in words, where a meeting writes it after the code."""

import pytest

from nodes.schemas import ExtractedEntity, MeetingExtraction
from nodes.titles import with_titles
from stores.records import Utterance


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("PAY-142: New checkout flow", ["New checkout flow"]),
        ("PAY-141: Old till, PAY-142: New checkout flow, with coupons", ["New checkout flow"]),
        ("Later: PAY-142: Raise the limit to 60M Next: PAY-143: Old till", ["Raise the limit to 60M"]),
        ("as said (see PAY-142: Old till in the shop).", ["Old till in the shop"]),
        ("PAY-142: I think we should wait", []),
        ("PAY-142: Done", []),
        ("PAY-142: new checkout flow", []),
        ("PAY-143: New checkout flow", []),
        ("XPAY-142: New checkout flow", []),
    ],
)
def test_a_title_is_what_is_written_after_its_code(text: str, titles: list[str]) -> None:
    extraction = MeetingExtraction(
        entities=[ExtractedEntity(name="PAY-142", type="task", aliases=["the till"])]
    )
    said = [Utterance(0, "Ada Nilsson", text), Utterance(1, "Ada Nilsson", "PAY-142: Another one")]
    (entity,) = with_titles(extraction, said, 0, 0).entities
    assert entity.aliases == ["the till", *titles]
