"""The one door to chat models.

No chat model is read yet: every caller takes its rule-based path, the same as when an endpoint is away.
"""

from typing import TypeVar

from pydantic import BaseModel

from stores.errors import ModelUnavailableError

Answer = TypeVar("Answer", bound=BaseModel)


async def ask(schema: type[Answer], *, instructions: str, text: str) -> Answer:
    """A model's answer to a text, in the form of a schema.

    Raises:
        ModelUnavailableError: no model is configured, or it failed for good.
    """
    raise ModelUnavailableError(f"no chat model is configured to answer with a {schema.__name__}")
