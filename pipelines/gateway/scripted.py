"""Scripted models: a real provider whose answers are written down beforehand."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from pipelines.catalogue import ModelEntry, estimate_tokens
from pipelines.chat import ChatRequest, Reply, Seconds, TokenLogprob, Tokens, Usage
from pipelines.error import ModelError, ModelRejectedRequest
from pipelines.gateway.provider import TokenSink
from pipelines.record import Record

_PIECE = re.compile(r"\s*\S+|\s+$")


class Line(Record):
    """Is one answer of a scripted model.

    Attributes:
        latency_s: how long the model takes before its first word.
        input_tokens, output_tokens: None counts a token for every four bytes.
        logprob: natural-log probability of every word; `logprobs` says it word by word instead.
    """

    text: str = ""
    latency_s: Seconds = 0.0
    input_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    finish_reason: str = "stop"
    logprob: Annotated[float, Field(le=0.0)] | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None


Part = Line | str | ModelError
Script = Mapping[str, Part | Sequence[Part]] | Callable[[ModelEntry, ChatRequest], Part]


class ScriptedProvider:
    """Answers from a table or a function: deterministic, without a network.

    In a table the key is the catalogue name of a model, or else a text that the last message holds (the empty text is
    in every message); the first key that fits, in the order of the table, answers. Several parts under one key answer
    one after the other, and the last one from then on. An error among the parts is raised.
    """

    def __init__(self, script: Script, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Takes the script, and the sleep that latencies use."""
        self.asked: list[ChatRequest] = []
        self.active = 0
        self.peak = 0
        self._script = script
        self._sleep = sleep
        self._turns: Counter[str] = Counter()

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the scripted reply.

        Raises:
            ModelError: where the script has one.
            ModelRejectedRequest: where the script has nothing for the request.
        """
        self.asked.append(request)
        part = self._part(entry, request)
        line = Line(text=part) if isinstance(part, str) else part
        self.active += 1
        self.peak = max(self.peak, self.active)
        try:
            if isinstance(line, ModelError):
                raise type(line)(str(line), retry_after_s=line.retry_after_s, usage=line.usage)
            if line.latency_s:
                await self._sleep(line.latency_s)
        finally:
            self.active -= 1
        return _spoken(line, request, on_token)

    async def aclose(self) -> None:
        """Does nothing: there is nothing to give back."""

    def _part(self, entry: ModelEntry, request: ChatRequest) -> Part:
        if callable(self._script):
            return self._script(entry, request)
        said = request.messages[-1].content
        for key, parts in self._script.items():
            if key == entry.name or key in said:
                if isinstance(parts, Line | str | ModelError):
                    return parts
                self._turns[key] += 1
                return parts[min(self._turns[key], len(parts)) - 1]
        raise ModelRejectedRequest(f"The script of the model '{entry.name}' has no answer to '{said[:80]}'.")


def _spoken(line: Line, request: ChatRequest, on_token: TokenSink | None) -> Reply:
    pieces = _PIECE.findall(line.text)
    if on_token:
        for piece in pieces:
            on_token(piece)
    logprobs = line.logprobs
    if logprobs is None and line.logprob is not None:
        logprobs = tuple(TokenLogprob(token=piece, logprob=line.logprob) for piece in pieces)
    heard = sum(estimate_tokens(message.content) for message in request.messages)
    return Reply(
        text=line.text,
        usage=Usage(
            input_tokens=heard if line.input_tokens is None else line.input_tokens,
            output_tokens=estimate_tokens(line.text) if line.output_tokens is None else line.output_tokens,
        ),
        finish_reason=line.finish_reason,
        logprobs=logprobs if request.logprobs else None,
        first_token_s=line.latency_s if on_token else None,
    )
