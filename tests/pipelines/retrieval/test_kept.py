"""Vectors on disk: no text is embedded twice, and a damaged file is no harm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.retrieval.kept import BATCH, KeptEmbedder


class CountingEmbedder:
    """Gives each text the vector of its length, and remembers what it was asked."""

    name = "counting / v1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(-1, 2)


async def test_a_text_is_embedded_once_in_the_life_of_the_folder(tmp_path: Path) -> None:
    texts = [f"text {'x' * (n % 50)} {n}" for n in range(2 * BATCH + 10)] + ["\ud800", ""]
    first, second = CountingEmbedder(), CountingEmbedder()
    vectors = await KeptEmbedder(first, tmp_path).embed([*texts, texts[0]])
    assert sorted(first.asked) == sorted(texts)
    again = await KeptEmbedder(second, tmp_path).embed(texts)
    assert second.asked == []
    assert np.array_equal(again, vectors[:-1])
    assert vectors[-1].tolist() == vectors[0].tolist() == [len(texts[0]), 1.0]


async def test_embedders_do_not_share_vectors(tmp_path: Path) -> None:
    first, other = CountingEmbedder(), CountingEmbedder()
    other.name = "another"
    await KeptEmbedder(first, tmp_path).embed(["a"])
    await KeptEmbedder(other, tmp_path).embed(["a"])
    assert other.asked == ["a"]


async def test_a_damaged_file_is_embedded_again(tmp_path: Path) -> None:
    await KeptEmbedder(CountingEmbedder(), tmp_path).embed(["a", "b"])
    _damage(tmp_path)
    embedder = CountingEmbedder()
    assert (await KeptEmbedder(embedder, tmp_path).embed(["a", "b"])).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert embedder.asked == ["a", "b"]


async def test_nothing_is_written_for_nothing(tmp_path: Path) -> None:
    assert (await KeptEmbedder(CountingEmbedder(), tmp_path).embed([])).shape == (0, 2)
    assert _files(tmp_path) == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _damage(folder: Path) -> None:
    """Cuts the one file, and puts another beside it that is none."""
    [file] = _files(folder)
    file.write_bytes(file.read_bytes()[:-20])
    (file.parent / "strange.npz").write_bytes(b"no array")
