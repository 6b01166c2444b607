"""What a plain question asks for, by rule: the intent, the fields, the value asked for, and the subject."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nodes.names import KIND_WORDS
from nodes.profiles.reading import shipped_profile
from nodes.query_state import Measure
from nodes.questions.measures import read_measure
from nodes.schemas import Intent
from nodes.wording import listed, plain_words

_STATUS_VALUES = (
    r"block(?:ed)?|unblock(?:ed)?|stuck|done|finish(?:ed)?|complet(?:ed?|ion)|cancel\w*|paus(?:ed)?"
)
_BROUGHT = (
    r"\bwhat (?:happened|was (?:discussed|covered|said))\b(?: \w+){0,2}\??$|\brecap\b|\bsummar\w+\b"
    r"|\bminutes of\b"
)
# Tried in this order; the first that matches is the intent.
_INTENT_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "timeline",
        r"\btime ?line\b|\bhistory of\b|\bhistory\W*$|\bover time\b|\bsince when\b|\bhow (?:did|has|have) .*"
        r"\b(?:evolve|change|develop|progress|move)\w*|\bwhen (?:did|was|were|has|have|had)\b.*"
        rf"\b(?:{_STATUS_VALUES}|change\w*|slip\w*|move\w*|start\w*|become|owner|owned|progress|status|due)\b"
        r"|\bhow long\b.*\b(?:blocked|on hold|stuck|paused)\b|\bwho (?:owned|used to own)\b"
        r"|\bwhen did\b.*\b(?:take over|get|stop|end|begin)\b|\b(?:was|were)\b.*\bever\b",
    ),
    (
        "changes",
        r"\bwhat(?:'s| is| has| have| was)?(?: been)? (?:changed?|new|different|moved|updated)\b"
        r"|\b(?:any|which|what|list|show)\b.*\b(?:changes|changed|updates)\b|^changes\b"
        r"|\bdid anything change\b"
        rf"|{_BROUGHT}",
    ),
    (
        "blockers",
        r"\bblockers?\b|\bblock(?:ed|s|ing)\b|\bstuck\b|\bholding (?:\w+ )?up\b|\bin the way\b"
        r"|\bimpediments?\b",
    ),
    (
        "action_items",
        r"\baction items?\b|\bactions\b|\bto-?dos?\b|\btasks\b|\boverdue\b|\bfollow[- ]?ups?\b"
        r"|\bassigned\b|\bnext steps?\b|\bwhat(?:['’]s| is| has| needs| must| should| remains)\b.*\bbe done\b"
        r"|\bwhat (?:does|do|did|should|must|will|is|has) .*\b(?:have to do|need to do|promise\w*|to do"
        r"|going to do|commit\w*|agree to do)\b|\bwhat (?:should|must|shall|will) [^?]*\bdo\b"
        r"|\bwho (?:will|is going to|has to|should|promised)\b",
    ),
    (
        "decisions",
        r"\bdecisions?\b|\bdecid\w+\b|\bwhat (?:was|did we|have we|did they|were) .*\bagreed?\b"
        r"|\bresolutions?\b",
    ),
    (
        "ownership",
        r"\bwho(?:'s| is| are)? (?:the )?(?:owns?|own\w*|responsible|in charge|leads?|leading|runs?"
        r"|running|handl\w+|takes?|taking|took|has|accountable)\b|\bown(?:s|er|ers|ed|ing|ership)?\b"
        r"|\bresponsible for\b|\bin charge of\b|\bwhose\b",
    ),
    (
        "relationship",
        r"\bdepend\w*\b|\bdoes\b.*\bblock\W*$|\bpart of\b|\bincludes?\b|\bconsists? of\b"
        r"|\baffect\w*\b|\bimpact\w*\b"
        r"|\brelat(?:ed|ion|ions|ionship|es)\b|\breports? to\b|\bworks? (?:on|with)\b"
        r"|\bworking (?:on|with)\b|\bcollaborat\w+\b|\bconnected\b",
    ),
    (
        "status",
        r"\bstatus(?:es)?\b|\bstates? of\b|\bstand(?:s|ing)?\b|\bhow far\b|\bprogress\b|\bpercent\b"
        r"|\bdue\b|\bdeadline\b|\bpriorit\w+\b|\bhealth\b"
        r"|\bhow (?:is|are|'s) .*\b(?:going|doing|along|coming)\b"
        r"|\b(?:is|are|was|were) .*\b(?:done|finished|complete|completed|ready|on track|at risk|delayed"
        r"|on hold|paused|cancelled|in progress|started|late|planned|live)\b|\bon track\b"
        r"|\bwhere are we\b",
    ),
)
_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern, re.IGNORECASE)) for intent, pattern in _INTENT_PATTERNS
)
_WHY = re.compile(r"\bwhy\b|\bhow come\b|\bwhat for\b|\breasons?\b", re.IGNORECASE)
_FIELD_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern, re.IGNORECASE))
    for field, pattern in (
        (
            "due",
            r"\bdue\b|\bdeadline\b|\bdue date\b|\btarget date\b|\bslip\w*\b"
            r"|\bwhen (?:is|are|will|does|do|should)\b",
        ),
        ("progress", r"\bprogress\b|\bhow far\b|\bpercent\b|\b%|\bhow much of\b"),
        ("priority", r"\bpriorit\w+\b|\burgen\w+\b"),
        ("health", r"\bhealth\w*\b"),
        (
            "owner",
            r"\btake over\b|\btook over\b|\bown(?:s|er|ers|ed|ing|ership)?\b|\bin charge\b|\bresponsible\b",
        ),
        ("blockers", r"\bblockers?\b"),
        ("status", r"\bstatus(?:es)?\b"),
    )
)
_FUNCTION_WORDS = frozenset(
    listed(
        "a about actually afterwards again all also am an and any anybody anyone anything are as at be been "
        "before "
        "being besides both but by can concerning could currently did do does doing don done during "
        "each else ever every everybody everyone everything exactly far for from further get give go goes "
        "group "
        "going got had happen happened happening has have he her hers him his how i if in into is it "
        "its just know last lately latest let like list long made make makes many may me mean means "
        "meeting meetings might moment month more most much must my new next no not now of off on one "
        "only open or other our out over own past people person please project quarter really "
        "recently regarding right said same say says see she should show since so some still such "
        "take taken team tell than that the their them then there there's these they thing things "
        "this those thus time to today tomorrow too topic topics until up us use very was way we week "
        "were what whats when where which while who whom whose why will with would year yesterday yet "
        "you your"
    )
)
_INTENT_WORDS = frozenset(
    listed(
        "average changes dates deadlines each longest median most move moved moves outstanding overturned "
        "overruled pending per replaced reversed revoked share slipped superseded supersede total challenges "
        "concerns difficulties issue issues obstacles open problem problems "
        "action actions agree agreed along asked assigned attend attended became become between block "
        "blocked blocker blockers blocking blocks call cancelled change changed changes charge coming "
        "complete completed count current currently date deadline decide decided decision decisions "
        "deliverables depend depends discuss discussed doing due exactly far features finished follow "
        "goals handles health history hold in item items lead leads mention mentioned milestones "
        "number overdue owned owner owners owns paused people percent planned priority progress promise "
        "projects promised raised ready recap relate related relates reports responsible risk runs "
        "slip slipped slips speak speaking speaks spoke spoken stand stands started state states "
        "status statuses steps stuck summaries summarise summarize summary systems take takes taking talk "
        "talked target tasks teams tickets timeline todo todos track unblocked update updates urgent "
        "working works arise arose came come"
    )
)
_AROUND_A_NAME = re.compile(r"^(?:the|an?) |['’]s?$", re.IGNORECASE)
_DOES = re.compile(r"\b(?:do|does|did|will|can|could|should|would)\b", re.IGNORECASE)
_CODES = re.compile(r"\b[A-Za-z]{2,10}[- ]?\d{2,}\b")
_WHAT_IS = re.compile(r"^\W*(?:what|which|anything|is anything)\b(?:['’]s| \w+){0,2}\b", re.IGNORECASE)
_NO_OWNER = re.compile(
    r"\b(?:no|without(?: an?)?|missing an?) owner|\bunowned\b|\bnobody owns\b|\bnot owned\b", re.IGNORECASE
)
_NEXT = r"(?:the |our )?next (?:meeting|call|sync|session|time)"
_AGENDA = re.compile(
    r"\bfollow(?:ed)?[- ]?ups?(?: on)?\b.*\b(?:next|in the|at the|with|should|we)\b"
    r"|\bwhat\b.*\bfollow(?:ed)? up\b"
    rf"|\b(?:for|in|at|on|to) (?:the |our )?(?:agenda (?:for|of|in) )?{_NEXT}\b"
    r"|\bagenda for\b|\bloose ends\b|\bopen points\b"
    r"|\bwhat(?:['’]s| is| remains)(?: still)? (?:outstanding|pending|open)\b",
    re.IGNORECASE,
)
_SLIPPED = re.compile(
    r"\bslip(?:s|ped|ping)?\b"
    r"|\b(?:(?:due |target )?dates?|deadlines?)\b.*\b(?:mov\w+|chang\w+|shift\w+|push\w+|postpon\w+)\b"
    r"|\b(?:mov\w+|chang\w+|shift\w+|push\w+|postpon\w+)\b.*\b(?:due dates?|deadlines?)\b",
    re.IGNORECASE,
)
_SUPERSEDED = re.compile(
    r"\b(?:supersed\w+|revers\w+|overturn\w+|overrul\w+|revok\w+|taken back|undone|replaced)\b", re.IGNORECASE
)
_LISTED = (
    (
        "problem",
        re.compile(
            r"\b(?:what|which|any|list|show)\b.*\b(?:problems?|(?:open )?issues|concerns|difficulties"
            r"|challenges|obstacles)\b(?! (?:does|do|did|is|are) it\b)",
            re.IGNORECASE,
        ),
    ),
    ("risk", re.compile(r"\b(?:what|which|any|list|show)\b(?: \w+){0,3} risks\b", re.IGNORECASE)),
    ("question", re.compile(r"\bopen questions\b|\bquestions (?:are|were|remain)\b", re.IGNORECASE)),
)
_OPEN_LIST = re.compile(
    r"\bopen\b|\bcurrently\b|\bnow\b|\bstill\b|\boverdue\b|\boutstanding\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as the rules read it.

    Attributes:
        intent: what kind of answer it wants.
        fields: the state fields it asks about; empty is all.
        asked: the canonical status it asks about ("is it done?" asks about "completed").
        aggregation: what is counted, "open" or "overdue" for action items, "unowned" for things without an
            owner, "risk", "question" or "problem" (both) for a list of these; None otherwise.
        measure: the number that is asked for.
    """

    intent: Intent
    fields: tuple[str, ...]
    asked: str | None
    aggregation: str | None
    measure: Measure | None = None


