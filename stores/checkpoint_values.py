"""How values of the graphs' state become bytes in a checkpoint."""

import zlib
from typing import Any, cast

import ormsgpack
from langgraph.checkpoint.serde._msgpack import SAFE_MSGPACK_METHODS, SAFE_MSGPACK_TYPES
from langgraph.checkpoint.serde.jsonplus import (
    EXT_DELTA_SNAPSHOT,
    EXT_METHOD_SINGLE_ARG,
    EXT_NUMPY_ARRAY,
    JsonPlusSerializer,
)

from stores.errors import StateTypeError

_COMPRESS_FROM = 256  # bytes; below, compression saves next to nothing
_COMPRESSED = "+zlib"
_PLAIN_TYPES = "keep to str, int, float, bool, None, list, dict, dates, UUIDs and LangChain messages"


class CheckedSerializer(JsonPlusSerializer):
    """LangGraph's msgpack, compressed; a value that would not come back as it was is refused when written.

    LangGraph's own serializer writes any type, and when reading gives the parts of one that it does not know:
    a state that is wrong without a word. Checking costs one more pass in C, which calls back only for the
    values that are not plain.
    """

    def __init__(self) -> None:
        super().__init__(allowed_msgpack_modules=None)

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """Kind and bytes of a value.

        Raises:
            StateTypeError: a type that is neither plain nor one that LangGraph gives back safely.
        """
        try:
            kind, blob = super().dumps_typed(obj)
        except ormsgpack.MsgpackEncodeError as error:
            raise StateTypeError(f"graph state: {error}; {_PLAIN_TYPES}") from error
        if kind == "msgpack" and (unknown := _unknown_types(blob)):
            raise StateTypeError(f"graph state holds {', '.join(sorted(unknown))}; {_PLAIN_TYPES}")
        if len(blob) < _COMPRESS_FROM:
            return kind, blob
        return kind + _COMPRESSED, zlib.compress(blob, 1)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """The value of which `dumps_typed` gave kind and bytes."""
        kind, blob = data
        if kind.endswith(_COMPRESSED):
            kind, blob = kind.removesuffix(_COMPRESSED), zlib.decompress(blob)
        return super().loads_typed((kind, blob))


def _unknown_types(packed: bytes) -> set[str]:
    """Names of the types in a msgpack blob that reading it would not rebuild."""
    unknown: set[str] = set()

    def look(code: int, content: bytes) -> None:
        # an exception raised here would reach the caller without its message
        if code == EXT_NUMPY_ARRAY:
            return
        parts = ormsgpack.unpackb(content, ext_hook=look, option=ormsgpack.OPT_NON_STR_KEYS)
        if code == EXT_DELTA_SNAPSHOT:
            return
        module, name, *rest = cast("list[str]", parts)
        is_method = code == EXT_METHOD_SINGLE_ARG
        safe = SAFE_MSGPACK_METHODS if is_method else SAFE_MSGPACK_TYPES
        if ((module, name, rest[1]) if is_method else (module, name)) not in safe:
            unknown.add(f"{module}.{name}")

    ormsgpack.unpackb(packed, ext_hook=look, option=ormsgpack.OPT_NON_STR_KEYS)
    return unknown
