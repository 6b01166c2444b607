"""The command `ask`: one question, or a conversation."""

import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, AsOf, Workspace
from app.running import DEGRADED, DONE, FAILED, complain, perform
from nodes.errors import InputError

if TYPE_CHECKING:
    pass

_GOODBYES = {"exit", "quit", "bye", ":q"}


def ask(
    question: Annotated[
        str | None,
        typer.Argument(help="In plain words; without it, a conversation: one question a line."),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Answer anew, even if nothing has changed since the last time.")
    ] = False,
) -> None:
    """Ask in plain words; every claim of the answer points at the words that were spoken."""
    perform(_ask(question, as_of, as_json, workspace, no_cache))


async def _ask(
    question: str | None, as_of: datetime | None, as_json: bool, workspace: str, no_cache: bool
) -> int:
    from app.questioning import answer, conversation
    from nodes.context import Context

    context = Context(workspace=workspace, as_of=as_of.isoformat() if as_of else None, cache=not no_cache)
    if question is not None:
        return _show(await answer(context, question), as_json)
    async with conversation(context) as answering:
        return await _converse(answering, as_json)


async def _converse(answering: Callable[[str], Awaitable[Mapping[str, Any]]], as_json: bool) -> int:
    """Answer line after line; a question that cannot be read does not end the conversation."""
    codes = {DONE}
    for question in _questions():
        try:
            codes.add(_show(await answering(question), as_json))
            if not as_json:
                print()
        except InputError as error:
            complain(str(error))
            codes.add(FAILED)
    return FAILED if FAILED in codes and not sys.stdin.isatty() else max(codes - {FAILED})


def _questions() -> Iterator[str]:
    """Lines from standard input, with a prompt in a terminal, until it ends or somebody says goodbye."""
    prompt = ""
    if sys.stdin.isatty():
        with suppress(ImportError):  # line editing and history, where the platform has it
            import_module("readline")
        print("Ask about your meetings; an empty line ends.", file=sys.stderr)
        prompt = "> "
    while True:
        # asyncio's own handler would wait for the line to end before it lets Ctrl-C through
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            line = input(prompt).strip()
        except EOFError:
            return
        finally:
            signal.signal(signal.SIGINT, handler)
        if line.casefold() in _GOODBYES or (prompt and not line):
            return
        if line:
            yield line


def _show(output: Mapping[str, Any], as_json: bool) -> int:
    from app.rendering import out, print_json

    if as_json:
        spoken = [{"type": message.type, "content": message.content} for message in output["messages"]]
        print_json({**output, "messages": spoken})
    else:
        out().print(rendered(output), soft_wrap=not out().is_terminal)
    return DEGRADED if output["degraded"] else DONE


def rendered(output: Mapping[str, Any]) -> Any:
    """An answer as a person reads it: what is claimed first, then, dimmed, the words that it rests on."""
    from rich.console import Group

    from app.rendering import text

    claimed, _, rests_on = str(output["answer"]).partition("\n\n")
    return Group(
        *(text(line, "bold" if output["known"] else "yellow") for line in claimed.splitlines()),
        *(text(line, "dim") for line in rests_on.splitlines()),
    )
