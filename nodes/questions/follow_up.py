"""Questions that lean on the one before: "and who owns it?", "what about the Billing API?", "why?"."""

import re

_OF_THINGS = re.compile(r"\b(?:it|its|it's|that|this|they|them|their|those|these|one)\b", re.IGNORECASE)
_OF_PEOPLE = re.compile(r"\b(?:he|she|him|her|his|hers|they|them|their)\b", re.IGNORECASE)
_ONE_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^\s*(?:(?:and|but|so|ok(?:ay)?|then|also)\b[\s,]*)+|^\s*(?:what|how) about\b\s*", re.IGNORECASE
)
_SWITCH = re.compile(
    r"^\s*(?:(?:and|but|so|ok(?:ay)?)\b[\s,]*)?(?:(?:what|how) about|and(?: for| of)?|same for)\b",
    re.IGNORECASE,
)


def refers_to_a_thing(question: str) -> bool:
    """Whether a pronoun stands for a thing named before."""
    return bool(_OF_THINGS.search(question))


def refers_to_a_person(question: str) -> bool:
    """Whether a pronoun stands for a person named before."""
    return bool(_OF_PEOPLE.search(question))


def is_opened_as_follow_up(question: str) -> bool:
    """Whether the question begins as a continuation: "and ...", "what about ..."."""
    return bool(_OPENING.search(question))


def refers_to_one_person(question: str) -> bool:
    """Whether it speaks of a he or a she."""
    return bool(_ONE_PERSON.search(question))


def as_time(question: str) -> str:
    """ "what about April?" as "what about in April?", which reads as a time if that is one."""
    found = _SWITCH.match(question)
    return question if found is None else f"{found[0]} in {question[found.end() :].strip()}"


def switches_subject(question: str) -> bool:
    """Whether it asks the question before of something else: "what about the Billing API?"."""
    return bool(_SWITCH.search(question))


def with_names(question: str, things: list[str], people: list[str]) -> str:
    """The question with its pronouns replaced by the names they stand for, and its opening dropped."""
    said = _OPENING.sub("", question, count=1)
    if things and _OF_THINGS.search(said):
        said = _replaced(_OF_THINGS, said, _joined(things))
    elif people and _OF_PEOPLE.search(said):
        said = _replaced(_OF_PEOPLE, said, _joined(people))
    elif things or people:
        about = _joined(things or people)
        said = f"{said.rstrip(' ?.!')} ({about})?"
    return said[:1].upper() + said[1:]


def _replaced(pronoun: re.Pattern[str], question: str, names: str) -> str:
    def name(found: re.Match[str]) -> str:
        return f"{names}'s" if found[0].lower() in ("its", "their", "his", "hers") else names

    return pronoun.sub(name, question, count=1)


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"
