"""What is said to be polite and asks for nothing: greetings, thanks, consent."""

import re

_GREETING = "Hello! Ask me anything about your meetings."
_THANKS = "You are welcome."
_PARTING = "Goodbye!"
_CONSENT = "Good. What else would you like to know about your meetings?"
_ENDING = (
    r"(?:[\s,]+(?:very much|so much|a lot|you|all|there|everyone|team|again|then|then thanks|thanks|bye))*"
)
_COURTESIES = tuple(
    (reply, re.compile(rf"^\W*(?:{words}){_ENDING}\W*$", re.IGNORECASE))
    for reply, words in (
        (
            _THANKS,
            r"(?:ok(?:ay)?[\s,]+|great[\s,]+|perfect[\s,]+|cool[\s,]+|no[\s,]+)?"
            r"(?:many thanks|thanks?|thank you|thx|ty|cheers|much appreciated)",
        ),
        (_GREETING, r"hello|hi|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|test|testing"),
        (_PARTING, r"(?:good)?bye|see you|good night|that is all|that['’]s all"),
        (
            _CONSENT,
            r"ok(?:ay)?|k|alright|all right|great|cool|nice|perfect|good|got it|i see|fine|sure|yes|yep|yeah"
            r"|no|right|wow|well done|understood|interesting|lol|haha",
        ),
    )
)
REPLIES = frozenset((_GREETING, _THANKS, _PARTING, _CONSENT))
"""All that is ever answered to a courtesy; none of it says anything of a meeting."""


def reply_to(question: str) -> str | None:
    """The answer to words that only are polite; None when they ask for something."""
    return next((reply for reply, pattern in _COURTESIES if pattern.match(question)), None)
