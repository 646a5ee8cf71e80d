"""The process that runs llama.cpp starts, refuses, is closed to strangers and ends."""

from __future__ import annotations

import asyncio
import venv
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from pipelines.error import ConfigurationError
from pipelines.gateway.llama import LlamaProcess
from tests.pipelines.local_weight import MODELS, TINY_KEYS, gguf_bytes, needs_runtime, needs_smollm2

SMOLLM2 = MODELS / "smollm2-135m-instruct-q4_1.gguf"


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaProcess]:
    process = LlamaProcess(SMOLLM2, slots=1, threads=1, window_tokens=512)
    yield process
    process.close()
    assert not process.is_alive


@needs_runtime
@needs_smollm2
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/chat/completions"), ("POST", "/tokenize"), ("GET", "/slots"), ("GET", "/props")]
)
async def test_its_port_serves_nobody_without_the_key(model: LlamaProcess, method: str, path: str) -> None:
    headers = {"Authorization": "Bearer guess", "Origin": "http://evil.example"}
    async with (
        aiohttp.ClientSession(model.address) as session,
        session.request(method, path, json={}, headers=headers) as response,
    ):
        assert response.status == 401
        assert "evil" not in response.headers.get("Access-Control-Allow-Origin", "")


@needs_runtime
@needs_smollm2
async def test_it_counts_tokens_also_of_text_that_utf8_cannot_hold(model: LlamaProcess) -> None:
    assert await model.count_tokens("Hello world, this is a test") == 7
    assert await model.count_tokens("\ud800") == 1
    assert await model.count_tokens("") == 0


@needs_runtime
@pytest.mark.parametrize("size_bytes", [5_000, 3_000_000, 50_000_000])
@needs_smollm2
def test_a_truncated_file_is_an_error_and_not_the_end_of_this_process(tmp_path: Path, size_bytes: int) -> None:
    path = tmp_path / "cut.gguf"
    with SMOLLM2.open("rb") as whole:
        path.write_bytes(whole.read(size_bytes))
    with pytest.raises(ConfigurationError, match=r"cut\.gguf"):
        LlamaProcess(path, slots=1, threads=1, window_tokens=512)


@needs_runtime
def test_a_file_with_a_good_header_and_no_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hollow.gguf"
    path.write_bytes(gguf_bytes(TINY_KEYS))
    with pytest.raises(ConfigurationError, match=r"llama\.cpp cannot load .*hollow\.gguf' \(Tiny Model, llama\)"):
        LlamaProcess(path, slots=1, threads=1, window_tokens=512)


def test_a_python_without_the_runtime_is_told_what_to_install(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_bytes(TINY_KEYS))
    venv.create(tmp_path / "bare", with_pip=False)
    python = next(each for each in (tmp_path / "bare").glob("*/python*") if each.is_file())
    with pytest.raises(ConfigurationError, match=r"No module named 'xllamacpp'.*pip install 'routeloom\[local\]'"):
        LlamaProcess(path, slots=1, threads=1, window_tokens=512, python=str(python))


def test_a_process_that_dies_at_the_start_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_bytes(TINY_KEYS))
    with pytest.raises(ConfigurationError, match=r"llama\.cpp cannot load"):
        LlamaProcess(path, slots=1, threads=1, window_tokens=512, python="/bin/false")


@needs_runtime
@needs_smollm2
async def test_it_can_be_used_from_several_event_loops(model: LlamaProcess) -> None:
    there = await asyncio.to_thread(lambda: asyncio.run(model.count_tokens("one two three")))
    assert there == await model.count_tokens("one two three") == 3
