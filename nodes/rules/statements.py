# ruff: noqa: E501 - a pattern is read best on one line
"""What a clause says: the grammar applied, with everything that takes a statement back or puts it in doubt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nodes.rules.grammar import DECIDED, RULES, Effect, Rule
from nodes.rules.phrases import DATE, DETERMINER, LEAD, NOUN, PERSON, THING, VOCATIVE
from nodes.rules.words import AMBIGUOUS_NAMES, GIVEN_NAMES, is_content
from nodes.schemas import Operation, Stance


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a clause: `things` are numbers of the cast, `value` still has its marks."""

    things: tuple[str, ...]
    field: str
    op: Operation
    value: str | None
    stance: Stance
    end: int


_VERB_STATES = {
    "cancel": "cancelled", "cancelling": "cancelled", "canceling": "cancelled", "drop": "dropped",
    "dropping": "dropped", "scrap": "scrapped", "scrapping": "scrapped", "abandon": "abandoned",
    "abandoning": "abandoned", "kill": "killed", "killing": "killed", "pause": "paused", "pausing": "paused",
    "park": "parked", "parking": "parked", "suspend": "suspended", "suspending": "suspended",
    "postpone": "postponed", "postponing": "postponed", "defer": "deferred", "discontinue": "discontinued",
}  # fmt: skip
# States that doors and glasses have too: of a thing without a name they say nothing.
_EVERYDAY_STATES = frozenset(
    "closed dropped killed frozen planned stuck started parked suspended delivered waiting".split()
)
_STATE_WORDS = {
    "back in progress": "in progress",
    "put on hold": "on hold",
    "being put on hold": "on hold",
    "on ice": "on hold",
    "rolled out": "released",
    "in the planning phase": "planned",
}

