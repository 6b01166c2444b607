"""What the benchmark of states takes for an answer that is right, and how firmly it reads a sentence."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.state.questions import is_right
from benchmarks.state.series import Series
from benchmarks.state.stances import stance_of


@pytest.mark.parametrize(
    ("quote", "text", "stance"),
    [
        ("schedule the pump", "I feel like we should schedule the pump.", "proposed"),
        ("are we okay with it. So let's do that.", "Fine, are we okay with it. So let's do that.", "decided"),
        ("we'll take Pip. 12", "I would say we'll take Pip. 12 then. Maybe we should drop it.", "decided"),
        ("The pump is scheduled", "Should we do lunch? The pump is scheduled. Could you check?", "stated"),
        ("teams should read the list with the pump", "So teams should read the list with the pump", "stated"),
    ],
)  # fmt: skip
def test_the_sentence_of_a_quote_tells_how_firmly_it_is_said(quote: str, text: str, stance: str) -> None:
    assert stance_of(quote, text) == stance


@pytest.mark.parametrize(
    ("kind", "said", "right"),
    [
        ("current_status", "PIP-12 has inclusion status declined for Marina (since 3 Mar 2026). [1]", True),
        ("current_status", "PIP-12 has inclusion status declined, before that considered. [1]", False),
        ("current_status", "PIP-13 has inclusion status declined for Marina. [1]", False),
        ("when_changed", "PIP-12 became declined for Marina on 3 Mar 2026 (Harbour call #7). [1]", True),
        ("when_changed", "PIP-12 became declined on 3 Mar 2026 or 4 Mar 2026 (Harbour call #7).", False),
        ("when_changed", "PIP-12 became declined on 3 Mar 2026 (Harbour call #8). [1]", False),
        ("yesno_before", "No, as of 2 Mar 2026: PIP-12 has inclusion status proposed. [1]", True),
        ("yesno_before", "No, as of 2 Mar 2026: PIP-12 has inclusion status removed. [1]", False),
        ("history", "PIP-12: proposed (1 Feb 2026) → considered (1 Mar 2026) → declined (3 Mar 2026).", True),
        ("history", "PIP-12: considered (1 Mar 2026) → declined (4 Mar 2026).", False),
        ("list_at_meeting", "2 became declined on 3 Mar 2026: PIP-12 and PIP-13.", True),
        ("list_at_meeting", "3 became declined on 3 Mar 2026: PIP-12, PIP-13 and PIP-14.", False),
        ("list_at_meeting", "1 became declined on 3 Mar 2026: PIP-12.", False),
    ],
)
def test_an_answer_is_right_when_it_says_what_is_asked_and_nothing_else(
    kind: str, said: str, right: bool, tmp_path: Path
) -> None:
    series = Series(tmp_path, "marina")
    series.folder.mkdir(parents=True)
    (series.folder / "meetings.jsonl").write_text('{"date": "2026-02-20"}')
    (series.folder / "transitions.jsonl").write_text("")
    question: dict[str, Any] = {
        "kind": kind,
        "entity_id": "pip-12",
        "question": 'Which PIPs were moved to "Declined for Inclusion (DFI)" at the call?',
        "gold_aliases": ["Declined"],
        "gold_set": ["PIP-12", "PIP-13"],
        "gold_seq": [["2026-03-01", "Considered"], ["2026-03-03", "Declined"]],
        "as_of": "2026-03-03",
        "gold": "2026-03-03 (Harbour #7)"
        if kind == "when_changed"
        else "No - it was still Proposed for Inclusion (PFI) on that date",
    }
    assert is_right(series, question, said) == right
