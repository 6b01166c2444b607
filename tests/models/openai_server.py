"""A scripted OpenAI-compatible server on loopback: answers by schema name, fails as told, keeps a log.

with OpenAIServer() as server:
    server.answers["QueryPlan"] = lambda request: {"intent": "search", ...}
    server.fail(Fault(status=429, retry_after=1))                       # the next request
    server.fail(Fault(hang_up=True), times=None, when=lambda r: "Atlas" in r.prompt)
    ...  # OPENAI_BASE_URL=server.base_url, any key
    assert [request.schema for request in server.requests] == [...]
"""

import base64
import hashlib
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What was asked: path below /v1, headers in lower case, body."""

    path: str
    headers: dict[str, str]
    body: Json

    @property
    def schema(self) -> str:
        """Name of the JSON schema (or forced tool) that the answer must have; "" for free text."""
        if "response_format" in self.body:
            wanted: Json = self.body["response_format"].get("json_schema", {})
        else:
            tools: list[Json] = self.body.get("tools") or [{}]
            wanted = tools[0].get("function", {})
        return wanted.get("name", "")

    @property
    def prompt(self) -> str:
        """All message texts, or all texts to embed, joined."""
        if "messages" in self.body:
            contents = [message.get("content") or "" for message in self.body["messages"]]
            return "\n".join(text if isinstance(text, str) else json.dumps(text) for text in contents)
        return "\n".join(texts_of(self.body))


@dataclass(frozen=True)
class Exchange:
    """A request that was answered or refused: when (monotonic seconds), and the tokens it is charged with."""

    request: Request
    begun: float
    ended: float
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Fault:
    """How a request goes wrong.

    Attributes:
        delay: seconds to wait first; alone, the answer is right but late.
        status: answer with this code and an error body, which says `message`.
        retry_after: seconds, sent as Retry-After beside `status`.
        garbage: answer 200 with a body that is no JSON.
        truncated: answer with the first half of the text, finish reason "length".
        hang_up: close the connection without an answer.
        body: answer 200 with this body.
    """

    delay: float = 0.0
    status: int | None = None
    message: str = "scripted failure"
    retry_after: float | None = None
    garbage: bool = False
    truncated: bool = False
    hang_up: bool = False
    body: Json | None = None


@dataclass
class _Rule:
    fault: Fault
    left: int | None
    when: Callable[[Request], bool]


class OpenAIServer:
    """The server; a context manager that listens on a free port of 127.0.0.1.

    Attributes:
        answers: schema name ("" for free text) to a function from the request to what the model says: an
            object for a schema, a string for free text. A schema without one is answered with 400.
            MeetingSummary has one that says nothing, since every ingestion asks for it.
        requests: every request, in order of arrival.
        exchanges: every request that has ended, in the order in which they did.
        latency: seconds that every answer takes, beside the delay of a fault.
        dimensions: length of the embeddings.
        most_at_once: how many requests were in work at the same time, at most.
    """

    def __init__(self, dimensions: int = 8) -> None:
        self.answers: dict[str, Callable[[Request], Any]] = {"MeetingSummary": _nothing_to_sum_up}
        self.requests: list[Request] = []
        self.exchanges: list[Exchange] = []
        self.latency = 0.0
        self.dimensions = dimensions
        self.most_at_once = 0
        self._in_work = 0
        self._rules: list[_Rule] = []
        self._guard = threading.Lock()
        self._closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._http.daemon_threads = True

    @property
    def base_url(self) -> str:
        """For OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def fail(
        self, fault: Fault, *, times: int | None = 1, when: Callable[[Request], bool] = lambda _: True
    ) -> None:
        """Let the next `times` requests (None: all) for which `when` holds go wrong, in the order told."""
        with self._guard:
            self._rules.append(_Rule(fault, times, when))

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    def begin(self, request: Request) -> Fault:
        """Log a request and wait out its delay; gives how it is to go wrong (Fault(): not at all)."""
        with self._guard:
            self.requests.append(request)
            self._in_work += 1
            self.most_at_once = max(self.most_at_once, self._in_work)
            rule = next((rule for rule in self._rules if rule.left != 0 and rule.when(request)), None)
            if rule is not None and rule.left is not None:
                rule.left -= 1
        fault = rule.fault if rule else Fault()
        self._closing.wait(self.latency + fault.delay)
        return fault

    def end(self, request: Request, begun: float, usage: Json) -> None:
        """The request is answered; `usage` as the answer had it."""
        asked, said = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
        with self._guard:
            self._in_work -= 1
            self.exchanges.append(Exchange(request, begun, time.monotonic(), asked, said))


