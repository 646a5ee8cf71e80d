"""Narrows the results of an experiment to some of its examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.experiment.results import ExampleColumns, Floats, Ints, Results

NUMBERS = ("score", "cost_usd", "list_cost_usd", "judge_cost_usd", "latency_s", "confidence")
CODES = ("contender", "repeat", "status", "input_tokens", "output_tokens", "calls", "cached_calls", "route")


def narrowed(results: Results, keep: NDArray[np.bool_]) -> Results:
    """Returns the results on the examples that are kept, which are counted from 0 again.

    Args:
        results: of the whole experiment.
        keep: which examples stay, as an array (n_examples,).
    """
    places = np.flatnonzero(keep).tolist()
    renumbered = np.cumsum(keep, dtype=np.int64) - 1
    rows = keep[results.example]
    numbers: dict[str, Floats] = {name: getattr(results, name)[rows] for name in NUMBERS}
    codes: dict[str, Ints] = {name: getattr(results, name)[rows] for name in CODES}
    known = results.examples
    columns = ExampleColumns(
        ids=tuple(known.ids[place] for place in places),
        tags=tuple(known.tags[place] for place in places),
        groups=tuple(known.groups[place] for place in places),
        difficulties=tuple(known.difficulties[place] for place in places),
    )
    return Results(
        contenders=results.contenders,
        examples=columns,
        example=renumbered[results.example[rows]],
        routes=results.routes,
        **numbers,
        **codes,
    )
