"""The plan of a question about a field of the workspace's own profile: its key, and what it is asked of."""

import re
from datetime import datetime, timedelta

from nodes.profiles.current import profile_of
from nodes.profiles.profile import Profile
from nodes.query_state import Plan, PlanEntity, Tracked
from nodes.questions.follow_up import is_opened_as_follow_up, refers_to_a_thing
from nodes.questions.plan import codes
from nodes.questions.tracked import (
    asks_before_a_meeting,
    is_all_of,
    is_name_of_key,
    key_named,
    quoted_subject,
    read_tracked,
    subject,
    tracked_fields,
)
from stores.database import Database
from stores.moments import iso
from stores.profiles import keys_of

_TICK = timedelta(microseconds=1)
_WHICH_MEETING = re.compile(
    r"\b(?:(?:on|at|in|during) )?(?:which|what) (?:[\w-]+ ){0,4}(?:dates?|days?|calls?|meetings?)\b",
    re.IGNORECASE,
)


async def tracked_in(
    database: Database, workspace_id: str, question: str, previous: Plan | None
) -> tuple[Tracked, Profile] | None:
    """What a question asks about an own field, and the profile; None when it asks about none.

    "And for Glamsterdam?" asks the question before it of another key.
    """
    profile = await profile_of(database, workspace_id)
    fields = tracked_fields(profile)
    if not fields:
        return None
    keys = await keys_of(database, workspace_id, list(fields))
    found = read_tracked(question, profile, keys)
    before = previous.get("tracked") if previous else None
    if found is None and before and is_opened_as_follow_up(question):
        key = key_named(question, profile.spec_of(before["field"]), keys.get(before["field"], ()))
        if key:
            again: Tracked = {**before, "key": key}
            return again, profile
    return None if found is None else (found, profile)


def without_asking_when(question: str) -> str:
    """The question without "at which call", which names no meeting."""
    return _WHICH_MEETING.sub("when", question)


def plan_of_tracked(plan: Plan, tracked: Tracked, profile: Profile, previous: Plan | None) -> Plan:
    """A question's plan as one about an own field: what the field is keyed by is not what it is asked of."""
    entities = [one for one in plan["entities"] if not is_name_of_key(one["given"], tracked, profile)]
    entities = entities or _of_before(plan["question"], previous)
    people = plan["people"]
    if quoted := quoted_subject(plan["question"], tracked, profile):
        # what is in quotes is one name: a part of it that is known is another thing
        entities = [one for one in entities if is_all_of(one["given"], quoted)]
        people = [one for one in people if is_all_of(one["given"], quoted)]
    asked: Plan = {
        **plan,
        "people": people,
        "intent": "status" if tracked["asks"] == "state" else "timeline",
        "entities": entities,
        "fields": [tracked["field"]],
        "asked": None,
        "tracked": tracked,
    }
    if asks_before_a_meeting(plan["question"]) and (start := plan["start"]):
        before = iso(datetime.fromisoformat(start) - _TICK)
        return {**asked, "start": None, "end": before, "as_of": before, "meetings": []}
    return asked


def names_asked(question: str, plan: Plan, tracked: Tracked, profile: Profile) -> str:
    """The names in a question that may be unknown: codes, else what it asks of when nothing known is."""
    unknown = codes(question)
    if unknown or plan["entities"]:
        return " ".join(unknown)
    return quoted_subject(plan["question"], tracked, profile) or subject(question, tracked, profile)


def _of_before(question: str, previous: Plan | None) -> list[PlanEntity]:
    leans = refers_to_a_thing(question) or is_opened_as_follow_up(question)
    return previous["entities"] if previous and leans else []
