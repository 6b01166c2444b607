"""What a model is told of a schema, and what is taken of its answer."""

import json
import re
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

Answer = TypeVar("Answer", bound=BaseModel)
Json = dict[str, Any]

_FENCED = re.compile(r"\A\s*```\w*\s*(.*?)\s*```\s*\Z", re.DOTALL)
_ROUNDS = 3
_UNTOLD = ("default", "title", "description")  # the instructions say what is meant, and all of it is charged


class MalformedAnswer(ValueError):
    """An answer is no JSON, or does not fit the schema even without its malformed items."""


@cache
def strict_schema(schema: type[BaseModel]) -> Json:
    """The schema as strict structured output wants it: everything required, nothing besides, no defaults."""
    return cast(Json, _strict(schema.model_json_schema()))


def response_format(schema: type[BaseModel]) -> Json:
    """What an endpoint is told that the answer must look like."""
    wanted = {"name": schema.__name__, "strict": True, "schema": strict_schema(schema)}
    return {"type": "json_schema", "json_schema": wanted}


def parsed(schema: type[Answer], text: str) -> tuple[Answer, int]:
    """The answer, and how many malformed items of its lists were left out.

    Unknown fields are ignored. One bad item costs itself only; an answer of nothing but bad items is
    malformed as a whole.

    Raises:
        MalformedAnswer: there is nothing in it that fits.
    """
    fenced = _FENCED.match(text)
    try:
        given = _storable(json.loads(fenced[1] if fenced else text))
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the answer is no JSON ({error})") from error
    if not isinstance(given, dict):
        raise MalformedAnswer("the answer is no JSON object")
    answer = cast(Json, given)
    dropped = 0
    for _ in range(_ROUNDS):
        try:
            return schema.model_validate(answer), dropped
        except ValidationError as error:
            dropped += _mend(answer, error)
    raise MalformedAnswer(f"the answer does not fit {schema.__name__}")


def _mend(answer: Json, error: ValidationError) -> int:
    """Take out what does not fit; gives how many items that were.

    Raises:
        MalformedAnswer: it is more than items of lists and unknown fields.
    """
    bad: dict[str, set[int]] = {}
    for one in error.errors():
        place = one["loc"]
        if one["type"] == "extra_forbidden":
            _drop_field(answer, place)
        elif len(place) >= 2 and isinstance(place[0], str) and isinstance(place[1], int):
            bad.setdefault(place[0], set()).add(place[1])
        else:
            where = ".".join(map(str, place))
            raise MalformedAnswer(f"the answer does not fit the schema: {where}: {one['msg']}") from error
    for name, indexes in bad.items():
        answer[name] = [item for index, item in enumerate(answer[name]) if index not in indexes]
    if bad and not any(answer[name] for name in answer if isinstance(answer[name], list)):
        raise MalformedAnswer(f"no item of the answer fits the schema: {error.errors()[0]['msg']}") from error
    return sum(map(len, bad.values()))


def _storable(part: object) -> object:
    """The same without NUL and halves of surrogate pairs, which PostgreSQL takes in no text."""
    if isinstance(part, str):
        return part.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(part, list):
        return [_storable(item) for item in cast(list[object], part)]
    if isinstance(part, dict):
        return {name: _storable(value) for name, value in cast(Json, part).items()}
    return part


def _drop_field(answer: Json, place: tuple[int | str, ...]) -> None:
    holder: Any = answer
    for step in place[:-1]:
        holder = holder[step]
    holder.pop(place[-1], None)


def _strict(part: object) -> object:
    if isinstance(part, list):
        return [_strict(item) for item in cast(list[object], part)]
    if not isinstance(part, dict):
        return part
    given = cast(Json, part)
    strict: Json = {name: _strict(value) for name, value in given.items() if name not in _UNTOLD}
    properties = given.get("properties")
    if isinstance(properties, dict):
        # names of fields, which may be "title" or "default" themselves
        strict["properties"] = {
            name: _strict(value) for name, value in cast(dict[str, object], properties).items()
        }
        strict["required"] = list(cast(Json, properties))
        strict["additionalProperties"] = False
    return strict
