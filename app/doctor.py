"""The command `doctor`: is everything in place, and if not, what to do."""

import platform
import shutil
import sys
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import typer

from app.options import AsJson
from app.running import DONE, FAILED, perform
from stores.errors import StoreError

if TYPE_CHECKING:
    from stores.diagnosis import DatabaseFacts
    from stores.settings import Settings

Status = Literal["ok", "warn", "fail"]

_OLDEST_PYTHON = (3, 11)
_NEWEST_PYTHON = (3, 13)
_LITTLE_DISK = 2_000_000_000  # bytes
_NO_DISK = 200_000_000  # bytes
_ELSEWHERE = "no url: use the embedded one"  # never connected to: it only keeps that server from starting


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        check: what.
        status: ok, warn (it works, but look at it) or fail.
        detail: what was found.
        remedy: what to do; None when all is well.
    """

    check: str
    status: Status
    detail: str
    remedy: str | None = None


def doctor(
    as_json: AsJson = False,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Only its runs; default: those of all.")
    ] = None,
    mend: Annotated[
        bool,
        typer.Option(
            "--mend", help="Put right what is left over or out of step; forget what is past a retention."
        ),
    ] = False,
) -> None:
    """Check Python, settings, servers, disk and models, which are asked once; say what to do about it."""
    perform(_doctor(as_json, workspace, mend=mend))


async def _doctor(as_json: bool, workspace: str | None, *, mend: bool) -> int:
    from app.rendering import out, print_json, text

    failed = False
    found: list[Check] = []
    styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    async for check in _checks(workspace, mend=mend):
        found.append(check)
        failed = failed or check.status == "fail"
        if not as_json:
            line = text(f"{check.status:<5}", styles[check.status])
            out().print(line.append(text(f"{check.check}: {check.detail}", "default")), soft_wrap=True)
            if check.remedy:
                out().print(text(f"     -> {check.remedy}", "bold"), soft_wrap=True)
    if as_json:
        print_json([asdict(check) for check in found])
    return FAILED if failed else DONE


async def _checks(workspace: str | None, *, mend: bool) -> AsyncGenerator[Check]:
    from stores.settings import settings

    yield _python()
    try:
        configured = settings()
    except StoreError as error:
        yield Check("settings", "fail", str(error), "correct that variable, here or in .env")
        return
    yield _settings(configured)
    yield _disk(configured)
    facts = None
    try:
        facts = _database(configured)
    except StoreError as error:
        yield Check("PostgreSQL", "fail", str(error), _server_remedy("DATABASE_URL", configured.database_url))
    else:
        for check in _database_checks(facts):
            yield check
    redis = _redis(configured)
    yield redis
    if redis.status == "ok" and facts is not None and facts.is_current:
        for check in await _upkeep(configured, mend=mend):
            yield check
    yield await _chat(configured)
    yield await _embedding(configured, facts)
    if facts is not None:
        yield _runs(facts, workspace)


def _python() -> Check:
    here = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if not _OLDEST_PYTHON <= sys.version_info[:2] <= _NEWEST_PYTHON:
        return Check("Python", "fail", here, "use Python 3.11, 3.12 or 3.13")
    return Check("Python", "ok", here)


def _settings(configured: "Settings") -> Check:
    """What is in force, without passwords and keys."""
    address = configured.openai_base_url
    told = [
        f"SMART_MEET_HOME={configured.home}",
        f"DATABASE_URL={_without_password(configured.database_url)}",
        f"REDIS_URL={_without_password(configured.redis_url)}",
        f"SMART_MEET_MODEL={configured.model or 'none'}",
        f"OPENAI_API_KEY {'set' if configured.openai_api_key else 'not set'}",
        *([f"OPENAI_BASE_URL={_without_password(address)}"] if address else []),
        f"SMART_MEET_EMBEDDING_MODEL={configured.embedding_model or 'bundled'}",
    ]
    return Check("settings", "ok", ", ".join(told))


def _disk(configured: "Settings") -> Check:
    home = configured.home.expanduser().resolve()
    standing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(standing).free
    detail = f"{home}, {free / 1e9:.1f} GB free"
    if free < _NO_DISK:
        return Check("data folder", "fail", detail, "free some space, or set SMART_MEET_HOME to another disk")
    if free < _LITTLE_DISK:
        return Check("data folder", "warn", detail, "free some space soon")
    return Check("data folder", "ok", detail)


def _database(configured: "Settings") -> "DatabaseFacts":
    from stores.diagnosis import database_facts
    from stores.embedded import start_servers

    servers = start_servers(
        configured.home, database_url=configured.database_url, redis_url=configured.redis_url or _ELSEWHERE
    )
    return database_facts(servers.database_url)


def _database_checks(facts: "DatabaseFacts") -> list[Check]:
    from stores.diagnosis import EXTENSIONS
    from stores.schema import latest_revision

    missing = [name for name in EXTENSIONS if name not in facts.extensions]
    extensions = ", ".join(f"{name} {version}" for name, version in sorted(facts.extensions.items()))
    server = Check("PostgreSQL", "ok", f"{facts.version}, with {extensions or 'no extension'}")
    if facts.is_too_old:
        server = Check("PostgreSQL", "fail", server.detail, "point DATABASE_URL at PostgreSQL 16 or newer")
    elif missing:
        remedy = f"install {', '.join(missing)} for this server (packages postgresql-contrib and pgvector)"
        server = Check("PostgreSQL", "fail", f"{server.detail}; {', '.join(missing)} missing", remedy)
    newest = latest_revision()
    schema = Check("schema", "ok", f"at migration {facts.revision}, the newest")
    if facts.revision is None:
        schema = Check("schema", "ok", f"empty; the first command brings it to migration {newest}")
    elif facts.is_newer_than_we:
        remedy = "update Smart-Meet, or point DATABASE_URL or SMART_MEET_HOME at another database"
        detail = f"at migration {facts.revision}, made by a newer Smart-Meet (this one knows {newest})"
        schema = Check("schema", "fail", detail, remedy)
    elif facts.revision != newest:
        detail = f"at migration {facts.revision}; the next command brings it to {newest}"
        schema = Check("schema", "warn", detail, "back it up first if it matters")
    return [server, schema]


def _redis(configured: "Settings") -> Check:
    from stores.diagnosis import redis_facts
    from stores.embedded import start_servers

    remedy = _server_remedy("REDIS_URL", configured.redis_url)
    try:
        servers = start_servers(
            configured.home,
            database_url=configured.database_url or _ELSEWHERE,
            redis_url=configured.redis_url,
        )
        facts = redis_facts(servers.redis_url)
    except StoreError as error:
        return Check("Redis", "fail", str(error), remedy)
    modules = ", ".join(f"{name} {version}" for name, version in sorted(facts.modules.items()))
    detail = f"{facts.version}, with {modules or 'no module'}"
    if "rejson" not in facts.modules:
        return Check("Redis", "fail", f"{detail}; the JSON module is missing", remedy)
    return Check("Redis", "ok", detail)


async def _chat(configured: "Settings") -> Check:
    """One tiny call of the chat model, tried once."""
    from stores.chat import tried
    from stores.errors import ModelFailedError
    from stores.model_trouble import trouble_of

    if not configured.model:
        return Check("chat model", "ok", "none; the rules read and answer")
    if configured.openai_api_key is None:
        remedy = "set OPENAI_API_KEY, to anything for an endpoint that asks for none"
        return Check("chat model", "fail", f"{configured.model}, without a key: the rules read", remedy)
    begun = perf_counter()
    try:
        model = await tried(configured)
    except ModelFailedError as error:
        wrong = trouble_of(
            error,
            model=configured.model,
            setting="SMART_MEET_MODEL",
            base_url=configured.openai_base_url,
        )
        return Check("chat model", "fail", wrong.sentence, wrong.remedy)
    detail = f"{model.model} at {model.address}, answered in {perf_counter() - begun:.1f} s"
    if not model.takes_schemas:
        remedy = "nothing needs to be done; a model with structured output makes fewer mistakes"
        return Check("chat model", "warn", f"{detail}; it takes no JSON schema, so JSON mode is used", remedy)
    return Check("chat model", "ok", f"{detail}, by a JSON schema")


async def _upkeep(configured: "Settings", *, mend: bool) -> list[Check]:
    from app.upkeep import upkeep_checks
    from stores.embedded import start_servers

    servers = start_servers(
        configured.home, database_url=configured.database_url, redis_url=configured.redis_url
    )
    try:
        return await upkeep_checks(servers, mend=mend)
    except StoreError as error:
        return [Check("upkeep", "fail", str(error), "see that both servers stay there, and run it again")]


async def _embedding(configured: "Settings", facts: "DatabaseFacts | None") -> Check:
    from stores.embeddings import embedding_model
    from stores.errors import ModelUnavailableError
    from stores.model_trouble import trouble_of

    try:
        model = embedding_model(configured)
        begun = perf_counter()
        vector = await model.embeddings.aembed_query("How far is the Billing API?")
    except ModelUnavailableError as error:
        wrong = trouble_of(
            error,
            model=configured.embedding_model or "",
            setting="SMART_MEET_EMBEDDING_MODEL",
            base_url=configured.openai_base_url,
        )
        remedy = f"{wrong.remedy}, or unset SMART_MEET_EMBEDDING_MODEL for the bundled one"
        return Check("embedding model", "fail", wrong.sentence, remedy)
    except StoreError as error:
        return Check(
            "embedding model", "fail", str(error), "unset SMART_MEET_EMBEDDING_MODEL for the bundled one"
        )
    detail = f"{model.name}, {len(vector)} dimensions, first text in {perf_counter() - begun:.1f} s"
    recorded = facts.embedding_model if facts else None
    if recorded is not None and recorded != model.name:
        remedy = "smart-meet reindex embeds everything anew; or set SMART_MEET_EMBEDDING_MODEL back"
        return Check("embedding model", "fail", f"{detail}; the database was filled by {recorded}", remedy)
    return Check("embedding model", "ok", detail)


def _runs(facts: "DatabaseFacts", workspace: str | None) -> Check:
    waiting = {
        name: number for name, number in facts.unfinished.items() if workspace is None or name == workspace
    }
    if not waiting:
        return Check("runs", "ok", "none is unfinished")
    told = ", ".join(f'{number} in the workspace "{name}"' for name, number in waiting.items())
    remedy = "; ".join(f"smart-meet resume --all --workspace {name}" for name in waiting)
    return Check("runs", "warn", f"unfinished, or still going: {told}", remedy)


def _server_remedy(setting: str, given: str | None) -> str:
    if given is None:
        return f"set {setting} to a server of your own"
    return f"start it and check {setting}, or unset {setting} for the embedded one"


def _without_password(url: str | None) -> str:
    """Where a server is; a libpq string of another form may hold a password anywhere and is not shown."""
    if url is None:
        return "embedded"
    parts = urlsplit(url)
    if not parts.scheme:
        return "(given)"
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
