"""Making a meeting as people have put it right: its date and who spoke, with what was drawn from its words.

What was read in it is not read again; it is dated anew, values that depend on the day are read anew, and
turns go to who spoke them, with the "I" in them. The version that was handed in stays, so that a decision can
be undone and the meeting is as if it had never been made.
"""

from asyncio import to_thread
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from nodes.dates import read_date
from nodes.hand.deciding import Desk
from nodes.matching import relink_bare_names
from nodes.names import entity_key, normalised_name
from nodes.profiles.setting import retyped
from nodes.resolution import circle_of
from nodes.windows import discussion_memories
from stores import corrected, decisions, forgetting, knowledge, profiles
from stores.database import Row
from stores.decisions import Decision
from stores.ids import derived_id
from stores.knowledge import AliasRow, EntityRow, LinkRow, MentionRow, Resolution
from stores.records import Source, Utterance

_PERSON = "person"


def put_right(handed_in: Source, made: Iterable[Decision]) -> Source:
    """A meeting as people have decided that it was, in the order of the decisions."""
    source = handed_in
    for decision in made:
        details = decision.details
        if details.get("meeting_id") != handed_in.meeting_id:
            continue
        if decision.kind == "date":
            moment = datetime.fromisoformat(details["date"])
            source = replace(source, date=moment, date_has_time=details["has_time"])
        if decision.kind == "speaker":
            turns = tuple(_spoken(turn, details) for turn in source.utterances)
            source = replace(source, utterances=turns)
    return replace(source, participants=_participants(handed_in, source))


async def is_put_right(desk: Desk, meeting_id: str) -> bool:
    """Whether a decision on the date or the speakers of a meeting is in force."""
    return any(
        one.kind in ("date", "speaker") and one.details.get("meeting_id") == meeting_id
        for one in await decisions.in_force(desk.connection, desk.scope)
    )


async def make_as_decided(desk: Desk, meeting_id: str) -> set[str]:
    """Make the meeting anew from what was handed in and the decisions in force; gives the touched entities.

    The caller folds them, and binds the names of the meeting again.
    """
    connection, scope = desk.connection, desk.scope
    versions = await corrected.versions_of(connection, scope, meeting_id)
    if versions is None:
        return set()
    current_id, base_id = versions
    base = await forgetting.version(connection, scope, base_id)
    source = put_right(base, await decisions.in_force(connection, scope))
    times = await corrected.times_copied(connection, scope, base_id)
    source = replace(source, id=derived_id("corrected", base_id, times))
    touched = await knowledge.entities_of_version(connection, scope, current_id)
    await knowledge.retract_version(connection, scope, current_id)
    await corrected.copy_version(
        connection,
        scope,
        id=source.id,
        base_id=base_id,
        current_id=current_id,
        base_date=base.date,
        date=source.date,
        date_has_time=source.date_has_time,
        participants=source.participants,
    )
    await _give_turns(desk, base, source)
    await _read_anew(desk, base, source)
    touched |= await knowledge.entities_of_version(connection, scope, source.id)
    return touched | await relink_bare_names(connection, scope, source)


def _spoken(turn: Utterance, details: Mapping[str, Any]) -> Utterance:
    """A turn as a decision on speakers has it."""
    if (turn.speaker or "").casefold() != details["label"].casefold():
        return turn
    place = details["utterance"]
    if place is not None and (turn.ordinal != place or not turn.text.startswith(details["begins"])):
        return turn
    return replace(turn, speaker=details["name"])


def _participants(before: Source, after: Source) -> tuple[str, ...]:
    """Who took part: those who speak, in the place of whom they were taken for, and those only listed."""
    spoke = {turn.speaker for turn in before.utterances}
    instead: dict[str, list[str]] = {}
    for was, now in zip(before.utterances, after.utterances, strict=True):
        if was.speaker and now.speaker:
            instead.setdefault(was.speaker, []).append(now.speaker)
    found: list[str] = []
    for name in before.participants:
        found += instead.get(name, [] if name in spoke else [name])
    return tuple(dict.fromkeys(found))


