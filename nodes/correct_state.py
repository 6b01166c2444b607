"""What travels through the correct graph: one decision of a person, and what became of it."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

_MOST = 2**31 - 1  # what PostgreSQL counts to
_Text = Annotated[str, Field(min_length=1)]


class _Signed(TypedDict):
    """What every decision takes.

    Attributes:
        by: who decides.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # a slip must not change what is meant

    by: NotRequired[str]


class _Reasoned(_Signed):
    """What is decided for a reason.

    Attributes:
        why: the reason, in words; it is cited.
    """

    why: NotRequired[str]


class _Placed(_Reasoned):
    """A field of a thing, and where in its history a decision on it stands.

    Attributes:
        entity: a name, or an id.
        field: of the profile.
        key: of a keyed field: what the value holds for.
        date: ISO 8601, from when it holds; a date alone: in place of what that day's meetings said. Default:
            from now on.
        meeting: id, key or title: in place of what this meeting said. Not with `date`.
    """

    entity: _Text
    field: _Text
    key: NotRequired[str]
    date: NotRequired[str]
    meeting: NotRequired[str]


class SayState(_Placed):
    """How a thing stands.

    Attributes:
        value: the right value; of blockers, the item.
        resolve: of blockers: it is none any more.
    """

    action: Literal["state"]
    value: _Text
    resolve: NotRequired[bool]


class SayClear(_Placed):
    """That a field of a thing has no value."""

    action: Literal["clear"]


class SayName(_Reasoned):
    """What a thing is called; it keeps its other names."""

    action: Literal["name"]
    entity: _Text
    name: _Text


class SayType(_Reasoned):
    """Of what type of the profile a thing is."""

    action: Literal["type"]
    entity: _Text
    type: _Text


class SayDate(_Reasoned):
    """When a meeting was, with or without a time of day.

    Attributes:
        meeting: id, key or title.
    """

    action: Literal["date"]
    meeting: _Text
    date: _Text


class SaySpeaker(_Reasoned):
    """Who spoke in a meeting.

    Attributes:
        meeting: id, key or title.
        label: the name under which the turns stand, such as Speaker 1.
        name: who it was.
        utterance: the number of the one turn, from 0; default: all under the label.
    """

    action: Literal["speaker"]
    meeting: _Text
    label: _Text
    name: _Text
    utterance: NotRequired[Annotated[int, Field(ge=0, le=_MOST)]]


class SayPair(_Reasoned):
    """That two names that look alike are one thing (accept), or are two (reject).

    Attributes:
        name: one of them; alone, the id of a pair that is open.
    """

    action: Literal["accept", "reject"]
    name: _Text
    other: NotRequired[str]


class SayMerge(_Reasoned):
    """That two things are one, under the name of the first."""

    action: Literal["merge"]
    name: _Text
    other: _Text


class SaySplit(_Reasoned):
    """That a name, with what was said under it, is a thing of its own."""

    action: Literal["split"]
    name: _Text


class TakeBack(_Signed):
    """That a decision is taken back: all is as it was without it."""

    action: Literal["undo"]
    number: Annotated[int, Field(ge=1, le=_MOST)]


Decision = Annotated[
    SayState | SayClear | SayName | SayType | SayDate | SaySpeaker | SayPair | SayMerge | SaySplit | TakeBack,
    Field(discriminator="action"),
]


class CorrectInput(TypedDict):
    """What a person decides.

    Attributes:
        decision: its `action` says of which form it is. One value, so that on a thread that is used again
            nothing is left of the decision before.
    """

    decision: Decision


class CorrectOutput(TypedDict):
    """What became of it.

    Attributes:
        number: what it is called by, and taken back by; None where nothing had to be decided.
        kind: state, name, type, date, speaker, merge, apart or split.
        status: decided, known (it is so already, nothing was done) or undone.
        told: what was decided, in words.
        by: who decided.
        moved: the states that it moved: entity, field, from, to.
    """

    number: int | None
    kind: str
    status: str
    told: str
    by: str
    moved: list[dict[str, Any]]


class CorrectState(CorrectInput, CorrectOutput, total=False):
    """All channels.

    Attributes:
        workspace: whose memory it is about; a thread that holds it goes when something there is forgotten.
    """

    workspace: str
