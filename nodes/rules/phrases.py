# ruff: noqa: E501 - a pattern is read best on one line
"""Fragments of the grammar: how people say dates, shares and people, and what may stand around a statement.

In a clause every named thing is written as `\\ue000N\\ue001` and every person as `\\ue002N\\ue003`, N being
its number in the meeting; patterns see these instead of names.
"""

THING_OPEN, THING_CLOSE = "\ue000", "\ue001"
PERSON_OPEN, PERSON_CLOSE = "\ue002", "\ue003"

THING = rf"{THING_OPEN}\d+{THING_CLOSE}"
PERSON = rf"{PERSON_OPEN}\d+{PERSON_CLOSE}"

_NUMBER_WORD = (
    r"(?:zero|five|ten|fifteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a |one )?hundred)"
)
_ABOUT = (
    r"(?:about|around|roughly|approximately|approx|nearly|almost|over|close to|just over|just under|some) "
)
PERCENT = rf"(?:{_ABOUT})?(?:\d{{1,3}}(?:\.\d+)? ?(?:%|percent|per cent)|{_NUMBER_WORD} (?:percent|per cent))"
FRACTION = (
    rf"(?:{_ABOUT})?(?:halfway|half way|half|two[ -]thirds|a third|one third|three[ -]quarters|a quarter)"
)

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)|(?:twenty[ -]|thirty[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    r"|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth"
    r"|twentieth|thirtieth)"
)
_COUNT = r"(?:\d{1,3}|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a couple of|a few)"
_SPAN = r"(?:week|month|quarter|year|sprint|day|weekend)"
_YEAR = r"(?:,? 20\d\d)"
_DAY = rf"(?:(?:{_WEEKDAY}(?:,| the)? )?(?:the )?(?:{_ORDINAL}|\d{{1,2}}) (?:of )?{_MONTH}{_YEAR}?|(?:{_WEEKDAY},? )?{_MONTH} (?:the )?(?:{_ORDINAL}|\d{{1,2}}){_YEAR}?(?!\d))"
DATE = (
    r"(?:(?:(?:early |mid|late )[ -]?)?(?:"
    rf"20\d\d-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?|{_DAY}"
    rf"|(?:{_WEEKDAY},? )?the {_ORDINAL}(?! (?:of|time|one|item|point|thing))"
    rf"|(?:the )?(?:end|middle|start|beginning) of (?:(?:the|this|next) )?(?:{_SPAN}|{_MONTH}{_YEAR}?|q[1-4]{_YEAR}?|day)"
    rf"|(?:(?:this|next|the coming|the following) )(?:{_WEEKDAY}|{_MONTH}|{_SPAN})"
    rf"|{_WEEKDAY}(?: (?:next|this) week| morning| afternoon| evening)?"
    rf"|(?:in )?{_COUNT} {_SPAN}s?(?: from now| time)"
    rf"|in {_COUNT} {_SPAN}s?"
    rf"|{_MONTH}{_YEAR}?|q[1-4]{_YEAR}?|today|tomorrow|tonight|eod|eow|eom|end of (?:day|week|month)))(?!\w)"
)

# What may come before the subject without changing what is said.
LEAD = (
    r"(?:(?:so far|so|okay|ok|and|but|yeah|yes|yep|no change(?: really)?|well|right now|right|alright|all right|now"
    r"|also|then|actually|basically|(?:good|bad|great|big|quick|short|small|status|one) (?:news|update)|update"
    r"|first of all|first|second|third|firstly|secondly|finally|lastly|next up|next"
    r"|as of (?:today|now|this week|yesterday|this morning)|as for|today|currently|at the moment|at this point"
    r"|just|fyi|for the record|(?:just )?to (?:confirm|be clear|recap|summari[sz]e)|i can confirm(?: that)?|as you (?:all )?know"
    r"|as i said|unfortunately|sadly|luckily|thankfully|happily|oh|i'm (?:happy|glad|pleased|sorry) to (?:say|report)(?: that)?"
    r"|the (?:good|bad|big|other|latest) (?:news|update|thing) is(?: that)?|(?:it )?turns out(?: that)?|meanwhile"
    r"|on (?:my|our) side|from (?:my|our) side|for (?:my|our) part|this (?:week|morning|month)|yesterday|since then"
    r"|as expected|as planned|note that|note|heads up|fwiw|by the way|anyway|i see|great|perfect|cool|exactly"
    r"|it's official|once again|both|from (?:today|now)(?: on)?|starting (?:today|tomorrow|next week|monday)|i'd say(?: that)?|i would say(?: that)?|i'd add that|hi all|hi everyone|hello everyone|morning|sure|sorry|because of that|because|since|while|whereas|although)"
    r"(?:,| -|:|;|\.\.\.)? )*+"
)
VOCATIVE = rf"(?:{PERSON}, )?"
DETERMINER = (
    r"(?:(?:the|our|this|that|your|my|whole|entire|overall|new|revised|ticket|issue|task|story|bug|epic) )*+"
)
# A generic noun after a name that does not make it another thing ("the Checkout Redesign project").
NOUN = r"(?: (?:project|work|effort|initiative|ticket|task|epic|item|feature|story|workstream|itself|programme|program))?"
IS = r"(?:'s| is| are|'re)"
ADVERB = (
    r"(?: (?:now|currently|still|already|officially|finally|also|actually|basically|just|completely|fully|totally"
    r"|definitely|both|all|as of (?:today|now),?|unfortunately|sadly|again|in fact|today|at the moment|right now"
    r"|as expected|indeed|really|very much|essentially|entirely|formally|therefore|then|100 ?%|100 percent))*"
)
# What may follow a state without changing it; nothing else may.
CLOSE = (
    r"(?=[\s,]*(?:$|[.;:!…()–—-]|, |(?:and|but|so|now|today|already|again|too|also|as well|finally|because|since|as of"
    r"|for now|right now|at the moment|at last|this (?:week|morning|month|sprint)|yesterday|last (?:night|week|"
    + _WEEKDAY
    + r")|on "
    + _WEEKDAY
    + r"|as planned|as expected|ahead of|in production|on mainnet|everywhere|which|with|due to|thanks to|from (?:today|now|my)"
    r"|until|till|while|pending|and|officially|for the (?:moment|time being)|on time|earlier)\b))"
)
# After a blocker, a date or a name, the statement is over.
STOP = r"(?=\s*(?:$|[.,;:!…()–—]))"
BREAK = (
    r"(?=\s*(?:$|[.,;:!…()–—]| (?:so|because|since|until|till|which|but|while|and (?:we|i|he|she|they|that|it|the)|for now|right now"
    r"|at the moment|now|this week|today|again|if|as of|unfortunately|still|for the|anyway|otherwise|though)\b))"
)
