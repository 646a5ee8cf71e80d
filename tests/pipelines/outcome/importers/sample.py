"""A small file of every format of outcomes, and what its table must be."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow
from pyarrow import parquet

NAN = float("nan")


@dataclass(frozen=True)
class Sample:
    """Is a file with the models, queries and scores that it holds."""

    name: str
    content: bytes
    models: tuple[str, ...]
    queries: tuple[str, ...]
    scores: tuple[tuple[float, ...], ...]


def parquet_file(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Returns rows as a Parquet file."""
    stream = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(list(rows)), stream)
    return stream.getvalue()


def lines(*rows: Mapping[str, Any]) -> bytes:
    """Returns rows as JSON Lines."""
    return "\n".join(map(json.dumps, rows)).encode()


SAMPLES: Mapping[str, Sample] = {
    "router_bench": Sample(
        "routerbench_0shot.parquet",
        parquet_file(
            [
                {
                    "sample_id": f"arc.{number}",
                    "prompt": prompt,
                    "eval_name": "arc",
                    "big": score,
                    "small": 0.0,
                    "big|model_response": "A",
                    "small|model_response": "B",
                    "big|total_cost": 0.002,
                    "small|total_cost": 0.0001,
                    "oracle_model_to_route_to": "big",
                }
                for number, (prompt, score) in enumerate((("One?", 1.0), ("Two?", 0.5)))
            ]
        ),
        ("big", "small"),
        ("One?", "Two?"),
        ((1.0, 0.0), (0.5, 0.0)),
    ),
    "route_llm": Sample(
        "gsm8k_responses.csv",
        b"prompt,small,gpt-4,small_response,gpt-4_response\nOne?,True,True,a,b\nTwo?,False,True,c,d\n",
        ("gpt-4", "small"),
        ("One?", "Two?"),
        ((1.0, 1.0), (1.0, 0.0)),
    ),
    "llm_router_bench": Sample(
        "aime-test-big.json",
        json.dumps(
            {
                "performance": 0.5,
                "model_name": "big",
                "dataset_name": "aime",
                "split": "test",
                "records": [
                    {"index": 1, "origin_query": "One?", "prompt": "Solve: One?", "prediction": "7", "score": 1.0}
                    | {"prompt_tokens": 12, "completion_tokens": 30, "cost": 0.01},
                    {"index": 2, "origin_query": "Two?", "prompt": "Solve: Two?", "prediction": "8", "score": 0.0},
                ],
            }
        ).encode(),
        ("big",),
        ("One?", "Two?"),
        ((1.0,), (0.0,)),
    ),
    "router_arena": Sample(
        "big.jsonl",
        lines(
            {
                "global_index": "AIME_1",
                "question": "One?",
                "llm_selected": "big",
                "generated_answer": "7",
                "token_usage": {"input_tokens": 3, "output_tokens": 5},
                "success": True,
                "evaluation_result": {"score": 1.0, "inference_cost": 0.02},
            },
            {
                "global_index": "AIME_2",
                "question": "Two?",
                "llm_selected": "big",
                "success": False,
                "evaluation_result": None,
            },
        ),
        ("big",),
        ("One?", "Two?"),
        ((1.0,), (NAN,)),
    ),
    "llm_router": Sample(
        "routing_train.jsonl",
        lines(
            {"task_name": "mmlu", "query": "One?", "model_name": "big", "performance": 1.0, "token_num": 40},
            {"task_name": "mmlu", "query": "One?", "model_name": "small", "performance": 0.0, "token_num": 20},
            {"task_name": "mmlu", "query": "Two?", "model_name": "big", "performance": 0.25, "token_num": 44},
        ),
        ("big", "small"),
        ("One?", "Two?"),
        ((1.0, 0.0), (0.25, NAN)),
    ),
    "embed_llm": Sample(
        "train.csv",
        b"prompt_id,model_id,category,label,model_name,prompt\n0,0,mmlu,1,big,One?\n0,1,mmlu,0,small,One?\n1,0,mmlu,0,big,Two?\n",
        ("big", "small"),
        ("One?", "Two?"),
        ((1.0, 0.0), (0.0, NAN)),
    ),
    "arena_battles": Sample(
        "battles.json",
        json.dumps(
            [
                {
                    "question_id": "x1",
                    "model_a": "big",
                    "model_b": "small",
                    "winner": "model_a",
                    "conversation_a": [{"role": "user", "content": "One?"}, {"role": "assistant", "content": "A"}],
                    "conversation_b": [{"role": "user", "content": "One?"}, {"role": "assistant", "content": "B"}],
                },
                {
                    "question_id": "x2",
                    "model_a": "tiny",
                    "model_b": "big",
                    "winner": "tie (bothbad)",
                    "conversation_a": [{"role": "user", "content": "Two?"}],
                },
            ]
        ).encode(),
        ("big", "small", "tiny"),
        ("One?", "Two?"),
        ((1.0, 0.0, NAN), (0.5, NAN, 0.5)),
    ),
    "long_table": Sample(
        "outcomes.csv",
        b"query,model,score,cost_usd\nOne?,big,1,0.5\nOne?,small,0,0.1\nTwo?,small,0.75,\n",
        ("big", "small"),
        ("One?", "Two?"),
        ((1.0, 0.0), (NAN, 0.75)),
    ),
    "wide_table": Sample(
        "wide.csv",
        b"id,question,task,big,small\n7,One?,sum,1,0\n8,Two?,sum,,0.5\n",
        ("big", "small"),
        ("One?", "Two?"),
        ((1.0, 0.0), (NAN, 0.5)),
    ),
}
