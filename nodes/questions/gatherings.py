"""Answers about the meetings themselves: which there are, who was there, what about; and who people are."""

import re
from collections.abc import Sequence

from nodes.names import is_bare_person, normalised_name
from nodes.query_state import Draft, Plan, QueryState, Sentence
from nodes.questions.drafting import (
    Drafting,
    count_claim,
    day,
    listed,
    numbered,
    of_turn,
    say_states,
    since_said,
)
from nodes.questions.quotes import telling_quote
from nodes.questions.stems import stems
from nodes.transcripts.headers import ROLE_WORDS
from stores.sayings import Attendance, Theme

_MOST_MEETINGS = 15
_MOST_NAMES = 30
_MOST_CITED = 5
_MOST_SUMMARIES = 3
_NAME = r"(?:[A-Z][\w’'-]+)(?: [A-Z][\w’'-]+)?"
_INTRODUCES = re.compile(
    rf"\b(?:I['’]?m|I am|[Mm]y name(?:['’]s| is)|[Cc]all me)(?: the)? (?P<name>{_NAME})"
    rf"|\b(?P<here>{_NAME}) here\b"
)
_NOT_A_NAME = frozenset("I Im It Ok Okay Yeah Yes No So And But Not Just Right Well Oh Um Uh".split())


def gathering_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The answer to a question about meetings or people; None when none of it is on record."""
    match plan["aggregation"]:
        case "meeting_list":
            return _meeting_list(state, plan)
        case "attendance":
            return _attendance(state)
        case "most":
            return _most(state)
        case "themes":
            return _themes(state)
        case "introduction":
            return _introduction(state, plan)
        case _:
            return None


def say_themes(drafting: Drafting, state: QueryState, *, most: int) -> None:
    """The things most spoken of, each with words on it."""
    for theme in state.get("themes", [])[:most]:
        quote = _of_theme(theme)
        turns = numbered(theme["turns"], "turn")
        drafting.say(
            f"{theme['entity']} ({turns}): “{quote}” ({theme['speaker'] or 'someone'})",
            [of_turn(theme, quote)],
            [count_claim("themes", theme["turns"])],
        )


def say_summaries(drafting: Drafting, state: QueryState) -> None:
    """What a model said of the meetings that are asked about, told as the summary of each."""
    rows = [row for row in state.get("meeting_rows", []) if row["summary"]]
    for row in rows if len(rows) <= _MOST_SUMMARIES else []:
        drafting.say(
            f"{row['title']} ({day(row['date'])}), in its summary: “{row['summary']}”",
            [],
            [count_claim("meeting_rows", 0)],
        )


def _of_theme(theme: Theme) -> str:
    return telling_quote(theme["text"], dict.fromkeys(stems(theme["entity"]), 1.0))


def _meeting_list(state: QueryState, plan: Plan) -> Draft | None:
    rows = state.get("meeting_rows", [])
    if not rows:
        return None
    drafting = Drafting()
    if len(rows) == 1 and plan["meetings"]:
        row = rows[0]
        drafting.say(f"{row['title']} was held on {day(row['date'])}.", [], [count_claim("meeting_rows", 0)])
        return drafting.draft("high")
    shown = rows[-_MOST_MEETINGS:]
    latest = "; the latest are" if len(shown) < len(rows) else ""
    drafting.say(
        f"{numbered(len(rows), 'meeting')} on record{latest}:", [], [count_claim("meeting_rows", len(rows))]
    )
    for row in shown:
        people = len(row["participants"])
        drafting.say(
            f"{row['title']}, {day(row['date'])}: {numbered(people, 'person', 'people')}, "
            f"{numbered(row['utterances'], 'turn')}.",
            [],
            [count_claim("meeting_rows", people), count_claim("meeting_rows", row["utterances"])],
        )
    return drafting.draft("high")


def _attendance(state: QueryState) -> Draft | None:
    drafting = Drafting()
    for people in _by_meeting(state.get("attendance", [])):
        spoke = [person for person in people if person["turns"]]
        silent = [person["name"] for person in people if not person["turns"]]
        shown = [person["name"] for person in spoke][:_MOST_NAMES]
        more = f" and {len(spoke) - len(shown)} more" if len(shown) < len(spoke) else ""
        names = f"{', '.join(shown)}{more}" if more else listed(shown)
        drafting.say(
            f"{numbered(len(spoke), 'person', 'people')} took part in {people[0]['title']} "
            f"({day(people[0]['date'])}), most active first: {names}.",
            [of_turn(person, telling_quote(person["text"] or "", {})) for person in spoke[:_MOST_CITED]],
            [
                count_claim("attendance", len(spoke)),
                *([count_claim("attendance", len(spoke) - len(shown))] if more else []),
            ],
        )
        if silent:
            drafting.say(
                f"{listed(silent[:_MOST_NAMES])} were listed, without a word on record.",
                [],
                [count_claim("attendance", 0)],
            )
    return None if drafting.is_empty else drafting.draft("high")


def _most(state: QueryState) -> Draft | None:
    drafting = Drafting()
    for people in _by_meeting(state.get("attendance", [])):
        spoke = [person for person in people if person["turns"]]
        total = sum(person["turns"] for person in spoke)
        for person in spoke[:_MOST_CITED]:
            drafting.say(
                f"{person['name']} spoke in {person['turns']} of the {numbered(total, 'turn')} of "
                f"{person['title']} ({day(person['date'])}).",
                [of_turn(person, telling_quote(person["text"] or "", {}))],
                [count_claim("attendance", person["turns"]), count_claim("attendance", total)],
            )
    return None if drafting.is_empty else drafting.draft("high")


def _themes(state: QueryState) -> Draft | None:
    drafting = Drafting()
    say_most_spoken_of(drafting, state)
    return None if drafting.is_empty else drafting.draft("high")


def say_most_spoken_of(drafting: Drafting, state: QueryState) -> None:
    """The things most spoken of, under a headline that says where; nothing where nothing is."""
    rows, found = state.get("meeting_rows", []), state.get("themes", [])
    if not rows or not found:
        return
    where = (
        f"in {listed([row['title'] for row in rows])}"
        if len(rows) <= 3
        else f"in {numbered(len(rows), 'meeting')}"
    )
    cited = [of_turn(theme, _of_theme(theme)) for theme in found]
    claims = [count_claim("meeting_rows", len(rows))] if len(rows) > 3 else []
    drafting.say(f"Most spoken of {where}:", cited, claims)
    say_themes(drafting, state, most=8)


def _introduction(state: QueryState, plan: Plan) -> Draft | None:
    """Who a person says to be; else what they own and where they spoke."""
    drafting = Drafting()
    for turn in state.get("introductions", []):
        found = _INTRODUCES.search(turn["text"])
        name = (found["name"] or found["here"]).split()[0] if found else "I"
        if found is None or name in _NOT_A_NAME or name.startswith(("I'", "I’")):
            continue
        if not _may_be_called(turn["speaker"] or "", found["name"] or found["here"]):
            continue  # misheard, or said of another
        quote = telling_quote(turn["text"][_sentence_start(turn["text"], found.start()) :], {})
        drafting.say(
            f"{turn['speaker']} said in {turn['title']} ({day(turn['date'])}): “{quote}”",
            [of_turn(turn, quote)],
        )
        break
    if drafting.is_empty:
        _say_part(drafting, state, plan)
    return None if drafting.is_empty else drafting.draft("high")


def _may_be_called(speaker: str, name: str) -> bool:
    """Whether who speaks under a name may bear another: only a role or a label is called otherwise too."""
    shared = set(normalised_name(speaker).split()) & set(normalised_name(name).split())
    return bool(shared) or is_bare_person(speaker) or bool(ROLE_WORDS.search(speaker))


def _say_part(drafting: Drafting, state: QueryState, plan: Plan) -> None:
    """What a person who never introduces themselves owns, and where they took part."""
    names = list(dict.fromkeys(person["name"] for person in plan["people"]))
    owned = [
        reading
        for reading in state.get("states", [])
        if reading["field"] == "owner" and reading["after"] in names
    ]
    for name in names:
        things = [reading for reading in owned if reading["after"] == name]
        if things:
            said = [f"{reading['entity']} ({since_said(reading)})" for reading in things]
            say_states(drafting, f"{name} owns {listed(said)}", things)
    rows = state.get("meeting_rows", [])
    if rows and len(names) == 1:
        last = rows[-1]
        drafting.say(
            f"{names[0]} took part in {numbered(len(rows), 'meeting')}, last in {last['title']} on "
            f"{day(last['date'])}.",
            [],
            [count_claim("meeting_rows", len(rows))],
        )


def _sentence_start(text: str, place: int) -> int:
    ends = [found.end() for found in re.finditer(r"[.!?]\s+", text[:place])]
    return ends[-1] if ends else 0


def _by_meeting(rows: Sequence[Attendance]) -> list[list[Attendance]]:
    grouped: dict[str, list[Attendance]] = {}
    for row in rows:
        grouped.setdefault(row["version_id"], []).append(row)
    return [people for people in grouped.values() if any(person["turns"] for person in people)]


def polite_draft(reply: str) -> Draft:
    """The answer to a courtesy: it says nothing of any meeting, so it rests on none."""
    sentence: Sentence = {"text": reply, "citations": [], "claims": []}
    return {"sentences": [sentence], "evidence": [], "known": True, "confidence": "high"}
