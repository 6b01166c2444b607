"""What depends on what, who works on what: which links a question asks for, and the answer from them."""

import re
from collections.abc import Sequence

from nodes.query_state import Draft, Plan, QueryState, RelationAsked
from nodes.questions.drafting import (
    Drafting,
    count_claim,
    day,
    ids,
    is_said,
    listed,
    of_relation,
    say_states,
    since_said,
)
from nodes.schemas import RelationType
from stores.histories import RelationReading

_MOST_LINES = 15
_INDIRECT = re.compile(
    r"\b(?:indirect\w*|transitive\w*|downstream|upstream|in turn|ultimately|two steps|second[- ]hand"
    r"|affect\w*|impact\w*|knock-on)\b",
    re.IGNORECASE,
)
_ASKED: tuple[tuple[str, tuple[RelationType, ...], str], ...] = (
    (
        r"\bdoes\b.*\bdepend\b|\bdo\b.*\bdepend\b|\bdependenc\w+\b|\bis\b.*\bdependent\b|\bneeds?\b",
        ("depends_on",),
        "out",
    ),
    (
        r"\bdepends?\b|\bdependents?\b|\brel(?:y|ies) on\b|\baffected\b|\bimpact\w*\b|\bif\b.*\bslips?\b",
        ("depends_on",),
        "in",
    ),
    (r"\bdoes\b.*\bblock\b|\bis\b.*\bblocking\b", ("blocks",), "out"),
    (r"\bdoes\b.*\breport\b|\bdo\b.*\breport\b|\bboss\b|\bmanager of\b", ("reports_to",), "out"),
    (r"\breports?\b|\breporting\b", ("reports_to",), "in"),
    (r"\b(?:does|is|do|are)\b.*\bwork(?:ing)?(?: on)?\W*$", ("works_on", "responsible_for"), "out"),
    (r"\bworks? with\b|\bworking with\b|\bcollaborat\w+\b", ("collaborates_with",), "both"),
    (r"\bwork(?:s|ing)?(?: on)?\b", ("works_on", "responsible_for"), "in"),
    (r"\b(?:is|are)\b.*\bpart of\W*$", ("includes",), "in"),
    (r"\bincludes?\b|\bpart of\b|\bparts of\b|\bconsists? of\b|\bcontains?\b", ("includes",), "out"),
)
_IS_BLOCKING = re.compile(
    r"^\W*(?:and |so )?(?:what|who|which \w+)(?:['’]s| is| are| was| were| has| have)\b.+"
    r"\b(?:been )?(?:blocking|holding up)\W*$",
    re.IGNORECASE,
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), types, way) for pattern, types, way in _ASKED)
_MIRRORED: dict[RelationType, RelationType] = {"blocks": "depends_on", "depends_on": "blocks"}
_OUT_WORDS: dict[str, str] = {
    "works_on": "works on",
    "reports_to": "reports to",
    "depends_on": "depends on",
    "blocks": "blocks",
    "includes": "includes",
    "responsible_for": "is responsible for",
    "collaborates_with": "collaborates with",
    "relates_to": "is related to",
}


def read_relation(nameless: str, *, ends_with_name: bool) -> RelationAsked:
    """Which links a question about relations asks for.

    Args:
        nameless: the question without the names in it: "What depends on?" asks for what leads into the thing,
            "What does depend on?" for what leads out of it.
        ends_with_name: whether a name came last: "What is part of X?" is not "What is X part of?".
    """
    steps = 2 if _INDIRECT.search(nameless) else 1
    if ends_with_name and re.search(r"\bpart of\W*$", nameless, re.IGNORECASE):
        return {"types": ["includes"], "direction": "out", "steps": steps}
    for pattern, types, way in _COMPILED:
        if pattern.search(nameless):
            direction = "out" if way == "out" else "in" if way == "in" else "both"
            return {"types": list(types), "direction": direction, "steps": steps}
    return {"types": [], "direction": "both", "steps": steps}


def asks_what_it_blocks(question: str) -> bool:
    """Whether it asks what the thing that it names blocks ("What is X blocking?"), not what blocks that."""
    return bool(_IS_BLOCKING.search(question))


def along(
    relations: Sequence[RelationReading], asked: RelationAsked, ends: set[str]
) -> list[RelationReading]:
    """Those of the relations that lead out of, or into, one of these things, as asked.

    What blocks a thing is what it depends on, seen from the other end.
    """
    found: list[RelationReading] = []
    for one in relations:
        kind, source, target = one["type"], one["source_id"], one["target_id"]
        if kind in _MIRRORED and asked["types"] == [_MIRRORED[kind]]:
            kind, source, target = _MIRRORED[kind], target, source
        if asked["types"] and kind not in asked["types"]:
            continue
        if (asked["direction"] != "in" and source in ends) or (
            asked["direction"] != "out" and target in ends
        ):
            found.append(one)
    return found


