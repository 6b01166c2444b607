"""Whether a sentence may be released: its words are in its evidence, and its claims agree with the states.

Pure: the words really spoken at each cited place are handed in.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nodes.dates import MONTHS
from nodes.profiles.profile import Profile
from nodes.query_state import Claim, Evidence, PlanEntity, QueryState, Sentence
from nodes.questions.cited import Cited, anchored_in
from nodes.questions.courtesies import REPLIES
from nodes.questions.drafting import day, days_since, value_shown
from nodes.questions.freely_worded import freely_worded_problems
from nodes.questions.plan import is_function_word
from nodes.questions.wording_read import WEEKDAYS
from nodes.values import values_said
from nodes.wording import folded, plain_words
from stores.histories import TransitionReading

_QUOTED = re.compile(r"“([^”]+)”")
_DAY = re.compile(
    r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d{4}\b|\b\d{4}-\d{2}-\d{2}\b"
)
_MARKUP = re.compile(r"https?://\S+|www\.\S+|<[^>]*>|\]\(|```|!\[")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*%?")
_NAME = re.compile(r"\b[A-Z][\w’'&+#-]*")
_NEGATION = re.compile(r"\b(?:not|never|no longer|n't|without)\b|n['’]t\b", re.IGNORECASE)
"""Words with a capital that a sentence of ours holds on its own account."""
_OWN_WORDS = frozenset(
    "After As Before By Due During In Indirectly Longest On Overdue Promised Question Since Things "
    "To Until Up Yes No Not Most Decision Action Reason Someone The It In A An At I On Its Owner Nothing "
    "Everything".split()
)


def together(parts: Sequence[QueryState]) -> QueryState:
    """What all parts of a question recalled, as one: what a model's sentence is held against."""
    if len(parts) == 1:
        return parts[0]
    merged: QueryState = {
        **parts[0],
        "states": unique_readings(one for part in parts for one in part.get("states", [])),
        "transitions": unique_readings(one for part in parts for one in part.get("transitions", [])),
        "relations": [one for part in parts for one in part.get("relations", [])],
        "statements": [one for part in parts for one in part.get("statements", [])],
    }
    return merged


