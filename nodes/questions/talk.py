"""What is read for a question about the talk itself, and for the words that a question is about."""

from asyncio import to_thread
from collections.abc import Sequence
from datetime import datetime

from nodes.context import Context
from nodes.kept_answers import question_vector
from nodes.query_state import Exchange, Plan, QueryState
from nodes.questions.forms import ABOUT_A_TOPIC
from nodes.questions.moments import SURE_CUE, kind_of_moments, telling_moments
from nodes.questions.stems import stem
from nodes.questions.telling import Telling, content_words, telling
from nodes.wording import plain_words
from stores.database import Database
from stores.ids import derived_id
from stores.moments import Moment
from stores.opening import Stores
from stores.readings import meetings
from stores.recall import MemoryReading
from stores.reindexing import comparing
from stores.sayings import Saying, attendance, frequencies, introductions, sayings, themes, turns_of

_MOST_THEMES = 8
_MOST_MEETINGS_READ = 4
_TURNS_OF_A_STATEMENT = 100
_NOTHING: QueryState = {
    "frequencies": {},
    "sayings": [],
    "attendance": [],
    "themes": [],
    "introductions": [],
    "meeting_rows": [],
}


async def talk_recalled(
    stores: Stores, context: Context, plan: Plan, moment: Moment, memories: Sequence[MemoryReading]
) -> QueryState:
    """The channels that the form of the question needs; the others are emptied.

    Args:
        moment: only meetings held by then, and known by then.
        memories: the passages found for the question.
    """
    database, form = stores.database, plan["aggregation"]
    workspace_id = derived_id("workspace", context.workspace)
    found: QueryState = {**_NOTHING}
    recap = plan["intent"] == "changes" and bool(plan["meetings"])
    counts_meetings = plan["measure"] is not None and plan["measure"]["what"] == "meeting"
    if form in ("meeting_list", "themes", "most", "attendance", "agenda") or recap or counts_meetings:
        rows = await meetings(database, workspace_id, moment)
        start, end = plan["start"] or "", plan["end"] or "9999"
        found["meeting_rows"] = [
            row
            for row in rows
            if (not plan["meetings"] or row["id"] in plan["meetings"]) and start <= row["date"] <= end
        ]
    ids = [row["id"] for row in found.get("meeting_rows", [])]
    if form in ("attendance", "most"):
        found["attendance"] = await attendance(database, workspace_id, ids, moment)
    elif form == "themes" or recap:
        found["themes"] = await themes(database, workspace_id, ids, moment, limit=_MOST_THEMES)
    elif form == "introduction":
        people = [person["id"] for person in plan["people"]]
        names = {person["name"] for person in plan["people"]}
        found["meeting_rows"] = [
            row for row in await meetings(database, workspace_id, moment) if names & set(row["participants"])
        ]
        found["introductions"] = await introductions(database, workspace_id, people, moment)
    elif form in ABOUT_A_TOPIC:
        found["sayings"] = await _sayings(stores, context, plan, moment, plan["topics"])
    if not found.get("sayings"):
        words = content_words(plan)
        found["frequencies"] = await frequencies(database, workspace_id, words)
        if not telling({"memories": list(memories), "frequencies": found["frequencies"]}, plan):
            needed = Telling(plan, found["frequencies"]).needed_words
            found["sayings"] = await _sayings(stores, context, plan, moment, needed)
    return found


async def exchanges_recalled(
    database: Database, workspace_id: str, plan: Plan, moment: Moment, *, noted: int
) -> list[Exchange]:
    """Where in the meetings of a question it sounds like what is asked for, though no statement says so.

    Args:
        noted: how many statements there are; one in a hundred turns is too few for a meeting well read.
    """
    kind = kind_of_moments(plan)
    if kind is None or not 0 < len(plan["meetings"]) <= _MOST_MEETINGS_READ:
        return []
    said = await turns_of(database, workspace_id, plan["meetings"], moment)
    if noted * _TURNS_OF_A_STATEMENT >= len(said):
        return []
    people = [person["name"] for person in plan["people"]]
    # told beside other things, only what is sure
    least_cue = SURE_CUE if plan["intent"] == "changes" else 0.0
    return await to_thread(telling_moments, said, kind, people, least_cue=least_cue)


async def _sayings(
    stores: Stores, context: Context, plan: Plan, moment: Moment, topics: Sequence[str]
) -> list[Saying]:
    is_form = plan["aggregation"] in ABOUT_A_TOPIC
    things = [entity["id"] for entity in plan["entities"] if entity["type"] != "person"] if is_form else []
    if not topics and not things:
        return []
    async with comparing(stores.database, stores.embedding):
        return await sayings(
            stores.database,
            derived_id("workspace", context.workspace),
            await question_vector(stores, plan["standalone_question"], context),
            moment,
            entities=things,
            topics=topics,
            people=[person["id"] for person in plan["people"]] if is_form and plan["people"] else None,
            start=datetime.fromisoformat(plan["start"]) if plan["start"] else None,
            meetings=plan["meetings"] or None,
            asking=_asked(topics) if plan["aggregation"] == "askers" else None,
        )


def _asked(topics: Sequence[str]) -> str:
    """The regular expression of a sentence that holds the last word of a topic and is a question."""
    lasts = [plain_words(topic)[-1:] for topic in topics]
    return rf"\m({'|'.join(stem(word) for words in lasts for word in words)})[^.!?]{{0,120}}\?"
