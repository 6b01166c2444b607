"""Finding what was said: vectors, words and entity links fused inside one workspace, by PostgreSQL alone.

Measured best on three sets (benchmarks/retrieval.py): cosine of the turn and BM25F of the turn with its
context, each brought to 0..1 over the candidates, half and half; who the question names is preferred.
"""

import asyncio
import math
import re
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from stores.database import Database, Row, fetch
from stores.moments import NOW, Moment, iso
from stores.queries import queries
from stores.readings import NamedEntity

# Up to here all distances are computed: exact. Up to the next all vectors' signs are compared, which is as
# many steps, each a fraction of the work. Beyond, an index that has to filter is faster.
EXACT_UP_TO = 5_000
NEAR_UP_TO = 100_000
_CANDIDATES = 100
# The rarest words that together are in so many memories bring candidates, the others only score them; in a
# large workspace fewer, because each is read from a page of its own.
WORD_CANDIDATES = 1_500
WORD_CANDIDATES_OF_MANY = 600
_WORD = re.compile(r"\w+")
_LONGEST_QUESTION = 4_000


class MemoryReading(TypedDict):
    """One memory found, with what ranked it.

    `score` is 0 to 1 and orders one result, `similarity` the cosine to the question, `coverage` the share
    of the question's words, weighted by rarity, that the memory and its context hold.
    """

    memory_id: str
    meeting_id: str
    version_id: str
    title: str
    date: str
    speaker: str | None
    kind: str
    utterances: list[int]
    start: float | None
    content: str
    quote: str
    score: float
    similarity: float
    coverage: float
    names_entity: bool


class SearchRow(TypedDict):
    """One memory as `search` shows it."""

    memory_id: str
    meeting_id: str
    title: str
    date: str
    speaker: str | None
    kind: str
    utterances: list[int]
    start: float | None
    score: float
    content: str


class UtteranceReading(TypedDict):
    """One utterance, for quoting what surrounds a memory."""

    version_id: str
    ordinal: int
    speaker: str | None
    start: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts for how much; the defaults are the measured ones, others are for measuring.

    Attributes:
        similarity: of the vector, against 1 - similarity of the words.
        context: a word in the context of a memory, against 1 in the memory itself.
        speaker: added for what is said by somebody whom the question names.
        around: of the talk around a memory, against 1 - around of the memory itself, where a question is
            about a discussion (stores.discussions).
    """

    similarity: float = 0.5
    context: float = 0.7
    speaker: float = 0.1
    around: float = 0.5

    @property
    def counting(self) -> list[float]:
        """Of the classes D to A of a tsvector: the context is D, the memory itself A."""
        return [self.context, self.context, 1.0, 1.0]


MEASURED = Weights()


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a question, by rarity.

    Attributes:
        weights: inverse document frequency of each lexeme.
        rare: the lexemes that bring candidates.
        candidates: in about how many memories they are together at most.
        together: only memories that hold all of the rare ones, because each is common.
        average_length: distinct words of an average memory.
        memories: how many memories the workspace has.
    """

    weights: Mapping[str, float]
    rare: tuple[str, ...]
    candidates: int
    together: bool
    average_length: float
    memories: int


async def recall(
    database: Database,
    workspace_id: str,
    question: str,
    vector: Sequence[float] | Awaitable[Sequence[float]],
    *,
    k: int = 10,
    moment: Moment = NOW,
    start: datetime | None = None,
    entities: Sequence[str] = (),
    speakers: Sequence[str] = (),
    meetings: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    weights: Weights = MEASURED,
) -> list[MemoryReading]:
    """The k memories that answer a question best, best first; fewer only when fewer pass the filters.

    Args:
        question: any text.
        vector: its embedding, of the model that filled the database, or what gives it: its words are looked
            up meanwhile.
        k: how many memories.
        moment: only meetings held by then, and known by then.
        start: only meetings from then on.
        entities: entities that the question names: what mentions them by any name is a candidate too.
        speakers: names of people that the question is about: what they said is preferred, as is what is
            said by anybody whose whole name is in the question.
        meetings: only of these meetings.
        kinds: only memories of these kinds.
        weights: what counts for how much.
    """
    filters: dict[str, object] = {
        "workspace_id": workspace_id,
        "start": start or "-infinity",
        "meetings": None if meetings is None else list(meetings),
        "kinds": None if kinds is None else list(kinds),
        "limit": max(_CANDIDATES, 4 * k),
        "counting": weights.counting,
        **moment.bounds,
    }
    given = asyncio.ensure_future(_embedded(vector))
    asked = asyncio.ensure_future(question_terms(database, workspace_id, question))
    ids: set[str] = set()
    for found in await asyncio.gather(
        _by_words(database, asked, filters),
        _by_vector(database, asked, given, filters),
        _by_entity(database, entities, filters),
    ):
        ids.update(found)
    terms, embedded = await asked, await given
    rows = await database.rows(
        queries("recall")["scored"],
        workspace_id=workspace_id,
        ids=sorted(ids),
        vector=embedded,
        lexemes=list(terms.weights),
        weights=list(terms.weights.values()),
        average_length=terms.average_length,
        counting=weights.counting,
        entities=list(entities),
    )
    named = [_words(name) for name in (question, *speakers)]
    return without_near_duplicates(_ranked(rows, terms, named, weights))[:k]


