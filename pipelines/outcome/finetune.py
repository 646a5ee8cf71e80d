"""Takes the best recorded answers of a table as a set to fine-tune a model on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import orjson

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable


def best_answers(
    table: OutcomeTable, *, least_score: float = 1.0, models: Sequence[str] = ()
) -> Iterator[tuple[int, int, str]]:
    """Yields row, column and text of the best answer to each question; of equally good ones the cheapest.

    A question without a good enough answer is left out. What an answer cost is its price, else its length.

    Args:
        table: with recorded answers.
        least_score: that an answer must have.
        models: whose answers count; by default all.

    Raises:
        ConfigurationError: if no answers were recorded.

    Source: FusionFactory (Feng et al. 2025), model level: the highest-judged answers of all models train one; the
    training itself is left to a trainer.
    """
    if table.answers is None:
        raise ConfigurationError(
            f"The table '{table.name}' holds scores without answers; a set to fine-tune on needs what was answered."
        )
    chosen = table.columns(models) if models else table
    answers = np.array([]) if chosen.answers is None else chosen.answers
    spoken = np.array([[bool(text and str(text).strip()) for text in row] for row in answers], dtype=np.bool_)
    good = spoken & (np.nan_to_num(chosen.score, nan=-1.0) >= least_score)
    for row in np.flatnonzero(good.any(axis=1)).tolist():
        column = min(np.flatnonzero(good[row]).tolist(), key=lambda each: _rank(chosen, row, each))
        yield row, table.models.index(chosen.models[column]), str(answers[row, column])


def chat_lines(
    table: OutcomeTable, *, least_score: float = 1.0, models: Sequence[str] = (), system: str = ""
) -> Iterator[bytes]:
    """Yields the best answers as chat JSON Lines (`messages` with `role` and `content`), which trainers take.

    Raises:
        ConfigurationError: if no answers were recorded.
    """
    before = [{"role": "system", "content": system}] if system else []
    for row, _, text in best_answers(table, least_score=least_score, models=models):
        said = [{"role": "user", "content": table.queries[row]}, {"role": "assistant", "content": text}]
        yield orjson.dumps({"messages": [*before, *said]}) + b"\n"


def _rank(table: OutcomeTable, row: int, column: int) -> tuple[float, float, int]:
    cost, length = table.cost_usd[row, column], table.output_tokens[row, column]
    price = cost if not np.isnan(cost) else length if not np.isnan(length) else 0.0
    return -float(table.score[row, column]), float(price), column
