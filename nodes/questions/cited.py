"""What a sentence rests on: the words that it cites, what these made of states, the days they speak of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from nodes.names import normalised_name
from nodes.profiles.profile import Profile
from nodes.query_state import Evidence, QueryState
from nodes.questions.wording_read import days_in
from nodes.wording import plain_words
from stores.histories import TransitionReading


@dataclass(frozen=True)
class Cited:
    """What a sentence rests on.

    Attributes:
        pieces: the evidence that it cites.
        anchored: the transitions and states that were made by the cited words.
        state: everything that was recalled.
        titles: the titles of the workspace's meetings.
        profile: what its values mean.
    """

    pieces: Sequence[Evidence]
    anchored: Sequence[TransitionReading]
    state: QueryState
    titles: Sequence[str]
    profile: Profile

    @cached_property
    def words(self) -> list[str]:
        """The words of the cited quotes."""
        return plain_words(" . ".join(piece["quote"] for piece in self.pieces))

    @cached_property
    def seen_from(self) -> date:
        """The day of the first cited meeting."""
        return datetime.fromisoformat(self.pieces[0]["date"]).date()

    @cached_property
    def days(self) -> list[date]:
        """Every day that the sentence may name."""
        plan = self.state.get("plan")
        days = [datetime.fromisoformat(piece["date"]).date() for piece in self.pieces]
        for piece in self.pieces:
            days += [day.at for day in days_in(piece["quote"], datetime.fromisoformat(piece["date"]).date())]
        for reading in self.anchored:
            days.append(datetime.fromisoformat(reading["at"]).date())
            days += [at for value in (reading["before"], reading["after"]) if (at := as_day(value))]
        if plan:
            days += [
                datetime.fromisoformat(at).date() for at in (plan["as_of"], plan["start"], plan["end"]) if at
            ]
        return days

    def readings_of(self, entity_id: str, field: str) -> list[TransitionReading]:
        """What the cited words made of one field of a thing."""
        return [one for one in self.anchored if (one["entity_id"], one["field"]) == (entity_id, field)]

    def longer_names(self, name: str) -> list[str]:
        """The names of other things that hold a name."""
        within = f" {normalised_name(name)} "
        names = {normalised_name(one["entity"]) for one in [*self.anchored, *self.state.get("states", [])]}
        return [other for other in names if within in f" {other} " and other != within.strip()]

    def current(self, entity_id: str, field: str) -> list[TransitionReading]:
        """The states of one field of a thing at the time asked."""
        return [
            one
            for one in self.state.get("states", [])
            if (one["entity_id"], one["field"]) == (entity_id, field)
        ]

    def history(self, entity_id: str, field: str) -> list[TransitionReading]:
        """All that is known of one field of a thing."""
        everything = [*self.state.get("transitions", []), *self.state.get("states", [])]
        return [one for one in everything if (one["entity_id"], one["field"]) == (entity_id, field)]


def anchored_in(pieces: Sequence[Evidence], state: QueryState) -> list[TransitionReading]:
    """The transitions that were made by the words of these pieces."""
    return [
        reading
        for reading in [*state.get("states", []), *state.get("transitions", [])]
        if any(
            piece["version_id"] == reading["version_id"]
            and piece["utterances"][0] <= reading["utterance"] <= piece["utterances"][1]
            and (reading["quote"] in piece["quote"] or piece["quote"] in reading["quote"])
            for piece in pieces
        )
    ]


def value_of(reading: TransitionReading) -> str:
    """The value that a transition left, in the form that is compared: of a person the id."""
    return reading["normalised"] or reading["after"] or ""


def bare_value(value: str | None) -> str:
    """A value without how it is shown: "60%" is "60"."""
    return (value or "").removesuffix("%")


def as_day(value: str | None) -> date | None:
    """A value that is a day, as one."""
    return date.fromisoformat(value) if value and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None
