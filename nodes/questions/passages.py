"""Answers quoted from what was said: decisions, action items, counts of them, and the best passages."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from nodes.names import normalised_name
from nodes.query_state import Draft, Plan, PlanEntity, QueryState
from nodes.questions.changes import say_change
from nodes.questions.drafting import (
    Drafting,
    count_claim,
    day,
    listed,
    numbered,
    of_memory,
    of_reading,
    of_statement,
)
from nodes.questions.plan import subjects
from nodes.wording import meaning_words
from stores.readings import StatementRow
from stores.recall import MemoryReading

_MOST_LINES = 12
_LONGEST_QUOTE_WORDS = 60
_SHORT_QUOTE_WORDS = 30
# A passage answers when it holds this share of the question's words, weighted by rarity; calibrated on
# LoCoMo's answerable and adversarial questions (a threshold on the cosine separates them worse).
_COVERAGE = 0.5
_COVERAGE_OF_A_PERSON = 0.4
_MARGIN = 0.1
# Of the passages after the best one, those that score at least this share of it are quoted too.
_WORTH_ADDING = 0.7
# "The battery." holds the word and says nothing.
_SHORTEST_WORDS = 4
_NEAREST = 3
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_WORD = re.compile(r"\S+")
_REVERSES = re.compile(
    r"\b(?:revers\w*|overturn\w*|instead of|no longer|revok\w*|withdraw\w*|undo|scrap\w*)\b", re.IGNORECASE
)


def decisions_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The decisions asked for, latest first, reversed ones labelled; None when there are none."""
    found = about_topic(state.get("statements", []), plan)
    if not found:
        return None
    drafting = Drafting()
    overruled = superseded(found)
    shown = found[::-1][:_MOST_LINES]
    _say_headline(drafting, found, shown, "decision")
    for statement in shown:
        later = overruled.get(statement["memory_id"])
        mark = f" — superseded on {day(later['date'])} ({later['title']})" if later else ""
        why = f" Reason given: {statement['rationale']}." if statement["rationale"] else ""
        drafting.say(
            f"{_said(statement)} ({day(statement['date'])}, {statement['title']}){mark}.{why}",
            [of_statement(statement), *([of_statement(later)] if later else [])],
        )
    return drafting.draft("high")


def listed_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The risks or the questions on record, latest first; None when it is not these that are asked for."""
    found = about_topic(state.get("statements", []), plan)
    if plan["aggregation"] not in ("risk", "question") or not found:
        return None
    drafting = Drafting()
    shown = found[::-1][:_MOST_LINES]
    _say_headline(drafting, found, shown, plan["aggregation"])
    for statement in shown:
        drafting.say(
            f"{_said(statement)} ({day(statement['date'])}, {statement['title']}).", [of_statement(statement)]
        )
    return drafting.draft("high")


def action_items_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The action items asked for, by due date; whether they were done is not on record."""
    today = datetime.fromisoformat(plan["as_of"] or plan["now"]).date()
    found = [
        statement
        for statement in about_topic(state.get("statements", []), plan)
        if not plan["people"] or _is_of(statement, plan["people"])
    ]
    if plan["aggregation"] == "overdue":
        found = [statement for statement in found if _is_overdue(statement, today)]
        if not found:
            drafting = Drafting()
            drafting.say("No action item on record is overdue.", [], [count_claim("none", 0)])
            return drafting.draft("high")
    if not found:
        return None
    drafting = Drafting()
    shown = sorted(found, key=lambda item: (item["due_date"] is None, item["due_date"] or "", item["date"]))
    shown = shown[-_MOST_LINES:] if len(shown) > _MOST_LINES else shown
    _say_headline(drafting, found, shown, "action item")
    for statement in shown:
        due = f", due {day(statement['due_date'])}" if statement["due_date"] else ""
        if not due and statement["due"]:
            due = f", due “{statement['due']}”"
        passed = " (the date has passed)" if _is_overdue(statement, today) else ""
        said = _said(statement)
        owner = statement["owner"] or ""
        owner = "" if said.startswith(owner) else f"{owner}: "
        drafting.say(
            f"{owner}{said}{due}{passed} ({day(statement['date'])}, {statement['title']}).",
            [of_statement(statement)],
        )
    return drafting.draft("high")


