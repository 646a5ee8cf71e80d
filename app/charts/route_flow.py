"""Where questions go: from tag to branch to outcome."""

from __future__ import annotations

from collections import Counter
from typing import Final

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


def route_flow(results: Results, contender: int, *, success: float = 0.5, dark: bool = False) -> go.Figure:
    """Returns the Sankey diagram of one pipeline; a question counts with its first tag, and rarer ones together."""
    own = np.flatnonzero(results.contender == contender).astype(np.int64)
    tags = [(found or (UNTAGGED,))[0] for found in results.examples.tags]
    sources = _named([tags[place] for place in results.example[own].tolist()], MOST_TAGS, "other tags")
    routes = _named([_route(results.routes[code]) for code in results.route[own].tolist()], MOST_ROUTES, "other routes")
    outcomes = [OUTCOMES[code] for code in _outcomes(results, own, success).tolist()]
    figure = go.Figure(_sankey(sources, routes, outcomes, dark=dark))
    note = f"n = {len(own):,} rows; right: a score of at least {success:g}"
    title = f"Routes of {escaped(results.contenders[contender], 40)}"
    return styled(figure, title=title, note=note, dark=dark)


def _route(route: tuple[str, ...]) -> str:
    branches = [step for step in route if "." in step] or list(route)
    return " → ".join(branches) or "no branch"


def _named(values: list[str], most: int, rest: str) -> list[str]:
    """Returns the values with all but the most frequent ones put together."""
    kept = {value for value, _ in Counter(values).most_common(most)}
    return [value if value in kept else rest for value in values]


def _outcomes(results: Results, rows: Ints, success: float) -> Ints:
    scores, status = results.score[rows], results.status[rows]
    found = np.where(scores >= success, RIGHT, WRONG)
    found[np.isnan(scores)] = UNSCORED
    found[status == STATUSES.index("failed")] = FAILED
    found[status == STATUSES.index("no_answer")] = SILENT
    return found.astype(np.int64)


def _sankey(sources: list[str], routes: list[str], outcomes: list[str], *, dark: bool) -> go.Sankey:
    layers = [[value for value, _ in Counter(layer).most_common()] for layer in (sources, routes, outcomes)]
    place = {
        (depth, name): at for at, (depth, name) in enumerate((d, n) for d, layer in enumerate(layers) for n in layer)
    }
    first = Counter(zip(sources, routes, strict=True))
    second = Counter(zip(routes, outcomes, strict=True))
    links = [(place[0, a], place[1, b], n) for (a, b), n in first.items()]
    links += [(place[1, a], place[2, b], n) for (a, b), n in second.items()]
    shades = [
        colour(0 if depth == 0 else 3 if depth == 1 else OUTCOME_COLOURS[name], dark=dark) for depth, name in place
    ]
    return go.Sankey(
        arrangement="snap",
        node={
            "label": [escaped(name, 40) for _, name in place],
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
