"""Which words of a question tell what it is about, and which passages hold enough of them to answer it."""

import math
import re
from collections.abc import Collection, Mapping, Sequence

from nodes.names import normalised_name
from nodes.query_state import Plan, PlanEntity, QueryState
from nodes.questions.plan import is_function_word, subjects
from nodes.questions.quotes import sentences_of
from nodes.questions.stems import stem
from nodes.wording import listed, plain_words
from stores.recall import MemoryReading

# A passage answers when it holds this share of the question's words, weighted by rarity.
_SHARE = 0.5
# "Who designed the logo?" is answered by who says both words, not by every logo.
_SHARE_OF_A_DEED = 0.8
_SHARE_BESIDE_A_NUMBER = 0.3
# With so much of it held, the word that is missing is the one that is asked for ("which colour").
_SHARE_OF_NEARLY_ALL = 0.7
# Of what a person is asked about: the knee of what benchmarks/abstention.py loses against what it makes up.
_SHARE_OF_A_PERSON = 0.48
_COVERAGE_OF_A_PERSON = 0.4
_MARGIN = 0.1
_FEW_WORDS = 3
_DEED = re.compile(r"^\W*(?:and |but |so )?who(?:se)?\b", re.IGNORECASE)
_ASKING = frozenset(
    listed(
        "a an and are be can could did do does for had has have how i in is it me my of on or our should so "
        "that the their there these they this those to was we were what when where which who whom whose why "
        "will with would you your"
    )
)
_ASKS = re.compile(r"\?[\"”’')]*\s*$")
_OPEN = re.compile(
    r"\b(?:ha(?:ve|s|d)|needs?|got|going|gonna|want(?:ed)?|try(?:ing)?|should|must|could|let['’]?s|will)"
    r"(?: \w+){0,3}? (?:decide|(?:figure|find|work) out|discuss|think about|agree on|determine|settle)\b"
    r"|\b(?:don['’]?t|do not|didn['’]?t) (?:really |actually )?know\b|\bnot (?:\w+ )?sure\b|\bno idea\b"
    r"|\b(?:wonder\w*|question is|unclear|undecided|to be decided)\b",
    re.IGNORECASE,
)
_FOR_A_NUMBER = re.compile(
    r"\bhow (?:much|many|old)\b|\bwhat(?:['’]s| is| was| will be| are| were)(?: \w+){0,3}? "
    r"(?:price|costs?|budget|amount|number|percentage)\b",
    re.IGNORECASE,
)
_OF_YOU = re.compile(r"\b(?:you|your|yours|you['’]\w+)\b", re.IGNORECASE)
_OF_ME = re.compile(r"\b(?:i|i['’]\w+|me|my|mine|we|we['’]\w+|us|our|ours)\b", re.IGNORECASE)
_OF = re.compile(r"\b(\w+) of (?:the |a |an |our |this )?(\w+)\b", re.IGNORECASE)


def content_words(plan: Plan) -> list[str]:
    """The words of a question that a passage must hold, without those that name whom it asks about."""
    question = plan["standalone_question"]
    for name in sorted(
        (name for person in plan["people"] for name in (person["name"], person["given"])),
        key=len,
        reverse=True,
    ):
        question = re.sub(rf"\b{re.escape(name)}(?:['’]s)?(?!\w)", " ", question, flags=re.IGNORECASE)
    if plan["span"]:
        question = question.replace(plan["span"], " ")
    found = _subject_words(question)
    # "When is the next meeting?" has none: then all but the shortest words
    return list(dict.fromkeys(found or [word for word in plain_words(question) if word not in _ASKING]))


def _subject_words(question: str) -> list[str]:
    return [word for run in subjects(question) for word in plain_words(run)]


