"""Vectors of the light local encoder for whole tables, kept in a file outside the repository by hash of the text.

python -m tests.bench.router.vectors FILE.npz WEIGHTS_FOLDER FOLDER [FOLDER ...]
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.learned import LearnedStrategy
from pipelines.outcome.folder import read_folder
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.minilm import MiniLmEmbedder
from pipelines.space import Space

BATCH = 256

Vectors = Mapping[str, NDArray[np.float32]]


def key(text: str) -> str:
    """Returns the hash that stands for a text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def kept(path: Path) -> dict[str, NDArray[np.float32]]:
    """Returns the vectors of a file by hash of their text; none where there is no file."""
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as found:
        return dict(zip(found["keys"].tolist(), found["vectors"].astype(np.float32), strict=True))


def keep(path: Path, vectors: Vectors) -> None:
    """Writes the vectors; half precision is more than 8-bit weights have."""
    stacked = np.stack(list(vectors.values())).astype(np.float16)
    beside = path.with_suffix(".part.npz")
    np.savez(beside, keys=np.array(list(vectors), dtype=np.str_), vectors=stacked)
    beside.replace(path)


def embedded(path: Path, weights: Path, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
    """Returns the vectors of the file and of these texts, which are embedded, short ones first, if they lack."""
    found = kept(path)
    fresh = sorted({text for text in texts if key(text) not in found}, key=len)
    embedder = MiniLmEmbedder(weights)
    for start in range(0, len(fresh), BATCH):
        part = fresh[start : start + BATCH]
        found.update(zip(map(key, part), asyncio.run(embedder.embed(part)), strict=True))
        if start // BATCH % 8 == 7 or start + BATCH >= len(fresh):
            keep(path, found)
            print(f"{min(start + BATCH, len(fresh)):,} of {len(fresh):,} texts embedded", file=sys.stderr, flush=True)
    return found


def space(vectors: Vectors, texts: Iterable[str]) -> Space:
    """Returns the space of these texts."""
    every = list(dict.fromkeys(texts))
    return Space(every, np.stack([vectors[key(text)] for text in every]))


def given(tables: Iterable[OutcomeTable]) -> Space | None:
    """Returns the space of the questions of some tables if the command line says `--vectors=FILE.npz`, else None.

    What the file lacks is embedded with the weights in the folder of `--weights=FOLDER`.
    """
    said = dict(word[2:].split("=", 1) for word in sys.argv[1:] if word.startswith("--") and "=" in word)
    if "vectors" not in said:
        print("no --vectors=FILE.npz: what looks at meanings is left out")
        return None
    texts = [query for table in tables for query in table.queries]
    return space(embedded(Path(said["vectors"]), Path(said.get("weights", ".models")), texts), texts)


def fitting(candidates: Mapping[str, LearnedStrategy], known: Space | None) -> dict[str, LearnedStrategy]:
    """Returns the strategies that can learn with what is known of meanings."""
    return {name: each for name, each in candidates.items() if known is not None or not each.needs_space}


def main() -> None:
    """Embeds every question of some tables."""
    if len(sys.argv) < 4:
        sys.exit(f"Usage: python -m {__spec__.name} FILE.npz WEIGHTS_FOLDER FOLDER [FOLDER ...]")
    path, weights, *folders = map(Path, sys.argv[1:])
    for folder in folders:
        embedded(path, weights, read_folder(folder).queries)


if __name__ == "__main__":
    main()
