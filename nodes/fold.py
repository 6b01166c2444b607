"""The history of entities as a pure function of what was observed and how neighbours were judged.

Observations are put into their one order (meeting time, meeting id, utterance, sequence) before anything
else, so a meeting that arrives late is folded where it belongs and the order of arrival cannot matter. What
is written by hand for the very time of a meeting, such as a starting state, comes before it; a correction of
what a meeting said about a field stands for all that the meeting said about it. Only verdicts on neighbours
of that order are read: one recorded between two observations that a late meeting has since parted changes
nothing.

A series that only grew at its end is not folded from the beginning: its head says where to go on.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from uuid import NAMESPACE_URL, uuid5

from nodes.items import item_key, named_item, same_item
from nodes.profiles.profile import Profile, same_key
from nodes.values import shown
from nodes.verdicts import by_rule, is_clear, pair_id
from stores.records import DecidedBy, Observation, StateValue, Transition, Verdict

_TRANSITIONS = uuid5(NAMESPACE_URL, "smart-meet/transition")
_DAY = timedelta(days=1) - timedelta(microseconds=1)
Series = tuple[str, str, str]
"""An entity, a field, and the key in the form in which keys are compared."""

_Order = tuple[datetime, str, bool, int, int, str]


class MissingVerdict(KeyError):
    """Two neighbours were not judged; judge every pair of `pairs` that `by_rule` leaves open, then fold."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the folding of one entity's field (and key) stands.

    Attributes:
        last: the last observation of the series.
        standing: what the value stands on, one observation; of a set what its items stand on.
        is_plain: nothing in the series was written by hand and its key is always spelled alike, so that it
            can be gone on from here with observations of later meetings.
    """

    last: Observation
    standing: tuple[Observation, ...]
    is_plain: bool


_NO_HEADS: Mapping[Series, Head] = {}


@dataclass(frozen=True, slots=True)
class History:
    """Current states, by entity, field and key; all transitions, in the order in which they happened; and
    where the folding of each series stands."""

    states: list[StateValue]
    transitions: list[Transition]
    heads: dict[Series, Head] = field(default_factory=dict[Series, Head], compare=False)


def pairs(
    profile: Profile, observations: Sequence[Observation], heads: Mapping[Series, Head] = _NO_HEADS
) -> list[tuple[Observation, Observation]]:
    """The neighbours whose values are to be compared: per entity, field and key, in the order of meetings.

    Only what moves a state counts (decided or stated, and with a value where one is set), and only scalar
    fields: items of a set are matched by `fold` itself.

    Args:
        heads: of the series that are gone on with; the observations of these are the new ones alone.
    """
    neighbours: list[tuple[Observation, Observation]] = []
    for one in _series(profile, observations):
        head = heads.get(one.place)
        if not one.is_set:
            neighbours += pairwise([head.last, *one.observations] if head else one.observations)
    return neighbours


def fold(
    profile: Profile,
    observations: Sequence[Observation],
    verdicts: Mapping[str, Verdict],
    heads: Mapping[Series, Head] = _NO_HEADS,
) -> History:
    """The states after all observations, and how they came about.

    Args:
        profile: the workspace's own; it says what the fields are, and which keys are one.
        observations: in any order, of any number of entities.
        verdicts: by pair id; at least those of `pairs` that `by_rule` leaves open. A human's verdict wins
            over the rule, the rule over the others.
        heads: of the series that are gone on with: their observations are those that are new, all of later
            meetings than the head's, and so are the transitions that come out.

    Returns:
        At most one transition per field (or item of a set) and meeting: the net change. A field that was not
        mentioned keeps its value; a value that did not change keeps its since.

    Raises:
        MissingVerdict: for a pair that nobody judged.
    """
    states: list[StateValue] = []
    placed: list[tuple[_Order, Transition]] = []
    stand: dict[Series, Head] = {}
    for one in _series(profile, observations):
        head, series = heads.get(one.place), one.observations
        found = (
            _fold_set(profile, series, head) if one.is_set else _fold_scalar(profile, series, verdicts, head)
        )
        states.extend(found.states)
        orders = {observation.id: _order(observation) for observation in series}
        placed.extend((orders[transition.observation_id], transition) for transition in found.transitions)
        if series:
            stand[one.place] = Head(series[-1], found.standing, one.is_plain)
    states.sort(key=lambda state: (state.entity_id, state.field, state.key))
    placed.sort(key=lambda pair: (pair[0], pair[1].entity_id, pair[1].field, pair[1].key))
    return History(states, [transition for _, transition in placed], stand)


def _order(observation: Observation) -> _Order:
    return (
        observation.meeting_date,
        observation.meeting_id,
        observation.by_human,
        observation.utterance,
        observation.sequence,
        observation.id,
    )


def moves_state(observation: Observation) -> bool:
    """Proposals move nothing, and neither does a value that is none: not mentioned is not cleared."""
    if observation.stance == "proposed":
        return False
    return is_clear(observation) or bool((observation.value or "").strip())


def series_of(profile: Profile, observation: Observation) -> Series:
    """The series that an observation belongs to."""
    key = same_key(profile.key_of(observation.field, observation.key))
    return observation.entity_id, observation.field, key


def goes_on(profile: Profile, head: Head, observation: Observation) -> bool:
    """Whether an observation is later than all of a series that can be gone on from its head."""
    spelled = (profile.key_of(each.field, each.key) for each in (head.last, observation))
    return (
        head.is_plain
        and not observation.by_human
        and observation.meeting_date > head.last.meeting_date
        and len(set(spelled)) == 1
    )


@dataclass(frozen=True, slots=True)
class _Observed:
    """What was observed of one entity, field and key, in order; all keys as the series shows its own."""

    place: Series
    is_set: bool
    is_plain: bool
    observations: list[Observation]


def _series(profile: Profile, observations: Sequence[Observation]) -> list[_Observed]:
    series: dict[Series, list[Observation]] = defaultdict(list)
    for observation in {each.id: each for each in observations}.values():
        if moves_state(observation):
            key = profile.key_of(observation.field, observation.key)
            shown_key = observation if key == observation.key else replace(observation, key=key)
            series[series_of(profile, observation)].append(shown_key)
    observed: list[_Observed] = []
    for place, given in sorted(series.items()):
        is_set = profile.spec_of(place[1]).kind == "set"
        is_plain = len({each.key for each in given}) == 1 and not any(each.by_human for each in given)
        observed.append(_Observed(place, is_set, is_plain, _in_order(_with_one_key(given), is_set=is_set)))
    return observed


def _with_one_key(series: list[Observation]) -> list[Observation]:
    """Of spellings of one key, such as "FUSAKA" and "Fusaka", the one used most, whichever came first."""
    spellings = Counter(observation.key for observation in series)
    if len(spellings) == 1:
        return series
    key = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    return [replace(observation, key=key) for observation in series]


def _in_order(series: Sequence[Observation], *, is_set: bool) -> list[Observation]:
    """One series in its order, without what a correction stands for; items of a set are corrected singly."""
    corrections = [each for each in series if each.corrects]
    series = [each for each in series if not any(_stands_for(one, each, is_set) for one in corrections)]
    by_hand = {each.meeting_id for each in series if each.by_human}
    spoken = {each.meeting_id for each in series if not each.by_human}
    if not is_set:
        series = [each for each in series if each.by_human or each.meeting_id not in by_hand]
        spoken -= by_hand
    return sorted(series, key=lambda each: (each.meeting_date, each.meeting_id in spoken, *_order(each)))


def _stands_for(correction: Observation, other: Observation, is_set: bool) -> bool:
    """Whether a correction overrules another observation of the field: what was said at its place in the
    history, by hand or not, but for what was decided later. Of a set it overrules what was said of its item.
    """
    if other.decision >= correction.decision:
        return False
    if correction.corrects == "meeting":
        is_there = other.meeting_id == correction.meeting_id
    else:
        span = _DAY if correction.corrects == "day" else timedelta(0)
        is_there = correction.meeting_date <= other.meeting_date <= correction.meeting_date + span
    return is_there and (not is_set or _is_of_item(correction, other))


def _is_of_item(correction: Observation, other: Observation) -> bool:
    item, said = (correction.value or "").strip(), (other.value or "").strip()
    return not item or bool(said and (same_item(item, {said: said}) or named_item(item, {said: said})))


def _meetings(series: list[Observation]) -> Iterator[list[Observation]]:
    for _, spoken in groupby(
        series, key=lambda observation: (observation.meeting_date, observation.meeting_id)
    ):
        yield list(spoken)


@dataclass(frozen=True, slots=True)
class _Folded:
    """What became of one series, and what its value or its items stand on."""

    states: list[StateValue]
    transitions: list[Transition]
    standing: tuple[Observation, ...]


def _fold_scalar(
    profile: Profile, series: list[Observation], verdicts: Mapping[str, Verdict], head: Head | None
) -> _Folded:
    transitions: list[Transition] = []
    current, previous = (head.standing[0], head.last) if head else (None, None)
    for spoken in _meetings(series):
        before, deciding = current, None
        for observation in spoken:
            if current is None or previous is None:
                current = observation
            else:
                verdict = _judged(profile, previous, observation, verdicts)
                if current is not previous:
                    verdict = _on_values(profile, current, observation, verdict)
                if verdict.differs:
                    current, deciding = observation, verdict
            previous = observation
        if before is None:
            if current is not None and not is_clear(current):
                transitions.append(_first_sight(profile, current))
        elif current is not None and deciding is not None:
            verdict = _on_values(profile, before, current, deciding)
            back = by_rule(profile, before, current)
            if back is not None and not back.differs:
                current = before
            else:
                transitions.append(_change(profile, before, current, verdict))
    standing = () if current is None else (current,)
    if current is None or is_clear(current):
        return _Folded([], transitions, standing)
    return _Folded([_state(current, current.key)], transitions, standing)


def _judged(
    profile: Profile, before: Observation, after: Observation, verdicts: Mapping[str, Verdict]
) -> Verdict:
    recorded = verdicts.get(pair_id(profile, before, after))
    if recorded is not None and recorded.decided_by == "human":
        return recorded
    verdict = by_rule(profile, before, after) or recorded
    if verdict is None:
        raise MissingVerdict(
            f"No verdict on {after.field} of {after.entity_id}: {before.value!r} (observation {before.id}) "
            f"against {after.value!r} (observation {after.id}); judge this pair before folding"
        )
    return verdict


def _on_values(profile: Profile, before: Observation, after: Observation, verdict: Verdict) -> Verdict:
    """The verdict on the two values that a transition would show, which need not be neighbours.

    Between "30%", "about a third" and "30%" the last two may well be judged to differ, yet nothing moved from
    30% to 30%. Where the rule decides on the values themselves it does; a human is never overruled.
    """
    if verdict.decided_by == "human":
        return verdict
    return by_rule(profile, before, after) or verdict


def _fold_set(profile: Profile, series: list[Observation], head: Head | None) -> _Folded:
    open_items = {item_key(item.value or ""): item for item in head.standing} if head else {}
    transitions: list[Transition] = []
    for spoken in _meetings(series):
        before = dict(open_items)
        closed_by: dict[str, Observation] = {}
        for observation in spoken:
            if is_clear(observation):
                for key in _resolved(observation, open_items, before):
                    del open_items[key]
                    closed_by[key] = observation
            else:
                known = before | open_items
                key = same_item(observation.value or "", _texts(known)) or item_key(observation.value or "")
                open_items.setdefault(key, known.get(key, observation))
        transitions.extend(
            _resolution(profile, key, item, closed_by[key])
            for key, item in before.items()
            if key not in open_items
        )
        transitions.extend(
            _appearance(profile, key, item) for key, item in open_items.items() if key not in before
        )
    states = [_state(item, _item_place(item, key)) for key, item in open_items.items()]
    return _Folded(states, transitions, tuple(open_items.values()))


def _resolved(
    observation: Observation, open_items: dict[str, Observation], before: dict[str, Observation]
) -> list[str]:
    """The items that are over: the one that is named, or all when none is or the field is cleared.

    Items that this meeting closed already can still be named, so that saying it twice closes no other.
    """
    if observation.op == "clear" or not (observation.value or "").strip():
        return list(open_items)
    named = named_item(observation.value or "", _texts(open_items | before))
    return [named] if named in open_items else []


def _texts(items: Mapping[str, Observation]) -> dict[str, str]:
    return {key: item.value or "" for key, item in items.items()}


def _item_place(item: Observation, key: str) -> str:
    return f"{item.key}: {key}" if item.key else key


def _shown(profile: Profile, observation: Observation) -> str:
    return shown(profile, observation.field, observation.value, observation.normalised)


def _state(observation: Observation, key: str) -> StateValue:
    return StateValue(
        entity_id=observation.entity_id,
        field=observation.field,
        key=key,
        value=observation.value,
        normalised=observation.normalised,
        since=observation.at,
        meeting_id=observation.meeting_id,
        observation_id=observation.id,
    )


def _first_sight(profile: Profile, observation: Observation) -> Transition:
    after = _shown(profile, observation)
    return _transition(observation, observation.key, None, after, "first mentioned", first_sight=True)


def _change(profile: Profile, before: Observation, after: Observation, verdict: Verdict) -> Transition:
    return _transition(
        after,
        after.key,
        None if is_clear(before) else _shown(profile, before),
        None if is_clear(after) else _shown(profile, after),
        verdict.reason,
        decided_by=verdict.decided_by,
    )


def _appearance(profile: Profile, key: str, item: Observation) -> Transition:
    text = _shown(profile, item)
    return _transition(item, _item_place(item, key), None, text, f"“{text}” was added to {item.field}")


def _resolution(profile: Profile, key: str, item: Observation, closing: Observation) -> Transition:
    text = _shown(profile, item)
    return _transition(closing, _item_place(item, key), text, None, f"“{text}” was resolved")


def _transition(
    observation: Observation,
    key: str,
    before: str | None,
    after: str | None,
    reason: str,
    *,
    decided_by: DecidedBy | None = None,
    first_sight: bool = False,
) -> Transition:
    place = "\x1f".join((observation.entity_id, observation.field, key, observation.meeting_id))
    return Transition(
        id=str(uuid5(_TRANSITIONS, place)),
        entity_id=observation.entity_id,
        field=observation.field,
        key=key,
        before=before,
        after=after,
        normalised=None if after is None else observation.normalised,
        reason=reason,
        at=observation.at,
        meeting_id=observation.meeting_id,
        observation_id=observation.id,
        decided_by=decided_by or ("human" if observation.by_human else "rule"),
        first_sight=first_sight,
    )
