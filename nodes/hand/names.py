"""Deciding on names: that two are one thing, or are not; what a thing is called, and of what type it is."""

from collections.abc import Sequence
from typing import Any

from nodes.errors import InputError
from nodes.hand.deciding import Decided, Desk, Draft, join_of, mentioned, worded
from nodes.hand.lines import LONGEST_NAME, check_type
from nodes.hand.subjects import Subject, entity_called
from nodes.judged import Judged, judged_in, words_of
from nodes.names import normalised_name
from stores.database import Row
from stores.errors import NotFoundError


async def merge(desk: Desk, kept: str, other: str, *, by: str, why: str | None = None) -> Decided:
    """Say that two things are one, under the name of the first.

    Raises:
        NotFoundError, InputError: a name means nothing, or several things; or a person has said that they are
            two.
    """
    one, two = [await _subject(desk, name) for name in (kept, other)]
    told = worded(f"“{two.given}” is “{one.given}”", why)
    if one.id == two.id:
        return Decided(None, "merge", "known", told, by)
    judged = await judged_in(desk.connection, desk.scope)
    _check_not_parted(judged, one, two)
    mention, series = mentioned(one)
    mention = mention.model_copy(update={"name": one.name})
    draft = Draft(
        kind="merge",
        told=told,
        by=by,
        details=_details([one, two], joins=_joins(two, one)),
        about=[mention],
        series=series,
        subject=one,
    )
    return await desk.write(draft, also={two.id})


async def accept(desk: Desk, name: str, other: str, *, by: str, why: str | None = None) -> Decided:
    """Say that two names that look alike are one thing; it keeps the name that is used most.

    Raises:
        NotFoundError, InputError: as `merge`.
    """
    one, two = [await _subject(desk, each) for each in (name, other)]
    if one.id == two.id:
        return Decided(None, "merge", "known", f"“{one.given}” and “{two.given}” are one", by)
    draft = accepted(await judged_in(desk.connection, desk.scope), one, two, by=by, why=why)
    return await desk.write(draft, also={one.id, two.id})


async def reject(desk: Desk, name: str, other: str, *, by: str, why: str | None = None) -> Decided:
    """Say that two names are two things: they are never joined, nor proposed again.

    Raises:
        NotFoundError: a name means nothing.
        InputError: they are one thing now.
    """
    one, two = [await _subject(desk, each) for each in (name, other)]
    told = worded(f"“{one.given}” and “{two.given}” are two", why)
    judged = await judged_in(desk.connection, desk.scope)
    if (number := judged.parted(one.key, two.key)) is not None:
        return Decided(number, "apart", "known", told, by)
    if one.id == two.id:
        raise InputError(_one_already(judged, one, two))
    return await desk.write(rejected(one, two, by=by, why=why))


async def split(desk: Desk, name: str, *, by: str, why: str | None = None) -> Decided:
    """Take a name, with what was said under it, out of the thing that it means, into a thing of its own.

    Raises:
        NotFoundError: nothing is called so.
        InputError: the thing has no other name.
    """
    judged = await judged_in(desk.connection, desk.scope)
    try:
        whole = await _subject(desk, name)
    except NotFoundError:
        if not _is_alone(judged, normalised_name(name)):
            raise
        return Decided(None, "split", "known", f"“{name}” is a thing of its own", by)
    if not _others(whole) and judged.parents.get(whole.key) == whole.key:
        return Decided(None, "split", "known", f"“{whole.given}” is a thing of its own", by)
    return await desk.write(parted(whole, by=by, why=why), also={whole.id})


async def rename(desk: Desk, name: str, new: str, *, by: str, why: str | None = None) -> Decided:
    """Say what a thing is called; it keeps its other names.

    Raises:
        NotFoundError: nothing is called so.
        InputError: the new name cannot be one, or another thing has it.
    """
    new = name_given(new)
    subject = await _subject(desk, name)
    if subject.name == new:
        return Decided(None, "name", "known", f"“{subject.name}” is called “{new}”", by)
    bearers = await desk.bearers(new, subject.type)
    if bearers - {subject.id}:
        raise InputError(
            f'"{new}" is another thing already: `smart-meet review merge "{subject.name}" "{new}"` says '
            "that they are one"
        )
    return await desk.write(renamed(subject, new, by=by, why=why))


async def retype(desk: Desk, name: str, type: str, *, by: str, why: str | None = None) -> Decided:
    """Say of what type a thing is.

    Raises:
        NotFoundError: nothing is called so.
        InputError: the profile has no such type.
    """
    subject = await _subject(desk, name)
    type = "_".join(type.casefold().split())
    check_type(desk.profile, type)
    told = worded(f"“{subject.name}” is a {type.replace('_', ' ')}", why)
    if subject.type == type:
        return Decided(None, "type", "known", told, by)
    mention, series = mentioned(subject)
    retyped = mention.model_copy(update={"type": type})
    return await desk.write(Draft("type", told, by, _details([subject]), [retyped], (), series, subject))


