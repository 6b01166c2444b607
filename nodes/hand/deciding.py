"""Writing what a person decides, and taking it back: always under the workspace's lock, in one transaction.

A decision has the form of a meeting of one turn, so that it is resolved, folded, cited, exported and taken
back as what is said in meetings is. Its number is what people call it by.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from nodes.errors import InputError
from nodes.hand.subjects import Subject
from nodes.matching import Reading, match, relink_names, relink_series
from nodes.profiles.current import profile_in
from nodes.profiles.profile import Profile
from nodes.rechecking import moves
from nodes.refolding import refold
from nodes.resolution import mention_of
from nodes.schemas import ExtractedEntity, ExtractedObservation, MeetingExtraction
from stores import decisions, hand, knowledge, rechecks, sources
from stores.database import Connection, Database
from stores.decisions import Decision, Kind
from stores.errors import NotFoundError
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
        bind: the entities that names stand for where they alone do not tell: by name and type.
        in_meeting: a meeting in whose place it stands.
    """

    kind: Kind
    told: str
    by: str
    details: Mapping[str, Any]
    date: datetime
    has_time: bool
    about: Sequence[ExtractedEntity] = ()
    says: Sequence[ExtractedObservation] = ()
    series: str | None = None
    bind: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    in_meeting: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one decision is made: nobody else changes what is known meanwhile."""

    database: Database
    connection: Connection
    scope: str
    profile: Profile

    async def write(self, draft: Draft) -> Decided:
        """Write a decision, and fold what it touches."""
        connection, scope = self.connection, self.scope
        number = await decisions.next_number(connection, scope)
        source = _source(scope, number, draft)
        await hand.insert_version(connection, scope, source, "correction", {"by": draft.by})
        resolution = await self._resolution(source, draft)
        await knowledge.insert_resolution(connection, scope, source.id, resolution)
        if draft.in_meeting is not None:
            await decisions.place_observations(connection, scope, source.id, draft.in_meeting)
        await decisions.insert(
            connection,
            scope,
            number=number,
            kind=draft.kind,
            version_id=source.id,
            details=draft.details,
            by=draft.by,
        )
        touched = {link["entity_id"] for link in resolution["links"]}
        moved = await self.settle([source.meeting_id], touched)
        return Decided(number, draft.kind, "decided", draft.told, draft.by, moved)

    async def settle(self, told_in: Sequence[str], touched: set[str]) -> list[dict[str, Any]]:
        """Bind again what these meetings name, fold it, and give what moved; once, at the end."""
        connection, scope = self.connection, self.scope
        names = await knowledge.names_of_meetings(connection, scope, told_in)
        touched = touched | await relink_names(connection, scope, names)
        touched |= await relink_series(connection, scope, told_in)
        before = await rechecks.states_of(connection, scope, touched)
        await refold(connection, scope, touched)
        await knowledge.advance_workspace(connection, scope)
        return moves(before, await rechecks.states_of(connection, scope, touched))

    async def _resolution(self, source: Source, draft: Draft) -> Resolution:
        says = MeetingExtraction(entities=list(draft.about), observations=list(draft.says))
        reading = Reading((("human", says),), {}, 0, 0, 0, ())
        resolution = (await match(self.connection, self.scope, source, reading)).resolution
        bound = {mention_of(source, name, type): entity for (name, type), entity in draft.bind.items()}
        moved: dict[str, str] = {}
        for link in resolution["links"]:
            entity = bound.get(link["mention_id"], link["entity_id"])
            if entity != link["entity_id"]:
                moved[link["entity_id"]] = entity
                link["entity_id"], link["decided_by"] = entity, "human"
                link["id"] = derived_id("link", link["mention_id"], entity)
        for alias in resolution["aliases"]:
            alias["source"] = "human"
            alias["entity_id"] = moved.get(alias["entity_id"], alias["entity_id"])
        linked = {link["entity_id"] for link in resolution["links"]}
        resolution["entities"] = [one for one in resolution["entities"] if one["id"] in linked]
        return resolution


@asynccontextmanager
async def desk_of(stores: Stores, workspace: str) -> AsyncGenerator[Desk]:
    """The workspace, locked, in one transaction; all that is decided in it is written at its end.

    Raises:
        NotFoundError: there is no such workspace.
    """
    scope = sources.workspace_id(workspace)
    async with stores.database.transaction() as connection:
        await knowledge.lock_workspace(connection, scope)
        yield Desk(stores.database, connection, scope, await profile_in(connection, scope))


async def undo(stores: Stores, workspace: str, number: int, *, by: str) -> Decided:
    """Take a decision back: all is as if it had never been made.

    Raises:
        NotFoundError: there is none of this number.
        InputError: others rest on it.
    """
    async with desk_of(stores, workspace) as desk:
        found = await decisions.all_of(desk.connection, desk.scope, number)
        if not found:
            raise NotFoundError(
                f"there is no decision {number} in this workspace; `smart-meet correct list` shows them"
            )
        (decision,) = found
        if decision.retracted_at is not None:
            return Decided(number, decision.kind, "known", decision.told, decision.by)
        return await _undo(desk, decision, by)


async def _undo(desk: Desk, decision: Decision, by: str) -> Decided:
    connection, scope = desk.connection, desk.scope
    touched = await knowledge.entities_of_version(connection, scope, decision.version_id)
    await knowledge.retract_version(connection, scope, decision.version_id)
    await decisions.retract(connection, scope, decision.number, by)
    moved = await desk.settle([decision.meeting_id], touched)
    return Decided(decision.number, decision.kind, "undone", decision.told, decision.by, moved)


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
    if not subject.names:
        return ExtractedEntity(name=subject.name, type=subject.type, utterances=[0]), None
    used = subject.names[0]
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
        format="correction",
        title=f"Correction {number}",
        series=draft.series,
        date=draft.date,
        date_has_time=draft.has_time,
        participants=(),
        warnings=(),
        utterances=(Utterance(0, draft.by, draft.told, channel="chat"),),
    )
