"""Answers quoted from what was said: the passages that hold what the question is about, or the nearest."""

import re

from nodes.query_state import Draft, Evidence, Plan, QueryState
from nodes.questions.drafting import Drafting, day, of_memory, of_saying
from nodes.questions.quotes import telling_quote
from nodes.questions.telling import Telling, names_any, telling
from nodes.wording import plain_words
from stores.recall import MemoryReading
from stores.sayings import Saying

# Of the passages after the best one, those that score at least this share of it are quoted too.
_WORTH_ADDING = 0.7
# "The battery." holds the word and says nothing.
_SHORTEST_WORDS = 4
_MOST_QUOTED = 3
_NEAREST = 3
_DECIDES = re.compile(
    r"\b(?:deci(?:de|ded|sion|sions)|agree\w*|let['’]?s|go(?:ing)? (?:with|for)|settle\w*|choose|chose"
    r"|pick\w*|we['’]?(?:ll| will| should)|final\w*)\b",
    re.IGNORECASE,
)


def search_answer(state: QueryState, plan: Plan) -> Draft | None:
    """The best passages, quoted; None when none holds what the question is about."""
    words = Telling(plan, state.get("frequencies", {}))
    chosen = telling(state, plan)
    chosen = [memory for memory in chosen if _says_something(memory["content"])] or chosen
    drafting = Drafting()
    for memory in chosen[:_MOST_QUOTED]:
        if memory["score"] < _WORTH_ADDING * chosen[0]["score"]:
            break
        _say(drafting, memory, _quoted(memory["quote"] or memory["content"], words))
    if drafting.is_empty and not plan["people"]:
        for saying in _further(state, words)[:_MOST_QUOTED]:
            _say(drafting, saying, _quoted(saying["content"], words))
    return None if drafting.is_empty else drafting.draft("medium")


def not_known(state: QueryState, plan: Plan, missing: str) -> Draft:
    """That it is not known, what is missing, and the nearest evidence: words on what is asked about."""
    drafting = Drafting()
    for evidence in _nearest(state, plan)[:_NEAREST]:
        drafting.cite(evidence)
    drafting.say(missing, [])
    return drafting.draft("medium", known=False)


def is_spoken_of(state: QueryState, name: str) -> bool:
    """Whether a passage says a name, in whatever casing, spacing or hyphenation."""
    wanted = _run_together(name)
    said = [*state.get("memories", []), *state.get("sayings", [])]
    return bool(wanted) and any(wanted in _run_together(one["content"]) for one in said)


def _run_together(text: str) -> str:
    return "".join(plain_words(text))


def _nearest(state: QueryState, plan: Plan) -> list[Evidence]:
    """Passages on what the question is about, best first; of a decision, those that sound like one."""
    words = Telling(plan, state.get("frequencies", {}))
    near: list[tuple[str, Evidence]] = []
    memories = state.get("memories", [])
    concerned = [memory for memory in memories if words.concerns(memory)]
    if not concerned and not state.get(
        "sayings"
    ):  # of what is asked of it nothing was said: then of the thing
        concerned = [memory for memory in memories if names_any(memory, plan["entities"])]
    for memory in concerned:
        quote = _quoted(memory["quote"] or memory["content"], words)
        near.append((memory["content"], of_memory(memory, quote)))
    known = {evidence["memory_id"] for _, evidence in near}
    for saying in sorted(state.get("sayings", []), key=lambda saying: saying["place_in_meeting"]):
        if saying["memory_id"] not in known and words.is_near(saying["content"]):
            near.append((saying["content"], of_saying(saying, _quoted(saying["content"], words))))
    said = [(text, evidence) for text, evidence in near if _says_something(text)]
    said.sort(
        key=lambda pair: (
            plan["intent"] == "decisions" and not _DECIDES.search(pair[0]),
            pair[0].rstrip().endswith("?") or not words.are_stated_in(pair[0]),
            -words.share(pair[0]),
        )
    )
    unique = {(evidence["version_id"], evidence["utterances"][0]): evidence for _, evidence in said[::-1]}
    return list(unique.values())[::-1]


def _further(state: QueryState, words: Telling) -> list[Saying]:
    """The turns that hold the telling words and enough of the others, where recall brought none."""
    found = [
        saying
        for saying in state.get("sayings", [])
        if _says_something(saying["content"])
        and words.are_held_by(saying["content"])
        and words.are_stated_in(saying["content"])
    ]
    return sorted(
        found,
        key=lambda saying: (-round(words.share(saying["content"]), 1), saying["place_in_meeting"]),
    )


def _say(drafting: Drafting, passage: MemoryReading | Saying, quote: str) -> None:
    evidence = of_memory(passage, quote) if "score" in passage else of_saying(passage, quote)
    place = f"{passage['title']} ({day(passage['date'])})"
    if passage["speaker"]:
        drafting.say(f"{passage['speaker']} said in {place}: “{quote}”", [evidence])
        return
    # what was imported of a thing: "EIP-7708: " and what it is
    name, _, description = passage["content"].rpartition(quote)
    said_in = f"{name.rstrip(' :')}, in" if name.endswith(": ") and not description else "In"
    drafting.say(f"{said_in} {place}: “{quote}”", [evidence])


def _quoted(text: str, words: Telling) -> str:
    return telling_quote(text, words.weights)


def _says_something(text: str) -> bool:
    return len(text.split()) >= _SHORTEST_WORDS
