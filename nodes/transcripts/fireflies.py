"""Fireflies' transcript as its GraphQL interface gives it (docs.fireflies.ai, Transcript schema)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from nodes.errors import InputError
from nodes.transcript import Participant
from nodes.transcripts.dates import parse_date
from nodes.transcripts.json_objects import mapping_of, objects_of, read_json, seconds_of, text_of
from nodes.transcripts.layout import Document, Layout, Reading, Turn

_SENTENCES = re.compile(r'"sentences"\s*:\s*\[')

_WORDS = ("text", "raw_text", "sentence")


def _matches(document: Document) -> float:
    return 0.95 if document.text.lstrip()[:1] == "{" and _SENTENCES.search(document.text) else 0.0


def _parse(document: Document) -> Reading:
    transcript = _transcript(document)
    turns: list[Turn] = []
    for sentence in objects_of(transcript.get("sentences")):
        speaker = text_of(sentence.get("speaker_name")) or _numbered(sentence.get("speaker_id"))
        text = next((words for key in _WORDS if (words := text_of(sentence.get(key)))), "")
        start, end = seconds_of(sentence.get("start_time")), seconds_of(sentence.get("end_time"))
        turns.append(Turn(speaker, text, start, end))
    if not any(turn.speaker for turn in turns):
        raise InputError(
            f"{document.name} has no sentences that say who speaks; export the transcript again."
        )
    people = _people(transcript)
    listed = tuple(dict.fromkeys(person.name for person in people))
    return Reading(
        "fireflies_graphql_json",
        tuple(turns),
        text_of(transcript.get("title")) or None,
        _date(transcript),
        listed,
        _unread(document, transcript),
        people,
        text_of(transcript.get("id"))[:200] or None,
    )


def _transcript(document: Document) -> Mapping[str, object]:
    """The object that has the sentences: the whole, or as the interface wraps it."""
    whole = mapping_of(read_json(document))
    data = mapping_of(whole.get("data"))
    inner = (data.get("transcript"), whole.get("transcript"), data, whole)
    found = next((one for one in map(mapping_of, inner) if isinstance(one.get("sentences"), list)), None)
    if found is None:
        raise InputError(
            f'{document.name} has no list of "sentences"; export the transcript from Fireflies again.'
        )
    return found


def _numbered(speaker_id: object) -> str | None:
    return (
        f"Speaker {speaker_id}" if isinstance(speaker_id, int) and not isinstance(speaker_id, bool) else None
    )


def _date(transcript: Mapping[str, object]) -> tuple[datetime, bool] | None:
    stamp = transcript.get("dateString") or transcript.get("date")
    try:
        if isinstance(stamp, str):
            return parse_date(stamp)
        if isinstance(stamp, int | float) and 0 < stamp < 7e12:  # milliseconds since 1970, until 2191
            return datetime.fromtimestamp(stamp / 1000, UTC), True
    except InputError:
        return None
    return None


def _people(transcript: Mapping[str, object]) -> tuple[Participant, ...]:
    roles = {
        text_of(transcript.get(key)): role
        for key, role in (("organizer_email", "organizer"), ("host_email", "host"))
    }
    people: dict[str, Participant] = {}
    for attendee in objects_of(transcript.get("meeting_attendees")):
        email = text_of(attendee.get("email"))
        name = text_of(attendee.get("displayName")) or text_of(attendee.get("name")) or email
        if name:
            people[email or name] = Participant(name, email or None, roles.get(email) if email else None)
    invited = transcript.get("participants")
    for address in cast(list[object], invited) if isinstance(invited, list) else []:
        for email in text_of(address).split(","):
            if email.strip():
                people.setdefault(
                    email.strip(), Participant(email.strip(), email.strip(), roles.get(email.strip()))
                )
    return tuple(people.values())


def _unread(document: Document, transcript: Mapping[str, object]) -> tuple[str, ...]:
    summary = mapping_of(transcript.get("summary"))
    if not any(summary.values()):
        return ()
    return (
        f"{document.name}: its summary was written by the notetaker and not said; "
        "the transcript was read, the summary was not.",
    )


LAYOUT = Layout(("fireflies_graphql_json",), _matches, _parse)
