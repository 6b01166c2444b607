"""Whether two neighbouring observations of a field differ: by rule, and by wording when no judge is there."""

import json
from uuid import NAMESPACE_URL, uuid5

from nodes.values import shown, spec_of
from nodes.wording import folded, meaning_words
from stores.records import DecidedBy, Observation, Verdict

_PAIRS = uuid5(NAMESPACE_URL, "smart-meet/pair")


def pair_id(field: str, key: str, before: Observation, after: Observation) -> str:
    """The id of a pair of values: the same two values of a field are the same pair, whoever said them.

    A typed value counts by its meaning, other words by themselves (casing and white space folded); that the
    field was cleared is a value of its own. The order matters: a change back is another pair.
    """
    return str(uuid5(_PAIRS, json.dumps([field, key, _identity(before), _identity(after)])))


def by_rule(before: Observation, after: Observation) -> Verdict | None:
    """The verdict where no reading is needed, else None.

    Equal typed values and identical words are no change; two typed values that differ are one, and so is
    setting a cleared field or clearing a set one. What is written by hand needs no reading: it is meant as it
    stands. Everything else needs a judge.
    """
    if after.by_human:
        return _by_hand(before, after)
    if is_clear(before) or is_clear(after):
        return _of_clear(before, after)
    if before.normalised is not None and after.normalised is not None:
        if _identity(before) == _identity(after):
            return _verdict(before, after, False, f"{_name(after)} stays {_shown(after)}", "rule")
        return _verdict(before, after, True, _moved(before, after), "rule")
    if folded(before.value or "") == folded(after.value or ""):
        return _verdict(before, after, False, f"{_name(after)} stays {_shown(after)}", "rule")
    return None


def by_fallback(before: Observation, after: Observation) -> Verdict:
    """The verdict by wording alone, for a pair that no rule decides and no judge could read.

    The words are compared without casing, punctuation, articles, fillers and the spelling of numbers; their
    order counts. Marked "fallback", so that recheck finds it.
    """
    if meaning_words(before.value or "") == meaning_words(after.value or ""):
        reason = f"{_name(after)} is worded alike: {_shown(before)}, then {_shown(after)}"
        return _verdict(before, after, False, reason, "fallback")
    return _verdict(before, after, True, f"{_moved(before, after)}, going by the wording alone", "fallback")


def _by_hand(before: Observation, after: Observation) -> Verdict:
    if _identity(before) == _identity(after):
        return _verdict(before, after, False, f"{_name(after)} stays {_shown(after)}, by hand", "human")
    if is_clear(after):
        reason = f"{_name(after)} was cleared by hand; it was {_shown(before)}"
    elif is_clear(before):
        reason = f"{_name(after)} was set to {_shown(after)} by hand"
    else:
        reason = f"{_moved(before, after)}, by hand"
    return _verdict(before, after, True, reason, "human")


def is_clear(observation: Observation) -> bool:
    """Whether the observation takes the value of a scalar field away."""
    return observation.op in ("clear", "resolve")


def _of_clear(before: Observation, after: Observation) -> Verdict:
    if is_clear(before) and is_clear(after):
        return _verdict(before, after, False, f"{_name(after)} stays without a value", "rule")
    if is_clear(after):
        return _verdict(before, after, True, f"{_name(after)} was cleared; it was {_shown(before)}", "rule")
    return _verdict(
        before, after, True, f"{_name(after)} was set to {_shown(after)} after it was cleared", "rule"
    )


def _identity(observation: Observation) -> list[str]:
    if is_clear(observation):
        return ["clear"]
    if observation.normalised is None:
        return ["words", folded(observation.value or "")]
    if isinstance(observation.normalised, str):
        return ["typed", observation.normalised]
    return ["typed", repr(float(observation.normalised))]


def _name(observation: Observation) -> str:
    return f"{observation.field}[{observation.key}]" if observation.key else observation.field


def _shown(observation: Observation) -> str:
    text = shown(observation.field, observation.value, observation.normalised)
    typed = observation.normalised is not None or spec_of(observation.field).kind == "person"
    return text if typed else f"“{text}”"


def _moved(before: Observation, after: Observation) -> str:
    return f"{_name(after)} moved from {_shown(before)} to {_shown(after)}"


def _verdict(
    before: Observation, after: Observation, differs: bool, reason: str, decided_by: DecidedBy
) -> Verdict:
    return Verdict(pair_id(after.field, after.key, before, after), differs, reason, decided_by)