def unique_readings(readings: Iterable[TransitionReading]) -> list[TransitionReading]:
    """The readings without repetitions, in their order."""
    return list(
        {
            (one["entity_id"], one["field"], one["key"], one["at"], one["after"]): one for one in readings
        }.values()
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """What is needed to read a model's own words.

    Attributes:
        named: the things and people that the sentence names, by the alias index.
        titles: the titles of the workspace's meetings.
        profile: what values mean.
    """

    named: Sequence[PlanEntity]
    titles: Sequence[str]
    profile: Profile


def objections(
    sentence: Sentence,
    evidence: Sequence[Evidence],
    spoken: Sequence[str | None],
    state: QueryState,
    wording: Wording | None = None,
) -> list[str]:
    """Why a sentence may not be released; nothing when it may.

    Args:
        sentence: its text, citations (from 1) and claims.
        evidence: all that the draft cites.
        spoken: what was really said at each piece of evidence; None where there are no such words.
        state: the states and transitions that its claims are held against.
        wording: of a sentence that a model worded, what its words are read with.
    """
    cited: list[Evidence] = []
    for number in sentence["citations"]:
        if not 1 <= number <= len(evidence):
            return [f"citation {number} does not exist"]
        piece, words = evidence[number - 1], spoken[number - 1]
        if words is None or not piece["quote"].strip() or folded(piece["quote"]) not in folded(words):
            return [f"the quote of citation {number} was not spoken there"]
        cited.append(piece)
    if not sentence["claims"] and not sentence["citations"] and sentence["text"] in REPLIES:
        return []
    if not cited and not any(claim["kind"] == "count" for claim in sentence["claims"]):
        return ["it cites nothing"]
    if wording is not None:
        return _freely_unsupported(sentence["text"], cited, state, wording)
    wrong = [problem for claim in sentence["claims"] if (problem := _claim_problem(claim, state))]
    unsaid = [
        f"it does not say {claim['entity']} {claim['value']}"
        for claim in sentence["claims"]
        if not _is_said(claim, sentence["text"], state)
    ]
    return wrong or unsaid or _unsupported(sentence, cited, state)


def _freely_unsupported(
    text: str, cited: Sequence[Evidence], state: QueryState, wording: Wording
) -> list[str]:
    """What a model's sentence says that its citations and the states do not bear out."""
    quoted = [
        f"“{quote}” is not in its evidence"
        for quote in _QUOTED.findall(text)
        if not _is_value(quote, wording.profile)
        and all(folded(quote) not in folded(piece["quote"]) for piece in cited)
    ]
    anchored = anchored_in(cited, state)
    known = [(one["name"], one["given"]) for one in wording.named]
    held = " ".join(
        [
            *(f"{piece['quote']} {piece['title']} {piece['speaker'] or ''}" for piece in cited),
            *(f"{one['key']} {one['before'] or ''} {one['after'] or ''}" for one in anchored),
            *(way for ways in known for way in ways),
            *(
                word
                for field, spec in wording.profile.fields.items()
                for value, words in spec.values
                for word in (field, value, *words)
            ),
        ]
    )
    may_be_said = {word.lower() for word in plain_words(held)} | set(MONTHS) | WEEKDAYS
    markup = [
        f"{found[0]} is markup"
        for found in _MARKUP.finditer(text)
        if all(found[0] not in one["quote"] for one in cited)
    ]
    outside = _QUOTED.sub(lambda found: found[1] if _is_value(found[1], wording.profile) else " ", text)
    capitals = [found for found in _NAME.finditer(outside) if not _opens(outside, found.start())]
    strange = [
        f"{found[0]} is not in its evidence"
        for found in capitals
        if not set(plain_words(found[0])) <= may_be_said and not is_function_word(found[0])
    ]
    held_against = Cited(cited, anchored, state, wording.titles, wording.profile)
    return quoted + markup + strange + freely_worded_problems(outside, wording.named, held_against)


def _is_value(quote: str, profile: Profile) -> bool:
    """Whether a quoted word is a value, which nobody need have said so."""
    return any(
        plain_words(quote) == list(phrase)
        for spec in profile.fields.values()
        for _, phrase in values_said(spec, quote)
    )


def _opens(text: str, at: int) -> bool:
    """Whether a word begins a sentence, so that its capital says nothing."""
    return not text[:at].strip() or text[:at].rstrip()[-1] in ".!?:?"


def _claim_problem(claim: Claim, state: QueryState) -> str | None:
    """What is wrong with a claim; None when the states and transitions bear it out."""
    if claim["kind"] == "count":
        return None if int(claim["value"]) in _counts(claim["field"], state) else "the count is another"
    states, history = state.get("states", []), state.get("transitions", [])
    field = f"{claim['entity']} {claim['field']}"
    match claim["kind"]:
        case "is":
            found = any(_same(reading, claim, "after") for reading in states)
        case "was":
            current = [
                reading for reading in states if _of_series(reading, claim) and reading["at"] == claim["at"]
            ]
            found = not current and any(_same(reading, claim, "after") for reading in history)
        case "became":
            found = any(_same(reading, claim, "after") for reading in history)
        case "ended":
            found = any(_same(reading, claim, "before") for reading in history)
    return None if found else f"{field} is not {claim['value']} by the states"


def _counts(channel: str, state: QueryState) -> set[int]:
    """The numbers that a channel can be said to hold."""
    match channel:
        case "transitions":
            return {len(state.get("transitions", []))}
        case "things":
            return {len({reading["entity_id"] for reading in state.get("transitions", [])})}
        case "statements":
            return set(range(len(state.get("statements", [])) + 1))
        case "blockers":
            return {sum(_is_open_blocker(reading, state) for reading in state.get("states", []))}
        case "sayings":
            said = state.get("sayings", [])
            speakers = {saying["speaker"] for saying in said if saying["speaker"]}
            of_each = {saying[part] for saying in said for part in ("turns", "of_speaker", "in_meeting")}
            return of_each | {len(speakers), len({saying["version_id"] for saying in said})}
        case "meeting_rows":
            rows = state.get("meeting_rows", [])
            return {len(rows), 0} | {
                number for row in rows for number in (len(row["participants"]), row["utterances"])
            }
        case "attendance":
            return _attendance_counts(state)
        case "themes":
            return {theme["turns"] for theme in state.get("themes", [])}
        case "figures":
            figures = state.get("figures", [])
            numbers = [figure["number"] for figure in figures]
            return {0, *numbers, *range(len(figures) + 1)} | ({max(numbers) - 15} if numbers else set())
        case "counts":
            rows = state.get("counts", [])
            by_kind = {row["number"] for row in rows}
            totals = {
                sum(row["number"] for row in rows if row["counted"] == "entity" and row["label"] != "person")
            }
            return by_kind | totals | {0}
        case _:
            return {0}


def _attendance_counts(state: QueryState) -> set[int]:
    """Turns of each person and of each meeting, people of each meeting, and those too many to name."""
    by_meeting: dict[str, list[int]] = {}
    for person in state.get("attendance", []):
        by_meeting.setdefault(person["version_id"], []).append(person["turns"])
    counts = {0}
    for turns in by_meeting.values():
        spoke = [number for number in turns if number]
        counts |= {*turns, sum(turns), *range(len(spoke) + 1)}
    return counts


def _is_open_blocker(reading: TransitionReading, state: QueryState) -> bool:
    plan = state.get("plan")
    named = {entity["id"] for entity in plan["entities"]} if plan else set[str]()
    if named and reading["entity_id"] not in named:
        return False
    return reading["field"] == "blockers" or (
        reading["field"] == "status" and reading["normalised"] == "blocked"
    )


def _of_series(reading: TransitionReading, claim: Claim) -> bool:
    return (reading["entity_id"], reading["field"], reading["key"]) == (
        claim["entity_id"],
        claim["field"],
        claim["key"],
    )


def _same(reading: TransitionReading, claim: Claim, side: str) -> bool:
    value = reading["after"] if side == "after" else reading["before"]
    return _of_series(reading, claim) and value == claim["value"] and claim["at"] in (None, reading["at"])


def _is_said(claim: Claim, text: str, state: QueryState) -> bool:
    """Whether a claim is what its sentence says: the thing, the value and, where days are, the day."""
    if claim["kind"] == "count":
        return claim["value"] in _NUMBER.findall(text) or claim["value"] == "0"
    value = value_shown(claim["value"])
    plan = state.get("plan")
    days = set(_DAY.findall(text))
    asked = {day(plan["as_of"])} if plan and plan["as_of"] else set[str]()
    dated = claim["at"] is None or not days - asked or day(claim["at"]) in days
    named = claim["entity"] in text or (claim["field"] == "owner" and value in text)
    return named and value in text and dated


def _unsupported(sentence: Sentence, cited: Sequence[Evidence], state: QueryState) -> list[str]:
    """What the sentence holds that neither its evidence nor the states of what it names hold."""
    text = sentence["text"]
    support = _support(text, sentence["claims"], cited, state)
    words = folded(" ".join(piece["quote"] for piece in cited))
    quoted = _QUOTED.findall(text)
    supported = folded(support) if quoted else ""
    quotes = [quote for quote in quoted if folded(quote) not in supported]
    outside = _QUOTED.sub(" ", text)
    days = [found for found in _DAY.findall(outside) if found not in support]
    given = set(_NUMBER.findall(support))
    numbers = [found for found in _NUMBER.findall(_DAY.sub(" ", outside)) if found not in given]
    counted = {claim["value"] for claim in sentence["claims"] if claim["kind"] == "count"}
    numbers = [found for found in numbers if found not in counted and found != str(len(sentence["claims"]))]
    held = set(_NAME.findall(support)) | {word.capitalize() for word in words.split()}
    names = [found for found in _NAME.findall(_DAY.sub(" ", outside)) if found not in held | _OWN_WORDS]
    problems = [f"“{found}” is not in its evidence" for found in (*quotes, *days, *numbers, *names)]
    if sentence["claims"] and _NEGATION.search(outside) and not _NEGATION.search(support):
        problems.append("it denies what its evidence says")
    return problems


def _support(text: str, claims: Sequence[Claim], cited: Sequence[Evidence], state: QueryState) -> str:
    """Everything that a sentence may draw its names, numbers and days from."""
    parts: list[str] = []
    for piece in cited:
        parts += [piece["quote"], piece["title"], day(piece["date"]), piece["speaker"] or ""]
    for claim in claims:
        parts += [claim["entity"], value_shown(claim["value"]), claim["key"]]
        if claim["at"]:
            parts.append(day(claim["at"]))
    plan = state.get("plan")
    if plan:
        parts += [day(at) for at in (plan["as_of"], plan["start"], plan["end"]) if at]
        parts += [plan["span"] or ""]
        parts += [str(days_since(claim["at"], plan)) for claim in claims if claim["at"]]
    moments = [datetime.fromisoformat(claim["at"]).date() for claim in claims if claim["at"]]
    parts += [str((later - earlier).days) for earlier in moments for later in moments if later > earlier]
    if plan:
        parts += [entity["name"] for entity in (*plan["entities"], *plan["people"])]
        parts += [*plan["topics"], plan["tracked"]["key"] if plan["tracked"] else ""]
    for row in [*state.get("meeting_rows", []), *state.get("attendance", [])]:
        if row["title"] in text:
            parts += [row["title"], day(row["date"]), *([row["name"]] if "name" in row else [])]
            parts += [row["summary"] or ""] if "summary" in row else []
    for person in state.get("attendance", []):
        parts += [person["name"]] if person["name"] in text else []
    for theme in state.get("themes", []):
        parts += [theme["entity"]] if theme["entity"] in text else []
    for reading in [*state.get("states", []), *state.get("transitions", [])]:
        if reading["entity"] in text:
            parts += [reading["entity"], reading["title"], day(reading["at"])]
            parts += [value_shown(value) for value in (reading["before"], reading["after"]) if value]
    for relation in state.get("relations", []):
        if relation["source"] in text and relation["target"] in text:
            parts += [relation["source"], relation["target"], day(relation["since"])]
    for statement in state.get("statements", []):
        if any(statement["quote"] == piece["quote"] for piece in cited):
            parts += [statement["content"], statement["owner"] or "", statement["due"] or ""]
            parts += [day(statement["due_date"])] if statement["due_date"] else []
            parts += [statement["rationale"] or ""]
    for figure in state.get("figures", []):
        parts += [figure["label"]] if figure["label"] and figure["label"] in text else []
    for row in state.get("counts", []):
        parts.append(f"{row['number']} {row['label']}")
    return " ".join(parts)
