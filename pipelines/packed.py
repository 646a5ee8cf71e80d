"""Arrays as one file without pickle, read with limits: such a file may come from a stranger."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from math import prod
from typing import IO, Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from pipelines.error import DocumentError

LARGEST_BYTES: Final = 2 * 1024**3
MOST_ARRAYS: Final = 1_000
KINDS: Final = "biufU"
"""Whole numbers, numbers, truth values and text; never objects."""

_FAULTS: Final = (ValueError, OSError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What the standard library and NumPy raise on a damaged, encrypted or made-up file."""


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Returns the arrays as a compressed `.npz` file.

    Raises:
        DocumentError: if one of them holds Python objects.
    """
    for name, array in arrays.items():
        if array.dtype.kind not in KINDS:
            raise DocumentError(f"The array '{name}' holds {array.dtype}; only numbers and text are stored.")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **dict(arrays))
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    """Returns the arrays of a file that `pack` wrote.

    Raises:
        DocumentError: if it is no such file, is damaged, holds objects, or would unpack to more than 2 GiB.
    """
    try:
        _require_bounded(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except _FAULTS as error:
        raise DocumentError(f"The array file cannot be read: {error}.") from None
    strange = next((name for name, array in found.items() if array.dtype.kind not in KINDS), None)
    if strange is not None:
        raise DocumentError(f"The array '{strange}' holds {found[strange].dtype}; only numbers and text are allowed.")
    return found


def _require_bounded(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        size = sum(member.file_size for member in members)
        if len(members) > MOST_ARRAYS or size > LARGEST_BYTES:
            raise DocumentError(
                f"The array file holds {len(members)} arrays of {size} bytes; allowed are {MOST_ARRAYS} of"
                f" {LARGEST_BYTES} bytes together."
            )
        for member in members:
            with archive.open(member) as stream:
                _require_honest(stream, member)


def _require_honest(stream: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Refuses an array that claims to be larger than its bytes, because room for the claim would be taken at once.

    Raises:
        DocumentError: naming the array.
    """
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(npy.read_magic(stream))
    if read is None:
        raise DocumentError(f"The array '{member.filename}' is written in a form that is not known.")
    shape, _, kind = read(stream)
    if min(shape, default=0) < 0 or prod(shape) * kind.itemsize > member.file_size:
        raise DocumentError(f"The array '{member.filename}' claims the shape {shape} and has {member.file_size} bytes.")
