"""What a call costs, by the price table that langchain-community ships."""

import warnings
from functools import lru_cache

# OpenAI's, which that table leaves out: US dollars for a thousand tokens
_EMBEDDING_PRICES = {
    "text-embedding-3-small": 0.00002,
    "text-embedding-3-large": 0.00013,
    "text-embedding-ada-002": 0.0001,
}


@lru_cache(maxsize=512)
def price_of(model: str, *, completion: bool) -> float | None:
    """US dollars for a thousand tokens; None for a model that the table does not list."""
    if model in _EMBEDDING_PRICES:
        return 0.0 if completion else _EMBEDDING_PRICES[model]
    # it says on import that it is being retired: our user's choice, pinned
    warnings.filterwarnings("ignore", "`langchain-community` is being sunset", DeprecationWarning)
    from langchain_community.callbacks.openai_info import TokenType, get_openai_token_cost_for_model

    kind = TokenType.COMPLETION if completion else TokenType.PROMPT
    try:
        return get_openai_token_cost_for_model(model, 1_000, token_type=kind)
    except ValueError:
        return None


def cost_of(model: str, *, prompt_tokens: int, completion_tokens: int) -> float | None:
    """US dollars for the tokens of a model, None where its price is not known.

    The first call reads the table, which takes half a second.
    """
    prompt, completion = price_of(model, completion=False), price_of(model, completion=True)
    if prompt is None or completion is None:
        return None
    return (prompt * prompt_tokens + completion * completion_tokens) / 1_000
