"""Starts and resumes ingestions, for every way in that is not the graph server."""

# langgraph leaves type parameters of its own methods open
# pyright: reportUnknownMemberType=false

from asyncio import Semaphore
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from langchain_core.runnables import RunnableConfig

from nodes.errors import ReviewPendingError
from nodes.intake import accept
from nodes.known import known_output
from stores import runs, sources
from stores.checkpoints import Checkpoints, open_checkpoints
from stores.clearing import clear_forgotten
from stores.database import fetch
from stores.errors import ServerUnavailableError
from stores.opening import Stores, open_stores

if TYPE_CHECKING:
    from nodes.ingest_state import IngestInput

Progress = Callable[[dict[str, Any]], None]

_AT_ONCE = 4  # runs of one process; each holds one connection of the pool while it needs others
_WAIT_FOR_SOURCE = (
    b"select pg_advisory_xact_lock(hashtextextended(%(source)s, 0)),"
    b" set_config('idle_in_transaction_session_timeout', '0', true)"  # it idles as long as the run takes
)


@dataclass(frozen=True, slots=True)
class Ingestions:
    """Runs the ingest graph in this process, its state kept in Redis until the run ends."""

    stores: Stores
    checkpoints: Checkpoints
    slots: Semaphore = field(default_factory=lambda: Semaphore(_AT_ONCE))

    async def ingest(self, workspace: str, given: "IngestInput", progress: Progress) -> dict[str, Any]:
        """Ingest one meeting to the end; gives the graph's output.

        A run of the same content that was killed is gone on with; content that is known costs nothing.

        Raises:
            InputError: it cannot be used; nothing was stored.
            StoreError: a server went away; the run can be resumed.
        """
        accepted = await accept(self.stores, workspace, given)
        if accepted.known is not None:
            # of a run that was killed after its commit
            await self.checkpoints.adelete_thread(accepted.known["version_id"])
            return known_output(accepted.meeting_id, accepted.known)
        assert accepted.source is not None
        return await self._run(workspace, accepted.source.id, accepted.source.id, progress)

    async def resume(self, workspace: str, run_id: str, progress: Progress) -> dict[str, Any]:
        """Go on with a run that has not ended, wherever it was started.

        Raises:
            NotFoundError: no such run in this workspace, or it has ended.
            ReviewPendingError: it cannot go on without a person.
        """
        run = await runs.unfinished_run(self.stores.database, sources.workspace_id(workspace), run_id)
        return await self._run(workspace, run_id, run["source_id"], progress)

    async def _run(self, workspace: str, run_id: str, source_id: str, progress: Progress) -> dict[str, Any]:
        scope = sources.workspace_id(workspace)
        async with self.slots, self._alone(source_id):
            try:
                output = await self._stream(workspace, run_id, source_id, progress)
            except Exception as error:
                try:
                    await runs.fail(self.stores.database, scope, run_id, str(error) or repr(error))
                except ServerUnavailableError as lost:  # what went wrong first is what to say
                    error.add_note(f"it could not be noted with the run: {lost}")
                raise
            await self.checkpoints.adelete_thread(run_id)
        return output

    async def _stream(
        self, workspace: str, run_id: str, source_id: str, progress: Progress
    ) -> dict[str, Any]:
        # the graph takes seconds to import, which a file that is known is spared
        from graphs.ingest import builder
        from nodes.context import Context
        from nodes.ingest_state import IngestInput, IngestOutput

        graph = builder.compile(checkpointer=self.checkpoints, name="ingest")
        config = RunnableConfig(
            configurable={"thread_id": run_id},
            run_name="ingest",
            tags=["smart-meet", "ingest"],
            metadata={"workspace": workspace, "source_id": source_id},
        )
        begun = (await graph.aget_state(config)).next
        output: dict[str, Any] = {}
        async for mode, event in graph.astream(
            None if begun else IngestInput(source_id=source_id),
            config,
            context=Context(workspace=workspace),
            stream_mode=["custom", "values"],
        ):
            if mode == "custom":
                progress(cast(dict[str, Any], event))
            else:
                output = cast(dict[str, Any], event)
        if "status" not in output:
            raise ReviewPendingError(
                f"run {run_id} waits for a person's review: answer it on its thread of the graph server"
            )
        return {name: output[name] for name in IngestOutput.__annotations__}

    @asynccontextmanager
    async def _alone(self, source_id: str) -> AsyncGenerator[None]:
        """Two processes that ingest the same file at once take turns; the second finds it known."""
        is_done = False
        try:
            async with self.stores.database.transaction() as connection:
                await fetch(connection, _WAIT_FOR_SOURCE, {"source": source_id})
                yield
                is_done = True
        except ServerUnavailableError:
            if not is_done:  # else only the lock went with its connection, and what it was for is committed
                raise


@asynccontextmanager
async def open_ingestions() -> AsyncGenerator[Ingestions]:
    """Ingestions over the configured servers, Redis cleared of what a killed process had forgotten."""
    stores = await open_stores()
    await clear_forgotten(stores)
    async with open_checkpoints(stores.servers.redis_url) as checkpoints:
        yield Ingestions(stores, checkpoints)
