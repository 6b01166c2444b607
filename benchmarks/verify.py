"""Whether `verify` stops what is not so and lets through what is, when a model words it as it likes.

    python -m benchmarks.verify --data DIR [--claims N] [--show]

The states are those of the bundled demo, ingested by rule, and of eth_acd's first series, whose true
statuses are imported. Each fact is worded in many styles (`claim_styles`), cites the words that made it, and
is mutated: another value, owner, date or meeting, names exchanged, negation. Every claim goes through the
checks of the query graph as a model's sentence does. The figures of the "unseen" styles, which were not read
against the checks while these were made, stand apart; `--show` prints only what went wrong of the others.
"""

import argparse
import asyncio
import json
import random
import re
import tempfile
import tomllib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from langgraph.runtime import Runtime
from rich.console import Console
from rich.table import Table

from benchmarks.claim_styles import PASSAGES, SEEN, STYLES
from benchmarks.retrieval import database
from graphs.ingest import builder
from nodes.checked import checked_draft
from nodes.context import Context
from nodes.interpret_by_rule import plan_by_rule
from nodes.profiles.reading import shipped_profile, shipped_source
from nodes.profiles.setting import set_profile
from nodes.query_state import Evidence, Plan, QueryState, Sentence
from nodes.questions.drafting import day, of_memory, of_reading, value_shown
from nodes.recall_memories import recall_memories
from nodes.recall_states import recall_states
from stores.embedded import stop_servers
from stores.histories import TransitionReading, states_as_of, transitions
from stores.opening import close_stores, open_stores
from stores.readings import meetings
from stores.sources import workspace_id

DEMO, PROPOSALS = "demo", "proposals"
TRUE = "true"
KINDS = ("wrong value", "wrong owner", "wrong date", "wrong meeting", "swapped names", "negation")
_SEED = 7
_FOLDER = Path(__file__).parents[1] / "app" / "demo"
_WORDS = {
    "completed": ("completed", "done", "finished"),
    "in_progress": ("in progress", "under way", "being worked on"),
    "blocked": ("blocked", "stuck"),
    "at_risk": ("at risk", "delayed"),
    "on_hold": ("on hold", "paused"),
    "planned": ("planned", "scheduled"),
    "cancelled": ("cancelled",),
    "proposed": ("proposed for inclusion",),
    "considered": ("considered for inclusion", "CFI"),
    "scheduled": ("scheduled for inclusion", "SFI"),
    "declined": ("declined for inclusion", "DFI"),
}
_NEGATED = (
    ("has been", "has not been"), ("have been", "have not been"), ("has reached", "has not reached"),
    ("should", "should not"),
    ("would", "would not"), ("is", "is not"), ("was", "was not"),
    ("belongs", "does not belong"), ("owns", "does not own"), ("stands", "does not stand"),
    ("lies", "does not lie"), ("counts", "does not count"), ("has", "does not have"), 
    ("took", "did not take"),
    ("went", "did not go"), ("moved", "did not move"), ("became", "did not become"), ("gave", "did not give"),
    ("handed", "did not hand"), ("slipped", "did not slip"), ("passed", "did not pass"),
    ("changed", "did not change"), ("replaced", "did not replace"), ("inherited", "did not inherit"),
    ("pushed", "did not push"), ("turned", "did not turn"), ("stood", "did not stand"),
    ("put", "did not put"), ("named", "did not name"), ("saw", "did not see"), ("want", "do not want"),
)  # fmt: skip
_DENIED = re.compile(r"\b(?:not|no|never|cannot|without)\b")


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so: which workspace, which kind of fact, the words for its parts, and what it cites."""

    workspace: str
    kind: str
    slots: Mapping[str, str]
    cites: tuple[TransitionReading, ...]
    is_current: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence to be checked: `mutation` is TRUE or what was made wrong."""

    styles: str
    mutation: str
    workspace: str
    text: str
    about: str
    cites: tuple[TransitionReading, ...] = ()
    quotes: tuple[str, ...] = ()


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with state_tracking/eth_acd/")
    parser.add_argument(
        "--claims", type=int, default=100, help="true ones, and as many false ones, of each set"
    )
    parser.add_argument("--show", action="store_true", help=f"print what went wrong of the {SEEN} styles")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        with database(home):
            results = asyncio.run(measure(arguments.data, arguments.claims))
        stop_servers()
    if arguments.show:
        for claim, problems in results:
            if claim.styles == SEEN and (claim.mutation == TRUE) == bool(problems):
                print(f"{claim.mutation}: {claim.text}\n    {problems}")
    figures = summary(results)
    Console().print(table(figures))
    print(json.dumps(figures))


