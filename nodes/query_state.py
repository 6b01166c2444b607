"""What the query graph takes, keeps and gives; plain JSON types throughout, and small."""

from typing import Annotated, Literal, NotRequired

from langchain_core.messages import AnyMessage
from langgraph.channels import EphemeralValue
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from nodes.schemas import Intent, RelationType
from stores.histories import RelationReading, TransitionReading
from stores.readings import CountRow, MeetingRow, StatementRow
from stores.recall import MemoryReading, UtteranceReading
from stores.sayings import Attendance, Saying, Theme, Turn

Confidence = Literal["high", "medium", "low"]
TrackedAsks = Literal["state", "moved", "when", "history"]
ClaimKind = Literal["is", "was", "became", "ended", "count"]


class Exchange(Turn):
    """A turn that sounds like a decision, a task or a problem; `first` is where what it answers begins."""

    first: int


MeasureKind = Literal["count", "share", "duration"]
MeasureBy = Literal[
    "meeting", "day", "week", "month", "quarter", "year", "owner", "status", "type", "field", "thing"
]


class Measure(TypedDict):
    """What is counted (`what`), grouped (`by`), and whether only the largest groups are asked for.

    `share` is how many of all things have the status asked about, `duration` for how long they had it.
    """

    kind: MeasureKind
    what: str
    by: MeasureBy | None
    is_top: bool


class RelationAsked(TypedDict):
    """Which relations a question asks for, seen from the things it names: leading `out` of them or `in`."""

    types: list[RelationType]
    direction: Literal["out", "in", "both"]
    steps: Literal[1, 2]


class Figure(TypedDict):
    """One number that was computed, and what it is of: a month, a person, a meeting; "" is all of it."""

    label: str
    number: int


class PlanEntity(TypedDict):
    """An entity that the question names, and the words by which it does."""

    id: str
    name: str
    type: str
    given: str


class Tracked(TypedDict):
    """What a question asks about a field of the workspace's own profile; key and value "" and None are any.

    `asks`: how it stands (state), what reached the value (moved), when, or the history.
    """

    field: str
    key: str
    value: str | None
    asks: TrackedAsks


class Plan(TypedDict):
    """What a question asks for, resolved against the workspace; times are ISO 8601.

    `start` and `end` bound the meetings that count (both inclusive), `as_of` the states; `since_meeting`
    is the meeting that `start` stands for, itself left out. `fields` narrows to state fields, `asked` is the
    value asked for ("is it done?"). `unknown` are names that nothing bears, `suggestions` who nearly does.
    `aggregation` says what is counted or listed, `topics` what is spoken of, where a question is about that
    (`nodes.questions.forms`), `measure` what is computed, `relation` which links are asked for, `tracked`
    what is asked about a field of the workspace's own profile; `now` is when it was asked (or the caller's
    as-of date).
    """

    intent: Intent
    question: str
    standalone_question: str
    entities: list[PlanEntity]
    people: list[PlanEntity]
    meetings: list[str]
    start: str | None
    end: str | None
    as_of: str | None
    since_meeting: str | None
    span: str | None
    fields: list[str]
    asked: str | None
    unknown: list[str]
    suggestions: list[str]
    aggregation: str | None
    topics: list[str]
    measure: Measure | None
    relation: RelationAsked | None
    tracked: Tracked | None
    now: str


class Evidence(TypedDict):
    """Words in a meeting, as a draft cites them."""

    memory_id: str | None
    meeting_id: str
    version_id: str
    title: str
    date: str
    speaker: str | None
    start: float | None
    utterances: list[int]
    quote: str


class Claim(TypedDict):
    """What a sentence says of a state or a number, in a form that can be checked.

    `is`: the value holds at the time asked; `was`: it held before; `became` and `ended`: the transition to
    it, and from it, at `at`; `count`: `value` is how many `field` (a channel of the state) holds.
    """

    kind: ClaimKind
    entity_id: str
    entity: str
    field: str
    key: str
    value: str
    at: str | None


class Sentence(TypedDict):
    """One sentence, the evidence it rests on (numbers from 1), and what it claims.

    `part` is the place of the part of the question that it answers, 0 (and left out) for the first. One that
    `is_free` was worded by a model: what it claims is read from its words.
    """

    text: str
    citations: list[int]
    claims: list[Claim]
    part: NotRequired[int]
    is_free: NotRequired[bool]


class Draft(TypedDict):
    """An answer before it is checked. When it is not `known`, `sentences` says what is missing, and the
    evidence is the nearest there is. `missing` says of which parts of the question nothing is known, where
    something is of others."""

    sentences: list[Sentence]
    evidence: list[Evidence]
    known: bool
    confidence: Confidence
    missing: NotRequired[list[str]]


class Citation(TypedDict):
    """Words in a meeting that an answer rests on; `start` in seconds from the start of the recording."""

    memory_id: str | None
    meeting_id: str
    title: str
    date: str
    speaker: str | None
    start: float | None
    utterances: list[int]
    quote: str


class RelevantEntity(TypedDict):
    """An entity that the answer is about: its state at the time asked, and since when it is as it is."""

    id: str
    name: str
    type: str
    state: dict[str, str]
    since: str | None
    as_of: str | None


class QueryInput(TypedDict, total=False):
    """A question, or the messages of a conversation whose last one asks."""

    question: Annotated[str, EphemeralValue]
    messages: Annotated[list[AnyMessage], add_messages]


class QueryOutput(TypedDict):
    """The answer, whether it is known, and everything it rests on."""

    answer: str
    known: bool
    citations: list[Citation]
    supporting_memories: list[str]
    relevant_entities: list[RelevantEntity]
    intent: Intent
    confidence: Confidence
    degraded: bool
    messages: Annotated[list[AnyMessage], add_messages]


class QueryState(TypedDict, total=False):
    """All channels. `plan` stays in the thread, so that the next question can refer to it; `workspace` stays
    too, and a thread keeps to it. `answer_key` is what the answer will be kept under, "" for not at all.
    `further` are the further parts of a question that asks several things, each with its own plan and with
    what was recalled for it, in the channels of the same names."""

    workspace: str
    question: Annotated[str, EphemeralValue]
    messages: Annotated[list[AnyMessage], add_messages]
    answer_key: str
    plan: Plan
    further: "list[QueryState]"
    memories: list[MemoryReading]
    entities: list[PlanEntity]
    states: list[TransitionReading]
    transitions: list[TransitionReading]
    relations: list[RelationReading]
    statements: list[StatementRow]
    counts: list[CountRow]
    figures: list[Figure]
    frequencies: dict[str, int]
    sayings: list[Saying]
    attendance: list[Attendance]
    themes: list[Theme]
    introductions: list[Turn]
    exchanges: list[Exchange]
    meeting_rows: list[MeetingRow]
    surroundings: list[UtteranceReading]
    draft: Draft
    answer: str
    known: bool
    citations: list[Citation]
    supporting_memories: list[str]
    relevant_entities: list[RelevantEntity]
    intent: Intent
    confidence: Confidence
    degraded: bool
