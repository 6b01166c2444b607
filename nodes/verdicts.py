"""Whether two neighbouring observations of a field differ: by rule, and by wording when no judge is there."""

import json
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from nodes.profiles.profile import Profile, same_key
from nodes.values import shown
from nodes.wording import folded, meaning_words
from stores.histories import field_name
from stores.records import DecidedBy, Observation, Verdict

_PAIRS = uuid5(NAMESPACE_URL, "smart-meet/pair")


def pair_id(profile: Profile, before: Observation, after: Observation) -> str:
    """The id of a pair of values: the same two values of a field are the same pair, whoever said them.

    A typed value counts by its meaning, other words by themselves (casing and white space folded); that the
    field was cleared is a value of its own. The order matters: a change back is another pair.
    """
    key = same_key(profile.key_of(after.field, after.key))
    return str(uuid5(_PAIRS, json.dumps([after.field, key, _identity(before), _identity(after)])))


def by_rule(profile: Profile, before: Observation, after: Observation) -> Verdict | None:
    """The verdict where no reading is needed, else None.

    Equal typed values and identical words are no change; two typed values that differ are one, and so is
    setting a cleared field or clearing a set one. What is written by hand needs no reading: it is meant as it
    stands. Everything else needs a judge.
    """
    pair = _Pair(profile, before, after)
    if after.by_human:
        return _by_hand(pair)
    if is_clear(before) or is_clear(after):
        return _of_clear(pair)
    if before.normalised is not None and after.normalised is not None:
        if _identity(before) == _identity(after):
            return pair.verdict(False, f"{pair.name} stays {pair.now}", "rule")
        return pair.verdict(True, pair.moved, "rule")
    if folded(before.value or "") == folded(after.value or ""):
        return pair.verdict(False, f"{pair.name} stays {pair.now}", "rule")
    return None


def by_fallback(profile: Profile, before: Observation, after: Observation) -> Verdict:
    """The verdict by wording alone, for a pair that no rule decides and no judge could read.

    The words are compared without casing, punctuation, articles, fillers and the spelling of numbers; their
    order counts. Marked "fallback", so that recheck finds it.
    """
    pair = _Pair(profile, before, after)
    if meaning_words(before.value or "") == meaning_words(after.value or ""):
        reason = f"{pair.name} is worded alike: {pair.was}, then {pair.now}"
        return pair.verdict(False, reason, "fallback")
    return pair.verdict(True, f"{pair.moved}, going by the wording alone", "fallback")


def _by_hand(pair: "_Pair") -> Verdict:
    if _identity(pair.before) == _identity(pair.after):
        return pair.verdict(False, f"{pair.name} stays {pair.now}, by hand", "human")
    if is_clear(pair.after):
        return pair.verdict(True, f"{pair.name} was cleared by hand; it was {pair.was}", "human")
    if is_clear(pair.before):
        return pair.verdict(True, f"{pair.name} was set to {pair.now} by hand", "human")
    return pair.verdict(True, f"{pair.moved}, by hand", "human")


def is_clear(observation: Observation) -> bool:
    """Whether the observation takes the value of a scalar field away."""
    return observation.op in ("clear", "resolve")


def _of_clear(pair: "_Pair") -> Verdict:
    if is_clear(pair.before) and is_clear(pair.after):
        return pair.verdict(False, f"{pair.name} stays without a value", "rule")
    if is_clear(pair.after):
        return pair.verdict(True, f"{pair.name} was cleared; it was {pair.was}", "rule")
    return pair.verdict(True, f"{pair.name} was set to {pair.now} after it was cleared", "rule")


def _identity(observation: Observation) -> list[str]:
    if is_clear(observation):
        return ["clear"]
    if observation.normalised is None:
        return ["words", folded(observation.value or "")]
    if isinstance(observation.normalised, str):
        return ["typed", observation.normalised]
    return ["typed", repr(float(observation.normalised))]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values of a field, and how a person reads them."""

    profile: Profile
    before: Observation
    after: Observation

    @property
    def name(self) -> str:
        return field_name(self.after.field, self.profile.key_of(self.after.field, self.after.key))

    @property
    def was(self) -> str:
        return self._shown(self.before)

    @property
    def now(self) -> str:
        return self._shown(self.after)

    @property
    def moved(self) -> str:
        return f"{self.name} moved from {self.was} to {self.now}"

    def verdict(self, differs: bool, reason: str, decided_by: DecidedBy) -> Verdict:
        return Verdict(pair_id(self.profile, self.before, self.after), differs, reason, decided_by)

    def _shown(self, observation: Observation) -> str:
        text = shown(self.profile, observation.field, observation.value, observation.normalised)
        is_person = self.profile.spec_of(observation.field).kind == "person"
        return text if observation.normalised is not None or is_person else f"“{text}”"
