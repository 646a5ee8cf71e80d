"""An embedder that keeps every vector on disk, so that no text of a large table is embedded twice."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError, DocumentError
from pipelines.packed import pack, unpack
from pipelines.service import Embedder

KEY_BYTES: Final = 16
BATCH: Final = 256
"""So many new texts are embedded before their vectors are written; a stop loses no more."""


class KeptEmbedder:
    """Asks an embedder for each text once in the life of a folder; several processes may share it."""

    def __init__(self, inner: Embedder, folder: Path) -> None:
        """Takes the embedder and the folder, in which each embedder has one of its own."""
        self.name = inner.name
        self._inner = inner
        self._folder = folder / re.sub(r"\W+", "-", inner.name.lower()).strip("-")
        self._known: dict[bytes, NDArray[np.float32]] | None = None

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, n_dimensions) of unit vectors."""
        if not texts:
            return await self._inner.embed(texts)
        if self._known is None:
            self._known = await asyncio.to_thread(_read, self._folder)
        known, keys = self._known, [_key(text) for text in texts]
        fresh = [(key, text) for key, text in dict(zip(keys, texts, strict=True)).items() if key not in known]
        for start in range(0, len(fresh), BATCH):
            part = fresh[start : start + BATCH]
            vectors = await self._inner.embed([text for _, text in part])
            found = dict(zip((key for key, _ in part), vectors, strict=True))
            await asyncio.to_thread(_write, self._folder, found)
            known |= found
        return np.stack([known[key] for key in keys])


class BoughtOnly:
    """Is an embedder of that name that makes nothing: whoever keeps its vectors has them, or is told that not."""

    def __init__(self, name: str) -> None:
        """Takes the name under which vectors are kept."""
        self.name = name

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns nothing for no texts.

        Raises:
            ConfigurationError: if there are any.
        """
        if texts:
            raise ConfigurationError(
                f"Vectors of '{self.name}' are not kept for all texts, and no model is asked here; judge the router on"
                " this table first (routeloom router evaluate), which buys them."
            )
        return np.zeros((0, 0), np.float32)


def _read(folder: Path) -> dict[bytes, NDArray[np.float32]]:
    found: dict[bytes, NDArray[np.float32]] = {}
    for path in sorted(folder.glob("*.npz")):
        try:
            arrays = unpack(path.read_bytes())
            keys, vectors = arrays["keys"], arrays["vectors"].astype(np.float32)
            found.update(zip((key.tobytes() for key in keys), vectors, strict=True))
        except (DocumentError, OSError, KeyError, ValueError):
            # A cache may be forgotten: what cannot be read is embedded again.
            continue
    return found


def _write(folder: Path, vectors: dict[bytes, NDArray[np.float32]]) -> None:
    """Writes a file that is either whole or not there."""
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, KEY_BYTES)
    content = pack({"keys": keys, "vectors": np.stack(list(vectors.values()))})
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as stream:
        stream.write(content)
    Path(stream.name).replace(folder / f"{hashlib.blake2b(b''.join(vectors), digest_size=KEY_BYTES).hexdigest()}.npz")


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