def read_question(question: str, *, names_something: bool) -> Reading:
    """Read a question whose names and times have been taken out, so that they cannot be read as verbs.

    Args:
        question: what is left of it.
        names_something: whether it named a known entity.
    """
    asked = asked_status(question)
    if _AGENDA.search(question):
        return Reading("action_items", (), None, "agenda")
    measure = read_measure(question, asked, names_something=names_something)
    if measure is not None:
        return Reading("analytics", (), asked, measure["what"], measure)
    intent = _intent(question, names_something=names_something)
    if asked and names_something and re.search(r"\bhow long\b", question, re.IGNORECASE):
        intent = "timeline"
    if intent in ("search", "changes", "status", "blockers") and _SLIPPED.search(question):
        return Reading("changes", (), None, "slipped")
    fields = tuple(field for field, pattern in _FIELD_WORDS if pattern.search(question))
    if intent == "ownership" and names_something and len(fields) > 1:
        intent = "status"  # "who owns it, and when is it due?"
    aggregation = None
    if intent == "action_items":
        aggregation = "overdue" if re.search(r"\boverdue\b|\blate\b", question, re.IGNORECASE) else None
        if aggregation is None and _OPEN_LIST.search(question):
            aggregation = "open"
    if intent == "decisions" and _SUPERSEDED.search(question):
        aggregation = "superseded"
    if intent == "ownership" and _NO_OWNER.search(question):
        aggregation = "unowned"
    if intent == "search":
        aggregation = next((kind for kind, pattern in _LISTED if pattern.search(question)), None)
    return Reading(intent, fields, asked, aggregation)


