"""What a model that joins later would bring: the router with it, after a few rows, and without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.choice import best
from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record
from pipelines.routing.curve import routed
from pipelines.routing.figures import Figure
from pipelines.routing.resample import Resamples
from pipelines.space import Space


class Newcomer(Record):
    """Is how a router does while a model is new.

    Attributes:
        rows: on so many training rows the new model was tried.
        without, few, whole: accuracy without the model, after these few rows, and after all of them.
        gain: accuracy after the few rows minus that without the model, in pairs.
        share: how often the model is chosen after the few rows.
    """

    model: str
    rows: int
    without: Figure
    few: Figure
    whole: Figure
    gain: Figure
    share: float


def with_few_rows(train: OutcomeTable, model: str, rows: int, *, seed: int = 0) -> OutcomeTable:
    """Returns the table as if the model had been tried on a few of the rows only, drawn at random.

    Raises:
        DocumentError: if the table has no such model.
    """
    train.columns([model])
    place = train.models.index(model)
    tried = np.flatnonzero(~np.isnan(train.score[:, place]))
    kept = np.random.default_rng(seed).permutation(tried)[:rows]
    hidden = np.setdiff1d(np.arange(train.n_queries), kept)
    arrays = {name: getattr(train, name).copy() for name in ("score", "cost_usd", "output_tokens", "latency_s")}
    for array in arrays.values():
        array[hidden, place] = np.nan
    answers = None if train.answers is None else train.answers.copy()
    if answers is not None:
        answers[hidden, place] = None
    return replace(train, **arrays, answers=answers)


def try_newcomer(
    strategy: LearnedStrategy,
    train: OutcomeTable,
    test: OutcomeTable,
    model: str,
    rows: int,
    *,
    space: Space | None = None,
    seed: int = 0,
) -> Newcomer:
    """Returns what the strategy makes of a new model after a few rows, judged on rows with every score.

    Raises:
        ConfigurationError: if fewer than two models would be left without it, or the strategy cannot learn.
    """
    others = [name for name in train.models if name != model]
    if len(others) < 2:
        raise ConfigurationError(
            f"Without '{model}' there is {len(others)} model left; a router needs two to choose between."
        )
    place = train.models.index(model)

    def choices(table: OutcomeTable) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return best(strategy.fit(table, space=space, seed=seed).predict(test.queries, space=space))

    small = routed(test.columns(others).score, choices(train.columns(others)))
    chosen = choices(with_few_rows(train, model, rows, seed=seed))
    few, whole = routed(test.score, chosen), routed(test.score, choices(train))
    draws = Resamples(group_numbers(test), seed)
    return Newcomer(
        model=model,
        rows=rows,
        without=draws.figure(small),
        few=draws.figure(few),
        whole=draws.figure(whole),
        gain=draws.figure(few - small),
        share=float((chosen == place).mean()),
    )
