# ruff: noqa: E501 - a pattern is read best on one line
"""Memories: decisions, action items, risks, open questions and facts, as a sentence says them."""

import re
from dataclasses import dataclass

from nodes.rules.phrases import DATE, LEAD, PERSON, THING, VOCATIVE
from nodes.rules.words import FUNCTION, GENERIC_HEADS
from nodes.schemas import MemoryKind


@dataclass(frozen=True, slots=True)
class Remark:
    """A statement worth keeping; texts still have their marks, `owner` may be "I"."""

    kind: MemoryKind
    content: str
    owner: str | None = None
    due: str | None = None
    rationale: str | None = None
    supersedes: str | None = None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_START = rf"^{LEAD}{VOCATIVE}{LEAD}(?:i think |i'd say |i guess )?"
_FIRM = rf"^{LEAD}{VOCATIVE}{LEAD}"
_DECIDED = _pattern(
    rf"{_FIRM}(?P<say>(?:we|the team|everyone|we all)(?:'ve| have)?(?: also| all| just| now| already| finally)*"
    r" (?:decided|agreed)(?: today| now| last week| yesterday)?,? (?P<how>to|that|on|not to|against|we|the)) (?P<what>.+)$"
)
_DECISION_IS = _pattern(
    rf"{_FIRM}(?:the |our |so the )?(?:final )?decision (?:is|was|here is)(?: that| to)?:? (?P<what>.+)$"
    rf"|{_FIRM}(?:final )?(?:decision|decided|agreed): (?P<what2>.+)$"
    rf"|{_FIRM}it(?:'s| is| was| has been) (?:decided|agreed) (?:that|to) (?P<what3>.+)$"
)
_GOING_WITH = _pattern(
    rf"{_FIRM}(?:let's|we're going to|we are going to|we'll|we will) (?:go ahead with|go with|stick with|stick to|proceed with|move forward with|settle on) (?P<what>.+)$"
    rf"|{_FIRM}(?:we're|we are)(?: now)? (?:going with|sticking with|sticking to|settling on|going ahead with) (?P<what2>.+)$"
)
_REVERSED = _pattern(
    rf"{_FIRM}(?:we're|we are|we've|we have|we)(?: now)? (?:reversing|scrapping|dropping|undoing|revoking|overturning|reversed|scrapped|dropped|revoked|overturned)"
    r" (?P<what>(?:that|the|our|this)(?: \w+){0,3} (?:decision|plan|agreement)\b.*)$"
)
_AGENDA = re.compile(
    r"\b(?:next (?:item|topic|point|slide|speaker|one)|other \w+ today|for (?:today|now)|agenda|questions?|comments?|presentation)\b",
    re.IGNORECASE,
)
_NO_DECISION = re.compile(
    r"(?:(?:to )?(?:meet|talk|discuss|chat|take a break|have (?:a |some )?(?:lunch|coffee|pizza|beer|cake|dinner|drink)\w*|move on|get (?:started|going)|disagree)\b|(?:on|in|at) (?:the|that|our|a|my)|whatever|whoever|what|who|when|where|how|which|if|on something|on that|something|it because|it\b(?! (?:is|was|will|goes|has|should|'s))|already|yet|on what|about that)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|might|could|would|probably|possibly|if|unless|not sure|i think|i guess|or something|something like"
    r"|for example|let's say|say we|whether|haven't|didn't|never)\b",
    re.IGNORECASE,
)
_BECAUSE = re.compile(r",? (?:because(?: of)?|since|given that|due to|the reason is(?: that)?|as otherwise) (?P<why>.+)$", re.IGNORECASE)  # fmt: skip
_INSTEAD = re.compile(r"\b(?:instead of|rather than|in place of) (?P<old>[^,.;]+)", re.IGNORECASE)
_REVERSES = re.compile(
    r"\b(?:revers(?:e|es|ed|ing)|scrap(?:s|ped|ping)?|drop(?:s|ped|ping)?|revok(?:e|ed|ing)|undo(?:ing)?|overturn(?:ed|ing)?|tak(?:e|ing) back)"
    r" (?P<old>(?:that|the|our|this)(?: \w+){0,3} (?:decision|plan|agreement)(?: (?:to|about|on) [^,.;]+?)?)(?= and |[,.;]|$)",
    re.IGNORECASE,
)

