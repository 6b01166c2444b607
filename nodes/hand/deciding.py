"""Writing what a person decides, and taking it back: always under the workspace's lock, in one transaction.

A decision has the form of a meeting of one turn, so that it is resolved, folded, cited, exported and taken
back as what is said in meetings is. Its number is what people call it by.
"""

from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from nodes.errors import InputError
from nodes.hand.subjects import Subject
from nodes.judged import words_of
from nodes.matching import Reading, match, relink_bare_named, relink_names
from nodes.names import compatible, entity_key, normalised_name
from nodes.profiles.current import profile_in
from nodes.profiles.profile import Profile
from nodes.refolding import refold
from nodes.resolution import circle_of, mention_of
from nodes.schemas import ExtractedEntity, ExtractedObservation, MeetingExtraction
from stores import decisions, hand, knowledge, naming, rechecks, sources, workspaces
from stores.database import Connection, Database, Row
from stores.decisions import Decision, Kind
from stores.histories import field_name
from stores.ids import derived_id
from stores.knowledge import Resolution
from stores.opening import Stores
from stores.records import Source, Utterance

LONGEST_WORDS = 2000  # characters of a decision, its reason included


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision.

    Attributes:
        number: what it is called by; None where nothing had to be decided.
        status: decided, known (it is so already, nothing was done) or undone.
        told: what was decided, in words.
        moved: the states that it moved: entity, field, from, to.
    """

    number: int | None
    kind: Kind
    status: Literal["decided", "known", "undone"]
    told: str
    by: str
    moved: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision before it is written.

    Attributes:
        told: what is decided, in words.
        date: from when it holds, and `has_time` as in `Source`.
        about: the names that it is about, as a meeting would mention them.
        says: what it says about them.
        series: in which the bare first names among them are known.
        subject: what the first of the names stands for.
        in_meeting: a meeting in whose place it stands.
    """

    kind: Kind
    told: str
    by: str
    details: Mapping[str, Any]
    about: Sequence[ExtractedEntity] = ()
    says: Sequence[ExtractedObservation] = ()
    series: str | None = None
    subject: Subject | None = None
    date: datetime = field(default_factory=lambda: datetime.now(UTC))
    has_time: bool = True
    in_meeting: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision that is written: the meeting of its words, the normalised names that it is about, and the
    entities that it names."""

    number: int
    meeting_id: str
    names: frozenset[str]
    touched: frozenset[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where decisions are made: nobody else changes what is known meanwhile.

    Attributes:
        task: the task of a run that asks for a decision, by which it is known again after the run was killed.
    """

    database: Database
    connection: Connection
    scope: str
    profile: Profile
    task: str | None = None

    async def made_before(self) -> Decided | None:
        """What this very task has decided already, before its run was killed."""
        if self.task is None:
            return None
        for one in await decisions.all_of(self.connection, self.scope):
            if one.details.get("task") == self.task:
                return Decided(one.number, one.kind, "known", one.told, one.by)
        return None

    async def write(self, draft: Draft, also: Collection[str] = ()) -> Decided:
        """Write a decision, and fold what it touches.

        Args:
            also: entities that it touches beside those that it names.
        """
        recorded = await self.record(draft)
        touched = {*recorded.touched, *also}
        moved = await self.settle([recorded.meeting_id], recorded.names, touched)
        return Decided(recorded.number, draft.kind, "decided", draft.told, draft.by, moved)

    async def record(self, draft: Draft) -> Recorded:
        """Write a decision, and leave it to the caller to bind and fold what it touches."""
        connection, scope = self.connection, self.scope
        number = await decisions.next_number(connection, scope)
        source = _source(scope, number, draft)
        await hand.insert_version(connection, scope, source, "correction", {"by": draft.by})
        details = dict(draft.details) if self.task is None else {**draft.details, "task": self.task}
        if draft.subject is not None:
            details["joins"] = [*details.get("joins", ()), *await self._to_subject(source, draft)]
        await decisions.insert(
            connection,
            scope,
            number=number,
            kind=draft.kind,
            version_id=source.id,
            details=details,
            by=draft.by,
        )
        resolution = await self._resolution(source, draft)
        await knowledge.insert_resolution(connection, scope, source.id, resolution)
        if draft.in_meeting is not None:
            await decisions.place_observations(connection, scope, source.id, draft.in_meeting)
        return Recorded(
            number=number,
            meeting_id=source.meeting_id,
            names=frozenset(details.get("names", ())),
            touched=frozenset(link["entity_id"] for link in resolution["links"]),
        )

    async def settle(
        self, told_in: Sequence[str], named: Iterable[str], touched: set[str]
    ) -> list[dict[str, Any]]:
        """Bind again these normalised names and those of these meetings, fold, and give what moved."""
        connection, scope = self.connection, self.scope
        names = await naming.names_of_meetings(connection, scope, told_in) | {*named}
        await decisions.restore_aliases(connection, scope, names)
        touched = touched | await relink_names(connection, scope, names)
        touched |= await relink_bare_named(connection, scope, names)
        before = await rechecks.states_of(connection, scope, touched)
        await refold(connection, scope, touched)
        await workspaces.advance_workspace(connection, scope)
        after = await rechecks.states_of(connection, scope, touched)
        return moves_by_name(before, after, await naming.existing(connection, scope, touched))

    async def decisions(self) -> list[Decision]:
        """The decisions in force."""
        return await decisions.in_force(self.connection, self.scope)

    async def bearers(self, name: str, type: str) -> set[str]:
        """The entities, of a type that goes with this one, that a name means now."""
        found = await naming.entities_named(self.connection, self.scope, [normalised_name(name)], without=[])
        return {one.id for known in found.values() for one in known if compatible(one.type, type)}

    async def _to_subject(self, source: Source, draft: Draft) -> list[dict[str, Any]]:
        """What must be joined so that the name that a decision uses means what it is about."""
        subject, mention = draft.subject, draft.about[0]
        assert subject is not None
        own = mention_of(source, mention.name, mention.type)
        links = (await self._resolution(source, draft))["links"]
        if any(link["mention_id"] == own and link["entity_id"] == subject.id for link in links):
            return []
        key = entity_key(mention.name, mention.type, scope=circle_of(source))
        return [
            join_of(key, subject.root or subject.key, {*subject.normalised, normalised_name(mention.name)})
        ]

    async def _resolution(self, source: Source, draft: Draft) -> Resolution:
        says = MeetingExtraction(entities=list(draft.about), observations=list(draft.says))
        reading = Reading((("human", says),), {}, 0, 0, 0, ())
        resolution = (await match(self.connection, self.scope, source, reading)).resolution
        for alias in resolution["aliases"]:
            alias["source"] = "human"
        return resolution


