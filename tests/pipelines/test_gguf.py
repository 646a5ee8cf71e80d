"""A GGUF header is read, and no number in it is trusted."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipelines.error import DocumentError
from pipelines.gguf import GgufHeader, read_header
from tests.pipelines.local_weight import MODELS, TINY_KEYS, gguf_bytes, key_bytes, needs_smollm2, text_bytes


def header_of(folder: Path, data: bytes) -> GgufHeader:
    path = folder / "model.gguf"
    path.write_bytes(data)
    return read_header(path)


def test_a_header_tells_name_window_licence_and_chat_template(tmp_path: Path) -> None:
    assert header_of(tmp_path, gguf_bytes(TINY_KEYS, tensors=7)) == GgufHeader(
        name="Tiny Model",
        architecture="llama",
        context_tokens=2048,
        licence="mit",
        tensors=7,
        has_chat_template=True,
    )


def test_a_file_without_name_and_window_is_called_like_the_file(tmp_path: Path) -> None:
    header = header_of(tmp_path, gguf_bytes({"general.architecture": "mamba"}))
    assert (header.name, header.context_tokens, header.has_chat_template) == ("model", None, False)


@needs_smollm2
def test_the_header_of_real_weights_is_understood() -> None:
    header = read_header(MODELS / "smollm2-135m-instruct-q4_1.gguf")
    assert (header.architecture, header.context_tokens, header.tensors) == ("llama", 8192, 272)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "past the end"),
        (b"GG", "past the end"),
        (b"PK\x03\x04 and more", "starts with b'PK"),
        (gguf_bytes(TINY_KEYS, version=1), "format version is 1"),
        (gguf_bytes(TINY_KEYS, version=99), "format version is 99"),
        (gguf_bytes(TINY_KEYS, tensors=0), "holds no weights"),
        (gguf_bytes({}), "names no architecture"),
        (gguf_bytes(TINY_KEYS)[:-3], "past the end"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 2**60), "1152921504606846976 keys"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 1), "1152921504606846976 tensors"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 2**63), "9223372036854775808 bytes of text"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text_bytes("a") + struct.pack("<I", 77), "value type 77"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text_bytes("a") + struct.pack("<IIQ", 9, 9, 1), "array type 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text_bytes("a") + struct.pack("<IIQ", 9, 0, 2**40), "items"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 9) + key_bytes("a", 1), "past the end"),
    ],
)
def test_a_damaged_header_is_refused_with_what_is_wrong(tmp_path: Path, data: bytes, complaint: str) -> None:
    with pytest.raises(DocumentError, match=r"'model\.gguf' is not a usable GGUF") as caught:
        header_of(tmp_path, data)
    assert complaint in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="No such file"):
        read_header(tmp_path / "none.gguf")