_UNSURE_BEFORE = re.compile(
    r"\b(?:if|unless|make sure|making sure|ensure|wish|imagine|suppose|pretend|assuming|assume|hypothetical\w*|theoretically|in theory|what if|as if"
    r"|hope|hopefully|hoping|would|could|might|maybe|perhaps|probably|whether|in case|used to|ideally|once|until"
    r"|not sure|don't think|doubt|last year|years? ago|in (?:19|20)\d\d|back (?:in|then|when)|according to|claims?|rumou?rs?"
    r"|thought|said|says|told|heard|wants?|expects?|sounds like|looks like|someday|by the time|when)\b",
    re.IGNORECASE,
)
_UNSURE_AFTER = re.compile(
    r"^[\s,]*(?:if|unless|assuming|provided|hopefully|right\b|i think|i guess|i hope|i believe|i suppose|or not|or so i"
    r"|maybe|perhaps|probably|in theory|not\b|just kidding|haha|lol|yeah right|supposedly|apparently|allegedly"
    r"|but (?:not|only (?!just)|we're not|it's not|that was)|except|as soon as|once\b|or\b|in my dreams|at least (?:in theory|that))",
    re.IGNORECASE,
)
_UNSURE_TAIL = re.compile(
    r"\b(?:if|unless|once|as soon as|assuming|provided|i think|i guess|i hope|i believe|i suppose|maybe|perhaps|probably"
    r"|hopefully|supposedly|apparently|allegedly|in theory|ideally|last (?:year|summer|winter|spring|autumn|fall)|years? ago|months? ago"
    r"|back (?:in|then|when)|in (?:19|20)\d\d(?! )|not really|kidding|yeah right|or something|or not|except|nearly"
    r"|almost|originally|at first|used to|lol|haha|would|could|might)\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"^(?:[\w']+ ){0,3}?(?:last (?:year|summer|winter|spring|autumn|fall|time)|back (?:in|then|when)|years? ago|originally|initially"
    r"|at first|in theory|ideally|in (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_EMPTY_ITEM = frozenset(
    "it that this them those these you me us him her that's something things stuff default design".split()
)
# "until the Auth Service is done" waits for the Auth Service
_COMES_TRUE = re.compile(
    r" (?:is|are|has been|have been|gets|get) (?:done|ready|finished|complete|completed|live|resolved|fixed|there|approved|signed|merged|released|stable|deployed)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:The|Our|A|An|My|This|That) ")
_ONLY_A_DATE = re.compile(rf"(?:{DATE}|20\d\d|then)", re.IGNORECASE)
_WORD = re.compile(r"[\w%']+")


def findings(
    text: str, *, before: str, after: str, asks: bool, phrases_only: bool = False
) -> Iterator[Finding]:
    """What a clause says, at most one statement for each field.

    Args:
        text: the clause, names as marks.
        before: the sentence before it; doubt there covers the clause.
        after: the sentence after it; a condition there takes the clause back.
        asks: whether the sentence is a question; then only proposals are read.
        phrases_only: use only the rules that are safe for a subject which is no known name.
    """
    words = {word.lower() for word in _WORD.findall(text)}
    words |= {"%" for word in words if word.endswith("%")}
    if _HISTORY.search(text):
        return
    unsure = bool(_UNSURE_BEFORE.search(before)) or bool(_UNSURE_AFTER.search(after))
    said: set[str] = set()
    for rule in RULES:
        if rule.cues.isdisjoint(words) or (phrases_only and not rule.of_phrases):
            continue
        if rule.stance != "proposed" and (unsure or asks):
            continue
        match = rule.pattern.search(text)
        if match is None or (rule.stance != "proposed" and _UNSURE_TAIL.search(text, match.end())):
            continue
        found = [finding for finding in _read(rule, match) if finding.field not in said]
        if phrases_only and any((finding.value or "").lower() in _EVERYDAY_STATES for finding in found):
            continue
        said |= {finding.field for finding in found}
        yield from found


def _read(rule: Rule, match: re.Match[str]) -> Iterator[Finding]:
    groups = match.groupdict()
    things = tuple(re.findall(THING, groups["x"] or ""))
    stance: Stance = "decided" if groups.get("decided") else rule.stance
    values: list[tuple[Effect, str | None]] = []
    for effect in rule.effects:
        value = _value(effect, groups)
        if value is None and effect.value is not None:
            return
        values.append((effect, value))
    for effect, value in values:
        listed = _listed(match) if effect.value == "$item" and effect.op == "add" else []
        for each in listed or [value]:
            yield Finding(things, effect.field, effect.op, each, stance, match.end())


def _listed(match: re.Match[str]) -> list[str]:
    """The items of a list that the one found begins ("the fix, the review and the audit"), none when it is none."""
    rest = match.string[match.start("item") :].removeprefix("both ")
    if not _LIST.fullmatch(rest):
        return []
    items = [item.strip(" .!") for item in _SEPARATOR.split(rest)]
    return items if all(_is_item(item) for item in items) else []


_ONE_OF = rf"(?:(?:the|an?|our|some) [\w'-]+(?: [\w'-]+){{0,4}}|(?:the )?{THING})"
_LIST = re.compile(rf"{_ONE_OF}(?:, {_ONE_OF})*,? and {_ONE_OF}[ .!]*", re.IGNORECASE)
_SEPARATOR = re.compile(r",? and |, ")


def _value(effect: Effect, groups: dict[str, str | None]) -> str | None:
    """The value that an effect names; None also where the words found are none."""
    if effect.value is None or not effect.value.startswith("$"):
        return effect.value
    name, _, otherwise = effect.value[1:].partition("|")
    value = groups.get(name) or otherwise or None
    if value is None:
        return None
    value = value.strip(" ,'")
    if name == "p":
        return value if _may_own(value) else None
    if name == "item":
        value = value.removeprefix("both ")
        value = _ARTICLE.sub(lambda match: match[0].lower(), _COMES_TRUE.sub("", value))
        return value if _is_item(value) else None
    if name == "verb":
        return _VERB_STATES[value.lower()]
    return _STATE_WORDS.get(value.lower(), value)


def _may_own(value: str) -> bool:
    low = value.lower()
    if low in {"i", "me", "myself"} or re.fullmatch(PERSON, value):
        return True
    return low in GIVEN_NAMES and low not in AMBIGUOUS_NAMES


def _is_item(value: str) -> bool:
    words = value.lower().split()
    if not words or words[0] in _EMPTY_ITEM or len(words) > 14:
        return False
    if words[-1] in {"longer", "side", "end"} or not {
        "not",
        "never",
        "isn't",
        "nothing",
        "nobody",
    }.isdisjoint(words):
        return False
    if _ONLY_A_DATE.fullmatch(value):
        return False
    return any(is_content(word) or not word.isascii() or word[0] in "\ue000\ue002" for word in words)


def phrase_subject(text: str) -> tuple[int, int] | None:
    """Where a clause has an everyday phrase of two to four words as its subject, before a verb of state."""
    match = _PHRASE_SUBJECT.search(text)
    return (match.start("phrase"), match.end("phrase")) if match else None


_NOUN_ENDS = NOUN.removesuffix("?") + r"(?=\s|'s)"
_PHRASE_SUBJECT = re.compile(
    rf"^{LEAD}{VOCATIVE}(?:{DECIDED})?{LEAD}{DETERMINER}(?!{THING}{_NOUN_ENDS})(?P<phrase>(?:[\w-]+|{THING})(?: (?:[\w-]+|{THING})){{1,3}}?)"
    r"(?='s (?:now |still |already )?(?:done|blocked|on hold|at|in progress|due)| (?:is|are|has been|was|got|went live|launched"
    r"|shipped|slips|slipped|moves|moved|will|needs to|has to|must|remains|goes live|launches|ships|stands at|reached)\b)",
    re.IGNORECASE,
)


def retracts(text: str) -> bool:
    """Whether a sentence takes back the one before it."""
    return bool(_RETRACTION.match(text))


_RETRACTION = re.compile(
    r"(?:no,? wait|wait,? no|actually,? no\b|scratch that|correction\b|not really|just kidding|i'm kidding|kidding|no,? sorry"
    r"|sorry,? no\b|yeah,? right|not\W*$|i'm joking|joking|in my dreams|i wish|hopefully|never mind|sorry,? i mean)",
    re.IGNORECASE,
)
