"""Matching a meeting against what the workspace knows: by the nodes, and again by commit under its lock."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nodes.callings import Calling, Callings
from nodes.fold import pairs
from nodes.judged import Judged, judged_in, words_of
from nodes.names import entity_key, is_bare_person, normalised_name
from nodes.profiles.current import profile_in
from nodes.profiles.profile import Profile
from nodes.resolution import GreyPair, Names, bind, circle_named, grey_pairs, person_called, said_in
from nodes.schemas import MeetingExtraction
from nodes.unfolded import Unfolded, unfolded
from nodes.verdicts import by_rule, pair_id
from stores import decisions, knowledge, naming, sources, workspaces
from stores.database import Connection, Row
from stores.ids import derived_id
from stores.knowledge import Move, Resolution, VerdictRow
from stores.opening import Stores
from stores.records import Observation, Source, Verdict

Pair = tuple[Observation, Observation]
_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was drawn from a meeting: per window who read it and what, the statements, how many claims
    were discarded for their quotes and dropped for their form, how many memories there are with the turns,
    and the windows that were read by rule."""

    extractions: tuple[tuple[str, MeetingExtraction], ...]
    statements: Mapping[str, Mapping[str, Any]]
    discarded: int
    dropped: int
    memories: int
    by_rule: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """A resolution, the names left unclear, and the revision of the workspace that both rest on.

    Attributes:
        apart: by mention, the entities that a person has said it is not.
    """

    resolution: Resolution
    grey: Sequence[GreyPair]
    revision: int
    apart: Mapping[str, set[str]]


async def read_readings(stores: Stores, scope: str, source_id: str) -> Reading:
    """What the readers have staged, in the order of the windows."""
    staged = await sources.read_items(stores.database, scope, source_id, "extraction")
    return Reading(
        extractions=tuple(
            (one["made_by"], MeetingExtraction.model_validate(one["extraction"])) for one in staged.values()
        ),
        statements=await sources.read_statements(stores.database, scope, source_id),
        discarded=sum(one["discarded"] for one in staged.values()),
        dropped=sum(one["dropped"] for one in staged.values()),
        memories=await sources.count_items(stores.database, scope, source_id, "memory"),
        by_rule=tuple(window for window, one in staged.items() if one["made_by"] == "rule"),
    )


async def match(connection: Connection, scope: str, source: Source, reading: Reading) -> Matched:
    """Bind the meeting's names to entities, each of a few queries for all names at once."""
    revision = await workspaces.revision(connection, scope)  # first: who commits meanwhile is noticed
    profile = await profile_in(connection, scope)
    names = Names(source, [extraction for _, extraction in reading.extractions], profile)
    replaced = await _replaced(connection, scope, source)
    judged = await judged_in(connection, scope)
    own = names.callings()
    colleagues = await _colleagues(connection, scope, source, replaced)
    asked = {normalised_name(name) for calling in own for name in (calling.name, calling.bearer)}
    asked |= _joined_to(judged, [*asked, *(words_of(key) for key, _, _ in names.mentions()), *colleagues])
    explained = await _explained(connection, scope, asked, judged, replaced) | _explained_in(own)
    around = await naming.callings_of(connection, scope, sorted(explained), without=replaced, once=True)
    callings = Callings([*map(_calling, around), *own], judged)
    resolution = bind(scope, source, names, reading.extractions, reading.statements, callings, colleagues)
    mentioned = {mention["normalised"] for mention in resolution["mentions"]}
    known = await naming.entities_named(connection, scope, sorted(mentioned), without=replaced)
    new = sorted(mentioned - known.keys())
    alike = await naming.entities_like(connection, scope, new, without=replaced)
    apart = {mention["id"]: _strangers(judged, scope, key) for key, mention, _ in names.mentions()}
    return Matched(resolution, grey_pairs(resolution, alike, apart), revision, apart)


