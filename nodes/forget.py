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
from stores import corrected, forgetting, knowledge, retention, sources
from stores.clearing import clear_forgotten
from stores.database import Connection
from stores.errors import NotFoundError
from stores.forgetting import Counts
from stores.opening import Stores, open_stores

_CHOICES = ("meeting", "before", "expired", "words_of", "entity", "everything")
_FLAGS = ("expired", "everything")
_MOST_SHOWN = 5


async def forget(state: ForgetState, runtime: Runtime[Context]) -> ForgetOutput:
    """Take out what the input names.

    Raises:
        InputError: not exactly one thing is named, or the name means several.
        NotFoundError: nothing in this workspace is called so.
    """
    return await take_out(await open_stores(), context_of(runtime).workspace, *_choice(state))


async def take_out(stores: Stores, workspace: str, choice: str, name: str = "") -> ForgetOutput:
    """Delete in one transaction under the workspace's lock, fold again what is touched, then clear Redis.

    What Redis is to be cleared of is written down in that transaction: where this process is killed before
    it is done, the next one that forgets, ingests or resumes, or `doctor --mend`, does the rest.

    Args:
        choice: what kind of thing, one of those of `ForgetInput`; `name` is empty for those that are flags.

    Raises:
        InputError, NotFoundError: see `forget`.
    """
    scope = sources.workspace_id(workspace)
    await clear_forgotten(stores)
    async with stores.database.transaction() as connection:
        await knowledge.lock_workspace(connection, scope)
        before = await forgetting.counts(connection, scope)
        told, runs, touched = await _FORGET[choice](connection, scope, name)
        if choice != "everything":
            touched |= await forget_vanished(connection, scope)
            await refold(connection, scope, touched)
            await forgetting.delete_leftovers(connection, scope, touched)
            await knowledge.advance_workspace(connection, scope)
        after = await forgetting.counts(connection, scope)
        await forgetting.note_threads(connection, workspace, runs)
    gone = {kind: cast(int, before[kind]) - cast(int, after[kind]) for kind in before}
    return ForgetOutput(
        forgotten=told,
        counts=cast(Counts, gone),
        folded_again=0 if choice == "everything" else len(touched),
        conversations=await clear_forgotten(stores),
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
    return choice, " ".join(name.split())


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
    names = await knowledge.names_of_meetings(connection, scope, meetings)
    companions = await forgetting.companions(connection, scope, meetings)
    await before_forgetting(connection, scope, meetings)
    runs = await forgetting.delete_meetings(connection, scope, meetings)
    for companion in companions:
        source = await forgetting.version(connection, scope, companion)
        touched |= await relink_bare_names(connection, scope, source)
    return runs, touched | await relink_names(connection, scope, names)


async def _words_of(connection: Connection, scope: str, name: str) -> _Forgotten:
    names = {name.casefold()}
    for person in await forgetting.entities_called(connection, scope, normalised_name(name)):
        if person["type"] == "person":
            names.add(person["name"].casefold())
    versions = await forgetting.versions_spoken_in(connection, scope, sorted(names))
    if not versions:
        raise NotFoundError(
            f'nobody speaks as "{name}" in this workspace; give the name as the transcript has it'
        )
    touched: set[str] = set()
    for version_id in versions:
        source = await forgetting.version(connection, scope, version_id)
        touched |= await forgetting.entities_in(connection, scope, [source.meeting_id])
        await forgetting.delete_words(connection, scope, version_id, sorted(names))
        left = await forgetting.version(connection, scope, version_id)
        memories = await to_thread(list, discussion_memories(left))
        await corrected.set_discussions(connection, scope, version_id, [memory for _, memory in memories])
    return f"what {name} said in {len(versions)} meetings", [], touched


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
