"""Arrays as one file without pickle, read with limits: such a file may come from a stranger."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.error import DocumentError

LARGEST_BYTES: Final = 2 * 1024**3
MOST_ARRAYS: Final = 1_000
KINDS: Final = "biufU"
"""Whole numbers, numbers, truth values and text; never objects."""


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
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
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