class Telling:
    """The words that a question is about, and how telling each is in its workspace."""

    def __init__(self, plan: Plan, frequencies: Mapping[str, int]) -> None:
        words = content_words(plan)
        common = max(frequencies.values(), default=0) + 1
        self._plan = plan
        self._weights: dict[str, float] = {}
        self._surface = {stem(word): word for word in words}
        for word in words:
            # half a sighting more, so that a word nobody ever said weighs most
            weight = math.log(1 + (common + 500) / (frequencies.get(word, 0) + 0.5))
            self._weights[stem(word)] = max(weight, self._weights.get(stem(word), 0.0))
        self._least = _SHARE_OF_A_DEED if _DEED.search(plan["standalone_question"]) else _SHARE
        if not _subject_words(plan["standalone_question"]):
            self._least = 1.0  # words that say so little are nothing without each other
        self._wants_number = bool(_FOR_A_NUMBER.search(plan["standalone_question"]))
        names = {stem(word) for one in plan["entities"] for word in plain_words(one["given"])}
        self._counted = self._rarest(without=names) or self._rarest()
        self._near = self._owned(plan["standalone_question"])
        self._needed = self._all_needed(plan["standalone_question"])

    @property
    def weights(self) -> Mapping[str, float]:
        """The stems of the words, and how telling each is."""
        return self._weights

    @property
    def words(self) -> set[str]:
        """The stems of the words."""
        return set(self._weights)

    @property
    def needed_words(self) -> list[str]:
        """The words without which nothing is said on the question, as searches: together, then alone."""
        needed = [self._surface[word] for word in sorted(self._needed)]
        rarest = [self._surface[word] for word in self._rarest()]
        return list(dict.fromkeys([" ".join(needed), *rarest])) if needed else []

    def answers(self, memory: MemoryReading) -> bool:
        """Whether a passage holds the words without which it says nothing on the question."""
        if not self._weights:
            return memory["coverage"] >= _SHARE
        held = self.held(memory["content"], names_entity=memory["names_entity"])
        return self._are_enough(held) or self._is_number_of(held, memory["content"])

    def are_held_by(self, text: str) -> bool:
        """Whether a text holds the words without which it says nothing on the question."""
        held = self.held(text)
        return self._are_enough(held) or self._is_number_of(held, text)

    def are_stated_in(self, text: str) -> bool:
        """Whether a text states something with these words, and does not only ask or leave it open.

        Who asks how much or how many wants a number.
        """
        said = [sentence for sentence in sentences_of(text) if self.held(sentence)]
        if self._wants_number:
            said = [one for one in said if _has_number(one) and self._counted <= self.held(one)]
            if not said:
                return False
        return not said or any(not _ASKS.search(one) and not _OPEN.search(one) for one in said)

    def concerns(self, memory: MemoryReading) -> bool:
        """Whether a passage holds the rarest word, so that it is near the question."""
        return self._near <= self.held(memory["content"], names_entity=memory["names_entity"])

    def is_near(self, text: str) -> bool:
        """Whether a text holds the rarest word, so that it is near the question."""
        return self._near <= self.held(text)

    def held(self, text: str, *, names_entity: bool = False) -> set[str]:
        """The stems of the question that a text holds; a name of what the question names stands for it."""
        asked = set(self._surface.values())
        # "I mean" is not about a meaning
        words = (word for word in plain_words(text) if word in asked or not is_function_word(word))
        held = {stem(word) for word in words} & self.words
        if names_entity:
            names = (name for entity in self._plan["entities"] for name in (entity["name"], entity["given"]))
            held |= {stem(word) for name in names for word in plain_words(name)} & self.words
        return held

    def share(self, text: str) -> float:
        """The share of the question's words that a text holds, weighted by rarity."""
        return self._share(self.held(text))

    def share_of(self, memory: MemoryReading) -> float:
        """The same of a passage, in which a name of what the question names stands for it."""
        return self._share(self.held(memory["content"], names_entity=memory["names_entity"]))

    def _is_number_of(self, held: set[str], text: str) -> bool:
        """Whether a text gives a number with what is counted, to who asks for one: "it may cost 12 euros"."""
        is_enough = bool(held) and self._counted <= held and self._share(held) >= _SHARE_BESIDE_A_NUMBER
        return self._wants_number and is_enough and _has_number(text)

    def _are_enough(self, held: set[str]) -> bool:
        share = self._share(held)
        return share >= max(_SHARE_OF_NEARLY_ALL, self._least) or (
            self._needed <= held and share >= self._least
        )

    def _share(self, held: set[str]) -> float:
        total = sum(self._weights.values())
        return sum(self._weights[word] for word in held) / total if total else 0.0

    def _rarest(self, without: Collection[str] = ()) -> set[str]:
        words = [word for word in self._weights if word not in without]
        return {max(words, key=lambda word: self._weights[word])} if words else set()

    def _owned(self, question: str) -> set[str]:
        """The rarest word and what it is of, or what is of it ("the colour of money")."""
        near = self._rarest()
        for one, other in _OF.findall(question):
            pair = {stem(one.lower()), stem(other.lower())}
            near |= pair & self.words if near & pair else set()
        return near

    def _all_needed(self, question: str) -> set[str]:
        """The same, and the other word of a pair ("gas limit")."""
        needed = set(self._near)
        if self._least == _SHARE_OF_A_DEED and len(self._weights) <= _FEW_WORDS:
            self._least = 1.0
            return set(self._weights)
        for run in subjects(question):
            words = [stem(word) for word in plain_words(run)]
            if len(words) == 2 and needed & set(words):
                needed |= set(words) & self.words
        return needed


