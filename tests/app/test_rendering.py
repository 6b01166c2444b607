"""What was said reaches a terminal as words, never as something that it obeys."""

import json

import pytest

from app.asking import in_markdown
from app.rendering import print_json, text

SAID = "a\x1b]0;title\x07 \x9b31m \u202eevil\u202c \udce9 z"


def test_signs_that_a_terminal_obeys_are_shown_nowhere(capsys: pytest.CaptureFixture[str]):
    print_json({"quote": SAID})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"quote": SAID}
    answer = {"answer": f"It is {SAID}.\n\n[1] “{SAID}”", "citations": [{}]}
    for line in (*shown.splitlines(), *in_markdown(answer).splitlines(), text(SAID).plain):
        assert line.isprintable()
