"""How an exported program compares texts by their words and spelling: Routeloom's hashing embedder without numpy."""

from __future__ import annotations

import math
import os
import re
import unicodedata
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cache

from pipelines.exchange.part.outside import aembedding

BUCKETS = 1_024
FULL = 0xFFFFFFFF
_ANY_WORD = re.compile(r"\w+")
_BLANK = re.compile(r"\s+")
Vector = Sequence[float]


async def hashed(texts: Sequence[str]) -> list[Vector]:
    """Returns a unit vector for each text, made of hashed words and character 3- to 5-grams."""
    return [hashed_text(text) for text in texts]


async def embedded(texts: Sequence[str]) -> list[Vector]:
    """Returns a unit vector for each text, by the embedding model that $EMBEDDING_MODEL names."""
    name = os.environ.get("EMBEDDING_MODEL", "text-embedding-3-small")
    response = await aembedding(model=name, input=list(texts))
    return [normed(row["embedding"]) for row in response.model_dump()["data"]]


@cache
def hashed_text(text: str) -> Vector:
    """Returns the unit vector of one text."""
    plain = _BLANK.sub(" ", unicodedata.normalize("NFKC", text[:20_000]).casefold()).strip()
    sums = [0.0] * BUCKETS
    for number, weight in weighed_hashes(plain):
        sums[number % BUCKETS] += weight if number & (1 << 31) else -weight
    damped = [math.copysign(math.sqrt(abs(value)), value) for value in sums]
    return normed(damped) if any(damped) else [1.0, *damped[1:]]


def weighed_hashes(plain: str) -> Iterator[tuple[int, float]]:
    """Yields a 32-bit hash and a weight for each word, then for each n-gram of characters."""
    for word in _ANY_WORD.findall(plain):
        yield zlib.crc32(word.encode("utf-8", "replace")), 3.0 * math.log1p(len(word))
    codes = [ord(sign) for sign in f" {plain} "]
    for size in (3, 4, 5):
        powers = [pow(0x01000193, place, 1 << 32) for place in range(size)]
        for start in range(len(codes) - size + 1):
            window = codes[start : start + size]
            number = sum(code * power for code, power in zip(window, powers, strict=True)) + size
            yield mixed(number & FULL), 1.0


def mixed(number: int) -> int:
    """Returns the number with all its 32 bits mixed."""
    number = (number ^ (number >> 16)) * 0x85EBCA6B & FULL
    number = (number ^ (number >> 13)) * 0xC2B2AE35 & FULL
    return number ^ (number >> 16)


def normed(vector: Vector) -> Vector:
    """Returns the vector with the length 1."""
    length = math.sqrt(math.fsum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]


async def similarities(
    text: str,
    examples: Mapping[str, Sequence[str]],
    top_k: int,
    embed: Callable[[Sequence[str]], Awaitable[Sequence[Vector]]],
) -> dict[str, float]:
    """Returns for each name the mean cosine of its `top_k` examples nearest to the text; -1 without examples."""
    (asked,) = await embed([text])
    scores: dict[str, float] = {}
    for name, known in examples.items():
        vectors = await embed(known) if known else []
        cosines = sorted((sum(a * b for a, b in zip(asked, v, strict=True)) for v in vectors), reverse=True)
        scores[name] = sum(cosines[:top_k]) / len(cosines[:top_k]) if cosines else -1.0
    return scores
