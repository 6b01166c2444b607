import asyncio
import importlib.util
import signal
import socket
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from nodes.context import Context, hold_the_thread
from stores.checkpoint_values import CheckedSerializer
from stores.checkpoints import Checkpoints, checkpointer, open_checkpoints
from stores.embedded import start_servers
from stores.errors import ServerUnavailableError, SettingError, StateTypeError
from stores.settings import settings
from tests.checkpoints.graphs import State, counting, id_of, spreading, thread
from tests.checkpoints.killed_run import KILLED_IN

NEEDED = {"put", "put_writes", "get_tuple", "list", "delete_thread", "delete_for_runs", "prune"}


def keys_of(database: redis.Redis, thread_id: str) -> list[bytes]:
    return list(database.scan_iter(match=f"*{thread_id}*", count=10_000))


async def test_the_conformance_suite_passes(redis_url: str) -> None:
    @checkpointer_test(name="Checkpoints")
    async def registered():
        async with open_checkpoints(redis_url) as opened:
            yield opened

    report = await validate(registered)

    assert {name for name, result in report.results.items() if result.passed} == NEEDED
    assert [failure for result in report.results.values() for failure in result.failures] == []


async def test_two_hundred_parallel_tasks_all_join(checkpoints: Checkpoints) -> None:
    graph = spreading(checkpoints, width=200)

    result = await graph.ainvoke({"number": 0}, thread())

    assert sorted(result["done"]) == list(range(200))


async def test_a_resumed_run_repeats_only_the_tasks_that_failed(checkpoints: Checkpoints) -> None:
    failing, tried = {7}, list[int]()

    async def fail_once(index: int) -> None:
        tried.append(index)
        if index in failing:
            failing.remove(index)
            raise ConnectionAbortedError(f"window {index}")

    graph, config = spreading(checkpoints, 40, fail_once), thread()
    with pytest.raises(ConnectionAbortedError):
        await graph.ainvoke({"number": 0}, config)
    stopped = await checkpoints.aget_tuple(config)
    assert stopped is not None
    finished = {value[0] for _, channel, value in stopped.pending_writes or [] if channel == "done"}
    tried.clear()

    result = await graph.ainvoke(None, config)

    assert sorted(result["done"]) == list(range(40))
    assert set(tried) == set(range(40)) - finished
    assert 7 in tried


async def test_a_killed_process_is_resumed_without_repeating_what_was_finished(
    redis_url: str, checkpoints: Checkpoints
) -> None:
    config, tried = thread(), list[int]()

    async def note(index: int) -> None:
        tried.append(index)

    arguments = ["-m", "tests.checkpoints.killed_run", redis_url, id_of(config), "40"]
    killed = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    assert await asyncio.wait_for(killed.wait(), 60) == -signal.SIGKILL

    result = await spreading(checkpoints, 40, note).ainvoke(None, config)

    assert tried == [KILLED_IN]
    assert sorted(result["done"]) == list(range(40))


async def test_an_interrupted_run_goes_on_with_the_answer_through_another_connection(
    redis_url: str, checkpoints: Checkpoints
) -> None:
    async def review(state: State) -> State:
        return {"value": interrupt({"accept": ["Atlas", "Atlas 2"]})}

    def graph(opened: Checkpoints) -> Any:
        return StateGraph(State).add_node(review).add_edge(START, "review").compile(checkpointer=opened)

    config = thread()
    asked = await graph(checkpoints).ainvoke({"number": 0}, config)
    async with open_checkpoints(redis_url) as another:
        answered = await graph(another).ainvoke(Command(resume="apart"), config)

    assert asked["__interrupt__"][0].value == {"accept": ["Atlas", "Atlas 2"]}
    assert answered["value"] == "apart"


async def test_history_of_a_thread_leaves_out_its_subgraphs_and_other_threads(
    checkpoints: Checkpoints,
) -> None:
    inner = counting(True, steps=2)  # type: ignore[arg-type]
    outer = (
        StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile(checkpointer=checkpoints)
    )
    config = thread()
    await outer.ainvoke({"number": 0}, config)
    await outer.ainvoke({"number": 0}, thread())

    listed = [
        found
        async for found in checkpoints.alist(
            config | {"configurable": config["configurable"] | {"checkpoint_ns": ""}}
        )
    ]
    everything = [found async for found in checkpoints.alist(config)]

    assert [found.metadata["step"] for found in listed] == [1, 0, -1]
    assert len(everything) > len(listed)


