"""The scorers agree with the verdicts that were recorded with real answers of real models."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.scorers.multiple_choice import MultipleChoice
from pipelines.scorers.numeric import Numeric
from tests.pipelines.scorers.bench import example, value_of

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "recorded"
SYSTEMS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


def rows(*path: str) -> Iterator[dict[str, Any]]:
    file = RECORDED.joinpath(*path)
    if not file.exists():
        pytest.skip(f"the recorded answers of {path[0]} are not beside the repository")
    yield from map(json.loads, gzip.decompress(file.read_bytes()).splitlines())


async def test_numbers_of_gsm8k_solutions_are_judged_as_recorded() -> None:
    different = []
    for row in rows("gsm8k_systems", "example_model_solutions.jsonl.gz"):
        if "question" in row:
            asked = example(row["ground_truth"].rpartition("A:")[2].strip())
            for system in SYSTEMS:
                value = await value_of(Numeric(), asked, row[system]["solution"])
                if (value == 1.0) != row[system]["is_correct"]:
                    different.append((row["question"][:60], system))
    assert different == []


async def test_letters_of_big_bench_hard_are_read_as_its_own_script_reads_them() -> None:
    different, count = [], 0
    for row in rows("bbh_codex", "codex_direct_vs_cot.jsonl.gz"):
        if re.fullmatch(r"\([A-Z]\)", row.get("target", "")):
            for text in (row["direct"], row["cot"]):
                count += 1
                recorded = text.rpartition("answer is ")[2].strip().rstrip(".") == row["target"]
                if (await value_of(MultipleChoice(), example(row["target"]), text) == 1.0) != recorded:
                    different.append(text[-60:])
    # The one is a text without an end that repeats "(A)" in its reasoning.
    assert (count, len(different)) == (8_142, 1)


@pytest.mark.parametrize("model", ["claude-3-haiku-20240307", "gemini-2.0-flash-001"])
async def test_choices_of_router_arena_are_judged_as_recorded(model: str) -> None:
    different, count = [], 0
    for row in rows("routerarena", f"{model}.jsonl.gz"):
        verdict = row.get("evaluation_result") or {}
        truth = str(verdict.get("ground_truth", ""))
        if verdict.get("metric") == "mcq_accuracy" and re.fullmatch("[A-J]", truth):
            count += 1
            value = await value_of(MultipleChoice(), example(truth), row["generated_answer"])
            if value != verdict["score"]:
                different.append(row["global_index"])
    assert different == []
    assert count > 20
