"""The history as it was known at an earlier time: folded again from what had been ingested by then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nodes.fold import fold, pairs
from nodes.profiles.profile import Profile
from nodes.values import normalise
from nodes.verdicts import by_fallback, by_rule, pair_id
from stores.histories import Known, TransitionReading
from stores.moments import iso


def history_known(profile: Profile, known: Known) -> list[TransitionReading]:
    """All transitions that follow from what was known, oldest first.

    Values mean what the workspace's profile of that time makes of them. A pair that nobody had judged by
    then is judged by its wording, as an ingestion without a model would.
    """
    observations = [
        observation
        if known.places[observation.id]["value_entity_id"]
        else replace(
            observation,
            normalised=normalise(
                profile, observation.field, observation.value, meeting_date=observation.meeting_date
            ),
        )
        for observation in known.observations
    ]
    verdicts = dict(known.verdicts)
    for before, after in pairs(profile, observations):
        judged = pair_id(profile, before, after)
        if judged not in verdicts and by_rule(profile, before, after) is None:
            verdicts[judged] = by_fallback(profile, before, after)
    readings: list[TransitionReading] = []
    shown: dict[tuple[str, str, str], str | None] = {}
    for transition in fold(profile, observations, verdicts).transitions:
        place = known.places[transition.observation_id]
        series = (transition.entity_id, transition.field, transition.key)
        is_person = profile.spec_of(transition.field).kind == "person" and transition.after is not None
        after = (place["value_name"] or transition.after) if is_person else transition.after
        normalised = place["value_entity_id"] or transition.normalised
        readings.append(
            {
                "entity_id": transition.entity_id,
                "entity": place["entity"],
                "type": place["type"],
                "field": transition.field,
                "key": transition.key,
                "before": shown.get(series, transition.before) if transition.before is not None else None,
                "after": after,
                "normalised": None if normalised is None else str(normalised),
                "reason": transition.reason,
                "at": iso(transition.at),
                "meeting_id": transition.meeting_id,
                "version_id": place["version_id"],
                "title": place["title"],
                "date": iso(place["meeting_date"]),
                "utterance": place["utterance"],
                "start": place["start"],
                "speaker": place["speaker"],
                "quote": place["quote"],
                "decided_by": transition.decided_by,
                "first_sight": transition.first_sight,
            }
        )
        shown[series] = after
    return readings


def transitions_within(
    history: Sequence[TransitionReading],
    *,
    until: datetime | None,
    after: datetime | None = None,
    meetings: Sequence[str] | None = None,
    changes_only: bool = False,
) -> list[TransitionReading]:
    """The transitions of a history in (after, until], as `stores.histories.transitions` reads them."""
    return [
        reading
        for reading in history
        if (until is None or datetime.fromisoformat(reading["at"]) <= until)
        and (after is None or datetime.fromisoformat(reading["at"]) > after)
        and (meetings is None or reading["meeting_id"] in meetings)
        and not (changes_only and reading["first_sight"])
    ]


def states_within(
    history: Sequence[TransitionReading],
    *,
    until: datetime | None,
    fields: Sequence[str] | None = None,
    values: Sequence[str] | None = None,
) -> list[TransitionReading]:
    """The states that a history leaves, as `stores.histories.states_as_of` reads them."""
    latest = {
        (reading["entity_id"], reading["field"], reading["key"]): reading
        for reading in transitions_within(history, until=until)
    }
    return sorted(
        (
            reading
            for reading in latest.values()
            if reading["after"] is not None
            and (fields is None or reading["field"] in fields)
            and (values is None or reading["normalised"] in values)
        ),
        key=lambda reading: (
            reading["entity"].lower(),
            reading["entity_id"],
            reading["field"],
            reading["at"],
        ),
    )
