"""extract: have a model read one window."""

from asyncio import to_thread
from collections.abc import Sequence
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context
from nodes.extraction import owned_by, stage_reading, stage_statements
from nodes.failures import note_failure
from nodes.ingest_state import WindowTask, check_workspace
from nodes.mentioned import Known, mentioned
from nodes.names import normalised_name
from nodes.profiles.current import profile_of
from nodes.profiles.profile import FieldSpec, Profile
from nodes.prompts import EXTRACT
from nodes.schemas import MeetingExtraction
from nodes.tidying import tidied
from nodes.windows import Window
from stores import sources
from stores.answers import paid_answer
from stores.chat import configured_model
from stores.errors import ModelUnavailableError
from stores.ledger import Piece
from stores.opening import Stores, open_stores
from stores.records import Source

_KINDS = {
    "person": "a person's name",
    "percent": "a percentage",
    "date": "a date as said",
    "set": "items, by add and resolve",
    "text": "a few words",
    "enumeration": "one word",
}


async def extract(
    state: WindowTask, runtime: Runtime[Context]
) -> Command[Literal["resolve", "extract_by_rule"]]:
    """Read a window with the model; one that it could not read goes to the rules."""
    check_workspace(state["workspace"], runtime)
    stores = await open_stores()
    place = (stores.database, state["scope"], state["source_id"])
    source = await sources.read_source(*place)
    piece = Piece(state["scope"], source.id, state["run_id"], "extract", state["window"])
    if await sources.read_item(*place, "extraction", state["window"]) is not None:
        await stage_statements(stores, piece, source, state["window"])
        return Command(update={"read": [state["window"]]}, goto="resolve")
    cut = await sources.read_item(*place, "window", state["window"])
    assert cut is not None
    profile = await profile_of(stores.database, state["scope"])
    window = Window(**cut)
    try:
        configured_model()  # without one, nothing is prepared for it
        content = await _content(stores, state["scope"], source, window, profile)
        reply = await paid_answer(stores.database, piece, MeetingExtraction, EXTRACT, content)
    except ModelUnavailableError as error:
        await note_failure(stores, state["scope"], source.id, "extract", window.id, error)
        return Command(update={"failed_windows": [state["window"]]}, goto="extract_by_rule")
    reading = await to_thread(tidied, reply.answer, source.utterances, window, profile)
    own, dropped = owned_by(reading.extraction, window), reading.dropped + reply.dropped
    await stage_reading(stores, piece, source, window, own, made_by="llm", dropped=dropped)
    done, total = [await sources.count_items(*place, stage) for stage in ("extraction", "window")]
    runtime.stream_writer({"stage": "read", "done": done, "total": total})
    return Command(update={"read": [state["window"]]}, goto="resolve")


async def _content(stores: Stores, scope: str, source: Source, window: Window, profile: Profile) -> str:
    """What the model is shown, staged at first sight: others may commit, and a restart must ask the same."""
    place = (stores.database, scope, source.id)
    kept = await sources.read_item(*place, "shown", window.id)
    if kept is None:
        content = shown(source, window, profile, await mentioned(stores, scope, source, window, profile))
        await sources.put_items(*place, "shown", {window.id: {"content": content}})
        kept = await sources.read_item(*place, "shown", window.id)
        assert kept is not None
    return kept["content"]


def shown(source: Source, window: Window, profile: Profile, known: Sequence[Known] = ()) -> str:
    """A window as a model sees it: the meeting, the profile, what is known, then numbered turns."""
    heading = [
        f"Meeting: {source.title}",
        f"Date: {source.date:%A} {source.date.isoformat()}",
        f"Participants: {', '.join(source.participants)}",
        "",
        f"Types: {', '.join(profile.types)}",
        "Fields and their values:",
        *(f"- {_field(profile, name, spec)}" for name, spec in profile.fields.items()),
        "",
        *(["Known before this meeting:", *map(_known, known), ""] if known else []),
        f"Note what turns {window.own_first} to {window.own_last} say"
        + ("; those before are there to understand them." if window.first < window.own_first else "."),
        "",
    ]
    turns = [
        f"[{utterance.ordinal}] {utterance.speaker or 'unknown'}: {utterance.text}"
        for utterance in source.utterances[window.first : window.last + 1]
    ]
    return "\n".join(heading + turns)


def _field(profile: Profile, name: str, spec: FieldSpec) -> str:
    """A field with its values, those of the workspace's own fields with other words for them."""
    keyed = f" (one for each {spec.keyed_by[0]}, which is its key)" if spec.keyed_by else ""
    values = [
        f"{value} ({', '.join(synonyms)})" if synonyms and name in profile.own_fields else value
        for value, synonyms in spec.values
    ]
    return f"{name}{keyed}: {', '.join(values) or _KINDS[spec.kind]}"


def _known(one: Known) -> str:
    others = sorted(name for name in one.names if name != normalised_name(one.name))
    also = f", here also: {', '.join(others)}" if others else ""
    state = "; ".join(f"{name} = {value}" for name, value in sorted(one.state.items()))
    return f"- {one.name} ({one.type}{also})" + (f": {state}" if state else "")
