"""Replay models and the tables they answer from."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue import ModelEntry
from pipelines.chat import Usage
from pipelines.error import ConfigurationError, DocumentError, ModelRejectedRequest
from pipelines.gateway.recording import Cell, Recording
from pipelines.gateway.replay import ReplayProvider
from tests.pipelines.gateway.scene import Clock, ask, entry

ROW = '{"query": "What is\\n2 + 2?", "model": "gpt", "answer": "4", "in_tok": 7, "out_tok": 1, "latency_s": 0.5}\n'


def replay(recording: Recording, **options: Any) -> ReplayProvider:
    return ReplayProvider({"sums": recording}, **options)


def model(target: str = "sums#gpt") -> ModelEntry:
    return entry(provider="replay", target=target)


async def test_the_recorded_answer_comes_back_with_its_tokens(tmp_path: Path) -> None:
    path = tmp_path / "sums.jsonl"
    path.write_text(ROW)
    reply = await replay(Recording.read(path)).complete(model(), ask("What is 2 + 2?"), None)
    assert reply.text == "4"
    assert reply.usage == Usage(input_tokens=7, output_tokens=1)


async def test_tokens_that_were_not_recorded_are_estimated_and_marked() -> None:
    provider = replay(Recording({("hi", "gpt"): Cell(answer="hello")}))
    heard: list[str] = []
    reply = await provider.complete(model(), ask("hi"), heard.append)
    assert reply.usage == Usage(input_tokens=1, output_tokens=2, estimated=True)
    assert heard == ["hello"]


async def test_a_missing_answer_is_said() -> None:
    provider = replay(Recording({("hi", "gpt"): Cell(answer="hello")}))
    with pytest.raises(ModelRejectedRequest, match=r"'sums' holds no answer of 'gpt' to the question 'bye'"):
        await provider.complete(model(), ask("bye"), None)
    with pytest.raises(ModelRejectedRequest, match="no answer of 'claude'"):
        await provider.complete(model("sums#claude"), ask("hi"), None)


async def test_a_missing_recording_is_said_with_those_that_are_there() -> None:
    with pytest.raises(ConfigurationError, match=r"the recording 'other'; there is sums\."):
        await replay(Recording({})).complete(model("other#gpt"), ask("hi"), None)


async def test_the_recorded_time_passes_at_the_chosen_pace() -> None:
    clock = Clock()
    provider = replay(Recording({("hi", "gpt"): Cell(answer="x", latency_s=4.0)}), pace=0.5, sleep=clock.sleep)
    await provider.complete(model(), ask("hi"), None)
    assert clock.slept == [2.0]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_csv_with_the_questions_in_a_second_file(tmp_path: Path, packed: bool) -> None:
    table, queries = (
        "qid,model,answer,in_tok,latency_s\n1,gpt,4,7,\n2,gpt,,7,1.5\n",
        '{"qid": "1", "query": "2 + 2?"}\n',
    )
    pack = gzip.compress if packed else bytes
    end = ".gz" if packed else ""
    (tmp_path / f"t.csv{end}").write_bytes(pack(table.encode()))
    (tmp_path / f"q.jsonl{end}").write_bytes(pack((queries + '{"qid": 2, "query": "3 + 3?"}\n').encode()))
    recording = Recording.read(tmp_path / f"t.csv{end}", tmp_path / f"q.jsonl{end}")
    assert recording.cell("2 + 2?", "gpt") == Cell(answer="4", input_tokens=7)
    assert recording.cell("3 + 3?", "gpt") is None
    assert (len(recording), recording.models) == (1, ("gpt",))


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("t.jsonl", b'{"query": "a", "model": "m", "answer": "x"}\n[1]\n', "Line 2 of t.jsonl is not a JSON object"),
        ("t.jsonl", b'{"query": "a", "answer": "x"}', "Row 1 of t.jsonl has no query or no model"),
        ("t.csv", b"query,model,answer,in_tok\na,m,x,-1\n", "'input_tokens' in row 1 of t.csv is wrong"),
        ("t.csv", b"query,model,answer,latency_s\na,m,x,nan\n", "'latency_s' in row 1 of t.csv is wrong"),
        ("t.csv", b"query\xff", "cannot be read"),
        ("t.csv.gz", b"not gzip", "cannot be read"),
        ("t.parquet", b"", "neither .csv nor .jsonl"),
    ],
)
def test_a_bad_table_is_refused_with_its_place(tmp_path: Path, name: str, body: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(DocumentError, match=says):
        Recording.read(tmp_path / name)


def test_a_missing_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"gone\.csv cannot be read"):
        Recording.read(tmp_path / "gone.csv")
