"""A meeting as it was spoken: what every parser returns and every later step starts from."""

from dataclasses import dataclass, field
from datetime import datetime

from stores.records import Channel, Utterance

__all__ = ["Channel", "Participant", "Transcript", "Utterance"]


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody of whom a source tells more than the name.

    Attributes:
        name: as it stands among the transcript's participants.
        email: the address that the source gives.
        role: what the source calls them, for example "host", "organizer", "Project manager".
    """

    name: str
    email: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One parsed meeting.

    Attributes:
        format: name of the layout it was read from, for example "zoom_vtt", "zoom_chat_txt", "plain_txt".
        title: the meeting's name; None when neither the file nor its name tells.
        date: when it began, with a time zone (UTC when the source tells none); None when unknown.
        date_has_time: whether the source gives a time of day (else `date` is midnight).
        external_id: the export's own stable id, None when it has none.
        participants: names of all speakers, in order of first appearance, then those only listed.
        utterances: in order.
        warnings: what was not read, or only guessed, in sentences for a person.
        people: those of the participants of whom the source gives an e-mail address or a role.
    """

    format: str
    title: str | None
    date: datetime | None
    date_has_time: bool
    external_id: str | None
    participants: tuple[str, ...]
    utterances: tuple[Utterance, ...]
    warnings: tuple[str, ...] = field(default=())
    people: tuple[Participant, ...] = field(default=())
