"""Which models of two tables can be compared: those that share rows, and where most have costs, those with costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable

WELL_PRICED = 0.95
"""A model counts as priced if so many of its scored cells have a cost; the others are filled with its mean."""

MOST_NAMED = 5
"""So many models that were left out are named."""


def shared_rows(table: OutcomeTable) -> NDArray[np.bool_]:
    """Returns which rows have a score of every model that has any, an array (n_queries,)."""
    missing = table.missing
    return np.asarray(~missing[:, ~missing.all(axis=0)].any(axis=1), dtype=np.bool_)


def comparable(
    train: OutcomeTable, test: OutcomeTable, *, models: Sequence[str] = (), priced: bool | None = None
) -> tuple[OutcomeTable, OutcomeTable, tuple[str, ...]]:
    """Returns both tables with the same models, the test rows that all of these were asked, and warnings.

    Args:
        train: keeps its holes.
        test: loses the rows with holes.
        models: to compare just these; by default as many models and rows as have scores in common.
        priced: whether only models with known costs are compared; by default where half of the models have them.

    Raises:
        ConfigurationError: if fewer than two models, or no row, are left.
    """
    warnings: list[str] = []
    chosen = _shared(train, test, models)
    if priced is not False:
        chosen = _with_costs(train, test, chosen, warnings, needed=priced is True)
    if not models:
        chosen = _covering(test, chosen, warnings)
    whole = test.columns(chosen).complete()
    if whole.n_queries == 0:
        raise ConfigurationError(f"No row of '{test.name}' has a score of every model; choose models that share rows.")
    if whole.n_queries < test.n_queries:
        lost = test.n_queries - whole.n_queries
        lack = "lacks a score of some model and was" if lost == 1 else "lack a score of some model and were"
        warnings.append(f"{lost:,} of {test.n_queries:,} test rows {lack} left out.")
    return train.columns(chosen), _filled(whole), tuple(warnings)


def _shared(train: OutcomeTable, test: OutcomeTable, models: Sequence[str]) -> list[str]:
    known = _tried(train) & _tried(test)
    both = [model for model in train.models if model in known]
    unknown = next((model for model in models if model not in both), None)
    if unknown is not None:
        raise ConfigurationError(
            f"The model '{unknown}' has no scores in both '{train.name}' and '{test.name}'; there are"
            f" {', '.join(both) or 'none'}."
        )
    found = list(dict.fromkeys(models)) or both
    empty = next((table for table in (train, test) if not table.n_queries), None)
    if empty is not None:
        wanted = "learn from" if empty is train else "be judged on"
        raise ConfigurationError(
            f"There is no row of '{empty.name}' to {wanted}: equal questions and rows of one group stay on one side of"
            " a split."
        )
    if len(found) < 2:
        both_parts = f"two parts of '{train.name}'"
        named = both_parts if train.name == test.name else f"tables '{train.name}' and '{test.name}'"
        shared = "1 model" if len(found) == 1 else f"{len(found)} models"
        raise ConfigurationError(f"The {named} share {shared}; two are needed to choose between.")
    return found


def _tried(table: OutcomeTable) -> set[str]:
    return {model for model, holes in zip(table.models, table.missing.T, strict=True) if not holes.all()}


def _with_costs(
    train: OutcomeTable, test: OutcomeTable, models: list[str], warnings: list[str], *, needed: bool
) -> list[str]:
    shares = np.minimum(_priced_share(train.columns(models)), _priced_share(test.columns(models)))
    known = [model for model, share in zip(models, shares, strict=True) if share >= WELL_PRICED]
    if len(known) == len(models):
        return models
    if len(known) >= 2 and (needed or 2 * len(known) >= len(models)):
        gone = [model for model in models if model not in known]
        verbs = ("has no known cost and was", "have no known cost and were")
        warnings.append(_left_out(gone, len(models), *verbs))
        return known
    if needed:
        raise ConfigurationError(f"{len(known)} of {len(models)} models have known costs; two are needed to compare.")
    if known:
        warnings.append(
            f"Only {len(known)} of {len(models)} models have known costs, so there is no cost-quality curve; compare"
            " the priced ones alone for that."
        )
    else:
        warnings.append("No costs are known, so there is no cost-quality curve.")
    return models


def _covering(test: OutcomeTable, models: list[str], warnings: list[str]) -> list[str]:
    """Returns the models whose common test rows, times their number less one, are the most."""
    asked = ~test.columns(models).missing
    if asked.all():
        return models
    order = [int(column) for column in np.argsort(asked.mean(axis=0), kind="stable")]
    drops = range(len(models) - 1)
    dropped = max(drops, key=lambda n: (int(asked[:, order[n:]].all(axis=1).sum()) * (len(models) - n - 1), -n))
    kept = set(order[dropped:])
    if dropped:
        gone = [model for column, model in enumerate(models) if column not in kept]
        asked_too_few = "asked too few of the same test questions and"
        warnings.append(_left_out(gone, len(models), f"was {asked_too_few} was", f"were {asked_too_few} were"))
    return [model for column, model in enumerate(models) if column in kept]


def _left_out(gone: list[str], count: int, one: str, several: str) -> str:
    """Returns which of `count` models were left out and why, the first few by name."""
    more = f" and {len(gone) - MOST_NAMED:,} more" if len(gone) > MOST_NAMED else ""
    verbs = one if len(gone) == 1 else several
    return f"{len(gone)} of {count} models {verbs} left out: {', '.join(gone[:MOST_NAMED])}{more}."


def _priced_share(table: OutcomeTable) -> NDArray[np.float64]:
    known = ~np.isnan(table.cost_usd) & ~table.missing
    return np.asarray(known.sum(axis=0) / np.maximum(1, (~table.missing).sum(axis=0)), dtype=np.float64)


def _filled(test: OutcomeTable) -> OutcomeTable:
    """Returns the table with the mean cost of a model where a few of its costs are unknown."""
    unknown = np.isnan(test.cost_usd)
    known = ~unknown
    if not unknown.any() or (known.mean(axis=0) < WELL_PRICED).any():
        return test
    means = np.where(known, test.cost_usd, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    return replace(test, cost_usd=np.where(unknown, means, test.cost_usd))
