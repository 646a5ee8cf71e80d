"""Takes the best recorded answers of a table as a set to fine-tune a model on, and tells where they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import orjson
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.outcome.archive import TableCard
from pipelines.outcome.split import leaked, seen_hashes, split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record, now

HELD_SPLITS: Final = frozenset({"test", "ood", "dev", "val", "valid", "validation", "eval", "evaluation"})
"""Parts of the original that are there to judge on."""

TERMS: Final = (
    "The answers were written by the models named here. Whether another model may be trained on them is for the terms"
    " of these models and for the licence of the questions to say."
)


class Provenance(Record):
    """Says what a set to fine-tune on was made of.

    Attributes:
        licence, source: of the table, as it was imported; empty where nobody said.
        data_hash: of the whole table.
        left_out: rows that were kept out because they, or a question like theirs, are there to judge on.
        answers: how many of each model.
    """

    table: str
    data_hash: str
    licence: str = ""
    source: str = ""
    rows: int = Field(ge=0)
    left_out: int = Field(ge=0)
    least_score: float
    answers: dict[str, int]
    terms: str = TERMS
    made_at: datetime = Field(default_factory=now)


def for_training(
    table: OutcomeTable, *, holdout: float = 0.0, seed: int = 0, against: Sequence[OutcomeTable] = ()
) -> OutcomeTable:
    """Returns the rows that something may be learned from, without any that are there to judge on.

    Left out are the rows of test and validation parts, and every row whose question or group is in one of those.

    Args:
        table: any.
        holdout: share of the other rows, whole groups, that is kept back; the same rows as in the training of a router
            with that seed, where the table names no parts.
        seed: of the holdout.
        against: tables to be judged on later.

    Raises:
        ConfigurationError: if no row is left.
    """
    held = np.array([split.strip().lower() in HELD_SPLITS for split in table.splits], dtype=np.bool_)
    taken = held.copy()
    for judged in (table.rows(held), *against):
        taken |= leaked(seen_hashes(judged), table)
    rest = table.rows(~taken)
    if holdout > 0 and rest.n_queries:
        rest = split_table(rest, (1 - holdout, holdout), seed=seed)[0]
    if not rest.n_queries:
        raise ConfigurationError(
            f"All {table.n_queries} rows of the table '{table.name}' are there to judge on; nothing may be learned from"
            " them."
        )
    return rest


def best_answers(
    table: OutcomeTable, *, least_score: float = 1.0, models: Sequence[str] = ()
) -> Iterator[tuple[int, int, str]]:
    """Yields row, column and text of the best answer to each question; of equally good ones the cheapest.

    A question without a good enough answer is left out. What an answer cost is its price, else its length.

    Args:
        table: with recorded answers; its scores may be those of a judge.
        least_score: that an answer must have.
        models: whose answers count; by default all.

    Raises:
        ConfigurationError: if no answers were recorded.

    Source: FusionFactory (Feng et al. 2025), model level: the highest-scored or highest-judged answers of all models
    train one; the training itself is left to a trainer.
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


def provenance(
    card: TableCard, table: OutcomeTable, *, least_score: float = 1.0, models: Sequence[str] = ()
) -> Provenance:
    """Returns what `chat_lines` of the same rows is made of.

    Args:
        card: of the whole table.
        table: the rows that may be learned from.
        least_score: as in `best_answers`.
        models: as in `best_answers`.

    Raises:
        ConfigurationError: if no answers were recorded.
    """
    found = best_answers(table, least_score=least_score, models=models)
    by_model = Counter(table.models[column] for _, column, _ in found)
    return Provenance(
        table=card.title or card.name,
        data_hash=card.content_hash,
        licence=card.licence,
        source=card.source,
        rows=sum(by_model.values()),
        left_out=card.n_queries - table.n_queries,
        least_score=least_score,
        answers=dict(by_model.most_common()),
    )


def _rank(table: OutcomeTable, row: int, column: int) -> tuple[float, float, int]:
    cost, length = table.cost_usd[row, column], table.output_tokens[row, column]
    price = cost if not np.isnan(cost) else length if not np.isnan(length) else 0.0
    return -float(table.score[row, column]), float(price), column
