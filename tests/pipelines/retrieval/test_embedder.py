"""The best embedder at hand is chosen, and every text is embedded once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.retrieval.embedder import CachedEmbedder, pick_embedder
from pipelines.retrieval.minilm import MiniLmEmbedder
from tests.pipelines.local_weight import MODELS, needs_minilm


class Ledger:
    """Embeds a text as its length, turned into an angle, and notes what it was asked."""

    name = "ledger"

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(list(texts))
        return np.array([[np.cos(len(text)), np.sin(len(text))] for text in texts], dtype=np.float32).reshape(-1, 2)


async def test_without_weights_the_lexical_embedder_is_chosen_and_says_so(tmp_path: Path) -> None:
    embedder = pick_embedder(tmp_path)
    assert embedder.name == "hashing (lexical only)"
    assert (await embedder.embed(["hello"])).shape == (1, 1024)


async def test_each_text_is_embedded_once_and_rows_keep_their_order() -> None:
    ledger = Ledger()
    cached = CachedEmbedder(ledger)
    first = await cached.embed(["a", "bbb", "a"])
    second = await cached.embed(["cc", "bbb"])
    assert ledger.asked == [["a", "bbb"], ["cc"]]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], second[1])
    assert second[0] == pytest.approx([np.cos(2), np.sin(2)])


async def test_the_text_unused_for_longest_is_forgotten_first() -> None:
    ledger = Ledger()
    cached = CachedEmbedder(ledger, capacity=2)
    for texts in (["a"], ["bb"], ["a"], ["ccc"], ["a"], ["bb"]):
        await cached.embed(texts)
    assert ledger.asked == [["a"], ["bb"], ["ccc"], ["bb"]]


async def test_more_texts_than_are_kept_are_still_all_answered() -> None:
    cached = CachedEmbedder(Ledger(), capacity=1)
    assert (await cached.embed(["a", "bb", "ccc"])).shape == (3, 2)
    assert (await cached.embed([])).shape == (0, 2)


@needs_minilm
async def test_minilm_brings_the_same_meaning_in_other_words_near() -> None:
    embedder = pick_embedder(MODELS)
    assert embedder.name == "all-MiniLM-L6-v2 int8"
    texts = ["How old is the king?", "What is the monarch's age?", "Fix the loop in my program."]
    vectors = await embedder.embed(texts)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.6
    assert vectors[0] @ vectors[2] < 0.3


@needs_minilm
async def test_minilm_takes_empty_broken_and_endless_texts() -> None:
    vectors = await pick_embedder(MODELS).embed(["", "\ud800", "word " * 5_000])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


@needs_minilm
async def test_a_cancelled_embedding_leaves_the_embedder_usable() -> None:
    embedder = pick_embedder(MODELS)
    long = asyncio.create_task(embedder.embed([f"text number {n}" for n in range(5_000)]))
    await asyncio.sleep(0)
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    async with asyncio.timeout(60.0):
        assert (await embedder.embed(["hello"])).shape == (1, 384)


@needs_minilm
async def test_a_damaged_weight_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "minilm-tokenizer.json").write_bytes((MODELS / "minilm-tokenizer.json").read_bytes())
    (tmp_path / "minilm-int8.onnx").write_bytes(b"no weights")
    with pytest.raises(ConfigurationError, match=r"minilm-int8\.onnx.*routeloom models pull minilm-int8"):
        await MiniLmEmbedder(tmp_path).embed(["hello"])
