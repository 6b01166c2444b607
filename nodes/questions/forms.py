"""Questions about the talk itself: who spoke of a thing, where and when, who was there, what it was about."""

import re
from dataclasses import dataclass

from nodes.schemas import Intent

_MEETINGS = r"(?:meetings?|calls?|syncs?|sessions?|stand-?ups?|conversations?)"
_PERSON = r"(?:we|you|they|i|anyone|anybody|someone|somebody|people|the (?:team|group)|everyone)"
_ABOUT = r"(?:about|on|of|regarding|concerning|to|for|up)"
_SPEAK = (
    r"(?:spoke|speaks?|spoken|talk(?:s|ed|ing)?|comment(?:s|ed)?|mention(?:s|ed)?|discuss(?:es|ed)?"
    r"|referr?(?:s|ed)?|hear(?:d)?|cover(?:s|ed)?|touch(?:es|ed)?|said (?:something|anything))"
)
_RAISE = (
    r"(?:raise[sd]?|brought|bring|came up with|propose[sd]?|suggest(?:s|ed)?|introduce[sd]?|pitch(?:es|ed)?)"
)
_ASK = r"(?:ask(?:s|ed|ing)?|wonder(?:s|ed)?|inquired?|questioned)"
_PASSED = (
    r"(?:mentioned|discussed|talked about|spoken (?:of|about)|brought up|raised|covered|come up|came up)"
)
_ALSO = r"(?: (?:all|else|also|ever|actually|first|last|has|have|had|did))*"
_LEAD = r"^\W*(?:(?:and|but|so|ok|please|can you|could you|tell me)\b[\s,]*)*"
_WORDY = (
    r"(?:what (?:was|were|is|has been|have been|'s been) (?:\w+ )?(?:said|told|discussed|mentioned|reported)"
    r"|what (?:did|do|does|has|have)\b.{0,60}?"
    r"\b(?:say|said|tell|think|feel|mention|explain|report|add|argue)\b"
    r"(?: us| me)?"
    r"|what \w+(?: \w+)? (?:said|says|thinks?|thought|feels?|felt)"
    r"|(?:give me |i need |i want )?(?:a |the )?(?:short |brief |quick )?summar(?:y|ise|ize|ies)\b"
    r"(?: (?:of|me|us|up))*"
    r"(?: (?:what|everything|all)(?: that)?(?: was| has been| we| people)? (?:said|discussed)"
    r"| the (?:discussions?|talks?|debates?|opinions|views)| discussions?)?"
    r"|recap (?:of )?(?:what was said|the discussion))"
)
_FORMS: tuple[tuple[str, str], ...] = (
    (
        "most",
        rf"{_LEAD}who (?:talk|speak|spoke|said|contribut)\w*(?: the)? (?:most|least|more)\b"
        rf"|{_LEAD}who (?:was|is|were) (?:the )?most (?:active|talkative|vocal)\b",
    ),
    ("askers", rf"{_LEAD}who{_ALSO} {_ASK}(?: {_ABOUT})? (?P<topic>.+)$"),
    ("raisers", rf"{_LEAD}who{_ALSO} {_RAISE}(?: {_ABOUT})? (?P<topic>.+?)(?: up)?$"),
    ("speakers", rf"{_LEAD}who{_ALSO} {_SPEAK}(?: {_ABOUT})? (?P<topic>.+)$"),
    (
        "whether",
        rf"{_LEAD}(?:did|has|have) {_PERSON}(?: ever| already)? (?:{_SPEAK}|{_RAISE}|{_ASK})(?: {_ABOUT})?"
        r" (?P<topic>.+)$",
    ),
    (
        "whether",
        rf"{_LEAD}(?:was|were|has|have|is|did) (?P<topic>.+?)(?: ever| already| been)* {_PASSED}\W*$",
    ),
    (
        "last",
        rf"{_LEAD}when (?:did|have|was|were) (?:{_PERSON} )?(?:the )?(?:last|most recently|latest)(?: time)?"
        rf" (?:{_PERSON} )?(?:{_SPEAK}|{_RAISE})(?: {_ABOUT})? (?P<topic>.+)$",
    ),
    ("last", rf"{_LEAD}when (?:was|were|did) (?P<topic>.+?) (?:last|most recently) {_PASSED}\W*$"),
    (
        "first",
        rf"{_LEAD}when (?:did|have) {_PERSON} first (?:{_SPEAK}|{_RAISE})(?: {_ABOUT})?"
        r" (?P<topic>.+)$",
    ),
    ("first", rf"{_LEAD}when (?:was|were|did) (?P<topic>.+?) first {_PASSED}\W*$"),
    (
        "times",
        rf"{_LEAD}how (?:often|many times|much) (?:did|do|have|has) {_PERSON} "
        rf"(?:{_SPEAK}|{_RAISE})(?: {_ABOUT})? (?P<topic>.+)$",
    ),
    (
        "times",
        rf"{_LEAD}how (?:often|many times|much) (?:did|do|has|have|was|were|is) (?P<topic>.+?)(?: been)?"
        rf" {_PASSED}\W*$",
    ),
    (
        "meetings",
        rf"{_LEAD}(?:in |at |during )?(?:which|what) (?:of the )?{_MEETINGS} (?:was|were|did|have|has|is)"
        rf" (?:{_PERSON} )?(?P<topic>.+?) {_PASSED}\W*$",
    ),
    (
        "meetings",
        rf"{_LEAD}(?:in |at |during )?(?:which|what|list (?:all |the )*|show (?:me )?(?:all |the )*)\s?"
        rf"(?:of the )?{_MEETINGS} (?:that )?(?:were |was |did |have |has |are )?(?:{_PERSON} )?"
        rf"(?:{_SPEAK}|{_RAISE}|about|dealt)(?: with)?(?: {_ABOUT})? (?P<topic>.+)$",
    ),
    (
        "meetings",
        rf"{_LEAD}(?:in )?how many (?:of the )?{_MEETINGS} (?:did {_PERSON} )?{_SPEAK}(?: {_ABOUT})?"
        r" (?P<topic>.+)$",
    ),
    (
        "meetings",
        rf"{_LEAD}how many {_MEETINGS}(?: (?:have|has|had|did|do|were|was|are|is|we|there|you|been|held))*"
        r" (?:about|on|regarding|concerning) (?P<topic>.+)$",
    ),
    (
        "meetings",
        rf"{_LEAD}(?:in )?how many (?:of the )?{_MEETINGS} (?:was|were|did|has|have) (?P<topic>.+?)"
        rf"(?: been)? {_PASSED}\W*$",
    ),
    ("meetings", rf"{_LEAD}where (?:was|were|did) (?:{_PERSON} )?(?P<topic>.+?) {_PASSED}\W*$"),
    ("words", rf"{_LEAD}{_WORDY} (?:about|on|of|regarding|concerning|around) (?P<topic>.+)$"),
    (
        "meeting_list",
        rf"{_LEAD}(?:list|show|give|name|what|which)(?: me| us| are| all| of| the| our| past)* {_MEETINGS}"
        r"(?: (?:are|were|do|did|have|has|we|you|there|on record|recorded|ingested|held|know|took place|exist"
        r"|had|been|available|in here|about))*\W*$"
        rf"|{_LEAD}(?:when|what day|on which day|what date) (?:was|is|did) (?:the |our )?"
        rf"(?:last|latest|most recent|first) {_MEETINGS}\b",
    ),
    (
        "attendance",
        rf"{_LEAD}who(?: all| else)? (?:attend(?:s|ed)?|join(?:s|ed)?|participate[sd]?|takes? part|took part"
        r"|came|was (?:there|present)"
        r"|were (?:there|present|the (?:participants|attendees|speakers)))\b"
        r"|\b(?:attendees|participants|attendance)\b"
        rf"|{_LEAD}how many (?:people|persons|members|speakers|of us)(?: (?:have|has|had|did|were|was|all))*"
        r" (?:attend(?:ed)?|join(?:ed)?|participated?|take part|took part|came|spoke|there|present)\b",
    ),
    (
        "themes",
        rf"{_LEAD}(?:what|which|list|show)\b(?: \w+){{0,3}}?"
        r" (?:topics?|things?|subjects?|issues|points|themes)\b"
        r".*\b(?:discuss\w*|cover\w*|talk\w*|agenda|address\w*|raised|come up|came up|brought up|spoken)\b"
        rf"|{_LEAD}what (?:did {_PERSON} (?:talk|speak) about|(?:was|were|is)(?: \w+)? about)\W*$"
        r"|\bagenda\W*$",
    ),
)
_COMPILED = tuple((form, re.compile(pattern, re.IGNORECASE)) for form, pattern in _FORMS)
_BARE_ATTENDANCE = re.compile(
    rf"{_LEAD}(?:how many (?:people|persons|members|speakers)|who)(?:['’]s| all)? ?"
    r"(?:was|were|is|are|attended|joined|spoke|talked)?\W*"
    r"(?:in|at|on|there|present)?(?: the)?\W*$",
    re.IGNORECASE,
)
_BARE_WHEN = re.compile(
    rf"{_LEAD}(?:when|what day|on which day|what date) (?:was|is|did)\b[\w\s]{{0,24}}\W*$", re.I
)
_BARE_WHO = re.compile(rf"{_LEAD}who(?: is| are| was|['’]s)(?: the| our| this| that)?\W*$", re.IGNORECASE)
_BARE_ABOUT = re.compile(
    rf"{_LEAD}(?:what (?:was|is|were)(?: it| that)? about|what about|about what was)\W*$", re.IGNORECASE
)
_TOPIC_LEAD = re.compile(
    r"^(?:the|a|an|our|any|this|that|some|topic of|subject of|issue of)\s+", re.IGNORECASE
)

