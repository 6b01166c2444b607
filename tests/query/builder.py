"""Meetings as a test tells them: what was said, by whom, and what it says of the states of things.

Rows go in by plain SQL, so that the readers are tested apart from the ingestion; the states and
transitions are those that the history's own fold gives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from psycopg.types.json import Jsonb

from nodes.fold import fold
from nodes.names import normalised_name
from nodes.profiles.reading import shipped_profile
from nodes.values import normalise
from stores.database import Connection, fetch
from stores.ids import derived_id
from stores.opening import Stores
from stores.records import Normalised, Observation

DEFAULT = shipped_profile()
_SECONDS_BETWEEN = 10
_TABLES = {
    "utterances": "version_id ordinal speaker start_seconds end_seconds channel text",
    "memories": (
        "id version_id kind content context quote speaker first_utterance last_utterance owner due_date "
        "made_by embedding"
    ),
    "mentions": "id version_id name normalised type utterances",
    "links": "id mention_id entity_id decided_by score",
    "memory_mentions": "memory_id mention_id",
    "transitions": (
        "id entity_id field key before after normalised reason at meeting_id observation_id decided_by "
        "first_sight"
    ),
    "states": "entity_id field key value normalised since meeting_id observation_id",
}


@dataclass(frozen=True)
class Said:
    """One utterance: who said what, and what it says of things.

    Attributes:
        states: (entity, field, value); a value of None resolves the blockers, or clears another field.
        about: other entities that it names.
        kind: a statement drawn from it, besides the passage.
    """

    speaker: str
    text: str
    states: Sequence[tuple[str, str, str | None]] = ()
    about: Sequence[str] = ()
    kind: str | None = None
    owner: str | None = None
    due_date: str | None = None


@dataclass
class Workspace:
    """A workspace that a test fills, one meeting after the other."""

    stores: Stores
    name: str
    types: dict[str, str] = field(default_factory=dict)
    _observations: list[Observation] = field(default_factory=list)

    def over(self, stores: Stores) -> "Workspace":
        """The same workspace in a copy of its database, to be told on apart from this one."""
        return replace(self, stores=stores, _observations=[*self._observations])

    @property
    def id(self) -> str:
        """Its id, as the graphs derive it."""
        return derived_id("workspace", self.name)

    def entity_id(self, name: str) -> str:
        """The id of an entity or person by name."""
        return derived_id("entity", self.id, normalised_name(name))

    def meeting_id(self, title: str) -> str:
        """The id of a meeting by title."""
        return derived_id("meeting", self.id, title)

    async def meeting(self, title: str, date: str, *said: Said, recorded_at: datetime | None = None) -> None:
        """Record a meeting that began at ten on a date, an utterance every ten seconds."""
        began = datetime.fromisoformat(f"{date}T10:00:00").replace(tzinfo=UTC)
        version = derived_id("version", self.id, title)
        people = list(dict.fromkeys(utterance.speaker for utterance in said))
        vectors = await self.stores.embedding.embeddings.aembed_documents([one.text for one in said])
        async with self.stores.database.transaction() as connection:
            await self._version(connection, title, began, version, people, said)
            await self._utterances(connection, version, said)
            mentions = await self._mentions(connection, version, people, said)
            for ordinal, (utterance, vector) in enumerate(zip(said, vectors, strict=True)):
                await self._memories(connection, title, version, mentions, ordinal, utterance, vector)
                await self._observe(connection, title, began, version, mentions, ordinal, utterance)
            await self._fold(connection)
            if recorded_at is not None:
                for table in ("meeting_versions", "observations", "links", "mentions", "aliases", "memories"):
                    column = "id" if table == "meeting_versions" else "version_id"
                    where = (
                        f"mention_id in (select id from mentions where version_id = '{version}')"
                        if table == "links"
                        else f"{column} = '{version}'"
                    )
                    await connection.execute(
                        f"update {table} set recorded_at = %s where {where}".encode(), (recorded_at,)
                    )
                await connection.execute(
                    b"update entities set recorded_at = %s where recorded_at > %s", (recorded_at, recorded_at)
                )

    async def _version(
        self,
        connection: Connection,
        title: str,
        began: datetime,
        version: str,
        people: list[str],
        said: Sequence[Said],
    ) -> None:
        meeting = self.meeting_id(title)
        await connection.execute(
            b"insert into workspaces (id, name) values (%s, %s) "
            b"on conflict (id) do update set revision = workspaces.revision + 1",
            (self.id, self.name),
        )
        await connection.execute(
            b"insert into meetings (workspace_id, id, key) values (%s, %s, %s)", (self.id, meeting, title)
        )
        await connection.execute(
            b"""insert into meeting_versions (workspace_id, id, meeting_id, content_hash, name, format, title,
                date, date_has_time, participants, words, result)
            values (%s, %s, %s, %s, %s, 'plain_text', %s, %s, true, %s, %s, '{"status": "ingested"}')""",
            (
                self.id,
                version,
                meeting,
                title,
                title,
                title,
                began,
                people,
                sum(len(one.text.split()) for one in said),
            ),
        )

    async def _utterances(self, connection: Connection, version: str, said: Sequence[Said]) -> None:
        for ordinal, one in enumerate(said):
            start = float(ordinal * _SECONDS_BETWEEN)
            await self._insert(
                connection,
                "utterances",
                version_id=version,
                ordinal=ordinal,
                speaker=one.speaker,
                start_seconds=start,
                end_seconds=start + _SECONDS_BETWEEN,
                channel="speech",
                text=one.text,
            )

    async def _mentions(
        self, connection: Connection, version: str, people: list[str], said: Sequence[Said]
    ) -> dict[str, str]:
        places: dict[str, list[int]] = {person: [] for person in people}
        for ordinal, one in enumerate(said):
            named = [*(entity for entity, _, _ in one.states), *one.about]
            for entity in dict.fromkeys(named):
                places.setdefault(entity, []).append(ordinal)
        mentions: dict[str, str] = {}
        for name, ordinals in places.items():
            kind = "person" if name in people else self.types.get(name, "project")
            mentions[name] = derived_id("mention", version, name)
            await connection.execute(
                b"""insert into entities (workspace_id, id, name, type) values (%s, %s, %s, %s)
                on conflict do nothing""",
                (self.id, self.entity_id(name), name, kind),
            )
            await self._insert(
                connection,
                "mentions",
                id=mentions[name],
                version_id=version,
                name=name,
                normalised=normalised_name(name),
                type=kind,
                utterances=ordinals,
            )
            await self._insert(
                connection,
                "links",
                id=derived_id("link", mentions[name]),
                mention_id=mentions[name],
                entity_id=self.entity_id(name),
                decided_by="name",
                score=1.0,
            )
            await connection.execute(
                b"insert into aliases "
                b"(workspace_id, entity_id, normalised, name, source, bearer, version_id) "
                b"values (%s, %s, %s, %s, 'mention', %s, %s)",
                (self.id, self.entity_id(name), normalised_name(name), name, normalised_name(name), version),
            )
        return mentions

    async def _memories(
        self,
        connection: Connection,
        title: str,
        version: str,
        mentions: Mapping[str, str],
        ordinal: int,
        one: Said,
        vector: list[float],
    ) -> None:
        for kind in ("discussion", *([one.kind] if one.kind else [])):
            memory = derived_id("memory", version, ordinal, kind)
            await self._insert(
                connection,
                "memories",
                id=memory,
                version_id=version,
                kind=kind,
                content=one.text,
                context=f"{title} {one.speaker}",
                quote=one.text,
                speaker=one.speaker,
                first_utterance=ordinal,
                last_utterance=ordinal,
                owner=one.owner,
                due_date=one.due_date,
                made_by="rule",
                embedding=vector,
            )
            for entity in dict.fromkeys([*(entity for entity, _, _ in one.states), *one.about]):
                await self._insert(
                    connection, "memory_mentions", memory_id=memory, mention_id=mentions[entity]
                )

    async def _observe(
        self,
        connection: Connection,
        title: str,
        began: datetime,
        version: str,
        mentions: Mapping[str, str],
        ordinal: int,
        one: Said,
    ) -> None:
        for sequence, (entity, name, value) in enumerate(one.states):
            person = DEFAULT.spec_of(name).kind == "person" and value is not None
            normalised: Normalised = normalise(DEFAULT, name, value, meeting_date=began)
            is_set = DEFAULT.spec_of(name).kind == "set"
            observation = Observation(
                id=derived_id("observation", version, ordinal, sequence),
                entity_id=self.entity_id(entity),
                field=name,
                key="",
                op=("add" if value else "resolve") if is_set else ("set" if value else "clear"),
                value=value,
                normalised=self.entity_id(value) if person and value else normalised,
                stance="stated",
                meeting_id=self.meeting_id(title),
                meeting_date=began,
                at=began + timedelta(seconds=ordinal * _SECONDS_BETWEEN),
                utterance=ordinal,
                sequence=sequence,
                speaker=one.speaker,
                quote=one.text,
            )
            self._observations.append(observation)
            await connection.execute(
                b"""insert into observations (workspace_id, id, version_id, mention_id, field, key, op, value,
                    normalised, value_mention_id, stance, utterance, sequence, at, speaker, quote, made_by)
                values (%s, %s, %s, %s, %s, '', %s, %s, %s, %s, 'stated', %s, %s, %s, %s, %s, 'rule')""",
                (
                    self.id,
                    observation.id,
                    version,
                    mentions[entity],
                    name,
                    observation.op,
                    value,
                    None if person or normalised is None else Jsonb(normalised),
                    mentions[value] if person and value else None,
                    ordinal,
                    sequence,
                    observation.at,
                    one.speaker,
                    one.text,
                ),
            )

    async def _fold(self, connection: Connection) -> None:
        await connection.execute(b"delete from transitions where workspace_id = %s", (self.id,))
        await connection.execute(b"delete from states where workspace_id = %s", (self.id,))
        by_id = {observation.id: observation for observation in self._observations}
        history = fold(DEFAULT, self._observations, {})
        for table, records in (("states", history.states), ("transitions", history.transitions)):
            columns = [column for column in _TABLES[table].split() if column != "normalised"]
            for record in records:
                normalised = by_id[record.observation_id].normalised
                await self._insert(
                    connection,
                    table,
                    **{column: getattr(record, column) for column in columns},
                    normalised=None if normalised is None else Jsonb(normalised),
                )

    async def _insert(self, connection: Connection, table: str, **values: object) -> None:
        columns = _TABLES[table].split()
        names = ", ".join(["workspace_id", *columns])
        marks = ", ".join(f"%({column})s" for column in ["workspace_id", *columns])
        await fetch(
            connection,
            f"insert into {table} ({names}) values ({marks})".encode(),
            {"workspace_id": self.id, **values},
        )