def other_ends(relations: Sequence[RelationReading], ends: set[str]) -> list[str]:
    """The things at the other ends of relations."""
    ids = {one["source_id"] for one in relations} | {one["target_id"] for one in relations}
    return sorted(ids - ends)


def relationship_answer(state: QueryState, plan: Plan) -> Draft | None:
    """Who or what is linked to the things named, as asked: directly, then through one other thing."""
    asked = plan["relation"] or {"types": [], "direction": "both", "steps": 1}
    named = ids([*plan["entities"], *plan["people"]])
    relations = state.get("relations", [])
    drafting = Drafting()
    if len(plan["entities"]) + len(plan["people"]) == 2 and asked["direction"] == "both":
        _say_between(drafting, relations, *named)
    first = along(relations, asked, named) if drafting.is_empty else []
    for one in first[:_MOST_LINES]:
        drafting.say(f"{_said(one)} (since {day(one['since'])}).", [of_relation(one)])
    if asked["steps"] == 2:
        _say_further(drafting, relations, asked, named, first)
    if "works_on" in asked["types"] or not asked["types"]:
        _say_owners(drafting, state, plan, asked)
    if drafting.is_empty and asked["types"] == ["blocks"] and asked["direction"] == "out":
        about = listed(list(dict.fromkeys(entity["name"] for entity in (*plan["entities"], *plan["people"]))))
        drafting.say(f"Nothing on record is blocked by {about}.", [], [count_claim("none", 0)])
    if drafting.is_empty and relations:
        near = [one for one in relations if {one["source_id"], one["target_id"]} & named][:_MOST_LINES]
        if near:
            about = listed(
                list(dict.fromkeys(entity["name"] for entity in (*plan["entities"], *plan["people"])))
            )
            drafting.say(
                f"No meeting says so of {about}; what is on record:", [of_relation(one) for one in near]
            )
            for one in near:
                drafting.say(f"{_said(one)} (since {day(one['since'])}).", [of_relation(one)])
    return None if drafting.is_empty else drafting.draft("high")


def _say_between(drafting: Drafting, relations: Sequence[RelationReading], one: str, other: str) -> None:
    """What links two things, directly, or through a third one."""
    of_one = [link for link in relations if one in (link["source_id"], link["target_id"])]
    of_other = [link for link in relations if other in (link["source_id"], link["target_id"])]
    for link in of_one:
        if link in of_other:
            drafting.say(f"{_said(link)} (since {day(link['since'])}).", [of_relation(link)])
    shared = set(other_ends(of_one, {one, other})) & set(other_ends(of_other, {one, other}))
    for link in of_one:
        for further in of_other:
            third = (
                {link["source_id"], link["target_id"]} & {further["source_id"], further["target_id"]} & shared
            )
            if third:
                drafting.say(
                    f"{_said(link)}, and {_said(further)}.", [of_relation(link), of_relation(further)]
                )


def _say_further(
    drafting: Drafting,
    relations: Sequence[RelationReading],
    asked: RelationAsked,
    named: set[str],
    first: Sequence[RelationReading],
) -> None:
    """The second step, each with the first one that leads to it."""
    between = set(other_ends(first, named))
    for one in along(relations, asked, between):
        if {one["source_id"], one["target_id"]} & named:
            continue
        link = next(
            step
            for step in first
            if {step["source_id"], step["target_id"]} & {one["source_id"], one["target_id"]}
        )
        drafting.say(
            f"Indirectly: {_said(one)} (since {day(one['since'])}), and {_said(link)}.",
            [of_relation(one), of_relation(link)],
        )


def _say_owners(drafting: Drafting, state: QueryState, plan: Plan, asked: RelationAsked) -> None:
    for one in state.get("states", []):
        is_end = asked["direction"] != "out" or not plan["people"] or one["normalised"] in ids(plan["people"])
        if one["field"] == "owner" and is_end:
            say_states(drafting, f"{one['entity']} {is_said(one)} ({since_said(one)})", [one])


def _said(relation: RelationReading) -> str:
    words = _OUT_WORDS.get(relation["type"], relation["type"].replace("_", " "))
    return f"{relation['source']} {words} {relation['target']}"
