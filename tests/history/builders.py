"""Observations as a meeting makes them, for tests of what they add up to."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nodes.fold import History, fold, pairs
from nodes.profiles.reading import shipped_profile
from nodes.values import normalise
from nodes.verdicts import by_fallback, by_rule, pair_id
from stores.records import Observation, Operation, Stance, Verdict

DEFAULT = shipped_profile()
FIRST_DAY = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


def meeting_date(week: int) -> datetime:
    return FIRST_DAY + timedelta(weeks=week)


def said(
    week: int,
    field: str,
    value: str | None,
    *,
    op: Operation = "set",
    stance: Stance = "stated",
    utterance: int = 0,
    sequence: int = 0,
    entity: str = "checkout",
    key: str = "",
    person: str | None = None,
) -> Observation:
    """One observation in the meeting of that week; `person` is the entity that an owner resolves to."""
    date = meeting_date(week)
    return Observation(
        id=f"{entity}/{field}/{key}/{week}/{utterance}/{sequence}/{op}",
        entity_id=entity,
        field=field,
        key=key,
        op=op,
        value=value,
        normalised=person or normalise(DEFAULT, field, value, meeting_date=date),
        stance=stance,
        meeting_id=f"meeting-{week}",
        meeting_date=date,
        at=date + timedelta(seconds=10 * utterance),
        utterance=utterance,
        sequence=sequence,
        speaker="Anna Lee",
        quote=value or "",
    )


def judged(observations: Sequence[Observation]) -> dict[str, Verdict]:
    """A verdict on every pair: the rule's where it decides, else the fallback's."""
    return {
        pair_id(DEFAULT, before, after): by_rule(DEFAULT, before, after)
        or by_fallback(DEFAULT, before, after)
        for before, after in pairs(DEFAULT, observations)
    }


def history(*observations: Observation) -> History:
    return fold(DEFAULT, observations, judged(observations))


def changes(found: History) -> list[tuple[str, str | None, str | None]]:
    """What moved, without first sights: field, from, to."""
    return [(each.field, each.before, each.after) for each in found.transitions if not each.first_sight]


def current(found: History) -> dict[str, str | None]:
    return {f"{each.field}[{each.key}]" if each.key else each.field: each.value for each in found.states}