async def measure(data: Path, number: int) -> list[tuple[Claim, list[str]]]:
    """Ingest, word, mutate and check: each claim with what was held against it."""
    stores = await open_stores()
    await _ingest_demo()
    await _import_proposals(data)
    facts = [*await _demo_facts(), *await _proposal_facts()]
    people = sorted({fact.slots["p"] for fact in facts if "p" in fact.slots})
    titles = [row["title"] for row in await meetings(stores.database, workspace_id(DEMO))]
    results: list[tuple[Claim, list[str]]] = []
    for styles in STYLES:
        dice = random.Random(_SEED)
        claims = list(_claims(styles, facts, people, titles, dice))
        chosen = [*_passages(styles), *_sample(claims, number, dice)]
        for claim in _trimmed(chosen, number):
            results.append((claim, await _problems(claim)))
    await close_stores()
    return results


def summary(results: Sequence[tuple[Claim, list[str]]]) -> dict[str, Any]:
    """For each set of styles: [stopped, all] of the false ones, also by kind, [passed, all] of the true."""
    figures: dict[str, Any] = {}
    for styles in STYLES:
        of = [(claim, problems) for claim, problems in results if claim.styles == styles]
        false = [(claim, problems) for claim, problems in of if claim.mutation != TRUE]
        true = [problems for claim, problems in of if claim.mutation == TRUE]
        by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for claim, problems in false:
            by_kind[claim.mutation][0] += bool(problems)
            by_kind[claim.mutation][1] += 1
        figures[styles] = {
            "stopped": [sum(bool(problems) for _, problems in false), len(false)],
            "passed": [sum(not problems for problems in true), len(true)],
            "stopped_by_kind": dict(by_kind),
        }
    return figures


def table(figures: Mapping[str, Any]) -> Table:
    """One row a set and kind."""
    shown = Table("styles", "claims", "right", "of")
    for styles, of in figures.items():
        shown.add_row(styles, "true, passed", *map(str, of["passed"]))
        shown.add_row(styles, "false, stopped", *map(str, of["stopped"]))
        for kind, (right, number) in of["stopped_by_kind"].items():
            shown.add_row(styles, f"  {kind}", str(right), str(number))
    return shown


def _claims(
    styles: str, facts: Sequence[Fact], people: Sequence[str], titles: Sequence[str], dice: random.Random
) -> Iterator[Claim]:
    """Every fact in every style for its kind, and every mutation that its style has a place for."""
    for fact in facts:
        for style in STYLES[styles].get(fact.kind, ()):
            if not all(
                f"{{{name}" not in style or name in fact.slots for name in ("m", "d", "s", "p", "q", "b", "k")
            ):
                continue
            if not fact.is_current and not ("{d}" in style or "{m}" in style):
                continue  # told without its time it would not be so any more
            text = _worded(style, fact.slots)
            about = fact.slots["e"]
            yield Claim(styles, TRUE, fact.workspace, text, about, fact.cites)
            for kind, slots, wrong in _mutations(style, fact, facts, people, titles, dice):
                yield Claim(styles, kind, fact.workspace, wrong or _worded(style, slots), about, fact.cites)


def _mutations(
    style: str,
    fact: Fact,
    facts: Sequence[Fact],
    people: Sequence[str],
    titles: Sequence[str],
    dice: random.Random,
) -> Iterator[tuple[str, Mapping[str, str], str | None]]:
    slots = fact.slots
    if "{v}" in style:
        yield "wrong value", {**slots, "v": _other_value(fact, facts, dice)}, None
    owner = next((name for name in ("p", "q", "s") if f"{{{name}" in style), None)
    if owner:
        others = [name for name in people if name != slots[owner]]
        yield "wrong owner", {**slots, owner: dice.choice(others)}, None
    if "{d}" in style:
        moved = date.fromisoformat(fact.cites[0]["at"][:10]) + timedelta(
            days=dice.choice((-14, -7, -3, 3, 7))
        )
        yield "wrong date", {**slots, "d": day(moved.isoformat())}, None
    if "{m}" in style:
        yield (
            "wrong meeting",
            {**slots, "m": dice.choice([title for title in titles if title != slots["m"]])},
            None,
        )
    if "{p" in style and "{q" in style:
        yield "swapped names", {**slots, "p": slots["q"], "q": slots["p"]}, None
    else:
        things = {other.slots["e"] for other in facts if other.workspace == fact.workspace} - {slots["e"]}
        yield "swapped names", {**slots, "e": dice.choice(sorted(things))}, None
    text = _worded(style, slots)
    negated = None if _DENIED.search(text) else _denied(text)
    if negated:
        yield "negation", slots, negated


