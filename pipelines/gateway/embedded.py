"""The provider `embedded`: language models that live in this process, loaded once and never on the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Reply
from pipelines.error import ConfigurationError
from pipelines.gateway.llama import Chunk, LlamaModel
from pipelines.gateway.llama_chat import body_of, reply_of
from pipelines.weights import CONTEXT_TOKENS, SLOTS, WEIGHTS

TokenSink = Callable[[str], None]


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
        self._models: dict[tuple[Path, int], Future[LlamaModel]] = {}
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama-load")
        self._running: set[threading.Event] = set()

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the reply of the model; a cancelled call stops at the next token or batch of the prompt.

        Raises:
            ConfigurationError: if the weights or the runtime are missing or unusable.
            ModelRejectedRequest: if the request does not fit the model.
            ModelAnsweredGarbage: if the model stopped without an end.
        """
        started = time.perf_counter()
        body = body_of(entry, request)
        model = await self._loaded(entry)
        answer = _Answer(started, on_token)
        self._running.add(answer.stopped)
        try:
            await asyncio.wrap_future(model.workers.submit(model.chat, body, answer))
        finally:
            answer.stopped.set()
            self._running.discard(answer.stopped)
        return reply_of(entry, answer.chunks, answer.first_token_s)

    async def count_tokens(self, entry: ModelEntry, text: str) -> int | None:
        """Returns how many tokens the text has for that model, or None where its weights or the runtime are missing."""
        try:
            model = await self._loaded(entry)
        except ConfigurationError:
            return None
        return await asyncio.to_thread(model.count_tokens, text.encode("utf-8", "replace").decode())

    async def aclose(self) -> None:
        """Stops the answers under way and frees every model; a later call loads again."""
        with self._lock:
            loading = list(self._models.values())
            self._models.clear()
        for stopped in list(self._running):
            stopped.set()
        await asyncio.to_thread(_close_all, loading)

    async def _loaded(self, entry: ModelEntry) -> LlamaModel:
        path = self._path(entry)
        key = (path, entry.context_window or CONTEXT_TOKENS)
        with self._lock:
            future = self._models.get(key)
            if future is None or (future.done() and future.exception() is not None):
                future = self._loader.submit(self._load, *key)
                self._models[key] = future
        return await asyncio.shield(asyncio.wrap_future(future))

    def _load(self, path: Path, window_tokens: int) -> LlamaModel:
        return LlamaModel(path, slots=self._slots, threads=self._threads, window_tokens=window_tokens)

    def _path(self, entry: ModelEntry) -> Path:
        known = WEIGHTS.get(entry.target)
        path = self._folder / known.file_name if known else Path(entry.target)
        if path.is_file():
            return path
        advice = f"run `routeloom models pull {known.name}`" if known else "choose the file again on the Models page"
        raise ConfigurationError(f"The weights of the model '{entry.name}' are not at '{path}'; {advice}.")


class _Answer:
    """Collects the chunks of one answer on the worker thread and hands their text to the event loop."""

    def __init__(self, started: float, on_token: TokenSink | None) -> None:
        self.stopped = threading.Event()
        self.chunks: list[Chunk] = []
        self.first_token_s: float | None = None
        self._started = started
        self._on_token = on_token
        self._loop = asyncio.get_running_loop()

    def __call__(self, chunk: Chunk) -> bool:
        if self.stopped.is_set():
            return True
        self.chunks.append(chunk)
        text = _text_of(chunk)
        if not text:
            return False
        if self.first_token_s is None:
            self.first_token_s = time.perf_counter() - self._started
        if self._on_token is None:
            return False
        try:
            self._loop.call_soon_threadsafe(self._deliver, text)
        except RuntimeError:  # the event loop was closed: nobody waits for this answer any more
            return True
        return False

    def _deliver(self, text: str) -> None:
        if self._on_token is not None and not self.stopped.is_set():
            self._on_token(text)


def _text_of(chunk: Chunk) -> str:
    choices: list[dict[str, Any]] = chunk.get("choices") or []
    return str(choices[0].get("delta", {}).get("content") or "") if choices else ""


def _close_all(loading: list[Future[LlamaModel]]) -> None:
    for future in loading:
        if future.cancel() or future.exception() is not None:
            continue
        future.result().close()
