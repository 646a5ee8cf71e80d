"""Fewer points where there are too many to draw, without losing a corner of the cloud."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from pipelines.experiment.results import Floats, Ints

MOST_SVG: Final = 2_000
MOST_DRAWN: Final = 20_000
COLUMNS, LINES = 90, 50


def thinned(x: Floats, y: Floats, keep: Ints, most: int = MOST_DRAWN) -> Ints:
    """Returns the places of the points to draw, in order: all up to `most`, above one for each cell of a grid.

    The points of `keep` and the outermost ones in both directions are always among them; points with NaN never are.
    """
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(known) <= most or not len(known):
        return known.astype(np.int64)
    cells = _cells(x[known], COLUMNS) * LINES + _cells(y[known], LINES)
    _, first = np.unique(cells, return_index=True)
    outer = [known[pick(axis[known])] for axis in (x, y) for pick in (np.argmin, np.argmax)]
    return np.union1d(np.union1d(known[first], np.asarray(outer)), np.intersect1d(keep, known)).astype(np.int64)


def spans_decades(values: Floats, ratio: float) -> bool:
    """Says whether positive numbers lie so far apart that their axis has to be logarithmic."""
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() > 0 and known.max() / known.min() > ratio)


def ranks(n: int, most: int) -> Ints:
    """Returns at most `most` places out of 0..n-1, evenly spread, the first and the last among them."""
    if n <= most:
        return np.arange(n, dtype=np.int64)
    return np.unique(np.linspace(0, n - 1, most).round().astype(np.int64))


def scatter(n: int, **options: Any) -> go.Scatter | go.Scattergl:
    """Returns a trace for n points: drawn as SVG up to 2,000, above by the graphics card."""
    return go.Scatter(**options) if n <= MOST_SVG else go.Scattergl(**options)


def _cells(values: Floats, count: int) -> Ints:
    span = float(np.ptp(values))
    if span == 0:
        return np.zeros(len(values), dtype=np.int64)
    cells = ((values - values.min()) / span * count).astype(np.int64)
    return np.asarray(np.minimum(cells, count - 1), dtype=np.int64)