def asks_what_it_brought(question: str) -> bool:
    """Whether the question, without its time, wants to hear what the meetings then brought."""
    return bool(re.search(_BROUGHT, question, re.IGNORECASE))


def asks_why(question: str) -> bool:
    """Whether the question wants a reason."""
    return bool(_WHY.search(question))


def asked_status(question: str) -> str | None:
    """The canonical status that the words of a question name; None for none or several."""
    words = f" {' '.join(plain_words(question))} "
    if " unblocked " in words:
        return "blocked"
    found: set[str] = set()
    for said, value in _said_of_status():
        if said in words:
            found.add(value)
            words = words.replace(said, " ")
    return found.pop() if len(found) == 1 else None


@cache
def _said_of_status() -> tuple[tuple[str, str], ...]:
    """Plain words between spaces and the status that they name, the longest first."""
    phrases = [
        (phrase, value)
        for value, synonyms in shipped_profile().fields["status"].values
        for phrase in (value, *synonyms)
    ]
    phrases.sort(key=lambda pair: -len(pair[0]))
    return tuple((f" {' '.join(plain_words(phrase))} ", value) for phrase, value in phrases)


def subjects(question: str) -> list[str]:
    """The words that a question seems to be about: its longest runs without function and intent words.

    For a question whose names are unknown, so that the answer can say which; best guess first.
    """
    runs: list[list[str]] = [[]]
    for token in re.findall(r"[\w][\w'’.\-/#+&]*|[?,;:]", question):
        word = token.rstrip(".").lower()
        bare = re.sub(r"['’]s$", "", word)
        if bare in _FUNCTION_WORDS or bare in _INTENT_WORDS or not re.search(r"\w", token):
            runs.append([])
        else:
            runs[-1].append(re.sub(r"['’]s$", "", token.rstrip(".")))
    found = [" ".join(run) for run in runs if run]
    return sorted(found, key=lambda run: (not _is_capitalised(run), -len(run)))


