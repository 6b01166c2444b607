"""The tables of the reading commands, from the same rows that `--json` prints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.rendering import clock, count, day, printable, quoted, table, text

Row = Mapping[str, Any]

_STATUS_STYLES = {
    "completed": "green",
    "in_progress": "cyan",
    "planned": "blue",
    "blocked": "bold red",
    "at_risk": "yellow",
    "on_hold": "yellow",
    "cancelled": "dim",
}
_MOST_TOPICS = 4
_BOARD = ("status", "owner", "progress", "due", "priority", "health", "blockers")


def board(rows: Sequence[Row]) -> RenderableType:
    """Everything tracked, one line each."""
    columns = {
        "entity": "bold",
        "status": "",
        "owner": "",
        "progress": ">",
        "due": "",
        "priority": "",
        "health": "",
    }
    columns |= {"blockers": "red", "more": "", "last change": "dim"}
    return table(
        f"How {count(len(rows), 'thing')} stand{'s' if len(rows) == 1 else ''}{_as_of(rows)}",
        columns,
        (_board_line(row) for row in rows),
    )


def status_cards(rows: Sequence[Row]) -> RenderableType:
    """One or a few entities in full, with the words that each state rests on."""
    return Group(*(_card(row) for row in rows))


def timeline_table(rows: Sequence[Row]) -> RenderableType:
    """Everything that happened to one entity, each with the words that say so."""
    names = ", ".join(dict.fromkeys(row["entity"] for row in rows))
    return _history(f"Timeline of {names}", rows, "title")


def changes_table(rows: Sequence[Row]) -> RenderableType:
    """Changes of everything in a span of time, each with the words that say so."""
    return _history(count(len(rows), "change"), rows, "entity")


def _history(title: str, rows: Sequence[Row], about: str) -> RenderableType:
    """Two lines for each change: what, and below it the words; words that serve several are said once."""
    columns = {"date": "dim", "about": "", "field": "bold"}
    widths = {name: max(len(_shown(row, about)[name]) for row in rows) for name in columns}
    lines: list[RenderableType] = [text(title, "bold")]
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        shown = _shown(row, about)
        line = Text(no_wrap=False)
        for name, style in columns.items():
            line.append(f"{shown[name]:<{widths[name]}}  ", style)
        lines.append(line.append_text(_step(row)))
        if following is None or _said(following) != _said(row):
            lines.append(Padding(text(_said(row), "dim italic"), (0, 0, 0, 12)))
    return Group(*lines)


def _shown(row: Row, about: str) -> dict[str, str]:
    # the key of a blocker is made from its words, which the value shows
    field = row["field"].partition("[")[0] if row["field"].startswith("blockers[") else row["field"]
    return {"date": day(row["date"]), "about": printable(row[about]), "field": printable(field)}


def _step(row: Row) -> Text:
    """From what to what; a first sight has no from, and what is resolved no to."""
    if row["from"] is None:
        return _value(row["field"], row["to"])
    if row["to"] is None:
        return Text("resolved: " if "blockers" in row["field"] else "cleared: ").append_text(
            text(row["from"])
        )
    return text(row["from"], "dim").append(" → ", "dim").append_text(_value(row["field"], row["to"]))


def search_table(rows: Sequence[Row]) -> Table:
    """What was found, best first."""
    return table(
        f"{len(rows)} found",
        {"date": "dim", "meeting": "", "at": "dim", "kind": "", "who": "bold", "words": ""},
        (
            (
                day(row["date"]),
                row["title"],
                clock(row["start"]),
                "" if row["kind"] == "discussion" else row["kind"].replace("_", " "),
                row["speaker"],
                row["content"],
            )
            for row in rows
        ),
    )


def entities_table(rows: Sequence[Row]) -> Table:
    """What meetings talk about."""
    return table(
        f"{len(rows)} known",
        {"name": "bold", "type": "", "also called": "dim", "first": "dim", "last": "dim", "mentions": ">"},
        (
            (
                row["name"],
                row["type"],
                ", ".join(alias for alias in row["aliases"] if alias != row["name"]),
                day(row["first_seen"]),
                day(row["last_seen"]),
                row["mentions"],
            )
            for row in rows
        ),
    )


def meetings_table(rows: Sequence[Row]) -> Table:
    """The meetings."""
    return table(
        count(len(rows), "meeting"),
        {"date": "dim", "title": "bold", "series": "dim", "people": ">", "turns": ">", "words": ">"}
        | {"memories": ">", "topics": "", "status": "yellow"},
        (
            (
                day(row["date"]),
                row["title"],
                row["series"] if row["series"] != row["title"] else "",
                len(row["participants"]),
                row["utterances"],
                f"{row['words']:,}",
                row["memories"],
                ", ".join(row["topics"][:_MOST_TOPICS]),
                row["status"] if row["status"] == "degraded" else "",
            )
            for row in rows
        ),
    )


def runs_table(rows: Sequence[Row]) -> Table:
    """Ingestions that were started, newest first."""
    styles = {"done": "green", "failed": "bold red", "running": "yellow"}
    return table(
        count(len(rows), "run"),
        {"started": "dim", "meeting": "bold", "status": "", "attempts": ">", "calls": ">"}
        | {"prompt": ">", "completion": ">", "cost": ">", "cached": ">", "id": ">dim", "error": "red"},
        (
            (
                row["started_at"][:16].replace("T", " "),
                row["title"],
                text(row["status"], styles.get(row["status"], "")),
                row["attempts"] if row["attempts"] > 1 else "",
                *_spending(row["usage"]),
                row["id"],
                row["error"],
            )
            for row in rows
        ),
    )


def decisions_table(rows: Sequence[Row]) -> Table:
    """What was decided by hand; what was undone is dim."""
    return table(
        f"{len(rows)} decided by hand",
        {"no.": ">", "holds from": "dim", "decided": "bold", "by": "", "on": "dim", "undone": "dim"},
        (
            (
                row["number"],
                day(row["date"]),
                text(row["told"], "dim strike" if row["undone_at"] else ""),
                row["by"],
                day(row["decided_at"]),
                f"{day(row['undone_at'])} by {row['undone_by']}" if row["undone_at"] else "",
            )
            for row in rows
        ),
    )


def pairs_table(rows: Sequence[Row]) -> Table:
    """Names that look alike, the likeliest first; an id is cut to what tells it from the others."""
    return table(
        f"{count(len(rows), 'pair')} of names to decide on",
        {"pair": "dim", "name": "bold", "may be": "bold", "type": "", "alike": ">", "said in": "dim"},
        (
            (
                row["id"][:8],
                _meant(row["name"], row["entity"]),
                _meant(row["other_name"], row["other_entity"]),
                row["type"],
                f"{row['score']:.2f}",
                f"{row['title']}, {day(row['date'])}",
            )
            for row in rows
        ),
    )


def _meant(name: str, entity: str) -> str:
    return name if name == entity else f"{name} (now {entity})"


def moves_lines(rows: Sequence[Row]) -> list[Text]:
    """What a decision moved, a line each."""
    return [text(f"  {row['entity']}: {row['field']} ", "dim").append_text(_step(row)) for row in rows]


def imports_table(rows: Sequence[Row]) -> Table:
    """What is imported: the glossary of each file, and its states by date."""
    return table(
        f"{len(rows)} imported",
        {"file": "bold", "part": "", "date": "dim", "lines": ">", "by": "", "imported": "dim"},
        (
            (
                row["file"],
                row["part"],
                day(row["date"]),
                row["lines"],
                row["by"],
                row["imported_at"][:16].replace("T", " "),
            )
            for row in rows
        ),
    )


def ledger_table(rows: Sequence[Row]) -> Table:
    """What was asked of models, by node and model, of questions also by day. Tokens, and US dollars."""
    return table(
        "Asked of models",
        {"day": "dim", "node": "bold", "model": "", "calls": ">", "prompt": ">", "completion": ">"}
        | {"cost": ">", "cached": ">"},
        ((row.get("day"), row["node"], row["model"], *_spending(row)) for row in rows),
    )


def estimates_table(rows: Sequence[Row]) -> Table:
    """What files would take; from what is certain to what may come, and at most so many US dollars."""
    return table(
        "Estimated, at four characters a token",
        {"file": "bold", "": "", "windows": ">", "calls": ">", "prompt": ">", "completion": ">"}
        | {"embedding": ">", "cost at most": ">"},
        (
            (
                row["path"].rsplit("/", 1)[-1],
                row["status"],
                row["windows"],
                _range(row["calls"], row["calls_at_most"]),
                _range(row["prompt_tokens"], row["prompt_tokens_at_most"]),
                f"{row['completion_tokens']:,}",
                f"{row['embedding_tokens']:,}" if row["embedding_tokens"] else "",
                "no price" if row["cost"] is None else f"${row['cost']:.4f}",
            )
            for row in rows
        ),
    )


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _spending(usage: Row) -> Iterable[object]:
    """Calls, tokens, cost, and how many answers were at hand; none is left empty."""
    yield usage["calls"] or ""
    yield f"{usage['prompt_tokens']:,}" if usage["prompt_tokens"] else ""
    yield f"{usage['completion_tokens']:,}" if usage["completion_tokens"] else ""
    yield f"${usage['cost']:.4f}" if usage["cost"] else "no price" if usage["prompt_tokens"] else ""
    yield usage.get("cached") or ""


def _board_line(row: Row) -> Iterable[object]:
    state: Mapping[str, Row] = row["state"]
    yield row["name"]
    for field in _BOARD:
        shown = [one["value"] for name, one in state.items() if name.partition("[")[0] == field]
        yield _value(field, ", ".join(shown))
    more = (f"{name} {one['value']}" for name, one in state.items() if name.partition("[")[0] not in _BOARD)
    yield ", ".join(more)
    yield day(max(one["since"] for one in state.values()))


def _card(row: Row) -> RenderableType:
    title = f"{row['name']} ({row['type']}){_as_of([row])}"
    if not row["state"] and not row["relations"]:
        return text(f"{title}: no meeting says how it stands", "bold")
    parts: list[RenderableType] = [
        table(
            title,
            {"field": "bold", "value": "", "since": "dim", "said": ""},
            (
                (field, _value(field, one["value"]), day(one["since"]), text(_said(one), "dim italic"))
                for field, one in row["state"].items()
            ),
        )
    ]
    for relation in row["relations"]:
        words = f"{relation['source']} {relation['type'].replace('_', ' ')} {relation['target']}"
        parts.append(text(f"{words}, since {day(relation['since'])}"))
    return Padding(Group(*parts), (0, 0, 1, 0))


def _value(field: str, value: str | None) -> Text:
    return text(value, _STATUS_STYLES.get(value or "", "") if field.startswith("status") else "")


def _said(row: Row) -> str:
    return f"{row['speaker'] + ': ' if row['speaker'] else ''}{quoted(row['quote'])}"


def _as_of(rows: Sequence[Row]) -> str:
    return f", as of {day(rows[0]['as_of'])}" if rows and rows[0].get("as_of") else ""
