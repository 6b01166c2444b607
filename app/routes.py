"""Routes of the graph server beside its graphs: a file is staged, a question answered, rows are read.

They cost what the work costs, where a run waits up to a second to be picked up. The answers are the graphs'
own JSON and the rows of the command line; who may reach which workspace is decided as for the graphs. Errors
are `{"error": the kind, "message": a sentence}`.
"""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

import base64
import json
from asyncio import Lock, create_task, to_thread
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import Any, cast
from uuid import UUID
from weakref import WeakValueDictionary

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.questioning import answer, answer_in_thread
from app.rows import found_by, status_of, status_of_all, timeline_of
from app.served_threads import drop_as_forgotten
from nodes.context import Context
from nodes.errors import InputError, WorkspaceMismatchError
from nodes.ingest_state import IngestInput
from nodes.intake import accept
from nodes.query_state import QueryOutput
from nodes.questions.times import beginning, instant
from nodes.transcripts.layout import MAX_BYTES, refuse_oversized
from nodes.wording import storable
from stores import histories, readings
from stores.checkpoints import Checkpoints, open_checkpoints
from stores.errors import NotFoundError, ServerUnavailableError, StoreError
from stores.moments import Moment
from stores.opening import Stores, close_stores, open_stores
from stores.sources import workspace_id

_LABELS = ("key", "title", "date", "series", "format")
_OF_A_FILE = ("filename", "participant", *_LABELS)
_CONTEXT = TypeAdapter(Context)
_ASKED = ("question", "thread_id")
_MOST_JSON = 1_000_000  # bytes; a question is some hundred
_MOST_FOUND = 1_000
_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (WorkspaceMismatchError, 409),
    (InputError, 400),
    (NotFoundError, 404),
    (ServerUnavailableError, 503),
    (StoreError, 500),
)


class _TooLarge(InputError):
    """What was sent is larger than what is read."""


async def upload(request: Request) -> JSONResponse:
    """Stage the file that is the body; its id is the `source_id` of the ingest graph, and a thread for it."""
    given = request.query_params
    name = given.get("filename") or ""
    if not name:
        raise InputError("filename is missing: it tells the layout and often the date")
    body = await _body(request, MAX_BYTES, name)
    handed: IngestInput = {
        "filename": name,
        "content_base64": (await to_thread(base64.b64encode, body)).decode(),
    }
    for label in _LABELS:
        if given.get(label):
            handed[label] = given[label]
    if given.getlist("participant"):
        handed["participants"] = given.getlist("participant")
    stores = await open_stores()
    context = _context({name: given[name] for name in given if name not in _OF_A_FILE})
    accepted = await accept(stores, context.workspace, handed)
    if accepted.source is None:
        assert accepted.known is not None
        known = {"source_id": accepted.known["version_id"], "meeting_id": accepted.meeting_id}
        return JSONResponse({**known, "status": "known"})
    staged = {"source_id": accepted.source.id, "meeting_id": accepted.meeting_id, "status": "staged"}
    return JSONResponse(staged, 201)


async def ask(request: Request) -> JSONResponse:
    """Answer one question; with a `thread_id`, as the next turn of that conversation."""
    given = await _json(request)
    context = _context({name: value for name, value in given.items() if name not in _ASKED})
    question = given.get("question")
    if not isinstance(question, str):
        raise InputError("question is missing, or no text")
    thread = given.get("thread_id")
    if thread is None:
        return JSONResponse(_plain(await answer(context, question)))
    thread = _thread(thread)
    async with _turns(request).setdefault(thread, Lock()):
        return JSONResponse(
            _plain(await answer_in_thread(await _checkpoints(request), thread, context, question))
        )


Rows = Callable[[Stores, str, Mapping[str, str], Moment], Awaitable[Sequence[Any]]]


def _reading(read: Rows) -> Callable[[Request], Awaitable[JSONResponse]]:
    """A route that gives rows, of a workspace, as of a date."""

    async def rows(request: Request) -> JSONResponse:
        given = {name: storable(value) for name, value in request.query_params.items()}
        context = _context({name: given[name] for name in ("workspace", "as_of") if name in given})
        moment = Moment(instant(context.as_of) if context.as_of else None)
        stores = await open_stores()
        return JSONResponse(list(await read(stores, workspace_id(context.workspace), given, moment)))

    return rows


async def _meetings(stores: Stores, scope: str, given: Mapping[str, str], moment: Moment) -> Sequence[Any]:
    return await readings.meetings(stores.database, scope, moment)