def _worded(style: str, slots: Mapping[str, str]) -> str:
    first = {f"{name}1": slots[name].split()[0] for name in ("s", "p", "q") if name in slots}
    text = style.format(**slots, **first)
    return text[0].upper() + text[1:]


def _denied(text: str) -> str | None:
    for said, denied in _NEGATED:
        found = re.search(rf"\b{said}\b", text)
        if found:
            return f"{text[: found.start()]}{denied}{text[found.end() :]}"
    return None


def _other_value(fact: Fact, facts: Sequence[Fact], dice: random.Random) -> str:
    value = fact.slots["v"]
    if fact.kind in ("due", "due_change"):
        shifted = date.fromisoformat(fact.cites[0]["after"] or "") + timedelta(
            days=dice.choice((-14, -5, 4, 9))
        )
        return day(shifted.isoformat())
    if fact.kind == "progress":
        return f"{(int(value.removesuffix('%')) + dice.choice((15, 25, 35))) % 100}%"
    own = next((words for words in _WORDS.values() if value in words), (value,))
    kinds = {fact.kind, "status"} if fact.kind == "status_change" else {fact.kind}
    others = sorted(
        {
            other.slots["v"]
            for other in facts
            if other.kind in kinds and other.workspace == fact.workspace and other.slots["v"] not in own
        }
    )
    return dice.choice(others) if others else "the missing permit of the mayor"


