"""The lean path to servers that speak the OpenAI chat format: one connection pool, one JSON codec, nothing else."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Reply
from pipelines.error import (
    ConfigurationError,
    ModelAnsweredGarbage,
    ModelError,
    ModelUnreachable,
)
from pipelines.gateway.address import AddressRule, GuardedResolver
from pipelines.gateway.embedding_format import read_vectors, texts_of
from pipelines.gateway.failure import error_for, retry_after, said_by
from pipelines.gateway.key import redact, required_key
from pipelines.gateway.openai_format import StreamFold, parameters, read_reply, salvaged_usage
from pipelines.gateway.provider import TokenSink

MAX_BODY_BYTES = 10_000_000
CONNECT_TIMEOUT_S = 10.0
MAX_ENDPOINTS = 256
_LARGE_BODY_BYTES = 1_000_000
_ERROR_BODY_BYTES = 65_536
_CHAT = "/chat/completions"
_EMBEDDINGS = "/embeddings"
_STREAM_OPTIONS = {"stream": True, "stream_options": {"include_usage": True}}


class DirectProvider:
    """Asks any server with an OpenAI-compatible `/chat/completions`."""

    def __init__(self, rule: AddressRule | None = None, *, clock: Callable[[], float] = time.perf_counter) -> None:
        """Takes the rule for base URLs, loopback only by default."""
        self._rule = rule or AddressRule()
        self._clock = clock
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}
        self._endpoints: dict[str | None, tuple[str, str]] = {}

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the reply of the server.

        Raises:
            ModelError: if it did not answer, said no, or sent nothing usable.
            ConfigurationError: if its address may not be asked.
        """
        url, place = self._endpoint(entry)
        subject = f"The model '{entry.name}' at {place}"
        body = {"model": entry.target, **parameters(entry, request), **(_STREAM_OPTIONS if on_token else {})}
        if request.purpose == "embed":
            url = url.removesuffix(_CHAT) + _EMBEDDINGS
            body = {"model": entry.target, "input": texts_of(request), "encoding_format": "float"}
        secret = required_key(entry)
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret.get_secret_value()}"
        exchange = Exchange(subject, request, on_token, self._clock)
        try:
            session = await self._session()
            async with session.post(url, data=_payload(body), headers=headers, allow_redirects=False) as response:
                return await exchange.read(response)
        except ModelError as error:
            raise type(error)(
                redact(str(error), [secret]), retry_after_s=error.retry_after_s, usage=error.usage
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            reason = redact(str(error) or type(error).__name__, [secret])
            raise ModelUnreachable(f"{subject} cannot be reached: {reason}.") from None

    async def aclose(self) -> None:
        """Closes the connections of every event loop."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    def _endpoint(self, entry: ModelEntry) -> tuple[str, str]:
        """Returns the address that is asked and its host, checked once: the rule of a provider does not change."""
        found = self._endpoints.get(entry.base_url)
        if found is None:
            address = endpoint(entry)
            self._rule.check(address)
            if len(self._endpoints) >= MAX_ENDPOINTS:
                self._endpoints.clear()
            found = self._endpoints[entry.base_url] = (address, urlsplit(address).netloc)
        return found

    async def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            for other in [other for other in self._sessions if other.is_closed()]:
                await self._sessions.pop(other).close()
            session = self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30.0, resolver=GuardedResolver(self._rule)),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
                headers={"User-Agent": "routeloom"},
            )
        return session


def endpoint(entry: ModelEntry) -> str:
    """Returns the address that is asked; a base URL without a path gets `/v1`.

    Raises:
        ConfigurationError: if the entry has no base URL.
    """
    if not entry.base_url:
        raise ConfigurationError(
            f"The model '{entry.name}' has no base URL; enter the address of its server, such as http://127.0.0.1:8080/v1."
        )
    base = entry.base_url.rstrip("/")
    return f"{base}{_CHAT}" if urlsplit(base).path else f"{base}/v1{_CHAT}"


class Exchange:
    """Reads one answer of a server, whole or streamed."""

    def __init__(
        self, subject: str, request: ChatRequest, on_token: TokenSink | None, clock: Callable[[], float]
    ) -> None:
        """Takes what opens the sentence of an error, the request, and who listens to tokens."""
        self._subject = subject
        self._request = request
        self._on_token = on_token
        self._clock = clock
        self._start_s = clock()

    async def read(self, response: aiohttp.ClientResponse) -> Reply:
        """Returns the reply in a response.

        Raises:
            ModelError: if it is an error, or nothing usable.
        """
        if response.status != 200:
            said = said_by(await _start_of_body(response))
            raise error_for(response.status, self._subject, said, retry_after_s=retry_after(response.headers))
        kind = response.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
        if self._on_token and kind == "text/event-stream":
            return await self._streamed(response, self._on_token)
        body = await _body(response, self._subject)
        if kind != "application/json" and not kind.endswith("+json"):
            raise ModelAnsweredGarbage(
                f"{self._subject} answered with {kind}, not with JSON; is the base URL right?",
                usage=salvaged_usage(body),
            )
        parsed = _parsed(body, self._subject)
        if self._request.purpose == "embed":
            return read_vectors(parsed, self._request, self._subject)
        reply = read_reply(parsed, self._request, self._subject)
        if self._on_token and reply.text:
            self._on_token(reply.text)
        return reply

    async def _streamed(self, response: aiohttp.ClientResponse, on_token: TokenSink) -> Reply:
        fold = StreamFold(self._request, self._subject)
        try:
            async for event in _events(response, self._subject):
                piece = fold.feed(_parsed(event, self._subject))
                if piece:
                    if fold.first_token_s is None:
                        fold.first_token_s = self._clock() - self._start_s
                    on_token(piece)
        except aiohttp.ClientError:
            if not fold.is_complete:
                raise self._cut(fold) from None
        except ModelAnsweredGarbage as error:
            raise ModelAnsweredGarbage(str(error), usage=error.usage or fold.usage) from None
        if fold.text and not fold.is_complete:
            raise self._cut(fold)
        return fold.reply()

    def _cut(self, fold: StreamFold) -> ModelUnreachable:
        usage = fold.usage if fold.text else None
        came = f"{len(fold.text)} characters came"
        return ModelUnreachable(f"{self._subject} broke off in the middle of its answer; {came}.", usage=usage)


async def _body(response: aiohttp.ClientResponse, subject: str) -> bytes:
    pieces, size = [], 0
    while piece := await response.content.readany():
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BODY_BYTES:
            response.close()
            raise _too_long(subject)
    return b"".join(pieces)


async def _start_of_body(response: aiohttp.ClientResponse) -> bytes:
    try:
        return await response.content.readexactly(_ERROR_BODY_BYTES)
    except asyncio.IncompleteReadError as error:
        return error.partial


async def _events(response: aiohttp.ClientResponse, subject: str) -> AsyncIterator[bytes]:
    """Yields the data of each server-sent event until `[DONE]` or the end."""
    rest, size = b"", 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > MAX_BODY_BYTES:
            response.close()
            raise _too_long(subject)
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data = line[5:].strip()
                if data == b"[DONE]":
                    return
                yield data


def _too_long(subject: str) -> ModelAnsweredGarbage:
    return ModelAnsweredGarbage(f"{subject} answered with more than {MAX_BODY_BYTES // 1_000_000} MB.")


def _parsed(body: bytes, subject: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)  # takes NaN, which some servers write into their counts
    except (ValueError, RecursionError):
        raise ModelAnsweredGarbage(f"{subject} answered with broken JSON.", usage=salvaged_usage(body)) from None


def _payload(body: dict[str, Any]) -> bytes | io.BytesIO:
    data = orjson.dumps(body)
    return data if len(data) < _LARGE_BODY_BYTES else io.BytesIO(data)
