"""Whether a sentence in a model's own words may be released: what it says is compared, not how.

It is read into names, values, days, numbers and what is denied (`wording_read`), and each is held against the
transitions that its citations made, the states, and the cited words. Pure: names and titles are handed in.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from nodes.names import normalised_name
from nodes.query_state import PlanEntity
from nodes.questions.cited import Cited, bare_value, value_of
from nodes.questions.plan import is_function_word, is_intent_word
from nodes.questions.quotes import sentences_of
from nodes.questions.state_claims import StateClaims
from nodes.questions.stems import stem
from nodes.questions.wording_read import (
    WEEKDAYS,
    Day,
    Named,
    clauses_in,
    days_in,
    denies,
    is_first_person,
    masked,
    names_in,
    speaks,
)
from nodes.wording import plain_words

# A sentence that is no state needs this share of its telling words in what it cites.
_LEAST_SHARE = 0.5
_PASSIVE = re.compile(r"\b(?:by|from)\s+(?:the\s+)?$", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|as a result of|(?:blocked|held up|stopped|delayed) by"
    r"|waiting for)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_ORDINARY = frozenset(
    "meeting meetings team group people everyone everybody say said update status state work project "
    "according currently officially report confirmed mention promised announce hear told talk discuss decid "
    "decision agree plan made make become change move go come take".split()
)


def freely_worded_problems(text: str, named: Sequence[PlanEntity], cited: Cited) -> list[str]:
    """What a sentence says that its citations and the states do not bear out.

    Args:
        text: the sentence; what it quotes is checked elsewhere.
        named: the things and people that it names, by the alias index.
        cited: what it rests on.
    """
    bare, problems = _without_titles(text, cited)
    names = names_in(bare, named)
    days = days_in(masked(bare, [(name.start, name.end) for name in names]), cited.seen_from)
    problems += [f"{day.said} is not in what it cites" for day in days if not day.is_one_of(cited.days)]
    hidden = masked(bare, [(one.start, one.end) for one in (*names, *days)])
    problems += _numbers_unsaid(hidden, cited)
    claims = StateClaims(bare, names, days, cited, is_placed=bool(days) or bare != text)
    problems += claims.problems()
    problems += [
        f"{bare[name.start : name.end]} is not in what it cites"
        for name in names
        if not _is_cited(name, bare, cited, is_of_state=claims.is_verified)
    ]
    if not claims.is_verified:
        problems += _of_words(bare, names, days, cited)
    elif claims.denials and not any(denies(said) for said in _sentences(cited)):
        problems.append("it denies what its evidence says")
    problems += _reason_unsaid(hidden, cited)
    return problems


def _without_titles(text: str, cited: Cited) -> tuple[str, list[str]]:
    """The sentence without the titles that it may name, and what is wrong with the others."""
    own = {piece["title"] for piece in cited.pieces} | {one["title"] for one in cited.anchored}
    problems: list[str] = []
    for title in sorted({*own, *cited.titles}, key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(title)}(?!\w)", text, re.IGNORECASE) if title else None
        if found is None:
            continue
        text = masked(text, [found.span()])
        if title not in own:
            problems.append(f"it was not said in {title}")
    for title in own:
        # "the sync 3" of "Tideway sync 5"
        for word, number in re.findall(r"(\w+)\W+(\d+)\W*$", title):
            other = re.search(rf"\b{re.escape(word)} #?(\d+)", text, re.IGNORECASE)
            if other and all(not re.search(rf"\b{other[1]}\b", each) for each in own):
                problems.append(f"it was not said in {other[0]}")
            elif other:
                text = masked(text, [other.span()])
            del number
    return text, problems


def _is_cited(name: Named, text: str, cited: Cited, *, is_of_state: bool) -> bool:
    """Whether the cited words, or what they made, are about who bears a name; of a state, who told it too."""
    entity = name.entity
    bearer = {entity["id"], entity["name"]}
    ways = {normalised_name(way) for way in (entity["given"], entity["name"], text[name.start : name.end])}
    if name.is_person:
        ways.add(normalised_name(entity["name"].split()[0]))
    spoken = f" {normalised_name(' '.join(piece['quote'] for piece in cited.pieces))} "
    for longer in cited.longer_names(entity["name"]):  # "Billing API" is not said in "Billing API Migration"
        spoken = spoken.replace(f" {longer} ", " ")
    in_words = any(way and f" {way} " in spoken for way in ways)
    made = any(
        bearer & {one["entity_id"], value_of(one), bare_value(one["before"])} for one in cited.anchored
    )
    own = [piece for piece in cited.pieces if piece["speaker"] == entity["name"]]
    if not name.is_person:
        return in_words or made
    if speaks(text, name):
        return bool(own)
    if is_of_state and own:
        return True
    return in_words or made or any(is_first_person(piece["quote"]) for piece in own)


def _numbers_unsaid(text: str, cited: Cited) -> list[str]:
    """The numbers that neither the cited words nor what they made hold."""
    held = {word for word in cited.words if word.isdigit()}
    for reading in cited.anchored:
        held |= {
            word for value in (reading["before"], reading["after"]) if value for word in plain_words(value)
        }
    said = [
        word for word in plain_words(text) if re.fullmatch(r"\d+(?:\.\d+)?", word) and word not in ("0", "1")
    ]
    return [f"{number} is not in what it cites" for number in said if number not in held]


def _of_words(text: str, names: Sequence[Named], days: Sequence[Day], cited: Cited) -> list[str]:
    """What is wrong with a sentence that is no state: too little of it was said, or the opposite of it."""
    problems: list[str] = []
    hidden = masked(text, [(one.start, one.end) for one in (*names, *days)])
    told = _telling(hidden)
    held = {stem(word) for word in cited.words}
    if told and len(told & held) < _LEAST_SHARE * len(told):
        problems.append("too little of it is in what it cites")
    weekdays = WEEKDAYS & set(plain_words(text)) - set(cited.words)
    if weekdays and not any(_weekday(day) in weekdays for day in cited.days):
        problems.append(f"{' '.join(sorted(weekdays))} is not in what it cites")
    for clause in clauses_in(text):
        best = _nearest(clause, cited)
        if denies(clause) != denies(best):
            problems.append("it denies what its evidence says, or says what that denies")
        problems += _turned_round(text, names, best)
    return problems


def _nearest(clause: str, cited: Cited) -> str:
    """The cited sentence that has most of a clause's words."""
    told = {stem(word) for word in plain_words(clause) if not is_function_word(word)}
    return max(
        _sentences(cited),
        key=lambda said: len(told & {stem(word) for word in plain_words(said)}),
        default="",
    )


