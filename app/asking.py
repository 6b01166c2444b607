"""The command `ask`: one question, or a conversation."""

import re
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import Annotated, Any, Literal

import typer

from app.options import DEFAULT_WORKSPACE, AsJson, AsOf, Workspace
from app.running import DEGRADED, DONE, FAILED, complain, perform
from nodes.errors import InputError

Form = Literal["text", "json", "markdown"]
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_NUMBER = re.compile(r"\\\[(\d+)\\\]")
_QUOTED = re.compile(r"(“[^”]*”)")
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
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Answer in Markdown, for chat clients.", show_default=False)
    ] = False,
) -> None:
    """Ask in plain words; every claim of the answer points at the words that were spoken."""
    if as_json and markdown:
        raise typer.BadParameter("choose --json or --markdown")
    form = "json" if as_json else "markdown" if markdown else "text"
    perform(_ask(question, as_of, form, workspace, no_cache))


async def _ask(
    question: str | None, as_of: datetime | None, form: Form, workspace: str, no_cache: bool
) -> int:
    from app.questioning import answer, conversation
    from nodes.context import Context

    context = Context(workspace=workspace, as_of=as_of.isoformat() if as_of else None, cache=not no_cache)
    heard = _Heard(is_shown=form == "text" and sys.stdout.isatty())
    if question is not None:
        return _show(await answer(context, question, heard.hear), form, heard)
    async with conversation(context, heard.hear) as answering:
        return await _converse(answering, form, heard)


class _Heard:
    """The sentences of an answer, shown in a terminal as they pass."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self.has_shown = False

    def hear(self, event: Mapping[str, Any]) -> None:
        """Show a sentence."""
        from app.rendering import out, text

        if self._is_shown and event.get("stage") == "sentence":
            out().print(text(f"{'- ' if event['is_listed'] else ''}{event['text']}", "bold"))
            self.has_shown = True


async def _converse(
    answering: Callable[[str], Awaitable[Mapping[str, Any]]], form: Form, heard: _Heard
) -> int:
    """Answer line after line; a question that cannot be read does not end the conversation."""
    codes = {DONE}
    for question in _questions():
        try:
            codes.add(_show(await answering(question), form, heard))
            if form != "json":
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


def _show(output: Mapping[str, Any], form: Form, heard: _Heard) -> int:
    from app.rendering import out, print_json

    if form == "json":
        spoken = [{"type": message.type, "content": message.content} for message in output["messages"]]
        print_json({**output, "messages": spoken})
    elif form == "markdown":
        print(in_markdown(output))
    else:
        shown = rendered(output, is_claimed=heard.has_shown)
        out().print(shown, soft_wrap=not out().is_terminal)
        heard.has_shown = False
    return DEGRADED if output["degraded"] else DONE


def rendered(output: Mapping[str, Any], *, is_claimed: bool = False) -> Any:
    """An answer as a person reads it: what is claimed first, then, dimmed, the words that it rests on.

    Args:
        output: of the query graph.
        is_claimed: what it claims was shown already, as it came.
    """
    from rich.console import Group

    from app.rendering import text

    claimed, _, rests_on = str(output["answer"]).partition("\n\n")
    return Group(
        *(
            text(line, "bold" if output["known"] else "yellow")
            for line in claimed.splitlines()
            if not is_claimed or line.startswith("Not known: ")
        ),
        *(text(line, "dim") for line in rests_on.splitlines()),
    )


def in_markdown(output: Mapping[str, Any]) -> str:
    """An answer in Markdown; words of meetings hold no markup of their own, whatever was said."""
    claimed, _, rests_on = str(output["answer"]).partition("\n\n")
    numbers = {str(number) for number in range(1, len(output["citations"]) + 1)}
    lines = [_without_markup(line, numbers) for line in claimed.splitlines()]
    evidence = [f"> {_without_markup(line, numbers)}" for line in rests_on.splitlines()]
    # two spaces break a line
    return "\n".join(f"{line}  " for line in [*lines, *([""] if evidence else []), *evidence])


def _without_markup(line: str, numbers: set[str]) -> str:
    """A line whose signs are signs; the list it is in stays, and so do, outside of quotes, its citations."""
    from app.rendering import printable

    line = printable(line)
    begun, said = ("- ", line[2:]) if line.startswith("- ") else ("", line)
    parts: list[str] = []
    for part in _QUOTED.split(said):
        escaped = _MARKUP.sub(r"\\\1", part)
        is_quoted = part.startswith("“")
        parts.append(escaped if is_quoted else _NUMBER.sub(lambda found: _number(found, numbers), escaped))
    return begun + "".join(parts)


def _number(found: re.Match[str], numbers: set[str]) -> str:
    return f"[{found[1]}]" if found[1] in numbers else found[0]
