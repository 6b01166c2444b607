"""WhisperX's JSON: segments with times, words and, after diarisation, a speaker label."""

import re

from nodes.errors import InputError
from nodes.transcripts.json_objects import mapping_of, objects_of, read_json, seconds_of, text_of
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_SEGMENTS = re.compile(r'"segments"\s*:\s*\[')


def _matches(document: Document) -> float:
    return 0.9 if document.text.lstrip()[:1] == "{" and _SEGMENTS.search(document.text) else 0.0


def _parse(document: Document) -> Reading:
    turns = tuple(
        Turn(
            text_of(segment.get("speaker")) or None,
            text_of(segment.get("text")),
            seconds_of(segment.get("start")),
            seconds_of(segment.get("end")),
        )
        for segment in objects_of(mapping_of(read_json(document)).get("segments"))
    )
    if not any(turn.speaker for turn in turns):
        raise InputError(
            f"{document.name} has no speaker lines: none of its {len(turns)} segments says who speaks; "
            "run WhisperX with --diarize."
        )
    silent = sum(turn.speaker is None for turn in turns)
    unlabelled = f"{document.name}: {silent} of {len(turns)} segments do not say who speaks."
    return Reading("whisperx_json", turns, warnings=(unlabelled,) if silent else ())


LAYOUT = Layout(("whisperx_json",), _matches, _parse)
