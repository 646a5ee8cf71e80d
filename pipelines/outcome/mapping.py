"""What the columns of a table of outcomes mean, and the likeliest meaning by their names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipelines.data.problem import RowRefused
from pipelines.outcome.outcome import number_of
from pipelines.record import Record

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "query": ("query", "question", "prompt", "input", "text", "instruction"),
    "model": ("model", "llm", "model_name", "model_id", "llm_name", "expert"),
    "score": ("score", "performance", "effect", "label", "correct", "accuracy", "reward", "is_correct", "rating"),
    "id": ("qid", "id", "query_id", "question_id", "prompt_id", "sample_id"),
    "task": ("task", "task_name", "dataset", "category", "benchmark", "eval_name", "task_id"),
    "group": ("group", "document", "conversation"),
    "split": ("split", "part"),
    "cost_usd": ("cost_usd", "cost", "total_cost", "usd"),
    "input_tokens": ("input_tokens", "in_tok", "prompt_tokens", "tokens_in"),
    "output_tokens": ("output_tokens", "out_tok", "completion_tokens", "tokens_out"),
    "latency_s": ("latency_s", "latency", "response_time", "seconds", "time_taken"),
    "answer": ("answer", "response", "output", "prediction", "completion", "generated_answer"),
}


class OutcomeMapping(Record):
    """Says which columns of a table are what.

    Attributes:
        model, score: of a long table, in which a row is one outcome.
        models: of a wide table, in which a row is one query: the columns with the score of each model.
    """

    query: str
    model: str | None = None
    score: str | None = None
    models: tuple[str, ...] = ()
    id: str | None = None
    task: str | None = None
    group: str | None = None
    split: str | None = None
    cost_usd: str | None = None
    input_tokens: str | None = None
    output_tokens: str | None = None
    latency_s: str | None = None
    answer: str | None = None

    def columns(self) -> tuple[str, ...]:
        """Returns every column that it names."""
        single = (getattr(self, name) for name in _NAMES)
        return tuple(dict.fromkeys(name for name in (*single, *self.models) if name))


def guess_outcome_mapping(columns: Sequence[str], sample: Sequence[Mapping[str, Any]]) -> OutcomeMapping | None:
    """Returns the likeliest meaning of the columns, or None where no column looks like a question and a score."""
    lower = {column.strip().lower(): column for column in columns}
    found = {meaning: next((lower[name] for name in names if name in lower), None) for meaning, names in _NAMES.items()}
    query = found["query"]
    if query is None:
        return None
    if found["model"] and found["score"]:
        return OutcomeMapping(**{**found, "query": query})
    taken = {column for meaning, column in found.items() if column and meaning not in ("score", "model")}
    models = tuple(column for column in columns if column not in taken and _is_score(column, sample))
    kept = {meaning: found[meaning] for meaning in ("id", "task", "group", "split")}
    return OutcomeMapping(query=query, models=models, **kept) if len(models) > 1 else None


def _is_score(column: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Says whether every cell of a column that is filled is a number, and one is."""
    try:
        numbers = [number_of(row.get(column), column) for row in sample]
    except RowRefused:
        return False
    return not all(map(math.isnan, numbers))