def recap_answer(state: QueryState, plan: Plan) -> Draft | None:
    """What meetings brought: their decisions, the changes they made, who took what on; None for nothing."""
    drafting = Drafting()
    statements, changed = state.get("statements", []), state.get("transitions", [])
    if not statements and not changed:
        return None
    decisions = sum(statement["kind"] == "decision" for statement in statements)
    items = len(statements) - decisions
    what = [
        numbered(decisions, "decision"),
        numbered(len(changed), "change"),
        numbered(items, "action item"),
    ]
    drafting.say(
        f"{listed(what)} {plan['span']}:",
        [
            *(of_statement(statement) for statement in statements),
            *(of_reading(reading) for reading in changed),
        ],
        [
            count_claim("transitions", len(changed)),
            count_claim("statements", decisions),
            count_claim("statements", items),
        ],
    )
    for statement in statements[:_MOST_LINES]:
        drafting.say(
            f"{statement['kind'].replace('_', ' ').capitalize()}: {_said(statement)}.",
            [of_statement(statement)],
        )
    for reading in changed[:_MOST_LINES]:
        say_change(drafting, reading)
    return drafting.draft("high")


def counted_statements_answer(state: QueryState, plan: Plan) -> Draft | None:
    """How many decisions, action items or risks; or meetings, things, people, changes."""
    drafting = Drafting()
    what = plan["aggregation"] or ""
    span = f" {plan['span']}" if plan["span"] else ""
    if what in ("decision", "action_item", "risk"):
        found = [
            statement
            for statement in about_topic(state.get("statements", []), plan)
            if not plan["people"] or _is_of(statement, plan["people"])
        ]
        noun = what.replace("_", " ")
        verb = "is" if len(found) == 1 else "are"
        drafting.say(
            f"{numbered(len(found), noun)} {verb} on record{span}.",
            [of_statement(statement) for statement in found[-_MOST_LINES:]],
            [count_claim("statements" if found else "none", len(found))],
        )
        return drafting.draft("high")
    if what == "changes":
        changed = state.get("transitions", [])
        about = f" of {listed([entity['name'] for entity in plan['entities']])}" if plan["entities"] else ""
        drafting.say(
            f"{numbered(len(changed), 'change')}{about} on record{span}.",
            [],
            [count_claim("transitions", len(changed))],
        )
        return drafting.draft("high")
    rows = [
        row for row in state.get("counts", []) if row["counted"] == ("entity" if what == "person" else what)
    ]
    if what == "meeting":
        total = sum(row["number"] for row in rows)
        drafting.say(f"{numbered(total, 'meeting')} on record{span}.", [], [count_claim("counts", total)])
    elif what == "person":
        total = sum(row["number"] for row in rows if row["label"] == "person")
        drafting.say(
            f"{numbered(total, 'person', 'people')} on record{span}.", [], [count_claim("counts", total)]
        )
    else:
        kinds = [row for row in rows if row["label"] != "person"]
        total = sum(row["number"] for row in kinds)
        each = listed([f"{row['number']} {row['label']}" for row in kinds]) if kinds else "none"
        drafting.say(
            f"{numbered(total, 'thing')} {'is' if total == 1 else 'are'} tracked{span}: {each}.",
            [],
            [count_claim("counts", total)],
        )
    return drafting.draft("high")


