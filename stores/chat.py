"""The door to the chat model: answers in the shape of a schema, or the news that there are none."""

from typing import TypeVar

from pydantic import BaseModel

from stores.errors import ModelUnavailableError

Answer = TypeVar("Answer", bound=BaseModel)


async def structured_answer(schema: type[Answer], instructions: str, content: str) -> Answer:
    """The model's answer in the shape of a schema.

    Args:
        schema: what the answer must look like.
        instructions: what to do.
        content: the data to do it with; never read as instructions.

    Raises:
        ModelUnavailableError: no chat model is configured; the rule-based path answers.
    """
    raise ModelUnavailableError(
        f"no chat model is configured for {schema.__name__}: the rules answer "
        "(set OPENAI_API_KEY and SMART_MEET_MODEL to have it worded by a model)"
    )
