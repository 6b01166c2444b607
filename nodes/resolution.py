"""Who and what a meeting names: mentions bound to entities, and what was said bound to mentions.

Two entities are better than one wrong merge: the same name links, a similar one is grey and stays apart
until somebody decides. Ids derive from names, so that the order in which meetings arrive does not matter.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, TypedDict

from nodes.callings import Bound, Calling, Callings
from nodes.extraction import folded
from nodes.names import entity_key, is_bare_person, may_call, may_merge, normalised_name, participant_called
from nodes.profiles.profile import Profile
from nodes.schemas import ExtractedObservation, ExtractedRelation, MeetingExtraction
from nodes.values import normalise
from stores.ids import derived_id
from stores.knowledge import (
    AliasRow,
    EntityRow,
    LinkRow,
    MentionRow,
    ObservationRow,
    RelationRow,
    Resolution,
)
from stores.naming import KnownEntity
from stores.records import Source

GREY_FROM = 0.5  # trigram similarity below which names are not even alike
_PERSON = "person"
_UNTYPED = "feature"  # of a name that a reader used without saying what it is


class GreyPair(TypedDict):
    """A name that may be a known entity under another name, and stays apart until somebody decides; `alias`
    is the entity's normalised name that is like it."""

    mention_id: str
    name: str
    entity_id: str
    entity: str
    alias: str
    score: float


@dataclass(slots=True)
class _Named:
    """One name of a meeting, gathered from all its readers."""

    type: str
    surfaces: Counter[str] = field(default_factory=Counter[str])
    utterances: set[int] = field(default_factory=set[int])
    aliases: dict[str, str] = field(default_factory=dict[str, str])


class Names:
    """The names that a meeting uses, one per normalised form and kind (person, group, thing)."""

    def __init__(self, source: Source, readings: Sequence[MeetingExtraction], profile: Profile) -> None:
        self.profile = profile
        self._source = source
        self._named: dict[str, _Named] = {}
        self._types: dict[str, str] = {}
        spoken: defaultdict[str, list[int]] = defaultdict(list)
        for utterance in source.utterances:
            if utterance.speaker:
                spoken[utterance.speaker].append(utterance.ordinal)
        for participant in source.participants:
            self.add(participant, _PERSON, spoken[participant], uses=len(spoken[participant]) or 1)
        for reading in readings:
            self._add_reading(reading)
        for reading in readings:
            for claim in (*reading.observations, *reading.relations):
                self._add_claim(claim)

    def _add_reading(self, reading: MeetingExtraction) -> None:
        own = {normalised_name(entity.name) for entity in reading.entities}
        for entity in reading.entities:
            known = self.add(entity.name, entity.type, entity.utterances)
            for alias in entity.aliases:
                # a reader that lists both means two things
                if normalised_name(alias) not in own and may_call(alias, entity.name, type=entity.type):
                    known.aliases.setdefault(normalised_name(alias), alias)
                    self._types.setdefault(normalised_name(alias), entity.type)

    def _add_claim(self, claim: ExtractedObservation | ExtractedRelation) -> None:
        if isinstance(claim, ExtractedRelation):
            for name in (claim.source, claim.target):
                self.add(name, self.type_of(name), [claim.utterance], uses=0)
            return
        self.add(claim.entity, self.type_of(claim.entity), [claim.utterance], uses=0)
        if claim.value and self.is_person_field(claim.field):
            self.add(claim.value, _PERSON, [claim.utterance], uses=0)

    def add(self, name: str, type: str, utterances: Iterable[int], *, uses: int = 1) -> _Named:
        """Note that a name is used; the first reader to say what it is decides its type."""
        places = set(utterances)
        self._types.setdefault(normalised_name(name), type)
        known = self._named.setdefault(self.key(name, type), _Named(type))
        known.surfaces[name] += max(uses, len(places))
        known.utterances |= places
        return known

    def type_of(self, name: str) -> str:
        """What a reader said the name is, for claims that only use it."""
        return self._types.get(normalised_name(name), _UNTYPED)

    def is_person_field(self, field: str) -> bool:
        """Whether the values of a field are people."""
        return self.profile.spec_of(field).kind == _PERSON

    def key(self, name: str, type: str) -> str:
        """From which the entity's id derives; a bare first name counts inside its series only."""
        return entity_key(name, type, scope=circle_of(self._source))

    def mention_id(self, name: str, type: str | None = None) -> str:
        """The id of this meeting's mention of a name."""
        return mention_of(self._source, name, type or self.type_of(name))

    def callings(self) -> list[Calling]:
        """What the meeting says of names."""
        return [
            Calling(name, mention["type"], mention["name"], "extraction", meeting_of(self._source))
            for key, mention, aliases in self.mentions()
            for name in (*self._named[key].surfaces, *aliases.values())
        ]

    def surfaces(self, key: str) -> Iterable[str]:
        """The forms in which a name is used."""
        return self._named[key].surfaces

    def mentions(self) -> list[tuple[str, MentionRow, Mapping[str, str]]]:
        """Every name with its entity key and its other names."""
        return [
            (
                key,
                MentionRow(
                    id=derived_id("mention", self._source.id, key),
                    name=_usual(named.surfaces),
                    normalised=normalised_name(_usual(named.surfaces)),
                    type=named.type,
                    utterances=sorted(named.utterances),
                ),
                named.aliases,
            )
            for key, named in sorted(self._named.items())
        ]