@asynccontextmanager
async def desk_of(stores: Stores, workspace: str, *, task: str | None = None) -> AsyncGenerator[Desk]:
    """The workspace, locked, in one transaction; all that is decided in it is written at its end.

    Args:
        task: as of `Desk`.

    Raises:
        NotFoundError: there is no such workspace.
    """
    scope = sources.workspace_id(workspace)
    async with stores.database.transaction() as connection:
        await workspaces.lock_workspace(connection, scope)
        yield Desk(stores.database, connection, scope, await profile_in(connection, scope), task)


def join_of(key: str, bearer: str, names: Collection[str]) -> dict[str, Any]:
    """That a name, by its key, is another name of a bearer; `names` are those of both, normalised."""
    return {"key": key, "bearer": bearer, "names": sorted({*names, words_of(key), words_of(bearer)})}


def moves_by_name(before: Sequence[Row], after: Sequence[Row], left: set[str]) -> list[dict[str, Any]]:
    """What a decision has moved: entity, field, from, to; None where there is no value.

    A thing that became another moved nothing by that; things are told apart by what they are called now.

    Args:
        left: the entities that there are now.
    """
    called = {row["entity_id"]: row["entity"] for row in after}
    now = {(row["entity"], row["field"], row["key"]): row["value"] for row in after}
    was: dict[tuple[str, str, str], str | None] = {}
    for row in sorted(before, key=lambda row: row["entity"] == called.get(row["entity_id"], row["entity"])):
        place = (called.get(row["entity_id"], row["entity"]), row["field"], row["key"])
        if place in now or row["entity_id"] in left:
            was[place] = row["value"]
    return [
        {"entity": place[0], "field": field_name(*place[1:]), "from": was.get(place), "to": now.get(place)}
        for place in sorted({*was, *now})
        if was.get(place) != now.get(place)
    ]


def worded(told: str, why: str | None) -> str:
    """What is decided, with the reason where one is given.

    Raises:
        InputError: it is too long.
    """
    reason = " ".join((why or "").split())
    words = f"{told}: {reason}" if reason else told
    if len(words) > LONGEST_WORDS:
        raise InputError(f"a decision and its reason take at most {LONGEST_WORDS} characters")
    return words


def mentioned(subject: Subject) -> tuple[ExtractedEntity, str | None]:
    """A subject as a meeting would mention it, and the series in which it does."""
    used = subject.anchor
    if used is None:
        return ExtractedEntity(name=subject.name, type=subject.type, utterances=[0]), None
    return ExtractedEntity(name=used["name"], type=used["type"], utterances=[0]), used["series"]


def _source(scope: str, number: int, draft: Draft) -> Source:
    key = f"correction {number}"
    meeting_id = derived_id("meeting", scope, key)
    return Source(
        id=derived_id("source", scope, meeting_id, draft.told),
        meeting_id=meeting_id,
        key=key,
        content_hash=derived_id("correction", draft.told),
        name=key,
        format=draft.kind,
        title=f"Correction {number}",
        series=draft.series,
        date=draft.date,
        date_has_time=draft.has_time,
        participants=(),
        warnings=(),
        utterances=(Utterance(0, draft.by, draft.told, channel="chat"),),
    )
