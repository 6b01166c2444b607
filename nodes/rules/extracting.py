"""Extraction by rules: what a meeting says outright, read by a small grammar and no model.

It says little: named things, explicit statements about them, decisions and promises, each with the words that
were spoken. It depends on nothing but the meeting itself, so the order in which meetings arrive is no matter.
"""

from collections.abc import Collection, Sequence

from nodes.names import LONGEST_NAME
from nodes.rules.clauses import Cast, Marked, marked
from nodes.rules.fields import OwnFields, own_observations
from nodes.rules.names import key_of, things_of
from nodes.rules.people import outsiders_of, people_of
from nodes.rules.reading import Reader, subjects_of
from nodes.rules.sentences import sentences_of
from nodes.schemas import ExtractedEntity, MeetingExtraction
from nodes.transcript import Utterance

__all__ = ["OwnFields", "extract"]


def extract(
    utterances: Sequence[Utterance],
    *,
    participants: Sequence[str],
    title: str | None,
    own: OwnFields | None = None,
    imported: Collection[str] = (),
) -> MeetingExtraction:
    """What the utterances say outright.

    Args:
        utterances: the meeting, in order.
        participants: names of those listed as present, also of those who did not speak.
        title: the meeting's name; a meeting is no thing of its own, so its name is not taken for one.
        own: the fields of the workspace's own profile, which are read besides the built-in ones.
        imported: names that people imported; the codes among them are known however they are said.

    Returns:
        Entities (people first), observations, relations and memories. Every quote occurs word for word in the
        utterance that it cites, and every name used is among the entities. Values are the words as said;
        people are given by their full names. The same arguments always give the same result.
    """
    sentences = [
        sentence
        for utterance in utterances
        if not _is_reaction(utterance)
        for sentence in sentences_of(utterance)
    ]
    speakers = [utterance.speaker for utterance in utterances if utterance.speaker]
    people = people_of(sentences, speakers, participants)
    named = [thing for thing in things_of(sentences, people, imported) if len(thing.name) <= LONGEST_NAME]
    heading = key_of((title or "").split())
    things = [
        thing
        for thing in named
        if thing.type != "person"
        and heading not in thing.keys
        and not (own and own.names_a_value(thing.name))
    ]
    present = len(people)
    people += outsiders_of(people, [thing.name for thing in named if thing.type == "person"])
    cast = Cast.of(people, things)
    read = [marked(sentence, cast) for sentence in sentences]
    more = subjects_of(read, cast)
    if more:
        cast = Cast.of(people, [*things, *more])
        read = [marked(sentence, cast) for sentence in sentences]
    reader = Reader(cast)
    reader.read(read)
    reader.observations += own_observations(read, cast, own) if own else []
    entities = _entities(cast, read, reader, present)
    return MeetingExtraction(
        memories=reader.memories,
        entities=entities,
        observations=reader.observations,
        relations=reader.relations,
    )


def _is_reaction(utterance: Utterance) -> bool:
    """Whether it is a chat tool's own line about somebody's reaction."""
    return utterance.channel == "chat" and utterance.text.startswith(("Reacted to ", "Removed a "))


def _entities(cast: Cast, read: Sequence[Marked], reader: Reader, present: int) -> list[ExtractedEntity]:
    """People and things with the utterances that name them.

    The first `present` people were there and are listed in any case. A thing that is named once only, and of
    which nothing is said, must look like a name by its form: recognised speech is full of chance capitals.
    """
    used = {seen.entity for seen in reader.observations}
    used |= {end for link in reader.relations for end in (link.source, link.target)}
    used |= {name for memory in reader.memories for name in memory.entities}
    people: dict[int, dict[int, None]] = {}
    things: dict[int, dict[int, None]] = {}
    for sentence in read:
        ordinal = sentence.sentence.utterance.ordinal
        for number in sentence.people:
            people.setdefault(number, {})[ordinal] = None
        for number in sentence.things:
            things.setdefault(number, {})[ordinal] = None
    found = [
        ExtractedEntity(name=person.name, type="person", utterances=list(people.get(number, ())))
        for number, person in enumerate(cast.people)
        if number < present or number in people
    ]
    found += [
        ExtractedEntity(name=thing.name, type=thing.type, utterances=list(things[number]))
        for number, thing in enumerate(cast.things)
        if number in things
        and (thing.name in used or (not thing.tentative and (thing.certain or len(things[number]) > 1)))
    ]
    known = {entity.name for entity in found}
    found += [
        ExtractedEntity(name=name, type="person", utterances=sorted(places))
        for name, places in sorted(reader.named.items())
        if name not in known
    ]
    return found
