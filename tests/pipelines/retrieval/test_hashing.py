"""The lexical embedder: unit vectors, the same everywhere, near where words are shared."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import numpy as np
import pytest

from pipelines.retrieval.hashing import HashingEmbedder

PRINT_VECTOR = (
    "import asyncio; from pipelines.retrieval.hashing import HashingEmbedder; "
    "print(asyncio.run(HashingEmbedder().embed(['Äpfel und Birnen 🍐'])).tobytes().hex())"
)


async def test_vectors_have_length_one_whatever_the_text() -> None:
    texts = ["", " ", "a", "🍐", "\ud800", "the cat sat", "x" * 100_000]
    vectors = await HashingEmbedder().embed(texts)
    assert vectors.shape == (7, 1024)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)


async def test_no_texts_give_no_vectors() -> None:
    assert (await HashingEmbedder().embed([])).shape == (0, 1024)


async def test_shared_words_and_word_forms_bring_texts_near() -> None:
    texts = ["sorting a list in Python", "How do I sort lists with python?", "the capital city of France"]
    vectors = await HashingEmbedder().embed(texts)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 0.25
    assert far < 0.1


async def test_case_width_and_spacing_do_not_count() -> None:
    one, other = await HashingEmbedder().embed(["Hello   WORLD", "ｈｅｌｌｏ\nworld"])
    assert one @ other == pytest.approx(1.0)


def test_a_vector_is_the_same_in_another_process() -> None:
    here = asyncio.run(HashingEmbedder().embed(["Äpfel und Birnen 🍐"]))
    there = subprocess.run([sys.executable, "-c", PRINT_VECTOR], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here.tobytes().hex()