def search_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The best passages, quoted; None when none clears the floor."""
    chosen = telling(state.get("memories", []), plan)
    chosen = [memory for memory in chosen if len(memory["content"].split()) >= _SHORTEST_WORDS] or chosen
    if not chosen:
        return None
    drafting = Drafting()
    for memory in chosen[:3]:
        if memory["score"] < _WORTH_ADDING * chosen[0]["score"]:
            break
        quote = best_words(memory, plan["standalone_question"], most=_LONGEST_QUOTE_WORDS)
        short = best_words({**memory, "quote": quote}, plan["standalone_question"], most=_SHORT_QUOTE_WORDS)
        speaker = memory["speaker"] or "Someone"
        drafting.say(
            f"{speaker} said in {memory['title']} ({day(memory['date'])}): “{short}”",
            [of_memory(memory, quote)],
        )
    return drafting.draft("medium")


def not_known(state: QueryState, plan: Plan, missing: str) -> Draft:
    """That it is not known, what is missing, and the nearest evidence."""
    drafting = Drafting()
    unknown = [_stem(word) for name in plan["unknown"] for word in meaning_words(name)]
    near = [
        memory
        for memory in state.get("memories", [])
        if memory["coverage"] >= _COVERAGE / 2 or memory["names_entity"]
    ]
    near.sort(key=lambda memory: not any(_stem(word) in unknown for word in meaning_words(memory["content"])))
    for memory in near[:_NEAREST]:
        if len(memory["content"].split()) >= _SHORTEST_WORDS:
            quote = best_words(memory, plan["standalone_question"], most=_LONGEST_QUOTE_WORDS)
            drafting.cite(of_memory(memory, quote))
    drafting.say(missing, [])
    return drafting.draft("medium", known=False)


def telling(memories: Sequence[MemoryReading], plan: Plan) -> list[MemoryReading]:
    """The memories that hold enough of the question to answer it, best first.

    What a person is asked about is answered by that person's own words; where somebody else's fit clearly
    better, the question has the wrong person in it, and nothing is known. Of a person who never speaks,
    what others say.
    """
    if not plan["people"]:
        return [memory for memory in memories if memory["coverage"] >= _COVERAGE]
    names = {normalised_name(person["name"]) for person in plan["people"]}
    own = [memory for memory in memories if normalised_name(memory["speaker"] or "") in names]
    others = [memory for memory in memories if memory not in own]
    if not own:
        told = [memory for memory in others if memory["names_entity"] or _names_any(memory, plan["people"])]
        return [memory for memory in told if memory["coverage"] >= _COVERAGE]
    best_of_others = max((memory["score"] for memory in others), default=0.0)
    if not plan["entities"] and own[0]["score"] < best_of_others - _MARGIN:
        return []
    return [
        memory
        for memory in own
        if memory["coverage"] >= _COVERAGE_OF_A_PERSON
        and (not plan["entities"] or _names_any(memory, plan["entities"]))
    ]


def _names_any(memory: MemoryReading, entities: Sequence[PlanEntity]) -> bool:
    words = f" {normalised_name(memory['content'])} "
    return any(
        f" {normalised_name(name)} " in words
        for entity in entities
        for name in (entity["name"], entity["given"])
    )


def about_topic(statements: Sequence[StatementRow], plan: Plan) -> list[StatementRow]:
    """The statements about the topic of a question that names no known thing; all when it has no topic."""
    if plan["entities"] or not plan["unknown"]:
        return list(statements)
    topic = {_stem(word) for word in meaning_words(plan["unknown"][0])}
    return [
        statement
        for statement in statements
        if topic
        & {
            _stem(word)
            for word in meaning_words(
                f"{statement['content']} {statement['quote']} {statement['rationale'] or ''}"
            )
        }
    ]


def superseded(decisions: Sequence[StatementRow]) -> dict[str, StatementRow]:
    """Which decisions a later one took back, by memory id: it says so, and shares its telling words."""
    overruled: dict[str, StatementRow] = {}
    for place, later in enumerate(decisions):
        if not (later["supersedes"] or _REVERSES.search(later["quote"])):
            continue
        words = _telling_words(f"{later['content']} {later['supersedes'] or ''}")
        shared = [
            (len(words & _telling_words(earlier["content"])), at, earlier)
            for at, earlier in enumerate(decisions[:place])
        ]
        if shared and max(shared)[0] >= 2:
            overruled[max(shared)[2]["memory_id"]] = later
    return overruled


def best_words(memory: MemoryReading, question: str, *, most: int) -> str:
    """The sentences of a memory that hold most of the question's words, verbatim, up to `most` words."""
    text = memory["quote"] or memory["content"]
    if len(text.split()) <= most:
        return text
    asked = {_stem(word) for run in subjects(question) for word in meaning_words(run)}
    sentences = [sentence for sentence in _SENTENCE.finditer(text) if sentence[0].strip()]
    best = max(
        range(len(sentences)),
        key=lambda at: (len(asked & {_stem(word) for word in meaning_words(sentences[at][0])}), -at),
    )
    start, end = sentences[best].span()
    for sentence in sentences[best + 1 :]:
        if len(text[start : sentence.end()].split()) > most:
            break
        end = sentence.end()
    words = list(_WORD.finditer(text, start, end))
    return text[words[0].start() : words[min(most, len(words)) - 1].end()]


def _say_headline(
    drafting: Drafting, found: Sequence[StatementRow], shown: Sequence[StatementRow], noun: str
) -> None:
    if len(found) == 1:
        return
    latest = "; the latest are" if len(shown) < len(found) else ""
    drafting.say(
        f"{numbered(len(found), noun)} on record{latest}:",
        [of_statement(statement) for statement in shown],
        [count_claim("statements", len(found))],
    )


def _said(statement: StatementRow) -> str:
    return statement["content"].strip().rstrip(".!")


def _is_of(statement: StatementRow, people: Sequence[PlanEntity]) -> bool:
    owner = normalised_name(statement["owner"] or "").split()
    return any(
        owner == normalised_name(person["name"]).split() or (len(owner) == 1 and owner[0] in _names(person))
        for person in people
    )


def _names(person: PlanEntity) -> set[str]:
    """The full name's words, of which a first name alone is one."""
    return set(normalised_name(person["name"]).split()[:1]) | set(normalised_name(person["given"]).split())


def _is_overdue(statement: StatementRow, today: date) -> bool:
    return bool(statement["due_date"] and date.fromisoformat(statement["due_date"]) < today)


def _telling_words(text: str) -> set[str]:
    return {_stem(word) for run in subjects(text) for word in meaning_words(run)}


def _stem(word: str) -> str:
    """Enough of a word to see that two are the same: "launched" and "launch"."""
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word