async def search_rows(
    database: Database,
    workspace_id: str,
    question: str,
    vector: Sequence[float],
    *,
    k: int = 10,
    moment: Moment = NOW,
) -> list[SearchRow]:
    """The k memories nearest to a query, as `search` shows them, best first."""
    return [
        {
            "memory_id": memory["memory_id"],
            "meeting_id": memory["meeting_id"],
            "title": memory["title"],
            "date": memory["date"],
            "speaker": memory["speaker"],
            "kind": memory["kind"],
            "utterances": memory["utterances"],
            "start": memory["start"],
            "score": memory["score"],
            "content": memory["content"],
        }
        for memory in await recall(database, workspace_id, question, vector, k=k, moment=moment)
    ]


async def utterances_around(
    database: Database,
    workspace_id: str,
    places: Sequence[tuple[str, int, int]],
    *,
    before: int = 1,
    after: int = 1,
) -> list[UtteranceReading]:
    """The utterances of these places and some around them, in order within each meeting.

    Args:
        places: meeting version, first and last utterance of each.
        before: how many utterances more before each place.
        after: how many more after it.
    """
    rows = await database.rows(
        queries("recall")["around"],
        workspace_id=workspace_id,
        versions=[version_id for version_id, _, _ in places],
        firsts=[first for _, first, _ in places],
        lasts=[last for _, _, last in places],
        before=before,
        after=after,
    )
    return [
        UtteranceReading(
            version_id=row["version_id"],
            ordinal=row["ordinal"],
            speaker=row["speaker"],
            start=row["start"],
            text=row["text"],
        )
        for row in rows
    ]


async def entities_of(
    database: Database, workspace_id: str, memories: Sequence[MemoryReading], *, limit: int
) -> list[NamedEntity]:
    """The entities that these memories mention, most mentioned first."""
    rows = await database.rows(
        queries("recall")["entities_of"],
        workspace_id=workspace_id,
        memories=[memory["memory_id"] for memory in memories],
        limit=limit,
    )
    return [NamedEntity(given=row["name"], id=row["id"], name=row["name"], type=row["type"]) for row in rows]


async def question_terms(database: Database, workspace_id: str, question: str) -> Terms:
    """The words of any text, stemmed, without stop words, and how rare each is in the workspace."""
    # PostgreSQL takes neither NUL nor halves of surrogate pairs
    text = question.replace("\0", " ").encode("utf-8", "replace").decode()[:_LONGEST_QUESTION]
    rows = await database.rows(queries("recall")["terms"], workspace_id=workspace_id, question=text)
    memories: int = rows[0]["memories"]
    frequencies: dict[str, int] = {row["lexeme"]: row["held_by"] for row in rows if row["lexeme"] is not None}
    candidates = WORD_CANDIDATES if memories <= EXACT_UP_TO else WORD_CANDIDATES_OF_MANY
    rare, together = _rare(frequencies, candidates)
    return Terms(
        weights={
            lexeme: math.log(1 + (memories - found + 0.5) / (found + 0.5))
            for lexeme, found in frequencies.items()
        },
        rare=rare,
        candidates=candidates,
        together=together,
        average_length=rows[0]["average_length"],
        memories=memories,
    )


def without_near_duplicates(ranked: Sequence[MemoryReading]) -> list[MemoryReading]:
    """The memories, best first, each piece of evidence once.

    Two memories are near-duplicates when they have the same words in the same meeting, or cover the same
    utterances and one of them at least is a passage: the statement stays, at the better one's place;
    of two passages the better one. Two statements drawn from the same words stay both.
    """
    kept: list[MemoryReading] = []
    words: list[str] = []
    of_version: dict[str, list[int]] = defaultdict(list)
    for memory in ranked:
        places, said = of_version[memory["version_id"]], memory["content"].casefold()
        twin = next(
            (place for place in places if said == words[place] or _covers_the_same(memory, kept[place])), None
        )
        if twin is None:
            places.append(len(kept))
            kept.append(memory)
            words.append(said)
        elif kept[twin]["kind"] == "discussion" and memory["kind"] != "discussion":
            kept[twin] = {**memory, "score": kept[twin]["score"]}
            words[twin] = said
    return kept


