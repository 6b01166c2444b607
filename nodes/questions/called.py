"""Meetings that a question names: by key, by title, or by their place in the series."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nodes.names import normalised_name
from nodes.questions.points import COUNT, TICK, Times
from stores.readings import MeetingName

WHEN = (
    r"as of|as at|up to|since|after|from|before|until|till|by|on|in|during|at|within|over(?! \d)|throughout"
)
_PREPOSITIONS = rf"{WHEN}|for|of"
MEETING_WORD = (
    r"meeting|call|sync|session|stand-?up|review|retro|retrospective|planning|workshop|check-?in|demo"
    r"|kick-?off"
)
_CALLED = re.compile(
    rf"\b(?P<how>{_PREPOSITIONS}) (?:the |our )?(?P<words>(?:(?!{_PREPOSITIONS})[\w#'-]+ ){{0,4}}?)"
    rf"(?P<noun>{MEETING_WORD})\b(?: (?:meeting|call)\b)?(?P<number> #?\d+)?(?P<before_last> before last\b)?",
    re.IGNORECASE,
)
_IN = r"in|at|during|since|after|before|from|until|till|up to|as of|of|for"
_PLACED = re.compile(
    rf"\b(?P<how>{_IN}) (?:the |our )?(?P<place>last|latest|first|most recent) (?P<word>[\w-]+)",
    re.IGNORECASE,
)
_SUMMED_UP = re.compile(
    r"\b(?P<verb>summari[sz]e|sum up|recap)(?: for (?:me|us))? "
    rf"(?=(?:the |our )?(?:[\w#'-]+ ){{0,4}}?(?:{MEETING_WORD})\b|(?:the |our )?(?:last|latest|first) )",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    rf"\b(?:(?P<how>{_PREPOSITIONS}) )?(?:the |our )?(?P<place>last|latest|past|previous|first) "
    rf"(?P<count>{COUNT}) (?:{MEETING_WORD})s\b",
    re.IGNORECASE,
)
_ATTENDED = re.compile(
    rf"\b(?P<how>attend(?:ed|s)?|join(?:ed|s)?) (?:the |our )?(?P<words>(?:[\w#'-]+ ){{0,4}}?)"
    rf"(?P<noun>{MEETING_WORD})\b(?P<number> #?\d+)?(?P<before_last> before last\b)?"
    rf"|\bwhat (?:was|were|is) (?P<how_about>the )(?P<words_about>(?:[\w#'-]+ ){{0,4}}?)"
    rf"(?P<noun_about>{MEETING_WORD})\b(?= about)",
    re.IGNORECASE,
)
_MAY_NAME = re.compile(
    rf"\b(?:{_IN}|between|attend\w*|join\w*|summar\w+|recap)\b|\b[a-z]\w* ?#?\d+\b|\bmeetings?\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{4,}\b", re.IGNORECASE)
_CODE_IN_BRACKETS = re.compile(rf"\(\s*{_CODE.pattern}\s*\)", re.IGNORECASE)
_PARTS = re.compile(r" [-–—|:] |: ")
_WORDS = {word: number for number, word in enumerate("one two three four five six".split(), start=1)}


def refers_to_a_meeting(question: str) -> bool:
    """Whether a question may name a meeting, so that the names of meetings are worth reading."""
    return bool(_CALLED.search(question) or _CODE.search(question) or _MAY_NAME.search(question))


def called(
    question: str, meetings: Sequence[MeetingName], among: Sequence[MeetingName] | None = None
) -> Times | None:
    """The question read as being about meetings that it names by key, by title or by their place.

    Args:
        question: as asked.
        meetings: all that there are, newest first.
        among: those of them that it could name, newest first; default all.
    """
    among = meetings if among is None else among
    question = _SUMMED_UP.sub(r"\g<verb> of ", question)  # "summarize the last meeting"
    several = _several(question, among)
    if several is not None:
        return several
    titled = _by_title(question, among)
    if titled is not None:
        meeting, found = titled
        how = (found["how"] or "in").lower()
        how = "in" if how in ("of", "for", "from") else how
        return at_meeting(how, meeting, meetings, f"{how} {meeting.title}", without(question, found))
    coded = _by_code(question, among)
    for found in _CALLED.finditer(question):
        named = coded or _by_words(found["words"], found["noun"], found["number"], found[0], among)
        if named is not None:
            rest = without(question, found)
            if coded is not None:
                rest = tidy(_CODE_IN_BRACKETS.sub(" ", rest))
            return at_meeting(found["how"].lower(), named, meetings, found[0], rest)
    for found in _PLACED.finditer(question):
        of_kind = [
            meeting for meeting in among if found["word"].lower() in normalised_name(meeting.title).split()
        ]
        if of_kind:
            meeting = of_kind[-1 if found["place"].lower() == "first" else 0]
            how = "in" if found["how"].lower() in ("of", "for", "from") else found["how"].lower()
            return at_meeting(how, meeting, meetings, f"{how} {meeting.title}", without(question, found))
    return _attended(question, meetings, among) or _coded(question, coded, meetings)


def until_the_next(meeting: MeetingName, meetings: Sequence[MeetingName]) -> datetime | None:
    """The last instant before the meeting that came next."""
    later = [other.date for other in meetings if other.date > meeting.date]
    return min(later) - TICK if later else None


def without(question: str, found: re.Match[str]) -> str:
    """The question without what was found in it."""
    return tidy(question[: found.start()] + " " + question[found.end() :])


def tidy(text: str) -> str:
    """The text without the gaps that were cut into it."""
    return re.sub(r"\s+([?.!,])", r"\1", " ".join(text.split()))


def _several(question: str, meetings: Sequence[MeetingName]) -> Times | None:
    """ "in the last two meetings"."""
    found = _SEVERAL.search(question)
    if found is None:
        return None
    said = found["count"].lower()
    count = int(said) if said.isdigit() else _WORDS.get(said, 2 if said == "couple of" else 3)
    chosen = meetings[-count:] if found["place"].lower() == "first" else meetings[:count]
    return Times(
        meetings=tuple(meeting.id for meeting in reversed(chosen)),
        said=found[0],
        remainder=without(question, found),
    )


def _attended(question: str, meetings: Sequence[MeetingName], among: Sequence[MeetingName]) -> Times | None:
    """ "who attended the kick-off?", "what was the kick-off about?"."""
    found = _ATTENDED.search(question)
    if found is None:
        return None
    about = "_about" if found["noun_about"] else ""
    number = None if about else found["number"]
    named = _by_words(found[f"words{about}"], found[f"noun{about}"], number, found[0], among)
    if named is None:
        return None
    kept = f"{found['how']}{question[found.end() :]}" if not about else f"what was{question[found.end() :]}"
    return at_meeting("in", named, meetings, f"in {named.title}", tidy(f"{question[: found.start()]} {kept}"))


def _coded(question: str, coded: MeetingName | None, meetings: Sequence[MeetingName]) -> Times | None:
    if coded is None:
        return None
    how = "since" if re.search(r"\bsince\b", question, re.IGNORECASE) else "in"
    return at_meeting(how, coded, meetings, f"{how} {coded.title}", question)


def _by_title(question: str, meetings: Sequence[MeetingName]) -> tuple[MeetingName, re.Match[str]] | None:
    """The meeting whose whole title the question says, the longest title first; and where it says it.

    A title without a number may be the name of a thing too: it must follow a word such as "in".
    """
    words = f" {normalised_name(question)} "
    titles = [(normalised_name(meeting.title), meeting) for meeting in meetings]
    said = [(title, meeting) for title, meeting in titles + _own_parts(meetings) if f" {title} " in words]
    for title, meeting in sorted(said, key=lambda pair: -len(pair[0])):
        numbered = any(letter.isdigit() for letter in title) and not title.isdigit()
        place = rf"\b(?P<how>{_IN})(?: the)? " if not numbered else rf"(?:\b(?P<how>{_IN}) )?(?:\bthe )?"
        parts = r"\W+".join(re.escape(word) for word in title.split())
        found = re.search(rf"{place}\b{parts}\b(?: {MEETING_WORD})?", question, re.IGNORECASE)
        if found is not None:
            return meeting, found
    return None


def _own_parts(meetings: Sequence[MeetingName]) -> list[tuple[str, MeetingName]]:
    """The last part of each title, such as "Launch Plan" of "Ferry - Launch Plan", where no other has it."""
    parts = [(normalised_name(_PARTS.split(meeting.title)[-1]), meeting) for meeting in meetings]
    often = Counter(part for part, _ in parts)
    return [(part, meeting) for part, meeting in parts if often[part] == 1 and " " in part]


def _by_code(question: str, meetings: Sequence[MeetingName]) -> MeetingName | None:
    """A meeting whose whole key or title is one word with a digit in it, such as "ES2002a"."""
    words = {word.lower() for word in _CODE.findall(question)}
    return next(
        (meeting for meeting in meetings if meeting.title.lower() in words or meeting.key.lower() in words),
        None,
    )


def _by_words(
    given: str, kind: str, numbered: str | None, said: str, meetings: Sequence[MeetingName]
) -> MeetingName | None:
    words = normalised_name(given).split()
    noun = normalised_name(kind)
    number = (numbered or "").strip(" #")
    if not number:
        if said.lower().endswith("before last") or words in (
            ["previous"],
            ["second", "last"],
            ["penultimate"],
        ):
            return meetings[1] if len(meetings) > 1 else None
        if words in (["last"], ["latest"], ["most", "recent"], ["newest"]):
            return meetings[0]
        if words == ["first"]:
            return meetings[-1]
    newest, oldest = {"last", "latest", "newest"} & set(words), "first" in words
    if not number and (newest or oldest) and len(words) > 1:
        wanted = set(words) - {"last", "latest", "newest", "first"}
        of_kind = [meeting for meeting in meetings if wanted <= set(normalised_name(meeting.title).split())]
        if of_kind:
            return of_kind[0] if newest else of_kind[-1]
    asked = [word for word in [*words, number] if word and word not in ("meeting", "call", "s")]
    if noun not in ("meeting", "call", "session"):
        asked.append(noun)
    if not asked:
        return None
    for meeting in meetings:
        title = f" {normalised_name(meeting.title)} "
        if all(f" {part} " in title for part in " ".join(asked).split()):
            return meeting
    return meetings[-1] if noun in ("kick off", "kickoff") or asked == ["kick", "off"] else None


def at_meeting(
    how: str, meeting: MeetingName, meetings: Sequence[MeetingName], said: str, remainder: str
) -> Times:
    """The times of a question about what was said in, since, before or up to a meeting.

    Args:
        how: the word for that: "in", "since", "before" and so on.
        meetings: all that there are, newest first.
        said: how the question says it.
        remainder: the question without it.
    """
    times = Times(said=said, remainder=remainder)
    if how in ("since", "after", "from") and meeting != meetings[0]:
        return replace(times, start=meeting.date, since_meeting=meeting.id)
    if how in ("since", "after", "from"):
        # nothing is known from after the last meeting: who asks wants to hear what that one brought
        return replace(times, meetings=(meeting.id,), said=f"in {meeting.title}")
    if how == "before":
        return replace(times, end=meeting.date - TICK, as_of=meeting.date - TICK)
    until = until_the_next(meeting, meetings)
    if how in ("as of", "as at", "up to", "until", "till", "by"):
        return replace(times, end=until, as_of=until)
    return replace(times, as_of=until, meetings=(meeting.id,))