async def _search(stores: Stores, scope: str, given: Mapping[str, str], moment: Moment) -> Sequence[Any]:
    limit = given.get("limit", "10")
    if not (limit.isdecimal() and len(limit) < 10 and 0 < int(limit) <= _MOST_FOUND):
        raise InputError(f"limit: {limit[:20]!r} is no number from 1 to {_MOST_FOUND}")
    return await found_by(stores, scope, _needed(given, "query"), int(limit), moment.as_of)


async def _entities(stores: Stores, scope: str, given: Mapping[str, str], moment: Moment) -> Sequence[Any]:
    return await readings.entities(stores.database, scope, moment, type=given.get("type"))


async def _status(stores: Stores, scope: str, given: Mapping[str, str], moment: Moment) -> Sequence[Any]:
    named = given.get("entity")
    if named:
        return await status_of(stores, scope, named, moment.as_of)
    return await status_of_all(stores, scope, moment.as_of)


async def _timeline(stores: Stores, scope: str, given: Mapping[str, str], moment: Moment) -> Sequence[Any]:
    return await timeline_of(stores, scope, _needed(given, "entity"), moment.as_of)


async def _changes(stores: Stores, scope: str, given: Mapping[str, str], moment: Moment) -> Sequence[Any]:
    return await histories.change_rows(stores.database, scope, beginning(_needed(given, "since")), moment)


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise InputError(f"{name} is missing")
    return given[name]


def _context(given: Mapping[str, Any]) -> Context:
    """The context of the graphs, of what a caller gives of it.

    Raises:
        InputError: a value is none, or there is no such name.
    """
    known = {one.name for one in fields(Context)}
    if unknown := sorted(set(given) - known):
        raise InputError(f"{unknown[0]} is not known here; known are {', '.join(sorted(known))}")
    try:
        return _CONTEXT.validate_python({name: given[name] for name in given if name in known})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


async def _json(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(await _body(request, _MOST_JSON, "the question"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the body is no JSON ({error})") from error
    if not isinstance(given, dict):
        raise InputError('the body is no JSON object: send {"question": "…"}')
    return cast(dict[str, Any], given)


async def _body(request: Request, most: int, name: str) -> bytes:
    """What was sent, which is read no further than it may be large."""
    told = request.headers.get("content-length", "0")
    parts: list[bytes] = []
    size = int(told) if told.isdecimal() and int(told) > most else 0
    if not size:
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if size > most:
                break
    if size > most:
        if most == MAX_BYTES:
            try:
                refuse_oversized(name, size)
            except InputError as error:
                raise _TooLarge(str(error)) from error
        raise _TooLarge(f"{name} is {size / 1e6:.0f} MB large, and read up to {most / 1e6:.0f} MB")
    return b"".join(parts)


def _thread(given: object) -> str:
    try:
        return str(UUID(str(given)))
    except ValueError as error:
        raise InputError(f"thread_id {given!r} is no UUID: any that you make is a conversation") from error


def _plain(output: QueryOutput) -> dict[str, Any]:
    """The output with its messages as the graph API gives them."""
    spoken = [message.model_dump(mode="json") for message in output["messages"]]
    return {**output, "messages": spoken}


def _turns(request: Request) -> "WeakValueDictionary[str, Lock]":
    return request.app.state.turns


async def _checkpoints(request: Request) -> Checkpoints:
    """Opened by the first conversation, so that the server starts without Redis."""
    state = request.app.state
    if state.checkpoints is None:
        stores = await open_stores()
        state.checkpoints = await state.opened.enter_async_context(open_checkpoints(stores.servers.redis_url))
    return state.checkpoints


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncGenerator[None]:
    app.state.turns = WeakValueDictionary[str, Lock]()
    app.state.checkpoints = None
    async with AsyncExitStack() as opened:
        app.state.opened = opened
        opened.push_async_callback(close_stores)
        dropping = create_task(drop_as_forgotten())
        yield
        dropping.cancel()


async def _refused(request: Request, error: Exception) -> JSONResponse:
    status = (
        413 if isinstance(error, _TooLarge) else next(to for kind, to in _STATUSES if isinstance(error, kind))
    )
    kind = "InputError" if isinstance(error, _TooLarge) else type(error).__name__
    return JSONResponse({"error": kind, "message": str(error)}, status)


_READ = {
    "/meetings": _meetings,
    "/search": _search,
    "/entities": _entities,
    "/status": _status,
    "/timeline": _timeline,
    "/changes": _changes,
}

app = Starlette(
    routes=[
        Route("/upload", upload, methods=["POST"], include_in_schema=False),
        Route("/ask", ask, methods=["POST"], include_in_schema=False),
        *(
            Route(path, _reading(read), methods=["GET"], include_in_schema=False)
            for path, read in _READ.items()
        ),
    ],
    lifespan=_lifespan,
    exception_handlers={InputError: _refused, StoreError: _refused},
)
