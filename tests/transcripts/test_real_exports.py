"""Real exports, where they are present (beside the project, never copied into it)."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nodes.transcripts import read_transcript, series_of, source_of

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FORMATS = DATA / "formats"
CALLS = sorted((DATA / "state_tracking" / "eth_acd").glob("*/*/transcripts/*.vtt"))

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")


def expected() -> list[dict[str, Any]]:
    if not FORMATS.is_dir():
        return []
    return [json.loads(line) for line in (FORMATS / "expected.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["format"])
def test_an_export_reads_as_expected(row: dict[str, Any]):
    transcript = read_transcript(source_of(FORMATS / row["file"]))
    text = " ".join(utterance.text for utterance in transcript.utterances)
    assert transcript.format == row["format"]
    written = ("eml_summary", "eml_vtt_attachment", "markdown_minutes", "fireflies_graphql_json")
    assert bool(transcript.warnings) == (row["format"] in written)
    if "n_words" in row:
        assert len(text.split()) == row["n_words"]
        assert text.startswith(row["first_words"])
        assert text.endswith(row["last_words"].strip())
    if "speakers" in row:
        spoke = {utterance.speaker for utterance in transcript.utterances}
        assert spoke == set(row["speakers"])
    for key in ("decisions", "problems"):
        assert all(item in text for item in row.get(key, []))
    if transcript.date is None:
        assert row["start"][:4] not in row["file"]
    else:
        assert transcript.date.isoformat().startswith(row["start"][: 25 if transcript.date_has_time else 10])
    if row.get("title", "?") in row["file"].replace("_", " "):
        assert transcript.title == row["title"]


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_no_word_of_a_real_call_is_lost(path: Path):
    chat = path.parent.parent / "chat" / f"{path.stem}.txt"
    transcript = read_transcript(source_of(path), attachments=[source_of(chat)])
    cues = re.findall(r"--> .*\n([^:\n]+): (.*)", path.read_text("utf-8").replace("\r\n", "\n"))
    said = Counter((" ".join(speaker.split()), word) for speaker, text in cues for word in text.split())
    speech = [utterance for utterance in transcript.utterances if utterance.channel == "speech"]
    assert Counter((u.speaker, word) for u in speech for word in u.text.split()) == said
    assert transcript.warnings == ()
    assert transcript.date is not None
    assert path.stem.startswith(f"{transcript.date:%Y-%m-%d}")
    assert series_of(transcript.title or "") in {"acde", "acdc", "acdt"}


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_a_real_chat_is_merged_in_order_and_without_reactions(path: Path):
    chat = path.parent.parent / "chat" / f"{path.stem}.txt"
    transcript = read_transcript(source_of(path), attachments=[source_of(chat)])
    messages = [utterance for utterance in transcript.utterances if utterance.channel == "chat"]
    # some of the people use a Dutch, French or German client
    reaction = r"Reacted to |Heeft gereageerd op |A réagi à |Hat auf \".*\" mit .+ reagiert$"
    written = len(re.findall(rf"(?m)^\d\d:\d\d:\d\d\t[^\t]+\t(?!{reaction})", chat.read_text("utf-8")))
    assert len(messages) == written
    starts = [utterance.start for utterance in transcript.utterances if utterance.start is not None]
    assert len(starts) == len(transcript.utterances)
    assert [m.start for m in messages] == sorted(m.start or 0.0 for m in messages)
    quoting = rf"{reaction}|Replying to |Antwoord verzenden naar "
    assert not any(re.match(quoting, message.text) for message in messages)
    for before, after in zip(transcript.utterances, transcript.utterances[1:], strict=False):
        if after.channel == "chat" and before.channel == "speech":
            assert (before.start or 0.0) <= (after.start or 0.0)
