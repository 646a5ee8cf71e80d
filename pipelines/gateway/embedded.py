"""The provider `embedded`: language models that Routeloom runs itself, loaded once and never on the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Reply
from pipelines.error import ConfigurationError, ModelRejectedRequest, ModelUnreachable
from pipelines.gateway.llama import LlamaProcess
from pipelines.gateway.llama_grammar import grammar
from pipelines.gateway.openai_format import parameters
from pipelines.gateway.provider import TokenSink
from pipelines.weights import CONTEXT_TOKENS, MAX_OUTPUT_TOKENS, SLOTS, WEIGHTS

# The largest 32-bit seed means "random" to llama.cpp.
SEEDS = 2**32 - 1
_STREAM_OPTIONS = {"stream": True, "stream_options": {"include_usage": True}}


class EmbeddedProvider:
    """Answers with models that are loaded on first use and shared by every call of the process."""

    def __init__(self, folder: Path, *, slots: int = SLOTS, threads: int | None = None) -> None:
        """Takes the folder of the fetched weights, how many answers a model gives at a time, and its threads.

        The default is half of the cores: llama.cpp's threads wait for one another by spinning, so that one thread too
        many makes it slower by two orders of magnitude on a busy machine.
        """
        self._folder = folder
        self._slots = slots
        self._threads = threads or max(1, (os.cpu_count() or 2) // 2)
        self._lock = threading.Lock()
        self._models: dict[tuple[Path, int], Future[LlamaProcess]] = {}
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama-load")

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the reply of the model; a cancelled call stops the model within about a second.

        Raises:
            ConfigurationError: if the weights or the runtime are missing or unusable.
            ModelRejectedRequest: if the request does not fit the model, or the provider was closed meanwhile.
            ModelError: if the model did not answer.
        """
        body = _body(entry, request) | (_STREAM_OPTIONS if on_token else {})
        model = await self._loaded(entry)
        try:
            reply = await model.chat(f"The embedded model '{entry.name}'", body, request, on_token)
        except ModelUnreachable:
            if self._holds(model):
                raise
            raise ModelRejectedRequest("The embedded models were closed during the call.") from None
        if request.response_schema is not None and not request.sampling.stop:
            _check_json(reply)
        return reply

    async def count_tokens(self, entry: ModelEntry, text: str) -> int | None:
        """Returns how many tokens the text has for that model, or None where its weights or the runtime are missing."""
        try:
            model = await self._loaded(entry)
        except ConfigurationError:
            return None
        return await model.count_tokens(text)

    async def aclose(self) -> None:
        """Breaks off the answers under way and frees every model; a later call loads again."""
        with self._lock:
            loading = list(self._models.values())
            self._models.clear()
        await asyncio.to_thread(_close_all, loading)

    async def _loaded(self, entry: ModelEntry) -> LlamaProcess:
        path = self._path(entry)
        key = (path, entry.context_window or CONTEXT_TOKENS)
        with self._lock:
            future = self._models.get(key)
            if future is None or _is_spent(future):
                future = self._loader.submit(self._load, *key)
                self._models[key] = future
        return await asyncio.shield(asyncio.wrap_future(future))

    def _load(self, path: Path, window_tokens: int) -> LlamaProcess:
        return LlamaProcess(path, slots=self._slots, threads=self._threads, window_tokens=window_tokens)

    def _holds(self, model: LlamaProcess) -> bool:
        with self._lock:
            return any(
                each.done() and not each.exception() and each.result() is model for each in self._models.values()
            )

    def _path(self, entry: ModelEntry) -> Path:
        known = WEIGHTS.get(entry.target)
        path = self._folder / known.file_name if known else Path(entry.target)
        if path.is_file():
            return path
        advice = f"run `routeloom models pull {known.name}`" if known else "choose the file again on the Models page"
        raise ConfigurationError(f"The weights of the model '{entry.name}' are not at '{path}'; {advice}.")


def _body(entry: ModelEntry, request: ChatRequest) -> dict[str, Any]:
    body = {"model": "embedded", "max_tokens": entry.max_output_tokens or MAX_OUTPUT_TOKENS}
    body |= parameters(entry, request)
    if request.seed is not None:
        body["seed"] = request.seed % SEEDS
    if body.pop("response_format", None) and request.response_schema is not None:
        body["grammar"] = grammar(request.response_schema)
    return body


def _check_json(reply: Reply) -> None:
    """Notices a dropped grammar: llama.cpp says nothing when a schema is unsatisfiable and answers in free text."""
    try:
        from_json(reply.text, allow_partial="trailing-strings" if reply.finish_reason == "length" else False)
    except ValueError as error:
        raise ModelRejectedRequest(
            "The model could not follow the JSON schema; most likely no answer would satisfy it."
        ) from error


def _is_spent(future: Future[LlamaProcess]) -> bool:
    """Says whether a model must be loaded anew, because that failed or its process died; clears up after the dead."""
    if not future.done():
        return False
    if future.exception() is not None:
        return True
    model = future.result()
    if model.is_alive:
        return False
    model.close()
    return True


def _close_all(loading: list[Future[LlamaProcess]]) -> None:
    for future in loading:
        if future.exception() is None:
            future.result().close()
