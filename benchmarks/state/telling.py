"""What was measured, for people: a table, and every wrong row and answer with what made it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.table import Table

from benchmarks.state.modes import Measured
from benchmarks.state.questions import figures as answer_figures
from benchmarks.state.running import Predicted
from benchmarks.state.series import apart, number_of

_FIGURES = ("precision", "recall", "f1", "right", "wrong", "neutral")
_MOST_OF_RULES = 10


def figures(measured: Iterable[Measured]) -> dict[str, Any]:
    """The figures by mode and series, under the keys of the contract."""
    found: dict[str, dict[str, Any]] = {}
    for one in measured:
        of: dict[str, Any] = {}
        if one.scored is not None:
            of |= {key: one.scored[key] for key in _FIGURES}
        if one.baseline is not None:
            of["regular_expression"] = {key: one.baseline[key] for key in _FIGURES}
        if one.answered:
            of["questions"] = answer_figures(one.answered)
        found.setdefault(one.mode, {})[one.series.name] = of
    return found


def table(measured: Iterable[Measured]) -> Table:
    """One row for each mode and series, and one for each kind of question."""
    shown = Table("mode", "series", "figure", "value")
    for mode, of_series in figures(measured).items():
        for name, of in of_series.items():
            for by, scored in ((mode, of), ("regular expression", of.get("regular_expression", {}))):
                for key in ("precision", "recall", "f1"):
                    if key in scored:
                        shown.add_row(by, name, key, f"{scored[key]:.3f}")
            kinds = of.get("questions", {})
            for kind, (right, asked) in kinds.items():
                shown.add_row(mode, name, kind, f"{right} of {asked}")
            if kinds:
                right, asked = (sum(pair[at] for pair in kinds.values()) for at in (0, 1))
                shown.add_row(mode, name, "all questions", f"{right} of {asked}: {right / asked:.3f}")
    return shown


def tell_wrong(one: Measured, *, show: bool) -> None:
    """Print every wrong transition with the step that made it, and every wrong answer.

    Of what the rules got wrong the ten worst: those furthest from any label of the thing first.
    """
    wrong = [dict(row) for row in one.wrong]
    if one.mode == "rules":
        wrong = sorted(wrong, key=lambda row: -_days_off(one, row))[:_MOST_OF_RULES]
    for made in one.found:
        is_wrong = made.row in wrong
        if show or is_wrong:
            row = made.row
            mark = "wrong" if is_wrong else "found"
            said = f"{row['date']} {row['entity']} {row['field']} {made.before} -> {row['to']}"
            print(f"{mark}: {said} ({made.decided_by}, {made.stance}), turn {made.utterance}: “{made.quote}”")
        if is_wrong:
            print(f"       {reason(one, made)}")
    for row in missed(one):
        print(f"missed: {row['date']} {row['entity_id']} {row['field']} {row['from']} -> {row['to']}")
    for answer in one.answered:
        if not answer.is_right:
            question = answer.question
            print(f"wrong answer ({question['kind']}): {question['question']}\n  gold: {question['gold']}")
            print(f"  said: {answer.answer}")


def _days_off(one: Measured, row: Mapping[str, Any]) -> float:
    """How far a wrong row is from a label that says the same; endless where none does."""
    days = [apart(row["date"], label["date"]) for label in _labels(one, row) if label["to"] == row["to"]]
    return min(days, default=float("inf"))


def _labels(one: Measured, row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    place = (number_of(row["entity"]), row["field"])
    return [each for each in one.series.transitions if (number_of(each["entity_id"]), each["field"]) == place]


def missed(one: Measured) -> Sequence[Mapping[str, Any]]:
    """The labels of tiers A and B that nothing found equals."""
    if one.scored is None:
        return []
    found = {
        (number_of(made.row["entity"]), made.row["field"], made.row["to"], made.row["date"])
        for made in one.found
    }
    return [
        row
        for row in one.series.transitions
        if row["tier"] in "AB"
        and (number_of(row["entity_id"]), row["field"], row["to"], row["date"]) not in found
    ]


def reason(one: Measured, made: Predicted) -> str:
    """Which step made a wrong transition, as far as the labels and the recording tell."""
    row = made.row
    labels = _labels(one, row)
    dated = "; ".join(f"{label['date']} {label['to']} ({label['tier']})" for label in labels) or "none"
    same = [label for label in labels if label["to"] == row["to"]]
    if same:
        days = (date.fromisoformat(row["date"]) - date.fromisoformat(same[0]["date"])).days
        step = f"dated {abs(days)} days {'after' if days > 0 else 'before'} the label"
    elif made.bound_by not in ("name", "alias"):
        step = f"resolution took “{made.mention}” for it by {made.bound_by}"
    else:
        step = f"the reading of “{made.mention}” says {row['to']}"
    return f"{step}; labels: {dated}"
