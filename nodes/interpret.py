"""interpret: what does the question ask for? The model reads it with the conversation in view."""

from typing import Literal

from langchain_core.messages import AnyMessage
from langgraph.runtime import Runtime
from langgraph.types import Command

from nodes.context import Context, context_of
from nodes.errors import InputError, WorkspaceMismatchError
from nodes.interpret_by_rule import resolved_plan
from nodes.query_state import QueryState
from nodes.schemas import QueryPlan
from stores.chat import structured_answer
from stores.errors import ModelUnavailableError

_INSTRUCTIONS = (
    "Plan the answer to the last question of a conversation about a team's meetings. Make it stand-alone, "
    "name the people and the tracked things that it is about in its own words, and give times as ISO 8601."
)
_REMEMBERED_TURNS = 8


async def interpret(
    state: QueryState, runtime: Runtime[Context]
) -> Command[Literal["interpret_by_rule", "recall_memories"]]:
    """Plan the answer; without a model, the rules do.

    Raises:
        InputError: there is no question.
        WorkspaceMismatchError: the conversation is about another workspace.
    """
    workspace = context_of(runtime).workspace
    if state.get("workspace", workspace) != workspace:
        raise WorkspaceMismatchError(
            f"this conversation belongs to the workspace {state.get('workspace')!r} and goes on in no other: "
            f"begin another thread to ask in {workspace!r}"
        )
    question = asked_question(state)
    turns = [*_texts(state.get("messages", [])[-_REMEMBERED_TURNS:]), question]
    try:
        plan = await structured_answer(QueryPlan, _INSTRUCTIONS, "\n".join(turns))
    except ModelUnavailableError:
        return Command(update={"workspace": workspace, "question": question}, goto="interpret_by_rule")
    resolved = await resolved_plan(plan, question, context_of(runtime))
    return Command(update={"workspace": workspace, "plan": resolved}, goto="recall_memories")


def asked_question(state: QueryState) -> str:
    """The question of this turn: as given, else the last thing that the person said.

    Raises:
        InputError: neither is there.
    """
    messages = state.get("messages", [])
    question = state.get("question") or ""
    if not isinstance(question, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # any JSON gets here
        raise InputError("`question` must be text")
    if not question.strip() and messages and messages[-1].type == "human":
        question = messages[-1].text
    if not question.strip():
        raise InputError("there is no question: give `question`, or `messages` that end with one")
    # neither PostgreSQL nor the embedding model takes NUL or halves of surrogate pairs
    return question.replace("\0", " ").encode("utf-8", "replace").decode().strip()


def _texts(messages: list[AnyMessage]) -> list[str]:
    return [f"{message.type}: {message.text}" for message in messages]
