"""What a regular expression finds: in each sentence every code with the status word that stands nearest."""

import re
from collections.abc import Iterator, Sequence

from benchmarks.state.series import Row, Series, number_of
from stores.records import Source

_CODE = re.compile(r"\b(?:EIP|RIP)[- ]?(\d{3,4})\b|\b(\d{4})\b", re.IGNORECASE)
_STATUS = re.compile(
    r"\b(?:(?P<Proposed>pfi|proposed for inclusion)|(?P<Considered>cfi|considered for inclusion)"
    r"|(?P<Scheduled>sfi|scheduled for inclusion)|(?P<Declined>dfi|declined for inclusion))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def baseline(series: Series, sources: Sequence[Source]) -> list[Row]:
    """Its predictions: of each call what differs from what was last found, beginning with the starting state.

    Everything is taken to be of the upgrade that the series is about.
    """
    field = series.start[0]["field"]
    stood = {number_of(row["entity_id"]): row["status"] for row in series.start if row["field"] == field}
    found: list[Row] = []
    for meeting, source in zip(series.meetings, sources, strict=True):
        last = dict(pair for one in source.utterances for pair in _pairs(one.text))
        for number, status in last.items():
            if stood.get(number) != status:
                found.append({"entity": number, "field": field, "to": status, "date": meeting["date"]})
        stood |= last
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for sentence in _SENTENCE_END.split(text):
        statuses = list(_STATUS.finditer(sentence))
        for code in _CODE.finditer(sentence) if statuses else ():
            nearest = min(statuses, key=lambda status: abs(status.start() - code.start()))
            yield code[1] or code[2], nearest.lastgroup or ""
