# ruff: noqa: E501 - a pattern is read best on one line
"""The grammar of statements: which words of a clause say what about which field of a named thing.

Every pattern is anchored at the start of a clause, and only a closed list of words may precede its subject, so
that hearsay, wishes and conditions do not match. What the table does not know says nothing. The first rule
that speaks of a field has the word.
"""

import re
from dataclasses import dataclass
from typing import TypedDict, Unpack

from nodes.rules.phrases import (
    ADVERB,
    BREAK,
    CLOSE,
    DATE,
    DETERMINER,
    FRACTION,
    IS,
    LEAD,
    NOUN,
    PERCENT,
    PERSON,
    STOP,
    THING,
    VOCATIVE,
)
from nodes.schemas import Operation, Stance

DECIDED = (
    r"(?:(?:we|the team|everyone|everybody|we all)(?:'ve| have)?(?: all| just| also| now| already| finally)?"
    r" (?:decided|agreed|concluded)(?: today| now| yesterday| last week)?,?(?: that)? "
    r"|it(?:'s| is| was| has been) (?:decided|agreed)(?: that)? |the decision (?:is|was)(?: that)? "
    r"|(?:agreed|decided|decision)[,:] )"
)
_PROPOSING = (
    r"(?:(?:i think |i guess |i feel )?(?:maybe |perhaps |probably )?"
    r"(?:(?:we|you|they) (?:should|could|might|may|can)(?: (?:maybe|probably|perhaps|also|just|then))?"
    r"|let's(?: (?:just|maybe|also))?|(?:should|could|can) we(?: (?:maybe|just))?|what if we|why don't we|how about we"
    r"|i(?:'d| would)? (?:suggest|propose|recommend|vote|like)(?: to| that)?(?: we)?(?: should)?"
    r"|my (?:suggestion|proposal) is(?: that we| to| we)?(?: should)?) )"
)
_GOING = (
    r"(?:(?:we|i|they|the team|" + PERSON + r")(?:'re| are|'m| am| is|'s)(?: now| also)? going to "
    r"|(?:we|i)(?:'ll| will)(?: now| also)? |we have to |we need to |we had to )"
)
_TO = r"(?:we(?:'ve| have)?(?: all| just| also| now)? (?:decided|agreed)(?: today| now)? (?:to |on )|the decision (?:is|was) to )"

_MACROS = {
    "START": rf"^{LEAD}{VOCATIVE}(?P<decided>{DECIDED})?{LEAD}",
    "X": rf"{DETERMINER}(?P<x>{THING}(?:(?:,| and|, and) (?:the |our )?{THING})*){NOUN}",
    "X1": rf"{DETERMINER}(?P<x>{THING}){NOUN}",
    "P": rf"(?P<p>{PERSON}|I|(?-i:[A-Z][a-zé]+))",
    "P2": rf"(?:{PERSON}|me|(?-i:[A-Z][a-zé]+))",
    "PO": rf"(?P<p>{PERSON}|me|myself|(?-i:[A-Z][a-zé]+))",
    "IS": IS,
    "ADV": ADVERB,
    "CLOSE": CLOSE,
    "STOP": STOP,
    "BREAK": BREAK,
    "DATE": rf"(?P<date>{DATE})",
    "FROM": rf"(?: from (?:{DATE}|{PERSON}|me|(?-i:[A-Z][a-zé]+)))?",
    "MOVED": r"(?:moves|moved|slips|slipped|shifts|shifted|pushed|moving|slipping|set|postponed|delayed|scheduled|planned"
    r"|due|extended|fixed|brought forward)(?: back| out| forward)?<FROM>(?: to| until| till| for| on| at)?",
    "FALLS": r"(?:<IS><ADV>(?: <MOVED>)?|(?: was| has been| got)<ADV> <MOVED>|<ADV> <MOVED>)(?: on| by| in)? <DATE>",
    "PERCENT": rf"(?P<share>{PERCENT})",
    "SHARE": rf"(?P<share>{PERCENT}|{FRACTION})",
    "ITEM": r"(?P<item>[^,;:.!?]{2,100}?)",
    "PROPOSING": _PROPOSING,
    "GOING": _GOING,
    "TO": _TO,
}

