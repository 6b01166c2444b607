"""What must hold of every extraction, whatever was said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.profiles.reading import shipped_profile
from nodes.rules.extracting import OwnFields, extract
from nodes.rules.sentences import MAX_SENTENCE_TOKENS, sentences_of
from nodes.schemas import MeetingExtraction
from nodes.transcript import Utterance
from tests.rules.meetings import PARTICIPANTS
from tests.rules.test_statements import SAYS, SAYS_NOTHING

_PIECES = [
    "The Checkout Redesign",
    "Billing API",
    "PAY-142",
    "EIP 7805",
    "7, 8, 0, 5",
    "is blocked by",
    "is done",
    "let's move",
    "to CFI",
    "DFI",
    "for Marina",
    "it's",
    "we decided to",
    "I'll send",
    "Priya",
    "Tom Becker",
    "owns",
    "by Friday",
    "about sixty percent",
    "!",
    "?",
    ".",
    ",",
    "and",
    "because",
    "if",
    "um",
    '"',
    "“Blue Whale”",
    "'s",
    "the the",
    'Replying to "',
    "\ue0000\ue001",
    "ﬁ",
    "İ",
    "ǅ",
    "٣",
    "½",
]
_TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join),
    st.sampled_from([sentence for sentence, _ in SAYS] + SAYS_NOTHING),
)
_SPEAKERS = st.one_of(
    st.none(), st.sampled_from([*PARTICIPANTS, "Speaker 1", "", " ", "|", "(x)"]), st.text(max_size=9)
)


@st.composite
def meetings(draw: st.DrawFn) -> list[Utterance]:
    """Meetings of any text by anybody, spoken or written."""
    rows = draw(st.lists(st.tuples(_SPEAKERS, _TEXTS, st.sampled_from(["speech", "chat"])), max_size=8))
    return [
        Utterance(ordinal, speaker, " ".join(text.split()), channel=channel)  # pyright: ignore[reportArgumentType]
        for ordinal, (speaker, text, channel) in enumerate(rows)
    ]


_PROFILE = shipped_profile("standards")


def _read(utterances: list[Utterance]) -> MeetingExtraction:
    own = OwnFields.of(_PROFILE, {"inclusion_status": ["Marina"]})
    return extract(utterances, participants=PARTICIPANTS, title=None, own=own, imported=["RFC-4117"])


@settings(max_examples=200, deadline=None)
@given(meetings())
def test_every_extraction_is_sound(utterances: list[Utterance]) -> None:
    found = _read(utterances)
    names = {entity.name for entity in found.entities}
    assert len(names) == len(found.entities)
    assert {entity.type for entity in found.entities} <= set(_PROFILE.types)
    places = range(len(utterances))
    for entity in found.entities:
        assert entity.utterances == sorted(set(entity.utterances))
        assert all(place in places for place in entity.utterances)
    for seen in found.observations:
        assert seen.entity in names
        assert seen.field in _PROFILE.fields
        assert seen.quote
        assert seen.quote in utterances[seen.utterance].text
        assert seen.speaker == utterances[seen.utterance].speaker
        assert (seen.value is None) <= (seen.op in {"clear", "resolve"})
        if seen.field == "owner" and seen.value is not None:
            assert seen.value in names
    for link in found.relations:
        assert {link.source, link.target} <= names
        assert link.quote in utterances[link.utterance].text
    for memory in found.memories:
        assert memory.quote is not None
        assert memory.quote in utterances[memory.first_utterance].text
        assert memory.first_utterance <= memory.last_utterance
        assert memory.last_utterance in places
        assert set(memory.entities) <= names


@settings(max_examples=60, deadline=None)
@given(meetings())
def test_the_same_meeting_gives_the_same_extraction(utterances: list[Utterance]) -> None:
    assert _read(utterances) == _read(list(utterances))


_SMALL_TALK = [
    "yeah",
    "okay, great",
    "mm-hmm",
    "it's raining again",
    "can you hear me?",
    "no",
    "haha",
    "that's fair",
]
_STATEMENTS = [sentence for sentence, _ in SAYS]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(_STATEMENTS), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(_SMALL_TALK)), max_size=6),
)
def test_small_talk_in_between_changes_nothing_of_what_is_said(
    statements: list[str], asides: list[tuple[int, str]]
) -> None:
    def said(lines: list[str]) -> list[tuple[str, str, str | None, str]]:
        found = _read([Utterance(place, PARTICIPANTS[0], line) for place, line in enumerate(lines)])
        return [(seen.entity, seen.field, seen.value, seen.quote) for seen in found.observations]

    mixed = list(statements)
    for place, aside in asides:
        mixed.insert(min(place, len(mixed)), aside)
    assert said(mixed) == said(statements)


_HOSTILE = [
    "so " * 4000 + "the Billing API",
    "The " + "Big Red " * 2000 + "is done",
    "Billing API and " * 1500 + "are done",
    '"' * 6000,
    "the remote control unit " * 1500,
    "I own the " * 2000,
    "a" * 50_000,
    "7, 8, 0, 5, " * 1500 + "EIP-7805",
    "Nora, " * 2000,
    " ".join(f"EIP-{number:04d}." for number in range(3000)),
]


def test_no_pattern_ever_sees_more_than_a_bounded_sentence() -> None:
    for text in _HOSTILE:
        utterance = Utterance(0, "Nora Lindqvist", text)
        assert all(len(sentence.tokens) <= MAX_SENTENCE_TOKENS for sentence in sentences_of(utterance))
        assert _read([utterance]).observations == []


def test_names_without_number_are_no_burden() -> None:
    lines = [f"The Blue{place} Whale{place} is done and PAY-{place} is closed." for place in range(1000)]
    utterances = [Utterance(place, "Nora Lindqvist", line) for place, line in enumerate(lines)]
    found = _read(utterances)
    assert len(found.observations) == 2000
