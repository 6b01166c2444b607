"""What a reader of transcripts returns, a model or the rules: the schemas that recorded answers key on.

Their names and fields are fixed (design.md section 5); more fields may be added, optional.
"""

from typing import Annotated, Literal, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

MemoryKind = Literal["discussion", "decision", "action_item", "risk", "question", "fact"]
Operation = Literal["set", "clear", "add", "resolve"]
Stance = Literal["decided", "stated", "proposed"]
RelationType = Literal[
    "works_on",
    "reports_to",
    "depends_on",
    "blocks",
    "includes",
    "responsible_for",
    "collaborates_with",
    "relates_to",
]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExtractedMemory(_Schema):
    """A statement worth keeping, with the utterances that say it (ordinals, both inclusive)."""

    kind: MemoryKind
    content: str
    speaker: str | None = None
    first_utterance: int
    last_utterance: int
    entities: list[str] = Field(default_factory=list[str])
    owner: str | None = None
    due: str | None = None
    rationale: str | None = None
    supersedes: str | None = None
    quote: str | None = None


class ExtractedEntity(_Schema):
    """A named thing or person; `utterances` are the ordinals where it is named."""

    name: str
    type: str
    aliases: list[str] = Field(default_factory=list[str])
    description: str | None = None
    utterances: list[int] = Field(default_factory=list[int])


class ExtractedObservation(_Schema):
    """What was said about one field of one entity, with the words that say it."""

    entity: str
    field: str
    key: str | None = None
    op: Operation
    value: str | None = None
    stance: Stance
    quote: str
    utterance: int
    speaker: str | None = None


class ExtractedRelation(_Schema):
    """A typed, directed link between two named things."""

    source: str
    type: RelationType
    target: str
    quote: str
    utterance: int
    ended: bool = False


class MeetingExtraction(_Schema):
    """Everything drawn from one window of a meeting, or from the whole."""

    memories: list[ExtractedMemory] = Field(default_factory=list[ExtractedMemory])
    entities: list[ExtractedEntity] = Field(default_factory=list[ExtractedEntity])
    observations: list[ExtractedObservation] = Field(default_factory=list[ExtractedObservation])
    relations: list[ExtractedRelation] = Field(default_factory=list[ExtractedRelation])


class EntityMatch(_Schema):
    """Which of the offered entities a mention is, or none."""

    mention_id: str
    entity_id: str | None
    reason: str


class EntityMatches(_Schema):
    """A judgement on every mention that was offered."""

    matches: list[EntityMatch] = Field(default_factory=list[EntityMatch])


class StateComparison(_Schema):
    """Whether the second value of a pair says something else than the first."""

    pair_id: str
    has_changes: bool
    reason: str


class StateComparisons(_Schema):
    """A judgement on every pair that was offered."""

    comparisons: list[StateComparison] = Field(default_factory=list[StateComparison])


class MeetingSummary(_Schema):
    """What a meeting was about: some sentences, and its topics in a few words each."""

    summary: str
    topics: list[str] = Field(default_factory=list[str])


Intent = Literal[
    "status",
    "ownership",
    "timeline",
    "changes",
    "blockers",
    "decisions",
    "action_items",
    "relationship",
    "analytics",
    "search",
]


def _texts(given: object) -> object:
    """A list of texts out of whatever came instead of one, so that one odd part costs no whole plan."""
    if isinstance(given, list):
        return [str(item) for item in cast(list[object], given)]
    return [] if given is None else [str(given)]


def _text(given: object) -> str:
    return "" if given is None else str(given)


_Texts = Annotated[list[str], BeforeValidator(_texts)]
_Text = Annotated[str, BeforeValidator(_text)]
_NullableText = Annotated[str | None, BeforeValidator(lambda given: None if given is None else str(given))]


class QueryPlan(_Schema):
    """What a question asks for. Dates are ISO 8601; names are as the question says them.

    Each part is checked when it is used (`nodes.model_plan`), so that an unknown intent or an impossible date
    costs that part alone.
    """

    intent: Annotated[_Text, WithJsonSchema({"type": "string", "enum": list(get_args(Intent))})] = ""
    entities: _Texts = Field(default_factory=list[str])
    people: _Texts = Field(default_factory=list[str])
    start: _NullableText = None
    end: _NullableText = None
    as_of: _NullableText = None
    aggregation: _NullableText = None
    standalone_question: _Text = ""


class GroundedSentence(_Schema):
    """One sentence of an answer, and the numbers of the evidence that it rests on."""

    text: str
    citations: list[int] = Field(default_factory=list[int])


class GroundedAnswer(_Schema):
    """An answer made of sentences that point at their evidence; not `known` when there is none."""

    sentences: list[GroundedSentence] = Field(default_factory=list[GroundedSentence])
    known: bool
