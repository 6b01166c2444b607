"""From the pieces that an export is cut into to utterances, the units of evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nodes.transcript import Utterance
from nodes.transcripts.layout import Turn

MAX_GAP = 8.0
"""Seconds of silence, or of others' talk, after which the same speaker begins a new utterance.

In 26 recorded calls exported by Zoom (10,932 pairs of cues of one speaker in a row) 95 of 100 follow within
4 s and 98 within 8 s; the longer silences are mostly a wait, for someone to join or a screen to be shared."""

MAX_WORDS = 90
"""Words that an utterance grows to before the next cue begins a new one.

Half a minute of talk: a quote from it is found at a glance, and it fits whole into the 256 tokens of small
embedding models. Cues are never cut, so a single longer one stays as it is."""


def join_turns(turns: Iterable[Turn]) -> list[Turn]:
    """Join what one speaker says in consecutive cues. No word is lost or moved.

    Chat messages stay alone, and so does what nobody says at any time: the paragraphs of notes.

    A joined turn keeps the start of its first and the latest end of its cues. Turns without words are left
    out, and a speaker without a name is none.
    """
    joined: list[Turn] = []
    texts: list[list[str]] = []
    words = 0
    for turn in turns:
        own = turn.text.split()
        if not own:
            continue
        if turn.speaker is not None and not turn.speaker.strip():
            turn = replace(turn, speaker=None)
        if joined and _continues(joined[-1], turn) and words + len(own) <= MAX_WORDS:
            before = joined[-1]
            end = max((time for time in (before.end, turn.end) if time is not None), default=None)
            joined[-1] = Turn(before.speaker, "", before.start, end)
            texts[-1] += own
            words += len(own)
        else:
            joined.append(turn)
            texts.append(own)
            words = len(own)
    return [
        Turn(turn.speaker, " ".join(own), turn.start, turn.end, turn.channel)
        for turn, own in zip(joined, texts, strict=True)
    ]


def _continues(before: Turn, turn: Turn) -> bool:
    if before.channel != "speech" or turn.channel != "speech" or before.speaker != turn.speaker:
        return False
    if before.speaker is None and before.start is None:
        return False
    ended = before.end if before.end is not None else before.start
    return ended is None or turn.start is None or turn.start - ended <= MAX_GAP


def merge_by_time(speech: Sequence[Turn], chat: Sequence[Turn]) -> list[Turn]:
    """Put each chat message before the first utterance that begins after it.

    Speech keeps its order whatever its times; messages without a time, or later than everything, come last.
    """
    merged: list[Turn] = []
    waiting = sorted(chat, key=lambda turn: float("inf") if turn.start is None else turn.start)
    taken = 0
    for turn in speech:
        while taken < len(waiting) and turn.start is not None and _before(waiting[taken], turn.start):
            merged.append(waiting[taken])
            taken += 1
        merged.append(turn)
    return merged + waiting[taken:]


def _before(turn: Turn, time: float) -> bool:
    return turn.start is not None and turn.start < time


def number(turns: Iterable[Turn]) -> tuple[Utterance, ...]:
    """Utterances with their ordinals, from 0."""
    return tuple(
        Utterance(ordinal, turn.speaker, turn.text, turn.start, turn.end, turn.channel)
        for ordinal, turn in enumerate(turns)
    )