def mention_of(source: Source, name: str, type: str) -> str:
    """The id of a meeting version's mention of a name."""
    return derived_id("mention", source.id, entity_key(name, type, scope=circle_of(source)))


def circle_of(source: Source) -> str:
    """Where a bare first name counts: in the meeting's series, else in the meeting alone."""
    return circle_named(source.series, source.key)


def circle_named(series: str | None, key: str) -> str:
    """The same, of a meeting's series and key."""
    return f"series {series.casefold()}" if series else f"meeting {key}"


def person_called(circle: str, name: str, colleagues: Sequence[str], callings: Callings) -> Bound:
    """The person that a bare name means in a circle of meetings, and what decides so.

    It is the one person of the series' meetings who bears it; a name that several or none bear is a person
    of its own. A function of who took part, so that the order in which meetings arrive does not matter.

    Args:
        circle: where bare names count, of `circle_of`.
        callings: with what people have decided on names.
    """
    called = participant_called(name, colleagues)
    decided_by = "name" if called is None or called == name else "participant"
    bound = callings.bound(entity_key(called or name, _PERSON, scope=circle))
    return bound if bound.decided_by == "human" else Bound(bound.key, decided_by)


def bind(
    scope: str,
    source: Source,
    names: Names,
    readings: Sequence[tuple[str, MeetingExtraction]],
    statements: Mapping[str, Mapping[str, Any]],
    callings: Callings,
    colleagues: Sequence[str],
) -> Resolution:
    """Bind what was read to entities.

    Args:
        readings: who made it (rule, llm) and what was read, in the order of the windows.
        statements: the staged memories with the names that they are about, by id.
        callings: the names around, with those of this meeting.
        colleagues: everybody who took part in a meeting of the series, this one included.
    """
    resolution = Resolution(
        entities=[], mentions=[], links=[], aliases=[], observations=[], relations=[], memory_mentions=[]
    )
    participants = set(source.participants)
    for key, mention, aliases in names.mentions():
        if mention["type"] == _PERSON and is_bare_person(mention["name"]):
            bound = person_called(circle_of(source), mention["name"], colleagues, callings)
        else:
            bound = callings.bound(key, meeting_of(source))
        entity_id = derived_id("entity", scope, bound.key)
        resolution["entities"].append(EntityRow(id=entity_id, name=mention["name"], type=mention["type"]))
        resolution["mentions"].append(mention)
        resolution["links"].append(
            LinkRow(
                id=derived_id("link", mention["id"], entity_id),
                mention_id=mention["id"],
                entity_id=entity_id,
                decided_by=bound.decided_by,
                score=1.0,
            )
        )
        origin = "participant" if mention["name"] in participants else "mention"
        called = {normalised_name(surface): (surface, origin) for surface in names.surfaces(key)}
        called |= {mention["normalised"]: (mention["name"], origin)}
        called |= {alias: (name, "extraction") for alias, name in aliases.items() if alias not in called}
        resolution["aliases"] += [
            AliasRow(
                entity_id=entity_id,
                normalised=normalised,
                name=name,
                source=origin,
                bearer=mention["normalised"],
            )
            for normalised, (name, origin) in called.items()
        ]
    resolution["observations"] = _observations(source, names, readings)
    resolution["relations"] = _relations(source, names, readings)
    resolution["memory_mentions"] = _memory_mentions(names, statements)
    return resolution


def grey_pairs(
    resolution: Resolution, alike: Mapping[str, list[KnownEntity]], apart: Mapping[str, set[str]]
) -> list[GreyPair]:
    """Names that no rule, and no person, joins to or parts from a known entity with a similar name.

    Args:
        apart: by mention, the entities that a person has said it is not.
    """
    linked = {link["mention_id"]: link["entity_id"] for link in resolution["links"]}
    return [
        GreyPair(
            mention_id=mention["id"],
            name=mention["name"],
            entity_id=entity.id,
            entity=entity.name,
            alias=entity.alias,
            score=round(entity.score, 3),
        )
        for mention in resolution["mentions"]
        for entity in alike.get(mention["normalised"], [])
        if entity.score >= GREY_FROM
        and entity.id != linked[mention["id"]]
        and entity.id not in apart[mention["id"]]
        and may_merge(mention["name"], entity.name, type_a=mention["type"], type_b=entity.type) is None
    ]


def known_as(grey: Sequence[GreyPair], mention_id: str, entity_id: str) -> str:
    """The normalised name by which an entity was offered for a mention."""
    return next(
        pair["alias"] for pair in grey if (pair["mention_id"], pair["entity_id"]) == (mention_id, entity_id)
    )


