"""Narrows the results of an experiment to some of its examples."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.experiment.results import ExampleColumns, Results

COLUMNS: Final = tuple(
    known.name for known in fields(Results) if known.name not in ("contenders", "examples", "example", "routes")
)


def narrowed(results: Results, keep: NDArray[np.bool_]) -> Results:
    """Returns the results on the examples that are kept, which are counted from 0 again.

    Args:
        results: of the whole experiment.
        keep: which examples stay, as an array (n_examples,).
    """
    places = np.flatnonzero(keep).tolist()
    renumbered = np.cumsum(keep, dtype=np.int64) - 1
    rows = keep[results.example]
    known = results.examples
    columns = ExampleColumns(
        ids=tuple(known.ids[place] for place in places),
        tags=tuple(known.tags[place] for place in places),
        groups=tuple(known.groups[place] for place in places),
        difficulties=tuple(known.difficulties[place] for place in places),
    )
    kept = {name: getattr(results, name)[rows] for name in COLUMNS}
    return replace(results, examples=columns, example=renumbered[results.example[rows]], **kept)
