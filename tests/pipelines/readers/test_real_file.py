"""The files that the benchmarks' authors publish are recognised and read whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipelines.data.intake import open_source, read_source

FOLDER = Path(__file__).parents[4] / "shared" / "data"
FILES = [
    ("questions/gsm8k/test.jsonl", "gsm8k", 1_319),
    ("questions/hotpotqa/hotpot_sample.json", "hotpot_qa", 100),
    ("questions/humaneval/HumanEval.jsonl.gz", "human_eval", 164),
    ("questions/mt_bench/question.jsonl", "mt_bench", 80),
    ("questions/openbookqa/openbookqa.jsonl", "arc", 500),
    ("questions/truthfulqa/TruthfulQA.csv", "truthful_qa", 817),
    ("questions/bbh/date_understanding.json.gz", "big_bench_hard", 250),
    ("questions/bbh/boolean_expressions.json.gz", "big_bench_hard", 250),
    ("lara/recorded_answers.jsonl.gz", "lara", 1_598),
    ("outcomes/bfcl/queries.jsonl.gz", "bfcl", 1_188),
]


def content_of(path: str) -> bytes:
    if not (FOLDER / path).exists():
        pytest.skip(f"{path} is not on this machine; it is not part of the repository")
    return (FOLDER / path).read_bytes()


@pytest.mark.parametrize(("path", "kind", "count"), FILES)
def test_a_published_file_is_read_whole(path: str, kind: str, count: int) -> None:
    source = open_source(content_of(path), Path(path).name)
    report = read_source(source)
    assert (source.kind, len(report.examples)) == (kind, count)
    assert len({example.id for example in report.examples}) == count
    assert all(example.query.strip() for example in report.examples)


def test_choices_of_big_bench_hard_are_lettered_in_every_task() -> None:
    content_of("questions/bbh/navigate.json.gz")
    lettered = {}
    for path in sorted((FOLDER / "questions" / "bbh").glob("*.json.gz")):
        examples = read_source(open_source(path.read_bytes(), path.name)).examples
        lettered[path.name.partition(".")[0]] = sum(bool(example.choices) for example in examples)
    assert lettered["logical_deduction_seven_objects"] == 250
    assert lettered["navigate"] == 0
    assert lettered["word_sorting"] == 0


@pytest.mark.parametrize("path", [path for path, _, _ in FILES if not path.endswith(".gz")])
def test_a_published_file_cut_anywhere_gives_rows_or_a_sentence(path: str) -> None:
    from pipelines.error import RouteloomError

    content, generator = content_of(path), random.Random(3)
    for _ in range(5):
        cut = content[: generator.randrange(1, len(content))]
        try:
            report = read_source(open_source(cut, Path(path).name), collect=True)
        except RouteloomError as error:
            assert str(error).endswith(".")
        else:
            assert len(report.examples) + report.skipped > 0
