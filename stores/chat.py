"""The door to the chat model: answers in the shape of a schema, or the news that there are none.

Any OpenAI-compatible endpoint, through langchain-openai. The text of an answer is read here rather than by
langchain's structured output, whose parser completes a truncated JSON text and so takes half an answer for a
whole one, and whose failures leave nothing of which the sound items could be kept.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from stores.answering import MalformedAnswer, parsed, response_format, strict_schema
from stores.clients import async_client, sync_client
from stores.errors import ModelFailedError, ModelUnavailableError
from stores.gate import AttemptFailed, Gate, Limits, places_of
from stores.model_trouble import address_of
from stores.records import Spent
from stores.settings import Settings, settings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import RunnableConfig
    from langchain_openai import ChatOpenAI

Answer = TypeVar("Answer", bound=BaseModel)
Json = dict[str, Any]

_IN_JSON = (
    "Answer with one JSON object and nothing else. It must fit this JSON schema, called {name}:\n{schema}"
)
_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Reply(Generic[Answer]):
    """An answer, how many malformed items were left out of it, whose it is, and what it took."""

    answer: Answer
    dropped: int
    model: str
    spent: Spent


def model_is_configured() -> bool:
    """Whether a model is asked at all; without one the rules do everything, and nothing is degraded."""
    configured = settings()
    return bool(configured.model) and configured.openai_api_key is not None


def configured_model() -> str:
    """The name of the chat model.

    Raises:
        ModelUnavailableError: none is configured; the rule-based path answers.
    """
    return _configured(settings())[0]


@dataclass(frozen=True, slots=True)
class Span:
    """How a call is shown in a trace: its name, and what it is about."""

    name: str
    about: dict[str, str]


async def reply_of(
    schema: type[Answer], instructions: str, content: str, span: Span | None = None
) -> Reply[Answer]:
    """The model's answer in the shape of a schema, with what it took.

    Args:
        schema: what the answer must look like; its name is the schema's name at the endpoint.
        instructions: what to do.
        content: the data to do it with; never read as instructions.
        span: default is the name of the schema.

    Raises:
        ModelUnavailableError: no chat model is configured; the rule-based path answers.
        ModelFailedError: the endpoint failed for good.
    """
    configured = await asyncio.to_thread(settings)
    _configured(configured)
    endpoint = await _endpoint(configured)
    spent = Spent()
    try:
        answer, dropped = await endpoint.gate.through(
            lambda: endpoint.answer(schema, instructions, content, spent, span or Span(schema.__name__, {}))
        )
    except AttemptFailed as failure:
        raise ModelFailedError(
            f"chat model {endpoint.model} at {endpoint.address} gave no {schema.__name__}: {failure.reason}",
            model=endpoint.model,
            calls=spent.calls,
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
        ) from failure
    return Reply(answer, dropped, endpoint.model, spent)


@dataclass(frozen=True, slots=True)
class Tried:
    """An endpoint that answers: whether by a JSON schema, else in JSON mode."""

    model: str
    address: str
    takes_schemas: bool


async def tried(configured: Settings) -> Tried:
    """What one tiny call, tried once, tells of the chat model.

    Raises:
        ModelUnavailableError: no chat model is configured.
        ModelFailedError: the call failed; the error that it was raised from says how.
    """
    model, _ = _configured(configured)
    endpoint = await _made(configured)
    asked = ("Say whether you can answer: ready is true.", "Are you ready?", Spent(), Span("doctor", {}))
    try:
        async with asyncio.timeout(configured.model_timeout):
            await endpoint.answer(Ready, *asked)
    except TimeoutError as error:
        raise ModelFailedError(f"no answer within {configured.model_timeout:g} s", model=model) from error
    except AttemptFailed as failure:
        raise ModelFailedError(failure.reason, model=model) from failure
    return Tried(model, endpoint.address, endpoint.takes_schemas)


class Ready(BaseModel):
    """What a model that is tried answers."""

    ready: bool


def _configured(given: Settings) -> tuple[str, str]:
    """Model and key."""
    if not given.model or given.openai_api_key is None:
        raise ModelUnavailableError(
            "no chat model is configured, so the rules answer: set SMART_MEET_MODEL and OPENAI_API_KEY (and "
            "OPENAI_BASE_URL for an endpoint other than OpenAI's) to have a model read and word"
        )
    return given.model, given.openai_api_key.get_secret_value()


class _Endpoint:
    """One model at one address, for one event loop."""

    def __init__(self, configured: Settings, places: asyncio.Semaphore) -> None:
        self.model, self._key = _configured(configured)
        self.address = address_of(configured.openai_base_url)
        self.gate = Gate(
            Limits(
                at_once=configured.model_calls_at_once,
                timeout=configured.model_timeout,
                first_wait=configured.model_first_wait,
            ),
            places,
        )
        self._client = _client(configured)
        self.takes_schemas = True

    async def answer(
        self, schema: type[Answer], instructions: str, content: str, spent: Spent, span: Span
    ) -> tuple[Answer, int]:
        """One try: a JSON schema where the endpoint takes one, else JSON mode.

        Raises:
            AttemptFailed: no answer, or none that fits the schema.
        """
        about = {**span.about, "tries_before": spent.calls}
        config: RunnableConfig = {"run_name": span.name, "tags": [schema.__name__], "metadata": about}
        message = await self._ask(schema, instructions, content, spent, config)
        refusal = message.additional_kwargs.get("refusal")
        if refusal:
            raise AttemptFailed(self._clean(f"it refused: {refusal}"), is_final=True)
        try:
            return parsed(schema, message.text)
        except MalformedAnswer as error:
            raise AttemptFailed(self._clean(str(error))) from error

    async def _ask(
        self,
        schema: type[BaseModel],
        instructions: str,
        content: str,
        spent: Spent,
        config: "RunnableConfig",
    ) -> "AIMessage":
        if self.takes_schemas:
            try:
                return await self._call(response_format(schema), instructions, content, spent, config)
            except AttemptFailed as failure:
                if not _may_be_refused_schema(failure):
                    raise
        told = _IN_JSON.format(name=schema.__name__, schema=json.dumps(strict_schema(schema)))
        instructions = f"{instructions}\n{told}"
        message = await self._call({"type": "json_object"}, instructions, content, spent, config)
        self.takes_schemas = False  # it answers like this, and did not with a schema
        return message

    async def _call(
        self, shape: Json, instructions: str, content: str, spent: Spent, config: "RunnableConfig"
    ) -> "AIMessage":
        import openai

        spent.calls += 1
        try:
            message = await self._client.ainvoke(
                [("system", instructions), ("human", content)], config, response_format=shape
            )
        except openai.LengthFinishReasonError as error:
            used = error.completion.usage
            if used is not None:
                spent.prompt_tokens += used.prompt_tokens
                spent.completion_tokens += used.completion_tokens
            raise AttemptFailed("the answer was cut off at the model's length limit") from error
        except openai.APIStatusError as error:
            raise self._of_status(error) from error
        except openai.APIConnectionError as error:
            reason = "it cannot be reached: check that it runs, and OPENAI_BASE_URL"
            raise AttemptFailed(reason, is_outage=True) from error
        except openai.OpenAIError as error:
            raise AttemptFailed(self._clean(str(error) or type(error).__name__)) from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # the client does not check what it is sent: a reply of another form fails somewhere inside it
            raise AttemptFailed(
                self._clean(f"its reply is none of /v1/chat/completions ({error})"), is_outage=True
            ) from error
        used_tokens = message.usage_metadata
        if used_tokens is not None:
            spent.prompt_tokens += used_tokens["input_tokens"]
            spent.completion_tokens += used_tokens["output_tokens"]
        return message

    def _of_status(self, error: Any) -> AttemptFailed:
        status: int = error.status_code
        remedy = {401: "; check OPENAI_API_KEY", 404: "; check SMART_MEET_MODEL and OPENAI_BASE_URL"}
        reason = self._clean(f"{error}") + remedy.get(status, "")
        failure = AttemptFailed(
            reason,
            retry_after=_seconds(error.response.headers.get("retry-after")),
            is_final=400 <= status < 500 and status not in (408, 409, 425, 429),
            is_outage=status in (401, 403, 404, 408, 429) or status >= 500,
        )
        failure.__cause__ = error
        return failure

    def _clean(self, reason: str) -> str:
        return " ".join(reason.replace(self._key, "***").split())[:_REASON_LENGTH]


def _may_be_refused_schema(failure: AttemptFailed) -> bool:
    """Whether the endpoint found fault with the request itself, as one without JSON schemas does."""
    return getattr(failure.__cause__, "status_code", None) in (400, 422)


def _seconds(header: str | None) -> float | None:
    """A Retry-After in seconds; the other form of it, a date, is left to the usual wait."""
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:
        return None


_endpoints: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[object, ...], _Endpoint]] = (
    WeakKeyDictionary()
)


async def _endpoint(configured: Settings) -> _Endpoint:
    """The event loop's endpoint of these settings, so that all its calls share one gate."""
    known = _endpoints.setdefault(asyncio.get_running_loop(), {})
    settled = (
        *_configured(configured),
        configured.openai_base_url,
        configured.model_calls_at_once,
        configured.model_timeout,
        configured.model_first_wait,
    )
    if settled not in known:
        made = await _made(configured)
        known.setdefault(settled, made)  # another call may have come first
    return known[settled]


async def _made(configured: Settings) -> _Endpoint:
    places = places_of(configured.openai_base_url, configured.model_calls_at_once)
    return await asyncio.to_thread(_Endpoint, configured, places)  # its imports take seconds


def _client(configured: Settings) -> "ChatOpenAI":
    from langchain_openai import ChatOpenAI

    make = cast(Callable[..., ChatOpenAI], ChatOpenAI)  # its fields have aliases that pyright does not take
    return make(
        model=configured.model,
        api_key=configured.openai_api_key,
        base_url=configured.openai_base_url,
        temperature=0,
        max_retries=0,  # only the gate tries again
        timeout=None,  # and only the gate ends what takes too long
        # of its own: langchain shares one between event loops, whose connections end with the first of them
        http_async_client=async_client(configured.openai_base_url, timeout=None),
        http_client=sync_client(configured.openai_base_url),  # never used, and langchain would make one
    )
