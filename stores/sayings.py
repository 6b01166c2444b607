"""Who said something about a thing, where and how often; who was there; what a meeting spoke of."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, cast

import numpy as np

from stores.database import Database, Row
from stores.moments import NOW, Moment, iso
from stores.queries import queries

# Words in more memories than this are common, however many more there are.
_COUNTED = 2_000


class Saying(TypedDict):
    """One turn that speaks of what was asked for, and how often that is spoken of.

    `turns` counts all such turns, `of_speaker` those of its speaker, `in_meeting` those of its meeting.
    `place_of_speaker` and `place_in_meeting` rank it, 1 being the most telling; `from_first` and
    `from_last` are its place in time.
    """

    memory_id: str
    meeting_id: str
    version_id: str
    title: str
    date: str
    speaker: str | None
    utterances: list[int]
    start: float | None
    content: str
    turns: int
    of_speaker: int
    in_meeting: int
    place_of_speaker: int
    place_in_meeting: int
    from_first: int
    from_last: int


class Attendance(TypedDict):
    """One person in one meeting: how many turns, and one of them (None for who said nothing)."""

    meeting_id: str
    version_id: str
    title: str
    date: str
    name: str
    turns: int
    utterance: int | None
    start: float | None
    text: str | None


class Theme(TypedDict):
    """A thing that meetings spoke of: in how many turns, and one of them."""

    entity_id: str
    entity: str
    type: str
    turns: int
    meeting_id: str
    version_id: str
    title: str
    date: str
    utterance: int
    speaker: str | None
    start: float | None
    text: str


class Turn(TypedDict):
    """One utterance and its meeting."""

    meeting_id: str
    version_id: str
    title: str
    date: str
    utterance: int
    speaker: str | None
    start: float | None
    text: str


async def turns_of(
    database: Database, workspace_id: str, meetings: Sequence[str], moment: Moment = NOW
) -> list[Turn]:
    """Everything that was said in these meetings, in its order."""
    rows = await database.rows(
        queries("sayings")["turns"],
        workspace_id=workspace_id,
        meetings=list(meetings),
        known=moment.bounds["known"],
    )
    return [_turn(row) for row in rows]


async def sayings(
    database: Database,
    workspace_id: str,
    vector: Sequence[float],
    moment: Moment = NOW,
    *,
    entities: Sequence[str] = (),
    topics: Sequence[str] = (),
    people: Sequence[str] | None = None,
    start: datetime | None = None,
    meetings: Sequence[str] | None = None,
    asking: str | None = None,
) -> list[Saying]:
    """The turns that speak of entities or topics, in the order they were said.

    All are counted; given are the most telling of each speaker and meeting, the first, and the last.

    Args:
        vector: embedding of the question; the nearer a turn, the more telling.
        entities: ids; a turn that mentions one of them speaks of it.
        topics: a turn that holds all words of one of them, in any form, speaks of it.
        people: only turns of these persons (entity ids).
        start: only meetings from then on.
        meetings: only these meetings.
        asking: only turns that match this regular expression (of PostgreSQL).
    """
    if not entities and not topics:
        return []
    rows = await database.rows(
        queries("sayings")["about"],
        workspace_id=workspace_id,
        vector=np.asarray(vector, dtype=np.float32),
        entities=list(entities),
        topics=list(topics),
        people=None if people is None else list(people),
        start=start or "-infinity",
        meetings=None if meetings is None else list(meetings),
        asking=asking,
        **moment.bounds,
    )
    return [
        Saying(
            memory_id=row["memory_id"],
            meeting_id=row["meeting_id"],
            version_id=row["version_id"],
            title=row["title"],
            date=iso(row["date"]),
            speaker=row["speaker"],
            utterances=[row["first_utterance"], row["last_utterance"]],
            start=row["start"],
            content=row["quote"] or row["content"],
            turns=row["turns"],
            of_speaker=row["of_speaker"],
            in_meeting=row["in_meeting"],
            place_of_speaker=row["place_of_speaker"],
            place_in_meeting=row["place_in_meeting"],
            from_first=row["from_first"],
            from_last=row["from_last"],
        )
        for row in rows
    ]


async def attendance(
    database: Database, workspace_id: str, meetings: Sequence[str], moment: Moment = NOW
) -> list[Attendance]:
    """Who took part in these meetings, meeting by meeting, who spoke most first."""
    rows = await database.rows(
        queries("sayings")["attendance"],
        workspace_id=workspace_id,
        meetings=list(meetings),
        known=moment.bounds["known"],
    )
    return [
        Attendance(
            meeting_id=row["meeting_id"],
            version_id=row["version_id"],
            title=row["title"],
            date=iso(row["date"]),
            name=row["name"],
            turns=row["turns"],
            utterance=row["ordinal"],
            start=row["start"],
            text=row["text"],
        )
        for row in rows
    ]


async def themes(
    database: Database, workspace_id: str, meetings: Sequence[str], moment: Moment = NOW, *, limit: int = 10
) -> list[Theme]:
    """The things, other than people, that these meetings mention in most turns, most mentioned first."""
    rows = await database.rows(
        queries("sayings")["themes"],
        workspace_id=workspace_id,
        meetings=list(meetings),
        limit=limit,
        known=moment.bounds["known"],
    )
    return [
        Theme(
            entity_id=row["entity_id"],
            entity=row["entity"],
            type=row["type"],
            turns=int(row["turns"]),
            meeting_id=row["meeting_id"],
            version_id=row["version_id"],
            title=row["title"],
            date=iso(row["date"]),
            utterance=row["ordinal"],
            speaker=row["speaker"],
            start=row["start"],
            text=row["text"],
        )
        for row in rows
    ]


async def introductions(
    database: Database, workspace_id: str, people: Sequence[str], moment: Moment = NOW
) -> list[Turn]:
    """Turns of these persons that may say who they are ("I'm ...", "my name is ..."), oldest first."""
    rows = await database.rows(
        queries("sayings")["introductions"], workspace_id=workspace_id, people=list(people), **moment.bounds
    )
    return [_turn(row) for row in rows]


async def frequencies(database: Database, workspace_id: str, words: Sequence[str]) -> dict[str, int]:
    """In how many memories of the workspace each word occurs, in any form; common words up to 2,000."""
    rows = await database.rows(
        queries("sayings")["frequencies"], workspace_id=workspace_id, words=list(words), counted=_COUNTED
    )
    return {cast(str, row["word"]): int(row["memories"]) for row in rows}


def _turn(row: Row) -> Turn:
    return Turn(
        meeting_id=row["meeting_id"],
        version_id=row["version_id"],
        title=row["title"],
        date=iso(row["date"]),
        utterance=row["ordinal"],
        speaker=row["speaker"],
        start=row["start"],
        text=row["text"],
    )