def _sample(claims: Sequence[Claim], number: int, dice: random.Random) -> list[Claim]:
    """So many true ones, and as many false ones, as many of each kind as there are."""
    chosen: list[Claim] = []
    for kind, wanted in {TRUE: number, **{kind: -(-number // len(KINDS)) for kind in KINDS}}.items():
        of = [claim for claim in claims if claim.mutation == kind]
        chosen += dice.sample(of, min(wanted, len(of)))
    return chosen


def _trimmed(claims: Sequence[Claim], number: int) -> list[Claim]:
    """The first so many true and false ones; the passages come first."""
    by_kind: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_kind[claim.mutation].append(claim)
    kept = by_kind[TRUE][:number]
    false: list[Claim] = []
    while len(false) < number and any(by_kind[kind] for kind in KINDS):
        for kind in KINDS:
            if by_kind[kind] and len(false) < number:
                false.append(by_kind[kind].pop(0))
    return [*kept, *false]


def _passages(styles: str) -> Iterator[Claim]:
    for passage in PASSAGES[styles]:
        for mutation, text in {TRUE: passage.true, **passage.false}.items():
            yield Claim(styles, mutation, DEMO, text, text, quotes=passage.cites)


async def _problems(claim: Claim) -> list[str]:
    """What the checks of the query graph hold against a claim, of which a model's answer would be made."""
    context = Context(workspace=claim.workspace, cache=False)
    runtime = Runtime(context=context)
    question = f"What is known of {claim.about}?" if claim.cites else "What was said about it?"
    state: QueryState = {"plan": await plan_by_rule(question, context), "further": []}
    for node in (recall_states,) if claim.cites else (recall_memories, recall_states):
        state = cast(QueryState, {**state, **await node(state, runtime)})
    evidence = [of_reading(reading) for reading in claim.cites] or await _quoted(claim, context)
    sentence: Sentence = {
        "text": claim.text,
        "citations": list(range(1, len(evidence) + 1)),
        "claims": [],
        "is_free": True,
    }
    checked = await checked_draft([sentence], evidence, [state], context)
    return checked.objections[0]


async def _quoted(claim: Claim, context: Context) -> list[Evidence]:
    """The passages that hold the words that a claim cites, as they are offered to a model."""
    found: list[Evidence] = []
    for quote in claim.quotes:
        plan = await plan_by_rule(quote, context)
        whenever: Plan = {**plan, "start": None, "end": None, "as_of": None, "meetings": [], "people": []}
        recalled = await recall_memories({"plan": whenever, "further": []}, Runtime(context=context))
        held = [memory for memory in recalled.get("memories", []) if quote in memory["quote"]]
        assert held, quote
        found.append(of_memory(held[0], held[0]["quote"]))
    return found


async def _ingest_demo() -> None:
    graph = builder.compile()
    series = tomllib.loads((_FOLDER / "series.toml").read_text("utf-8"))
    for meeting in series["meetings"]:
        files = [_FOLDER / meeting[part] for part in ("file", "chat") if part in meeting]
        handed = [
            {"filename": file.name, "content_base64": b64encode(file.read_bytes()).decode()} for file in files
        ]
        given: Any = {**handed[0], "title": meeting["title"], "attachments": handed[1:]}
        await graph.ainvoke(
            given, {"configurable": {"thread_id": str(uuid4())}}, context=Context(workspace=DEMO)
        )


async def _import_proposals(data: Path) -> None:
    """The true statuses of eth_acd's first series, as starting states."""
    from nodes.hand.importing import import_file

    stores = await open_stores()
    profile = shipped_profile("standards")
    await set_profile(stores, PROPOSALS, profile, shipped_source("standards"))
    folder = sorted((data / "state_tracking/eth_acd/dev").iterdir())[0]
    names = {row["entity_id"]: row["canonical"] for row in _lines(folder / "entities.jsonl")}
    lines = [
        {
            "entity": names[row["entity_id"]],
            "type": "proposal",
            "field": "inclusion_status",
            "key": row["field"].partition("[")[2].rstrip("]"),
            "value": row.get("to") or row["status"],
            "date": row.get("date") or row["as_of"],
        }
        for file in ("initial_state.jsonl", "transitions.jsonl")
        for row in _lines(folder / file)
        if row["field"].startswith("inclusion_status") and (row.get("to") or row.get("status"))
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    await import_file(stores, PROPOSALS, "statuses.jsonl", content, by="the benchmark")


async def _demo_facts() -> list[Fact]:
    """The states as they are, and every change, of the demo."""
    stores = await open_stores()
    scope = workspace_id(DEMO)
    facts: list[Fact] = []
    current = await states_as_of(stores.database, scope)
    for reading in current:
        kind = reading["field"]
        facts += (
            _fact(DEMO, kind, reading) if kind in ("status", "owner", "progress", "due", "blockers") else []
        )
    for reading in await transitions(stores.database, scope, changes_only=True):
        if reading["field"] in ("status", "owner", "due") and reading["before"] and reading["after"]:
            kept = [one["at"] for one in current if _series(one) == _series(reading)]
            facts += _fact(DEMO, f"{reading['field']}_change", reading, is_current=reading["at"] in kept)
    return facts


async def _proposal_facts() -> list[Fact]:
    stores = await open_stores()
    readings = await states_as_of(stores.database, workspace_id(PROPOSALS))
    facts = [one for reading in readings for one in _fact(PROPOSALS, "inclusion_status", reading)]
    return random.Random(_SEED).sample(facts, min(12, len(facts)))


def _series(reading: TransitionReading) -> tuple[str, str, str]:
    return reading["entity_id"], reading["field"], reading["key"]


def _fact(
    workspace: str, kind: str, reading: TransitionReading, *, is_current: bool = True
) -> Iterator[Fact]:
    """The fact of one transition, once for each usual word for its value."""
    words = _WORDS.get(reading["after"] or "", (value_shown(reading["after"] or ""),))
    slots = {"e": reading["entity"], "d": day(reading["at"]), "m": reading["title"], "k": reading["key"]}
    if workspace == PROPOSALS:
        slots.pop("m")
    if reading["speaker"] and workspace == DEMO:
        slots["s"] = reading["speaker"]
    if kind.startswith("owner"):
        slots |= {"p": reading["after"] or ""} | ({"q": reading["before"]} if reading["before"] else {})
    if reading["before"]:
        slots["b"] = _WORDS.get(reading["before"], (value_shown(reading["before"]),))[0]
    for word in words:
        yield Fact(workspace, kind, {**slots, "v": word}, (reading,), is_current)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
