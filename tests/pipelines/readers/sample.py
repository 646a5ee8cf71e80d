"""A small file of every format, with the first example that it holds."""

from __future__ import annotations

import io
import json
from typing import Any, NamedTuple

import pyarrow
from pyarrow import parquet

from pipelines.data.example import Example
from pipelines.value import Document


class Sample(NamedTuple):
    """Is a file, how many examples it holds, and the first of them."""

    name: str
    content: bytes
    count: int
    first: Example


def lines(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet_file(**columns: list[Any]) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()


HUMAN_EVAL = {
    "task_id": "HumanEval/0",
    "prompt": "def one():\n",
    "entry_point": "one",
    "canonical_solution": "    return 1\n",
    "test": "def check(f):\n    assert f() == 1\n",
}
HOTPOT = {
    "_id": "h1",
    "question": "Who is older?",
    "answer": "Ann",
    "type": "comparison",
    "level": "hard",
    "supporting_facts": [["Ann", 0], ["Ben", 0]],
    "context": [["Ann", ["Ann was born in 1950.", " She sang."]], ["Ben", ["Ben was born in 1960."]]],
}
SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "River_Spree",
            "paragraphs": [
                {
                    "context": "The Spree flows through Berlin.",
                    "qas": [
                        {"id": "s1", "question": "Where?", "answers": [{"text": "Berlin", "answer_start": 24}]},
                        {"id": "s2", "question": "When?", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ],
}
FUNCTION = {"name": "add", "parameters": {"type": "dict", "properties": {"a": {"type": "integer"}}}}
SAMPLES: dict[str, Sample] = {
    "table": Sample(
        "t.csv",
        b'\xef\xbb\xbfquestion;answer;topic\r\n"What; exactly?";"4";maths\r\n\r\nWhere?;Berlin;places\r\n',
        2,
        Example(id="1", query="What; exactly?", references=("4",), tags=("maths",)),
    ),
    "markdown_table": Sample(
        "",
        b"Some words\n\n| Question | Answer |\n|:--|---|\n| a \\| b? | c |\n| d? | e<br>f |\n\nmore | words\n",
        2,
        Example(id="1", query="a | b?", references=("c",)),
    ),
    "json_lines": Sample(
        "t.jsonl",
        lines({"uid": "x", "prompt": "Hi?", "target": ["a", "b"]}, {"uid": "y", "prompt": "Ho?", "target": None}),
        2,
        Example(id="x", query="Hi?", references=("a", "b")),
    ),
    "parquet": Sample(
        "t.parquet",
        parquet_file(question=["2+2?", "Sky?"], choices=[["3", "4"], ["red", "blue"]], answer=[1, 1]),
        2,
        Example(id="1", query="2+2?", references=("B",), choices=("3", "4")),
    ),
    "mmlu": Sample(
        "abstract_algebra_test.csv",
        b'"Find, then say.",0,4,2,6,B\nWhich one?,a,b,c,d,D\n',
        2,
        Example(id="1", query="Find, then say.", references=("B",), choices=("0", "4", "2", "6")),
    ),
    "gsm8k": Sample(
        "test.jsonl",
        lines({"question": "How many?", "answer": "1,000 + 234 = <<1000+234=1234>>1234\n#### 1,234"}),
        1,
        Example(
            id="1",
            query="How many?",
            references=("1234",),
            tags=("mathematics",),
            extra={"solution": "1,000 + 234 = <<1000+234=1234>>1234"},
        ),
    ),
    "human_eval": Sample(
        "HumanEval.jsonl",
        lines(HUMAN_EVAL),
        1,
        Example(
            id="HumanEval/0",
            query="def one():\n",
            references=("    return 1\n",),
            tags=("code",),
            extra={"tests": HUMAN_EVAL["test"], "entry_point": "one", "prompt": "def one():\n"},
        ),
    ),
    "big_bench_hard": Sample(
        "date.json",
        json.dumps(
            {
                "canary": "c",
                "examples": [
                    {"input": "When?\nOptions:\n(A) now\n(B) then", "target": "(B)"},
                    {"input": "not True is", "target": "False"},
                ],
            }
        ).encode(),
        2,
        Example(id="1", query="When?", references=("B",), choices=("now", "then")),
    ),
    "truthful_qa": Sample(
        "TruthfulQA.csv",
        b"Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n"
        b"Adversarial,Myths,What happens?,Nothing,Nothing; Not much,You die; You fly,web\n",
        1,
        Example(
            id="1",
            query="What happens?",
            references=("Nothing", "Not much"),
            tags=("Myths", "Adversarial"),
            extra={"incorrect": ["You die", "You fly"], "source": "web"},
        ),
    ),
    "hotpot_qa": Sample(
        "hotpot.json",
        json.dumps([HOTPOT]).encode(),
        1,
        Example(
            id="h1",
            query="Who is older?",
            references=("Ann",),
            documents=(
                Document(title="Ann", text="Ann was born in 1950. She sang."),
                Document(title="Ben", text="Ben was born in 1960."),
            ),
            tags=("comparison",),
            group="Ann",
            difficulty="hard",
            extra={"supporting": ["Ann", "Ben"]},
        ),
    ),
    "squad": Sample(
        "dev-v2.0.json",
        json.dumps(SQUAD).encode(),
        2,
        Example(
            id="s1",
            query="Where?",
            references=("Berlin",),
            documents=(Document(title="River Spree", text="The Spree flows through Berlin."),),
            group="River Spree",
        ),
    ),
    "bfcl": Sample(
        "BFCL_v3_simple.json",
        lines(
            {
                "id": "simple_0",
                "question": [[{"role": "user", "content": "Add 1."}]],
                "function": [FUNCTION],
                "ground_truth": [{"add": {"a": [1]}}],
            }
        ),
        1,
        Example(
            id="simple_0",
            query="Add 1.",
            references=('[{"add": {"a": [1]}}]',),
            tags=("simple",),
            extra={"functions": [FUNCTION], "possible_answers": [{"add": {"a": [1]}}]},
        ),
    ),
    "mt_bench": Sample(
        "question.jsonl",
        lines({"question_id": 81, "category": "maths", "turns": ["Add.", "Again."], "reference": ["2", "3"]}),
        1,
        Example(
            id="81",
            query="Add.",
            references=("2",),
            tags=("maths",),
            extra={"turns": ["Add.", "Again."], "turn_references": ["2", "3"]},
        ),
    ),
    "lara": Sample(
        "recorded.jsonl",
        lines(
            *(
                {"model": model, "length": "32k", "context": "book", "task": "comp", "file": "Emma.txt"}
                | {"question": "Who?", "truth": "Emma", "answer": "?"}
                for model in ("a", "b")
            )
        ),
        1,
        Example(
            id="1",
            query="Who?",
            references=("Emma",),
            tags=("comp", "book", "32k"),
            group="Emma.txt",
            extra={"file": "Emma.txt"},
        ),
    ),
    "arc": Sample(
        "arc.jsonl",
        lines(
            {
                "id": "a1",
                "question": {
                    "stem": "Which?",
                    "choices": [{"text": "ice", "label": "1"}, {"text": "fire", "label": "2"}],
                },
                "answerKey": "2",
            }
        ),
        1,
        Example(id="a1", query="Which?", references=("B",), choices=("ice", "fire")),
    ),
    "promptfoo": Sample(
        "tests.yaml",
        b"defaultTest:\n  assert:\n    - type: is-json\ntests:\n  - description: capitals\n    vars:\n"
        b"      question: Capital of France?\n      tone: dry\n"
        b"    assert:\n      - type: icontains\n        value: Paris\n",
        1,
        Example(
            id="1",
            query="Capital of France?",
            references=("Paris",),
            tags=("capitals",),
            extra={
                "vars": {"tone": "dry"},
                "asserts": [{"type": "is-json"}, {"type": "icontains", "value": "Paris"}],
            },
        ),
    ),
    "langfuse": Sample(
        "items.jsonl",
        lines(
            {
                "id": "l1",
                "input": {"question": "Hi?", "user": "u"},
                "expectedOutput": {"answer": "Ho"},
                "metadata": {"from": "web"},
            }
        ),
        1,
        Example(id="l1", query="Hi?", references=("Ho",), extra={"input": {"user": "u"}, "metadata": {"from": "web"}}),
    ),
    "langsmith": Sample(
        "examples.jsonl",
        lines(
            {
                "id": "e1",
                "inputs": {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi?"}]},
                "outputs": {"output": "Ho"},
                "metadata": {"dataset_split": ["test"]},
            }
        ),
        1,
        Example(
            id="e1",
            query="Hi?",
            references=("Ho",),
            tags=("test",),
            extra={
                "input": {"messages": [{"role": "system", "content": "Be kind."}]},
                "metadata": {"dataset_split": ["test"]},
            },
        ),
    ),
    "openai_evals": Sample(
        "samples.jsonl",
        lines(
            {
                "input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}],
                "ideal": ["4", "four"],
            }
        ),
        1,
        Example(
            id="1",
            query="2+2?",
            references=("4", "four"),
            extra={"input": [{"role": "system", "content": "Be brief."}]},
        ),
    ),
    "routeloom": Sample(
        "out.jsonl",
        lines({"id": "r1", "query": "Q?", "references": ["A"], "group": "g", "extra": {"n": 1}}),
        1,
        Example(id="r1", query="Q?", references=("A",), group="g", extra={"n": 1}),
    ),
}