async def _explained(
    connection: Connection, scope: str, names: Collection[str], judged: Judged, without: Sequence[str]
) -> set[str]:
    """Of normalised names those that may mean something else than themselves: that a meeting explains, or a
    person has decided on. How often the others were used need not be read."""
    decided = {name for join in judged.joins for name in join.names}
    decided |= {words_of(key) for pair in judged.apart for key in pair}
    explained = await naming.names_explained(connection, scope, sorted(names), without=without)
    return explained | {name for name in names if name in decided}


def _explained_in(callings: Sequence[Calling]) -> set[str]:
    """The normalised names that a meeting itself explains, and by which."""
    pairs_of = [{normalised_name(one.name), normalised_name(one.bearer)} for one in callings]
    return {name for pair in pairs_of if len(pair) > 1 for name in pair}


async def _bound_otherwise(connection: Connection, scope: str, names: set[str]) -> set[str]:
    """Of names that no meeting explains those that are bound to something else than themselves."""
    found = await naming.entities_named(connection, scope, sorted(names), without=[])
    return {
        name
        for name, entities in found.items()
        for entity in entities
        if not (entity.type == _PERSON and is_bare_person(entity.called))
        and entity.id != derived_id("entity", scope, entity_key(entity.called, entity.type, scope=None))
    }


def _joined_to(judged: Judged, names: Iterable[str]) -> set[str]:
    """The normalised names that a person has joined to these, directly or not."""
    given = {normalised_name(name) for name in names} if judged.joins else set[str]()
    return judged.near(given) - given


def _strangers(judged: Judged, scope: str, key: str) -> set[str]:
    """The entities that a person has said a name is not."""
    root = judged.root(key)
    pairs_of = ({judged.root(one) for one in pair} for pair in judged.apart)
    return {
        derived_id("entity", scope, other) for pair in pairs_of if root in pair for other in pair - {root}
    }


def _calling(row: Row) -> Calling:
    return Calling(
        name=row["name"],
        type=row["type"],
        bearer=row["mention"] if row["bearer"] == row["mentioned"] else row["bearer"],
        said_by=row["source"] if row["source"] in ("llm", "human") else "extraction",
        meeting=said_in(row["date"], row["meeting_id"]),
    )


async def relink_names(connection: Connection, scope: str, names: Iterable[str]) -> set[str]:
    """Bind normalised names again everywhere, now that a meeting explains some or no longer does.

    What a person has decided on names comes first. Bare first names are bound by who took part, not here.
    Gives the touched entities.
    """
    judged = await judged_in(connection, scope)
    near = judged.near(names)
    explained = await _explained(connection, scope, near, judged, [])
    told = sorted(explained | await _bound_otherwise(connection, scope, near - explained))
    around = await naming.callings_of(connection, scope, told, without=[], once=True)
    callings = Callings(map(_calling, around), judged)
    denied = [row for row in around if _is_denied(row, callings, judged)]
    await decisions.hide_aliases(connection, scope, denied)
    if not _moves(scope, around, callings):
        return set()
    around = await naming.callings_of(connection, scope, told, without=[], once=False)
    moves = _moves(scope, around, Callings(map(_calling, around), judged))
    await knowledge.move_links(connection, scope, list(moves.values()))
    touched = {entity for move in moves.values() for entity in (move["before"], move["entity_id"])}
    return touched | await knowledge.entities_told_of(connection, scope, set(moves))


def _moves(scope: str, around: Sequence[Row], callings: Callings) -> dict[str, Move]:
    """The mentions that are linked to another entity than what all meetings say of their names."""
    moves: dict[str, Move] = {}
    for row in around:
        if row["type"] == _PERSON and is_bare_person(row["mention"]):
            continue
        key = entity_key(row["mention"], row["type"], scope=None)
        bound = callings.bound(key, said_in(row["date"], row["meeting_id"]))
        entity_id = derived_id("entity", scope, bound.key)
        if entity_id != row["entity_id"]:
            moves[row["mention_id"]] = Move(
                mention_id=row["mention_id"],
                link_id=row["link_id"],
                before=row["entity_id"],
                entity_id=entity_id,
                name=row["mention"],
                type=row["type"],
                decided_by="llm" if row["decided_by"] == "llm" else bound.decided_by,
            )
    return moves