_WORK = (
    r"send|get (?:you|him|her|them|us|the|a|an)|check (?!in\b|that\b|it\b)(?=\w)|prepare|write up|write|draft|create|set up|schedule|update|review|fix|finish|follow up|look into|investigate"
    r"|reach out|check with|check whether|check if|file|open|put together|organi[sz]e|document|circulate|email|e-mail|contact"
    r"|coordinate|sync with|push|merge|deploy|publish|post|ensure|confirm|book|run|ping|collect|gather|present"
    r"|deliver|design|build|implement|migrate|research|evaluate|analy[sz]e|call|tell|ask|talk to|speak to|speak with|talk with|arrange|order"
    r"|submit|release|bring|compile|summari[sz]e|upload|figure out|work on|reply|respond|test|report|get back|invite|verify"
    r"|put|make (?:a|an|the|some|sure|that)|open|raise|drop|do (?:a|an|the)|post|dig into|double[ -]check|forward|dm|message|take a look at|take (?:that|it) offline|pick up|synthesi[sz]e|measure|benchmark|bump|resend|install|order|pay|print|translate|train|hire|replace|remove|add|clean up|drive|handle|take care of|notify|inform|announce|finali[sz]e|complete|start|rewrite|refactor|share"
)
_PROMISE = _pattern(
    rf"{_FIRM}(?:thank you|thanks|gotcha|got it|no problem|of course|happy to|will do|fair|agreed|understood|makes sense)?(?:,|\.)? ?(?:and |so )?"
    rf"(?P<who>I|{PERSON})(?:'ll| will|'m going to| am going to|'m gonna| is going to|'m happy to)(?: also| then| definitely| try to| try and| go and| go ahead and| quickly| personally| just| still)* "
    rf"(?P<do>(?:{_WORK})\b.+)$"
)
_OFFER = _pattern(
    rf"^(?:yes|yeah|yep|sure|okay|ok|of course|absolutely|happy to)[,.]? (?:yes,? |yeah,? |so )*(?P<who>I) can (?:also |definitely |try to )?(?P<do>(?:{_WORK})\b.+)$"
)
_ASSIGNED = _pattern(
    rf"^{LEAD}(?:action item|action point|action|ai|to-?do|next step)s?(?: (?:for|on) (?P<who>{PERSON}|me))?(?: is)?[:,-] ?"
    rf"(?:(?P<who2>{PERSON}|I)(?: to| will|'ll|:| -)? )?(?P<do>.+)$"
)
_TO_DO = _pattern(
    rf"^{LEAD}(?P<who>{PERSON}) (?:to|has the action to|has an action to|agreed to|has agreed to|is to|took the action to) (?P<do>(?:{_WORK})\b.+)$"
)
_MUST = _pattern(
    rf"^{LEAD}(?P<who>{PERSON}) (?:needs to|has to|must) (?P<do>(?:{_WORK}|sign)\b.+? (?:by|before|until|no later than) (?:the end of )?{DATE}\W*)$"
)
_REQUEST = _pattern(
    rf"^{LEAD}(?P<who>{PERSON}), ?(?:so |and )?(?:can|could|will|would) you(?: please| maybe)? (?P<do>(?:{_WORK})\b.+?)\??$"
    rf"|^{LEAD}(?:can|could|will|would) you(?: please| maybe)?,? (?P<who2>{PERSON}),? (?:please )?(?P<do2>(?:{_WORK})\b.+?)\??$"
    rf"|^{LEAD}(?:can|could|will|would) you(?: please| maybe)? (?P<do4>(?:{_WORK})\b.+?),? (?P<who4>{PERSON})\?$"
    rf"|^{LEAD}(?P<who3>{PERSON}), ?please (?P<do3>(?:{_WORK})\b.+)$"
)
_ACCEPTS = re.compile(
    r"^(?:(?:yes|yeah|yep|sure|okay|ok|of course|absolutely|will do|i will|i can do that|on it|happy to|no problem|got it"
    r"|i'll do (?:that|it)|i'll take (?:that|it)|sounds good|definitely|consider it done)\b[\s,.!]*)+",
    re.IGNORECASE,
)
# What a task says besides itself, and tasks that only point at something said before.
_AWAY = re.compile(
    rf"\b(?:up|out|together|sure|later|again|soon|anyway|then|offline|async|to|with|about|{DATE})\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",? (?:and (?:i|we|then|maybe|let (?:you|us|everyone|them)) |where |which |just to |just so |so that |but |because |though |couldn't |btw\b|by the way\b).*$",
    re.IGNORECASE,
)
_MINE = re.compile(r"\bmy\b", re.IGNORECASE)
_NOTHING = frozenset("thing things stuff bit lot point points way ways one ones time happens".split())
# A speaker who begins again in the middle has not said what the first half says.
_RESTART = re.compile(r"\bI(?:'ll|'m|'ve| will| mean)\b|\bwe that\b|…|\.\.")
_POINTS = re.compile(
    r"(?:\w+ ){1,2}?(?:it|that|this|them|those|these|you\b(?! (?:the|a|an)))\b", re.IGNORECASE
)
_SMALL_TALK = re.compile(
    r"\b(?:screen|slides?|presentation|whisper|my intro|right now|in a (?:second|sec|minute|moment|bit)|for a (?:second|minute|moment)|real quick|quickly|mute"
    r"|camera|microphone|chair|floor|over to|hand it over|coffee|lunch|cake|pizza|beer|this call|the call|this meeting|recording|link in the chat"
    r"|in the chat|one (?:more )?(?:thing|question|second)|a question|next (?:slide|topic|item)|the agenda|hand up|you guys|with you|my (?:best|part|point)"
    r"|quick question|thought|here|myself|just a)\b",
    re.IGNORECASE,
)
_NO_TASK = re.compile(
    r"^(?:ask (?:again|you|this|that|about)|tell you|call (?:it|you|this|that)|share (?:it|this|that|my)|start (?:with|by|off|from|here|over)"
    r"|run (?:through|over|us|you|back)|put (?:it|this|that|up|my|you)|make (?:sure (?:to|that|this)|it|this|that|a (?:point|comment|note|suggestion|joke|case|quick|small comment)|one|the (?:case|point|argument)|some noise)|raise (?:a|my|one|it|this|that)|drop (?:off|out|it|this|in)"
    r"|do (?:a|the) (?:quick|brief|intro)|take a look at (?:it|that|this)\W*$|message you|dm you|pick up (?:on|from)|start|ask (?:a|one|my|if|again)|remove (?:it|that|this)|report|bring us|share (?:a bit|some|more)|buy you|call you|contact you|send (?:it|that|this) (?:over|around)?\W*$|add (?:that|to that|one|on|a little|just)|bring (?:it|this|that) up|present (?:it|this|that|my)|post (?:it|this|that|the link|a link)"
    r"|open (?:it|the floor|up)|report (?:back )?on (?:it|that|this)|reply to (?:that|you)|talk to you|finish (?:by|with|up|off)|reach out and|tell (?:him|her|them|you)|make (?:an? )?(?:example|difference|sense|assumption)|get (?:a |an |the )?(?:sense|idea|feel|message|chance)|make sure (?:i|you)|write (?:it|that|this) down)\b",
    re.IGNORECASE,
)
_DUE = re.compile(rf"\b(?:by|before|until|no later than|on|due)(?: the end of)? (?P<due>{DATE})|(?P<due2>\b{DATE})\W*$", re.IGNORECASE)  # fmt: skip

_RISK = _pattern(
    rf"{_START}(?:(?:the|a|one|another|our|my|big|main|biggest|only|real|there(?:'s| is)(?: also| still)? (?:a|the|some|one)|we (?:have|run) (?:a|the))"
    r"(?: big| main| real| serious| major| potential| biggest| certain)* (?:risk|danger)(?: here| there| with this)?(?: is)?,?(?: that| of| is| here is)+:? "
    r"|(?:i'm|i am|we're|we are)(?: a bit| a little| really| quite| also| still| slightly)* (?:worried|concerned) (?:that|about) "
    r"|risk: |(?:my|our|the|one|another)(?: main| biggest| only| big)? (?:concern|worry) (?:is|here is)(?: that)? )(?P<what>.+)$"
)
_QUESTION = _pattern(
    rf"{_START}(?:(?:(?:the|one|an|another|a|still an)(?: only| big| main| other| remaining)* )?open question(?: is| here is| for us is|:| -| remains)+:? (?:is )?"
    r"|it(?:'s| is) (?:still )?(?:open|undecided|an open question) (?P<how>whether|how|who|when|what|which) "
    r"|(?:we|i) (?:still )?(?:need|have) to (?:figure out|find out|work out|decide|clarify) (?P<how2>whether|how|who|when|what|which|if) )(?P<what>.+)$"
)
_FACT = _pattern(
    rf"^{LEAD}(?:the )?(?:total |overall |approved |selling |production |target )?(?:(?:budget|cost|price|estimate|revenue) (?:of|for) )?(?:the |our )?{THING}(?:'s)?(?: budget| cost| price)?"
    r" (?:costs?|cost us|will cost|is|was|has|has a budget of|got|handles|serves|takes|needs|uses|processes|reached|brought in|made|saved|saves)(?: now| about| around| roughly| over| already| almost| us)* "
    r"(?P<figure>[€$£]\d[\d.,]*(?: ?(?:k|m|million|thousand|billion))?\b|\d[\d.,]*(?: million| thousand| billion)? (?:euros?|dollars?|pounds?|users|customers|requests|people|engineers|developers|hours|transactions|orders|invoices|records))"
)


def remark_of(text: str, *, asks: bool) -> Remark | None:
    """What a sentence or clause (names as marks) is worth keeping as, or None.

    A question is kept only when it says of itself that it is open.
    """
    low = text.lower()
    if len(low) < 12:
        return None
    if not asks:
        found = _decision(text, low) or _action(text, low) or _risk(text, low)
        if found:
            return found
    if (
        "question" in low
        or "undecided" in low
        or "whether" in low
        or "need to" in low
        or "have to" in low
        or "open" in low
    ):
        found = _open_question(text)
        if found:
            return found
    if not asks and any(character.isdigit() for character in low) and (match := _FACT.search(text)):
        return Remark("fact", text) if not _HEDGED.search(text) and match else None
    return None


def conditional(text: str) -> bool:
    """Whether a condition or doubt hangs over the whole sentence."""
    return bool(_CONDITIONAL.search(text))


_CONDITIONAL = re.compile(
    r"\b(?:if|unless|maybe|might|would|could|perhaps|wish|suppose|imagine|said|says|told)\b", re.IGNORECASE
)


def request_of(text: str) -> Remark | None:
    """An action asked of somebody by name; it counts once that person says yes (`accepts`)."""
    if "you" not in text and "please" not in text:
        return None
    match = _REQUEST.search(text)
    if match is None:
        return None
    who = match["who"] or match["who2"] or match["who3"] or match["who4"]
    task = (match["do"] or match["do2"] or match["do3"] or match["do4"] or "").strip(" ,.?!")
    return _task(who, task)


def accepts(text: str) -> bool:
    """Whether an utterance begins by saying yes to what was asked."""
    return bool(_ACCEPTS.match(text)) and not re.search(
        r"\b(?:but|not|no,|can't|later)\b", text[:60], re.IGNORECASE
    )


def due_of(text: str) -> str | None:
    """The date that a promise names, as it was said."""
    match = _DUE.search(text)
    return (match["due"] or match["due2"]) if match else None


def reason_before(text: str) -> str | None:
    """The reason that the first half of a sentence gives for the second ("since nobody reads it, ...")."""
    match = _REASON.match(text)
    return match["why"] if match else None


_REASON = re.compile(r"^(?:so |and |okay,? )*(?:since|because|given that) (?P<why>\S+ .+?),?$", re.IGNORECASE)


def _decision(text: str, low: str) -> Remark | None:
    if not any(cue in low for cue in ("deci", "agree", " with ", "settl", "plan")):
        return None
    match = _DECIDED.search(text) or _DECISION_IS.search(text) or _REVERSED.search(text)
    going = None if match else _GOING_WITH.search(text)
    match = match or going
    if match is None or _HEDGED.search(text):
        return None
    if going and _AGENDA.search(text):
        return None
    what = next(value for name, value in match.groupdict().items() if name.startswith("what") and value)
    if not _says_something(what, least=1 if going else 2, empty=_NOTHING) or _NO_DECISION.match(what):
        return None
    why = _BECAUSE.search(what)
    old = _INSTEAD.search(what) or _REVERSES.search(text)
    return Remark(
        "decision",
        text[match.start("say") :] if "say" in match.groupdict() and match["say"] else _without_lead(text),
        rationale=why["why"].strip(" .") if why else None,
        supersedes=old["old"].strip(" .") if old else None,
    )


def _action(text: str, low: str) -> Remark | None:
    if "action" in low or "todo" in low or "to-do" in low or "next step" in low or low.startswith("ai:"):
        match = _ASSIGNED.search(text)
        if match:
            return _task(match["who"] or match["who2"], match["do"], named=True)
    match = _PROMISE.search(text) or _OFFER.search(text) or _TO_DO.search(text) or _MUST.search(text)
    if match is None or _UNSURE.search(_FIND_OUT.sub(" ", low)):
        return None
    return _task(match["who"], match["do"])


_UNSURE = re.compile(r"\b(?:if|unless|maybe|might|could|would|not|won't|never|when|probably|hopefully)\b")
# "I'll ask if they agree" is a task, "I'll ask, if they agree" is none.
_FIND_OUT = re.compile(r"\b(?:see|check|ask|know|decide|find out) (?:\w+ )?(?:if|when|whether)\b")


def _task(who: str | None, task: str, *, named: bool = False) -> Remark | None:
    """An action item of what somebody is to do, when that is work and not the running of the meeting."""
    task = task.strip(" ,.!;")
    if not named and (_SMALL_TALK.search(task) or _NO_TASK.match(task)):
        return None
    task = _ASIDE.sub("", task)
    if _RESTART.search(task):
        return None
    least = 2 if _POINTS.match(task) and not named else 1
    rest = _AWAY.sub(" ", task.partition(" ")[2])
    if not _says_something(rest, least=least, empty=_NOTHING) or len(task.split()) > 45:
        return None
    due = due_of(task)
    owner = "I" if who and who.lower() in {"i", "me"} else who
    content = f"{owner} will {_MINE.sub('their', task) if owner == 'I' else task}" if owner else task
    return Remark("action_item", content, owner=owner, due=due)


def _risk(text: str, low: str) -> Remark | None:
    if "risk" not in low and "worr" not in low and "concern" not in low and "danger" not in low:
        return None
    match = _RISK.search(text)
    if match is None or not _says_something(match["what"], least=2):
        return None
    if re.search(r"\b(?:not|don't|isn't|no longer|wasn't)\b", text[: match.start("what")], re.IGNORECASE):
        return None
    return Remark("risk", _without_lead(text))


def _open_question(text: str) -> Remark | None:
    match = _QUESTION.search(text)
    if match is None or not _says_something(match["what"], least=1):
        return None
    return Remark("question", _without_lead(text))


_LEAD = re.compile(rf"^{LEAD}", re.IGNORECASE)


def _without_lead(text: str) -> str:
    return _LEAD.sub("", text, count=1)


def _says_something(text: str, *, least: int, empty: frozenset[str] = GENERIC_HEADS) -> bool:
    """Whether enough of the words carry meaning; marks of names count."""
    count = 0
    for word in text.lower().replace(",", " ").replace(".", " ").split():
        if word[0] in "\ue000\ue002":
            count += 2 if word[0] == "\ue000" else 1
        elif word not in FUNCTION and word not in empty and len(word) > 1:
            count += 1
    return count >= least
