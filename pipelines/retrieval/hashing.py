"""The embedder that needs no weights: it compares words and their pieces, not meanings."""

from __future__ import annotations

import asyncio
import re
import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 1_024
GRAM_SIZES = (3, 4, 5)
WORD_WEIGHT = 3.0
MAX_CHARACTERS = 20_000
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")


class HashingEmbedder:
    """Hashes words and character 3- to 5-grams into a fixed number of signed buckets; the same in every process.

    Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009), section 2, the signed hash;
    counts are dampened by a square root, and words count more the longer they are, in place of document frequencies.
    """

    name = "hashing (lexical only)"
    dimensions = DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, 1024) of unit vectors."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[:] = _vector(text)
        return vectors


def _vector(text: str) -> NDArray[np.float64]:
    plain = _SPACE.sub(" ", unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).casefold()).strip()
    hashes, weights = _words(plain)
    grams = _grams(f" {plain} ")
    every = np.concatenate([hashes, grams])
    signs = np.where(every & np.uint32(1 << 31), 1.0, -1.0) * np.concatenate([weights, np.ones(len(grams))])
    sums = np.bincount((every % np.uint32(DIMENSIONS)).astype(np.int64), weights=signs, minlength=DIMENSIONS)
    damped = np.sign(sums) * np.sqrt(np.abs(sums))
    length = float(np.linalg.norm(damped))
    if length > 0.0:
        return np.asarray(damped / length)
    nothing = np.zeros(DIMENSIONS)
    nothing[0] = 1.0
    return nothing


def _words(plain: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Returns the hash and the weight of every word."""
    words = _WORD.findall(plain)
    hashes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint32)
    weights = np.array([WORD_WEIGHT * np.log1p(len(word)) for word in words], dtype=np.float64)
    return hashes, weights


def _grams(padded: str) -> NDArray[np.uint32]:
    """Returns a hash of every character n-gram: a polynomial over the code points, mixed so that all bits count."""
    codes = np.frombuffer(padded.encode("utf-32-le", "replace"), dtype=np.uint32)
    hashes = []
    for size in GRAM_SIZES:
        if len(codes) < size:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(codes, size)
        powers = np.array([pow(0x01000193, place, 1 << 32) for place in range(size)], dtype=np.uint32)
        hashes.append(_mixed((windows * powers).sum(axis=1, dtype=np.uint32) + np.uint32(size)))
    return np.concatenate(hashes) if hashes else np.zeros(0, dtype=np.uint32)


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Source: Appleby, MurmurHash3, the 32-bit finaliser."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return np.asarray(hashes ^ (hashes >> np.uint32(16)), dtype=np.uint32)