def _nothing_to_sum_up(request: Request) -> Json:
    return {"summary": "", "topics": []}


def _handler_of(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path.removeprefix("/v1"), headers, body)
            begun, usage = time.monotonic(), Json()
            try:
                fault = server.begin(request)
                if fault.hang_up:
                    self.close_connection = True
                elif fault.status is not None:
                    self._refuse(fault.status, fault.message, fault.retry_after)
                elif fault.garbage:
                    self._send(200, b"<html>Bad gateway</html>")
                elif fault.body is not None:
                    self._send(200, json.dumps(fault.body).encode())
                else:
                    usage = self._answer(request, fault)
            finally:
                server.end(request, begun, usage)

        def _answer(self, request: Request, fault: Fault) -> Json:
            """Send the answer; gives the usage that it tells."""
            if request.path == "/embeddings":
                reply = embeddings_reply(request.body, server.dimensions)
                self._send(200, json.dumps(reply).encode())
                return reply["usage"]
            if request.path == "/chat/completions" and request.schema in server.answers:
                said = server.answers[request.schema](request)
                text = said if isinstance(said, str) else json.dumps(said)
                reply = chat_reply(
                    request, text[: len(text) // 2] if fault.truncated else text, fault.truncated
                )
                if request.body.get("stream"):
                    self._send(200, b"".join(stream_of(reply)), "text/event-stream")
                else:
                    self._send(200, json.dumps(reply).encode())
                return reply["usage"]
            self._refuse(400, f"nothing scripted for {request.path} with schema {request.schema!r}")
            return {}

        def _refuse(self, status: int, message: str, retry_after: float | None = None) -> None:
            body = json.dumps(
                {"error": {"message": message, "type": "scripted", "code": str(status)}}
            ).encode()
            self._send(status, body, retry_after=retry_after)

        def _send(
            self, status: int, body: bytes, kind: str = "application/json", retry_after: float | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if retry_after is not None:
                self.send_header("Retry-After", f"{retry_after:g}")
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # the client gave up waiting, which is what a timeout test wants
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the log is `requests`."""

    return Handler


def texts_of(body: Json) -> list[str]:
    """The texts of an embeddings request, which may be one or a list."""
    given = body.get("input", [])
    return [given] if isinstance(given, str) else [str(text) for text in given]


def vector_of(text: str, dimensions: int) -> list[float]:
    """A unit vector: the sum of one pseudo-random vector per word, so that shared words bring texts near."""
    total = [0.0] * dimensions
    for word in text.lower().split() or [text]:
        digest = hashlib.shake_256(word.encode()).digest(4 * dimensions)
        for place, number in enumerate(struct.unpack(f"<{dimensions}i", digest)):
            total[place] += number / 2**31
    length = sum(number * number for number in total) ** 0.5
    return [number / length for number in total]


def embeddings_reply(body: Json, dimensions: int) -> Json:
    """The reply to /v1/embeddings, as floats or in base64, as asked."""
    data: list[Json] = []
    for index, text in enumerate(texts_of(body)):
        vector: Any = vector_of(text, dimensions)
        if body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{dimensions}f", *vector)).decode()
        data.append({"object": "embedding", "index": index, "embedding": vector})
    tokens = sum(len(text.split()) for text in texts_of(body))
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": body.get("model"), "data": data, "usage": usage}


def chat_reply(request: Request, text: str, truncated: bool) -> Json:
    """The reply to /v1/chat/completions: a text, or the call of the tool that was forced.

    A token is four characters; the schema or the tools count as part of the prompt, as endpoints charge them.
    """
    message: Json = {"role": "assistant", "content": text}
    if "response_format" not in request.body and request.body.get("tools"):
        call = {"id": "call-1", "type": "function", "function": {"name": request.schema, "arguments": text}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    shape = request.body.get("response_format") or request.body.get("tools")
    asked = (len(request.prompt) + (len(json.dumps(shape)) if shape else 0)) // 4
    said = len(text) // 4
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": request.body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": "length" if truncated else "stop"}],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def stream_of(reply: Json) -> Iterator[bytes]:
    """A chat reply as server-sent events: the message whole, then its end and usage."""
    frame = {**reply, "object": "chat.completion.chunk"}
    usage, choice = frame.pop("usage"), reply["choices"][0]
    calls = [{**call, "index": place} for place, call in enumerate(choice["message"].get("tool_calls", []))]
    delta = {**choice["message"], **({"tool_calls": calls} if calls else {})}
    parts: list[Json] = [
        {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]},
        {**frame, "choices": [], "usage": usage},
    ]
    for part in parts:
        yield b"data: " + json.dumps(part).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"
