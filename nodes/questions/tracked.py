"""Questions about the fields of a workspace's own profile: which field, for which key, and which value.

"Is EIP-7805 SFI'd for Fusaka?" asks about `inclusion_status[Fusaka]` and the value scheduled. A word that is
both an everyday word and a value ("considered", "removed") counts only beside the field's name or its key.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from nodes.names import code_of, normalised_name
from nodes.profiles.profile import FieldSpec, Profile, same_key
from nodes.query_state import Tracked, TrackedAsks
from nodes.questions.plan import codes
from nodes.values import values_said
from nodes.wording import plain_words

_WHEN = re.compile(r"\bwhen\b|\bsince when\b|\b(?:which|what) (?:date|day|meeting|call)\b", re.IGNORECASE)
_HISTORY = re.compile(
    r"\bhistory\b|\btime ?line\b|\bover time\b|\bhow (?:did|has|have)\b.*\b(?:change|evolve|move|develop)",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:moved?|changed?|became|become|went|got|switched|newly)\b|\b(?:were|was|been) (?:made|set|put)\b",
    re.IGNORECASE,
)
_BEFORE_A_MEETING = re.compile(
    r"\bbefore\b(?! (?:the )?(?:end|start) of\b).*\b(?:call|meeting)\b", re.IGNORECASE
)
_FOR = re.compile(r"\b(?:for|in|into) (?:the )?(?P<key>[A-Z][\w-]*(?: [A-Z\d][\w-]*)*)")
_QUOTED = re.compile(r"[“\"]([^”\"]{3,})[”\"]")
_KIND = re.compile(r"[A-Z]{2,}s")  # such as "EIPs"
_SUBJECT = re.compile(
    r"\bof (?:the )?(?P<subject>(?:(?!\b(?:all|every|each|everything)\b)[^?,.])+?)"
    r"(?= (?:for|in|on|at|before|after|as of)\b|\?|$)",
    re.IGNORECASE,
)


def tracked_fields(profile: Profile) -> dict[str, FieldSpec]:
    """The profile's fields that questions about built-in ones do not know."""
    return {name: profile.spec_of(name) for name in profile.own_fields if name not in _BUILT_IN}


_BUILT_IN = frozenset(("status", "owner", "progress", "due", "priority", "health", "blockers"))


def read_tracked(question: str, profile: Profile, keys: Mapping[str, Collection[str]]) -> Tracked | None:
    """What a question asks about a field of the profile's own; None when it asks about none.

    Args:
        question: without its times, with its names.
        keys: those that each keyed field has values for.
    """
    said = f" {' '.join(plain_words(question))} "
    for field, spec in tracked_fields(profile).items():
        is_named = any(f" {' '.join(plain_words(name))} " in said for name in (field, *spec.words))
        key = key_named(question, spec, keys.get(field, ()))
        values = values_said(spec, question)
        sure = [value for value, words in values if len(words) > 1 or words != tuple(plain_words(value))]
        if is_named or sure or (values and (key or _is_said_of_a_code(question, values[-1][1]))):
            return {
                "field": field,
                "key": profile.key_of(field, key or _unknown_key(question, spec)),
                "value": values[-1][0] if values else None,
                "asks": _asks(question, bool(values)),
            }
    return None


def _is_said_of_a_code(question: str, value: Sequence[str]) -> bool:
    """Whether a value follows a code, as in "when was EIP-5920 declined?", which no everyday word does."""
    words = " ".join(plain_words(question))
    said = re.escape(" ".join(value))
    return any(
        re.search(rf"\b{re.escape(' '.join(plain_words(code)))} (?:\w+ )?{said}\b", words)
        for code in codes(question)
    )


def asks_before_a_meeting(question: str) -> bool:
    """Whether it asks how things stood right before a meeting."""
    return bool(_BEFORE_A_MEETING.search(question))


def is_name_of_key(name: str, tracked: Tracked, profile: Profile) -> bool:
    """Whether a name in the question is what the field is keyed by, and not what it is asked of."""
    spec = profile.spec_of(tracked["field"])
    said = same_key(profile.key_of(tracked["field"], name))
    return said == same_key(tracked["key"]) or said in spec.keyed_by


def subject(question: str, tracked: Tracked, profile: Profile) -> str:
    """The words by which a question names what it asks of; "" when it asks of all, or of all of a kind."""
    found = _SUBJECT.search(question)
    named = quoted_subject(question, tracked, profile) or (found["subject"] if found else "")
    is_kind = named.lower().removesuffix("s") in profile.types or _KIND.fullmatch(named)
    return "" if is_kind else named


def quoted_subject(question: str, tracked: Tracked, profile: Profile) -> str:
    """The name that a question puts in quotes; "" where it quotes none, or only a value."""
    spec = profile.spec_of(tracked["field"])
    return next((words for words in _QUOTED.findall(question) if not values_said(spec, words)), "")


def is_all_of(given: str, quoted: str) -> bool:
    """Whether a name stands for all that is quoted: it is the same, or the code in it."""
    name = normalised_name(given)
    return name == normalised_name(quoted) or code_of(given) is not None


def _asks(question: str, has_value: bool) -> TrackedAsks:
    if _HISTORY.search(question):
        return "history"
    if _WHEN.search(question):
        return "when"
    return "moved" if has_value and _MOVED.search(question) else "state"


def key_named(question: str, spec: FieldSpec, known: Collection[str]) -> str:
    """The known key that a question names, the longest; "" for none."""
    if not spec.keyed_by:
        return ""
    said = f" {same_key(question)} "
    named = [key for key in known if f" {same_key(key)} " in said]
    return max(named, key=len, default="")


def _unknown_key(question: str, spec: FieldSpec) -> str:
    """A name that stands where a key would: nothing is known for it, and not everything."""
    if not spec.keyed_by:
        return ""
    kinds = "|".join(re.escape(kind) for kind in spec.keyed_by)
    named = re.findall(rf"\b([A-Z][\w-]*) (?:{kinds})\b", question) or _FOR.findall(question)
    # a code or an acronym is what is asked of
    likely = [key for key in named if not key.isupper() and not any(sign.isdigit() for sign in key)]
    return likely[-1] if likely else ""
