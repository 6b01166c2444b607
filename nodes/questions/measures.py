"""What a question wants counted, compared or timed: of what, by what, and whether only the most."""

import re

from nodes.query_state import Measure, MeasureBy, MeasureKind

_NOUNS: tuple[tuple[str, str], ...] = (
    ("decision", r"decisions?"),
    ("action_item", r"action items?|actions|to-?dos?|promises"),
    ("risk", r"risks?"),
    ("question", r"open questions|questions"),
    ("blockers", r"blockers?|impediments?"),
    ("changes", r"changes|changed|transitions|times|moves|updates"),
    ("meeting", r"meetings?|calls?|syncs?|sessions?"),
    ("person", r"people|persons|participants|members"),
    (
        "entity",
        r"things?|entit(?:y|ies)|items?|work|projects?|features?|tasks?|systems?|teams?|deliverables?"
        r"|milestones?|goals?|tickets?|deadlines?|technolog(?:y|ies)|metrics?|organi[sz]ations?",
    ),
)
_WHAT = tuple((what, re.compile(rf"\b(?:{nouns})\b", re.IGNORECASE)) for what, nouns in _NOUNS)
_BY_WORDS: tuple[tuple[MeasureBy, str], ...] = (
    ("meeting", r"meetings?|calls?|syncs?|sessions?"),
    ("month", r"months?"),
    ("week", r"weeks?"),
    ("quarter", r"quarters?"),
    ("year", r"years?"),
    ("owner", r"owners?|persons?|people|assignees?|members?|everyone|everybody|person|one of us"),
    ("status", r"status(?:es)?|states?"),
    ("type", r"types?|kinds?"),
    ("field", r"fields?"),
    ("thing", r"things?|projects?|entit(?:y|ies)|items?|features?|tasks?|systems?|deliverables?|milestones?"),
)
_BY: tuple[tuple[MeasureBy, re.Pattern[str]], ...] = tuple(
    (
        by,
        re.compile(
            rf"\b(?:per|by|each|every|in each|for each|grouped by|broken down by)(?: of the)? (?:{words})\b"
            rf"|\b(?:which|what) (?:{words})\b.*\b(?:most|fewest|least|longest|more)\b",
            re.IGNORECASE,
        ),
    )
    for by, words in _BY_WORDS
)
_EACH_PERSON = re.compile(r"\b(?:does|do|has|have) (?:everyone|everybody|each|who)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:how many|how often|number of|count(?: of| the)?)\b(?P<what>.*)", re.IGNORECASE)
_MOST = re.compile(r"\b(?:most|fewest|least|busiest)\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:(?:what |which )?percent(?:age)? of|(?:what )?(?:share|fraction|proportion) of|rate\b|ratio\b"
    r"|how much of (?:the |our )?(?:work|project|things)\b)",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:average|mean|median|typical(?:ly)?|longest|shortest|on average|total)\b.*\b(?:time|long|duration"
    r"|days|weeks|blocked|on hold|at risk|in progress)\b"
    r"|\bhow (?:long|many days|much time)\b|\b(?:cycle|lead) times?\b|\b(?:been|was|were|is) .*\blongest\b",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"\b(?:in total|ever|so far|raised|appeared|came up|were there|did we have|have we had)\b", re.IGNORECASE
)
_RESOLVED = re.compile(r"\b(?:resolved|removed|cleared|fixed|unblocked|solved)\b", re.IGNORECASE)
_TAKES = re.compile(
    r"\b(?:cycle|lead) times?\b|\baverage\b.*\b(?:complete|finish|close)\b"
    r"|\btakes? (?:us )?to (?:complete|finish|close)\b",
    re.IGNORECASE,
)
_NO_NUMBER = re.compile(r"\bmost (?:recent|important|likely|urgent|of)\b", re.IGNORECASE)
_NOT_OF_CHANGES = ("owner", "status")


def read_measure(question: str, asked: str | None, *, names_something: bool) -> Measure | None:
    """What a question wants measured; None when it asks for no number.

    Args:
        question: without its names and times.
        asked: the canonical status that it speaks of.
        names_something: whether it names a thing; how long that was blocked its timeline tells.
    """
    by: MeasureBy | None = next((by for by, pattern in _BY if pattern.search(question)), None)
    if _EACH_PERSON.search(question) or (
        _MOST.search(question) and re.match(r"\W*(?:and )?who\b", question, re.I)
    ):
        by = by or "owner"
    is_top = bool(_MOST.search(question)) and not _NO_NUMBER.search(question)
    if _DURATION.search(question) and (asked or _TAKES.search(question)) and not names_something:
        return _measure("duration", "entity", by or "thing", is_top=is_top)
    if _SHARE.search(question) and (asked or re.search(r"\bcompletion\b", question, re.I)):
        return _measure("share", "entity", by)
    counted = _COUNTED.search(question)
    if counted is not None:
        what = _noun(counted["what"], most_words=3)
        if what is None and re.search(r"\bhow often\b", question, re.I) and asked:
            what = "changes"
        if what is None:
            return None
        if by == what or (what == "changes" and by in _NOT_OF_CHANGES):
            by = None
        return _measure("count", _precise(what, question), by, is_top=is_top)
    if not is_top:
        return None
    if re.search(r"\bchange[sd]?\b", question, re.I):
        return _measure(
            "count", "changes", "thing" if by is None or by in _NOT_OF_CHANGES else by, is_top=True
        )
    what = _noun(_MOST.split(question, maxsplit=1)[-1], most_words=4) or (
        "entity" if re.search(r"\bown\w*\b", question, re.I) or asked else None
    )
    if what is None or by is None or by == what:
        return None
    return _measure("count", _precise(what, question), by, is_top=True)


def _measure(kind: MeasureKind, what: str, by: MeasureBy | None, *, is_top: bool = False) -> Measure:
    return {"kind": kind, "what": what, "by": by, "is_top": is_top}


def _precise(what: str, question: str) -> str:
    """Blockers that there were, or that were resolved, where it is not those that are open."""
    if what != "blockers":
        return what
    if _RESOLVED.search(question):
        return "blockers_resolved"
    return (
        "blockers_raised" if _RAISED.search(question) or re.search(r"\bper\b|\bby\b|most", question) else what
    )


def _noun(text: str, *, most_words: int) -> str | None:
    """What the first words name."""
    head = " ".join(text.split()[:most_words])
    found = [(match.start(), what) for what, pattern in _WHAT if (match := pattern.search(head))]
    return min(found)[1] if found else None