def _is_denied(row: Row, callings: Callings, judged: Judged) -> bool:
    """Whether a meeting calls a thing by another name that a person has said to be of something else."""
    if row["mentioned"] != row["bearer"] or row["normalised"] == row["bearer"] or not judged.parents:
        return False
    if row["type"] == "person" and (is_bare_person(row["name"]) or is_bare_person(row["mention"])):
        return False
    name, bearer = (entity_key(one, row["type"], scope=None) for one in (row["name"], row["mention"]))
    decided = name in judged.parents or judged.parted(name, bearer) is not None
    return decided and callings.bound(name).key != callings.bound(bearer).key


async def touched_entities(
    connection: Connection, scope: str, source: Source, resolution: Resolution
) -> set[str]:
    """The entities that this version names, and those of the version that it replaces: what it no longer
    says goes."""
    touched = {link["entity_id"] for link in resolution["links"]}
    for version in await _replaced(connection, scope, source):
        touched |= await knowledge.entities_of_version(connection, scope, version)
    return touched


async def ahead(
    connection: Connection, scope: str, profile: Profile, source: Source, resolution: Resolution
) -> Unfolded:
    """What is to be folded of the touched entities once this version is committed."""
    replaced = await _replaced(connection, scope, source)
    anew = await touched_entities(connection, scope, source, resolution) if replaced else ()
    new = bound_observations(source, resolution)
    return await unfolded(connection, scope, profile, new, anew=anew, without=replaced)


async def judged_pairs(
    connection: Connection, scope: str, profile: Profile, work: Unfolded
) -> tuple[dict[str, Verdict], dict[str, Pair]]:
    """The verdicts there are on neighbours, and the pairs that neither they nor a rule decide."""
    neighbours = {
        pair_id(profile, before, after): (before, after)
        for before, after in pairs(profile, work.observations, work.heads)
    }
    verdicts = await knowledge.verdicts(connection, scope, profile.version, list(neighbours))
    open_pairs = {
        pair: values
        for pair, values in neighbours.items()
        if pair not in verdicts and by_rule(profile, *values) is None
    }
    return verdicts, open_pairs


def unclear_pairs(profile: Profile, work: Unfolded) -> dict[str, Pair]:
    """The neighbours that no rule decides, by the ids of the pairs."""
    return {
        pair_id(profile, before, after): (before, after)
        for before, after in pairs(profile, work.observations, work.heads)
        if by_rule(profile, before, after) is None
    }


async def brings_new_people(connection: Connection, scope: str, source: Source) -> bool:
    """Whether somebody takes part in a meeting of the series for the first time and may bear a bare name."""
    if source.series is None:
        return False
    known = await naming.series_participants(connection, scope, source.series, without=[source.id])
    return not set(source.participants).issubset(known)


async def relink_bare_names(connection: Connection, scope: str, source: Source) -> set[str]:
    """Bind the bare first names of the series' other meetings again, now that this one is written.

    Who took part in it may tell who was meant, or make a name ambiguous. Gives the touched entities.
    """
    return set() if source.series is None else await _relink_bare(connection, scope, source.series)


async def relink_bare_named(connection: Connection, scope: str, names: Collection[str]) -> set[str]:
    """Bind these bare first names and labels again wherever they are used. Gives the touched entities."""
    circles: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await naming.bare_named(connection, scope, names):
        if is_bare_person(row["name"]):
            circles[circle_named(row["series"], row["key"])].append(row)
    touched: set[str] = set()
    for circle, rows in sorted(circles.items()):
        series, colleagues = rows[0]["series"], rows[0]["participants"]
        if series is not None:
            colleagues = await naming.series_participants(connection, scope, series, without=[])
        touched |= await _bind_bare(connection, scope, circle, colleagues, rows)
    return touched


