"""Where questions go: from tag to branch to outcome."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from app.charts.look import colour, styled
from app.charts.text import escaped
from pipelines.experiment.results import STATUSES, Ints, Results

MOST_TAGS: Final = 12
MOST_ROUTES: Final = 12
OUTCOMES: Final = ("right", "wrong", "failed", "no answer", "not scored")
UNTAGGED: Final = "no tag"
RIGHT, WRONG, FAILED, SILENT, UNSCORED = range(5)
OUTCOME_COLOURS: Final = {"right": 2, "wrong": 1, "failed": 7, "no answer": 6, "not scored": 6}


class Layer(NamedTuple):
    """Is a column of the diagram: its names, and for each row the place of its name (n_rows,)."""

    names: tuple[str, ...]
    rows: Ints


def route_flow(results: Results, contender: int, *, success: float = 0.5, dark: bool = False) -> go.Figure:
    """Returns the Sankey diagram of one pipeline; a question counts with its first tag, and rarer ones together."""
    own = np.flatnonzero(results.contender == contender).astype(np.int64)
    tags = [(found or (UNTAGGED,))[0] for found in results.examples.tags]
    sources = _layer(tags, results.example[own], MOST_TAGS, "other tags")
    routes = _layer([_route(route) for route in results.routes], results.route[own], MOST_ROUTES, "other routes")
    outcomes = _layer(OUTCOMES, _outcomes(results, own, success), len(OUTCOMES), "")
    figure = go.Figure(_sankey([sources, routes, outcomes], dark=dark))
    note = f"n = {len(own):,} rows; right: a score of at least {success:g}"
    title = f"Routes of {escaped(results.contenders[contender], 40)}"
    return styled(figure, title=title, note=note, dark=dark)


def _route(route: tuple[str, ...]) -> str:
    branches = [step for step in route if "." in step] or list(route)
    return " → ".join(branches) or "no branch"


def _layer(names: Sequence[str], codes: Ints, most: int, rest: str) -> Layer:
    """Returns the names of a layer, the most frequent first and the others put together, and the place of each row."""
    known = list(dict.fromkeys(names))
    place_of = {name: place for place, name in enumerate(known)}
    rows = np.asarray([place_of[name] for name in names], dtype=np.int64)[codes]
    counts = np.bincount(rows, minlength=len(known))
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    kept = [known[place] for place in order[:most].tolist()]
    moved = np.full(len(known), len(kept), dtype=np.int64)
    moved[order[:most]] = np.arange(len(kept))
    return Layer((*kept, rest) if len(order) > most else tuple(kept), moved[rows])


def _outcomes(results: Results, rows: Ints, success: float) -> Ints:
    scores, status = results.score[rows], results.status[rows]
    found = np.where(scores >= success, RIGHT, WRONG)
    found[np.isnan(scores)] = UNSCORED
    found[status == STATUSES.index("failed")] = FAILED
    found[status == STATUSES.index("no_answer")] = SILENT
    return found.astype(np.int64)


def _sankey(layers: Sequence[Layer], *, dark: bool) -> go.Sankey:
    starts = np.cumsum([0, *(len(layer.names) for layer in layers)])
    links: list[tuple[int, int, int]] = []
    for depth, (left, right) in enumerate(pairwise(layers)):
        counts = np.bincount(left.rows * len(right.names) + right.rows) if len(left.rows) else np.zeros(0, dtype=int)
        for cell in np.flatnonzero(counts).tolist():
            a, b = divmod(cell, len(right.names))
            links.append((int(starts[depth]) + a, int(starts[depth + 1]) + b, int(counts[cell])))
    named = [(depth, name) for depth, layer in enumerate(layers) for name in layer.names]
    shades = [
        colour(0 if depth == 0 else 3 if depth == 1 else OUTCOME_COLOURS[name], dark=dark) for depth, name in named
    ]
    return go.Sankey(
        arrangement="snap",
        node={
            "label": [escaped(name, 40) for _, name in named],
            "color": shades,
            "pad": 14,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}: %{value:,} rows<extra></extra>",
        },
        link={
            "source": [a for a, _, _ in links],
            "target": [b for _, b, _ in links],
            "value": [n for _, _, n in links],
            "color": [_faint(shades[b]) for _, b, _ in links],
            "hovertemplate": "%{source.label} → %{target.label}: %{value:,} rows<extra></extra>",
        },
    )


def _faint(shade: str) -> str:
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"
