"""Asking the questions of a series through the query graph, and whether what is answered is right.

The answer is what stands before the first empty line; its evidence, below, is not read. It is right when:

- status_asof, status_before, current_status: it names the thing that is asked about, by its code, and of the
  statuses the right one alone.
- when_changed: it names the thing, the day alone, and the call (its number).
- list_at_meeting: its codes are all of the list and no others, but for those that the scoring script calls
  neutral: the labels have them at this status within 14 days, in a tier that the list leaves out.
- history: its pairs of status and day, in order, are those of the labels; how it stood before the first
  call may come first, without counting.
- yesno_before: it begins with "No" and, if it goes on to say how things stood, that is right.

"Not known" is wrong, and so is an answer that says more than one thing. Where the question gives a title that
several things of the series bear, what is said of the others, each in a sentence of its own, is not read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.state.series import Row, Series, apart
from graphs.query import builder
from nodes.context import Context

NEUTRAL_DAYS = 14
_STATUSES = {
    "Proposed": ("proposed", "pfi"),
    "Considered": ("considered", "cfi"),
    "Scheduled": ("scheduled", "sfi"),
    "Included": ("included",),
    "Declined": ("declined", "dfi"),
    "Removed": ("removed",),
}
_DAY = re.compile(
    r"\b(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4})\b|\b(\d{4}-\d\d-\d\d)\b"
)
_CODE = re.compile(r"\b[A-Z]{2,5}-\d+\b")
_QUOTED = re.compile(r'"([^"]+)" proposal')
_SENTENCE_END = re.compile(r"(?<=\])\s+")
_CALL = re.compile(r"#\d+\b")
_STATUS_AND_DAY = re.compile(
    rf"\b({'|'.join(word for words in _STATUSES.values() for word in words)})\b[^(→]*\(([^)]*)\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of a series, what was answered, and whether that is right."""

    question: Row
    answer: str
    is_right: bool


async def ask(workspace: str, series: Series) -> list[Answered]:
    """Ask every question on its own."""
    graph = builder.compile(name="query")
    answered: list[Answered] = []
    for question in series.questions:
        output: Any = await graph.ainvoke(
            {"question": question["question"]}, context=Context(workspace=workspace, cache=False)
        )
        said = output["answer"].partition("\n\n")[0]
        right = output["known"] and is_right(series, question, _of_the_one(series, question, said))
        answered.append(Answered(question, said, right))
    return answered


def is_right(series: Series, question: Mapping[str, Any], said: str) -> bool:
    """Whether an answer without its evidence is right, as told above."""
    match question["kind"]:
        case "when_changed":
            call = _CALL.search(question["gold"])
            right = _days(said) == {question["gold"][:10]}
            return right and _names(series, question, said) and call is not None and call[0] in said
        case "list_at_meeting":
            return _is_list(series, question, said)
        case "history":
            told = [(_day_of(day), _status_of(word)) for word, day in _STATUS_AND_DAY.findall(said)]
            while told and told[0][0] < series.meetings[0]["date"]:
                told = told[1:]
            return told == [tuple(step) for step in question["gold_seq"]]
        case "yesno_before":
            was = set(re.findall(r"it was still (\w+)", question["gold"]))
            return said.startswith("No") and (_names_none(said) or _statuses(said) == was)
        case _:
            return _names(series, question, said) and _statuses(said) == {question["gold_aliases"][0]}


def _of_the_one(series: Series, question: Mapping[str, Any], said: str) -> str:
    """The answer without what it says of other things that bear the title in the question."""
    title = _QUOTED.search(question["question"])
    bearers = [entity["entity_id"] for entity in series.entities if title and entity["title"] == title[1]]
    others = {bearer.upper() for bearer in bearers if bearer != question["entity_id"]}
    return " ".join(part for part in _SENTENCE_END.split(said) if not set(_CODE.findall(part)) & others)


def figures(answered: Sequence[Answered]) -> dict[str, list[int]]:
    """Right and asked, by kind."""
    kinds = dict.fromkeys(one.question["kind"] for one in answered)
    of_kind = {kind: [one for one in answered if one.question["kind"] == kind] for kind in kinds}
    return {kind: [sum(one.is_right for one in of), len(of)] for kind, of in of_kind.items()}


def _is_list(series: Series, question: Mapping[str, Any], said: str) -> bool:
    wanted, told = set(question["gold_set"]), set(_CODE.findall(said))
    status = next(name for name in _STATUSES if f'"{name} ' in question["question"])
    left_out = {
        row["entity_id"].upper()
        for row in series.transitions
        if row["to"] == status and apart(row["date"], question["as_of"]) <= NEUTRAL_DAYS
        if row["tier"] not in "AB"
    }
    return wanted <= told <= wanted | left_out


def _names(series: Series, question: Mapping[str, Any], said: str) -> bool:
    """The one thing that an answer is about, by its number."""
    numbers = {code.partition("-")[2] for code in _CODE.findall(said)}
    return numbers == {question["entity_id"].partition("-")[2]}


def _statuses(said: str) -> set[str]:
    return {name for name in _STATUSES if _mentions(said, name)}


def _names_none(said: str) -> bool:
    return not _statuses(said)


def _mentions(said: str, status: str) -> bool:
    return re.search(rf"\b(?:{'|'.join(_STATUSES[status])})\b", said, re.IGNORECASE) is not None


def _status_of(word: str) -> str:
    return next(name for name, words in _STATUSES.items() if word.lower() in words)


def _days(said: str) -> set[str]:
    return {_day_of(written or iso) for written, iso in _DAY.findall(said)}


def _day_of(said: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        return said
    return datetime.strptime(said, "%d %b %Y").date().isoformat()