ABOUT_A_TOPIC = frozenset(
    ("askers", "raisers", "speakers", "whether", "last", "first", "times", "meetings", "words")
)
"""The forms that ask for what was said of something."""


@dataclass(frozen=True, slots=True)
class Form:
    """A question about the talk itself.

    Attributes:
        kind: one of `ABOUT_A_TOPIC`, or "meeting_list", "attendance", "most", "themes", "introduction".
        topic: the words for what was spoken of, as the question gives them; empty without one.
    """

    kind: str
    topic: str = ""

    @property
    def intent(self) -> Intent:
        """What kind of answer it wants."""
        return "analytics" if self.kind in ("meeting_list", "attendance", "most", "times") else "search"


def read_form(question: str, nameless: str, *, names_a_meeting: bool, names_a_person: bool) -> Form | None:
    """The form of a question; None when it is not about the talk itself.

    Args:
        question: as asked, without its times and the meetings that it names.
        nameless: the same without the names of entities.
        names_a_meeting: whether a meeting was taken out of it.
        names_a_person: whether it names a person.
    """
    for kind, pattern in _COMPILED:
        found = pattern.search(question)
        if found is None:
            continue
        topic = _topic(found.groupdict().get("topic") or "")
        if kind in ABOUT_A_TOPIC and not re.search(r"\w{2}", topic):
            continue
        return Form(kind, topic)
    if names_a_meeting and _BARE_ATTENDANCE.search(question):
        return Form("attendance")
    if names_a_meeting and _BARE_WHEN.search(question):
        return Form("meeting_list")
    if names_a_meeting and _BARE_ABOUT.search(question):
        return Form("themes")
    if names_a_person and _BARE_WHO.search(nameless):
        return Form("introduction")
    return None


def _topic(words: str) -> str:
    topic = re.sub(r"[\s?!.,;:]+$", "", words.strip())
    topic = re.sub(
        r"\s+(?:in|at|during)(?: the| our| any| all)?(?: meetings?| calls?)?$", "", topic, flags=re.I
    )
    while (shorter := _TOPIC_LEAD.sub("", topic)) != topic:
        topic = shorter
    return topic.strip("\"'“”‘’ ")
