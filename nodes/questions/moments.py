"""Moments of a meeting that sound like a decision, a task or a problem, where no statement was read there.

A turn scores by the words it uses for such a thing, by those of the turns beside it, and by how much it holds
of what the meeting keeps coming back to. Who opens the meeting mostly leads it, and what is to be done is
mostly said at the end. Measured on the AMI meetings: benchmarks/answers.py.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nodes.names import normalised_name
from nodes.query_state import Exchange, Plan
from nodes.questions.plan import is_function_word
from nodes.questions.quotes import sentences_of, telling_quote
from nodes.questions.stems import stem
from nodes.wording import listed, plain_words
from stores.sayings import Turn

MOST = 8
# turns between two moments, so that one exchange is not told twice; tasks are handed out in one go
_APART = {"decision": 8, "problem": 8, "action_item": 1}
# What sounds little like a task, or much less so than the best one of its meetings, mostly is none. What is
# said of or by one person is the surer for that.
_LEAST_OF_A_TASK = 2.5
_LEAST_OF_THE_BEST_TASK = 0.3
_LEAST_OF_THE_BEST_TASK_OF_ONE = 0.2
_NEAR = 2
_FEWEST_WORDS = 5
_OFTEN = 3
_EMPTY = frozenset(
    listed(
        "yeah okay mean like just really think thing things actually well gonna kind sort stuff something "
        "maybe good want know right people need look going"
    )
)


def _cues(*pairs: tuple[float, str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((worth, re.compile(pattern, re.IGNORECASE)) for worth, pattern in pairs)


_CUES: Mapping[str, tuple[tuple[float, re.Pattern[str]], ...]] = {
    "decision": _cues(
        (
            2,
            r"\b(?:decid\w+|decision\w*|agree[ds]?|agreement|settled?|chosen|conclu\w+|final\w*|confirm\w*)\b",
        ),
        (2, r"\blet['’]?s (?:go|do|have|use|keep|stick|make|take|say|put|leave|just)\b"),
        (1.5, r"\b(?:go(?:ing)?|stick(?:ing)?|settl\w+) (?:for|with|to)\b"),
        (
            1.5,
            r"\bwe(?:['’]?re| are)(?: \w+)? (?:gonna|going (?:to|for|with)|using|having|keeping|sticking"
            r"|not)\b",
        ),
        (1, r"\bwe(?:['’]ll| will| won['’]t| can)\b"),
        (1, r"\bwe (?:should|need|have to|want|don['’]t need|must)\b"),
        (0.7, r"\b(?:has|have|needs?|ought) to be\b|\bmust\b|\b(?:will|should) (?:be|have)\b"),
        (0.7, r"^(?:\W*(?:um|uh|okay|ok|yeah|right|well|so)\b)*\W*so\b"),
    ),
    "action_item": _cues(
        (
            1.5,
            r"\b(?:next|following) (?:meeting|time|phase|stage|session|week)\b"
            r"|\b(?:before|after|until|by) (?:the|our|this) (?:next |lunch|meeting)",
        ),
        (1.5, r"\b(?:actions?|tasks?|assign\w*|homework|to-?dos?|individual\w*|responsib\w+)\b"),
        (
            1.5,
            r"\b(?:you|I|he|she|they|designer|expert|manager|marketing)"
            r"(?:['’]?re| are|['’]?m| am|['’]?s| is)? (?:gonna|going to|supposed to)\b",
        ),
        (
            0.8,
            r"\b(?:you|I|he|she|they|designer|expert|manager|marketing)"
            r"(?:['’]ll| will| should| must| need to| have to| has to| can)\b",
        ),
        (1, r"\b(?:work(?:ing)?|look(?:ing)?|think(?:ing)?) (?:on|at|into|about|for)\b"),
        (
            0.8,
            r"\b(?:send|e-?mail\w*|minutes|report|write|prepar\w+|present\w*|prototyp\w*|find out"
            r"|questionnaire|summar\w+|instruct\w+|put (?:up|together)|contact|folder)\b",
        ),
    ),
    "problem": _cues(
        (
            2,
            r"\b(?:problem\w*|issue\w*|concern\w*|worr\w+|difficult\w*|risk\w*|trouble|challeng\w*|drawback\w*"
            r"|downside|complicat\w+|confus\w+)\b",
        ),
        (1, r"\b(?:question|wonder\w*|whether|unclear|not sure|don['’]?t know|dunno|depends?)\b"),
        (1, r"\b(?:how|should|would|can|could|do|does|what|where) (?:\w+ ){0,2}(?:we|it|you|they|the)\b.*\?"),
        (
            1,
            r"\b(?:expensive|costs?|too (?:\w+)|can['’]?t|cannot|won['’]?t|hard|lose|lost|annoy\w*|fail\w*"
            r"|wrong|bad|lack\w*|missing|unfortunately)\b",
        ),
        (0.5, r"\bbut\b"),
        (0.5, r"\?"),
    ),
}
_WILL = (
    r"(?:['’]ll| will| gonna| should| must| (?:need|have|has) to| can| want(?:ed|s)? (?:you|us|everyone) to"
    r"|(?:['’](?:m|re|s)| (?:am|are|is|was|were))(?: \w+)? (?:gonna|going to|supposed to))"
)
_WORKS = (
    r"(?:work|look|take (?:a look|care|the minutes)|think|send|e?-?mail|writ|prepar|present|put|make|design"
    r"|draw|try|find|check|fix|updat|collect|finish|complet|review|(?:talk|speak) to|ask|schedul|organi[sz]"
    r"|report|focus|concentrat|investigat|explor|bring|build|evaluat|test|type|get back|contact|call|set"
    r"|follow|draft|share|upload|post|add|creat|summari[sz]|decid|document|read|open|merge|release|order|buy|arrang"
    r"|discuss|do (?:the|a|some|that|this|our|your|my))"
)
SURE_CUE = 2.0
"""What the words of a turn are worth that alone tell a decision, such as "agreed"."""
# Somebody, will, and a verb of work; what is only imagined is no commitment, and neither is a question.
_COMMITS = re.compile(
    r"\b(?:I|you|he|she|they|we|every(?:one|body)|designer|expert|manager|engineer|lead|executive|marketing)"
    rf"(?: (?:all|each|two|both|three|guys))?{_WILL}"
    rf"(?: (?:just|also|probably|be|then|now|all|each|to|start|go|and|uh|um|mm))* {_WORKS}"
    r"|\bindividual (?:actions?|work|tasks?)\b|\baction items?\b|\b(?:your|each|different) tasks?\b"
    r"|\binstructions?\b|\bto-?dos?\b|\bhomework\b",
    re.IGNORECASE,
)
_IMAGINED = re.compile(r"\b(?:if|would|could|might|maybe|perhaps|imagine|pretend|wonder)\b|\?", re.IGNORECASE)
_OWN_PROMISE = re.compile(r"\bI(?:['’]ll|['’]m| am| will| have to| should)\b")


@dataclass(slots=True)
class _Heard:
    """One turn with what it scores by."""

    turn: Turn
    words: int
    cue: float
    topics: set[str] = field(default_factory=set[str])


def kind_of_moments(plan: Plan) -> str | None:
    """What kind of moment answers a question, where no statement does; None for none."""
    if plan["aggregation"] == "problem":
        return "problem"
    if plan["aggregation"] not in (None, "open"):
        return None
    if plan["intent"] == "changes":  # what a meeting brought
        return None if plan["entities"] or plan["people"] else "decision"
    return {"decisions": "decision", "action_items": "action_item"}.get(plan["intent"])


def telling_moments(
    turns: Sequence[Turn], kind: str, people: Sequence[str] = (), *, least_cue: float = 0.0
) -> list[Exchange]:
    """The turns of meetings that sound most like a kind of thing, at most MOST, in the order they were said.

    Each is given with the turn that it answers: `first` is where that begins.

    Args:
        turns: all turns of these meetings, in their order.
        kind: "decision", "action_item" or "problem".
        people: names; then only what is said of or by one of these people counts.
        least_cue: what a turn's own words for such a thing must be worth.
    """
    by_meeting: dict[str, list[Turn]] = {}
    for turn in turns:
        by_meeting.setdefault(turn["version_id"], []).append(turn)
    scored = [pair for said in by_meeting.values() for pair in _scored(said, kind, people)]
    chosen: list[Turn] = []
    least = _least(kind, max((score for score, _ in scored), default=0.0), is_of_people=bool(people))
    for score, turn in sorted(scored, key=lambda pair: -pair[0]):
        if len(chosen) == MOST or score <= 0 or score < least:
            break
        if _cue(turn["text"], kind) >= least_cue and all(
            other["version_id"] != turn["version_id"]
            or abs(other["utterance"] - turn["utterance"]) >= _APART[kind]
            for other in chosen
        ):
            chosen.append(turn)
    return sorted(
        (_with_what_it_answers(turn, by_meeting[turn["version_id"]]) for turn in chosen),
        key=lambda turn: (turn["date"], turn["version_id"], turn["utterance"]),
    )


def _least(kind: str, best: float, *, is_of_people: bool) -> float:
    """The score below which a turn is not worth telling, where the best one has this one."""
    if kind != "action_item":
        return 0.0
    if is_of_people:
        return _LEAST_OF_THE_BEST_TASK_OF_ONE * best
    return max(_LEAST_OF_A_TASK, _LEAST_OF_THE_BEST_TASK * best)


def quote_of(turn: Turn, kind: str) -> str:
    """The part of a turn that sounds most like it."""
    words = [found[0] for _, pattern in _CUES[kind] for found in pattern.finditer(turn["text"])]
    return telling_quote(turn["text"], {stem(word): 1.0 for said in words for word in plain_words(said)})


def _scored(said: Sequence[Turn], kind: str, people: Sequence[str]) -> list[tuple[float, Turn]]:
    heard = [
        _Heard(turn, len(turn["text"].split()), _cue(turn["text"], kind), _content(turn["text"]))
        for turn in said
    ]
    often = Counter(topic for one in heard for topic in one.topics)
    leader = next((one.turn["speaker"] for one in heard if one.words > _FEWEST_WORDS), None)
    return [
        (
            _score(heard, place, kind, often, leader) * _concerns(said, place, people),
            one.turn,
        )
        for place, one in enumerate(heard)
        if one.words >= _FEWEST_WORDS
    ]


def _score(
    heard: Sequence[_Heard], place: int, kind: str, often: Mapping[str, int], leader: str | None
) -> float:
    one = heard[place]
    leads = one.turn["speaker"] == leader
    if kind == "action_item":
        late = 0.5 + 1.5 * (place / len(heard)) ** 3
        sure = 1.0 if _commits(one.turn["text"]) else 0.5
        return sure * one.cue * min(1.0, one.words / 12) ** 0.5 * late * (1.4 if leads else 1.0)
    before = max((other.cue for other in heard[max(0, place - _NEAR) : place]), default=0.0)
    after = max((other.cue for other in heard[place + 1 : place + 1 + _NEAR]), default=0.0)
    topical = sum(min(1.0, math.log2(often[topic]) / 4) for topic in one.topics if often[topic] >= _OFTEN)
    score = (one.cue + 0.3 * before + 0.3 * after + 1.0) * (0.3 + topical)
    if kind == "decision":
        asks = one.turn["text"].rstrip().endswith("?")
        return score * (1.3 if leads else 1.0) * (0.6 if asks else 1.0)
    return score


def _cue(text: str, kind: str) -> float:
    counts = [(worth, len(pattern.findall(text))) for worth, pattern in _CUES[kind]]
    return sum(worth * (min(count, 2) / (1 if count < 2 else 1.3)) for worth, count in counts)


def _commits(text: str) -> bool:
    """Whether a sentence of it has somebody take on, or hand out, work."""
    return any(
        _COMMITS.search(sentence) and not _IMAGINED.search(sentence) for sentence in sentences_of(text)
    )


def _content(text: str) -> set[str]:
    return {
        stem(word)
        for word in plain_words(text)
        if len(word) > 3 and word not in _EMPTY and not is_function_word(word)
    }


def _concerns(said: Sequence[Turn], place: int, people: Sequence[str]) -> float:
    """How much a turn is about one of the people: by name, by initials, or a promise of their own."""
    if not people:
        return 1.0
    turn = said[place]
    words = f" {normalised_name(turn['text'])} "
    before = f" {normalised_name(said[place - 1]['text'])} " if place else " "
    worth = 1.0
    for person in people:
        name = normalised_name(person)
        first, initials = name.split()[0] if name else "", "".join(part[0] for part in name.split())
        spelled = rf"\b{'_?'.join(initials.upper())}_?\b" if len(initials) > 1 else r"(?!)"
        if name and f" {name} " in words:
            worth = max(worth, 3.0)
        elif (
            (first and f" {first} " in words)
            or re.search(spelled, turn["text"])
            or (normalised_name(turn["speaker"] or "") == name and _OWN_PROMISE.search(turn["text"]))
        ):
            worth = max(worth, 2.0)
        elif first and f" {first} " in before:
            worth = max(worth, 1.3)
    return worth


def _with_what_it_answers(turn: Turn, said: Sequence[Turn]) -> Exchange:
    before = [
        other["utterance"]
        for other in said
        if turn["utterance"] - 3 <= other["utterance"] < turn["utterance"]
        and len(other["text"].split()) >= _FEWEST_WORDS
    ]
    return {**turn, "first": before[-1] if before else turn["utterance"]}