def _has_number(text: str) -> bool:
    """Whether it holds a number; "one" is mostly none."""
    return any(word[:1].isdigit() and word != "1" for word in plain_words(text))


def telling(state: QueryState, plan: Plan) -> list[MemoryReading]:
    """The memories that hold enough of the question to answer it, best first.

    What a person is asked about is answered by that person's own words; where somebody else's fit clearly
    better, or hold clearly more of the question, it has the wrong person in it, and nothing is known. Of a
    person who never speaks, what others say.
    """
    memories = state.get("memories", [])
    words = Telling(plan, state.get("frequencies", {}))
    if not plan["people"]:
        return [
            memory for memory in memories if words.answers(memory) and words.are_stated_in(memory["content"])
        ]
    names = {normalised_name(person["name"]) for person in plan["people"]}
    own = [memory for memory in memories if normalised_name(memory["speaker"] or "") in names]
    others = [memory for memory in memories if memory not in own]
    if not own:
        told = [memory for memory in others if memory["names_entity"] or names_any(memory, plan["people"])]
        return [memory for memory in told if words.answers(memory)]
    best_of_others = max((memory["score"] for memory in others), default=0.0)
    if not plan["entities"] and own[0]["score"] < best_of_others - _MARGIN:
        return []
    most_of_others = max(map(words.share_of, others), default=0.0)
    least = max(_SHARE_OF_A_PERSON, most_of_others - _MARGIN) if words.words else 0.0
    told = [
        memory
        for memory in own
        if tells_of_oneself(memory["content"], words)
        and (not plan["entities"] or names_any(memory, plan["entities"]))
    ]
    if all(words.share_of(memory) < least for memory in told):
        return []
    return [
        memory
        for memory in told
        if memory["coverage"] >= _COVERAGE_OF_A_PERSON or (words.words and words.share_of(memory) >= least)
    ]


def tells_of_oneself(text: str, words: Telling) -> bool:
    """Whether a person's words say what is asked about that person, and do not ask or say it of another.

    "What does your necklace mean?" says nothing of the necklace of who asks, nor "your son is fine" of a son.
    """
    said = [sentence for sentence in sentences_of(text) if words.held(sentence)]
    return not said or any(
        not _ASKS.search(sentence) and not (_OF_YOU.search(sentence) and not _OF_ME.search(sentence))
        for sentence in said
    )


def names_any(memory: MemoryReading, entities: Sequence[PlanEntity]) -> bool:
    """Whether a memory says the name of one of these."""
    words = f" {normalised_name(memory['content'])} "
    return any(
        f" {normalised_name(name)} " in words
        for entity in entities
        for name in (entity["name"], entity["given"])
    )
