"""A plain BM25 to measure recall beside: the same texts, PostgreSQL's stems and stop words, nothing else."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from stores.database import Database

K1 = 1.2
B = 0.75

_STEMS = b"""
select text.place, word.lexeme, coalesce(cardinality(word.positions), 1) as times
from unnest(%(texts)s::text[]) with ordinality as text (words, place)
cross join lateral unnest(to_tsvector('english', text.words)) as word
"""


async def stems(database: Database, texts: Sequence[str]) -> list[Mapping[str, int]]:
    """The stems of each text without stop words, and how often each occurs."""
    found: list[dict[str, int]] = [{} for _ in texts]
    for row in await database.rows(_STEMS, texts=list(texts)):
        found[row["place"] - 1][row["lexeme"]] = row["times"]
    return list(found)


class BM25:
    """Okapi BM25 over stemmed texts (Robertson and Zaragoza 2009), k1 = 1.2, b = 0.75."""

    def __init__(self, texts: Sequence[Mapping[str, int]]) -> None:
        """Index the stemmed texts."""
        self._lengths = [sum(text.values()) for text in texts]
        self._average = sum(self._lengths) / max(len(texts), 1) or 1.0
        self._holders: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, text in enumerate(texts):
            for stem, times in text.items():
                self._holders[stem].append((place, times))

    def best(self, question: Mapping[str, int], k: int) -> list[int]:
        """The places of the k best texts, best first; only such as share a word with the question."""
        scores: dict[int, float] = defaultdict(float)
        for stem in question:
            holders = self._holders.get(stem, [])
            rarity = math.log(1 + (len(self._lengths) - len(holders) + 0.5) / (len(holders) + 0.5))
            for place, times in holders:
                length = 1 - B + B * self._lengths[place] / self._average
                scores[place] += rarity * times * (K1 + 1) / (times + K1 * length)
        return sorted(scores, key=lambda place: (-scores[place], place))[:k]
