"""The command line: `smart-meet COMMAND`. Commands are listed here in the order of their help."""

import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from app import (
    asking,
    backup_command,
    correct_commands,
    demo,
    doctor,
    export_command,
    forgetting,
    import_command,
    ingest_commands,
    ledger_commands,
    profile_commands,
    reading_commands,
    recheck_command,
    reindex_command,
    review_commands,
    serving,
)
from app.running import DEBUG_SETTING, FAILED, complain, debugging

app = typer.Typer(
    name="smart-meet",
    help="A meeting memory that knows what changed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"smart-meet {version('smart-meet')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", envvar=DEBUG_SETTING, help="Show where an error came from.")
    ] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A meeting memory that knows what changed."""
    if debug:
        os.environ[DEBUG_SETTING] = "1"


app.command()(demo.demo)
app.command()(ingest_commands.ingest)
app.command("import")(import_command.import_)
app.command()(asking.ask)
app.command()(reading_commands.search)
app.command()(reading_commands.status)
app.command()(reading_commands.timeline)
app.command()(reading_commands.changes)
app.command()(reading_commands.entities)
app.command()(reading_commands.meetings)
app.command()(ledger_commands.runs)
app.command()(ingest_commands.resume)
app.command()(recheck_command.recheck)
app.command()(reindex_command.reindex)
app.add_typer(review_commands.review, name="review")
app.add_typer(correct_commands.correct, name="correct")
app.add_typer(profile_commands.profile, name="profile")
app.command()(export_command.export)
app.command()(backup_command.backup)
app.command()(backup_command.restore)
app.command()(forgetting.forget)
app.command()(forgetting.retention)
app.command()(doctor.doctor)
app.command()(serving.serve)


def main() -> None:
    """Run the command line; an error nobody expected is one sentence too, unless --debug asks for more."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, TextIOWrapper
        ):  # a terminal that cannot show a sign shows another, and no error
            stream.reconfigure(errors="replace")
    try:
        app()
    except Exception as error:
        if debugging():
            raise
        complain(f"unexpected error, {type(error).__name__}: {error}; --debug shows where it came from")
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
