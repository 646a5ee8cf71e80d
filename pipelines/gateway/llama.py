"""Runs one language model inside this process on llama.cpp; everything here blocks and belongs on a worker thread."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.error import ConfigurationError, DocumentError, ModelRejectedRequest
from pipelines.gguf import read_header

# A prompt is read in batches of this size; between two of them a call can be cancelled.
BATCH_TOKENS = 128
TOKENIZE_TIMEOUT_S = 60.0

Chunk = Mapping[str, Any]


class LlamaModel:
    """Is a loaded model with its slots, which answer side by side, and a worker thread for each slot.

    Attributes:
        window_tokens: tokens of input and output together that fit into one slot.
        workers: the threads on which `chat` is to be called.
    """

    def __init__(self, path: Path, *, slots: int, threads: int, window_tokens: int) -> None:
        """Loads the weights, which takes from half a second to several.

        Raises:
            ConfigurationError: if the runtime is not installed or cannot load the file.
        """
        try:
            header = read_header(path)
        except DocumentError as error:
            raise ConfigurationError(f"{error} Remove it and fetch it again.") from error
        self.window_tokens = min(window_tokens, header.context_tokens or window_tokens)
        self._key = secrets.token_urlsafe(32)
        parameters = self._parameters(path, slots, threads)
        try:
            self._server = _runtime().Server(parameters)
        except RuntimeError as error:
            raise ConfigurationError(
                f"llama.cpp cannot load the weight file '{path}' ({header.name}, {header.architecture}): it is damaged, of "
                "a kind that this version does not know, or needs more memory than is free."
            ) from error
        self.workers = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="llama")

    def _parameters(self, path: Path, slots: int, threads: int) -> Any:
        parameters = _runtime().CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = slots * self.window_tokens
        parameters.n_parallel = slots
        parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
        parameters.verbosity = -1
        parameters.warmup = parameters.fit_params = False
        # The default is a cache of up to 8 GiB of finished prompts beside the one in the slots.
        parameters.cache_ram_mib = 0
        # The runtime always opens an HTTP port on loopback; with a random key nobody else can use it.
        parameters.api_keys = [self._key]
        parameters.n_threads_http = 2
        parameters.ui = parameters.endpoint_slots = False
        parameters.cors_origins = ""
        parameters.model_alias = {"embedded"}
        return parameters

    def chat(self, body: Mapping[str, Any], on_chunk: Callable[[Chunk], bool]) -> None:
        """Streams one answer in the form of OpenAI's chunks; `on_chunk` returns True to stop it.

        An exception inside `on_chunk` is lost in the runtime, so it must not raise.

        Raises:
            ModelRejectedRequest: if the runtime refuses the request.
        """
        try:
            self._server.handle_chat_completions(dict(body), on_chunk)
        except (RuntimeError, ValueError) as error:
            raise ModelRejectedRequest(f"llama.cpp refused the request: {str(error)[:300]}") from error

    def count_tokens(self, text: str) -> int:
        """Returns how many tokens the model makes of the text."""
        address = urlsplit(self._server.listening_address)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TOKENIZE_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/tokenize", json.dumps({"content": text}), headers)
            return len(json.loads(connection.getresponse().read())["tokens"])
        finally:
            connection.close()

    def close(self) -> None:
        """Waits for the answers under way, which the caller has stopped, and frees the memory."""
        self.workers.shutdown(wait=True, cancel_futures=True)
        del self._server


def _runtime() -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ConfigurationError(
            "Embedded models need the package xllamacpp, which cannot be imported here; install it with "
            "`pip install 'routeloom[local]'`."
        ) from error
    return xllamacpp
