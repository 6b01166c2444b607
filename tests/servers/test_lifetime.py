"""How the embedded servers start, are shared, survive kills and end: real processes, killed for real."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.servers.conftest import Client, copy_cluster, eventually, running, stops

StartClient = Callable[..., Client]


@pytest.fixture
def home(home: Path, cluster: Path) -> Path:
    """A data folder with a database in it."""
    copy_cluster(cluster, home)
    return home


def servers(home: Path) -> list[psutil.Process]:
    return running(home, "bin/postgres") + running(home, "bin/redis-server")


def server(home: Path, name: str) -> psutil.Process:
    """The one process that is the server."""
    (found,) = running(home, "bin/redis-server" if name == "redis" else "bin/postgres")
    return found


def test_six_processes_that_start_at_once_from_nothing_share_one_server_each(
    home: Path, client: StartClient
) -> None:
    shutil.rmtree(home)
    clients = [client() for _ in range(6)]
    for one in clients:
        one.send("start")
    urls = {tuple(one.started()) for one in clients}
    assert len(urls) == 1
    assert server(home, "postgres").is_running()
    assert server(home, "redis").is_running()
    for one in clients:
        one.exit()
    assert stops(home)


def test_data_survives_the_last_client_and_a_restart_inside_one_process(
    home: Path, client: StartClient
) -> None:
    one = client()
    first = one.start()
    one.add("kept")
    one.stop()
    assert not servers(home)
    assert one.start() == first
    assert one.read() == [["kept"], ["kept"]]
    one.exit()
    assert not servers(home)


def test_starting_again_in_a_process_changes_nothing(home: Path, client: StartClient) -> None:
    one = client()
    first = one.start()
    before = {process.pid for process in running(home)}
    assert one.start() == first
    assert {process.pid for process in running(home)} == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_servers_end_when_their_only_client_is_killed(
    home: Path, client: StartClient, number: signal.Signals
) -> None:
    one = client()
    one.start()
    one.add("kept")
    one.kill(number)
    assert stops(home)
    two = client()
    two.start()
    assert two.read() == [["kept"], ["kept"]]


def test_servers_outlive_the_client_that_started_them_and_end_with_the_last(
    home: Path, client: StartClient
) -> None:
    first, second = client(), client()
    first.start()
    second.start()
    first.kill()
    second.add("kept")
    assert second.read() == [["kept"], ["kept"]]
    second.exit()
    assert stops(home)


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_killed_server_is_started_again_with_its_data(home: Path, client: StartClient, name: str) -> None:
    one = client()
    first = one.start()
    one.add("kept")
    server(home, name).kill()
    assert one.start() == first
    assert one.read() == [["kept"], ["kept"]]


def test_everything_killed_at_once_starts_again_with_its_data(home: Path, client: StartClient) -> None:
    one = client()
    one.start()
    one.add("kept")
    victims = running(home)
    assert len(victims) == 4  # two servers, each with its warden
    for process in victims:
        process.suspend()  # so that no warden reacts to the death of another
    one.kill()
    for process in victims:
        process.kill()
    two = client()
    two.start()
    assert two.read() == [["kept"], ["kept"]]


def test_a_killed_warden_is_replaced_by_the_next_client(home: Path, client: StartClient) -> None:
    first, second = client(), client()
    first.start()
    for process in running(home, "folder.py"):
        process.kill()
    assert eventually(lambda: not running(home, "folder.py"))
    second.start()
    for one in (first, second):
        one.kill()
    assert stops(home)


def test_a_dead_server_that_nobody_reaped_does_not_stop_a_new_one(home: Path, client: StartClient) -> None:
    # its parent lives and never waits for it, as process 1 of a container without init
    parent, newcomer = client(), client()
    parent.start()
    parent.add("kept")
    dead = server(home, "postgres")
    dead.kill()
    assert eventually(lambda: dead.status() == psutil.STATUS_ZOMBIE)
    newcomer.start()
    assert newcomer.read() == [["kept"], ["kept"]]
    assert dead.status() == psutil.STATUS_ZOMBIE


def test_a_process_id_that_somebody_else_has_by_now_is_neither_trusted_nor_signalled(
    home: Path, client: StartClient
) -> None:
    one, bystander = client(), client()
    one.start()
    one.add("kept")
    server(home, "postgres").kill()
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(bystander.process.pid), *lines[1:]]))
    one.start()
    assert one.read() == [["kept"], ["kept"]]
    one.exit()
    assert stops(home)
    assert bystander.process.poll() is None


def test_a_client_killed_while_it_makes_the_database_leaves_nothing_in_the_way(
    home: Path, client: StartClient
) -> None:
    shutil.rmtree(home)
    first, second = client(), client()
    first.send("start")
    assert eventually(lambda: (home / "postgres" / "data.new" / "base").exists())
    first.kill()
    second.start()
    second.add("kept")
    assert second.read() == [["kept"], ["kept"]]
    second.exit()
    assert stops(home)
