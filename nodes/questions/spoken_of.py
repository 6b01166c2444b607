"""Answers about what was said of a topic: who spoke of it, in which meetings, when, and in what words."""

from collections.abc import Sequence

from nodes.query_state import Claim, Draft, Evidence, Plan, QueryState
from nodes.questions.drafting import Drafting, count_claim, day, listed, numbered, of_saying
from nodes.questions.quotes import telling_quote
from nodes.questions.stems import stems
from stores.sayings import Saying

_MOST_SPEAKERS = 10
_MOST_MEETINGS = 8
_FEW_MEETINGS = 3
_MOST_AFTER_FIRST = 5
_VERBS = {"askers": "asked about", "raisers": "brought up", "whether": "spoke of", "speakers": "spoke of"}


def spoken_of_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The answer to a question about the talk on a topic; None when nobody spoke of it."""
    found = state.get("sayings", [])
    topic = listed(plan["topics"])
    form = plan["aggregation"] or ""
    if not found:
        if form != "whether":
            return None
        drafting = Drafting()
        drafting.say(f"No: no turn on record speaks of {topic}.", [], [_count(0)])
        return drafting.draft("high")
    match form:
        case "last" | "first":
            return _when(found, plan, topic)
        case "meetings" | "times":
            return _meetings(found, plan, topic)
        case "words":
            return _words(found, plan, topic)
        case _:
            return _speakers(found, plan, topic)


def _speakers(found: Sequence[Saying], plan: Plan, topic: str) -> Draft:
    """Who spoke of it, who did most first; of who brought it up, the first one first."""
    form = plan["aggregation"] or ""
    drafting = Drafting()
    own = [saying for saying in found if saying["place_of_speaker"] == 1 and saying["speaker"]]
    if form == "raisers":
        first = min(found, key=lambda saying: saying["from_first"])
        _say_at(drafting, first, plan, f"{topic} first came up in")
    own.sort(key=lambda saying: (-saying["of_speaker"], saying["speaker"] or ""))
    shown = own[:_MOST_SPEAKERS]
    turns, meetings = found[0]["turns"], _meeting_count(found)
    yes = "Yes: " if form == "whether" else ""
    latest = "; most often" if len(shown) < len(own) else ""
    if len(own) > 1 and form != "raisers":
        drafting.say(
            f"{yes}{numbered(len(own), 'person', 'people')} {_VERBS.get(form, 'spoke of')} {topic}, in "
            f"{numbered(turns, 'turn')} of {numbered(meetings, 'meeting')}{latest}:",
            [_evidence(saying, plan) for saying in shown],
            [_count(len(own)), _count(turns), _count(meetings)],
        )
        yes = ""
    for saying in shown if form != "raisers" else shown[:_MOST_AFTER_FIRST]:
        drafting.say(
            f"{yes}{saying['speaker']} ({numbered(saying['of_speaker'], 'turn')}), {_place(saying)}: "
            f"“{_quote(saying, plan)}”",
            [_evidence(saying, plan)],
            [_count(saying["of_speaker"])],
        )
    return drafting.draft("high")


def _meetings(found: Sequence[Saying], plan: Plan, topic: str) -> Draft:
    """In which meetings it was spoken of, and how often."""
    drafting = Drafting()
    shown = _best_of_meetings(found, 1)
    turns, meetings = found[0]["turns"], _meeting_count(found)
    latest = "; the latest are" if len(shown) < meetings else ""
    drafting.say(
        f"{_speak(turns, meetings)} of {topic}{latest}:",
        [_evidence(saying, plan) for saying in shown],
        [_count(turns), _count(meetings)],
    )
    for saying in shown:
        drafting.say(
            f"{saying['title']}, {day(saying['date'])} ({numbered(saying['in_meeting'], 'turn')}): "
            f"“{_quote(saying, plan)}” ({saying['speaker'] or 'someone'})",
            [_evidence(saying, plan)],
            [_count(saying["in_meeting"])],
        )
    return drafting.draft("high")


def _when(found: Sequence[Saying], plan: Plan, topic: str) -> Draft:
    """When it was first, or last, spoken of."""
    drafting = Drafting()
    is_last = plan["aggregation"] == "last"
    saying = min(found, key=lambda saying: saying["from_last" if is_last else "from_first"])
    _say_at(drafting, saying, plan, f"{topic}: {'last' if is_last else 'first'} spoken of in")
    same = [other for other in found if other["version_id"] == saying["version_id"]]
    best = min(same, key=lambda other: other["place_in_meeting"])
    if best["memory_id"] != saying["memory_id"]:
        drafting.say(
            f"{numbered(best['in_meeting'], 'turn')} of that meeting speak of it, among them "
            f"{best['speaker'] or 'someone'}: “{_quote(best, plan)}”",
            [_evidence(best, plan)],
            [_count(best["in_meeting"])],
        )
    return drafting.draft("high")


def _words(found: Sequence[Saying], plan: Plan, topic: str) -> Draft:
    """The most telling words on it, meeting by meeting."""
    drafting = Drafting()
    turns, meetings = found[0]["turns"], _meeting_count(found)
    shown = _best_of_meetings(found, _each(meetings))
    by = f", all by {listed(_names(plan))}" if plan["people"] else ""
    if turns > 1:
        latest = "; the latest" if len({saying["version_id"] for saying in shown}) < meetings else ""
        drafting.say(
            f"{_speak(turns, meetings)} of {topic}{by}{latest}:",
            [_evidence(saying, plan) for saying in shown],
            [_count(turns), _count(meetings)],
        )
    for saying in shown:
        drafting.say(
            f"{saying['title']}, {day(saying['date'])}, {saying['speaker'] or 'someone'}: "
            f"“{_quote(saying, plan)}”",
            [_evidence(saying, plan)],
        )
    return drafting.draft("medium")


def _best_of_meetings(found: Sequence[Saying], each: int) -> list[Saying]:
    """The most telling turns of the latest meetings, oldest meeting first, in the order they were said."""
    latest = list(dict.fromkeys(saying["version_id"] for saying in found))[-_MOST_MEETINGS:]
    return [
        saying for saying in found if saying["version_id"] in latest and saying["place_in_meeting"] <= each
    ]


def _names(plan: Plan) -> list[str]:
    return list(dict.fromkeys(person["name"] for person in plan["people"]))


def _each(meetings: int) -> int:
    """How many turns of each meeting to quote, so that the answer stays short."""
    return 3 if meetings == 1 else 2 if meetings <= _FEW_MEETINGS else 1


def _speak(turns: int, meetings: int) -> str:
    verb = "speaks" if turns == 1 else "speak"
    return f"{numbered(turns, 'turn')} of {numbered(meetings, 'meeting')} {verb}"


def _meeting_count(found: Sequence[Saying]) -> int:
    return len({saying["version_id"] for saying in found})


def _say_at(drafting: Drafting, saying: Saying, plan: Plan, lead: str) -> None:
    drafting.say(
        f"{lead} {saying['title']} on {day(saying['date'])}, by {saying['speaker'] or 'someone'}: "
        f"“{_quote(saying, plan)}”",
        [_evidence(saying, plan)],
    )


def _place(saying: Saying) -> str:
    return f"in {saying['title']} on {day(saying['date'])}"


def _quote(saying: Saying, plan: Plan) -> str:
    asked = dict.fromkeys(stems(plan["standalone_question"]), 0.1)
    asked |= dict.fromkeys((word for topic in plan["topics"] for word in stems(topic)), 1.0)
    return telling_quote(saying["content"], asked)


def _evidence(saying: Saying, plan: Plan) -> Evidence:
    return of_saying(saying, _quote(saying, plan))


def _count(number: int) -> Claim:
    return count_claim("sayings", number)
