"""The point of view of a reading: when in the meetings, and by when it had been ingested."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """What a reading may see.

    Attributes:
        as_of: the last instant of meeting time that counts; None is without limit.
        known_as_of: what had been ingested by then, and not yet retracted; None is current knowledge.
    """

    as_of: datetime | None = None
    known_as_of: datetime | None = None

    @property
    def bounds(self) -> dict[str, object]:
        """The query parameters `as_of` and `known`; infinity stands for no limit.

        With `known` at infinity the condition "recorded by then and not retracted by then" is that of
        the current rows, so every query is written once.
        """
        return {"as_of": self.as_of or "infinity", "known": self.known_as_of or "infinity"}


NOW = Moment()


def iso(at: datetime) -> str:
    """A time as all rows show it: ISO 8601 in UTC, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat()
