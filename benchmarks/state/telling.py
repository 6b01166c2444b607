"""What was measured, for people: a table, and every wrong row and answer with what made it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.table import Table

from benchmarks.state.modes import Measured
from benchmarks.state.questions import figures as answer_figures
from benchmarks.state.running import Predicted
from benchmarks.state.series import number_of


def figures(measured: Iterable[Measured]) -> dict[str, Any]:
    """The figures by mode and series, under the keys of the contract."""
    found: dict[str, dict[str, Any]] = {}
    for one in measured:
        of: dict[str, Any] = {}
        if one.scored is not None:
            of |= {key: one.scored[key] for key in ("precision", "recall", "f1", "right", "wrong", "neutral")}
        if one.answered:
            of["questions"] = answer_figures(one.answered)
        found.setdefault(one.mode, {})[one.series.name] = of
    return found


def table(measured: Iterable[Measured]) -> Table:
    """One row for each mode and series, and one for each kind of question."""
    shown = Table("mode", "series", "figure", "value")
    for mode, of_series in figures(measured).items():
        for name, of in of_series.items():
            for key in ("precision", "recall", "f1"):
                if key in of:
                    shown.add_row(mode, name, key, f"{of[key]:.3f}")
            kinds = of.get("questions", {})
            for kind, (right, asked) in kinds.items():
                shown.add_row(mode, name, kind, f"{right} of {asked}")
            if kinds:
                right, asked = (sum(pair[at] for pair in kinds.values()) for at in (0, 1))
                shown.add_row(mode, name, "all questions", f"{right} of {asked}: {right / asked:.3f}")
    return shown


def tell_wrong(one: Measured, *, show: bool) -> None:
    """Print every wrong transition with the step that made it, and every wrong answer."""
    wrong = [dict(row) for row in one.wrong]
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
    labels = [
        label
        for label in one.series.transitions
        if (number_of(label["entity_id"]), label["field"]) == (number_of(row["entity"]), row["field"])
    ]
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
