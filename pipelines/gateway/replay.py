"""Replay models: they answer what a model once answered, from a recorded table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from pipelines.catalogue import ModelEntry, estimate_tokens
from pipelines.chat import ChatRequest, Measured, Reply, Usage
from pipelines.error import ConfigurationError, ModelRejectedRequest
from pipelines.gateway.provider import TokenSink
from pipelines.gateway.recording import Recording


class ReplayProvider:
    """Answers from recordings; the target of an entry is `recording#model`.

    The question is the last message. Only its text counts: another system prompt or temperature gives the same answer.
    """

    def __init__(
        self,
        recordings: Mapping[str, Recording],
        *,
        pace: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Takes the recordings by name and the share of the recorded time that an answer takes (1 is real time)."""
        self._recordings = recordings
        self._pace = pace
        self._sleep = sleep

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the recorded answer; tokens that were not recorded are estimated.

        Raises:
            ConfigurationError: if there is no such recording.
            ModelRejectedRequest: if that model's answer to the question was not recorded.
        """
        name, _, model = entry.target.partition("#")
        recording = self._recordings.get(name)
        if recording is None:
            known = ", ".join(sorted(self._recordings)) or "none"
            raise ConfigurationError(f"The model '{entry.name}' replays the recording '{name}'; there is {known}.")
        question = request.messages[-1].content
        cell = recording.cell(question, model)
        if cell is None:
            raise ModelRejectedRequest(
                f"The recording '{name}' holds no answer of '{model}' to the question '{question[:80]}';"
                " a replay model answers recorded questions only, word for word."
            )
        if self._pace and cell.latency_s:
            await self._sleep(cell.latency_s * self._pace)
        if on_token:
            on_token(cell.answer)
        asked = sum(estimate_tokens(message.content) for message in request.messages)
        usage = Usage(
            input_tokens=asked if cell.input_tokens is None else cell.input_tokens,
            output_tokens=estimate_tokens(cell.answer) if cell.output_tokens is None else cell.output_tokens,
            estimated=cell.input_tokens is None or cell.output_tokens is None,
        )
        return Reply(
            text=cell.answer, usage=usage, recorded=Measured(output_tokens=cell.output_tokens, latency_s=cell.latency_s)
        )

    async def aclose(self) -> None:
        """Does nothing: there is nothing to give back."""
