"""What both readers of a window share: checking what was read against what was spoken, and staging it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Protocol, TypeVar

from nodes.dates import read_date
from nodes.schemas import ExtractedMemory, MeetingExtraction
from nodes.titles import with_titles
from nodes.vectors import embed_staged
from nodes.windows import Window
from stores import sources
from stores.ids import derived_id
from stores.ledger import Piece
from stores.opening import Stores
from stores.records import Source, Utterance

_READERS = {"llm": "extract", "rule": "extract_by_rule"}
_SPACE = re.compile(r"\s+")


class _Quoted(Protocol):
    @property
    def quote(self) -> str: ...
    @property
    def utterance(self) -> int: ...


Claim = TypeVar("Claim", bound=_Quoted)


def folded(text: str) -> str:
    """Text with white space and case folded, for finding a quote."""
    return _SPACE.sub(" ", text).strip().casefold()


def spoken(utterances: Sequence[Utterance]) -> Callable[[str, int, int], bool]:
    """A test whether a quote occurs in the utterances from first to last."""

    @cache
    def said(ordinal: int) -> str:
        return folded(utterances[ordinal].text)

    def occurs(quote: str, first: int, last: int) -> bool:
        if not 0 <= first <= last < len(utterances):
            return False
        wanted = folded(quote)
        return bool(wanted) and wanted in " ".join(map(said, range(first, last + 1)))

    return occurs


def verified(extraction: MeetingExtraction, utterances: Sequence[Utterance]) -> tuple[MeetingExtraction, int]:
    """The extraction without claims whose quote was not spoken where they say, and how many those were."""
    occurs = spoken(utterances)
    discarded = 0

    def kept(claims: Iterable[Claim]) -> list[Claim]:
        nonlocal discarded
        good: list[Claim] = []
        for claim in claims:
            if occurs(claim.quote, claim.utterance, claim.utterance):
                good.append(claim)
            else:
                discarded += 1
        return good

    memories: list[ExtractedMemory] = []
    for memory in extraction.memories:
        if occurs(memory.quote or memory.content, memory.first_utterance, memory.last_utterance):
            memories.append(memory)
        else:
            discarded += 1
    checked = extraction.model_copy(
        update={
            "memories": memories,
            "observations": kept(extraction.observations),
            "relations": kept(extraction.relations),
        }
    )
    return checked, discarded


def owned_by(extraction: MeetingExtraction, window: Window) -> MeetingExtraction:
    """The part of an extraction that lies in a window's own utterances."""

    def own(ordinal: int) -> bool:
        return window.own_first <= ordinal <= window.own_last

    return MeetingExtraction(
        memories=[memory for memory in extraction.memories if own(memory.first_utterance)],
        entities=[
            entity.model_copy(update={"utterances": [one for one in entity.utterances if own(one)]})
            for entity in extraction.entities
            if not entity.utterances or any(map(own, entity.utterances))
        ],
        observations=[observation for observation in extraction.observations if own(observation.utterance)],
        relations=[relation for relation in extraction.relations if own(relation.utterance)],
    )


async def stage_reading(
    stores: Stores,
    piece: Piece,
    source: Source,
    window: Window,
    extraction: MeetingExtraction,
    *,
    made_by: str,
    dropped: int = 0,
) -> None:
    """Stage what a reader drew from a window; the first reading of a window stays.

    Args:
        piece: whose work it is, for the ledger.
        dropped: how many claims could not be taken for their form; they are counted with the reading.
    """
    checked, discarded = verified(extraction, source.utterances)
    checked = with_titles(checked, source.utterances, window.own_first, window.own_last)
    reading = {
        "made_by": made_by,
        "discarded": discarded,
        "dropped": dropped,
        "extraction": checked.model_dump(),
    }
    await sources.put_items(stores.database, piece.scope, source.id, "extraction", {window.id: reading})
    await stage_statements(stores, piece, source, window.id)


async def stage_statements(stores: Stores, piece: Piece, source: Source, window_id: str) -> None:
    """Stage the statements of a window's reading as embedded memories.

    They are drawn from the reading as it is staged, so that whoever goes on after a kill, with other words
    of a model or other rules, adds nothing to it. In the ledger they are its reader's: after a kill another
    node may go on, and what is asked again would be counted beside what was.
    """
    place = (stores.database, piece.scope, source.id)
    staged = await sources.read_item(*place, "extraction", window_id)
    assert staged is not None
    statements = statements_of(source, staged)
    await sources.put_items(*place, "memory", statements)
    readers = replace(piece, node=_READERS[staged["made_by"]])
    await embed_staged(stores, readers, only=set(statements))


def statements_of(source: Source, staged: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The memories that a staged reading of a window makes, by id."""
    reading = MeetingExtraction.model_validate(staged["extraction"])
    return dict(_statement(source, memory, staged["made_by"]) for memory in reading.memories)


def _statement(source: Source, memory: ExtractedMemory, made_by: str) -> tuple[str, dict[str, Any]]:
    said = (memory.due or "").strip()
    due = read_date(said, meeting_day=source.date.date()) if said else None
    words = [f"{source.title} {source.date:%Y-%m-%d %B}", memory.kind.replace("_", " ")]
    words += [word for word in (memory.speaker, memory.owner, *memory.entities) if word]
    return (
        derived_id("memory", source.id, memory.kind, memory.first_utterance, folded(memory.content)),
        {
            "kind": memory.kind,
            "content": memory.content,
            "context": " ".join(words),
            "quote": memory.quote or memory.content,
            "speaker": memory.speaker,
            "first_utterance": memory.first_utterance,
            "last_utterance": memory.last_utterance,
            "owner": memory.owner,
            "due": memory.due,
            "due_date": due.isoformat() if due else None,
            "rationale": memory.rationale,
            "supersedes": memory.supersedes,
            "made_by": made_by,
            "entities": memory.entities,
        },
    )