async def _give_turns(desk: Desk, base: Source, source: Source) -> None:
    """Write who spoke the turns that somebody else was taken to have spoken."""
    connection, scope = desk.connection, desk.scope
    changed = [
        (was, now)
        for was, now in zip(base.utterances, source.utterances, strict=True)
        if was.speaker != now.speaker
    ]
    if not changed:
        return
    names = {turn.speaker for pair in changed for turn in pair if turn.speaker}
    ids = {name: await _mention_of(desk, source, name) for name in sorted(names)}
    changes = [
        {
            "ordinal": was.ordinal,
            "was": was.speaker,
            "was_id": ids.get(was.speaker or ""),
            "speaker": now.speaker,
            "mention_id": ids.get(now.speaker or ""),
        }
        for was, now in changed
    ]
    await corrected.set_speakers(connection, scope, source.id, changes)
    places: dict[str, list[int]] = {}
    for name, mention in ids.items():
        person = await corrected.person_named(connection, scope, source.id, normalised_name(name))
        known = set(person[1]) if person else set[int]()
        lost = {was.ordinal for was, _ in changed if was.speaker == name and not _names(was.text, name)}
        spoken = {turn.ordinal for turn in source.utterances if turn.speaker == name}
        places[mention] = sorted(known - lost | spoken)
    await corrected.set_utterances(connection, scope, source.id, places)


async def _mention_of(desk: Desk, source: Source, name: str) -> str:
    """The version's mention of a person, made where there is none."""
    known = await corrected.person_named(desk.connection, desk.scope, source.id, normalised_name(name))
    if known is not None:
        return known[0]
    key = entity_key(name, _PERSON, scope=circle_of(source))
    mention, entity = derived_id("mention", source.id, key), derived_id("entity", desk.scope, key)
    normalised = normalised_name(name)
    resolution = Resolution(
        entities=[EntityRow(id=entity, name=name, type=_PERSON)],
        mentions=[MentionRow(id=mention, name=name, normalised=normalised, type=_PERSON, utterances=[])],
        links=[
            LinkRow(
                id=derived_id("link", mention, entity),
                mention_id=mention,
                entity_id=entity,
                decided_by="name",
                score=1.0,
            )
        ],
        aliases=[
            AliasRow(
                entity_id=entity, normalised=normalised, name=name, source="participant", bearer=normalised
            )
        ],
        observations=[],
        relations=[],
        memory_mentions=[],
    )
    await knowledge.insert_resolution(desk.connection, desk.scope, source.id, resolution)
    return mention


def _names(text: str, name: str) -> bool:
    return f" {normalised_name(name)} " in f" {normalised_name(text)} "


async def _read_anew(desk: Desk, base: Source, source: Source) -> None:
    """Write what depends on the day and on who spoke: values, due dates, and the words around memories."""
    connection, scope = desk.connection, desk.scope
    said = await corrected.values_of(connection, scope, source.id)
    dated = ({**row, "meeting_date": source.date} for row in said)
    values = [value for row in dated if (value := retyped(row, desk.profile)) is not None]
    await profiles.retype_values(connection, scope, values)
    memories = await to_thread(list, discussion_memories(source))
    await corrected.set_discussions(connection, scope, source.id, [memory for _, memory in memories])
    statements = await corrected.statements_of(connection, scope, source.id)
    await corrected.set_statements(
        connection, scope, [_statement(row, base, source, source.utterances) for row in statements]
    )


def _statement(
    row: Row, base: Source, source: Source, turns: Sequence[Utterance]
) -> tuple[str, str, date | None]:
    """A statement's context and due date, on the meeting's day and with who spoke."""
    old, new = (f"{one.title} {one.date:%Y-%m-%d %B}" for one in (base, source))
    context: str = row["context"]
    if context.startswith(old):
        context = new + context[len(old) :]
    place = int(row["first_utterance"])
    was, now = base.utterances[place].speaker, turns[place].speaker
    if was and now and was != now:
        context = context.replace(was, now)
    due = read_date(row["due"], meeting_day=source.date.date()) if row["due"] else None
    return row["id"], context, due
