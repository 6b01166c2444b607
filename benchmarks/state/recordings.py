"""Recorded extractions as a scripted model gives them: for each window the items that lie in it.

The recordings place their items by cue of the transcript or time of the chat; here they are placed in the
product's own utterances, by the time at which they begin and the words quoted; a quote that runs over two of
them is cut to the one. They do not tell how firmly a thing was said: `stances` reads that off the sentence.
Entities have no place and go to the windows whose words or items name them. A name that only looks like a
known one is always kept apart, and two free texts differ when their words do: the recordings say nothing
about either.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.state.series import Series
from benchmarks.state.stances import stance_of
from nodes.extraction import folded
from stores.records import Source, Utterance
from tests.models.chatting import turns_of
from tests.models.openai_server import OpenAIServer, Request

Json = dict[str, Any]

_TITLE = re.compile(r"^Meeting: (.*)$", re.MULTILINE)
_CUE = re.compile(r"^(\d+)\n(\d+):(\d\d):(\d\d\.\d+) -->", re.MULTILINE)
_NEAR = 6  # utterances on each side of the place told in which a quote is looked for


class Recording:
    """The items of one meeting, each with the utterance where it lies."""

    def __init__(self, recorded: Mapping[str, Any], transcript: str, source: Source) -> None:
        self._source = source
        self._cues = {
            int(cue): 3600 * int(hour) + 60 * int(minute) + float(second)
            for cue, hour, minute, second in _CUE.findall(transcript)
        }
        self.summary = {"summary": recorded["summary"], "topics": recorded["topics"]}
        self._entities: list[Json] = recorded["entities"]
        self._memories = [self._memory(one) for one in recorded["memories"]]
        self.observations = [self._observation(one) for one in recorded["observations"]]
        self._relations = [self._relation(one) for one in recorded["relations"]]

    def read(self, turns: Mapping[int, str]) -> Json:
        """What a model that is shown these turns gives."""
        memories = [one for one in self._memories if one["first_utterance"] in turns]
        observations = [one for one in self.observations if one["utterance"] in turns]
        relations = [one for one in self._relations if one["utterance"] in turns]
        named = {name for one in memories for name in one["entities"]}
        named |= {one["entity"] for one in observations}
        named |= {name for one in relations for name in (one["source"], one["target"])}
        said = folded(" ".join(turns.values()))
        entities = [
            {key: one.get(key) for key in ("name", "type", "aliases", "description")}
            for one in self._entities
            if one["name"] in named or any(folded(name) in said for name in (one["name"], *one["aliases"]))
        ]
        return {
            "memories": memories,
            "entities": entities,
            "observations": observations,
            "relations": relations,
        }

    def _memory(self, one: Mapping[str, Any]) -> Json:
        first = self._place(one, one["first_cue"], None)
        return {
            **{key: one.get(key) for key in ("kind", "content", "speaker", "owner", "due", "rationale")},
            "entities": one["entities"],
            "first_utterance": first,
            "last_utterance": max(first, self._place(one, one["last_cue"], None)),
        }

    def _observation(self, one: Mapping[str, Any]) -> Json:
        at = self._place(one, one["cue"], one["quote"])
        spoken = self._source.utterances[at]
        quote = _part_in(spoken.text, one["quote"])
        return {
            **{key: one[key] for key in ("entity", "field", "value", "speaker")},
            "op": one.get("op", "set"),
            "stance": stance_of(one["quote"], spoken.text, is_written=spoken.channel == "chat"),
            "quote": quote,
            "utterance": at,
        }

    def _relation(self, one: Mapping[str, Any]) -> Json:
        at = self._place(one, one["cue"], one["quote"])
        kept = {key: one[key] for key in ("source", "type", "target", "ended")}
        return kept | {"quote": _part_in(self._source.utterances[at].text, one["quote"]), "utterance": at}

    def _place(self, one: Mapping[str, Any], cue: int, quote: str | None) -> int:
        """The utterance that holds a cue or a chat message, and the quote where there is one."""
        written = cue < 0
        time = _seconds(one["chat_time"]) if written else self._cues[cue]
        channel = "chat" if written else "speech"
        spoken = [each for each in self._source.utterances if each.channel == channel]
        begun = [at for at, each in enumerate(spoken) if (each.start or 0.0) <= time + 0.001]
        at = begun[-1] if begun else 0
        if quote is not None:
            near = sorted(range(max(0, at - _NEAR), min(len(spoken), at + _NEAR + 1)), key=_nearest_to(at))
            at = next((place for place in near if _holds(spoken[place], quote)), at)
        return spoken[at].ordinal


def _nearest_to(at: int) -> Any:
    return lambda place: abs(place - at)


def _part_in(text: str, quote: str) -> str:
    """The quote; of one that runs over two utterances the most words in a row that are in this one."""
    said, words = folded(text), quote.split()
    runs = (
        " ".join(words[first : first + length])
        for length in range(len(words), 0, -1)
        for first in range(len(words) - length + 1)
    )
    return next((run for run in runs if folded(run) in said), quote)


def _holds(utterance: Utterance, quote: str) -> bool:
    return folded(quote) in folded(utterance.text)


def _seconds(time: str) -> float:
    hours, minutes, seconds = time.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def recordings_of(series: Series, sources: Sequence[Source]) -> dict[str, Recording]:
    """The recordings of a series by the title of their meeting."""
    found: dict[str, Recording] = {}
    for meeting, source in zip(series.meetings, sources, strict=True):
        file: Path = series.data / "recorded" / f"{meeting['meeting_id']}.json"
        transcript = (series.folder / meeting["transcript"]).read_text(encoding="utf-8")
        recorded = json.loads(file.read_text(encoding="utf-8"))
        found[source.title] = Recording(recorded, transcript, source)
    return found


def serve(server: OpenAIServer, recordings: Mapping[str, Recording]) -> None:
    """Have the server answer from the recordings."""

    def of(request: Request) -> Recording:
        title = _TITLE.search(request.prompt)
        assert title is not None, "the prompt does not name its meeting"
        return recordings[title[1]]

    server.answers["MeetingExtraction"] = lambda request: of(request).read(turns_of(request))
    server.answers["MeetingSummary"] = lambda request: of(request).summary
    server.answers["EntityMatches"] = _keep_apart
    server.answers["StateComparisons"] = _compare


def _keep_apart(request: Request) -> Json:
    asked = json.loads(request.body["messages"][-1]["content"])
    mentions = dict.fromkeys(pair["mention_id"] for pair in asked)
    return {"matches": [{"mention_id": one, "entity_id": None, "reason": "not sure"} for one in mentions]}


def _compare(request: Request) -> Json:
    asked = json.loads(request.body["messages"][-1]["content"])
    return {
        "comparisons": [
            {
                "pair_id": pair["pair_id"],
                "has_changes": folded(pair["before"] or "") != folded(pair["after"] or ""),
                "reason": "the words differ",
            }
            for pair in asked
        ]
    }
