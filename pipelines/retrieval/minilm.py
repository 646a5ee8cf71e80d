"""The embedder that knows meanings: MiniLM, quantised to 8 bits, on the ONNX runtime."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.weights import WEIGHTS, sha256_of

MODEL, TOKENIZER = "minilm-int8", "minilm-tokenizer"
DIMENSIONS = 384
MAX_TOKENS = 256
_ONLY_FATAL = 4


class MiniLmEmbedder:
    """Averages the token vectors of all-MiniLM-L6-v2, one text at a time; loaded on first use.

    Texts are embedded one by one on one thread of its own: that is the fastest way for 8-bit weights, and a batch needs
    gigabytes of memory.

    Source: Reimers and Gurevych, "Sentence-BERT" (2019), section 3, mean pooling; a text is cut after 256 tokens.
    """

    name = "all-MiniLM-L6-v2 int8"
    dimensions = DIMENSIONS

    def __init__(self, folder: Path) -> None:
        """Takes the folder of the fetched weights; nothing is loaded yet."""
        self._folder = folder
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="minilm")
        self._loaded: tuple[Any, Any] | None = None

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, 384) of unit vectors; a cancelled call stops after the text at hand.

        Raises:
            ConfigurationError: if the weights or the packages that run them are unusable.
        """
        stopped = threading.Event()
        try:
            return await asyncio.wrap_future(self._worker.submit(self._embed, list(texts), stopped))
        finally:
            stopped.set()

    def _embed(self, texts: list[str], stopped: threading.Event) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            if stopped.is_set():
                break
            row[:] = self._vector(text)
        return vectors

    def _vector(self, text: str) -> NDArray[np.float32]:
        if self._loaded is None:
            self._loaded = self._load()
        tokenizer, session = self._loaded
        encoding = tokenizer.encode(text.encode("utf-8", "replace").decode())
        ids = np.array([encoding.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        wanted = {each.name for each in session.get_inputs()}
        (hidden, *_) = session.run(None, {name: value for name, value in feed.items() if name in wanted})
        mean = np.asarray(hidden, dtype=np.float32)[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)

    def _load(self) -> tuple[Any, Any]:
        try:
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise ConfigurationError(
                "The MiniLM embedder needs the packages onnxruntime and tokenizers; install them with "
                "`pip install 'routeloom[local]'`."
            ) from error
        tokenizer = tokenizers.Tokenizer.from_file(_verified(self._folder, TOKENIZER))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = _ONLY_FATAL
        weights = _verified(self._folder, MODEL)
        return tokenizer, onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _verified(folder: Path, name: str) -> str:
    """Returns the path of a weight file whose hash is right: both libraries raise a bare Exception on another."""
    path = folder / WEIGHTS[name].file_name
    try:
        is_right = sha256_of(path) == WEIGHTS[name].sha256
    except OSError:
        is_right = False
    if not is_right:
        raise ConfigurationError(f"The file '{path}' is missing or damaged; run `routeloom models pull {name}`.")
    return str(path)
