"""Correcting a state: an observation decided by a person, folded where it belongs in the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nodes.errors import InputError
from nodes.hand.deciding import Decided, Desk, Draft, mentioned, worded
from nodes.hand.lines import check_value
from nodes.hand.subjects import Subject, entity_called, meeting_called
from nodes.profiles.profile import Profile, same_key
from nodes.schemas import ExtractedObservation, Operation
from nodes.transcripts import parse_date
from nodes.wording import folded
from stores import decisions
from stores.database import Row
from stores.decisions import Decision


@dataclass(frozen=True, slots=True)
class Correction:
    """How a field of an entity stands, as a person says it.

    Attributes:
        entity: a name, or an id.
        field: or another name of it.
        value: None clears the field; of a set, an item.
        key: of a keyed field.
        resolve: of a set, take the item away.
        date: from when it holds, ISO 8601; a date alone: that day, in place of what its meetings said of the
            field. Default: now.
        meeting: in place of what this meeting said of the field; id, key or title. Not with `date`.
        why: the reason, in words.
    """

    entity: str
    field: str
    value: str | None
    key: str | None = None
    resolve: bool = False
    date: str | None = None
    meeting: str | None = None
    why: str | None = None


async def correct_field(desk: Desk, given: Correction, *, by: str) -> Decided:
    """Write a correction; one that is in force already, and decides the state, is known.

    Raises:
        InputError: it cannot be used: the value, the date, or a name that means several.
        NotFoundError: there is no such entity or meeting.
    """
    if given.date is not None and given.meeting is not None:
        raise InputError("give a date or a meeting, not both")
    subject = await entity_called(desk.database, desk.connection, desk.scope, given.entity)
    meeting = None
    if given.meeting is not None:
        meeting = await meeting_called(desk.connection, desk.scope, given.meeting)
    draft = _draft(desk.profile, given, subject, meeting, by)
    known = await _in_force(desk, subject, draft)
    if known is not None:
        return Decided(known.number, "state", "known", known.told, known.by)
    return await desk.write(draft)


def _draft(profile: Profile, given: Correction, subject: Subject, meeting: Row | None, by: str) -> Draft:
    field = profile.field_called("_".join(given.field.strip().casefold().replace("-", " ").split()))
    if field not in profile.fields:
        raise InputError(f'"{given.field}" is no field: give one of {", ".join(profile.fields)}')
    op = _operation(profile, field, given)
    date, has_time = datetime.now(UTC), True
    if meeting is not None:
        date, has_time = meeting["date"], meeting["date_has_time"]
    elif given.date is not None:
        date, has_time = parse_date(given.date)
    key = (given.key or "").strip() or None
    value = (given.value or "").strip() or None
    if key and not profile.spec_of(field).keyed_by:
        raise InputError(f"the field {field} takes no key")
    check_value(profile, field, op, value, key=key, date=date)
    mention, series = mentioned(subject)
    told = worded(_told(subject.name, f"{field}[{key}]" if key else field, op, value), given.why)
    details: dict[str, Any] = {
        "subjects": [subject.stands_with],
        "entity": mention.name,
        "type": mention.type,
        "field": field,
        "key": key,
        "op": op,
        "value": value,
        "date": date.isoformat() if given.date is not None else None,
        "meeting_id": meeting["id"] if meeting is not None else None,
    }
    says = ExtractedObservation(
        entity=mention.name,
        field=field,
        key=key,
        op=op,
        value=value,
        stance="decided",
        quote=told,
        utterance=0,
    )
    return Draft(
        kind="state",
        told=told,
        by=by,
        details=details,
        date=date,
        has_time=has_time,
        about=[mention],
        says=[says],
        series=series,
        subject=subject,
        in_meeting=details["meeting_id"],
    )


def _operation(profile: Profile, field: str, given: Correction) -> Operation:
    is_set = profile.spec_of(field).kind == "set"
    if given.resolve:
        return "resolve"
    if given.value is None:
        return "clear"
    return "add" if is_set else "set"


def _told(entity: str, field: str, op: Operation, value: str | None) -> str:
    match op:
        case "set":
            return f"{field} of {entity} is {value}"
        case "add":
            return f"{field} of {entity}: {value}"
        case "resolve":
            return f"{field} of {entity}: {value} is resolved"
        case "clear":
            return f"{field} of {entity} has no value"


async def _in_force(desk: Desk, subject: Subject, draft: Draft) -> Decision | None:
    """The same correction, where it holds: for the same date or meeting; or, from now on, still the state."""
    same = [
        one
        for one in await decisions.in_force(desk.connection, desk.scope)
        if one.kind == "state" and _same(one, draft)
    ]
    if not same:
        return None
    last = same[-1]
    if draft.details["date"] is not None or draft.details["meeting_id"] is not None:
        return last
    field, key = draft.details["field"], draft.details["key"] or ""
    states = await decisions.states_of_field(desk.connection, desk.scope, subject.id, field)
    if draft.details["op"] in ("set", "add"):
        return last if any(row["version_id"] == last.version_id for row in states) else None
    return last if not _left(states, key, draft.details["value"]) else None


def _left(states: Sequence[Row], key: str, value: str | None) -> bool:
    """Whether anything of what is to be gone is there."""
    return any(
        (not key or same_key(row["key"]) == same_key(key))
        and (value is None or folded(row["value"] or "") == folded(value))
        for row in states
    )


def _same(known: Decision, draft: Draft) -> bool:
    return {name: known.details.get(name) for name in draft.details} == dict(draft.details)
