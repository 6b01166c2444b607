"""How firmly a sentence says a thing, for recordings that do not tell: decided, stated or proposed.

A few words decide, the same for every meeting: those of the quote, and what stands before it in its sentence,
since "I feel like we should" often stands before the words that a reader copied.
"""

import re

from nodes.schemas import Stance

_CHANGE = (
    r"(?:move|cfi|sfi|dfi|pfi|consider|schedul\w+|includ\w+|declin\w+|remov\w+|add|do|go|be|leave|keep|drop)"
)
_FIRM_OR_NOT = re.compile(
    rf"\b(?:(?P<decided>let'?s|(?:we|i)'?ll|(?:we|i) will|(?:go|going|went) ahead|decided|agreed|"
    rf"(?:we|i)(?: just)? moved|not (?:gonna|going to|doing))|"
    rf"(?:should|could|might|maybe|perhaps|potentially|(?:i|you) would)(?:\W+\w+)?(?:\W+\w+)?\W+{_CHANGE}|"
    r"propose|proposing|suggest\w*|push(?:ing)? for|i want|i'?d (?:like|prefer)|what if|okay with|do we|"
    r"can we)(?!\w)|\?",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[a-z]{2}[.!?])\s+")
_CODE_FOLLOWS = re.compile(r"(?:[a-z]ip[.]?\s+)?\d", re.IGNORECASE)  # "Eip. 7907" goes on


def stance_of(quote: str, text: str, *, is_written: bool = False) -> Stance:
    """The stance of a quote from a text.

    Its last words of settling ("let's", "we'll", "decided") or of wishing and asking ("should move", "I'd
    like", "?") decide: "are we okay with moving it? So let's do that" is decided, "I would say we should
    move it" proposed. Without any it is stated. Of what is written in a chat, lists above all, only the
    quote itself counts.
    """
    said = quote if is_written else _with_what_leads_to(quote, text)
    stance: Stance = "stated"
    for found in _FIRM_OR_NOT.finditer(said):
        stance = "decided" if found["decided"] else "proposed"
    return stance


def _with_what_leads_to(quote: str, text: str) -> str:
    """The quote with what stands before it in its sentence."""
    folded, wanted = " ".join(text.split()), " ".join(quote.split())
    at = folded.lower().find(wanted.lower())
    if at < 0:
        return wanted
    ends = [end.end() for end in _END.finditer(folded, 0, at)]
    begin = max((end for end in ends if not _CODE_FOLLOWS.match(folded, end)), default=0)
    return folded[begin : at + len(wanted)]