def _covers_the_same(one: MemoryReading, other: MemoryReading) -> bool:
    """Whether two memories of one version cover the same utterances, and one of them is a passage."""
    (first, last), (other_first, other_last) = one["utterances"], other["utterances"]
    return first <= other_last and other_first <= last and "discussion" in (one["kind"], other["kind"])


def _rare(frequencies: Mapping[str, int], candidates: int) -> tuple[tuple[str, ...], bool]:
    """The rarest words that together bring few enough candidates; where none is rare, two to be held both."""
    held = sorted((found, lexeme) for lexeme, found in frequencies.items() if found > 0)
    if held and held[0][0] > candidates:
        return tuple(lexeme for _, lexeme in held[:2]), True
    rare: list[str] = []
    brought = 0
    for found, lexeme in held:
        brought += found
        if brought > candidates and rare:
            break
        rare.append(lexeme)
    return tuple(rare), False


def _words(text: str) -> str:
    """Words alone, lower case, each between spaces, so that whole words can be looked for."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _ranked(rows: Sequence[Row], terms: Terms, named: Sequence[str], weights: Weights) -> list[MemoryReading]:
    similarity = min_max([float(row["similarity"]) for row in rows])
    words = min_max([float(row["words"]) for row in rows])
    asked = sum(terms.weights.values())
    most = 1 + weights.speaker
    speakers = {row["speaker"]: _words(row["speaker"] or "") for row in rows}
    are_named = {
        one for one, name in speakers.items() if name.strip() and any(name in given for given in named)
    }
    dates = {row["version_id"]: row["date"] for row in rows}
    iso_of = {version: iso(date) for version, date in dates.items()}
    ranked: list[MemoryReading] = []
    for row, near, worded in zip(rows, similarity, words, strict=True):
        spoken = row["speaker"] in are_named
        score = weights.similarity * near + (1 - weights.similarity) * worded + weights.speaker * spoken
        held = sum(terms.weights[lexeme] for lexeme in row["matched"])
        ranked.append(
            MemoryReading(
                memory_id=row["memory_id"],
                meeting_id=row["meeting_id"],
                version_id=row["version_id"],
                title=row["title"],
                date=iso_of[row["version_id"]],
                speaker=row["speaker"],
                kind=row["kind"],
                utterances=[row["first_utterance"], row["last_utterance"]],
                start=row["start"],
                content=row["content"],
                quote=row["quote"],
                score=round(score / most, 4),
                similarity=round(float(row["similarity"]), 4),
                coverage=round(held / asked if asked else 0.0, 4),
                names_entity=row["names_entity"],
            )
        )
    return sorted(ranked, key=lambda memory: (-memory["score"], memory["memory_id"]))


def min_max(values: Sequence[float]) -> list[float]:
    """Values brought to 0..1; all zero when they do not differ."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return [(value - low) / (high - low) if high > low else 0.0 for value in values]


async def _embedded(vector: Sequence[float] | Awaitable[Sequence[float]]) -> NDArray[np.float32]:
    return np.asarray(vector if isinstance(vector, Sequence) else await vector, dtype=np.float32)


async def _by_words(database: Database, asked: Awaitable[Terms], filters: Mapping[str, object]) -> list[str]:
    terms = await asked
    if not terms.rare:
        return []
    rows = await database.rows(
        queries("recall")["by_words"],
        lexemes=list(terms.weights),
        weights=list(terms.weights.values()),
        rare=list(terms.rare),
        operator=" & " if terms.together else " | ",
        most=2 * terms.candidates,
        average_length=terms.average_length,
        **filters,
    )
    return [row["id"] for row in rows]


async def _by_vector(
    database: Database,
    asked: Awaitable[Terms],
    given: Awaitable[NDArray[np.float32]],
    filters: Mapping[str, object],
) -> list[str]:
    terms, parameters = await asked, {**filters, "vector": await given}
    if terms.memories > NEAR_UP_TO:
        async with database.transaction() as connection:
            await fetch(connection, queries("recall")["scan_further"], {})
            rows = await fetch(connection, queries("recall")["by_vector"], parameters)
        if len(rows) == filters["limit"]:
            return [row["id"] for row in rows]
        # the index gave up before enough rows passed the filters: they are few, so look at each
    way = "by_vector_exact" if terms.memories <= EXACT_UP_TO else "by_vector_near"
    rows = await database.rows(queries("recall")[way], **parameters)
    return [row["id"] for row in rows]


async def _by_entity(database: Database, entities: Sequence[str], filters: Mapping[str, object]) -> list[str]:
    if not entities:
        return []
    rows = await database.rows(queries("recall")["by_entity"], entities=list(entities), **filters)
    return [row["id"] for row in rows]