async def _relink_bare(connection: Connection, scope: str, series: str) -> set[str]:
    colleagues = await naming.series_participants(connection, scope, series, without=[])
    bare_people = await naming.bare_people(connection, scope, series)
    return await _bind_bare(connection, scope, circle_named(series, ""), colleagues, bare_people)


async def _bind_bare(
    connection: Connection, scope: str, circle: str, colleagues: Sequence[str], bare_people: Sequence[Row]
) -> set[str]:
    """Bind the bare names of a circle of meetings, who took part in which being known."""
    judged = await judged_in(connection, scope)
    asked = _joined_to(judged, [*colleagues, *(bare["name"] for bare in bare_people)])
    asked |= await naming.names_explained(connection, scope, asked, without=[])
    around = await naming.callings_of(connection, scope, sorted(asked), without=[], once=True)
    callings = Callings(map(_calling, around), judged)
    moves: list[Move] = []
    for bare in bare_people:
        bound = person_called(circle, bare["name"], colleagues, callings)
        entity_id = derived_id("entity", scope, bound.key)
        if entity_id != bare["entity_id"]:
            move = Move(
                mention_id=bare["mention_id"],
                link_id=bare["link_id"],
                before=bare["entity_id"],
                entity_id=entity_id,
                name=bare["name"],
                type="person",
                decided_by=bound.decided_by,
            )
            moves.append(move)
    await knowledge.move_links(connection, scope, moves)
    touched = {entity for move in moves for entity in (move["before"], move["entity_id"])}
    moved = {move["mention_id"] for move in moves}
    return touched | await knowledge.entities_told_of(connection, scope, moved)


async def _colleagues(
    connection: Connection, scope: str, source: Source, replaced: Sequence[str]
) -> list[str]:
    known: list[str] = []
    if source.series is not None:
        known = await naming.series_participants(connection, scope, source.series, without=replaced)
    return [*source.participants, *(name for name in known if name not in source.participants)]


async def _replaced(connection: Connection, scope: str, source: Source) -> list[str]:
    version = await knowledge.current_version(connection, scope, source.meeting_id)
    return [] if version is None else [version]


def bound_observations(source: Source, resolution: Resolution) -> list[Observation]:
    """A meeting's observations as facts about entities, persons resolved through their links."""
    entity = {link["mention_id"]: link["entity_id"] for link in resolution["links"]}
    return [
        Observation(
            id=row["id"],
            entity_id=entity[row["mention_id"]],
            field=row["field"],
            key=row["key"],
            op=row["op"],  # pyright: ignore[reportArgumentType]  # staged from a checked schema
            value=row["value"],
            normalised=entity[row["value_mention_id"]] if row["value_mention_id"] else row["normalised"],
            stance=row["stance"],  # pyright: ignore[reportArgumentType]
            meeting_id=source.meeting_id,
            meeting_date=source.date,
            at=datetime.fromisoformat(row["at"]),
            utterance=row["utterance"],
            sequence=row["sequence"],
            speaker=row["speaker"],
            quote=row["quote"],
        )
        for row in resolution["observations"]
    ]


def verdict_row(
    before: Observation,
    after: Observation,
    verdict: Verdict,
    *,
    model: str | None = None,
    prompt_version: str | None = None,
) -> VerdictRow:
    """A verdict with the values it judges, and the model that gave it."""
    by_model = verdict.decided_by == "llm"
    return VerdictRow(
        pair_id=verdict.pair_id,
        field=after.field,
        before_value=before.value,
        after_value=after.value,
        differs=verdict.differs,
        reason=verdict.reason,
        decided_by=verdict.decided_by,
        model=model if by_model else None,
        prompt_version=prompt_version if by_model else None,
    )
