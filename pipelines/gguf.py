"""Reads the header of a GGUF weight file, a file from a stranger, without trusting one number in it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from pipelines.error import DocumentError
from pipelines.record import Record

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_HEADER_BYTES = 128 * 1024 * 1024
MAX_KEYS = 10_000
MAX_ITEMS = 10_000_000
MAX_KEY_BYTES = 1_024

STRING, ARRAY = 8, 9
# Source: the GGUF specification, section "File Structure": the type numbers and their widths.
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}

Scalar = str | int | float | bool | None


class GgufHeader(Record):
    """Is what the header of a GGUF file says about its model.

    Attributes:
        context_tokens: the window the model was trained for, or None where the file does not say.
        has_chat_template: False for a base model, which continues a text rather than answers a question.
    """

    name: str
    architecture: str
    context_tokens: int | None
    licence: str
    tensors: int
    has_chat_template: bool


class _Reader:
    """Reads little-endian values from a file and refuses to pass its end or the size limit of a header."""

    def __init__(self, file: BinaryIO, path: Path, size_bytes: int) -> None:
        self._file = file
        self._path = path
        self._left = min(size_bytes, MAX_HEADER_BYTES)

    def damaged(self, what: str) -> DocumentError:
        return DocumentError(f"The file '{self._path.name}' is not a usable GGUF weight file: {what}.")

    def take(self, count: int) -> bytes:
        if count > self._left:
            raise self.damaged("its header runs past the end of the file or past 128 MiB")
        self._left -= count
        data = self._file.read(count)
        if len(data) != count:
            raise self.damaged("it ends inside its header")
        return data

    def number(self, layout: str) -> int | float | bool:
        value: int | float | bool = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        return value

    def count(self, limit: int, what: str) -> int:
        value = int(self.number("<Q"))
        if value > limit:
            raise self.damaged(f"it announces {value} {what}, and at most {limit} are allowed")
        return value

    def text(self, limit: int = MAX_HEADER_BYTES) -> str:
        return self.take(self.count(limit, "bytes of text")).decode("utf-8", "replace")

    def value(self) -> Scalar:
        kind = int(self.number("<I"))
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            self._skip_array()
            return None
        if kind not in SCALARS:
            raise self.damaged(f"it uses the unknown value type {kind}")
        return self.number(SCALARS[kind])

    def _skip_array(self) -> None:
        kind = int(self.number("<I"))
        items = self.count(MAX_ITEMS, "items")
        if kind == STRING:
            for _ in range(items):
                self.take(self.count(MAX_HEADER_BYTES, "bytes of text"))
        elif kind in SCALARS:
            self.take(items * struct.calcsize(SCALARS[kind]))
        else:
            raise self.damaged(f"it uses the unknown array type {kind}")


def read_header(path: Path) -> GgufHeader:
    """Returns what the header of a weight file says.

    Raises:
        DocumentError: if the file is missing or its header is not that of a GGUF file.
    """
    try:
        with path.open("rb") as file:
            return _read(_Reader(file, path, path.stat().st_size), path)
    except OSError as error:
        raise DocumentError(f"The weight file '{path}' cannot be read: {error.strerror or error}.") from error


def _read(reader: _Reader, path: Path) -> GgufHeader:
    magic = reader.take(4)
    if magic != MAGIC:
        raise reader.damaged(f"it starts with {magic!r} where {MAGIC!r} must stand")
    version = int(reader.number("<I"))
    if version not in VERSIONS:
        raise reader.damaged(f"its format version is {version}, and {VERSIONS[0]} to {VERSIONS[-1]} are understood")
    tensors = reader.count(MAX_ITEMS, "tensors")
    values = {reader.text(MAX_KEY_BYTES): reader.value() for _ in range(reader.count(MAX_KEYS, "keys"))}
    architecture = values.get("general.architecture")
    if not isinstance(architecture, str) or not tensors:
        raise reader.damaged("it names no architecture or holds no weights")
    context = values.get(f"{architecture}.context_length")
    return GgufHeader(
        name=_text(values.get("general.name")) or path.stem,
        architecture=architecture[:100],
        context_tokens=context if isinstance(context, int) and context > 0 else None,
        licence=_text(values.get("general.license")),
        tensors=tensors,
        has_chat_template=isinstance(values.get("tokenizer.chat_template"), str),
    )


def _text(value: Scalar) -> str:
    """Returns a text without control characters and of a bearable length; empty for anything else."""
    return "".join(c for c in value if c.isprintable()).strip()[:100] if isinstance(value, str) else ""