# What a state is called after "is"; participles of events may also follow "was" or "has been".
_CONDITION = (
    r"blocked|stuck|in progress|ongoing|under ?way|on hold|at risk|behind schedule|slipping|in planning|planned"
    r"|in development|in testing|in review|being worked on|back in progress|in the planning phase|not started(?: yet)?|on ice"
)
_EVENT = (
    r"paused|parked|postponed|deferred|suspended|frozen|delayed|done|complete|completed|finished|shipped|delivered"
    r"|released|launched|live|closed|merged|deployed|cancell?ed|dropped|abandoned|scrapped|killed|called off"
    r"|discontinued|(?:being )?put on hold|started"
)
_PAST = r"paused|parked|postponed|deferred|suspended|completed|finished|shipped|delivered|released|launched|closed" \
    r"|merged|deployed|cancell?ed|dropped|abandoned|scrapped|killed|called off|discontinued|put on hold|rolled out"  # fmt: skip
_MODAL_DUE = r"(?:needs to|has to|must|will|'ll|is going to|is supposed to|should)"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule says of one field: `value` is a group's name after `$`, a constant, or None."""

    field: str
    value: str | None
    op: Operation = "set"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, the words of which one must occur before it is tried, and what it says."""

    cues: frozenset[str]
    pattern: re.Pattern[str]
    effects: tuple[Effect, ...]
    stance: Stance = "stated"
    of_phrases: bool = False


_MACRO = re.compile(rf"<({'|'.join(_MACROS)})>")


class _Options(TypedDict, total=False):
    stance: Stance
    of_phrases: bool


def _rule(cues: str, pattern: str, *effects: Effect, **options: Unpack[_Options]) -> Rule:
    while _MACRO.search(pattern):
        pattern = _MACRO.sub(lambda match: _MACROS[match[1]], pattern)
    return Rule(frozenset(cues.split()), re.compile(pattern, re.IGNORECASE), effects, **options)


_STATUS = Effect("status", "$state")
_DUE = Effect("due", "$date")
_OWNER = Effect("owner", "$p")
_BLOCKED = (Effect("status", "blocked"), Effect("blockers", "$item", "add"))
_FREED = (Effect("blockers", None, "resolve"), Effect("status", "in progress"))

RULES: tuple[Rule, ...] = (
    # blockers
    _rule(
        "blocked stuck held",
        r"<START><X><IS><ADV> (?:blocked (?:by|on)|stuck on|stuck waiting (?:for|on)|held up by|blocked waiting (?:for|on)) <ITEM><BREAK>",
        *_BLOCKED,
        of_phrases=True,
    ),
    _rule("waiting", r"<START><X><IS><ADV> waiting (?:for|on) <ITEM><BREAK>", *_BLOCKED),
    _rule("blocked stuck", r"<START>(?:we're|we are|i'm|i am)<ADV> (?:blocked|stuck) (?:on|with) <X1> (?:by|because of) <ITEM><BREAK>", *_BLOCKED),
    _rule("blocks blocking", r"<START><ITEM><IS>?<ADV> (?:blocks|blocking|holding up) <X1>(?: right now| now| at the moment)?<STOP>", *_BLOCKED),
    _rule("blocking blocker", r"<START>(?:what's|what is|the thing that's|the (?:main |only |remaining )?blocker (?:for|on|of)) ?(?:blocking )?<X1> is(?: still)? <ITEM><BREAK>", *_BLOCKED),
    _rule("blocker", r"<START><ITEM><IS><ADV> (?:a|the|our)(?: main| only| last| big)? blocker (?:for|on|of) <X1><CLOSE>", *_BLOCKED),
    _rule("blocker", r"<START><X1> has a (?:new )?blocker[,:] <ITEM><BREAK>", *_BLOCKED),
    _rule("blocker blockers", r"<START>(?:the|that) <ITEM> blocker (?:on|for|of) <X1> (?:is|has been|was|got) (?:now )?(?:resolved|gone|cleared|fixed|removed|out of the way|lifted)<CLOSE>", Effect("blockers", "$item", "resolve"), Effect("status", "in progress")),
    _rule("blocker blockers", r"<START>(?:the|that|all|all the) (?:last |only |main )?blockers? (?:on|for|of) <X1> (?:is|are|has been|have been|was|got)<ADV> (?:resolved|gone|cleared|fixed|removed|lifted)<CLOSE>", *_FREED),
    _rule("blocker blockers", r"<START><X1>'s blockers? (?:is|are|has been|have been|was|got)<ADV> (?:resolved|gone|cleared|fixed|removed|lifted)<CLOSE>", *_FREED),
    _rule("longer", r"<START><X> (?:is|are) no longer (?:blocked|stuck)(?: by| on) <ITEM><BREAK>", Effect("blockers", "$item", "resolve"), Effect("status", "in progress")),
    _rule("longer", r"<START><ITEM> (?:is no longer blocking|no longer blocks) <X1><CLOSE>", Effect("blockers", "$item", "resolve"), Effect("status", "in progress")),
    _rule("longer anymore more", r"<START><X> (?:is|are) (?:no longer (?:blocked|stuck)|not (?:blocked|stuck) any ?more)<CLOSE>", *_FREED),
    _rule("longer anymore more", r"<START><X> (?:isn't|aren't) (?:blocked|stuck) any ?more<CLOSE>", *_FREED),
    _rule("unblocked", r"<START><X>(?:<IS>| got| has been| have been| was)<ADV> unblocked<CLOSE>", *_FREED),
    _rule("unblocked", r"<START>(?:we|i|they|<P>)(?:'ve| have| has)?(?: just| finally)? unblocked <X1><CLOSE>", *_FREED),
    _rule("can't cannot", r"<START><X1> (?:can't|cannot) (?:start|ship|launch|go live|move forward|proceed|continue|be (?:finished|released|shipped|started)) (?:until|before|without) <ITEM><BREAK>", Effect("blockers", "$item", "add")),
    _rule("can't cannot", r"<START>(?:we|i|they) (?:can't|cannot) (?:start|ship|launch|release|finish|continue|proceed with|move on with|go on with|continue with) <X1> (?:until|before|without) <ITEM><BREAK>", Effect("blockers", "$item", "add")),
    _rule("blocked stuck waiting", r"<START>(?:we're|we are|i'm|i am)<ADV> (?:blocked|stuck|waiting) (?:on|by|for) <ITEM> (?:for|on) <X1><CLOSE>", *_BLOCKED),
    _rule("blockers", r"<START><X1> has no (?:more |open |remaining )?blockers(?: any ?more| left| now)?<CLOSE>", Effect("blockers", None, "resolve")),
    _rule("nothing", r"<START>nothing(?: is|'s) blocking <X1>(?: any ?more| now)<CLOSE>", *_FREED),
    _rule("blocker blockers", r"<START>(?:we|i|they|<P>)(?:'ve| have| has)?(?: just| finally)? (?:resolved|removed|cleared|fixed) (?:the|all|all the) (?:last |only |main )?blockers? (?:on|for|of) <X1><CLOSE>", *_FREED),
    _rule("unblocked unblocks", r"<START><ITEM> (?:has |have )?(?:just |finally )?(?:unblocked|unblocks) <X1><CLOSE>", *_FREED),
    # progress
    _rule("percent % cent halfway half thirds quarters third quarter", r"<START><X1><IS><ADV>(?: at)? <SHARE>(?: of the way)? (?:done|complete|completed|finished|through|there|ready|implemented|built|migrated|tested|rolled out)<CLOSE>", Effect("progress", "$share"), of_phrases=True),
    _rule("percent % cent halfway", r"<START><X1>(?:<IS><ADV> (?:now )?(?:at|up to)|(?: now| currently)? (?:stands at|sits at|reached|has reached|hit|has hit|went up to|is sitting at))(?: now)? <SHARE><CLOSE>", Effect("progress", "$share"), of_phrases=True),
    _rule("percent % cent", r"<START><X1> (?:went|moved|jumped|has gone|is up|climbed) from (?:\S+ )?\S+(?: percent)? to <PERCENT><CLOSE>", Effect("progress", "$share")),
    _rule("percent % cent halfway", r"<START>(?:we're|we are|i'm|i am|<P> is)<ADV>(?: at)? <SHARE>(?: done| complete| finished| through| there| of the way)*(?: (?:on|with|of|through|into))? <X1><CLOSE>", Effect("progress", "$share")),
    _rule("percent % cent", r"<START>(?:the )?(?:overall |current )?(?:progress|completion) (?:on|of|for) <X1><IS><ADV>(?: at)? <PERCENT><CLOSE>", Effect("progress", "$share")),
    _rule("percent % cent", r"<START><X1>'s progress is<ADV>(?: at)? <PERCENT><CLOSE>", Effect("progress", "$share")),
    _rule("percent % cent", r"<START><PERCENT> of <X1> is<ADV> (?:done|complete|completed|finished|through|implemented|migrated)<CLOSE>", Effect("progress", "$share")),
    # due dates
    _rule("due", r"<START><X><IS><ADV> due(?: (?:on|by|in|at|for|no later than|before))? <DATE>", _DUE, of_phrases=True),
    _rule("due", r"<START><X> (?:became|becomes|comes|falls) due (?:on |by |in )?<DATE>", _DUE),
    _rule(
        "will ships ship shipping launches launch launching live lands release released releases out targeted scheduled set planned slated aimed",
        r"<START><X>(?:<ADV> (?:ships|launches|goes live|lands|releases|goes out|comes out|starts shipping)|<IS><ADV> (?:shipping|launching|going live|going out|landing|targeted (?:for|to ship)|scheduled|set to (?:ship|launch|go live)|slated|set|planned)|(?: will|'ll)<ADV> (?:ship|launch|go live|land|be (?:done|ready|finished|released|delivered|live|out|complete))) (?:on |by |in |at |for |before )?<DATE>",
        _DUE,
        of_phrases=True,
    ),
    _rule("needs has must", rf"<START><X> {_MODAL_DUE} (?:be )?(?:done|ready|finished|complete|completed|delivered|released|live|out|ship|launch|shipped|merged|go live)(?: and \w+)? (?:on |by |before |no later than )<DATE>", _DUE, of_phrases=True),
    _rule("deadline date target eta", r"<START>(?:the )?(?:new |current |revised |final |hard )?(?:target |due |launch |release |delivery |ship |go-live |completion |planned )?(?:deadline|date|target|eta) (?:for|of|on) <X1><FALLS>", _DUE),
    _rule("deadline date target eta", r"<START>(?:the )?(?:new |current )?(?:target |due |launch |release |delivery |ship |go-live )?(?:deadline|date|target|eta) (?:for|of|on) <X1><ADV> (?:moves|moved|slips|slipped|shifts|shifted|changes|changed|goes|went)(?: back| out| forward)?<FROM> to <DATE>", _DUE),
    _rule("deadline date launch release eta delivery", r"<START><X1>(?:'s)?(?: new| target| due| launch| release| delivery| ship| go-live)? (?:deadline|date|launch|release|delivery|eta|go-live|rollout)<FALLS>", _DUE),
    _rule(
        "slips slipped slip slipping slides slid moves moved moving pushed postponed delayed deferred rescheduled shifted shifts brought",
        r"<START><X>(?:(?:<IS>| was| has been| have been| got| had to be| will be)<ADV> (?:moved|pushed|postponed|delayed|deferred|rescheduled|shifted|moving|slipping|brought)|(?:<ADV>| has| have| will| 'll) (?:slips|slipped|slip|slides|slid|moves|moved|move|shifts|shifted))(?: back| out| forward| up)?<FROM> (?:to|until|till|into) <DATE>",
        _DUE,
        of_phrases=True,
    ),
    _rule("move moved push pushed postpone postponed delay delayed moving pushing shift shifted reschedule rescheduled bring pull", r"<START>(?:we|i|they)(?:'ve| have|'re| are| had to)?(?: just| now)? (?:moved|pushed|postponed|delayed|shifted|rescheduled|moving|pushing|postponing|shifting|pulled|brought)(?: back| out)? <X1>(?:'s)?(?: launch| release| deadline| date| delivery| due date)?(?: back| out| forward| in)?<FROM> (?:to|until|till|into) <DATE>", _DUE),
    _rule("move push postpone delay shift reschedule bring pull extend moving", r"^" + LEAD + r"<TO>(?:move|push|postpone|delay|shift|reschedule|bring|pull|extend|moving|pushing|postponing)(?: back| out)? <X1>(?:'s)?(?: launch| release| deadline| date| delivery| due date)?(?: back| out| forward| in)?<FROM> (?:to|until|till|into) <DATE>", _DUE, stance="decided"),
    _rule("move push postpone delay shift reschedule bring pull extend", r"^" + LEAD + r"<PROPOSING>(?:move|push|postpone|delay|shift|reschedule|bring|pull|extend)(?: back| out)? <X1>(?:'s)?(?: launch| release| deadline| date)?(?: back| out| forward)?<FROM> (?:to|until|till|into) <DATE>", _DUE, stance="proposed"),
    _rule("move push postpone delay shift reschedule", r"<START><GOING>(?:move|push|postpone|delay|shift|reschedule)(?: back| out)? <X1>(?:'s)?(?: launch| release| deadline| date)?(?: back| out| forward)?<FROM> (?:to|until|till|into) <DATE>", _DUE),
    _rule("targeting target aiming", r"<START>(?:we're|we are|i'm)<ADV> (?:targeting|aiming for|aiming at) <DATE> for <X1><CLOSE>", _DUE),
    _rule("launch release rollout go-live delivery", r"<START>(?:the )?(?:launch|release|rollout|go-live|delivery) (?:of|for) <X1><FALLS>", _DUE),
    _rule("launch ship release deliver finish", r"<START>(?:(?:the|our) plan is (?:now |still )?to|we plan to|we're going to|we will|we'll|we're still going to) (?:launch|ship|release|deliver|finish) <X1> (?:on |by |in |before |at )?<DATE>", _DUE),
    _rule("launching shipping releasing", r"<START>(?:we're|we are)<ADV> (?:launching|shipping|releasing|delivering) <X1> (?:on |by |in |at )?<DATE>", _DUE),
    _rule("have", r"<START>(?:we'll|we will|i'll|i will) have <X1> (?:done|ready|finished|live|out) (?:by|on|before) <DATE>", _DUE),
    _rule("launch ship release deliver", r"^" + LEAD + r"<TO>(?:launch|ship|release|deliver) <X1> (?:on |by |in |before |at )?<DATE>", _DUE, stance="decided"),
    _rule("live released out done finished ready shipped launched", r"<START><X><IS><ADV> (?:live|released|out|done|finished|ready|shipped|launched) (?:by |on |(?=next |tomorrow))<DATE>", _DUE, of_phrases=True),
    # owners
    _rule("owns own leads leading driving responsible charge owner lead drives runs", r"<START><P>(?:<ADV> (?:owns?|leads|drives)|(?:<IS>|'m| am)<ADV> (?:leading|driving|owning|responsible for|in charge of|(?:the|our) (?:new )?(?:owner|lead) (?:of|for|on))| will (?:now )?(?:own|lead|be (?:the (?:new )?)?(?:owner of|responsible for|in charge of))) <X>(?= now| from| going| and|<CLOSE>)", _OWNER),
    _rule("own lead", r"<START>I'll (?:own|lead|be the owner of) <X><CLOSE>", _OWNER),
    _rule("taking takes took taken take", r"<START><P>(?:(?:<IS>|'m| am)<ADV> taking(?: over)?| has taken over| have taken over|'ve taken over|<ADV> takes(?: over)?| took over|(?:'ll| will)<ADV> take(?: over)?) <X>(?: over)?(?= (?:from|when|starting|as of|while|once|after|now|going|until)|<CLOSE>)", _OWNER),
    _rule("picking picks picked pick", r"<START><P>(?:(?:<IS>|'m| am)<ADV> picking up| picks up| has picked up|(?:'ll| will) pick up) <X>(?= (?:from|when|starting|as of|now)|<CLOSE>)", _OWNER),
    _rule("owned led assigned reassigned transferred passed handed driven", r"<START><X>(?:<IS>| will be| has been| was)<ADV> (?:owned by|led by|driven by|assigned to|handed over to|handed to|reassigned to|transferred to|passed to) <PO>(?= (?:now|from|as|since|and)|<CLOSE>)", _OWNER),
    _rule("owner lead", r"<START>(?:the )?(?:new |current )?(?:owner|lead) (?:of|for|on) <X1><IS><ADV> <PO><CLOSE>", _OWNER),
    _rule("owner lead", r"<START><X1>'s (?:new |current )?(?:owner|lead) is<ADV> <PO><CLOSE>", _OWNER),
    _rule("belongs moves goes transfers ownership", r"<START>(?:the )?(?:ownership of |responsibility for )?<X1><ADV> (?:belongs|moves|moved|goes|went|transfers|passes|is moving|is going|is transferring)(?: over)?<FROM> to <PO>(?= (?:now|from|as|since|and)|<CLOSE>)", _OWNER),
    _rule("handed handing hands passed hand passing gave giving", r"<START>(?:<P2>|I|we)(?:'m| am| is|'s| has|'ve| have)?<ADV> (?:handed|handing|hands|passed|passing|gave|giving)(?: over| off)? <X1>(?: over| off)? to <PO>(?= (?:now|from|as|since|and|last|this)|<CLOSE>)", _OWNER),
    _rule("assign assigned", r"<START>(?:we|i|let's)(?:'ve| have|'ll| will)? ?(?:assign|assigned) <X1> to <PO><CLOSE>", _OWNER),
    _rule("assign give hand move", r"^" + LEAD + r"<TO>(?:assign|give|hand|move|hand over) <X1>(?: over)? to <PO><CLOSE>", _OWNER, stance="decided"),
    _rule("assign give hand own take", r"^" + LEAD + r"(?:maybe |perhaps |i think )*(?P<p>" + PERSON + r") (?:should|could|might|can) (?:own|take|take over|lead|pick up) <X1>(?: over)?<CLOSE>", _OWNER, stance="proposed"),
    _rule("taken", r"<START><P> (?:has|have|'ve) taken <X> over(?= (?:from|as of|now)|<CLOSE>)", _OWNER),
    _rule("owner", r"<START>(?:we (?:still |currently )?(?:don't|do not) have an owner|there(?:'s| is) (?:still |currently )?no owner) for <X1>(?: yet| any ?more| right now| at the moment)?<CLOSE>", Effect("owner", None, "clear")),
    _rule("mine", r"<START><X><IS><ADV> (?P<mine>mine)(?: now)?<CLOSE>", Effect("owner", "I")),
    _rule("is 's", r"<START><X> is<ADV> <PO>'s(?: now| again)?<STOP>", _OWNER),
    _rule("own lead", r"^" + LEAD + rf"(?P<p>{PERSON}), (?:so |and )?you(?:'ll| will)? (?:now )?(?:own|lead) <X><CLOSE>", _OWNER),
    _rule("becomes owner", r"<START><P> (?:becomes|is becoming|will become) the (?:new )?(?:owner|lead) (?:of|for|on) <X><CLOSE>", _OWNER),
    _rule("taking picking owning leading", r"<START><P>(?: will|'ll) be (?:taking over|picking up|owning|leading|driving) <X>(?: over)?(?= (?:from|when|starting|as of|now)|<CLOSE>)", _OWNER),
    # cleared
    _rule("longer owner nobody without", r"<START>(?:<X1> (?:no longer has an owner|has no owner|doesn't have an owner|does not have an owner|is without an owner)(?: any ?more| right now| now| yet)?<CLOSE>)", Effect("owner", None, "clear")),
    _rule("nobody longer", r"<START>(?:nobody|no one|no-one) owns <X1>(?: any ?more| right now| now| at the moment)?<CLOSE>", Effect("owner", None, "clear")),
    _rule("longer", r"<START><P2> no longer (?:owns|leads) <X1><CLOSE>", Effect("owner", None, "clear")),
    _rule("longer date deadline", r"<START><X1> (?:no longer has a|has no|doesn't have a|does not have a) (?:due date|date|deadline|launch date|release date|target date)(?: any ?more| now| right now)?<CLOSE>", Effect("due", None, "clear")),
    _rule("date deadline", r"<START>(?:there(?:'s| is) no (?:longer a )?|we no longer have a |we (?:dropped|removed) the )(?:due date|date|deadline|launch date|target date) for <X1>(?: any ?more| now)?<CLOSE>", Effect("due", None, "clear")),
    # priority and health
    _rule("priority", r"<START><X>(?:<IS>| has| gets| stays)<ADV>(?: a| our| the)? (?P<state>critical|top|highest|high|medium|normal|low|lowest|p[0-3])[ -]priority(?: now)?<CLOSE>", Effect("priority", "$state")),
    _rule("priority", r"<START>(?:the )?priority (?:of|for|on) <X1>(?:<IS>| goes(?: up| down)? to| went(?: up| down)? to| was (?:raised|lowered|changed) to)<ADV> (?P<state>critical|top|highest|high|medium|normal|low|lowest|p[0-3])<CLOSE>", Effect("priority", "$state")),
    _rule("priority", r"<START><X1>'s priority is<ADV> (?P<state>critical|highest|high|medium|normal|low|lowest|p[0-3])<CLOSE>", Effect("priority", "$state")),
    _rule("p0 p1 p2 p3", r"<START><X><IS><ADV>(?: a)? (?P<state>p[0-3])<CLOSE>", Effect("priority", "$state")),
    _rule("raised lowered bumped raise", r"<START>(?:we|i)(?:'ve| have)?(?: just)? (?:raised|lowered|bumped|moved) <X1>(?: up| down)? to (?P<state>critical|top|highest|high|medium|normal|low|lowest|p[0-3])(?:[ -]priority)?<CLOSE>", Effect("priority", "$state")),
    _rule("track", r"<START><X><IS><ADV> (?P<state>on track|off track)<CLOSE>", Effect("health", "$state")),
    _rule("health red yellow amber green", r"<START>(?:(?:the )?(?:health|rag status|traffic light) (?:of|for|on) <X1>(?:<IS>| goes to| went to| moves to)<ADV>)(?: at)? (?P<state>red|yellow|amber|green|good|bad)<CLOSE>", Effect("health", "$state")),
    _rule("health red yellow amber green", r"<START><X1>(?:'s health is|<IS><ADV>(?: marked| rated| flagged| at| status)| goes| went| turned| turns| moves to| moved to| stays)<ADV>(?: to)? (?P<state>red|yellow|amber|green)<CLOSE>", Effect("health", "$state")),
    # status
    _rule(
        "blocked stuck progress ongoing underway way hold risk behind slipping planning planned development testing review worked started ice remains stays",
        rf"<START>(?:the )?(?:work on )?<X>(?:<IS>| remains| stays)<ADV> (?P<state>{_CONDITION})<CLOSE>",
        _STATUS,
        of_phrases=True,
    ),
    _rule(
        "paused parked postponed deferred suspended frozen delayed done complete completed finished shipped delivered released launched live closed merged deployed cancelled canceled dropped abandoned scrapped killed called discontinued hold started",
        rf"<START>(?:the )?(?:work on )?<X><IS><ADV>(?: \w+ly)? (?P<state>{_EVENT})(?! on \w+day)<CLOSE>",
        _STATUS,
        of_phrases=True,
    ),
    _rule(
        "paused parked postponed deferred suspended completed finished shipped delivered released launched closed merged deployed cancelled canceled dropped abandoned scrapped killed called discontinued hold rolled",
        rf"<START><X> (?:has been|have been|was|were|got)<ADV>(?: \w+ly)? (?P<state>{_PAST})<CLOSE>",
        _STATUS,
        of_phrases=True,
    ),
    _rule("shipped launched live finished started landed", r"<START>(?:the )?(?:work on )?<X>(?: has| have|'s)?(?: just| finally| now| officially| already)? (?:(?P<state>shipped|launched|finished|started)|went (?P<live>live)|gone live)<CLOSE>", Effect("status", "$state|live"), of_phrases=True),
    _rule("started", r"<START>(?:the )?(?:work on )?<X> (?:has|have)(?:n't| not)(?: even)? (?P<state>started)(?: yet)?<CLOSE>", Effect("status", "not started")),
    _rule("status", r"<START>(?:the )?(?:current )?status (?:of|for|on) <X1><IS><ADV> " + rf"(?P<state>{_CONDITION}|{_EVENT}|planned)<CLOSE>", _STATUS),
    _rule("status", r"<START><X1>'s status is<ADV> " + rf"(?P<state>{_CONDITION}|{_EVENT})<CLOSE>", _STATUS),
    _rule("done finished through", r"<START>(?:we're|we are|i'm|i am|<P> is)<ADV> (?P<state>done|finished) with <X1><CLOSE>", _STATUS),
    _rule("blocked stuck", r"<START>(?:we're|we are|i'm|i am)<ADV> (?P<state>blocked|stuck) (?:on|with) <X1><CLOSE>", _STATUS),
    _rule(
        "shipped finished completed released launched merged deployed delivered closed cancelled canceled paused parked postponed dropped scrapped abandoned killed suspended deferred started kicked wrapped",
        r"<START>(?:we|i|they|the team|the client|the customer|the board|management|<P>)(?:'ve| have| has|'s)?(?: just| finally| now| already| also| officially| successfully)? (?P<state>shipped|finished|completed|released|launched|merged|deployed|delivered|closed|cancell?ed|paused|parked|postponed|scrapped|abandoned|killed|suspended|deferred|started)(?: work(?:ing)? on| with)? <X><CLOSE>",
        _STATUS,
    ),
    _rule("hold ice", r"<START>(?:we|i|they|the team|the client|the customer|the board|management|<P>)(?:'ve| have| has|'re| are)?(?: just| now)? (?:put|putting) <X> (?P<state>on hold|on ice)<CLOSE>", _STATUS),
    _rule("hold ice", r"<START><GOING>put <X> (?P<state>on hold|on ice)<CLOSE>", _STATUS),
    _rule("hold ice", r"^" + LEAD + r"<TO>(?:put|putting) <X> (?P<state>on hold|on ice)<CLOSE>", _STATUS, stance="decided"),
    _rule("hold ice", r"^" + LEAD + r"<PROPOSING>put <X> (?P<state>on hold|on ice)", _STATUS, stance="proposed"),
    _rule("cancel drop scrap abandon kill pause park suspend postpone defer discontinue cancelling dropping pausing", r"^" + LEAD + r"<TO>(?P<verb>cancel|drop|scrap|abandon|kill|pause|park|suspend|postpone|defer|discontinue|cancelling|canceling|dropping|pausing|scrapping) <X><CLOSE>", Effect("status", "$verb"), stance="decided"),
    _rule("cancel scrap abandon kill pause park suspend postpone defer discontinue drop", r"^" + LEAD + r"<PROPOSING>(?P<verb>cancel|drop|scrap|abandon|kill|pause|park|suspend|postpone|defer|discontinue) <X>", Effect("status", "$verb"), stance="proposed"),
    _rule("cancel scrap abandon kill pause park suspend postpone defer discontinue", r"<START><GOING>(?P<verb>cancel|scrap|abandon|kill|pause|park|suspend|postpone|defer|discontinue) <X><CLOSE>", Effect("status", "$verb")),
    _rule("cancelling canceling scrapping abandoning killing pausing parking suspending postponing", r"<START>(?:we're|we are)<ADV> (?P<verb>cancelling|canceling|scrapping|abandoning|killing|pausing|parking|suspending|postponing) <X><CLOSE>", Effect("status", "$verb")),
    _rule("reopened", r"<START><X>(?: was| has been| got|<IS>)<ADV> reopened<CLOSE>", Effect("status", "in progress")),
    _rule("moved", r"<START>(?:we|i)(?:'ve| have)?(?: just)? moved <X> (?:in)?to (?P<state>done|in progress|in review|in testing|on hold|blocked)<CLOSE>", _STATUS),
    _rule("dropped", r"<START>(?:we|the team|the client|the customer|the board|management)(?:'ve| have| has)?(?: just| finally| now)? (?P<state>dropped) <X><CLOSE>", _STATUS),
    _rule("kicked", r"<START>(?:we|i|they|the team)(?:'ve| have)?(?: just| finally| now)? kicked off <X><CLOSE>", Effect("status", "started")),
    _rule("wrapped", r"<START>(?:(?:we|i|they|the team)(?:'ve| have)?(?: just| finally| now)? wrapped up <X>)<CLOSE>", Effect("status", "completed")),
    _rule("resume resumed resuming restarted", r"<START>(?:we|i|the team)(?:'ve| have|'re| are)?(?: just| now)? (?:resumed|resuming|restarted|restarting)(?: work on)? <X><CLOSE>", Effect("status", "in progress")),
    _rule("resume restart", r"^" + LEAD + r"<TO>(?:resume|restart|continue)(?: work on| with)? <X><CLOSE>", Effect("status", "in progress"), stance="decided"),
)  # fmt: skip