@pytest.mark.parametrize("thread_id", ["a,b", "tab\there", "colon:colon", "star*", "äß {x}", "one|two"])
async def test_any_character_in_a_thread_id_is_kept_apart(
    checkpoints: Checkpoints, database: redis.Redis, thread_id: str
) -> None:
    await counting(checkpoints, steps=2).ainvoke({"number": 0}, thread(thread_id))

    assert [found.metadata["step"] async for found in checkpoints.alist(thread(thread_id))] == [2, 1, 0, -1]
    await checkpoints.adelete_thread(thread_id)
    assert not [key for key in database.scan_iter(count=10_000) if thread_id.encode() in key]


async def test_a_deleted_thread_leaves_no_key_and_others_stay(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    gone, kept = thread(), thread()
    for config in (gone, kept):
        await spreading(checkpoints, width=30).ainvoke({"number": 0}, config)
    before = sorted(keys_of(database, id_of(kept)))

    await checkpoints.adelete_thread(id_of(gone))

    assert keys_of(database, id_of(gone)) == []
    assert sorted(keys_of(database, id_of(kept))) == before


async def test_a_thread_whose_checkpoint_never_came_is_deleted_too(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    config = thread()
    where = {"configurable": config["configurable"] | {"checkpoint_ns": "", "checkpoint_id": "1f0-early"}}
    await checkpoints.aput_writes(where, [("done", [1])], "task")

    assert [found async for found in checkpoints.alist(config)] == []
    await checkpoints.adelete_thread(id_of(config))
    assert keys_of(database, id_of(config)) == []


async def test_a_pruned_conversation_goes_on_from_its_last_state(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    graph, config = counting(checkpoints, steps=1), thread()
    await graph.ainvoke({"number": 0}, config)
    await graph.ainvoke({"number": 0}, config)

    await checkpoints.aprune([id_of(config)])

    assert len([found async for found in checkpoints.alist(config)]) == 1
    assert len(keys_of(database, id_of(config))) == 3  # the checkpoint, the pointer to it, the register
    assert (await graph.ainvoke({"number": 0}, config))["number"] == 3


async def test_pruning_keeps_the_checkpoint_although_later_writes_came_without_theirs(
    checkpoints: Checkpoints,
) -> None:
    config = thread()
    await counting(checkpoints, steps=1).ainvoke({"number": 0}, config)
    last = await checkpoints.aget_tuple(config)
    lost = {"configurable": config["configurable"] | {"checkpoint_ns": "", "checkpoint_id": "ffffffff"}}
    await checkpoints.aput_writes(lost, [("done", [1])], "task")

    await checkpoints.aprune([id_of(config)])

    assert last == await checkpoints.aget_tuple(config)


async def test_pruning_with_delete_leaves_no_key(checkpoints: Checkpoints, database: redis.Redis) -> None:
    config = thread()
    await counting(checkpoints, steps=3).ainvoke({"number": 0}, config)

    await checkpoints.aprune([id_of(config), str(uuid4())], strategy="delete")

    assert keys_of(database, id_of(config)) == []
    assert await checkpoints.aget_tuple(config) is None


async def test_an_unknown_way_of_pruning_is_refused(checkpoints: Checkpoints) -> None:
    with pytest.raises(ValueError, match="keep_latest"):
        await checkpoints.aprune([], strategy="some")


async def test_every_key_of_a_thread_expires(checkpoints: Checkpoints, database: redis.Redis) -> None:
    config = thread()
    await spreading(checkpoints, width=3).ainvoke({"number": 0}, config)

    left = {database.ttl(key) for key in keys_of(database, id_of(config))}

    week = 7 * 24 * 3600
    assert all(week - 120 < seconds <= week for seconds in left)


async def test_a_run_of_many_windows_is_small_in_redis(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    config = thread()
    await spreading(checkpoints, width=60).ainvoke({"number": 0}, config)

    size = sum(database.memory_usage(key, samples=0) or 0 for key in keys_of(database, id_of(config)))

    assert size < 100_000


async def test_dates_ids_and_messages_come_back_as_they_were(checkpoints: Checkpoints) -> None:
    value = {
        "at": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        "id": UUID(int=7),
        "by_number": {1: "one"},
        "messages": [HumanMessage("Who owns it now?", id="m1")],
    }
    config = thread()
    await counting(checkpoints, steps=1).ainvoke({"number": 0, "value": value}, config)

    found = await checkpoints.aget_tuple(config)

    assert found is not None
    assert found.checkpoint["channel_values"]["value"] == value


@dataclass
class Owner:
    name: str


async def test_a_value_that_would_not_come_back_is_refused_by_name(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    config = thread()
    with pytest.raises(StateTypeError, match=r"test_checkpoints\.Owner"):
        await counting(checkpoints, steps=1).ainvoke(
            {"number": 0, "value": [{"owner": Owner("Mira")}]}, config
        )


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


@given(PLAIN)
def test_any_plain_value_comes_back_as_it_was(value: object) -> None:
    serializer = CheckedSerializer()

    assert serializer.loads_typed(serializer.dumps_typed(value)) == value


async def test_a_server_that_is_away_is_named_without_its_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(ServerUnavailableError, match=rf"redis://127\.0\.0\.1:{port}/0 .*REDIS_URL") as raised:
        async with open_checkpoints(f"redis://user:secret@127.0.0.1:{port}/0"):
            pass

    assert "secret" not in str(raised.value)


async def test_a_server_that_goes_away_during_a_run_stops_it_with_the_remedy(tmp_path: Path) -> None:
    url = (await asyncio.to_thread(start_servers, tmp_path, database_url="postgresql://not-needed")).redis_url

    async with open_checkpoints(url) as opened:
        with redis.Redis.from_url(url) as other:
            other.shutdown(nosave=True, now=True, force=True)
        with pytest.raises(ServerUnavailableError, match="REDIS_URL"):
            await counting(opened, steps=5).ainvoke({"number": 0}, thread())


async def test_what_ends_a_run_waits_for_its_last_checkpoint_and_is_not_done_without_it(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    refuses = True
    ended: list[int] = []

    async def step(state: State, runtime: Runtime[Context]) -> State:
        if refuses:
            await hold_the_thread(runtime)
            database.config_set("min-replicas-to-write", 1)
        return {"number": 1}

    async def end(state: State, runtime: Runtime[Context]) -> State:
        await hold_the_thread(runtime)
        ended.append(state["number"])
        return {"number": 1}

    graph = (
        StateGraph(State, Context)
        .add_sequence([step, end])
        .add_edge(START, "step")
        .compile(checkpointer=checkpoints)
    )
    config = thread()
    try:
        with pytest.raises(ServerUnavailableError, match="takes no writes"):
            await graph.ainvoke({"number": 0}, config, durability="async")  # as the graph server does
    finally:
        database.config_set("min-replicas-to-write", 0)
    assert ended == []
    refuses = False
    assert (await graph.ainvoke(None, config, durability="async"))["number"] == 2
    assert ended == [1]


async def test_an_address_that_is_none_is_a_setting_to_correct() -> None:
    with pytest.raises(SettingError, match="REDIS_URL"):
        async with open_checkpoints("localhost:6379"):
            pass


async def test_the_server_loads_the_checkpointer_as_langgraph_json_names_it(
    monkeypatch: pytest.MonkeyPatch, home: Path, redis_url: str
) -> None:
    """The path is loaded as a module of its own, and what it names is entered without arguments."""
    monkeypatch.setenv("SMART_MEET_HOME", str(home))
    monkeypatch.setenv("REDIS_URL", redis_url)
    settings.cache_clear()
    path = Path(sys.modules[checkpointer.__module__].__file__ or "")
    spec = importlib.util.spec_from_file_location("__stores__checkpoints", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    try:
        async with module.checkpointer() as opened:
            result = await counting(opened, steps=2).ainvoke({"number": 0}, thread())
    finally:
        settings.cache_clear()

    assert result["number"] == 2


async def test_many_runs_at_once_share_the_connections(
    checkpoints: Checkpoints, database: redis.Redis
) -> None:
    graph = spreading(checkpoints, width=20)

    results = await asyncio.gather(*(graph.ainvoke({"number": 0}, thread()) for _ in range(20)))

    assert all(len(result["done"]) == 20 for result in results)
    assert len(database.client_list()) <= 32 + 5
