"""The bytes of a file as text in UTF-8: compression, byte order marks, encodings, and limits on the size."""

from __future__ import annotations

import codecs
import zlib
from typing import Final

from pipelines.error import DocumentError

LARGEST_FILE_BYTES: Final = 200_000_000
HEAD_BYTES: Final = 65_536
_CHUNK = 1_048_576
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_GZIP = b"\x1f\x8b"


def unpacked(content: bytes, name: str) -> tuple[bytes, str]:
    """Returns the bytes of a file and its name, both without the compression of a `.gz` file.

    Raises:
        DocumentError: if it is damaged or has more than 200,000,000 bytes.
    """
    if content.startswith(_GZIP):
        content, name = _gunzipped(content, name), name.removesuffix(".gz")
    if len(content) > LARGEST_FILE_BYTES:
        raise DocumentError(
            f"{name or 'The table'} has {len(content):,} bytes; a data set file may have at most"
            f" {LARGEST_FILE_BYTES:,}, so part it and import the parts."
        )
    return content, name


def as_utf8(content: bytes, name: str, encoding: str | None = None) -> bytes:
    """Returns a text file as UTF-8 without a byte order mark.

    Raises:
        DocumentError: if it is in another encoding than the one its mark or `encoding` names, or UTF-8 without one.
    """
    file = name or "The table"
    for mark, named in _MARKS.items():
        if content.startswith(mark):
            content, encoding = content[len(mark) :], named
            break
    wanted = _known(encoding or "utf-8")
    decoder = codecs.getincrementaldecoder(wanted)()
    for start in range(0, len(content), _CHUNK):
        _decoded(decoder, content, start, file, wanted)
    if wanted in ("utf-8", "ascii"):
        return content
    return content.decode(wanted).encode("utf-8", "replace")


def head_of(content: bytes) -> str:
    """Returns the beginning of a file as text, whatever its bytes are."""
    return content[:HEAD_BYTES].decode("utf-8", "replace")


def _decoded(decoder: codecs.IncrementalDecoder, content: bytes, start: int, file: str, wanted: str) -> None:
    held = len(decoder.getstate()[0])
    try:
        decoder.decode(content[start : start + _CHUNK], final=start + _CHUNK >= len(content))
    except UnicodeDecodeError as error:
        place = start - held + error.start
        line = content.count(b"\n", 0, place) + 1
        raise DocumentError(
            f"{file}, line {line:,}: the byte 0x{content[place]:02x} is not {wanted.upper()} text; save the file as"
            " UTF-8, or name its encoding (such as cp1252 for older Excel files)."
        ) from None


def _known(encoding: str) -> str:
    try:
        # Codecs that are no encodings of text, such as `hex`, refuse this too.
        bytes(4).decode(encoding)
    except (LookupError, UnicodeError):
        raise DocumentError(f"The encoding '{encoding}' is unknown; use utf-8, utf-16, cp1252 or latin-1.") from None
    return codecs.lookup(encoding).name


def _gunzipped(content: bytes, name: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(content, LARGEST_FILE_BYTES + 1)
    except zlib.error as error:
        raise DocumentError(f"{name or 'The table'} is a damaged gzip file: {error}.") from None
    if not unpacker.eof and len(found) <= LARGEST_FILE_BYTES:
        raise DocumentError(f"{name or 'The table'} is a gzip file that ends too early; fetch it again.")
    return found
