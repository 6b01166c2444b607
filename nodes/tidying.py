"""A model's reading of a window, brought into the form that the rest relies on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nodes.extraction import folded, spoken
from nodes.names import LONGEST_NAME, normalised_name
from nodes.profiles.profile import Profile
from nodes.schemas import (
    ExtractedEntity,
    ExtractedMemory,
    ExtractedObservation,
    ExtractedRelation,
    MeetingExtraction,
    Operation,
)
from nodes.windows import Window
from stores.records import Utterance

_MISCOUNTED = 3  # utterances by which a model may be off
_UNTYPED = "feature"
_KEYED = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OF_SETS: dict[Operation, Operation] = {"set": "add", "clear": "resolve", "add": "add", "resolve": "resolve"}

Claim = TypeVar("Claim", ExtractedObservation, ExtractedRelation)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What could be taken, and how many claims could not."""

    extraction: MeetingExtraction
    dropped: int


def tidied(
    extraction: MeetingExtraction, utterances: Sequence[Utterance], window: Window, profile: Profile
) -> Tidied:
    """The claims that have a form; what they say is as it was.

    A claim without a name, a field, a value or the key of a keyed field is dropped, and so is an operation
    that its field does not know. A quote that stands a few turns beside the number given is found there. A
    thing's places are looked up by its names where none were given.
    """
    tidy = _Tidying(utterances, window, profile)
    memories = [tidy.memory(one) for one in extraction.memories]
    entities = [tidy.entity(one) for one in extraction.entities]
    observations = [tidy.observation(one) for one in extraction.observations]
    relations = [tidy.relation(one) for one in extraction.relations]
    taken = MeetingExtraction(
        memories=_given(memories),
        entities=_given(entities),
        observations=_given(observations),
        relations=_given(relations),
    )
    return Tidied(taken, sum(one is None for one in (*memories, *entities, *observations, *relations)))


Item = TypeVar("Item")


def _given(items: Iterable[Item | None]) -> list[Item]:
    return [item for item in items if item is not None]


class _Tidying:
    def __init__(self, utterances: Sequence[Utterance], window: Window, profile: Profile) -> None:
        self._profile = profile
        self._utterances = utterances
        self._window = window
        self._occurs = spoken(utterances)
        self._names = {
            ordinal: f" {normalised_name(utterances[ordinal].text)} "
            for ordinal in range(window.first, window.last + 1)
        }

    def memory(self, given: ExtractedMemory) -> ExtractedMemory | None:
        if not given.content.strip():
            return None
        first, last = given.first_utterance, given.last_utterance
        quote = (given.quote or "").strip() or None
        if quote is not None and not self._occurs(quote, first, last):
            first = last = self._place(quote, first)
        speaker = given.speaker
        if self._inside(first) and self._inside(last) and first <= last:
            # without a quote it rests on the words at the place that it names
            quote = quote or self._utterances[first].text
            speakers = [utterance.speaker for utterance in self._utterances[first : last + 1]]
            speaker = speaker if speaker in speakers else speakers[0]
        return given.model_copy(
            update={
                "kind": "fact" if given.kind == "discussion" else given.kind,
                "quote": quote,
                "first_utterance": first,
                "last_utterance": last,
                "speaker": speaker,
                "entities": [name for name in given.entities if _is_name(name)],
            }
        )

    def entity(self, given: ExtractedEntity) -> ExtractedEntity | None:
        if not _is_name(given.name):
            return None
        aliases = [alias for alias in given.aliases if _is_name(alias)]
        kind = folded(given.type).replace(" ", "_")
        places = [ordinal for ordinal in given.utterances if self._inside(ordinal)]
        return given.model_copy(
            update={
                "type": kind if kind in self._profile.types else _UNTYPED,
                "aliases": aliases,
                "utterances": places or self._places_of([given.name, *aliases]),
            }
        )

    def observation(self, given: ExtractedObservation) -> ExtractedObservation | None:
        field, key = _field_and_key(given.field, given.key)
        field = self._profile.field_called(field)
        spec = self._profile.spec_of(field)
        value = (given.value or "").strip() or None
        op = _OF_SETS[given.op] if spec.kind == "set" else given.op
        is_scalar = spec.kind != "set"
        if spec.keyed_by and not key:
            return None
        if not _is_name(given.entity) or not _FIELD.fullmatch(field) or len(key) > LONGEST_NAME:
            return None
        if (is_scalar and op in ("add", "resolve")) or (op in ("set", "add") and value is None):
            return None
        if spec.kind == "person" and value is not None and not _is_name(value):
            return None
        update = {"field": field, "key": key or None, "op": op, "value": None if op == "clear" else value}
        return self._placed(given).model_copy(update=update)

    def relation(self, given: ExtractedRelation) -> ExtractedRelation | None:
        if not _is_name(given.source) or not _is_name(given.target):
            return None
        if normalised_name(given.source) == normalised_name(given.target):
            return None
        return self._placed(given)

    def _placed(self, claim: Claim) -> Claim:
        """At the turn that has its words, and of that turn's speaker."""
        place = self._place(claim.quote, claim.utterance)
        speaker = self._utterances[place].speaker if self._inside(place) else None
        placed = claim.model_copy(update={"utterance": place})
        if isinstance(placed, ExtractedObservation) and speaker is not None:
            return placed.model_copy(update={"speaker": speaker})
        return placed

    def _place(self, quote: str, given: int) -> int:
        """The turn nearest to the one given that has the words; the one given where none has."""
        near = sorted(range(-_MISCOUNTED, _MISCOUNTED + 1), key=abs)
        return next((given + off for off in near if self._occurs(quote, given + off, given + off)), given)

    def _inside(self, ordinal: int) -> bool:
        return self._window.first <= ordinal <= self._window.last

    def _places_of(self, names: Sequence[str]) -> list[int]:
        wanted = [f" {normalised_name(name)} " for name in names]
        return [at for at, text in self._names.items() if any(name in text for name in wanted)]


def _is_name(name: str) -> bool:
    """Whether it can be a name at all: some words, and not so many that no index takes them."""
    return 0 < len(name.strip()) <= LONGEST_NAME and bool(normalised_name(name).strip())


def _field_and_key(field: str, key: str | None) -> tuple[str, str]:
    """A field's name in snake_case and its key; "Inclusion status[Fusaka]" holds both."""
    keyed = _KEYED.fullmatch(field.strip())
    name, inner = (keyed[1], keyed[2]) if keyed else (field, "")
    return re.sub(r"[\s-]+", "_", name.strip().casefold()), (key or inner).strip()