def phrase_around(question: str, given: str) -> str:
    """The words by which a question names what it asks of, of which a known name may be a part.

    "When is the Pectra mainnet fork?" asks of the Pectra mainnet fork, also where only "mainnet" is known.
    """
    name = _bare(given)
    around = next(
        (run for run in subjects(question) if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", run)), name
    )
    # what follows the name may be a verb: "when does the migration begin?"
    return around[: around.index(name) + len(name)] if _DOES.search(question) else around


def part_of(question: str, given: str) -> str:
    """What of a named thing a question asks for: "energy source" in "the remote control's energy source"."""
    name = _bare(given)
    rest = phrase_around(question, given).replace(name, " ")
    of_it = re.search(rf"\b([\w-]+) of (?:the |our |an? )?{re.escape(name)}(?!\w)", question, re.IGNORECASE)
    words = [*(of_it[1].split() if of_it else []), *rest.split()]
    said = [word for word in words if not (is_function_word(word) or is_intent_word(word))]
    return " ".join(word for word in said if word.lower() not in KIND_WORDS)


def codes(question: str) -> list[str]:
    """The ticket and document codes in a question, such as "TW-214" and "EIP-7805"."""
    return _CODES.findall(question)


def is_empty_of_content(question: str) -> bool:
    """Whether nothing but function words is left, as in "and who owns it?"."""
    return not subjects(question)


def grams(tokens: Sequence[str], *, longest: int = 8) -> list[tuple[int, int, str]]:
    """All runs of up to `longest` tokens, longest first: first place, place after the last, the words."""
    return [
        (first, first + length, " ".join(tokens[first : first + length]))
        for length in range(min(longest, len(tokens)), 0, -1)
        for first in range(len(tokens) - length + 1)
    ]


def is_function_word(word: str) -> bool:
    """Whether a word alone says too little to be a name in a question."""
    return word.lower() in _FUNCTION_WORDS


def is_intent_word(word: str) -> bool:
    """Whether a word says what kind of answer is wanted, and nothing of what it is about."""
    return word.lower() in _INTENT_WORDS


def _intent(question: str, *, names_something: bool) -> Intent:
    for intent, pattern in _INTENTS:
        if pattern.search(question):
            return intent
    if asked_status(question) is not None and (names_something or _WHAT_IS.search(question)):
        return "status"
    if names_something and is_empty_of_content(question):
        wants_words = re.search(
            r"\b(?:say|said|know|tell|discuss|talk|mention|why)\w*"
            r"|\bwhat(?:['’]s| is| are| was)(?: all)? about\W*$",
            question,
            re.IGNORECASE,
        ) or any(pattern.search(question) for _, pattern in _LISTED)
        return "search" if wants_words else "status"
    return "search"


def _bare(given: str) -> str:
    """A name without its article and the sign of what is its own."""
    return _AROUND_A_NAME.sub("", given)


def _is_capitalised(run: str) -> bool:
    return any(word[0].isupper() or word[0].isdigit() for word in run.split())
