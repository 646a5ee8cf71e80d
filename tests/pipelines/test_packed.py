"""Array files: what goes in comes out, and nothing of a stranger is executed."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from pipelines.error import DocumentError
from pipelines.packed import pack, unpack


def test_arrays_come_back_equal() -> None:
    arrays = {"a/b": np.arange(6.0).reshape(2, 3), "names": np.array(["x", "\u00e9\u4f60"]), "empty": np.zeros((0, 4))}
    found = unpack(pack(arrays))
    assert sorted(found) == sorted(arrays)
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())


def test_equal_arrays_make_equal_files() -> None:
    assert pack({"a": np.arange(3)}) == pack({"a": np.arange(3)})


def test_python_objects_are_neither_packed_nor_unpacked() -> None:
    with pytest.raises(DocumentError, match="only numbers and text"):
        pack({"a": np.array([{}], dtype=object)})
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([{}], dtype=object))
    with pytest.raises(DocumentError, match="cannot be read"):
        unpack(buffer.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", pack({"a": np.arange(9)})[:-30]])
def test_a_damaged_file_is_told(content: bytes) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        unpack(content)


def test_too_many_arrays_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"{number}.npy", b"")
    with pytest.raises(DocumentError, match="1001 arrays"):
        unpack(buffer.getvalue())