def relink(resolution: Resolution, decided: Mapping[str, Mapping[str, str]]) -> Resolution:
    """The resolution with the mentions that somebody decided on linked to the entity they chose.

    Args:
        decided: by mention id, `entity_id`, `decided_by` and the `alias` as which the entity is known; what a
            person has decided is kept as a decision, not as what the meeting says.
    """
    links = list(resolution["links"])
    for index, link in enumerate(links):
        choice = decided.get(link["mention_id"])
        if choice is not None:
            links[index] = LinkRow(
                id=derived_id("link", link["mention_id"], choice["entity_id"]),
                mention_id=link["mention_id"],
                entity_id=choice["entity_id"],
                decided_by=choice["decided_by"],
                score=1.0,
            )
    names = {mention["id"]: mention["normalised"] for mention in resolution["mentions"]}
    moved = {
        (old["entity_id"], names[old["mention_id"]]): new
        for old, new in zip(resolution["links"], links, strict=True)
        if old["entity_id"] != new["entity_id"]
    }
    aliases: list[AliasRow] = []
    for alias in resolution["aliases"]:
        link = moved.get((alias["entity_id"], alias["bearer"]))
        aliases.append(alias.copy())
        if link is None:
            continue
        aliases[-1]["entity_id"] = link["entity_id"]
        known_as = decided[link["mention_id"]].get("alias")
        if known_as and alias["normalised"] == alias["bearer"] and link["decided_by"] != "human":
            judged = aliases[-1].copy()
            judged["bearer"], judged["source"] = known_as, link["decided_by"]
            aliases.append(judged)
    relinked = resolution.copy()
    relinked["links"] = links
    relinked["aliases"] = aliases
    kept = {link["entity_id"] for link in links}
    relinked["entities"] = [entity for entity in resolution["entities"] if entity["id"] in kept]
    return relinked


def meeting_of(source: Source) -> str:
    """A meeting in what is said of names: by date, then id."""
    return said_in(source.date, source.meeting_id)


def said_in(date: datetime, meeting_id: str) -> str:
    """The same, of a meeting that is known."""
    return f"{date.astimezone(timezone.utc).isoformat()} {meeting_id}"  # noqa: UP017


def _observations(
    source: Source, names: Names, readings: Sequence[tuple[str, MeetingExtraction]]
) -> list[ObservationRow]:
    seen: dict[tuple[object, ...], tuple[str, ExtractedObservation]] = {}
    for made_by, reading in readings:
        for one in reading.observations:
            said = (one.utterance, normalised_name(one.entity), one.field, one.key or "", one.op)
            seen.setdefault((*said, folded(one.value or "")), (made_by, one))
    rows: list[ObservationRow] = []
    sequence: Counter[int] = Counter()
    for made_by, one in seen.values():
        of_person = bool(one.value) and names.is_person_field(one.field)
        rows.append(
            ObservationRow(
                id=derived_id("observation", source.id, one.utterance, sequence[one.utterance]),
                mention_id=names.mention_id(one.entity),
                field=one.field,
                key=one.key or "",
                op=one.op,
                value=one.value,
                normalised=normalise(names.profile, one.field, one.value, meeting_date=source.date),
                value_mention_id=names.mention_id(one.value or "", _PERSON) if of_person else None,
                stance=one.stance,
                utterance=one.utterance,
                sequence=sequence[one.utterance],
                at=said_at(source, one.utterance),
                speaker=one.speaker or source.utterances[one.utterance].speaker,
                quote=one.quote,
                made_by=made_by,
            )
        )
        sequence[one.utterance] += 1
    return rows


def _relations(
    source: Source, names: Names, readings: Sequence[tuple[str, MeetingExtraction]]
) -> list[RelationRow]:
    rows: dict[str, RelationRow] = {}
    for made_by, reading in readings:
        for one in reading.relations:
            ends = names.mention_id(one.source), names.mention_id(one.target)
            relation_id = derived_id("relation", source.id, *ends, one.type, one.utterance, one.ended)
            rows.setdefault(
                relation_id,
                RelationRow(
                    id=relation_id,
                    source_mention_id=ends[0],
                    target_mention_id=ends[1],
                    type=one.type,
                    ended=one.ended,
                    utterance=one.utterance,
                    at=said_at(source, one.utterance),
                    speaker=source.utterances[one.utterance].speaker,
                    quote=one.quote,
                    made_by=made_by,
                ),
            )
    return list(rows.values())


def _memory_mentions(names: Names, statements: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    mentioned = {mention["id"] for _, mention, _ in names.mentions()}
    return [
        (memory_id, mention_id)
        for memory_id, statement in statements.items()
        for mention_id in dict.fromkeys(map(names.mention_id, statement.get("entities") or []))
        if mention_id in mentioned
    ]


def said_at(source: Source, ordinal: int) -> str:
    """When an utterance was spoken, ISO 8601: the meeting's begin plus its offset where known."""
    return (source.date + timedelta(seconds=source.utterances[ordinal].start or 0.0)).isoformat()


def _usual(surfaces: Counter[str]) -> str:
    """The form that is used most; of equals the first in the alphabet."""
    return min(surfaces, key=lambda surface: (-surfaces[surface], surface))
