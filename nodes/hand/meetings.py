"""Correcting a meeting: when it was, and who spoke."""

from typing import Any

from nodes.errors import InputError
from nodes.hand.copying import make_as_decided
from nodes.hand.deciding import Decided, Desk, Draft, worded
from nodes.hand.lines import LONGEST_NAME
from nodes.hand.subjects import meeting_called
from nodes.names import normalised_name
from nodes.transcripts import parse_date
from stores import forgetting
from stores.database import Row
from stores.moments import iso

_BEGINNING = 80  # characters by which a turn is known again
_MOST_SHOWN = 8


async def correct_date(desk: Desk, meeting: str, date: str, *, by: str, why: str | None = None) -> Decided:
    """Say when a meeting was: everything said in it is dated, ordered and read by that day.

    Raises:
        NotFoundError: there is no such meeting.
        InputError: several are called so, or it is no date.
    """
    moment, has_time = parse_date(date)
    found = await meeting_called(desk.connection, desk.scope, meeting)
    told = worded(
        f"{_called(found)} was on {moment:%Y-%m-%d}{f' at {moment:%H:%M}' if has_time else ''}", why
    )
    if (found["date"], found["date_has_time"]) == (moment, has_time):
        return Decided(None, "date", "known", told, by)
    details: dict[str, Any] = {
        "meeting_id": found["id"],
        "subjects": [],
        "date": iso(moment),
        "has_time": has_time,
    }
    return await _decided(desk, found, Draft("date", told, by, details))


async def correct_speaker(
    desk: Desk,
    meeting: str,
    label: str,
    name: str,
    *,
    by: str,
    utterance: int | None = None,
    why: str | None = None,
) -> Decided:
    """Say who spoke: all turns under a label, or one of them.

    Args:
        label: the name under which the turns stand now, in any case.
        utterance: the ordinal of the one turn.

    Raises:
        NotFoundError: there is no such meeting.
        InputError: nobody speaks there under the label, or the name cannot be one.
    """
    name = " ".join(name.split())
    if not normalised_name(name).strip() or len(name) > LONGEST_NAME:
        raise InputError(f'"{name[:60]}" cannot be a name')
    found = await meeting_called(desk.connection, desk.scope, meeting)
    spoken = (await forgetting.version(desk.connection, desk.scope, found["version_id"])).utterances
    turns = [turn for turn in spoken if (turn.speaker or "").casefold() == label.casefold()]
    if utterance is not None:
        turns = [turn for turn in turns if turn.ordinal == utterance]
    place = "" if utterance is None else f" at turn {utterance}"
    told = worded(f"“{label}”{place} in {_called(found)} is “{name}”", why)
    if not turns:
        again = [turn for turn in spoken if turn.speaker == name and utterance in (None, turn.ordinal)]
        if again and await _is_decided(desk, found, label, name, utterance):
            return Decided(None, "speaker", "known", told, by)
        speakers = list(dict.fromkeys(turn.speaker for turn in spoken if turn.speaker))
        raise InputError(
            f'nobody speaks as "{label}"{place} in {_called(found)}; there are: '
            f"{', '.join(speakers[:_MOST_SHOWN])}"
        )
    if label == name:
        return Decided(None, "speaker", "known", told, by)
    details = _details(found, label, name, utterance)
    details["begins"] = "" if utterance is None else turns[0].text[:_BEGINNING]
    return await _decided(desk, found, Draft("speaker", told, by, details))


def _details(meeting: Row, label: str, name: str, utterance: int | None) -> dict[str, Any]:
    return {
        "meeting_id": meeting["id"],
        "subjects": [],
        "label": label,
        "name": name,
        "utterance": utterance,
    }


async def _is_decided(desk: Desk, meeting: Row, label: str, name: str, utterance: int | None) -> bool:
    wanted = _details(meeting, label, name, utterance)
    return any({**one.details, **wanted} == dict(one.details) for one in await desk.decisions())


async def _decided(desk: Desk, meeting: Row, draft: Draft) -> Decided:
    recorded = await desk.record(draft)
    touched = await make_as_decided(desk, meeting["id"])
    moved = await desk.settle([meeting["id"]], (), touched)
    return Decided(recorded.number, draft.kind, "decided", draft.told, draft.by, moved)


def _called(meeting: Row) -> str:
    return f"“{meeting['title']}” of {meeting['date']:%Y-%m-%d}"