def accepted(judged: Judged, one: Subject, two: Subject, *, by: str, why: str | None = None) -> Draft:
    """That two things are one, whichever is named first.

    Raises:
        InputError: a person has said that they are two.
    """
    one, two = sorted((one, two), key=lambda each: each.key)
    _check_not_parted(judged, one, two)
    told = worded(f"“{one.given}” and “{two.given}” are one", why)
    return Draft("merge", told, by, _details([one, two], joins=_joins(two, one)))


def rejected(one: Subject, two: Subject, *, by: str, why: str | None = None) -> Draft:
    """That two things are two."""
    told = worded(f"“{one.given}” and “{two.given}” are two", why)
    apart = [[key, strange] for key in one.own_keys for strange in two.own_keys]
    return Draft("apart", told, by, _details([one, two], apart=apart))


def parted(whole: Subject, *, by: str, why: str | None = None) -> Draft:
    """That the name by which a thing was asked for is of another.

    Raises:
        InputError: it has no other name.
    """
    others = _others(whole)
    if not others:
        raise InputError(f'"{whole.name}" has no other name: there is nothing to split off')
    joins = [join_of(key, whole.key, whole.normalised) for key in whole.keys]
    root = whole.root
    if root is None or root in whole.keys:  # the others followed this very name
        root = others[0][0]
        joins += [join_of(key, root, names | whole.normalised) for key, names in others]
    told = worded(f"“{whole.given}” is a thing of its own, not “{_shown(whole, root)}”", why)
    return Draft("split", told, by, _details([whole], joins=joins, apart=[[whole.key, root]]))


def renamed(subject: Subject, new: str, *, by: str, why: str | None = None) -> Draft:
    """What a thing is called."""
    mention, series = mentioned(subject)
    told = worded(f"“{subject.name}” is called “{new}”", why)
    about = mention.model_copy(update={"name": new})
    return Draft("name", told, by, _details([subject]), [about], (), series, subject)


def name_given(new: str) -> str:
    """A name as it is to be shown.

    Raises:
        InputError: it cannot be one.
    """
    new = " ".join(new.split())
    if not normalised_name(new).strip() or len(new) > LONGEST_NAME:
        raise InputError(f'"{new[:60]}" cannot be a name')
    return new


def _others(whole: Subject) -> list[tuple[str, frozenset[str]]]:
    return [one for one in whole.keyed if one[0] not in whole.keys]


async def _subject(desk: Desk, name: str) -> Subject:
    return await entity_called(desk.database, desk.connection, desk.scope, name)


def _details(
    subjects: Sequence[Subject], *, joins: Sequence[Row] = (), apart: Sequence[Sequence[str]] = ()
) -> dict[str, Any]:
    return {
        "subjects": [one.stands_with for one in subjects],
        "names": sorted({name for one in subjects for name in one.normalised}),
        "joins": [dict(join) for join in joins],
        "apart": [list(pair) for pair in apart],
    }


def _joins(other: Subject, kept: Subject) -> list[dict[str, Any]]:
    """All that goes with a thing goes with the name that it follows, and the name given by itself too."""
    names = other.normalised | kept.normalised
    return [join_of(key, kept.key, names) for key in other.own_keys]


def _check_not_parted(judged: Judged, one: Subject, two: Subject) -> None:
    """Refuse to join what a person has said to be two, were it by way of a third name."""
    for key, _ in one.keyed:
        for other, _ in two.keyed:
            number = judged.parted(key, other)
            if number is None:
                continue
            by_way = [
                f" (decision {each})" for each in judged.joined(key, one.key) + judged.joined(other, two.key)
            ]
            raise InputError(
                f'"{two.given}" cannot be "{one.given}": “{_shown(one, key)}” and “{_shown(two, other)}” '
                f"were said to be two (decision {number})"
                + (f", and are joined to these{''.join(dict.fromkeys(by_way))}" if by_way else "")
                + ": undo one of them first, `smart-meet correct undo NUMBER`"
            )


def _is_alone(judged: Judged, name: str) -> bool:
    """Whether a person has taken a normalised name out of what it meant, and nothing is called so since."""
    return any(
        judged.parents.get(join.key) == join.key == join.bearer and words_of(join.key) == name
        for join in judged.joins
    )


def _one_already(judged: Judged, one: Subject, two: Subject) -> str:
    numbers = judged.joined(one.key, two.key)
    by_hand = ", ".join(map(str, numbers))
    told = f'"{one.given}" and "{two.given}" are one thing now'
    if numbers:
        return f"{told}, by decision {by_hand}: undo it first, `smart-meet correct undo NUMBER`"
    return f"{told}: `smart-meet review split NAME` takes a name out of it"


def _shown(subject: Subject, key: str) -> str:
    names: list[Row] = [row for row in subject.names if subject.key_of(row) == key]
    return str(names[0]["name"]) if names else words_of(key)