def _turned_round(text: str, names: Sequence[Named], said: str) -> list[str]:
    """Two names that the sentence has the other way round than the cited words, without a passive."""
    spoken = names_in(said, [name.entity for name in names])
    for one, other in pairwise(names):
        places = [
            next((name.start for name in spoken if name.entity["id"] == wanted.entity["id"]), None)
            for wanted in (one, other)
        ]
        if None in places or one.entity["id"] == other.entity["id"]:
            continue
        turned = (places[0] or 0) > (places[1] or 0)
        passive = _PASSIVE.search(text[: other.start]) or _PASSIVE.search(text[: one.start])
        if turned and not passive:
            return [f"{one.entity['name']} and {other.entity['name']} are the other way round"]
    return []


def _reason_unsaid(text: str, cited: Cited) -> list[str]:
    """Reasons that are not in the cited words."""
    found = _REASON.search(text)
    if found is None:
        return []
    told, held = _telling(found["rest"]), {stem(word) for word in cited.words}
    return (
        ["the reason is not in what it cites"] if told and len(told & held) < _LEAST_SHARE * len(told) else []
    )


def _telling(text: str) -> set[str]:
    """The stems of the words that say something."""
    return {
        stem(word)
        for word in plain_words(text)
        if word.isalpha()
        and len(word) > 2
        and not is_function_word(word)
        and not is_intent_word(word)
        and stem(word) not in _ORDINARY
    }


def _sentences(cited: Cited) -> list[str]:
    return [said for piece in cited.pieces for said in sentences_of(piece["quote"])]


def _weekday(day: date) -> str:
    return ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[day.weekday()]
