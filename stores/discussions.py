"""Finding where a thing was discussed, for questions about a discussion: not one turn but a stretch of talk.

Measured on QMSum, most of whose questions are such: benchmarks/retrieval.py, way "no talk around".
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime

import numpy as np

from stores.database import Database
from stores.moments import NOW, Moment
from stores.queries import queries
from stores.recall import MEASURED, MemoryReading, Weights, min_max, question_terms, recall

_LOOKED_AT = 60
_AHEAD = 5
_APART = 8  # utterances


async def recall_discussed(
    database: Database,
    workspace_id: str,
    question: str,
    vector: Awaitable[Sequence[float]],
    *,
    k: int,
    moment: Moment = NOW,
    start: datetime | None = None,
    entities: Sequence[str] = (),
    speakers: Sequence[str] = (),
    meetings: Sequence[str] | None = None,
    weights: Weights = MEASURED,
) -> list[MemoryReading]:
    """As `stores.recall.recall`, by the memory and the talk around it.

    The talk around is the memory with the two turns before and after it: the cosine of their mean vector,
    and their mean score by words. It costs one query more, over the candidates alone.
    """
    given = asyncio.ensure_future(vector)
    memories, terms = await asyncio.gather(
        recall(
            database,
            workspace_id,
            question,
            given,
            k=max(k, _LOOKED_AT),
            moment=moment,
            start=start,
            entities=entities,
            speakers=speakers,
            meetings=meetings,
            weights=weights,
        ),
        question_terms(database, workspace_id, question),
    )
    rows = await database.rows(
        queries("recall")["talk_around"],
        workspace_id=workspace_id,
        ids=[memory["memory_id"] for memory in memories],
        vector=np.asarray(await given, dtype=np.float32),
        lexemes=list(terms.weights),
        weights=list(terms.weights.values()),
        average_length=terms.average_length,
        counting=weights.counting,
        known=moment.bounds["known"],
    )
    near = min_max([float(row["similarity"]) for row in rows])
    worded = min_max([float(row["words"]) for row in rows])
    around = {
        row["id"]: weights.similarity * one + (1 - weights.similarity) * other
        for row, one, other in zip(rows, near, worded, strict=True)
    }
    scored = [
        MemoryReading(
            {
                **memory,
                "score": round(
                    (1 - weights.around) * memory["score"] + weights.around * around[memory["memory_id"]], 4
                ),
            }
        )
        for memory in memories
    ]
    return sorted(scored, key=lambda memory: (-memory["score"], memory["memory_id"]))[:k]


def spread(memories: Sequence[MemoryReading]) -> list[MemoryReading]:
    """The memories with five ahead that are from different stretches of talk, else in the order they had.

    Who reads one turn reads those around it as well: a second from there tells little more.
    """
    ahead: list[MemoryReading] = []
    for memory in memories:
        if len(ahead) < _AHEAD and not any(_together(memory, other) for other in ahead):
            ahead.append(memory)
    first = {memory["memory_id"] for memory in ahead}
    return [*ahead, *(memory for memory in memories if memory["memory_id"] not in first)]


def _together(one: MemoryReading, other: MemoryReading) -> bool:
    apart = abs(one["utterances"][0] - other["utterances"][0])
    return one["version_id"] == other["version_id"] and apart <= _APART
