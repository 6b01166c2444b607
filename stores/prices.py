"""What a call costs, by the price table that langchain-community ships."""

import warnings
from functools import lru_cache


@lru_cache(maxsize=512)
def price_of(model: str, *, completion: bool) -> float:
    """US dollars for a thousand tokens; 0.0 for a model that the table does not list."""
    # it says on import that it is being retired: our user's choice, pinned
    warnings.filterwarnings("ignore", "`langchain-community` is being sunset", DeprecationWarning)
    from langchain_community.callbacks.openai_info import TokenType, get_openai_token_cost_for_model

    kind = TokenType.COMPLETION if completion else TokenType.PROMPT
    try:
        return get_openai_token_cost_for_model(model, 1_000, token_type=kind)
    except ValueError:
        return 0.0


def cost_of(model: str, *, prompt_tokens: int, completion_tokens: int) -> float:
    """US dollars for the tokens of a model. The first call reads the table, which takes half a second."""
    prompt = price_of(model, completion=False) * prompt_tokens
    return (prompt + price_of(model, completion=True) * completion_tokens) / 1_000
