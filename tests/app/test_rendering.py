"""What was said reaches a terminal as words, never as something that it obeys."""

import json

import pytest

from app.asking import in_markdown
from app.rendering import print_json, table, text
from nodes.errors import InputError

SAID = "a\x1b]0;title\x07 \x9b31m \u202eevil\u202c \udce9 z"


def test_signs_that_a_terminal_obeys_are_shown_nowhere(capsys: pytest.CaptureFixture[str]):
    print_json({"quote": SAID})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"quote": SAID}
    answer = {"answer": f"It is {SAID}.\n\n[1] “{SAID}”", "citations": [{}]}
    for line in (
        *shown.splitlines(),
        *in_markdown(answer).splitlines(),
        text(SAID).plain,
        str(table(SAID, {}, []).title),
    ):
        assert line.isprintable()


def test_a_refusal_that_quotes_much_keeps_the_name_of_the_file_and_the_remedy():
    told = str(InputError("sync.vtt: nobody is called " + "\ufeffAnn " * 5_000 + ": give a name"))
    assert len(told) < 1_100
    assert "\ufeff" not in told
    assert told.startswith("sync.vtt: nobody")
    assert told.endswith(": give a name")
    assert str(InputError("a\n" * 60)).splitlines()[-1] == "… and 11 more"
