"""forget: take something out for good, with everything that was drawn from it."""

from asyncio import to_thread
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from langgraph.runtime import Runtime

from nodes.context import Context, context_of
from nodes.errors import InputError
from nodes.forget_state import ForgetOutput, ForgetState
from nodes.hand.vanishing import before_forgetting, forget_vanished
from nodes.matching import relink_bare_names, relink_names
from nodes.names import normalised_name
from nodes.refolding import refold
from nodes.transcripts import parse_date
from nodes.windows import discussion_memories
from nodes.wording import storable
from stores import corrected, forgetting, naming, retention, sources, workspaces
from stores.clearing import clear_forgotten
from stores.database import Connection
from stores.errors import NotFoundError
from stores.forgetting import Counts
from stores.opening import Stores, open_stores
from stores.records import Source

_CHOICES = ("meeting", "before", "expired", "words_of", "entity", "everything")
_FLAGS = ("expired", "everything")
_MOST_SHOWN = 5


async def forget(state: ForgetState, runtime: Runtime[Context]) -> ForgetOutput:
    """Take out what the input names.

    Raises:
        InputError: not exactly one thing is named, or the name means several.
        NotFoundError: nothing in this workspace is called so.
    """
    choice, name = _choice(state)
    workspace, is_trial = context_of(runtime).workspace, bool(state.get("dry_run"))
    return await take_out(await open_stores(), workspace, choice, name, is_trial=is_trial)


async def take_out(
    stores: Stores, workspace: str, choice: str, name: str = "", *, is_trial: bool = False
) -> ForgetOutput:
    """Delete in one transaction under the workspace's lock, fold again what is touched, then clear Redis.

    What Redis is to be cleared of is written down in that transaction: where this process is killed before
    it is done, the next one that forgets, ingests or resumes, or `doctor --mend`, does the rest.

    Args:
        choice: what kind of thing, one of those of `ForgetInput`; `name` is empty for those that are flags.
        is_trial: give the receipt, and take all of it back.

    Raises:
        InputError, NotFoundError: see `forget`.
    """
    scope = sources.workspace_id(workspace)
    if not is_trial:
        await clear_forgotten(stores)
    async with stores.database.transaction(is_trial=is_trial) as connection:
        await workspaces.lock_workspace(connection, scope)
        before = await forgetting.counts(connection, scope)
        told, runs, touched = await _FORGET[choice](connection, scope, name)
        if choice != "everything":
            touched |= await forget_vanished(connection, scope)
            await refold(connection, scope, touched)
            await forgetting.delete_leftovers(connection, scope, touched)
            await workspaces.advance_workspace(connection, scope)
        after = await forgetting.counts(connection, scope)
        await forgetting.note_threads(connection, workspace, runs)
    gone = {kind: cast(int, before[kind]) - cast(int, after[kind]) for kind in before}
    return ForgetOutput(
        forgotten=told,
        counts=cast(Counts, gone),
        folded_again=0 if choice == "everything" else len(touched),
        conversations=0 if is_trial else await clear_forgotten(stores),
    )


def _choice(state: ForgetState) -> tuple[str, str]:
    given: dict[str, Any] = {name: state.get(name) for name in _CHOICES if state.get(name)}
    if len(given) != 1:
        raise InputError(f"name exactly one thing to forget: {', '.join(_CHOICES)}")
    choice, name = next(iter(given.items()))
    if choice in _FLAGS:
        if name is not True:
            raise InputError(f"{choice} must be true")
        return choice, ""
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"{choice} must be text")
    if choice == "before":
        parse_date(name)
    return choice, " ".join(storable(name).split())


_Forgotten = tuple[str, Sequence[str], set[str]]
"""What it was in words, the threads of its runs, and the entities that it touches."""


async def _meeting(connection: Connection, scope: str, name: str) -> _Forgotten:
    found = await forgetting.meetings_called(connection, scope, name)
    if not found:
        raise NotFoundError(f'no meeting "{name}" in this workspace; `smart-meet meetings --json` lists them')
    if len(found) > 1:
        which = "; ".join(
            f"{row['title']}, {row['date']:%Y-%m-%d}: {row['id']}" for row in found[:_MOST_SHOWN]
        )
        raise InputError(f'"{name}" is the title of {len(found)} meetings: give the id of one ({which})')
    told = f"the meeting {found[0]['title']} of {found[0]['date']:%Y-%m-%d}"
    return (told, *await _meetings(connection, scope, [found[0]["id"]]))


async def _before(connection: Connection, scope: str, name: str) -> _Forgotten:
    moment, _ = parse_date(name)
    found = await forgetting.meetings_before(connection, scope, moment)
    told = f"{len(found)} meetings held before {moment:%Y-%m-%d}"
    return (told, *await _meetings(connection, scope, found))


