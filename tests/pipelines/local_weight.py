"""Where the tests find fetched weights, and made-up weight files for those that need no real ones."""

from __future__ import annotations

import importlib.util
import os
import struct
from pathlib import Path

import pytest

from pipelines.weights import installed

MODELS = Path(os.environ.get("ROUTELOOM_TEST_MODELS") or Path(__file__).parents[2] / ".models")

needs_runtime = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="the package xllamacpp is not installed"
)
needs_smollm2 = pytest.mark.skipif(
    "smollm2-135m" not in installed(MODELS), reason="the weights of smollm2-135m are not fetched"
)
needs_minilm = pytest.mark.skipif(
    not {"minilm-int8", "minilm-tokenizer"} <= set(installed(MODELS))
    or importlib.util.find_spec("onnxruntime") is None,
    reason="the weights of MiniLM are not fetched, or onnxruntime is not installed",
)


def text_bytes(text: str) -> bytes:
    """Returns a text as a GGUF file holds it."""
    return struct.pack("<Q", len(text.encode())) + text.encode()


def key_bytes(key: str, value: str | int | list[str]) -> bytes:
    """Returns a key and its value as a GGUF file holds them."""
    if isinstance(value, str):
        return text_bytes(key) + struct.pack("<I", 8) + text_bytes(value)
    if isinstance(value, int):
        return text_bytes(key) + struct.pack("<II", 4, value)
    items = b"".join(text_bytes(each) for each in value)
    return text_bytes(key) + struct.pack("<IIQ", 9, 8, len(value)) + items


def gguf_bytes(keys: dict[str, str | int | list[str]], version: int = 3, tensors: int = 1) -> bytes:
    """Returns a GGUF file that has a header and no weights."""
    head = b"GGUF" + struct.pack("<IQQ", version, tensors, len(keys))
    return head + b"".join(key_bytes(key, value) for key, value in keys.items())


TINY_KEYS: dict[str, str | int | list[str]] = {
    "general.architecture": "llama",
    "general.name": "Tiny\x07 Model",
    "general.license": "mit",
    "llama.context_length": 2048,
    "tokenizer.ggml.tokens": ["a", "b", "c"],
    "tokenizer.chat_template": "{{ messages }}",
}
