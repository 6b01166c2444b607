"""What a meeting was about: which of its words a model is shown, and what of its summary is kept."""

import re
from collections.abc import Sequence

from nodes.extraction import folded
from nodes.schemas import MeetingSummary
from stores.knowledge import MentionRow, SummaryRow
from stores.records import Source, Utterance

SHOWN_WORDS = 2_000  # of the longest meeting: its windows are shown besides, and all is paid
_MOST_TOPICS = 8
_LONGEST_TOPIC = 80  # characters
_PLAIN_QUOTES = str.maketrans("“”", '""')  # answers set what is said of a meeting in the other ones
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_NAME_OR_NUMBER = re.compile(r"(?<![^\W_])(?:[A-Z][\w’'-]*|\d+(?:[.,]\d+)*)")
_WORD = re.compile(r"\w{3,}")


def shown_for_summary(source: Source) -> str:
    """The meeting as the model sees it for its summary; of a long one the turns that say most."""
    heading = f"Meeting: {source.title}\nDate: {source.date:%A} {source.date.isoformat()}\n"
    told = _telling(source.utterances)
    left_out = len(source.utterances) - len(told)
    note = f"{left_out} short turns are left out.\n" if left_out else ""
    turns = (f"{utterance.speaker or 'unknown'}: {utterance.text}" for utterance in told)
    return "\n".join([heading + note, *turns])


def grounded(summary: MeetingSummary, source: Source) -> SummaryRow:
    """The sentences whose names and numbers occur in the meeting, and the topics of which a word does."""
    said = folded(" ".join([source.title, *source.participants, *(one.text for one in source.utterances)]))
    kept = [
        sentence
        for sentence in _SENTENCES.split(" ".join(summary.summary.translate(_PLAIN_QUOTES).split()))
        if all(folded(found[0]) in said for found in _claims(sentence))
    ]
    topics = [" ".join(topic.split()) for topic in summary.topics]
    return SummaryRow(
        summary=" ".join(kept) or None,
        topics=[
            topic
            for topic in dict.fromkeys(topics)
            if len(topic) <= _LONGEST_TOPIC and any(word in said for word in _WORD.findall(folded(topic)))
        ][:_MOST_TOPICS],
        made_by="llm",
    )


def summary_by_rule(mentions: Sequence[MentionRow]) -> SummaryRow:
    """No sentences, and as topics the things named in most turns."""
    things = [mention for mention in mentions if mention["type"] != "person"]
    things.sort(key=lambda mention: (-len(mention["utterances"]), mention["name"]))
    return SummaryRow(summary=None, topics=[thing["name"] for thing in things[:_MOST_TOPICS]], made_by="rule")


def _claims(sentence: str) -> list[re.Match[str]]:
    """The names and numbers of a sentence; its first word has its capital from its place."""
    return [found for found in _NAME_OR_NUMBER.finditer(sentence) if found.start() or found[0][0].isdigit()]


def _telling(utterances: Sequence[Utterance]) -> list[Utterance]:
    """As many of the longest turns as SHOWN_WORDS hold, in their order."""
    room, kept = SHOWN_WORDS, list[Utterance]()
    for utterance in sorted(utterances, key=lambda one: (-len(one.text.split()), one.ordinal)):
        words = len(utterance.text.split())
        if words > room:
            break
        room -= words
        kept.append(utterance)
    return sorted(kept, key=lambda one: one.ordinal)