async def _expired(connection: Connection, scope: str, name: str) -> _Forgotten:
    limit = await retention.limit(connection, scope)
    if limit is None:
        raise InputError(
            "this workspace keeps its meetings for ever: `smart-meet retention DAYS` sets a limit"
        )
    found = await forgetting.meetings_before(connection, scope, limit.oldest)
    told = f"{len(found)} meetings held more than {limit.days} days ago"
    return (told, *await _meetings(connection, scope, found))


async def _meetings(
    connection: Connection, scope: str, meetings: Sequence[str]
) -> tuple[Sequence[str], set[str]]:
    """Delete them; who took part in them may have told whom the first names of their series mean."""
    touched = await forgetting.entities_in(connection, scope, meetings)
    touched |= await forgetting.told_of(connection, scope, touched)
    names = await naming.names_of_meetings(connection, scope, meetings)
    companions = await forgetting.companions(connection, scope, meetings)
    await before_forgetting(connection, scope, meetings)
    runs = await forgetting.delete_meetings(connection, scope, meetings)
    for companion in companions:
        source = await forgetting.version(connection, scope, companion)
        touched |= await relink_bare_names(connection, scope, source)
    return runs, touched | await relink_names(connection, scope, names)


async def _words_of(connection: Connection, scope: str, name: str) -> _Forgotten:
    people = await forgetting.entities_called(connection, scope, normalised_name(name))
    people = [one for one in people if one["type"] == "person"]
    names = {name.casefold(), *(person["name"].casefold() for person in people)}
    spoken = await forgetting.spoken_by(connection, scope, names, [person["id"] for person in people])
    staged = await forgetting.staged_words_of(connection, scope, names.union(*spoken.values()))
    if staged:
        raise InputError(
            f"what {name} said is in ingestions that have not ended ({', '.join(staged[:_MOST_SHOWN])}): end "
            "them with `smart-meet resume --all` or `smart-meet recheck`, or forget these meetings first"
        )
    if not spoken:
        raise NotFoundError(
            f'nobody speaks as "{name}" in this workspace; give the name as the transcript has it'
        )
    meetings, touched, unsaid = set[str](), set[str](), set[str]()
    for version_id, labels in spoken.items():
        source = await forgetting.version(connection, scope, version_id)
        meetings.add(source.meeting_id)
        touched |= await forgetting.entities_in(connection, scope, [source.meeting_id])
        await forgetting.delete_words(connection, scope, version_id, labels)
        left = await forgetting.version(connection, scope, version_id)
        memories = await to_thread(list, discussion_memories(left))
        await corrected.set_discussions(connection, scope, version_id, [memory for _, memory in memories])
        unsaid |= await _delete_unsaid(connection, scope, source, left)
    touched |= await relink_names(connection, scope, unsaid)
    return f"what {name} said in {len(meetings)} meetings", [], touched


async def _delete_unsaid(connection: Connection, scope: str, source: Source, left: Source) -> set[str]:
    """Delete the names of a version that stood in none but the words now gone; gives them, normalised."""
    before, after = _words(source), _words(left)
    mentions, others = await forgetting.names_unsaid(connection, scope, source.id)
    gone = {id: name for id, name in mentions.items() if f" {name} " not in after}
    unsaid = {name for name in others if f" {name} " in before and f" {name} " not in after}
    unsaid |= set(gone.values())
    await forgetting.delete_names(connection, scope, source.id, list(gone), unsaid)
    return unsaid


def _words(source: Source) -> str:
    """All that is said, in the form in which names are compared."""
    return "".join(f" {normalised_name(turn.text)} " for turn in source.utterances)


async def _entity(connection: Connection, scope: str, name: str) -> _Forgotten:
    found = await forgetting.entities_called(connection, scope, normalised_name(name))
    if not found:
        raise NotFoundError(
            f'nothing called "{name}" is tracked in this workspace; `smart-meet entities` lists all'
        )
    if len(found) > 1:
        which = ", ".join(f"{row['name']} ({row['type']})" for row in found[:_MOST_SHOWN])
        raise InputError(f'"{name}" may be {which}: give the whole name')
    entity = found[0]["id"]
    touched = await forgetting.told_of(connection, scope, [entity]) - {entity}
    await forgetting.delete_entities(connection, scope, [entity])
    return f"{found[0]['name']} ({found[0]['type']})", [], touched


async def _everything(connection: Connection, scope: str, name: str) -> _Forgotten:
    return "the whole workspace", await forgetting.delete_workspace(connection, scope), set()


_FORGET: Mapping[str, Callable[[Connection, str, str], Any]] = {
    "meeting": _meeting,
    "before": _before,
    "expired": _expired,
    "words_of": _words_of,
    "entity": _entity,
    "everything": _everything,
}
