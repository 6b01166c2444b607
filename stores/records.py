"""Typed records that the stores give and take; the words of the house, without behaviour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Operation = Literal["set", "clear", "add", "resolve"]
Corrects = Literal["meeting", "moment", "day"]
Stance = Literal["decided", "stated", "proposed"]
DecidedBy = Literal["rule", "llm", "fallback", "human"]
Normalised = str | int | float | None

Channel = Literal["speech", "chat"]


@dataclass(slots=True)
class Spent:
    """What was asked of an endpoint, failed tries included."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Utterance:
    """One speaker turn, the unit of evidence.

    Attributes:
        ordinal: place in the meeting, from 0, without gaps.
        speaker: the name as the export gives it; None when it gives none.
        text: every word, white space collapsed to single spaces, otherwise untouched.
        start: seconds from the start of the recording, None when unknown.
        end: seconds from the start of the recording, None when unknown.
        channel: spoken, or written in the meeting's chat.
    """

    ordinal: int
    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None
    channel: Channel = "speech"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Source:
    """A meeting version as it was handed in and parsed, before anything is drawn from it.

    Attributes:
        id: derived from workspace, key and content; also the version's id and the run's thread.
        meeting_id: derived from workspace and key.
        key: the meeting's stable key.
        content_hash: of the text, its attachments and what the caller said about it.
        name: the file's name, for messages.
    """

    id: str
    meeting_id: str
    key: str
    content_hash: str
    name: str
    format: str
    title: str
    series: str | None
    date: datetime
    date_has_time: bool
    participants: tuple[str, ...]
    warnings: tuple[str, ...]
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """What one meeting said about one field of one entity.

    Attributes:
        id: derived id, stable over runs.
        entity_id: the entity that the mention is linked to.
        field: a field of the profile, such as "status".
        key: the key of a keyed field, "" for the others.
        op: set or clear a scalar; add or resolve an item of a set.
        value: the value as it was said; None for clear, and for a resolve of everything.
        normalised: the typed value (canonical enumeration value, number, ISO date, id of the person's
            entity); None when the words could not be normalised.
        stance: only decided and stated move a state.
        meeting_id: the meeting, and with `meeting_date` and `utterance` the place in the order.
        meeting_date: when the meeting began.
        at: when it was said: meeting_date plus the utterance's offset where known.
        utterance: ordinal in the meeting.
        sequence: place among the observations of one utterance.
        speaker: who said it.
        quote: the words, verbatim.
        by_human: written by hand: imported, or a correction.
        corrects: of a correction, in place of what it stands: of what one meeting said of the field, of all
            that was said at its moment, or on its day.
        decision: the number of a correction, in the order of which they were decided; 0 for anything else.
    """

    id: str
    entity_id: str
    field: str
    key: str
    op: Operation
    value: str | None
    normalised: Normalised
    stance: Stance
    meeting_id: str
    meeting_date: datetime
    at: datetime
    utterance: int
    sequence: int
    speaker: str | None
    quote: str
    by_human: bool = False
    corrects: Corrects | None = None
    decision: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement that one value of a field differs from another, or not.

    Attributes:
        pair_id: derived from field, both values (see `nodes.verdicts.pair_id`).
        differs: whether it is a change.
        reason: one sentence for a person.
        decided_by: rule, llm, fallback or human.
    """

    pair_id: str
    differs: bool
    reason: str
    decided_by: DecidedBy


@dataclass(frozen=True, slots=True)
class StateValue:
    """The value of one field of one entity, since when, and the observation that says so."""

    entity_id: str
    field: str
    key: str
    value: str | None
    normalised: Normalised
    since: datetime
    meeting_id: str
    observation_id: str


@dataclass(frozen=True, slots=True)
class Transition:
    """The net change of one field of one entity in one meeting.

    Attributes:
        id: derived from entity, field, key and meeting.
        before: the value before the meeting, as shown to a person; None when there was none.
        after: the value after it; None when the field was cleared.
        normalised: the typed value of `after`.
        reason: one sentence for a person.
        at: when the deciding words were said.
        observation_id: the observation that set `after`.
        first_sight: the first time anything is known of this field; not a change.
    """

    id: str
    entity_id: str
    field: str
    key: str
    before: str | None
    after: str | None
    normalised: Normalised
    reason: str
    at: datetime
    meeting_id: str
    observation_id: str
    decided_by: DecidedBy
    first_sight: bool
