"""What LangSmith is sent: ids and what models are asked, not transcripts, files and vectors on their way."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from langsmith.run_trees import get_cached_client
from langsmith.utils import get_env_var, tracing_is_enabled  # pyright: ignore[reportUnknownVariableType]

# of the graphs' inputs: what was handed in, and may be a megabyte
_BIG = frozenset(("transcript", "content_base64", "attachments"))
_MANY = 64  # numbers in a row are a vector


def keep_spans_small() -> None:
    """Have this process's LangSmith client leave out what is big; nothing where runs are not traced.

    To be called before the first run, whose input would else be sent as it is. LANGSMITH_HIDE_INPUTS and
    LANGSMITH_HIDE_OUTPUTS still hide everything.
    """
    if tracing_is_enabled():
        get_cached_client(
            hide_inputs=None if get_env_var("HIDE_INPUTS") else without_big,
            hide_outputs=None if get_env_var("HIDE_OUTPUTS") else without_big,
        )


def without_big(values: dict[str, Any]) -> dict[str, Any]:
    """The same with a note in the place of every transcript, file and vector."""
    return cast(dict[str, Any], _small(values))


def _small(value: object) -> object:
    if isinstance(value, Mapping):
        given = cast(Mapping[str, object], value)
        return {name: _note(one) if name in _BIG and one else _small(one) for name, one in given.items()}
    if isinstance(value, list | tuple):
        row = cast(Sequence[object], value)
        if len(row) >= _MANY and all(isinstance(one, float) for one in row):
            return f"({len(row)} numbers)"
        return [_small(one) for one in row]
    return value


def _note(value: object) -> str:
    if isinstance(value, str):
        return f"({len(value):,} characters)"
    return (
        f"({len(cast(Sequence[object], value))} files)" if isinstance(value, list | tuple) else "(left out)"
    )
